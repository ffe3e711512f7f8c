"""Many records of a device to one value per fact, for a bucket of devices at once.

The records of a bucket stand in the order device, time, rank, place. So the newest value of a fact is the last of its
device's valid records, and a tie is the run of equal (device, time, rank) before it.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from checker.engine.pool import Codes, Pool
from checker.engine.records import EPOCH, NO_DATE, NOTHING, Records
from checker.facts.values import merge_texts
from checker.model.fact import FactSpec
from checker.model.outcome import Missing
from checker.model.plan import Plan

NO_RECORD = -1  # nothing was read
ATTESTED = -2  # -2 is the first attestation, -3 the second, …


@dataclass(slots=True)
class FactColumn:
    """One fact of the devices of a bucket."""

    pool: Pool
    codes: Codes  # what is judged: a value, or why there is none
    shown: Codes  # what was read, even where it is too old to count
    record: npt.NDArray[np.int64]  # where it was read; NO_RECORD, or ATTESTED and below

    @classmethod
    def absent(cls, spec: FactSpec, devices: int) -> "FactColumn":
        """Return the column of a fact that no record carries."""
        codes = np.zeros(devices, dtype=np.int32)
        return cls(Pool(spec), codes, codes.copy(), np.full(devices, NO_RECORD, dtype=np.int64))


@dataclass(frozen=True, slots=True)
class Slice:
    """The records of a bucket and which of its devices each belongs to."""

    records: npt.NDArray[np.int64]
    device: npt.NDArray[np.int32]  # 0 .. devices - 1, ascending
    devices: int


def slice_records(records: Records, first: int, last: int) -> Slice:
    """Return the records of devices ``first`` up to, not including, ``last``."""
    begin = int(records.ends[first - 1]) if first else 0
    counts = np.diff(records.ends[first:last], prepend=begin)
    device = np.repeat(np.arange(last - first, dtype=np.int32), counts)
    return Slice(records.slice_of(first, last), device, last - first)


def coalesce(records: Records, part: Slice, fact: str, plan: Plan) -> FactColumn:
    """Return one value per device of a base fact, as the catalogue says that its observations combine."""
    spec = plan.specs[fact]
    column = FactColumn.absent(spec, part.devices)
    if fact not in records.pools:
        return column
    column.pool = records.pools[fact]
    codes = records.codes_of(fact, part.records)
    said = codes != NOTHING
    if not said.all():
        codes, found, device = codes[said], part.records[said], part.device[said]
    else:
        found, device = part.records, part.device
    if spec.merge == "union":
        _union(column, codes, found, device, records)
    else:
        _newest(column, spec, codes, found, device, records)
    _age(column, spec, records, plan)
    return column


def _newest(
    column: FactColumn, spec: FactSpec, codes: Codes, found: npt.NDArray[np.int64], device: Codes, records: Records
) -> None:
    """Fill the column with the newest value; blanks are passed over unless the newest row itself decides."""
    identity = column.pool.identity
    blank = identity[codes] == Missing.BLANK
    column.codes[device[blank]] = Missing.BLANK
    column.shown[device[blank]] = Missing.BLANK
    column.record[device[blank]] = found[blank]
    if spec.merge != "latest" and blank.any():
        codes, found, device = codes[~blank], found[~blank], device[~blank]
    if not len(codes):
        return
    last = np.append(device[1:] != device[:-1], True)
    column.codes[device[last]] = identity[codes[last]]
    column.shown[device[last]] = codes[last]
    column.record[device[last]] = found[last]
    if len(codes) > np.count_nonzero(last):
        _settle_ties(column, spec, identity[codes], found, device, records)


def _settle_ties(
    column: FactColumn, spec: FactSpec, values: Codes, found: npt.NDArray[np.int64], device: Codes, records: Records
) -> None:
    """Mark devices whose newest (or, of a fact that never changes, any) values differ as conflicting."""
    start = np.append(True, device[1:] != device[:-1])
    if spec.changes:
        times, ranks = records.time[found], records.rank[found]
        start[1:] |= (times[1:] != times[:-1]) | (ranks[1:] != ranks[:-1])
    firsts = np.flatnonzero(start)
    lowest, highest = np.minimum.reduceat(values, firsts), np.maximum.reduceat(values, firsts)
    ends = np.append(firsts[1:], len(values)) - 1
    final = np.append(device[1:] != device[:-1], True)[ends]
    for run in np.flatnonzero((lowest != highest) & final):
        at = device[firsts[run]]
        code = column.pool.conflict(np.unique(values[firsts[run] : ends[run] + 1]).tolist())
        column.codes[at] = column.shown[at] = code


def _union(
    column: FactColumn, codes: Codes, found: npt.NDArray[np.int64], device: Codes, records: Records
) -> None:
    """Fill the column with the union of all that the records say, oldest first; distinct unions are merged once."""
    pool = column.pool
    order = np.lexsort((found, records.time[found], device))  # rank plays no part in a union
    codes, found, device = codes[order], found[order], device[order]
    last = np.append(device[1:] != device[:-1], True)
    column.record[device[last]] = found[last]
    merged: dict[tuple[int, ...], int] = {}
    firsts = np.flatnonzero(np.append(True, device[1:] != device[:-1])) if len(device) else np.array([], dtype=np.int64)
    for first, end in zip(firsts, np.append(firsts[1:], len(codes)), strict=True):
        parts = tuple(dict.fromkeys(codes[first:end].tolist()[::-1]))[::-1]
        if parts not in merged:
            texts = [str(pool.texts[code]) for code in parts]
            merged[parts] = pool.code(merge_texts(texts, pool.spec)) if len(texts) > 1 else parts[0]
        column.codes[device[first]] = column.shown[device[first]] = merged[parts]
    column.codes[:] = pool.identity[column.codes]


def _age(column: FactColumn, spec: FactSpec, records: Records, plan: Plan) -> None:
    """Mark values of a changing fact that were observed too long ago (or, if dates are required, never dated)."""
    if not spec.changes:
        return
    read = column.record >= 0
    times = records.times_of(column.record)
    oldest = int((plan.oldest - EPOCH).total_seconds()) * 1_000_000
    old = read & (times != NO_DATE) & (times < oldest)
    if plan.require_dates:
        old |= read & (times == NO_DATE)
    column.codes[old & (column.codes != Missing.BLANK)] = Missing.STALE


