"""Many records of a device to one value per fact, for a bucket of devices at once.

The records of a bucket stand in the order device, time, rank, place. So the newest value of a fact is the last that its
device's records say, and a tie is the run of equal (device, time, rank) that ends with it. ``engine/reference.py`` says
the same for one device, in plain Python; a property test holds the two equal.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from checker.engine.cells import NO_RECORD
from checker.engine.clocks import clocks, rivals
from checker.engine.fact_column import FactColumn
from checker.engine.pool import Codes, Pool
from checker.engine.records import EPOCH, NO_DATE, NOTHING, Records, buckets
from checker.engine.ruled import Numbers, sites_of, tell_rules
from checker.engine.site_rules import FACT, GROUP, TAGS, Sites
from checker.facts.values import merge_at_once, merge_texts
from checker.model.fact import FactSpec
from checker.model.outcome import Missing
from checker.model.plan import Plan

ATTESTED = -2  # -2 is the first attestation, -3 the second, …


@dataclass(frozen=True, slots=True)
class Slice:
    """The records of a bucket and which of its devices each belongs to."""

    records: npt.NDArray[np.int64]
    device: npt.NDArray[np.int32]  # 0 .. devices - 1, ascending
    devices: int
    time: npt.NDArray[np.int64]  # of each record
    single: bool  # no device has two records
    no_codes: Codes  # NOT_EXPORTED for each device, shared by all facts that no record carries
    no_records: npt.NDArray[np.int64]

    def absent(self, spec: FactSpec) -> FactColumn:
        """Return the column of a fact that no record carries."""
        return FactColumn(Pool(spec), self.no_codes, self.no_codes, self.no_records)


def slice_records(records: Records, first: int, last: int) -> Slice:
    """Return the records of devices ``first`` up to, not including, ``last``."""
    begin = int(records.ends[first - 1]) if first else 0
    counts = np.diff(records.ends[first:last], prepend=begin)
    device = np.repeat(np.arange(last - first, dtype=np.int32), counts)
    no_codes = np.full(last - first, Missing.NOT_EXPORTED, dtype=np.int32)
    no_records = np.full(last - first, NO_RECORD, dtype=np.int64)
    inside = records.slice_of(first, last)
    single = int(counts.max(initial=0)) <= 1
    return Slice(inside, device, last - first, records.time[inside], single, no_codes, no_records)


@dataclass(frozen=True, slots=True)
class _Said:
    """What the records of a bucket say of one fact, in their order; a record that says nothing of it is not here."""

    codes: Codes
    record: npt.NDArray[np.int64]
    device: Codes
    time: npt.NDArray[np.int64]
    single: bool  # no device has two of them

    def where(self, kept: npt.NDArray[np.bool_]) -> "_Said":
        """Return a part of it."""
        if kept.all():
            return self
        at = np.flatnonzero(kept)
        return _Said(self.codes[at], self.record[at], self.device[at], self.time[at], self.single)

    def starts(self, *parts: npt.NDArray[np.integer]) -> npt.NDArray[np.bool_]:
        """Mark the first of each run of records that agree in device and in these parts."""
        start = np.ones(len(self.codes), dtype=np.bool_)
        if self.single:
            return start
        start[1:] = self.device[1:] != self.device[:-1]
        for part in parts:
            start[1:] |= part[1:] != part[:-1]
        return start

    def lasts(self) -> npt.NDArray[np.bool_]:
        """Mark the last record of each device."""
        return np.roll(self.starts(), -1)


def coalesce(records: Records, part: Slice, fact: str, plan: Plan, beside: FactColumn | None = None) -> FactColumn:
    """Return one value per device of a base fact, as the catalogue says that its observations combine.

    ``beside`` is the fact with which it counts, if it does so with one.
    """
    spec = plan.specs[fact]
    if fact not in records.pools:
        return part.absent(spec)
    column = FactColumn(records.pools[fact], part.no_codes, part.no_codes, part.no_records).copied()
    everything = _Said(records.codes_of(fact, part.records), part.records, part.device, part.time, part.single)
    said = everything.where(everything.codes != NOTHING)
    if beside is not None:
        said = _counted_with(said, beside, records, column.pool)
    said = _primary(said, records)
    blank = column.pool.identity[said.codes] == Missing.BLANK
    _fill(column, said.where(blank), Missing.BLANK)
    if spec.merge != "latest":
        said = said.where(~blank)  # blanks are passed over, unless the newest row itself decides
    if spec.merge == "union":
        _union(column, said, _too_old(said.time, spec, plan))
    elif spec.changes and not part.single:
        _newest(column, *_with_doubts(said, column.pool.identity[said.codes], records))
    else:
        _newest(column, said, None)
    if _too_old(everything.time, spec, plan).any():
        old = _too_old(records.times_of(column.record), spec, plan) & (column.record >= 0)
        column.codes[old & (column.codes != Missing.BLANK)] = Missing.STALE
    if beside is not None:
        reasons = beside.pool.reasons[beside.codes]
        open_ = (reasons >= 0) & (column.record >= 0) & (column.codes != Missing.BLANK)
        column.codes[open_] = reasons[open_]
    if fact == FACT and records.rules.lines:
        tell_rules(column, *device_sites(records, part, plan), records.rules)
    return column


def applied_rules(records: Records, plan: Plan) -> frozenset[int]:
    """Return the records that are rules of a proxy for at least one device."""
    parts = (slice_records(records, first, last) for first, last in buckets(records)) if records.rules.lines else ()
    return frozenset[int]().union(*(applied_in(records, part, plan) for part in parts))


def applied_in(records: Records, part: Slice, plan: Plan) -> frozenset[int]:
    """Return the records that are rules of a proxy for at least one device of a bucket."""
    if not records.rules.lines:
        return frozenset()
    sites = frozenset[str]().union(*device_sites(records, part, plan)[1])
    return frozenset(line.record for line in records.rules.lines_of(sites))


def device_sites(records: Records, part: Slice, plan: Plan) -> tuple[Numbers, Sequence[Sites]]:
    """Return for each device of a bucket the number of the sites whose rules are for it, and the sites by number."""
    return sites_of(coalesce(records, part, GROUP, plan), coalesce(records, part, TAGS, plan), records.rules)


def _counted_with(said: _Said, beside: FactColumn, records: Records, pool: Pool) -> _Said:
    """Return the blanks, and what records say that say the device's value of the fact beside, or if it has none any."""
    other = records.codes_of(beside.pool.spec.name, said.record)
    stated = other != NOTHING
    values = beside.pool.identity[np.where(stated, other, Missing.BLANK)]
    device = beside.codes[said.device]
    fits = (values == device) | (beside.pool.reasons[device] >= 0)
    return said.where((pool.identity[said.codes] == Missing.BLANK) | ((values != Missing.BLANK) & fits))


def _primary(said: _Said, records: Records) -> _Said:
    """Return what primary sources say, and what secondary ones say of devices of which no primary one says anything."""
    if not any(file.secondary for file in records.files):
        return said
    secondary = np.array([file.secondary for file in records.files])[records.file_of[said.record]]
    spoken = np.zeros(said.device.max(initial=-1) + 1, dtype=np.bool_)
    spoken[said.device[~secondary]] = True
    return said.where(~(secondary & spoken[said.device]))


def _with_doubts(said: _Said, values: Codes, records: Records) -> tuple[_Said, npt.NDArray[np.uint8]]:
    """Return what is said and its ranks; as of one moment where clocks leave open which of several values is newer."""
    ranks = records.rank[said.record]
    if not any(file.local_times for file in records.files):
        return said, ranks
    clock = clocks(records.files)[records.file_of[said.record]]
    firsts = np.flatnonzero(said.starts())
    if not len(firsts) or not clock.any():
        return said, ranks
    differ = [np.minimum.reduceat(each, firsts) != np.maximum.reduceat(each, firsts) for each in (clock, values)]
    of_interest = np.zeros(said.device[-1] + 1, dtype=np.bool_)
    of_interest[said.device[firsts]] = differ[0] & differ[1]
    asked = np.flatnonzero(of_interest[said.device] & (said.time != NO_DATE))
    if not len(asked):
        return said, ranks
    rival = np.zeros(len(said.codes), dtype=np.bool_)
    rival[asked] = rivals(said.device[asked], clock[asked], said.time[asked], ranks[asked])
    open_ = np.zeros(len(of_interest), dtype=np.bool_)
    open_[said.device[rival]] = True
    kept = rival | ~open_[said.device]
    time, rank = np.where(rival, NO_DATE + 1, said.time), np.where(rival, np.uint8(0), ranks)
    return _Said(said.codes[kept], said.record[kept], said.device[kept], time[kept], said.single), rank[kept]


def _fill(column: FactColumn, said: _Said, code: int) -> None:
    column.codes[said.device] = column.shown[said.device] = code
    column.record[said.device] = said.record


def _newest(column: FactColumn, said: _Said, ranks: npt.NDArray[np.uint8] | None) -> None:
    """Fill the column with each device's newest value; ``ranks`` break ties of time, None if the fact never changes."""
    newest = said.where(said.lasts())
    column.codes[newest.device] = column.pool.identity[newest.codes]
    column.shown[newest.device] = newest.codes
    column.record[newest.device] = newest.record
    if len(said.codes) > len(newest.codes):
        values = column.pool.identity[said.codes]
        _settle_ties(column, values, said, said.starts(said.time, ranks) if ranks is not None else said.starts())


def _settle_ties(column: FactColumn, values: Codes, said: _Said, start: npt.NDArray[np.bool_]) -> None:
    """Mark devices as conflicting that differ within their last run of records, between which nothing decides."""
    firsts = np.flatnonzero(start)
    lowest, highest = np.minimum.reduceat(values, firsts), np.maximum.reduceat(values, firsts)
    ends = np.append(firsts[1:], len(values))
    final = said.lasts()[ends - 1]
    pool, identity = column.pool, column.pool.identity  # which every conflict lengthens

    def conflict(codes: Codes) -> tuple[int, int]:
        of_run = identity[codes].tolist()
        return pool.conflict(of_run), pool.conflict(pool.spelled_alike(codes.tolist(), of_run))

    def same(codes: Codes) -> tuple[int, int]:
        of_run = identity[codes].tolist()
        return of_run[0], pool.spelled_alike(codes.tolist(), of_run)[0]

    several = np.minimum.reduceat(said.codes, firsts) != np.maximum.reduceat(said.codes, firsts)
    for runs, tell in ((lowest != highest, conflict), (several & (lowest == highest), same)):
        at = np.flatnonzero(runs & final)
        devices = said.device[firsts[at]]
        told = _each_once([said.codes[first:end] for first, end in zip(firsts[at], ends[at], strict=True)], tell)
        column.codes[devices], column.shown[devices] = told


def _each_once(runs: Sequence[Codes], tell: Callable[[Codes], tuple[int, int]]) -> Codes:
    """Return two rows: the codes told of each run; asked once of all that have the same codes in the same order."""
    told: dict[bytes, tuple[int, int]] = {}
    for codes in runs:
        if (key := codes.tobytes()) not in told:
            told[key] = tell(codes)
    return np.array([told[codes.tobytes()] for codes in runs], dtype=np.int32).reshape(-1, 2).T


def _union(column: FactColumn, said: _Said, old: npt.NDArray[np.bool_]) -> None:
    """Fill the column with the union of what the records say, oldest first; distinct unions are merged once.

    Records that are too old count only for devices that have no others: what is stale settles nothing. So do undated
    ones, which lose to any dated one.
    """
    fresh = np.zeros(len(column.codes), dtype=np.bool_)
    fresh[said.device[~old]] = True
    said = said.where(~(old & fresh[said.device]))
    dated = np.zeros(len(column.codes), dtype=np.bool_)
    dated[said.device[said.time != NO_DATE]] = True
    said = said.where((said.time != NO_DATE) | ~dated[said.device])
    newest = said.where(said.lasts())
    column.record[newest.device] = newest.record
    pool = column.pool
    moments = np.append(np.flatnonzero(said.starts(said.time)), len(said.codes))
    device = said.device[moments[:-1]].tolist()
    merged: dict[tuple[tuple[int, ...], ...], int] = {}
    seen: dict[int, list[tuple[int, ...]]] = {}
    for at, first, end in zip(device, moments[:-1].tolist(), moments[1:].tolist(), strict=True):
        seen.setdefault(at, []).append(tuple(sorted(set(said.codes[first:end].tolist()))))
    for at, parts in seen.items():
        key = tuple(parts)
        if key not in merged:
            merged[key] = _merged(pool, key)
        column.codes[at] = column.shown[at] = merged[key]
    column.codes[:] = pool.identity[column.codes]


def _merged(pool: Pool, moments: tuple[tuple[int, ...], ...]) -> int:
    """Return the code of what was said at several moments, the oldest first; at one moment order plays no part."""
    if len(moments) == 1 and len(moments[0]) == 1:
        return moments[0][0]
    texts = [merge_at_once([str(pool.texts[code]) for code in codes], pool.spec) for codes in moments]
    return pool.code(merge_texts(texts, pool.spec))


def _too_old(times: npt.NDArray[np.int64], spec: FactSpec, plan: Plan) -> npt.NDArray[np.bool_]:
    """Mark what was observed too long ago (or, if dates are required, at no known time) for a fact that changes."""
    if not (spec.changes and spec.ages):
        return np.zeros(len(times), dtype=np.bool_)
    oldest = int((plan.oldest - EPOCH).total_seconds()) * 1_000_000
    undated = times == NO_DATE
    return np.where(undated, plan.require_dates, times < oldest)
