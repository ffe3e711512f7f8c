"""Tells places of several columns apart: those that agree in all of them are one group."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Places = npt.NDArray[np.int64]
MOST = 2**62  # combined codes stay below this, so they are exact
TABLE = 16  # up to so many codes for each place a table of them is quicker than sorting


@dataclass(frozen=True, slots=True)
class Groups:
    """Places that agree, group by group."""

    first: Places  # the first place of each group
    place: Places  # for each place, the number of its group

    def __len__(self) -> int:
        return len(self.first)


def group(columns: Iterable[tuple[npt.NDArray[np.integer], int]], count: int) -> Groups:
    """Return which of ``count`` places agree in all columns; each comes with its size, and codes are 0 .. size - 1."""
    combined, most = np.zeros(count, dtype=np.int64), 1  # codes so far, and what they are less than
    for codes, size in columns:
        if size == 1:
            continue
        if most * size > TABLE * count and (most <= TABLE * count or most * size > MOST):
            combined, most = _renumbered(combined, most)
        combined = combined * size + codes
        most *= size
    place, groups = _renumbered(combined, most)
    first = np.empty(groups, dtype=np.int64)
    first[place[::-1]] = np.arange(count - 1, -1, -1)  # what is written last stays: the first place
    return Groups(first, place)


def _renumbered(codes: Places, most: int) -> tuple[Places, int]:
    """Return codes without gaps, in the same order, and how many there are."""
    if most > TABLE * len(codes):
        distinct, place = np.unique(codes, return_inverse=True)
        return place.astype(np.int64), len(distinct)
    is_there = np.zeros(most, dtype=np.bool_)
    is_there[codes] = True
    there = np.flatnonzero(is_there)
    numbers = np.empty(most, dtype=np.int64)
    numbers[there] = np.arange(len(there))
    return numbers[codes], len(there)
