"""Names what belongs to no device: by party, with those that it could be, and its first records."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from checker.inventory.identified import (
    AMBIGUOUS,
    FIRST,
    LISTED,
    NO_KEY,
    SECONDARY,
    UNKNOWN,
    UNMATCHED,
    Places,
    Unmatched,
)
from checker.model.record import FileRecords


@dataclass(frozen=True, slots=True)
class Lost:
    """The parties of no device, and what is known of them."""

    ids: pl.Series  # of all parties
    parties: Places  # those of no device
    primary: npt.NDArray[np.bool_]  # for all: whether a source that is not secondary speaks of it
    could_be: Mapping[int, tuple[str, ...]]  # ambiguous party -> ids of those that it could join


def name_lost(
    inputs: Sequence[FileRecords], lost: Lost, party: Places, device: Places
) -> tuple[tuple[Unmatched, ...], dict[str, int]]:
    """Return what belongs to no device, sorted by key and file, and how many parties there are for each reason.

    ``party`` and ``device`` are those of each record, UNMATCHED without a key, and without a device.
    """
    reasons = {at: _reason(lost, at) for at in lost.parties.tolist()}
    told: list[tuple[str, int]] = []
    seen: Counter[str] = Counter()
    for key, at in sorted(zip(lost.ids.gather(lost.parties).to_list(), reasons, strict=True)):
        seen[reasons[at]] += 1
        if seen[reasons[at]] <= LISTED:
            told.append((key, at))
    records = _records(inputs, party, device, [at for _, at in told])
    without = [
        Unmatched("", NO_KEY, (), *records[at]) for at in records if at < 0 and not inputs[-1 - at].file.of_sites
    ]
    without.sort(key=lambda item: item.first)
    if without:
        seen[NO_KEY] = len(without)
    named = [Unmatched(key, reasons[at], lost.could_be.get(at, ()), *records[at]) for key, at in told]
    return (*without[:LISTED], *named), dict(sorted(seen.items()))


def _reason(lost: Lost, at: int) -> str:
    if at in lost.could_be:
        return AMBIGUOUS
    return UNKNOWN if lost.primary[at] else SECONDARY


Rows = tuple[int, tuple[tuple[str, int], ...]]


def _records(inputs: Sequence[FileRecords], party: Places, device: Places, told: Sequence[int]) -> dict[int, Rows]:
    """Return how many records each party has that is told, and the first; those without a key by file, below 0."""
    nowhere = np.flatnonzero(device == UNMATCHED)
    if not len(nowhere):
        return {}
    heights = [sum(frame.height for frame in item.frames) for item in inputs]
    file = np.repeat(np.arange(len(inputs)), heights)[nowhere]
    group = np.where(party[nowhere] == UNMATCHED, -1 - file, party[nowhere])
    kept = (group < 0) | np.isin(group, np.array(told, dtype=np.int64))
    rows = pl.concat([frame["row"] for item in inputs for frame in item.frames])
    paths = pl.Series([item.file.path for item in inputs], dtype=pl.String)
    frame = pl.DataFrame({"group": group[kept], "path": paths.gather(file[kept]), "row": rows.gather(nowhere[kept])})
    found = frame.sort("path", "row").group_by("group").agg(
        pl.len().alias("records"), pl.col("path").head(FIRST), pl.col("row").head(FIRST)
    )  # fmt: skip
    return {
        at: (records, tuple(zip(of_files, at_rows, strict=True)))
        for at, records, of_files, at_rows in found.iter_rows()
    }
