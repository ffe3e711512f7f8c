"""``--assume FACT=VALUE [where {condition}]``: a value put in place of what was read, to see what would follow."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import combinations

from checker.errors import UsageError
from checker.facts.catalogue import catalogue
from checker.facts.values import read_value
from checker.model.condition import All, Condition, Lookup, Not, Reference, Test
from checker.model.outcome import Missing
from checker.model.plan import Kind, Statement
from checker.model.selection import EVERYONE, Selection
from checker.model.truth import Truth
from checker.operators import OPERATORS
from checker.packs.attestations import refuse_some_devices
from checker.packs.parameters import Scope
from checker.packs.selections import read_selection
from checker.yaml_nodes import Entries, Problems, did_you_mean, parse

OPTION = "--assume"
# What tells devices apart by one value of a fact: tests of these types, by operators for which equal values are equal.
COMPARED = ("word", "text", "number", "version", "flag")
COMPARING = ("equals", "not_equals", "one_of", "none_of", "at_least", "more_than", "at_most", "less_than")
UPWARD, DOWNWARD = ("at_least", "more_than"), ("at_most", "less_than")  # what takes all beyond its argument


def read_suppositions(given: tuple[str, ...], as_of: date) -> tuple[Statement, ...]:
    """Return what is supposed; raise :class:`UsageError` with every problem."""
    problems = Problems()
    found = [(statement, text) for text in given if (statement := _supposition(text, as_of, problems))]
    _refuse_two_values(found, problems)
    if problems.found:
        raise UsageError(problems.found)
    return tuple(statement for statement, _ in found)


def _supposition(text: str, as_of: date, problems: Problems) -> Statement | None:
    said, *where = re.split(r"\s+where(?=\s|$)", text, maxsplit=1)
    fact, sign, value = (part.strip() for part in said.partition("="))
    place = f"{OPTION} {text}"
    spec = catalogue().get(fact)
    if not sign:
        problems.add(place, "must be FACT=VALUE", "for example os.ubr=3448, or 'os.ubr=3448 where {os.build: 19045}'")
    elif spec is None or spec.derived:
        hint = did_you_mean(fact, catalogue()) if spec is None else "suppose the facts that it is told from"
        problems.add(place, f"'{fact}' is no fact that can be supposed", hint)
    elif not value:
        problems.add(place, "the value is empty: is a variable not set?")
    elif isinstance(read_value(value, spec), Missing):
        hint = f"one of: {', '.join(spec.words)}" if spec.words else f"'{fact}' is a {spec.type}"
        problems.add(place, f"'{value}' is no value of '{fact}'", hint)
    else:
        devices = _devices(where[0], place, as_of, problems) if where else EVERYONE
        if where:
            refuse_some_devices(spec, place, "leave 'where' out", problems)
        return Statement(fact, value, "", "", as_of, as_of, OPTION, 0, devices, Kind.ASSUMED)
    return None


def _devices(where: str, place: str, as_of: date, problems: Problems) -> Selection:
    if not where.strip():
        problems.add(place, "the condition after 'where' is empty: is a variable not set?")
        return EVERYONE
    node = parse(where.strip(), place, problems)
    if not isinstance(node, Entries) or not node.entries:
        if node is not None:
            problems.add(place, "after 'where' stands a condition", "for example where {os.build: 19045}")
        return EVERYONE
    whole = Entries({"where": node}, {"where": node.place}, node.place)
    return read_selection(whole, Scope("", as_of, problems), problems)


def _refuse_two_values(found: Sequence[tuple[Statement, str]], problems: Problems) -> None:
    """Note two values that are supposed of one fact where a device can be meant by both: none is the right one."""
    for (one, first), (other, text) in combinations(found, 2):
        spec = catalogue()[other.fact]
        if one.fact != other.fact or read_value(one.value, spec) == read_value(other.value, spec):
            continue
        if not _apart(one.devices.where, other.devices.where):
            what = f"'{one.fact}' is supposed twice, and a device can be meant by both"
            hint = f"the first is {OPTION} '{first}'; conditions must tell them apart, as on os.build"
            problems.add(f"{OPTION} {text}", what, hint)


def _apart(one: Condition, other: Condition) -> bool:
    """Tell whether no device can meet both conditions, as far as single tests show it."""
    pairs = ((mine, theirs) for mine in _needed(one) for theirs in _needed(other))
    return any(_excludes(mine, theirs) or _excludes(theirs, mine) for mine, theirs in pairs)


def _needed(condition: Condition) -> Iterator[Condition]:
    """Yield conditions that hold wherever this one does."""
    if isinstance(condition, All):
        for part in condition.parts:
            yield from _needed(part)
    else:
        yield condition


def _excludes(one: Condition, other: Condition) -> bool:
    """Tell whether the other cannot hold where this one does: as its mirror image, or by the values of one fact."""
    if isinstance(one, Not):
        return one.part == other
    if not (isinstance(one, Test) and isinstance(other, Test)) or one.fact != other.fact:
        return False
    if catalogue()[one.fact].type not in COMPARED or other.operator not in COMPARING:
        return False
    if any(isinstance(test.argument, Reference | Lookup) for test in (one, other)):
        return False
    if one.operator in UPWARD and other.operator in DOWNWARD:
        return _fails(one.argument, other) or _fails(other.argument, one)
    values = {"equals": (one.argument,), "one_of": one.argument}.get(one.operator)
    return values is not None and all(_fails(value, other) for value in values)


def _fails(value: object, test: Test) -> bool:
    return OPERATORS[test.operator].test(value, test.argument) is Truth.FALSE
