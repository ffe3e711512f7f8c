"""The ledger: every row of every file is of a device, merged, out of scope, unmatched, rejected or in the future."""

from collections.abc import Collection, Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from checker.model.notes import InputTally
from checker.model.plan import Plan
from checker.model.record import FileRecords


def set_future_aside(inputs: Sequence[FileRecords], plan: Plan) -> list[int]:
    """Take out of each file the records observed after the end of the as-of day; return how many each lost."""
    lost = []
    for item in inputs:
        before = sum(frame.height for frame in item.frames)
        kept = pl.col("observed").is_null() | (pl.col("observed") <= plan.end_of_day)
        item.frames = [
            frame.filter(kept) if (frame["observed"].max() or plan.end_of_day) > plan.end_of_day else frame  # type: ignore[operator]
            for frame in item.frames
        ]
        lost.append(before - sum(frame.height for frame in item.frames))
    return lost


def tally_inputs(
    inputs: Sequence[FileRecords],
    future: Sequence[int],
    device: npt.NDArray[np.int32],
    out_of_scope: npt.NDArray[np.bool_],
    applied: Collection[int] = (),
) -> tuple[InputTally, ...]:
    """Return the ledger; ``device`` is each record's device over all files, ``out_of_scope`` a flag per device.

    ``applied`` are the records that are rules for devices of a site: further rows of those devices.
    """
    found, start = [], 0
    for item, late in zip(inputs, future, strict=True):
        height = sum(frame.height for frame in item.frames)
        mine = device[start : start + height]
        rules = sum(start <= record < start + height for record in applied) if item.file.of_sites else 0
        start += height
        if item.file.apart:
            continue
        matched = mine[mine >= 0]
        outside = out_of_scope[matched]
        judged = matched[~outside]
        seen = np.zeros(len(out_of_scope), dtype=np.bool_)
        seen[judged] = True
        devices = int(np.count_nonzero(seen))
        found.append(
            InputTally(
                path=item.file.path,
                sha256=item.file.sha256,
                format=item.file.format,
                rows=height + late + len(item.rejected),
                devices=devices,
                merged=len(judged) - devices + rules,
                out_of_scope=int(np.count_nonzero(outside)),
                unmatched=int(np.count_nonzero(mine < 0)) - rules,
                rejected=len(item.rejected),
                future=late,
                notices=item.file.notices,
                packed_in=item.file.packed_in,
            )
        )
    return tuple(found)
