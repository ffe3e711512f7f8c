"""Arguments as YAML gives them (texts, lists, mappings) to typed ones, or what is wrong with them."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from checker.facts.lists import fold
from checker.facts.moments import is_day, read_date
from checker.facts.values import Value, as_stated, read_value
from checker.model.fact import FactSpec, KnownNone
from checker.model.outcome import Missing
from checker.operators.contract import ArgumentProblem, Json
from checker.yaml_nodes import did_you_mean

Typed = TypeVar("Typed")

_FORMS = {
    "version": "a version is 1 to 8 numbers joined by dots; a shorter one stands for all that it begins, without *",
    "number": "a number without thousands separators, with a point for decimals",
    "flag": "true or false",
    "date": "a date as 2026-11-23",
    "time": "a date as 2026-11-23, or a time as 2026-11-23T14:05:00Z",
}

SCALAR: Json = {"type": ["string", "number", "boolean"]}
PARAMETER: Json = {"type": "string", "pattern": r"^\$"}
FACT: Json = {
    "type": "object",
    "properties": {"fact": {"type": "string"}},
    "required": ["fact"],
    "additionalProperties": False,
}
SCALAR_OR_FACT: Json = {"anyOf": [SCALAR, FACT]}
TEXT: Json = {"type": ["string", "number"]}
COUNT: Json = {"anyOf": [{"type": "integer", "minimum": 0}, PARAMETER]}


def list_of(item: Json) -> Json:
    """Return the schema of a list with at least one item, or of a list parameter."""
    return {"anyOf": [{"type": "array", "items": item, "minItems": 1}, PARAMETER]}


def text(raw: Any) -> str:  # noqa: ANN401 - raw YAML
    """Return an argument that must be one text, not blank."""
    if isinstance(raw, str) and raw.strip():
        return raw
    if raw is None or raw == "":
        raise ArgumentProblem("the argument is empty", "write a value; 'exists: false' asks whether there is none")
    raise ArgumentProblem(f"needs one value, not {_shape(raw)}")


def folded(raw: Any, _spec: FactSpec) -> str:  # noqa: ANN401 - raw YAML
    """Return one text as texts are compared."""
    return fold(text(raw))


def typed(raw: Any, spec: FactSpec) -> Value:  # noqa: ANN401 - raw YAML
    """Return one value of the fact's type; texts are folded, a date for a time stays a date (the whole day)."""
    spelled = text(raw)
    if spec.type == "time" and is_day(spelled.strip()):
        value: Value | Missing = read_date(spelled.strip())
    else:
        value = read_value(spelled, as_stated(spec))
    if isinstance(value, KnownNone) or value is Missing.BLANK:
        raise ArgumentProblem(f"'{spelled}' stands for no value", "'exists: false' asks whether there is none")
    if isinstance(value, Missing):
        raise _unreadable(spelled, spec)
    return fold(value) if isinstance(value, str) and spec.type == "text" else value


def items(raw: Any, hint: str = "write [a, b]") -> list[Any]:  # noqa: ANN401 - raw YAML
    """Return an argument that must be a list with something in it."""
    if not isinstance(raw, list):
        raise ArgumentProblem(f"needs a list, not {_shape(raw)}", hint)
    if not raw:
        raise ArgumentProblem("the list is empty", "an empty list would decide nothing")
    return raw


def each(raws: Iterable[Any], read: Callable[[Any], Typed]) -> list[Typed]:
    """Return every item read; raise one problem that names all that cannot be."""
    found, problems = [], []
    for raw in raws:
        try:
            found.append(read(raw))
        except ArgumentProblem as problem:
            problems.append(problem)
    if problems:
        hints = dict.fromkeys(problem.hint for problem in problems if problem.hint)
        raise ArgumentProblem("; ".join(problem.what for problem in problems), "; ".join(hints))
    return found


def typed_set(raw: Any, spec: FactSpec) -> frozenset[Value]:  # noqa: ANN401 - raw YAML
    """Return a list of values of the fact's type."""
    return frozenset(each(items(raw), lambda item: typed(item, spec)))


def folded_set(raw: Any, spec: FactSpec) -> frozenset[str]:  # noqa: ANN401 - raw YAML
    """Return a list of texts as members of a set are compared."""
    return frozenset(each(items(raw), lambda item: folded(item, spec)))


def mapping(raw: Any, known: Iterable[str], example: str) -> dict[str, Any]:  # noqa: ANN401 - raw YAML
    """Return an argument that must be a mapping of known keys."""
    if not isinstance(raw, dict):
        raise ArgumentProblem(f"needs a mapping, not {_shape(raw)}", f"write {example}")
    for key in raw:
        if key not in known:
            raise ArgumentProblem(f"there is no key '{key}'", did_you_mean(str(key), known))
    return raw


def whole(raw: Any, least: int = 0, most: int = 10**9) -> int:  # noqa: ANN401 - raw YAML
    """Return an argument that must be a whole number within limits."""
    spelled = text(raw).strip()
    digits = spelled.isascii() and spelled.isdigit() and len(spelled) <= 12
    if not digits or not least <= int(spelled) <= most:
        raise ArgumentProblem(f"'{spelled}' is no whole number from {least} to {most}")
    return int(spelled)


def _unreadable(spelled: str, spec: FactSpec) -> ArgumentProblem:
    if spec.type == "word":
        return ArgumentProblem(f"'{spelled}' is no value of {spec.name}", did_you_mean(spelled, spec.words))
    return ArgumentProblem(f"'{spelled}' is no {spec.type}", _FORMS.get(spec.type, ""))


def _shape(raw: Any) -> str:  # noqa: ANN401 - raw YAML
    match raw:
        case None | "":
            return "nothing"
        case list():
            return "a list"
        case dict():
            return "a mapping"
        case _:
            return f"'{raw}'"
