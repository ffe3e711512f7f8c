"""Reads Parquet as a table of texts, as if it were CSV: lists and structures as JSON, a null as a blank."""

from collections.abc import Iterator
from typing import Final

import polars as pl

from checker.errors import InputError, Problem
from checker.inventory.csv_files import check_titles
from checker.inventory.source import Source
from checker.inventory.table import Faults, Opened, RawTable
from checker.inventory.typed import LONGEST_CELL, texts

BATCH: Final = 200_000  # rows in a table
MOST_ROWS: Final = 50_000_000  # design choice: more than any fleet has; a footer can claim any number
MOST_COLUMNS: Final = 5_000
DAMAGED: Final = "is a Parquet file that is cut off or damaged"
AGAIN: Final = "export it again"
# Whatever a damaged file makes of the library's native code: its own errors, and panics, which are no Exception.
FAILURES: Final = (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError, ValueError, OverflowError)


def open_parquet(source: Source, known: frozenset[str], _faults: Faults) -> Opened:
    """Read the footer; raise :class:`InputError` if it is damaged or names a column twice."""
    try:
        frame = pl.scan_parquet(source.file, glob=False, hive_partitioning=False, low_memory=True)
        schema = frame.collect_schema()
        height = frame.select(pl.len()).collect().item()
    except FAILURES:
        raise InputError(Problem(source.path, DAMAGED, AGAIN)) from None
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
        chosen = frame.select(pl.col(name).alias(title) for title, name in named.items())
        for start in range(0, height, BATCH):
            yield _table(source, chosen, start, min(BATCH, height - start))

    return Opened("csv", titles, "Parquet", tables)


def _table(source: Source, chosen: pl.LazyFrame, start: int, rows: int) -> RawTable:
    try:
        found = texts(chosen.slice(start, rows).collect())
    except FAILURES:
        raise InputError(Problem(source.path, DAMAGED, AGAIN)) from None
    if found.height != rows:
        raise InputError(Problem(source.path, DAMAGED, AGAIN))
    for title in found.columns:
        if (found[title].str.len_bytes().max() or 0) > LONGEST_CELL:  # type: ignore[operator]
            what = f"has a value of more than {LONGEST_CELL >> 20} MiB in column '{title}'"
            raise InputError(Problem(source.path, what, AGAIN))
    numbers = pl.int_range(start + 1, start + rows + 1, dtype=pl.UInt32, eager=True)
    return RawTable(found, numbers.alias("row"), numbers.alias("line"))
