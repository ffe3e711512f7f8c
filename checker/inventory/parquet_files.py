"""Reads Parquet as a table of texts, as if it were CSV: lists and structures as JSON, a null as a blank."""

from collections.abc import Iterator
from typing import Final

import polars as pl

from checker.errors import InputError, Problem
from checker.inventory.csv_files import check_titles
from checker.inventory.native import refused_as
from checker.inventory.source import Source
from checker.inventory.table import Faults, Opened, RawTable
from checker.inventory.typed import LONGEST_CELL, is_textual, texts

FIRST_BATCH: Final = 100  # rows in the first table; each next is at most ``FASTER`` times as long, up to
BATCH: Final = 200_000
FASTER: Final = 4
LARGEST_BATCH: Final = 64 << 20  # bytes of a table, by those of the rows before it
MOST_ROWS: Final = 50_000_000  # design choice: more than any fleet has; a footer can claim any number
MOST_COLUMNS: Final = 5_000
# A text that comes often stands once in the file. That of a fleet gives ten times its size or less; a table of few rows
# and long texts thousands of times.
MOST_TIMES: Final = 50
LARGE: Final = 512 << 20  # bytes that any file may give
DAMAGED: Final = "is a Parquet file that is cut off or damaged"
AGAIN: Final = "export it again"
# Whatever a damaged file makes of the library's native code, besides panics.
FAILURES: Final = (pl.exceptions.PolarsError, OSError, ValueError, OverflowError)


def open_parquet(source: Source, known: frozenset[str], _faults: Faults) -> Opened:
    """Read the footer; raise :class:`InputError` if it is damaged or names a column twice."""
    with refused_as(Problem(source.path, DAMAGED, AGAIN), *FAILURES):
        try:
            frame = pl.scan_parquet(source.file, glob=False, hive_partitioning=False, low_memory=True)
            schema = frame.collect_schema()
        except pl.exceptions.DuplicateError as error:
            name = str(error).partition("'")[2].partition("'")[0]
            what = f"has columns of the same name: '{name}'"
            raise InputError(Problem(source.path, what, "rename or remove all but one")) from None
        height = frame.select(pl.len()).collect().item()
    if height > MOST_ROWS or len(schema) > MOST_COLUMNS:
        what = f"claims to have {height:,} rows and {len(schema):,} columns, more than an export has"
        raise InputError(Problem(source.path, what, AGAIN))
    titles = tuple(title.strip() for title in schema)
    check_titles(titles, known, source.path)
    if not height:
        raise InputError(Problem(source.path, "holds no records", AGAIN))

    def tables(wanted: frozenset[str]) -> Iterator[RawTable]:
        source.whole()
        named = {title: name for title, name in zip(titles, schema, strict=True) if title in wanted}
        named = named or {titles[0]: next(iter(schema))}
        for title, name in named.items():
            if not is_textual(schema[name]):
                hint = "export the column as text, or without it"
                raise InputError(Problem(source.path, f"has lists of bytes in column '{title}'", hint))
        return _Rows(source, frame.select(pl.col(name).alias(title) for title, name in named.items()), height).tables()

    return Opened("csv", titles, "Parquet", tables)


class _Rows:
    """The rows of a file, read some at a time: how much a row takes shows only in those that were read."""

    def __init__(self, source: Source, chosen: pl.LazyFrame, height: int) -> None:
        self.source, self.chosen, self.height = source, chosen, height
        self.damage = Problem(source.path, DAMAGED, AGAIN)
        self.room = max(LARGE, MOST_TIMES * source.size)

    def tables(self) -> Iterator[RawTable]:
        """Yield all rows as texts; raise :class:`InputError` if they take far more than the file."""
        start, rows = 0, FIRST_BATCH
        while start < self.height:
            rows = min(rows, self.height - start)
            with refused_as(self.damage, *FAILURES):
                raw = self.chosen.slice(start, rows).collect()
            if raw.height != rows:
                raise InputError(self.damage)
            size = int(raw.estimated_size())
            self._take(size)
            yield self._table(raw, start)
            start += rows
            rows = max(1, min(FASTER * rows, BATCH, LARGEST_BATCH * rows // max(size, 1)))

    def _take(self, size: int) -> None:
        self.room -= size
        if self.room < 0:
            what = (
                f"holds more than {LARGE >> 20} MiB, and more than {MOST_TIMES} times its size: a bomb, not an export"
            )
            raise InputError(Problem(self.source.path, what, "export it as CSV, if you know that it is none"))

    def _table(self, raw: pl.DataFrame, start: int) -> RawTable:
        columns = []
        for column in raw:
            what = f"has a column '{column.name}' that cannot be read as text"
            with refused_as(Problem(self.source.path, what, "export it as text, or without it"), *FAILURES):
                columns.append(texts(column.to_frame()).to_series())
            longest = columns[-1].str.len_bytes().max() or 0
            if longest > LONGEST_CELL:  # type: ignore[operator]
                what = f"has a value of more than {LONGEST_CELL >> 20} MiB in column '{column.name}'"
                raise InputError(Problem(self.source.path, what, AGAIN))
        numbers = pl.int_range(start + 1, start + raw.height + 1, dtype=pl.UInt32, eager=True)
        return RawTable(pl.DataFrame(columns), numbers.alias("row"), numbers.alias("line"))
