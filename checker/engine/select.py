"""Which devices of a bucket a selection means, and which wave each belongs to."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol
from zlib import crc32

import numpy as np
import numpy.typing as npt
import polars as pl

from checker.engine.records import Records
from checker.engine.truths import TRUE, UNKNOWN, Facts, truths_of
from checker.model.condition import ALWAYS
from checker.model.selection import Selection
from checker.model.wave import Wave

Mask = npt.NDArray[np.bool_]
NO_WAVE = -1
WHOLE = 10_000  # parts of a share: hundredths of a per cent
IDS = re.compile(r"[0-9a-f]{40}|[a-z]+:.*", re.DOTALL)  # what device ids look like
NO_DEVICE, SEVERAL = -1, -2  # what a listed name may resolve to instead of a device


@dataclass(frozen=True, slots=True)
class Listed:
    """What a list of ids and names means in a run."""

    devices: npt.NDArray[np.int64]  # sorted
    unmatched: tuple[str, ...]  # entries that are no device's
    ambiguous: tuple[str, ...]  # names of several devices, which mean none of them


Lists = dict[tuple[str, ...], Listed]


class Selectable(Facts, Protocol):
    """Devices among which can be chosen: a bucket."""

    first: int  # place of its first device in the run
    lists: Lists

    @property
    def shares(self) -> npt.NDArray[np.uint64]:
        """Which part of the whole each device is."""


@dataclass(frozen=True, slots=True)
class Membership:
    """The wave of each device of a bucket; arrays run over its devices."""

    place: npt.NDArray[np.int16]  # in plan.waves; NO_WAVE in none
    several: Mask  # meets the conditions or lists of more than one wave; it is of the first
    unsure: npt.NDArray[np.int16]  # first wave, not its own, of which it is not known whether it takes the device


def resolve(records: Records, selections: Iterable[Selection]) -> Lists:
    """Return which devices the lists of these selections mean, each list once.

    An entry is a device id, or a name (as any record of the device spells it, whole or up to the first dot) that no
    other device goes by.
    """
    lists = {selection.listed for selection in selections if selection.listed}
    wanted = sorted({entry for listed in lists for entry in listed})
    if not wanted:
        return {}
    found = _devices_by_name(records, wanted) | _devices_by_id(records, wanted)
    return {listed: _listed(listed, found) for listed in lists}


def _listed(entries: Sequence[str], found: dict[str, int]) -> Listed:
    devices = sorted({found[entry] for entry in entries if found.get(entry, NO_DEVICE) >= 0})
    return Listed(
        np.array(devices, dtype=np.int64),
        tuple(entry for entry in entries if entry not in found),
        tuple(entry for entry in entries if found.get(entry) == SEVERAL),
    )


def _devices_by_id(records: Records, wanted: Sequence[str]) -> dict[str, int]:
    ids = [entry for entry in wanted if IDS.fullmatch(entry)]
    if not ids:
        return {}
    places = np.flatnonzero(records.device_ids.is_in(ids).to_numpy())  # ids are in lower case as they are read
    return dict(zip(records.device_ids.gather(places).to_list(), places.tolist(), strict=True))


def _devices_by_name(records: Records, wanted: Sequence[str]) -> dict[str, int]:
    name = pl.col("name")
    # folding a million names takes longer than finding those that may be meant; only ASCII is folded in passing
    meant = name.str.contains_any(list(wanted), ascii_case_insensitive=True)
    other = name.str.len_bytes() != name.str.len_chars()
    places = np.flatnonzero(records.name.to_frame("name").select((meant | other).fill_null(value=False)).to_series())
    asked = np.zeros(len(records.name), dtype=np.bool_)
    asked[places] = True
    owned = np.flatnonzero(asked[records.order])
    device = np.searchsorted(records.ends, owned, side="right").astype(np.int64)
    folded = records.name.gather(records.order[owned]).str.to_lowercase()
    frame = pl.DataFrame({"name": folded, "device": device})
    found = [frame.filter(name.is_in(wanted))]
    short = [entry for entry in wanted if "." not in entry]
    if short:
        first = name.str.splitn(".", 2).struct.field("field_0")
        found.append(frame.with_columns(name=first).filter(name.is_in(short)))
    grouped = pl.concat(found).unique().group_by("name").agg(pl.col("device").first(), several=pl.len() > 1)
    return {entry: SEVERAL if several else device for entry, device, several in grouped.iter_rows()}


def selected(bucket: Selectable, selection: Selection) -> Mask:
    """Return the devices of a bucket that a selection means, those for which its condition is TRUE."""
    if selection.where == ALWAYS:
        return _named(bucket, selection)
    true: Mask = truths_of(bucket, selection.where, defaults=False) == TRUE
    return true & _named(bucket, selection) if selection.listed or selection.share else true


def _named(bucket: Selectable, selection: Selection) -> Mask:
    """Return the devices of a bucket that a selection lists, as far as they fall into its share."""
    found = np.full(bucket.devices, not selection.listed, dtype=np.bool_)
    if selection.listed:
        listed = bucket.lists[selection.listed].devices
        begin, end = np.searchsorted(listed, (bucket.first, bucket.first + bucket.devices))
        found[listed[begin:end] - bucket.first] = True
    if selection.share:
        low, high = selection.share
        found &= (bucket.shares >= low) & (bucket.shares < high)
    return found


def shares_of(ids: pl.Series) -> npt.NDArray[np.uint64]:
    """Return which part of the whole each device is: its id's CRC-32, scaled; the same for ever, on any machine."""
    sums = np.fromiter(map(crc32, ids.cast(pl.Binary).to_list()), np.uint64, len(ids))
    return (sums * np.uint64(WHOLE)) >> np.uint64(32)


def membership(bucket: Selectable, waves: Sequence[Wave]) -> Membership:
    """Return the wave of each device: the first whose condition and list it meets, else the first of its share."""
    place = np.full(bucket.devices, NO_WAVE, dtype=np.int16)
    unsure = np.full(bucket.devices, NO_WAVE, dtype=np.int16)
    taken = np.zeros(bucket.devices, dtype=np.int16)
    ordered = sorted(enumerate(waves), key=lambda item: item[1].devices.share is not None)  # shares take the rest
    for number, wave in ordered:
        named, truths = _named(bucket, wave.devices), truths_of(bucket, wave.devices.where, defaults=False)
        shared = wave.devices.share is not None
        met = named & (truths == TRUE)
        taken += met & ~(shared & (place != NO_WAVE))
        place[met & (place == NO_WAVE)] = number
        unsure[named & (truths == UNKNOWN) & (unsure == NO_WAVE) & (place == NO_WAVE)] = number
    return Membership(place, taken > 1, unsure)
