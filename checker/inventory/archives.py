"""Looks through a ZIP archive before anything of it is unpacked: what it says of its members, what no export has."""

import copy
import stat
import sys
import zlib
from collections.abc import Iterable, Iterator
from gzip import BadGzipFile
from pathlib import Path
from typing import Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from checker.errors import InputError, Problem

# Design choices: far beyond what exports of a million devices need, and what a machine still takes.
MOST_MEMBERS: Final = 10_000
LARGEST: Final = 8 << 30  # bytes that one given file may unpack to
# Deflate gives 1,032 : 1 at most, zstd more; JSON lines of a fleet 20 to 40 : 1. More is a bomb, where it is large.
MOST_TIMES: Final = 100
LARGE: Final = 16 << 20
LONGEST_NAME: Final = 500  # characters of a member's path
BLOCK: Final = 1 << 20
SHOWN, SHOWN_NAME = 3, 80  # problems, and characters of a name in them

WORKBOOK: Final = "xl/workbook.xml"
OTHER_OFFICE: Final = {
    "xl/workbook.bin": "a binary Excel workbook",
    "META-INF/manifest.xml": "an OpenDocument file",
    "word/document.xml": "a Word document",
}
_ENTRY: Final = b"PK\x01\x02"  # begins each entry of an archive's directory
_ENTRIES: Final = 10 * MOST_MEMBERS  # such marks at most, those of archives inside it counted, too
_END: Final = b"PK\x05\x06"  # begins what stands at the end of an archive, of so many bytes and a comment
_END_SIZE: Final = 22
_ENCRYPTED: Final = 0x1  # of a member's flags
BY_HAND: Final = "unpack it, and give its files"
SURE: Final = "unpack it, if you know that it is none, and give its files"
AGAIN: Final = "export or pack it again"
# What the library raises for archives and members that are damaged, or lie about themselves.
FAILURES: Final = (BadZipFile, BadGzipFile, NotImplementedError, EOFError, ValueError, RuntimeError, zlib.error)


def is_workbook(place: Path) -> bool:
    """Tell whether a ZIP archive is a workbook of Excel."""
    try:
        refuse_crowded(place, "")
        with ZipFile(place) as archive:
            return WORKBOOK in archive.namelist()
    except (*FAILURES, InputError):
        return False  # told where it is unpacked


def checked_members(archive: ZipFile, place: Path, shown: str, most: int) -> dict[str, ZipInfo]:
    """Return the members to read, at most ``most``, by their paths with slashes.

    Raises:
        InputError: with what is wrong with the archive, or with the first of its members that cannot be read.
    """
    refuse_joined(archive, place, shown)
    entries = [(_path(entry), entry) for entry in archive.infolist()]
    if office := [words for name, words in OTHER_OFFICE.items() if name in archive.namelist()]:
        raise InputError(Problem(shown, f"is {office[0]}", "save it as CSV or as an Excel workbook (.xlsx)"))
    files = [(name, entry) for name, entry in entries if not name.endswith("/") and not _is_hidden(name)]
    if len(files) > most:
        raise InputError(Problem(shown, f"has more than {MOST_MEMBERS:,} members", BY_HAND))
    if not files:
        raise InputError(Problem(shown, "is an archive without files", AGAIN))
    problems = [
        Problem(shown, f"'{name[:SHOWN_NAME]}' {what}", AGAIN)
        for name, entry in files
        if (what := _unwelcome(name, entry))
    ]
    if problems:
        raise InputError(problems[:SHOWN])
    refuse_bomb([entry for _, entry in files], place, shown, LARGEST)
    found = dict(files)
    if len(found) < len(files):
        raise InputError(Problem(shown, "has two members of the same name", AGAIN))
    return found


def _path(entry: ZipInfo) -> str:
    """Return the path of a member with slashes: some tools of Windows write backslashes."""
    return "/".join(part for part in entry.filename.replace("\\", "/").split("/") if part != ".").lstrip("/")


def _is_hidden(name: str) -> bool:
    return name.rpartition("/")[2].startswith(".") or name.startswith("__MACOSX/")


def _unwelcome(name: str, entry: ZipInfo) -> str:
    """Return why a member is not read, or nothing."""
    if ".." in name.split("/"):
        return "points out of the archive"
    if len(name) > LONGEST_NAME:
        return f"… has a name of {len(name):,} characters"
    if entry.flag_bits & _ENCRYPTED:
        return "is encrypted"
    if stat.S_IFMT(entry.external_attr >> 16) not in (0, stat.S_IFREG):
        return "is a link, or no plain file"
    if entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        return "is packed in another way than Deflate"
    return ""


def refuse_bomb(entries: Iterable[ZipInfo], place: Path, shown: str, largest: int) -> None:
    """Refuse an archive by what its directory says; that this is true shows where it is unpacked.

    Raises:
        InputError: members overlap, or unpack to too many bytes.
    """
    listed = list(entries)
    taken, size = sum(entry.compress_size for entry in listed), sum(entry.file_size for entry in listed)
    if taken > place.stat().st_size:
        raise InputError(Problem(shown, "has members that overlap: a bomb, not an export", AGAIN))
    if any(is_bomb(entry.file_size, entry.compress_size) for entry in listed):
        what = f"has a member that unpacks to more than {MOST_TIMES} times its size: a bomb, not an export"
        raise InputError(Problem(shown, what, SURE))
    if is_bomb(size, taken):
        what = f"unpacks to more than {MOST_TIMES} times its size: a bomb, not an export"
        raise InputError(Problem(shown, what, SURE))
    if size > largest:
        raise InputError(Problem(shown, f"unpacks to more than {largest >> 30} GiB", BY_HAND))


def is_bomb(size: int, packed: int) -> bool:
    """Tell whether so many bytes are far more than any export has of which so many packed ones are."""
    return size > LARGE and size > MOST_TIMES * packed


def refuse_joined(archive: ZipFile, place: Path, shown: str) -> None:
    """Refuse an archive with bytes before its first member or after its end, of which another one would go by.

    Raises:
        InputError: it has.
    """
    end = place.stat().st_size - _END_SIZE - len(archive.comment)
    with place.open("rb") as file:
        file.seek(max(end, 0))
        is_last = file.read(len(_END)) == _END
    first = min((entry.header_offset for entry in archive.infolist()), default=0)
    if first or not is_last:
        where = "before its first member" if first else "after its end"
        raise InputError(Problem(shown, f"has bytes {where}: two archives joined, or one that is damaged", AGAIN))


def member_blocks(archive: ZipFile, entry: ZipInfo) -> Iterator[bytes]:
    """Yield the bytes of a member until its stream ends, wherever the directory says that it does.

    Raises:
        BadZipFile: it is not of the size or the sum that the directory says.
    """
    whole = copy.copy(entry)
    whole.file_size = sys.maxsize  # or the library stops there, and compares the sum of no more
    size = 0
    with archive.open(whole) as stream:
        while block := stream.read(BLOCK):
            size += len(block)
            if size > entry.file_size:
                break
            yield block
    if size != entry.file_size:
        raise BadZipFile(entry.filename)


def refuse_crowded(place: Path, shown: str) -> None:
    """Refuse an archive whose directory alone would fill the memory, before a library reads it.

    Raises:
        InputError: it may have that many members.
    """
    count, tail = 0, b""
    with place.open("rb") as file:
        while block := file.read(BLOCK):
            count += (tail + block).count(_ENTRY)
            tail = block[1 - len(_ENTRY) :]
            if count > _ENTRIES:
                raise InputError(Problem(shown, f"has more than {MOST_MEMBERS:,} members", BY_HAND))
