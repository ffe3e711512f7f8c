"""Reads the first sheet of an Excel workbook (.xlsx) as a table of texts, as if it were CSV."""

import logging
from collections.abc import Iterator
from typing import Final

import polars as pl

from checker.errors import Problem, UnknownFormatError
from checker.inventory.csv_files import check_titles
from checker.inventory.native import refused_as
from checker.inventory.source import Source
from checker.inventory.table import Faults, Opened, RawTable
from checker.inventory.workbook_size import AGAIN, DAMAGED, refuse_large

BATCH: Final = 50_000  # rows in a table
QUIET: Final = logging.NullHandler()  # without one, what the library warns of stands on the terminal


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

    logging.getLogger("calamine").addHandler(QUIET)
    refuse_large(source.file, source.path)
    damaged = Problem(source.path, DAMAGED, AGAIN)
    with refused_as(damaged, fastexcel.FastExcelError, pl.exceptions.PolarsError, OSError, ValueError):
        workbook = fastexcel.read_excel(source.file)
        sheets = len(workbook.sheet_names)
        rows = workbook.load_sheet(0, header_row=None, skip_rows=0, dtypes="string").to_polars()
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
