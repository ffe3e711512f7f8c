"""Gives records that name no device the one that the place of their file tells: its folder, archive or name.

Some exports hold no name (Get-MpComputerStatus, a connectivity test) and are collected in a folder a device, or named
after it. Their records are of

1. the only device that the other files of the folder name in their contents. In an archive all that lies below counts,
   too, and above it the folders up to the whole archive; elsewhere only the folder itself.
2. the device that is called as the file, without its ending, or as the folder (or archive): whole, or by a short name
   that no other device has.

What both tell must be one device, and a file whose name begins with that of another is of neither. A folder is no proof
in which two devices are named, nor (of 1) one in which several such files of one product stand, or in which a file that
names the device is called after it and this one is not: they may well be of several devices. A place never founds a
device, and is decided on sets, once all files are read: their order plays no part.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

import numpy as np
import numpy.typing as npt
import polars as pl

from checker.inventory.identified import UNMATCHED, Placed, Places
from checker.model.record import FileRecords

ARCHIVES = (".zip",)
MARK = re.compile(r"[ ._()@-]")
ENDINGS = frozenset(
    (".csv", ".tsv", ".txt", ".log", ".json", ".jsonl", ".ndjson", ".xml", ".html", ".reg", ".evtx", ".parquet")
) | frozenset((".xlsx", ".gz", ".zst", ".zip"))


@dataclass(slots=True)
class _Folder:
    """What the files of a folder are: the devices that they name (UNMATCHED for what is of none), and the nameless."""

    named: set[int] = field(default_factory=set)
    nameless: dict[str, set[str]] = field(default_factory=dict)  # product -> digests of its nameless files
    naming: list[str] = field(default_factory=list)  # paths of the files that name devices


def place(
    inputs: Sequence[FileRecords], party: Places, device_of: Places, keys: pl.DataFrame, ids: pl.Series
) -> tuple[npt.NDArray[np.int32], tuple[Placed, ...]]:
    """Return the device of each record of no key whose file tells it by its place, and what was found for each file.

    ``party`` is each record's, UNMATCHED where it has no key; ``device_of`` each party's device; ``keys`` has the
    folded names (fqdn, short) of all records; ``ids`` are those of the devices.
    """
    device = np.append(device_of, np.int32(UNMATCHED))[party]
    starts = np.cumsum([0, *(sum(frame.height for frame in item.frames) for item in inputs)])
    nameless = {
        number: inside
        for number, item in enumerate(inputs)
        if item.file.place_names
        and len(inside := np.flatnonzero(party[starts[number] : starts[number + 1]] == UNMATCHED) + starts[number])
    }
    if not nameless:
        return device, ()
    folders = _folders(inputs, party, device_of, starts, nameless)
    called = _called(keys, device, {name for at in nameless for name in _names(inputs[at].file.path)})
    shorts = _shorts(keys, device, {at for folder in folders.values() for at in folder.named})
    found = []
    for number, records in nameless.items():
        file = inputs[number].file
        at, why = _decide(*_by_contents(folders, file.path, file.format, shorts), file.path, called)
        device[records] = at
        found.append(Placed(file.path, len(records), ids[at] if at != UNMATCHED else "", why))
    return device, tuple(sorted(found, key=lambda item: item.path))


def _folders(
    inputs: Sequence[FileRecords],
    party: Places,
    device_of: Places,
    starts: npt.NDArray[np.int64],
    nameless: Mapping[int, object],
) -> dict[str, _Folder]:
    """Return the folders in which nameless files lie, and those above and below them in archives."""
    found: dict[str, _Folder] = {}
    asked = {_folder(inputs[number].file.path) for number in nameless}
    asked |= {above for folder in asked for above in _above(folder)}
    for number, item in enumerate(inputs):
        path, parties = item.file.path, party[starts[number] : starts[number + 1]]
        if not asked & {_folder(path), *_above(_folder(path))}:
            continue
        folder = found.setdefault(_folder(path), _Folder())
        named = set(np.unique(device_of[parties[parties != UNMATCHED]])[:2].tolist())
        folder.named |= named | ({UNMATCHED} if named and number in nameless else set())  # rows of whom, beside those?
        folder.naming += [path] if named else []
        if number in nameless:
            folder.nameless.setdefault(item.file.format, set()).add(item.file.sha256)
    return found


def _by_contents(
    folders: Mapping[str, _Folder], path: str, product: str, shorts: Mapping[int, set[str]]
) -> tuple[set[int], bool]:
    """Return the devices that the files around name, and whether that may be a proof."""
    own = _folder(path)
    below = [folder for name, folder in folders.items() if name == own or own in _above(name)]
    around = below
    for above in _above(own):
        if any(folder.named for folder in around):
            break
        around = [folders[above]] if above in folders else []
    named = set[int]().union(*(folder.named for folder in around))
    names = {short for at in named for short in shorts.get(at, ())}
    after_device = any(_is_after(each, names) for folder in around for each in folder.naming)
    twins = set().union(*(folder.nameless.get(product, set()) for folder in below))
    return named, len(twins) == 1 and (_is_after(path, names) or not after_device)


def _decide(named: set[int], proof: bool, path: str, called: Mapping[str, int]) -> tuple[int, str]:
    """Return the device of a file's nameless records and what told it; or UNMATCHED and why."""
    by_file, by_folder = ([called[name] for name in names if name in called][:1] for names in _spellings(path))
    told = dict.fromkeys(by_file, "the name of its file")
    if named <= set(by_folder):
        told |= {at: "the name of its folder" for at in by_folder if at not in told}
    if proof and len(named) == 1:
        told |= {at: "the other files of its folder" for at in named - {UNMATCHED} if at not in told}
    begins = [] if by_file else [called[name] for name in reversed(_beginnings(path)) if name in called][:1]
    if len(told) == 1 and told.keys() >= set(begins):
        return next(iter(told.items()))
    if told:
        return UNMATCHED, "its name tells one device and its folder another"
    return UNMATCHED, "its folder may be of several devices" if named else "nothing tells which"


def _shorts(keys: pl.DataFrame, device: Places, wanted: set[int]) -> dict[int, set[str]]:
    """Return the short names of these devices."""
    owned = pl.DataFrame({"name": keys["short"], "device": device}).filter(
        pl.col("device").is_in(list(wanted - {UNMATCHED})), pl.col("name").is_not_null()
    )
    found: dict[int, set[str]] = {}
    for name, at in owned.unique().iter_rows():
        found.setdefault(at, set()).add(name)
    return found


def _called(keys: pl.DataFrame, device: Places, wanted: Iterable[str]) -> dict[str, int]:
    """Return the device of each of these names that only one has: as a full name, else as a short one."""
    names = list(wanted)
    found: dict[str, int] = {}
    for column in ("short", "fqdn"):
        owned = pl.DataFrame({"name": keys[column], "device": device}).filter(
            pl.col("name").is_in(names), pl.col("device") != UNMATCHED
        )
        only = owned.unique().filter(pl.len().over("name") == 1)
        found |= dict(only.iter_rows())
    return found


def _folder(path: str) -> str:
    return PurePosixPath(path).parent.as_posix()


def _archive(folder: str) -> str:
    """Return the archive in which a folder lies, the outermost; "" if in none."""
    parts = PurePosixPath(folder).parts
    inside = next((at for at, part in enumerate(parts, start=1) if part.lower().endswith(ARCHIVES)), 0)
    return PurePosixPath(*parts[:inside]).as_posix() if inside else ""


def _above(folder: str) -> list[str]:
    """Return the folders above one in its archive, the nearest first, the last being the archive."""
    archive, found = _archive(folder), []
    while archive and folder != archive:
        folder = _folder(folder)
        found.append(folder)
    return found


def folders_of(path: str) -> list[str]:
    """Return the folder in which a file lies, and those above it in its archive, up to the whole archive."""
    own = _folder(path)
    return [own, *_above(own)]


def _spellings(path: str) -> tuple[list[str], list[str]]:
    """Return what a file and its folder may be the name of: folded, with and without the endings of files."""
    inside = PurePosixPath(path)
    return _without_endings(inside.name), _without_endings(inside.parent.name)


def _names(path: str) -> list[str]:
    return [*(name for names in _spellings(path) for name in names), *_beginnings(path)]


def _beginnings(path: str) -> list[str]:
    """Return what the name of a file begins with, up to each mark between its words: the whole is not among them."""
    folded = PurePosixPath(path).name.casefold()
    return [folded[: mark.start()] for mark in MARK.finditer(folded) if mark.start()]


def _is_after(path: str, names: set[str]) -> bool:
    """Tell whether a file is called after a device of one of these short names: its name begins with it."""
    return not names.isdisjoint([*_beginnings(path), PurePosixPath(path).name.casefold()])


def _without_endings(name: str) -> list[str]:
    folded = name.casefold()
    found = [folded]
    while PurePosixPath(folded).suffix in ENDINGS:
        folded = PurePosixPath(folded).stem
        found.append(folded)
    return [name for name in found if name]
