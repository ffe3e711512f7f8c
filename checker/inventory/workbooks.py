"""Reads the first sheet of an Excel workbook (.xlsx) as a table of texts, as if it were CSV."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from zipfile import BadZipFile, ZipFile

import numpy as np
import numpy.typing as npt
import polars as pl

from checker.errors import InputError, Problem, UnknownFormatError
from checker.inventory.archives import BLOCK, FAILURES, refuse_bomb
from checker.inventory.csv_files import check_titles
from checker.inventory.source import Source
from checker.inventory.table import Faults, Opened, RawTable

# The library holds a whole sheet in memory, a rectangle from the first cell to the last, and ends the process where
# that is too much: so a workbook is looked through before it is given to it. Design choices, all of them.
LARGEST: Final = 2 << 30  # bytes of all its parts, unpacked
MOST_CELLS: Final = 32 << 20  # of the rectangle
MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384  # of a sheet, by the specification of Excel
MOST_TEXT: Final = 4 << 30  # bytes of all cells, those of the same text counted each
LONGEST_TAG: Final = 1 << 16
BATCH: Final = 50_000  # rows in a table
_CELL: Final = re.compile(rb"<(?:\w+:)?c[\s/>]")
_COLUMN: Final = re.compile(rb"\sr\s*=\s*[\"']([A-Za-z]+)")
_ROW: Final = re.compile(rb"\sr\s*=\s*[\"'][A-Za-z]*([0-9]+)")
_VALUE: Final = re.compile(rb"<(?:\w+:)?v(?:\s[^>]*)?>\s*([0-9]{1,9})\s*<")
_STRING: Final = re.compile(rb"<(?:\w+:)?si[\s/>]")
_SHARED: Final = "sharedstrings"  # in the name of the part that holds the texts of cells, in any case of letters
DAMAGED: Final = "is an Excel workbook that is cut off or damaged"
AGAIN: Final = "save it again, or save it as CSV"


def open_workbook(source: Source, known: frozenset[str], _faults: Faults) -> Opened:
    """Read the first sheet; raise :class:`InputError` if it is damaged, too large, empty, or names a column twice."""
    rows = _rows(source)
    header = next((place for place in range(min(rows.height, BATCH)) if any(rows.row(place))), None)
    if header is None:
        raise UnknownFormatError(Problem(source.path, "has an empty first sheet", "put the table on the first sheet"))
    titles = tuple(text.strip() for text in rows.row(header))
    check_titles(titles, known, f"{source.path}:{header + 1}")

    def tables(wanted: frozenset[str]) -> Iterator[RawTable]:
        source.whole()
        places = [place for place, title in enumerate(titles) if title in wanted] or [0]
        return _tables(rows.slice(header + 1), header + 2, {titles[place]: rows.columns[place] for place in places})

    return Opened("csv", titles, "Excel workbook", tables)


def _rows(source: Source) -> pl.DataFrame:
    """Return the first sheet from its first row on, all cells as texts, those without a value empty."""
    import fastexcel  # imported here: only who has a workbook pays for it

    refuse_large(source.file, source.path)
    try:
        workbook = fastexcel.read_excel(source.file)
        sheet = workbook.load_sheet(0, header_row=None, skip_rows=0, dtypes="string")
        rows = sheet.to_polars()
    except (fastexcel.FastExcelError, pl.exceptions.PolarsError, OSError, ValueError, pl.exceptions.PanicException):
        raise InputError(Problem(source.path, DAMAGED, AGAIN)) from None
    sheets = len(workbook.sheet_names)
    if sheets > 1:
        source.notices += (f"has {sheets} sheets, of which the first was read",)
    return rows.select(pl.all().fill_null(""))


def _tables(rows: pl.DataFrame, line: int, columns: dict[str, str]) -> Iterator[RawTable]:
    """Yield the records below a header, the first on ``line`` of the sheet; a row without anything is none."""
    filled = rows.select((pl.concat_str(pl.all()).str.len_bytes() > 0).alias("filled"))["filled"]
    lines = pl.int_range(line, line + rows.height, dtype=pl.UInt32, eager=True).filter(filled)
    records = rows.select(pl.col(name).alias(title) for title, name in columns.items()).filter(filled)
    numbers = pl.int_range(1, records.height + 1, dtype=pl.UInt32, eager=True)
    for start in range(0, records.height, BATCH):
        yield RawTable(
            records.slice(start, BATCH),
            numbers.slice(start, BATCH).alias("row"),
            lines.slice(start, BATCH).alias("line"),
        )


def refuse_large(place: Path, shown: str) -> None:
    """Refuse a workbook that would not fit into memory, whatever it says of itself.

    Raises:
        InputError: it is too large, a bomb, or damaged.
    """
    try:
        with ZipFile(place) as archive:
            refuse_bomb(archive.infolist(), place, shown, LARGEST)
            texts = _lengths(archive)
            cells = 0
            for entry in archive.infolist():
                if _SHARED not in entry.filename.lower():
                    cells += _cells(archive, entry.filename, shown)
            if cells * int(texts.max(initial=0)) > MOST_TEXT and _text_size(archive, texts) > MOST_TEXT:
                raise InputError(Problem(shown, f"has cells of more than {MOST_TEXT >> 30} GiB of text", AGAIN))
    except FAILURES:
        raise InputError(Problem(shown, DAMAGED, AGAIN)) from None


def _pieces(archive: ZipFile, name: str) -> Iterator[bytes]:
    """Yield a part in pieces that end before a tag, so that none is cut."""
    carry = b""
    with archive.open(name) as stream:
        while block := stream.read(BLOCK):
            data = carry + block
            end = data.rfind(b"<")
            if len(data) - end > LONGEST_TAG + BLOCK:
                raise BadZipFile(name)
            yield data[: max(end, 0)]
            carry = data[max(end, 0) :]
    yield carry


def _cells(archive: ZipFile, name: str, shown: str) -> int:
    """Return how many cells a part has; refuse it if the rectangle around them is too large."""
    cells = row = column = 0
    for piece in _pieces(archive, name):
        cells += len(_CELL.findall(piece))
        row = max(row, *map(int, {number[:12] for number in _ROW.findall(piece)}), 0)
        column = max(column, *map(_number, set(_COLUMN.findall(piece))), 0)
    rows, columns = max(row, 1), max(column, 1)
    if row > MOST_ROWS or column > MOST_COLUMNS or rows * columns > MOST_CELLS:
        what = f"has a sheet of {rows:,} rows and {columns:,} columns, more than can be read"
        raise InputError(Problem(shown, what, "delete what stands far from the table, or save the table as CSV"))
    return cells


def _number(letters: bytes) -> int:
    """Return the number of a column from its letters; those of more than four letters are none, and count as many."""
    number = 0
    for letter in letters[:5].upper():
        number = number * 26 + letter - 64
    return number


def _lengths(archive: ZipFile) -> npt.NDArray[np.int64]:
    """Return how many bytes each text takes that cells share, its marks counted."""
    found: list[int] = []
    for entry in archive.infolist():
        if _SHARED in entry.filename.lower():
            data = archive.read(entry)
            starts = [match.start() for match in _STRING.finditer(data)]
            found += np.diff([*starts, len(data)]).tolist()
    return np.array(found, dtype=np.int64)


def _text_size(archive: ZipFile, lengths: npt.NDArray[np.int64]) -> int:
    """Return how many bytes the texts of all cells take, numbers taken for references to texts."""
    size = 0
    for entry in archive.infolist():
        if _SHARED not in entry.filename.lower():
            for piece in _pieces(archive, entry.filename):
                values = np.array(_VALUE.findall(piece), dtype="S9").astype(np.int64)
                size += int(lengths[values[values < lengths.size]].sum())
    return size
