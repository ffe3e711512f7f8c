"""Which observations the clock leaves open: times that name no zone may be off by as much as a zone can be.

All times with a zone are of one clock. Those of a file that names none (``InputFile.local_times``) are of a clock of
their own: they order the observations of that file, and are before or after others only if more than ``DOUBT`` lies
between. So of a changing fact of a device the newest observation of each clock counts that is not surely older than the
newest of another; between them nothing decides.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from checker.model.record import InputFile

DOUBT_HOURS: Final = 14  # the zone that is farthest from UTC is UTC+14
DOUBT: Final = DOUBT_HOURS * 3_600_000_000  # microseconds

Numbers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


def clocks(files: Sequence[InputFile]) -> Numbers:
    """Return the clock of each file: 0 for all that name their zones."""
    return np.array([at if file.local_times else 0 for at, file in enumerate(files, start=1)], dtype=np.int64)


def rivals(device: npt.NDArray[np.int32], clock: Numbers, time: Numbers, rank: npt.NDArray[np.uint8]) -> Mask:
    """Mark the observations between which clocks leave open which is the newest of their device.

    They stand in the order of device, time and rank, and are dated. A device of which only one clock has such is left.
    """
    order = np.lexsort((clock, device))  # stable: within a clock they stay in the order of time
    ends = np.flatnonzero(np.append(_changes(device[order]) | _changes(clock[order]), True))
    group = np.repeat(np.arange(len(ends)), np.diff(ends, prepend=-1))
    newest = np.full(int(device.max(initial=-1)) + 1, np.iinfo(np.int64).min)
    np.maximum.at(newest, device, time)
    last = order[ends]  # of each clock of each device
    open_ = time[last] >= newest[device[last]] - DOUBT
    several = np.bincount(device[last][open_], minlength=len(newest)) > 1
    found = np.zeros(len(device), dtype=np.bool_)
    of_group = last[group]  # for each observation in that order the last of its clock
    found[order] = (
        several[device[order]] & open_[group] & (time[order] == time[of_group]) & (rank[order] == rank[of_group])
    )
    return found


def _changes(values: npt.NDArray[np.integer]) -> Mask:
    differs: Mask = values[1:] != values[:-1]
    return differs
