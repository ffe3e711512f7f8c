"""The reference engine: one device at a time, in plain Python, obviously right. Cases and ``explain`` use it.

``engine/columns.py`` does the same for a bucket of devices at once; property tests hold the two equal. What the records
of a device say together is told by ``engine/reference.py``.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time

from checker.engine.cells import NO_RECORD, Cell, Conflict, truth_of
from checker.facts.values import read_value
from checker.model.condition import All, AnyOf, Condition, Constant, Not, Test, facts_of
from checker.model.fact import FactSpec
from checker.model.outcome import Missing, Outcome
from checker.model.plan import Derived, Plan
from checker.model.rule import Route, Rule
from checker.model.truth import Truth, all_of, any_of


@dataclass(frozen=True, slots=True)
class Reading:
    """What the records of a device say of a fact, coalesced: its cell, its texts for other readings, when and where."""

    cell: Cell
    texts: tuple[str, ...] = ()  # one, or the candidates of a conflict
    observed: datetime | None = None
    record: int = NO_RECORD  # the newest record that it rests on, counted over all files


@dataclass(frozen=True, slots=True)
class Word:
    """What people say of a fact, and on which day: it fills gaps, and stale values observed before that day."""

    texts: tuple[str, ...]  # several, where they disagree
    day: date
    over: bool = False  # in place of whatever was read


@dataclass(slots=True)
class Device:
    """One device: what is read of its base facts; views and derived facts are told from them."""

    plan: Plan
    readings: Mapping[str, Reading]
    words: Mapping[str, tuple[Word, ...]] = field(default_factory=dict)  # each put over what the ones before leave

    def cell(self, fact: str, defaults: bool = False) -> Cell:
        """Return the device's cell of a fact; with ``defaults`` an unstated fact takes its declared default."""
        spec = self.plan.specs[fact]
        if spec.derived:
            found = _derive(self, next(item for item in self.plan.derived if item.spec.name == fact))
        else:
            found = self.reading(fact).cell
        if defaults and found is Missing.NOT_EXPORTED and spec.default is not None:
            return read_value(spec.default, spec)
        return found

    def reading(self, fact: str) -> Reading:
        """Return what is read of a fact that is not derived, or attested where that says nothing."""
        spec = self.plan.specs[fact]
        found = _view(self, fact) if spec.view_of else self.readings.get(fact, Reading(Missing.NOT_EXPORTED))
        for word in self.words.get(fact, ()):
            if word.over or _is_gap(found, word):
                cells = _values(word.texts, spec)
                found = Reading(cells[0] if len(cells) == 1 else Conflict(cells), word.texts)
        return found


def _is_gap(found: Reading, word: Word) -> bool:
    if found.cell is Missing.STALE:
        return found.observed is None or found.observed < datetime.combine(word.day, time.min)
    return found.cell is Missing.NOT_EXPORTED or found.cell is Missing.BLANK


def truth(device: Device, condition: Condition, defaults: bool = False) -> Truth:
    """Return the truth of a condition on a device."""
    match condition:
        case Test():
            return truth_of(condition, tuple(device.cell(fact, defaults) for fact in condition.facts))
        case All(parts):
            return all_of(truth(device, part, defaults) for part in parts)
        case AnyOf(parts):
            return any_of(truth(device, part, defaults) for part in parts)
        case Not(part):
            return truth(device, part, defaults).negated()
        case Constant(known):
            return known


def outcome(device: Device, rule: Rule) -> Outcome:
    """Return a rule's outcome: not applies or requires, and never a PASS that rests on a default."""
    applies = truth(device, rule.applies_to, defaults=True)
    if applies is Truth.FALSE:
        return Outcome.NOT_APPLICABLE
    requires = truth(device, rule.require, defaults=True)
    if requires is Truth.TRUE and truth(device, rule.require, defaults=False) is not Truth.TRUE:
        requires = Truth.UNKNOWN
    held = any_of((applies.negated(), requires))
    return {Truth.TRUE: Outcome.PASS, Truth.FALSE: Outcome.FAIL, Truth.UNKNOWN: Outcome.UNKNOWN}[held]


def route(device: Device) -> Route | None:
    """Return the first route whose condition is TRUE; None where an UNKNOWN row ended the search, or none fits."""
    for row in device.plan.pack.routes:
        known = truth(device, row.when, defaults=True)
        if known is Truth.TRUE:
            return row
        if known is Truth.UNKNOWN and row.stops:
            return None
    return None


def scope(device: Device) -> str:
    """Return why the device is never judged; empty if it is in scope."""
    return next((reason for reason, when in device.plan.scope if truth(device, when) is Truth.TRUE), "")


def _values(texts: Iterable[str], spec: FactSpec) -> tuple[Cell, ...]:
    """Return each value once, and what cannot be read once for each text of it.

    The type belongs to a value, since Missing and bool are numbers to Python.
    """
    cells = ((read_value(text, spec), text) for text in texts)
    return tuple({(type(cell), text if cell is Missing.UNREADABLE else cell): cell for cell, text in cells}.values())


def _view(device: Device, fact: str) -> Reading:
    spec = device.plan.specs[fact]
    base = device.reading(spec.view_of)
    if isinstance(base.cell, Missing) and base.cell is not Missing.UNREADABLE:
        return base
    views = _values(base.texts, spec)
    return replace(base, cell=views[0] if len(views) == 1 else Conflict(views))


def _derive(device: Device, derived: Derived) -> Cell:
    found: str | None = None
    for value, when in reversed(derived.entries):
        known = truth(device, when)
        if known is Truth.TRUE or (known is Truth.UNKNOWN and found == value):
            found = value
        elif known is Truth.UNKNOWN:
            found = None
    if found is not None:
        return found
    facts = device.plan.base_facts(tuple(fact for _, when in derived.entries for fact in facts_of(when)))
    for fact in facts:
        cell = device.cell(fact)
        if isinstance(cell, Missing):
            return cell
        if isinstance(cell, Conflict):
            return Missing.CONFLICTING
    return Missing.UNREADABLE
