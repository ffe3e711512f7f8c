"""Reads inventory files into records; tells every problem of every file at once."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Literal

import polars as pl

from checker.errors import InputError, Problem
from checker.inventory.ahead import ahead
from checker.inventory.csv_files import open_csv
from checker.inventory.input_file import dated, file_records
from checker.inventory.json_files import open_json
from checker.inventory.key_value import open_key_value
from checker.inventory.mapping_files import mappings
from checker.inventory.normalise import Normaliser
from checker.inventory.recognise import kind_of, known_titles, product_of
from checker.inventory.source import DamagedTextError, Source, open_source, reopened
from checker.inventory.table import Faults, Kind, Opened
from checker.model.record import FileRecords, fact_dtype
from checker.yaml_nodes import did_you_mean

OPENERS: dict[Kind, Callable[[Source, frozenset[str], Faults], Opened]] = {
    "csv": open_csv,
    "json": open_json,
    "key-value": open_key_value,
}


NAME = "device.name"  # a key of records, and a fact where a condition asks for it


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How inventory files are read: what the user says of single files, and what the run needs of all.

    ``observed`` dates every record of a file that has no time of its own. ``wanted`` names the facts that the run needs
    (None: all); others are not decoded. ``progress`` is told the number of bytes read since it was last called.
    """

    read_as: Mapping[str, str] = field(default_factory=dict)  # path -> id of the mapping
    observed: Mapping[str, datetime] = field(default_factory=dict)
    bad_rows: Literal["stop", "skip"] = "stop"
    wanted: frozenset[str] | None = None
    progress: Callable[[int], None] | None = None
    elsewhere: Mapping[str, str] = field(default_factory=dict)  # path as it is shown -> where the file lies now


def read_inventory(paths: Sequence[str], options: ReadOptions = ReadOptions()) -> list[FileRecords]:
    """Read files, and all files of folders, in the order given; raise :class:`InputError` with all their problems.

    A file given twice, or two files of the same content, are both read, with a notice on the second by path.
    """
    files, problems = _expand(paths, options.elsewhere)
    named = {"--read-as": options.read_as, "--observed": options.observed}
    for option, by_path in named.items():
        unread = [path for path in by_path if _posix(path) not in files]
        problems += [Problem(path, f"is named by {option} but not read") for path in unread]
    known = mappings()
    for path, name in options.read_as.items():
        if name not in known:
            problems.append(Problem(path, f"there is no format '{name}'", did_you_mean(name, known)))
    read = []
    for path in files if not problems else ():
        try:
            read.append(_read_file(path, options))
        except InputError as error:
            problems += error.problems
        except OSError as error:
            problems.append(Problem(path, f"cannot be read: {error.strerror}"))
    if problems:
        raise InputError(problems)
    return _with_twins_noted(read)


def files_given(paths: Sequence[str]) -> tuple[str, ...]:
    """Return the files that an inventory is made of, those in folders, too.

    Raises:
        InputError: with every problem of the paths.
    """
    files, problems = _expand(paths, {})
    if problems:
        raise InputError(problems)
    return tuple(files)


def _posix(path: str) -> str:
    return Path(path).as_posix()


def _expand(paths: Sequence[str], elsewhere: Mapping[str, str]) -> tuple[list[str], list[Problem]]:
    files: list[str] = []
    problems: list[Problem] = []
    for path in paths:
        if path not in elsewhere and Path(path).is_dir():
            before = len(problems)
            inside = sorted(_inside(Path(path), frozenset(), problems))
            files += inside
            if not inside and len(problems) == before:
                problems.append(Problem(path, "is a folder without files"))
        elif path in elsewhere or Path(path).exists():
            files.append(_posix(path))
        else:
            problems.append(Problem(path, "does not exist"))
    odd = [file for file in files if not file.isprintable() and any("\ud800" <= char <= "\udfff" for char in file)]
    problems += [Problem(file, "has a name that is not UTF-8", "rename it") for file in odd]
    return [file for file in files if file not in odd], problems


def _inside(folder: Path, above: frozenset[str], problems: list[Problem]) -> Iterator[str]:
    """Yield the files of a folder and of those in it, linked ones too, but not again inside of itself."""
    real = os.path.realpath(folder)
    if real in above:
        return
    try:
        items = [(item, item.is_dir(), item.is_file()) for item in folder.iterdir()]
    except OSError as error:
        problems.append(Problem(folder.as_posix(), f"cannot be read: {error.strerror}"))
        return
    for item, is_folder, is_file in items:
        if is_folder:
            yield from _inside(item, above | {real}, problems)
        elif is_file and item.name[0] != ".":
            yield item.as_posix()
        elif item.name[0] != ".":
            what = "is a link to nothing" if item.is_symlink() else "is no file"
            problems.append(Problem(item.as_posix(), f"cannot be read: it {what}"))


def _read_file(path: str, options: ReadOptions) -> FileRecords:
    source = open_source(path, options.progress or (lambda _: None), options.elsewhere.get(path, ""))
    try:
        return _read_source(source, options)
    except DamagedTextError as damage:
        return _read_source(reopened(source, damage), options)


def _read_source(source: Source, options: ReadOptions) -> FileRecords:
    by_path = {_posix(path): name for path, name in options.read_as.items()}
    known = mappings()
    able = {by_path[source.path]: known[by_path[source.path]]} if source.path in by_path else known
    faults = Faults(source.path, skip=options.bad_rows == "skip")
    opened = OPENERS[kind_of(source.head())](source, known_titles(able), faults)
    product = product_of(opened, source.path, able, forced=source.path in by_path)
    normaliser = Normaliser(product, options.wanted)
    titles = normaliser.binding(opened.titles).titles()
    frames = [normaliser.records(table) for table in ahead(opened.tables(titles))]
    faults.raise_if_any()
    records = file_records(source, opened, normaliser, frames, faults)
    if NAME in (options.wanted or ()):
        records = _with_name(records)
    time = {_posix(path): time for path, time in options.observed.items()}.get(source.path)
    return dated(records, time) if time else records


def _with_name(records: FileRecords) -> FileRecords:
    """Return the records with the device's name as a fact, too, for conditions that ask for it."""
    if not records.file.founds or "name" not in records.file.keys:
        return records
    file = replace(records.file, columns={**records.file.columns, NAME: records.file.keys["name"]})
    frames = [frame.with_columns(pl.col("name").cast(fact_dtype(NAME)).alias(NAME)) for frame in records.frames]
    return FileRecords(file, frames, records.rejected)


def _with_twins_noted(read: list[FileRecords]) -> list[FileRecords]:
    first: dict[str, str] = {}
    for records in sorted(read, key=lambda item: (item.file.path, item.file.sha256)):
        file = records.file
        if file.sha256 in first:
            twin = first[file.sha256]
            what = "is given twice" if twin == file.path else f"has the same content as {twin}"
            records.file = replace(file, notices=(*file.notices, f"{what}: its records are read twice"))
        first.setdefault(file.sha256, file.path)
    return read
