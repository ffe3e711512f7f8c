"""What of a fact's text may be shown: the catalogue says whom the texts of each fact name."""

import json
import re
from collections.abc import Callable
from typing import Any, Final

from checker.engine.pool import BLANK_SIGN, CONFLICT_SIGN
from checker.facts.attempts import RESULTS, WAYS
from checker.facts.catalogue import catalogue
from checker.facts.values import read_value
from checker.model.outcome import Missing
from checker.redact.hosts import PUBLIC_PATHS
from checker.redact.pseudonyms import Pseudonyms

NOBODY: Final = "nobody"
# What an attempt says besides its host: words and numbers that the readers of exports let through, too.
OF_ATTEMPT: Final = {
    "port": re.compile(r"[0-9]{0,5}"),
    "status": re.compile(r"[0-9]{0,3}"),
    "method": re.compile("analyzer|analyzer-cert|mdatp|sense|system|user|tcp|curl|browser|allow-list|policy|other|"),
    "via": re.compile("|".join(WAYS) + "|other"),
    "result": re.compile("|".join(RESULTS) + "|unknown"),
    "path": re.compile("|".join(map(re.escape, PUBLIC_PATHS))),
    "error": re.compile(r"curl [0-9]{1,2}|timeout|dns|refused|reset|certificate|tls|proxy|"),
}
OTHER: Final = {"method": "other", "via": "other", "result": "unknown"}  # in place of a word that nobody here knows


def shown(names: Pseudonyms, fact: str, text: str) -> str:
    """Return the text of a fact as it may be shown.

    A text that names somebody becomes a pseudonym, each member of a list for itself. A number, a version, a date, a
    flag or a word of a list stays as it is if it is one; what cannot be read as its type may be anything, and goes.
    """
    if CONFLICT_SIGN in text:
        parts = text.split(CONFLICT_SIGN)
        new = [shown(names, fact, part) for part in parts]
        return text if new == parts else CONFLICT_SIGN.join(sorted(new))
    spec = catalogue().get(fact)
    if text == BLANK_SIGN:
        return text
    if spec is None:
        return names.label("text", text)
    if spec.identifies and spec.identifies != NOBODY:
        replace = of_kind(names, spec.identifies)
        return members(text, replace) if spec.type in ("set", "attempts") else replace(text)
    if spec.identifies or read_value(text, spec) is not Missing.UNREADABLE:
        return text
    return names.label("text", text)


def of_kind(names: Pseudonyms, kind: str) -> Callable[[str], str]:
    """Return the function that gives pseudonyms for a kind of text, as the catalogue and the mappings name kinds."""
    known = {"name": names.called, "id": names.id, "address": names.address}
    return known.get(kind, lambda text: names.label(kind, text))


def members(text: str, replace: Callable[[str], str]) -> str:
    """Return a JSON list, or an open one, with every text in it replaced; of attempts their host and way.

    A text that is no JSON is one member.
    """
    if text[:1] not in ("[", "{"):
        return replace(text)
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return replace(text)
    return json.dumps(_replaced(found, replace), ensure_ascii=False)


def _of_attempt(key: str, value: Any, replace: Callable[[str], str]) -> Any:  # noqa: ANN401 - any JSON
    """Return what an attempt says under a key: its host replaced, words that are known as they are, nothing else."""
    if key == "host":
        return replace(value)
    known = OF_ATTEMPT.get(key)
    return value if known and known.fullmatch(str(value)) else OTHER.get(key, "")


def _replaced(found: Any, replace: Callable[[str], str]) -> Any:  # noqa: ANN401 - any JSON
    match found:
        case str():
            return replace(found) if found else found
        case list():
            items = [_replaced(item, replace) for item in found]
            return sorted(items) if all(isinstance(item, str) for item in items) else items
        case {"host": str()}:
            return {key: _of_attempt(key, value, replace) for key, value in found.items()}
        case {"open": inner}:
            return {"open": _replaced(inner, replace)}
        case {"key": _, "value": value} if len(found) == 2:  # a tag as mdatp tells it; GROUP is the only key there is
            return {"key": "GROUP", "value": _replaced(value, replace)}
        case dict():
            return replace(json.dumps(found, sort_keys=True))
        case _:
            return found
