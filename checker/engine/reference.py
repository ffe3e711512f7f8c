"""What the records of one device say of a fact together, in plain Python: the reference for ``engine/coalesce.py``.

Each record that says something of a fact is an observation; those of secondary sources count only where there is no
other, be it a blank. One of a fact that counts with another
(``counts_with``) counts only if its record says the device's value of that one, too, or if the device has none: then
this one lacks a value for the same reason. A blank is passed over unless ``merge: latest`` lets the
newest row decide. Then, by what the catalogue says of the fact:

* It never changes: all observations must agree, else they are CONFLICTING; they never grow stale.
* It changes: the newest counts, a dated one before any undated one; at one time, evidence made on the device itself.
  What is left must agree. Files whose times name no zone have clocks of their own: the newest by each clock counts that
  is not surely older than that of another (``engine/clocks.py``). Older than ``--max-age`` it is STALE, as is an
  undated one if dates are required, unless the catalogue says that the fact does not age.
* It merges by union: all that is not stale counts together, the undated only where nothing is dated. If everything
  is stale, so is the union.

Observations agree if their texts mean the same value. Between values that nothing decides a test is UNKNOWN unless it
comes out the same for all of them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from zlib import crc32

from checker.engine.cells import Cell, Conflict
from checker.engine.clocks import DOUBT_HOURS, clocks
from checker.engine.rows import Device, Reading, Word, outcome, route, scope, truth
from checker.engine.site_rules import FACT, GROUP, TAGS, SiteRules, first_record, replaceable, site_rules
from checker.facts.values import merge_at_once, merge_texts, read_value
from checker.inventory.identified import Identified
from checker.model.fact import FactSpec
from checker.model.outcome import Missing, Outcome
from checker.model.plan import Kind, Plan, Statement
from checker.model.record import RECORD_COLUMNS, FileRecords
from checker.model.selection import Selection
from checker.model.truth import Truth


@dataclass(frozen=True, slots=True)
class Observation:
    """What one record says of one fact."""

    fact: str
    text: str | None  # None: it says nothing of it; blank: it states a blank
    time: datetime | None  # UTC, naive; None: undated
    rank: int  # 1 if it was made on the device itself, else 0
    place: int  # of the record, counted over all files
    clock: int  # 0 if its time names its zone, else the number of its file
    secondary: bool = False  # of a secondary source


@dataclass(frozen=True, slots=True)
class RowJudgement:
    """How one device came out; ``outcomes`` stand in the order of ``plan.device_rules``."""

    device: Device
    scope: str
    route: str | None
    outcomes: tuple[Outcome, ...]


def judge_rows(plan: Plan, inputs: Sequence[FileRecords], identified: Identified) -> tuple[RowJudgement, ...]:
    """Return the judgement of every device, in the order of their ids."""
    found = []
    rules = site_rules(inputs)
    for name, observations in zip(identified.device_ids, _by_device(inputs, identified), strict=True):
        device = said_of(plan, ruled(plan, readings(plan, observations), rules), name)
        taken = route(device)
        outcomes = tuple(outcome(device, rule) for rule in plan.device_rules)
        found.append(RowJudgement(device, scope(device), taken.id if taken else None, outcomes))
    return tuple(found)


def said_of(plan: Plan, read: Mapping[str, Reading], device_id: str) -> Device:
    """Return the device with what statements say of it, kind by kind: each sees what those before it leave.

    Lists name device ids here, and waves are not told; ``engine/select.py`` knows names, too.
    """
    device, spoken = Device(plan, read), []
    for kind in Kind:
        words: dict[str, list[Statement]] = {}
        for word in plan.statements:
            if word.kind is kind and word.in_force(plan.as_of) and _means(device, word.devices, device_id):
                words.setdefault(word.fact, []).append(word)
        spoken.append(words)
        device = _told(plan, read, spoken)
    return device


def _told(plan: Plan, read: Mapping[str, Reading], spoken: Sequence[Mapping[str, Sequence[Statement]]]) -> Device:
    """Return the device with words of several kinds; a view shows all that is said of its fact before what is of it."""
    device = Device(plan, read)
    for views in (False, True):
        for words in spoken:
            mine = {fact: said for fact, said in words.items() if bool(plan.specs[fact].view_of) is views}
            told = {fact: _layers(device, fact, said) for fact, said in mine.items()}
            device = Device(plan, read, {**device.words, **told})
    return device


def _means(device: Device, devices: Selection, device_id: str) -> bool:
    listed = not devices.listed or device_id in devices.listed
    low, high = devices.share or (0, 10_000)
    return (
        listed and low <= crc32(device_id.encode()) * 10_000 >> 32 < high and truth(device, devices.where) is Truth.TRUE
    )


def _layers(device: Device, fact: str, said: Sequence[Statement]) -> tuple[Word, ...]:
    """Return the words of a fact with those of one kind on top; those that fill a gap are heard together."""
    over = said[0].kind is Kind.ASSUMED
    gap = device.reading(fact)
    heard = [word for word in said if over or _fills(gap, word)]
    if not heard:
        return device.words.get(fact, ())
    word = Word(tuple(dict.fromkeys(word.value for word in heard)), heard[0].attested, over=True)
    return (*device.words.get(fact, ()), word)


def _fills(gap: Reading, word: Statement) -> bool:
    if gap.cell is Missing.STALE:
        return gap.observed is None or gap.observed < datetime.combine(word.attested, time.min)
    return gap.cell is Missing.NOT_EXPORTED or gap.cell is Missing.BLANK


def readings(plan: Plan, observations: Iterable[Observation]) -> Mapping[str, Reading]:
    """Return what is read of each fact of which an observation of a device says something."""
    by_fact: dict[str, list[Observation]] = {}
    for one in observations:
        if one.text is not None:
            by_fact.setdefault(one.fact, []).append(one)
    specs = plan.specs
    found = {
        fact: coalesce_rows(plan, specs[fact], _primary(said))
        for fact, said in by_fact.items()
        if not specs[fact].counts_with
    }
    for fact in by_fact.keys() - found.keys():
        other = specs[fact].counts_with
        beside = {one.place: read_value(str(one.text), specs[other]) for one in by_fact.get(other, ())}
        value = found[other].cell if other in found else Missing.NOT_EXPORTED
        said = [one for one in by_fact[fact] if _counts(one, specs[fact], beside.get(one.place, Missing.BLANK), value)]
        if said:
            reading = coalesce_rows(plan, specs[fact], _primary(said))
            found[fact] = reading if reading.cell is Missing.BLANK else replace(reading, cell=_reason(value, reading))
    return found


def _counts(one: Observation, spec: FactSpec, own: Cell, device: Cell) -> bool:
    """Tell whether an observation counts: a blank, or beside ``own`` of its record if that is the device's value."""
    if _is_blank(one, spec):
        return True
    unsettled = isinstance(device, Missing | Conflict)
    return own is not Missing.BLANK and (unsettled or (type(own), own) == (type(device), device))


def _reason(value: Cell, reading: Reading) -> Cell:
    """Return why a fact has no value, if that with which it counts has none; else the fact's own cell."""
    if isinstance(value, Conflict):
        return Missing.CONFLICTING
    return value if isinstance(value, Missing) else reading.cell


def ruled(plan: Plan, read: Mapping[str, Reading], rules: SiteRules) -> Mapping[str, Reading]:
    """Return what is read of a device with what the rules of its sites say beside what was tried."""
    nothing = Reading(Missing.NOT_EXPORTED)
    tried = read.get(FACT, nothing)
    sites = rules.of(read.get(GROUP, nothing).cell, read.get(TAGS, nothing).cell)
    if not sites or not replaceable(tried.cell):
        return read
    text = rules.told(tried.cell, sites)
    alone = not isinstance(tried.cell, tuple)
    record, observed = (first_record(rules.lines_of(sites)), None) if alone else (tried.record, tried.observed)
    return {**read, FACT: Reading(read_value(text, plan.specs[FACT]), (text,), observed, record)}


def _primary(said: Sequence[Observation]) -> Sequence[Observation]:
    return [one for one in said if not one.secondary] or said


def coalesce_rows(plan: Plan, spec: FactSpec, said: Sequence[Observation]) -> Reading:
    """Return what at least one observation of a fact of one device say together."""
    counted = [one for one in said if spec.merge == "latest" or not _is_blank(one, spec)]
    if not counted:
        return _agreed(spec, [max(said, key=_age)])
    if not spec.changes:
        return _agreed(spec, counted)
    fresh = [one for one in counted if not _too_old(one, spec, plan)]
    if spec.merge == "union":
        together = fresh or counted
        dated = [one for one in together if one.time is not None]
        reading = _union(spec, dated or together)
        return reading if fresh else _stale(reading)
    newest = max(counted, key=_age)
    reading = _agreed(spec, _newest(counted, newest))
    return _stale(reading) if _too_old(newest, spec, plan) else reading


def _newest(counted: Sequence[Observation], newest: Observation) -> list[Observation]:
    """Return the observations of which each may be the newest."""
    if newest.time is None:
        return [one for one in counted if (one.time, one.rank) == (None, newest.rank)]
    found = []
    for clock in {one.clock for one in counted if one.time is not None}:
        mine = [one for one in counted if one.clock == clock and one.time is not None]
        last = max(mine, key=_age)
        if last.time is not None and last.time >= newest.time - timedelta(hours=DOUBT_HOURS):
            found += [one for one in mine if (one.time, one.rank) == (last.time, last.rank)]
    return found


def _age(one: Observation) -> tuple[bool, datetime, int, int]:
    """Return how new an observation is: of several the greatest is the newest."""
    return one.time is not None, one.time or datetime.min, one.rank, one.place  # noqa: DTZ901 - naive UTC


def _is_blank(one: Observation, spec: FactSpec) -> bool:
    return read_value(str(one.text), spec) is Missing.BLANK


def _too_old(one: Observation, spec: FactSpec, plan: Plan) -> bool:
    if not spec.ages:
        return False
    return plan.require_dates if one.time is None else one.time < plan.oldest


def _agreed(spec: FactSpec, observations: Sequence[Observation]) -> Reading:
    """Return the value of observations that agree, or their conflict; what cannot be read agrees with its like only."""
    newest = max(observations, key=_age)
    cells: dict[tuple[type, Cell], Cell] = {}
    texts: dict[tuple[type, Cell], str] = {}
    for one in (newest, *observations):
        text = str(one.text)
        cell = read_value(text, spec)
        key = (type(cell), text if cell is Missing.UNREADABLE else cell)
        cells.setdefault(key, cell)
        texts.setdefault(key, text)
    found = tuple(cells.values())
    return Reading(
        cell=found[0] if len(found) == 1 else Conflict(found),
        texts=tuple(texts.values()),
        observed=newest.time,
        record=newest.place,
    )


def _union(spec: FactSpec, observations: Sequence[Observation]) -> Reading:
    """Return the union: moment after moment, and at one moment in no order."""
    moments: dict[datetime | None, list[str]] = {}
    for one in sorted(observations, key=_age):
        moments.setdefault(one.time, []).append(str(one.text))
    text = merge_texts([merge_at_once(texts, spec) for texts in moments.values()], spec)
    newest = max(observations, key=_age)
    return Reading(read_value(text, spec), (text,), newest.time, newest.place)


def _stale(reading: Reading) -> Reading:
    """Return a reading that is too old; a blank stays a blank."""
    return reading if reading.cell is Missing.BLANK else replace(reading, cell=Missing.STALE)


def _by_device(inputs: Sequence[FileRecords], identified: Identified) -> list[list[Observation]]:
    """Return what the records of each device say."""
    found: list[list[Observation]] = [[] for _ in identified.device_ids]
    place = 0
    for item, clock in zip(inputs, clocks([item.file for item in inputs]).tolist(), strict=True):
        for frame in item.frames:
            for row in frame.iter_rows(named=True):
                said = (
                    Observation(
                        fact, text, row["observed"], int(item.file.per_device), place, clock, item.file.secondary
                    )
                    for fact, text in row.items()
                    if fact not in RECORD_COLUMNS
                )
                if identified.device[place] >= 0:
                    found[identified.device[place]].extend(said)
                place += 1
    return found
