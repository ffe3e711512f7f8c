"""What an operator is, and how it says that an argument cannot be used."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from checker.model.truth import Truth

Json = dict[str, Any]


class ArgumentProblem(Exception):
    """An argument that an operator cannot use: ``what`` is wrong with it, and a ``hint`` what to write instead."""

    def __init__(self, what: str, hint: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Operator:
    """One operator: a function of a known value and a typed argument, and how the argument is read.

    Attributes:
        name: as rules spell it.
        types: the fact types that it can test.
        argument: raw YAML (texts, lists and mappings of texts, None) and the fact's spec to the typed argument; raises
            :class:`ArgumentProblem`.
        test: the known value (never a Missing) and the typed argument to a truth. Its docstring is the manual.
        schema: JSON Schema of the argument as it stands in YAML.
        bound_to_day: the test gets ``(argument, as_of)`` for its argument.
        dynamic: the argument may be ``{fact: name}``; the test then gets that fact's known value.
        steps: along values in their order its truth changes once at most, so that where it does can be searched for.
    """

    name: str
    types: frozenset[str]
    argument: Callable[..., Any]
    test: Callable[..., Truth]
    schema: Json
    bound_to_day: bool = False
    dynamic: bool = False
    steps: bool = False
