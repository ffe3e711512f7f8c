"""What identifying gives: the devices of a run, the device of each record, and what is of no device."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import polars as pl

UNMATCHED = -1
LISTED = 100  # parties of no device that are told one by one, for each reason; the others are counted
FIRST = 3  # records named of each

AMBIGUOUS = "ambiguous"
UNKNOWN = "evidence for an unknown device"
SECONDARY = "only a secondary source knows it"
NO_KEY = "no key"

Places = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A party of records that belongs to no device, and why; or the records of a file that have no key."""

    key: str
    reason: str  # AMBIGUOUS | UNKNOWN | SECONDARY | NO_KEY
    candidates: tuple[str, ...] = ()  # ids of the devices that it could be
    records: int = 0
    first: tuple[tuple[str, int], ...] = ()  # file and row of the first few


@dataclass(frozen=True, slots=True)
class Placed:
    """Records that name no device, and the device of which they are by the place of their file; or why of none."""

    path: str
    records: int
    device_id: str  # "": of none
    why: str


@dataclass(frozen=True, slots=True)
class Identified:
    """The devices of a run, sorted by id, and the device of each record (over all files, in their order)."""

    device_ids: pl.Series
    device: Places  # UNMATCHED where a record is of no device
    aliases: pl.DataFrame  # device, alias: the other keys under which records joined a device, sorted by both
    unmatched: tuple[Unmatched, ...] = ()  # sorted by key and file, at most LISTED for each reason
    parties: Mapping[str, int] = field(default_factory=dict)  # reason -> how many there are in all
    placed: tuple[Placed, ...] = ()
