"""A device's value of a fact as the engines see it, and the truth of one test on it."""

from dataclasses import dataclass
from itertools import product
from typing import Any

from checker.model.condition import Lookup, Reference, Test
from checker.model.fact import KnownNone
from checker.model.outcome import Missing
from checker.model.truth import Truth
from checker.operators import OPERATORS


@dataclass(frozen=True, slots=True)
class Conflict:
    """Values between which nothing decides; a test on which they agree is decided all the same."""

    candidates: tuple[Any, ...]


NO_RECORD = -1  # in place of a record's number: nothing was read

# A typed value (checker.facts.values), a Missing reason, or a Conflict of typed values.
Cell = Any


def truth_of(test: Test, cells: tuple[Cell, ...]) -> Truth:
    """Return the truth of a test on the cells of ``test.facts``; any missing cell makes it UNKNOWN."""
    if any(isinstance(cell, Missing) for cell in cells):
        return Truth.UNKNOWN
    if any(isinstance(cell, Conflict) for cell in cells):
        choices = product(*(cell.candidates if isinstance(cell, Conflict) else (cell,) for cell in cells))
        truths = {truth_of(test, choice) for choice in choices}
        return truths.pop() if len(truths) == 1 else Truth.UNKNOWN
    value, argument = cells[0], test.argument
    if isinstance(argument, Reference):
        if isinstance(cells[1], KnownNone):
            return Truth.UNKNOWN
        argument = cells[1]
    elif isinstance(argument, Lookup):
        argument = dict(argument.cells).get(cells[1:])
        if argument is None:
            return Truth.UNKNOWN
    return OPERATORS[test.operator].test(value, argument)
