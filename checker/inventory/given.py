"""Finds the files that an inventory is made of: files, those in folders, those that a pattern names, standard input."""

import os
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import TypeVar

from checker.errors import InputError, Problem

T = TypeVar("T")

STANDARD_INPUT = "-"
AS_TABLE = "export it, or give it as table:NAME with --engine spark"
MARKS = ("_SUCCESS", "_metadata", "_common_metadata", "_committed_", "_started_")  # what Spark leaves beside its files
DELTA = "_delta_log"  # folder of a table of which not every file that is there still counts
WILD = frozenset("*?[")  # in a path that does not exist: a pattern that no shell expanded


def files_given(paths: Sequence[str], elsewhere: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """Return the files that an inventory is made of, those in folders, too; ``elsewhere`` is where some of them lie.

    Raises:
        InputError: with every problem of the paths.
    """
    files, problems = expanded(paths, elsewhere or {})
    if problems:
        raise InputError(problems)
    return tuple(files)


def posix(path: str) -> str:
    """Return a path as it is shown: with forward slashes, without ``./`` and doubled slashes; a URI as it is."""
    return path if "://" in path else Path(path).as_posix()


def said_of(path: str, by_path: Mapping[str, T]) -> T | None:
    """Return what a user says of a file: by its path, by the nearest archive or folder that it is in, or by a pattern.

    Of several patterns that name it, the first one counts.
    """
    said = {posix(name): word for name, word in by_path.items()}
    for name in (path, *map(str, PurePosixPath(path).parents)):
        if name in said:
            return said[name]
    return next((word for name, word in said.items() if not WILD.isdisjoint(name) and names(name, path)), None)


def names(pattern: str, path: str) -> bool:
    """Tell whether a pattern (``exports/*.csv``), or a path, names a file or one of the folders that it is in."""
    return _names(PurePosixPath(posix(pattern)).parts, PurePosixPath(path).parts)


def _names(pattern: Sequence[str], parts: Sequence[str]) -> bool:
    if not pattern:
        return True
    if pattern[0] == "**":
        return _names(pattern[1:], parts) or (bool(parts) and _names(pattern, parts[1:]))
    fits = bool(parts) and (parts[0] == pattern[0] or fnmatchcase(parts[0], pattern[0]))
    return fits and _names(pattern[1:], parts[1:])


def by_name(paths: Sequence[str]) -> frozenset[str]:
    """Return the paths that are given, as they are shown: a file that is none of them was found in a folder."""
    return frozenset(map(posix, paths))


def expanded(paths: Sequence[str], elsewhere: Mapping[str, str]) -> tuple[list[str], list[Problem]]:
    """Return the files that paths name, in the order given, and what is wrong with the paths."""
    files: list[str] = []
    problems: list[Problem] = []
    for path in paths:
        files += [posix(path)] if path in elsewhere else _named(path, problems)
    odd = [file for file in files if not file.isprintable() and any("\ud800" <= char <= "\udfff" for char in file)]
    problems += [Problem(file, "has a name that is not UTF-8", "rename it") for file in odd]
    if files.count(STANDARD_INPUT) > 1:
        problems.append(Problem(STANDARD_INPUT, "is given twice, and standard input can be read once"))
    return [file for file in files if file not in odd], problems


def _named(path: str, problems: list[Problem]) -> list[str]:
    if path == STANDARD_INPUT:
        problems.append(Problem(path, "is standard input, which this command does not read", "give files or folders"))
        return []
    # NOTE: os.path answers no, where Path of Python 3.11 raises, about a folder that may not be entered.
    if os.path.lexists(path):
        return _existing(Path(path), problems)
    if not WILD.isdisjoint(path):
        return _matching(path, problems)
    by_spark = path.startswith("table:") or "://" in path
    problems.append(Problem(path, "does not exist", "--engine spark reads tables and URIs" if by_spark else ""))
    return []


def _existing(path: Path, problems: list[Problem]) -> list[str]:
    """Return a file, or the files of a folder; note why there are none."""
    if path.is_dir():
        before = len(problems)
        inside = sorted(_inside(path, set(), problems))
        if not inside and len(problems) == before:
            problems.append(Problem(str(path), "is a folder without files"))
        return inside
    if path.is_file():
        return [path.as_posix()]
    problems.append(_no_file(path))
    return []


def _matching(pattern: str, problems: list[Problem]) -> list[str]:
    """Return the files that a pattern names, and those of folders that it names, sorted; ``**`` enters no links."""
    anchor = Path(pattern).anchor
    rest = Path(pattern).relative_to(anchor).as_posix() if anchor else pattern
    if rest.endswith("**"):
        rest += "/*"
    try:
        found = sorted(path for path in Path(anchor).glob(rest) if path.name[0] != ".")
    except (ValueError, OSError) as error:
        problems.append(Problem(pattern, f"is no pattern of files: {error}"))
        return []
    if "**" in pattern:
        found = [path for path in found if not path.is_dir()]  # their files are named, too
    if not found:
        what = "no file fits this pattern" if "*" in pattern or "?" in pattern else "does not exist"
        problems.append(Problem(pattern, what))
    return [file for path in found for file in _existing(path, problems)]


def _inside(folder: Path, seen: set[str], problems: list[Problem]) -> Iterator[str]:
    """Yield the files of a folder and of those in it, linked ones too, each folder once however many links lead there.

    Of several ways to one the first by name is taken, links after all else.
    """
    real = os.path.realpath(folder)
    if real in seen:
        return
    seen.add(real)
    try:
        items = [(item, item.is_dir(), item.is_file()) for item in sorted(folder.iterdir(), key=_links_last)]
    except OSError as error:
        problems.append(Problem(folder.as_posix(), f"cannot be read: {error.strerror}"))
        return
    if any(item.name == DELTA for item, _, _ in items):
        problems.append(Problem(folder.as_posix(), "is a Delta table, of which not every file counts", AS_TABLE))
        return
    for item, is_folder, is_file in items:
        if is_folder:
            yield from _inside(item, seen, problems)
        elif item.name[0] == "." or item.name.startswith(MARKS):
            continue
        elif is_file:
            yield item.as_posix()
        else:
            problems.append(_no_file(item))


def _links_last(item: Path) -> tuple[bool, str]:
    return item.is_symlink(), item.name


def _no_file(path: Path) -> Problem:
    if path.is_symlink() and not path.exists():
        return Problem(path.as_posix(), "cannot be read: it is a link to nothing")
    hint = "" if path.is_symlink() else "of a pipe or device give - and its content as standard input"
    return Problem(path.as_posix(), "cannot be read: it is no file", hint)
