"""Reads inventory files into records; tells every problem of every file at once."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Literal

from checker.errors import InputError, Problem, UnknownFormatError
from checker.inventory.ahead import ahead
from checker.inventory.analyzer_report import open_report
from checker.inventory.analyzer_text import open_analyzer_text
from checker.inventory.apart import readers
from checker.inventory.connectivity_text import open_connectivity_test, open_maps_test
from checker.inventory.csv_files import open_csv
from checker.inventory.csv_ragged import checks
from checker.inventory.date_order import Order
from checker.inventory.event_xml import open_events, open_evtx
from checker.inventory.given import expanded, said_of
from checker.inventory.input_file import NAME, dated, named, packed_as, with_name, with_twins_noted, without_unread
from checker.inventory.json_files import open_json
from checker.inventory.key_value import open_key_value
from checker.inventory.mapping import ProductMapping
from checker.inventory.mapping_files import mappings
from checker.inventory.members import refuse_changed, stamp
from checker.inventory.package_list import open_package_list
from checker.inventory.parquet_files import open_parquet
from checker.inventory.plain_lines import open_lines
from checker.inventory.recognise import kind_of, known_titles, product_of
from checker.inventory.registry import open_registry
from checker.inventory.screen_table import open_screen_table
from checker.inventory.source import DamagedTextError, Source, open_source, reopened
from checker.inventory.split_logs import Logs
from checker.inventory.table import Faults, Opened
from checker.inventory.together import told
from checker.inventory.unpack import Leaf, Share, leaves, sha256_of
from checker.inventory.unread import members_not_read, none_known, only_named, refused, set_aside
from checker.inventory.workbooks import open_workbook
from checker.model.record import FileRecords
from checker.yaml_nodes import did_you_mean

# By the form of a text (recognise.py) or of what is no text (source.py).
OPENERS: dict[str, Callable[[Source, frozenset[str], Faults], Opened]] = {
    "csv": open_csv,
    "json": open_json,
    "key-value": open_key_value,
    "packages": open_package_list,
    "events": open_events,
    "evtx": open_evtx,
    "report": open_report,
    "analyzer-text": open_analyzer_text,
    "connectivity-text": open_connectivity_test,
    "maps-text": open_maps_test,
    "xlsx": open_workbook,
    "parquet": open_parquet,
    "registry": open_registry,
    "screen": open_screen_table,
    "lines": open_lines,
}


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How inventory files are read: what the user says of single files, and what the run needs of all.

    ``observed`` dates every record of a file that has no time of its own. ``date_order`` says of files, or with "" of
    all, which number of a date such as 05/12/2024 is the day, where nothing in its column tells. ``wanted`` names the
    facts that the run needs (None: all); others are not decoded. ``progress`` is told the number of bytes read since it
    was last called.
    """

    read_as: Mapping[str, str] = field(default_factory=dict)  # path -> id of the mapping
    observed: Mapping[str, datetime] = field(default_factory=dict)
    date_order: Mapping[str, Order] = field(default_factory=dict)
    bad_rows: Literal["stop", "skip"] = "stop"
    wanted: frozenset[str] | None = None
    progress: Callable[[int], None] | None = None
    formats: Mapping[str, ProductMapping] = field(default_factory=dict)  # by id; empty: those that ship
    elsewhere: Mapping[str, str] = field(default_factory=dict)  # path as it is shown -> where the file lies now
    device_of: Mapping[str, str] = field(default_factory=dict)  # path -> name or id of the device of nameless records
    logs: Logs = field(default_factory=Logs)  # of this run; nobody gives it


Read = tuple[list[FileRecords], list[Problem]]


def read_each(files: Sequence[str], options: ReadOptions) -> Read:
    """Return the records of files, one after the other, and what is wrong with them."""
    read: list[FileRecords] = []
    problems: list[Problem] = []
    for path in files:
        found, wrong = read_file(path, options)
        read += found
        problems += wrong
    return read, problems


@dataclass(frozen=True, slots=True)
class Reading:
    """Who finds the files of an inventory, and who reads them; what is then made of them is the same for all."""

    find: Callable[[Sequence[str], Mapping[str, str]], tuple[list[str], list[Problem]]] = expanded
    read: Callable[[Sequence[str], ReadOptions], Read] = read_each


def read_inventory(
    paths: Sequence[str], options: ReadOptions = ReadOptions(), reading: Reading = Reading()
) -> list[FileRecords]:
    """Read files, and all files of folders, in the order given; raise :class:`InputError` with all their problems.

    A file given twice, or two files of the same content, are both read, with a notice on the second by path. A file of
    a folder in no format that is known is told beside one that is read (``FileRecords.beside``).
    """
    options = replace(options, logs=Logs())
    files, problems = reading.find(paths, options.elsewhere)
    known = options.formats or mappings()
    for path, name in options.read_as.items():
        if name not in known:
            hint = did_you_mean(name, known) or f"one of: {', '.join(known)}"
            problems.append(Problem(path, f"there is no format '{name}'", hint))
    said: dict[str, Mapping[str, object]] = {
        "--read-as": options.read_as,
        "--observed": options.observed,
        "--date-order": {path: order for path, order in options.date_order.items() if path},
        "--device-of": options.device_of,
    }
    problems += only_named(said, files, within=True)
    read, more = reading.read(files if not problems else (), options)
    problems += [problem for problem in more if not problem.unknown]
    unknown = {problem.unknown: UnknownFormatError(replace(problem, unknown="")) for problem in more if problem.unknown}
    stopping = refused(unknown, paths, read)
    problems += [problem for error in stopping.values() for problem in error.problems]
    if not problems:
        problems += only_named(said, [*files, *(item.file.path for item in read)], within=False)
    if problems:
        raise InputError(problems)
    read_split_logs(read, options)
    beside = set_aside(unknown, paths, read)
    for item in read:
        item.beside = beside.pop(item.file.path, [])
    return with_twins_noted(read)


def read_split_logs(read: list[FileRecords], options: ReadOptions) -> None:
    """Read files that hold the log of one device together again, so that each says what all of them say.

    Which these are tell the logs of the options. Raises InputError if a file changed meanwhile.
    """
    silent = replace(options, progress=None)
    for paths in options.logs.split():
        places = [place for place, item in enumerate(read) if item.file.path in paths]
        options.logs.gather(paths)
        for place in places:
            _read_again(read[place], silent)
        options.logs.tell_together()
        for place in places:
            read[place] = _read_again(read[place], silent)


def _read_again(item: FileRecords, options: ReadOptions) -> FileRecords:
    given = item.file.packed_in or item.file.path
    (again,) = _read_given(given, options, only=item.file.path)
    if again.file.sha256 != item.file.sha256:
        raise InputError(Problem(given, "changed while it was read", "read it again when nothing writes to it"))
    device = said_of(item.file.path, options.device_of)
    again = named(again, device) if device else again
    return replace(again, file=replace(again.file, notices=item.file.notices))


def read_file(path: str, options: ReadOptions) -> Read:
    """Return the records of one file, of each member if it is an archive, or what is wrong with it."""
    try:
        read = _read_given(path, options)
        devices = ((item, said_of(item.file.path, options.device_of)) for item in read)
        return [named(item, device) if device else item for item, device in devices], []
    except UnknownFormatError as error:
        return [], [replace(problem, unknown=path) for problem in error.problems]
    except InputError as error:
        return [], list(error.problems)
    except OSError as error:
        return [], [Problem(path, f"cannot be read: {error.strerror or error}")]


def look_into(path: str, formats: Mapping[str, ProductMapping]) -> Opened:
    """Return a file of any product with the titles of its columns, of which those of these formats help to tell them.

    Raises:
        InputError: it is in no file format that is known, or there is none.
    """
    files, problems = expanded([path], {})
    if len(files) != 1:
        raise InputError(problems or Problem(path, f"holds {len(files):,} files", "give one of them"))
    try:
        with closing(leaves(files[0], Path(files[0]))) as found:
            leaf = next(iter(found))
            source = open_source(leaf.shown, lambda _: None, str(leaf.place))
            try:
                return _opened(source, formats, Faults(path))
            except DamagedTextError as damage:
                return _opened(reopened(source, damage), formats, Faults(path))
    except OSError as error:
        raise InputError(Problem(path, f"cannot be read: {error.strerror}")) from error


def _opened(
    source: Source, formats: Mapping[str, ProductMapping], faults: Faults, forced: ProductMapping | None = None
) -> Opened:
    return OPENERS[source.form or kind_of(source.head(), forced)](source, known_titles(formats), faults)


def _read_given(path: str, options: ReadOptions, only: str = "") -> list[FileRecords]:
    """Return the records of a file, of each member (or ``only`` one) that a format is known of if it is an archive.

    Raises:
        InputError: with every problem of its members; or it changed meanwhile, so that they mean nothing.
        OSError: it cannot be read.
    """
    place = Path(options.elsewhere.get(path, path))
    before = stamp(place)
    try:
        read = _read_members(path, place, options, only)
    except InputError:
        refuse_changed(path, place, before)
        raise
    refuse_changed(path, place, before)
    return read


def _read_members(path: str, place: Path, options: ReadOptions, only: str) -> list[FileRecords]:
    read: list[FileRecords] = []
    unknown: list[UnknownFormatError] = []
    problems: list[Problem] = []
    names: list[str] = []
    packed = ""
    share = Share(options.progress, place.stat().st_size)
    with closing(leaves(path, place, only)) as found:
        for leaf in found:
            if only and leaf.shown != only:
                continue
            packed = packed or (sha256_of(place) if leaf.unpacked else "")
            try:
                records = _read_leaf(leaf, options, share.of(leaf))
                read.append(packed_as(records, path, packed) if packed else records)
            except UnknownFormatError as error:
                unknown.append(error)
                names.append(leaf.shown)
            except InputError as error:
                problems += error.problems
    if problems:
        raise InputError(problems)
    share.finish()
    if unknown and not read:
        raise unknown[0] if len(unknown) == 1 else UnknownFormatError(none_known(path, names))
    if unknown:
        file = read[0].file
        read[0].file = replace(file, notices=(*file.notices, members_not_read(names)))
    return read


def _read_leaf(leaf: Leaf, options: ReadOptions, done: Callable[[int], None]) -> FileRecords:
    source = open_source(leaf.shown, done, str(leaf.place))
    try:
        return _read_source(source, options)
    except DamagedTextError as damage:
        return _read_source(reopened(source, damage), options)


def _read_source(source: Source, options: ReadOptions) -> FileRecords:
    known = options.formats or mappings()
    said = said_of(source.path, options.read_as)
    able = {said: known[said]} if said else known
    faults = Faults(source.path, skip=options.bad_rows == "skip")
    opened = _opened(source, able, faults, known[said] if said else None)
    product = product_of(opened, source.path, able, forced=said is not None)
    opened = told(opened, product, faults, options.logs)
    able_to_read = readers(product, opened.titles, options.wanted, _of_file(options.date_order, source.path))
    faults.ragged_checks = checks(product, able_to_read.binding(opened.titles), opened.titles)
    found = able_to_read.read(ahead(opened.tables(able_to_read.titles(opened.titles))))
    if product.keys.keys() >= {"site"}:
        found[0] = without_unread(found[0], faults)
    faults.raise_if_any()
    records = able_to_read.records(source, opened, found, faults)
    if NAME in (options.wanted or ()):
        records = with_name(records)
    time = said_of(source.path, options.observed)
    return dated(records, time) if time else records


def _of_file(said: Mapping[str, Order], path: str) -> Order | None:
    """Return the order of day and month that is said of a file, or of all."""
    return said_of(path, {named: order for named, order in said.items() if named}) or said.get("")
