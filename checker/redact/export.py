"""An export with pseudonyms, in the same format, encoding and layout, to be attached to a report of a bug."""

import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO, Final

from checker.errors import InputError, Problem
from checker.inventory.csv_files import find_layout
from checker.inventory.mapping import ProductMapping
from checker.inventory.own_mappings import OwnMapping, all_mappings
from checker.inventory.read import ReadOptions, read_inventory
from checker.inventory.recognise import kind_of, known_titles
from checker.inventory.source import DamagedTextError, Source, open_source, reopened
from checker.inventory.unpack import Leaf, leaves
from checker.model.record import FileRecords
from checker.redact.cells import Cells
from checker.redact.export_csv import rewritten_csv
from checker.redact.export_json import rewritten_json
from checker.redact.export_text import rewritten_text
from checker.redact.pseudonyms import Pseudonyms

REWRITTEN: Final = ("csv", "json", "key-value")  # file forms
SHOWN: Final = 5  # records that cannot be read are named, as many
BATCH: Final = 1 << 16  # characters that are encoded at a time

Write = Callable[[BinaryIO], None]


def redacted_exports(
    paths: tuple[str, ...],
    read_as: Mapping[str, str],
    names: Pseudonyms,
    own: Sequence[OwnMapping] = (),
    elsewhere: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, Write]:
    """Return what writes each file, those of folders and archives, too, with pseudonyms, and unpacked.

    The reader reads them first: a file that it cannot tell, or whose text is damaged, is refused, and never copied. Of
    CSV and of ``key : value`` it may set records aside; they keep their defect.

    Raises:
        InputError: with the problems of all files.
    """
    formats = all_mappings(own)
    rules = frozenset({"url.tests"})  # of a proxy: whether each can be read shows only where they are
    reading = ReadOptions(read_as, bad_rows="skip", wanted=rules, formats=formats, elsewhere=elsewhere)
    read = read_inventory(paths, reading)
    problems = [problem for item in read for problem in _unreadable(item, formats, elsewhere)]
    if problems:
        raise InputError(problems)
    return {item.file.path: _writer(item, names, formats, elsewhere) for item in read}


@contextmanager
def _unpacked(item: FileRecords, elsewhere: Mapping[str, str]) -> Iterator[tuple[Source, str]]:
    """Give a file as the reader opens it, and its format."""
    given = item.file.packed_in or item.file.path
    with closing(leaves(given, Path(elsewhere.get(given, given)), only=item.file.path)) as found:
        leaf = next((leaf for leaf in found if leaf.shown == item.file.path), None)
        if leaf is None:
            raise InputError(Problem(item.file.path, "changed while it was read"))
        yield _text_source(leaf)


def _unreadable(
    item: FileRecords, formats: Mapping[str, ProductMapping], elsewhere: Mapping[str, str]
) -> Iterator[Problem]:
    """Yield why no copy is written: the file holds secrets, its form is not known here, or its JSON is broken."""
    if formats[item.file.format].secrets:
        hint = "tell in words what is wrong with it"
        yield Problem(item.file.path, "holds onboarding data and is not copied, not even with pseudonyms", hint)
        return
    with _unpacked(item, elsewhere) as (source, kind):
        if source.form:
            what = "is no text, and cannot be written with pseudonyms as it is"
            yield Problem(item.file.path, what, "save it as CSV")
        elif kind not in REWRITTEN or formats[item.file.format].together:  # these tell by texts that are replaced
            hint = "tell in words what is wrong with it"
            yield Problem(item.file.path, "is in a form that cannot be copied with pseudonyms", hint)
        elif item.rejected and (kind == "json" or "site" in formats[item.file.format].keys):
            for record in item.rejected[:SHOWN]:
                hint = "repair or remove the record: what cannot be parsed is not copied"
                yield Problem(f"{record.path}:{record.line}", f"record {record.row:,} {record.reason}", hint)


def _writer(
    item: FileRecords, names: Pseudonyms, formats: Mapping[str, ProductMapping], elsewhere: Mapping[str, str]
) -> Write:
    cells, titles = Cells(names, formats[item.file.format]), known_titles(formats)

    def write(stream: BinaryIO) -> None:
        with _unpacked(item, elsewhere) as (source, kind), source.file.open("rb") as file:
            stream.write(file.read(source.skip))
            with io.TextIOWrapper(file, source.encoding, newline="") as text:
                _encode(_rewritten(kind, source, text, cells, titles), source.encoding, stream)

    return write


def _rewritten(kind: str, source: Source, text: Iterable[str], cells: Cells, titles: frozenset[str]) -> Iterator[str]:
    if kind == "csv":
        layout = find_layout(source.head(), titles, source.path)
        return rewritten_csv(iter(text), layout, cells, source.path)
    whole = "".join(text)
    return rewritten_json(whole, cells) if kind == "json" else rewritten_text(whole, cells)


def _text_source(leaf: Leaf) -> tuple[Source, str]:
    """Return a file as the reader opens it, and its format."""
    source = open_source(leaf.shown, lambda _: None, str(leaf.place))
    if source.form:
        return source, source.form
    try:
        for _ in source.blocks():
            pass
        if source.encoding == "utf-8":
            _check(source)
    except DamagedTextError as damage:
        source = reopened(source, damage)
    return source, kind_of(source.head())


def _check(source: Source) -> None:
    """Raise DamagedTextError if the file is not UTF-8."""
    with source.file.open("rb") as file:
        file.seek(source.skip)
        try:
            with io.TextIOWrapper(file, "utf-8", newline="") as text:
                for _ in text:
                    pass
        except UnicodeDecodeError as error:
            raise DamagedTextError(0, f"byte {error.object[error.start]:#04x} is not UTF-8") from None


def _encode(parts: Iterator[str], encoding: str, stream: BinaryIO) -> None:
    held: list[str] = []
    size = 0
    for part in parts:
        held.append(part)
        size += len(part)
        if size > BATCH:
            stream.write("".join(held).encode(encoding))
            held, size = [], 0
    stream.write("".join(held).encode(encoding))
