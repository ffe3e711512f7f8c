"""Conditions as a tree of tests: what a rule, a route, a scope or a derived fact asks of a device."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from checker.errors import Place
from checker.model.truth import Truth


@dataclass(frozen=True, slots=True)
class Reference:
    """An argument that is another fact of the same device: ``{fact: name}``."""

    fact: str


@dataclass(frozen=True, slots=True)
class Lookup:
    """An argument that is a cell of a table parameter, found by the device's own values of ``key`` facts."""

    key: tuple[str, ...]
    parameter: str
    column: str
    cells: tuple[tuple[tuple[Any, ...], Any], ...]  # typed values of the key facts -> typed cell


@dataclass(frozen=True, slots=True)
class Test:
    """One fact, one operator, one argument, and where it stands in the YAML."""

    fact: str
    operator: str
    argument: Any  # typed by the operator, or a Reference or Lookup
    place: Place = field(compare=False)
    shown: str = field(compare=False, default="")  # the argument as its author wrote it, parameters put in

    @property
    def facts(self) -> tuple[str, ...]:
        """The facts it reads, the tested one first."""
        if isinstance(self.argument, Reference):
            return (self.fact, self.argument.fact)
        if isinstance(self.argument, Lookup):
            return (self.fact, *self.argument.key)
        return (self.fact,)


@dataclass(frozen=True, slots=True)
class All:
    """Holds as far as the least of its parts; TRUE without any."""

    parts: "tuple[Condition, ...]"


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Holds as far as the greatest of its parts; FALSE without any."""

    parts: "tuple[Condition, ...]"


@dataclass(frozen=True, slots=True)
class Not:
    """The mirror image of its part."""

    part: "Condition"


@dataclass(frozen=True, slots=True)
class Constant:
    """A truth that no fact changes: an absent ``applies_to`` is TRUE."""

    truth: Truth


Condition = Test | All | AnyOf | Not | Constant
ALWAYS, NEVER = Constant(Truth.TRUE), Constant(Truth.FALSE)


def tests_of(condition: Condition) -> Iterator[Test]:
    """Yield the tests of a condition, from left to right."""
    match condition:
        case Test():
            yield condition
        case All(parts) | AnyOf(parts):
            for part in parts:
                yield from tests_of(part)
        case Not(part):
            yield from tests_of(part)
        case Constant():
            return


def facts_of(condition: Condition) -> tuple[str, ...]:
    """Return the facts that a condition reads, each once, in order of first mention."""
    return tuple(dict.fromkeys(fact for test in tests_of(condition) for fact in test.facts))
