"""Unpacks gzip, zstd and ZIP, in one another, into temporary files: in bounded space and time, and by no member's name.

A workbook of Excel is a ZIP archive, too, but is read as it is.
"""

import hashlib
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import partial
from gzip import GzipFile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO, Final, NoReturn, cast
from zipfile import ZipFile

from checker.errors import InputError, Problem
from checker.inventory.archives import (
    AGAIN,
    BLOCK,
    BY_HAND,
    FAILURES,
    LARGEST,
    MOST_MEMBERS,
    MOST_TIMES,
    SURE,
    checked_members,
    is_bomb,
    is_workbook,
    member_blocks,
    refuse_crowded,
)

DEEPEST: Final = 3  # design choice: packings in one another
GZIP: Final = b"\x1f\x8b"
ZSTD: Final = b"\x28\xb5\x2f\xfd"
SKIPPED_BY_ZSTD: Final = b"\x2a\x4d\x18"  # bytes 2 to 4 of a frame without content, as parallel packers write first
ZIPS: Final = (b"PK\x03\x04", b"PK\x05\x06")  # with members, and without


@dataclass(frozen=True, slots=True)
class Leaf:
    """A file to read: the one that was given, or what it holds, in a temporary file while it is read."""

    shown: str  # path as it is told: the given one, and the path within it
    place: Path
    weight: int  # bytes that it takes of the file that was given
    unpacked: bool = False


@dataclass(slots=True)
class Share:
    """Turns bytes read of what a file holds into bytes of the file as it lies, so that they add up to its size."""

    done: Callable[[int], None] | None  # told the bytes since it was last called
    size: int
    told: int = 0

    def of(self, leaf: Leaf) -> Callable[[int], None]:
        """Return what is told the bytes read of a leaf; those of a second pass over it count no more."""
        size, start, seen = max(leaf.place.stat().st_size, 1), self.told, 0

        def read(count: int) -> None:
            nonlocal seen
            seen = min(seen + count, size)
            self._tell(start + leaf.weight * seen // size)

        return read

    def finish(self) -> None:
        """Tell what is left: what an archive holds besides its members, and members that were not read."""
        self._tell(self.size)

    def _tell(self, until: int) -> None:
        until = min(until, self.size)
        if self.done and until > self.told:
            self.done(until - self.told)
        self.told = max(self.told, until)


@dataclass(slots=True)
class _Room:
    """What is left of the bounds of one given file, and where its parts are put."""

    folder: Path
    packed: int  # bytes of the file
    only: str = ""  # the one leaf that is wanted
    size: int = LARGEST
    members: int = MOST_MEMBERS
    files: int = field(default=0)

    def file(self) -> Path:
        """Return a place for a new temporary file."""
        self.files += 1
        return self.folder / f"{self.files:06d}"

    def wants(self, shown: str) -> bool:
        """Tell whether the wanted leaf is this one, or may be in it."""
        return not self.only or self.only == shown or self.only.startswith(f"{shown}/")


def leaves(shown: str, place: Path, only: str = "") -> Generator[Leaf, None, None]:
    """Yield what a file holds, or the file itself if it is not packed; each until the next one is asked for.

    With ``only``, the path of a leaf, no other is unpacked.

    Raises:
        InputError: it cannot be unpacked whole, or its bounds are exceeded.
        OSError: the file cannot be read.
    """
    given = Leaf(shown, place, place.stat().st_size)
    if not packing(place):
        yield given
        return
    with (
        TemporaryDirectory(prefix="mde-readiness-") as folder,
        closing(_inside(given, _Room(Path(folder), given.weight, only), 0)) as all_,
    ):
        yield from all_


def sha256_of(place: Path) -> str:
    """Return the SHA-256 of a file."""
    with place.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def packing(place: Path) -> str:
    """Return how a file is packed: gzip, zstd, zip, or an empty text; a workbook is not."""
    with place.open("rb") as file:
        start = file.read(4)
    if start.startswith(GZIP):
        return "gzip"
    if start == ZSTD or (start[1:] == SKIPPED_BY_ZSTD and 0x50 <= start[0] <= 0x5F):
        return "zstd"
    return "zip" if start in ZIPS and not is_workbook(place) else ""


def _inside(leaf: Leaf, room: _Room, depth: int) -> Generator[Leaf, None, None]:
    how = packing(leaf.place)
    if not how:
        yield leaf
        return
    if depth == DEEPEST:
        raise InputError(Problem(leaf.shown, f"is packed more than {DEEPEST} times, one in another", "unpack it"))
    if how == "zip":
        yield from _members(leaf, room, depth)
        return
    place = room.file()
    with leaf.place.open("rb") as raw, _stream(how, raw) as stream:
        _spill(iter(partial(stream.read, BLOCK), b""), place, leaf.shown, room, raw.tell)
    yield from _inside(replace(leaf, place=place, unpacked=True), room, depth + 1)
    place.unlink()


def _stream(how: str, raw: BinaryIO) -> BinaryIO:
    if how == "gzip":
        return cast("BinaryIO", GzipFile(fileobj=raw))
    zstd = _zstd()
    return cast("BinaryIO", zstd.ZstdFile(raw))


def _zstd() -> Any:  # noqa: ANN401 - the module of the standard library, or its backport
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd
    return zstd


def _spill(blocks: Iterator[bytes], place: Path, shown: str, room: _Room, taken: Callable[[], int]) -> None:
    """Write what a packed stream holds to a temporary file; ``taken`` tells how many packed bytes were read."""
    size = 0
    with place.open("wb") as out:
        while block := _next(blocks, shown):
            size += len(block)
            room.size -= len(block)
            if is_bomb(size, taken()) or is_bomb(LARGEST - room.size, room.packed):
                what = f"unpacks to more than {MOST_TIMES} times its size: a bomb, not an export"
                raise InputError(Problem(shown, what, SURE))
            if room.size < 0:
                what = f"unpacks to more than {LARGEST >> 30} GiB"
                raise InputError(Problem(shown, what, BY_HAND))
            out.write(block)


def _next(blocks: Iterator[bytes], shown: str) -> bytes:
    try:
        return next(blocks, b"")
    except EOFError:
        raise InputError(Problem(shown, "is cut off: it ends within what is packed", AGAIN)) from None
    except FAILURES:
        _refuse_damaged(shown)
    except Exception as error:
        if isinstance(error, _zstd().ZstdError):
            _refuse_damaged(shown)
        raise


def _refuse_damaged(shown: str) -> NoReturn:
    raise InputError(Problem(shown, "is damaged: it cannot be unpacked, or is not what was packed", AGAIN)) from None


def _members(leaf: Leaf, room: _Room, depth: int) -> Generator[Leaf, None, None]:
    refuse_crowded(leaf.place, leaf.shown)
    try:
        archive = ZipFile(leaf.place)
    except FAILURES:
        raise InputError(Problem(leaf.shown, "is a ZIP archive that is cut off or damaged", AGAIN)) from None
    with archive:
        named = checked_members(archive, leaf.place, leaf.shown, room.members)
        room.members -= len(named)
        total = sum(entry.compress_size for entry in named.values()) or 1
        for name, entry in named.items():
            shown = f"{leaf.shown}/{name}"
            if not room.wants(shown):
                continue
            place = room.file()
            blocks = member_blocks(archive, entry)
            _spill(blocks, place, shown, room, lambda entry=entry: entry.compress_size)  # type: ignore[misc]
            weight = leaf.weight * entry.compress_size // total
            yield from _inside(Leaf(shown, place, weight, unpacked=True), room, depth + 1)
            place.unlink()
