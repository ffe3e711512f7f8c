"""Opens evidence, a ZIP file or a folder, without trusting it: nothing is written but to a folder that goes with it.

Refused as a whole are members that point out of it (absolute, ``..``, links), that two systems would name differently,
that are encrypted or packed in other ways than this tool packs, and more or larger members than evidence has.
"""

import os
import re
import stat
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, cast
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from checker.errors import InputError, Problem
from checker.reporters.evidence.statement import MOST_MEMBERS

WRITE_IT: Final = "write it with `mde-readiness check … -o evidence.zip`, and leave it as it is"
LARGEST: Final = 64 << 30  # bytes of all members together, unpacked (design choice: what a large disk takes)
LARGEST_TEXT: Final = 256 << 20  # bytes of a JSON file that is read whole (design choice)
# Deflate gives 1,032 : 1 at most; exports give 10 to 50 : 1. More than this is a bomb, where it is large at all.
MOST_TIMES: Final = 200
LARGE: Final = 64 << 20
DEEPEST: Final = 8  # folders in one another; evidence has one
BLOCK: Final = 1 << 20
_NAME: Final = re.compile(r"(?!\.{1,2}(?:/|$))[A-Za-z0-9._-]+(?:/(?!\.{1,2}(?:/|$))[A-Za-z0-9._-]+)*")
_ENCRYPTED: Final = 0x1  # of a member's flags


class DamagedError(Exception):
    """A member that cannot be read whole; says why."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Evidence that is open: its members by name, with their sizes in bytes."""

    path: str  # as messages show it
    sizes: Mapping[str, int]
    _open: Callable[[str], BinaryIO]

    def blocks(self, name: str) -> Iterator[bytes]:
        """Yield a member's content; raise :class:`DamagedError` where it ends early or is not what was packed."""
        try:
            with self._open(name) as stream:
                while block := stream.read(BLOCK):
                    yield block
        except (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
            raise DamagedError(str(error) or type(error).__name__) from error

    def content(self, name: str) -> bytes:
        """Return the whole of a small member.

        Raises:
            InputError: there is none of that name, or it is larger than such a file ever is.
            DamagedError: it cannot be read whole.
        """
        if name not in self.sizes:
            raise InputError(Problem(self.path, f"is no evidence: it holds no {name}", WRITE_IT))
        if self.sizes[name] > LARGEST_TEXT:
            raise InputError(Problem(f"{self.path}: {name}", f"has {self.sizes[name]:,} bytes, too many", WRITE_IT))
        return b"".join(self.blocks(name))


def is_evidence(path: str) -> bool:
    """Return whether a path may be evidence, and no JSON report: a folder, or a ZIP file by its first bytes."""
    try:
        if Path(path).is_dir():
            return True
        with Path(path).open("rb") as stream:
            return stream.read(2) == b"PK"
    except OSError:
        return False


@contextmanager
def opened(path: str) -> Iterator[Evidence]:
    """Open evidence; its members can be read while the context lasts.

    Raises:
        InputError: with every reason why it is not looked at.
    """
    with ExitStack() as stack:
        try:
            if Path(path).is_dir():
                sizes = _in_folder(path)
                found = Evidence(path, sizes, lambda name: (Path(path) / name).open("rb"))
            else:
                stream = stack.enter_context(Path(path).open("rb"))
                archive = stack.enter_context(ZipFile(stream))
                sizes = _in_archive(path, archive, os.fstat(stream.fileno()).st_size)
                found = Evidence(path, sizes, lambda name: cast("BinaryIO", archive.open(name)))
        except FileNotFoundError:
            raise InputError(Problem(path, "there is no such file or folder", WRITE_IT)) from None
        except (BadZipFile, NotImplementedError, ValueError, EOFError) as error:
            raise InputError(Problem(path, f"is no ZIP file that can be read: {error}", WRITE_IT)) from None
        except OSError as error:
            raise InputError(Problem(path, f"cannot be read: {error.strerror or error}")) from error
        yield found


def _in_folder(path: str) -> dict[str, int]:
    found: dict[str, int] = {}
    problems: list[Problem] = []
    for entry in _entries(Path(path)):
        name = Path(entry.path).relative_to(path).as_posix()
        if not entry.is_file(follow_symlinks=False):
            problems.append(Problem(f"{path}: {name}", "is a link, or no plain file", WRITE_IT))
        else:
            found[name] = entry.stat(follow_symlinks=False).st_size
        if len(found) > MOST_MEMBERS:
            break
    problems += _odd(path, found)
    _refuse(problems)
    return found


def _entries(folder: Path, depth: int = 0) -> Iterator["os.DirEntry[str]"]:
    """Yield everything in a folder but the folders in it, which are entered unless they are links, or too deep."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if depth < DEEPEST and entry.is_dir(follow_symlinks=False):
                yield from _entries(Path(entry.path), depth + 1)
            else:
                yield entry


def _in_archive(path: str, archive: ZipFile, size: int) -> dict[str, int]:
    entries = [entry for entry in archive.infolist() if not (entry.is_dir() and not entry.file_size)]
    problems = _odd(path, [entry.filename for entry in entries])
    for entry in entries[:MOST_MEMBERS]:
        if what := _unwelcome(entry):
            problems.append(Problem(f"{path}: {entry.filename}", what, WRITE_IT))
    if sum(entry.compress_size for entry in entries) > size:
        problems.append(Problem(path, "has members that overlap: it is a ZIP bomb", WRITE_IT))
    if sum(entry.file_size for entry in entries) > LARGEST:
        problems.append(Problem(path, f"unpacks to more than {LARGEST >> 30} GiB", WRITE_IT))
    _refuse(problems)
    return {entry.filename: entry.file_size for entry in entries}


def _unwelcome(entry: ZipInfo) -> str:
    """Return why a member is not read, or nothing."""
    mode = entry.external_attr >> 16
    if entry.flag_bits & _ENCRYPTED:
        return "is encrypted"
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        return "is a link, or no plain file"
    if entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        return "is packed in a way that evidence never is"
    if entry.file_size > LARGE and entry.file_size > MOST_TIMES * entry.compress_size:
        return f"unpacks to {entry.file_size:,} bytes, more than {MOST_TIMES} times what it takes: a ZIP bomb"
    return ""


def _odd(path: str, names: Iterable[str]) -> list[Problem]:
    """Return what is wrong with the names of members."""
    listed = list(names)
    if len(listed) > MOST_MEMBERS:
        return [Problem(path, f"has more than {MOST_MEMBERS:,} members", WRITE_IT)]
    problems = [
        Problem(f"{path}: {name}", "is no name that evidence has: letters, digits, dots and dashes", WRITE_IT)
        for name in listed
        if not _NAME.fullmatch(name)
    ]
    seen: set[str] = set()
    for name in listed:
        if name.lower() in seen:
            problems.append(Problem(f"{path}: {name}", "is there twice", WRITE_IT))
        seen.add(name.lower())
    return problems


def _refuse(problems: list[Problem]) -> None:
    from checker.compare.reports import hinted_once

    if problems:
        raise InputError(hinted_once(problems[:10]))
