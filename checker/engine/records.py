"""All records of a run in columns of numbers, ordered by device, so that a bucket of devices is a slice."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt
import polars as pl

from checker.engine.pool import REASONS, Codes, Pool, pool_of
from checker.engine.site_rules import FACT, SITE_FACTS, SiteRules, site_rules
from checker.inventory.identified import Identified
from checker.model.fact import FactSpec
from checker.model.record import FileRecords, InputFile

BUCKET = 65_536  # devices judged at once: bounds what judging holds, findings and their evidence included
NO_DATE = np.iinfo(np.int64).min  # an undated record loses to any dated one
NOTHING = -1  # the record says nothing of the fact
NOWHERE = -(2**62)  # leads from any record to no code
Narrow = npt.NDArray[np.int8] | npt.NDArray[np.int16] | npt.NDArray[np.int32]  # as wide as the pool is long
WIDTHS = ((pl.Int8(), 2**7 - 1), (pl.Int16(), 2**15 - 1), (pl.Int32(), 2**31 - 1))
EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - record times are naive UTC


@dataclass(frozen=True, slots=True)
class Coded:
    """What records say of one fact: codes of all rows of the files that carry it, one file after the other."""

    codes: Narrow  # NOTHING where a row says nothing
    shifts: npt.NDArray[np.int64]  # for each file: from a record to the place of its code; NOWHERE if it carries none

    def of(self, records: npt.NDArray[np.int64], file_of: npt.NDArray[np.uint32]) -> Codes:
        """Return the codes of some records; NOTHING where their file does not carry the fact."""
        if not self.shifts.any():
            return self.codes[records].astype(np.int32)
        at = records + self.shifts[file_of[records]]
        return np.where(at >= 0, self.codes[np.maximum(at, 0)], np.int32(NOTHING))


@dataclass(frozen=True, slots=True)
class Records:
    """Columns over all records, and the order in which each device's records stand together."""

    files: tuple[InputFile, ...]
    device_ids: pl.Series  # sorted
    aliases: pl.DataFrame  # device, alias; sorted by both
    file_of: npt.NDArray[np.uint32]
    row: npt.NDArray[np.uint32]
    line: npt.NDArray[np.uint32]
    time: npt.NDArray[np.int64]  # microseconds since 1970, NO_DATE if undated
    rank: npt.NDArray[np.uint8]  # 1 for per-device evidence, which wins a tie of time
    founds: npt.NDArray[np.bool_]
    name: pl.Series
    codes: dict[str, Coded]  # by fact
    pools: dict[str, Pool]
    starts: npt.NDArray[np.int64]  # first record of each file
    order: npt.NDArray[np.int64]  # records by device, then time, rank and place
    ends: npt.NDArray[np.int64]  # for each device, the end of its records within ``order``
    rules: SiteRules  # of proxies, for the devices of sites

    @property
    def devices(self) -> int:
        """How many devices there are."""
        return len(self.device_ids)

    def slice_of(self, first: int, last: int) -> npt.NDArray[np.int64]:
        """Return the records of devices ``first`` up to, not including, ``last``, in order."""
        begin = int(self.ends[first - 1]) if first else 0
        return self.order[begin : int(self.ends[last - 1])] if last > first else self.order[:0]

    def times_of(self, records: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return when records were observed; NO_DATE for undated ones and where there is no record (below 0)."""
        read = records >= 0
        if not len(self.time):
            return np.full(len(records), NO_DATE, dtype=np.int64)
        return np.where(read, self.time[np.where(read, records, 0)], NO_DATE)

    def codes_of(self, fact: str, records: npt.NDArray[np.int64]) -> Codes:
        """Return what these records say of a fact, as pool codes; NOTHING where they say nothing."""
        if fact not in self.codes:
            return np.full(len(records), NOTHING, dtype=np.int32)
        return self.codes[fact].of(records, self.file_of)


def buckets(records: Records, size: int = BUCKET) -> Iterator[tuple[int, int]]:
    """Yield the ranges of devices, first and one past the last, that are judged together."""
    for first in range(0, records.devices, size):
        yield first, min(first + size, records.devices)


def gather_records(
    inputs: Sequence[FileRecords], identified: Identified, specs: dict[str, FactSpec], facts: frozenset[str]
) -> Records:
    """Return the records of all inputs as columns; ``identified`` gives each its device."""
    heights = [sum(frame.height for frame in item.frames) for item in inputs]
    starts = np.concatenate([[0], np.cumsum(heights)]).astype(np.int64)
    frames = [frame for item in inputs for frame in item.frames]
    times = _join(frames, "observed").dt.timestamp("us").fill_null(NO_DATE).to_numpy()
    ranks = np.repeat(np.array([item.file.per_device for item in inputs], dtype=np.uint8), heights)
    order, ends = _by_device(identified.device, times, ranks, len(identified.device_ids))
    rules = site_rules(inputs)
    wanted = facts | (frozenset(SITE_FACTS) if rules.lines else frozenset())
    of_devices = [item for item in inputs if not item.file.of_sites]
    carried = {fact for item in of_devices for fact in item.file.columns} & wanted
    read = carried | ({FACT} & facts if rules.lines else set())
    pools = {fact: _pool(inputs, specs[fact]) for fact in sorted(read)}
    return Records(
        files=tuple(item.file for item in inputs),
        device_ids=identified.device_ids,
        aliases=identified.aliases,
        file_of=np.repeat(np.arange(len(inputs), dtype=np.uint32), heights),
        row=_join(frames, "row").to_numpy(),
        line=_join(frames, "line").to_numpy(),
        time=times,
        rank=ranks,
        founds=np.repeat(np.array([item.file.founds for item in inputs], dtype=np.bool_), heights),
        name=_join(frames, "name"),
        codes={fact: _coded(inputs, pools[fact], starts) for fact in sorted(carried)},
        pools=pools,
        starts=starts[:-1],
        order=order,
        ends=ends,
        rules=rules,
    )


def _join(frames: list[pl.DataFrame], column: str) -> pl.Series:
    return pl.concat([frame[column] for frame in frames]) if len(frames) != 1 else frames[0][column]


def _columns(item: FileRecords, fact: str) -> list[pl.Series]:
    return [frame[fact] for frame in item.frames if fact in frame.columns]


def _coded(inputs: Sequence[FileRecords], pool: Pool, starts: npt.NDArray[np.int64]) -> Coded:
    """Return the codes of a fact, worked out for all files at once: there may be thousands of one record."""
    fact = pool.spec.name
    carriers = [
        number
        for number, item in enumerate(inputs)
        if not item.file.of_sites and any(frame.height and fact in frame.columns for frame in item.frames)
    ]
    shifts = np.full(len(inputs), NOWHERE, dtype=np.int64)
    if not carriers:
        return Coded(np.array([NOTHING], dtype=np.int8), shifts)
    places = pl.concat([_places(frame, fact) for number in carriers for frame in inputs[number].frames])
    dtype = next(dtype for dtype, most in WIDTHS if len(pool) <= most)
    heights = np.diff(starts)[carriers]
    shifts[carriers] = np.cumsum(heights) - heights - starts[carriers]
    return Coded((places.cast(dtype) + REASONS).fill_null(NOTHING).to_numpy(), shifts)


def _places(frame: pl.DataFrame, fact: str) -> pl.Series:
    if fact in frame.columns:
        return frame[fact].to_physical()
    return pl.repeat(None, frame.height, dtype=pl.UInt32, eager=True)


def _pool(inputs: Sequence[FileRecords], spec: FactSpec) -> Pool:
    return pool_of(spec, (column for item in inputs for column in _columns(item, spec.name)))


def _by_device(
    device: npt.NDArray[np.int32], times: npt.NDArray[np.int64], ranks: npt.NDArray[np.uint8], devices: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return the matched records by device, time, rank and place, and where each device's records end."""
    matched = np.flatnonzero(device >= 0)
    counts = np.bincount(device[matched], minlength=devices)
    ends = np.cumsum(counts)
    if len(matched) == devices and counts.max(initial=0) <= 1:
        order = np.empty(devices, dtype=np.int64)  # one record a device: a permutation needs no sort
        order[device[matched]] = matched
        return order, ends
    ordered = np.lexsort((ranks[matched], times[matched], device[matched]))
    return matched[ordered], ends
