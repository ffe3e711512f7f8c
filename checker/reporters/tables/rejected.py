"""The rows that were set aside (``--bad-rows skip``): where they stand, why, and what of them is no secret."""

from typing import BinaryIO, Final

import polars as pl

from checker.model.result import Result
from checker.reporters.tables import csv as csv_tables
from checker.reporters.tables import files as tables

COLUMNS: Final[dict[str, pl.DataType]] = {
    "file": pl.String(),
    "line": pl.UInt32(),  # on which the record starts, from 1
    "record": pl.UInt32(),  # from 1, the header not counted
    "reason": pl.String(),
    "text": pl.String(),  # what of it is surely no secret, at most 1,000 characters
}


def write_csv(result: Result, stream: BinaryIO) -> None:
    """Write the rejected rows as CSV, in the order of files and lines."""
    csv_tables.write_frames([_frame(result)], COLUMNS, stream, excel_safe=result.manner.excel_safe)


def write_ndjson(result: Result, stream: BinaryIO) -> None:
    """Write the rejected rows as NDJSON."""
    tables.write_ndjson([_frame(result)], COLUMNS, stream)


def _frame(result: Result) -> pl.DataFrame:
    rows = [(_utf8(row.path), row.line, row.row, row.reason, _utf8(row.text)) for row in result.rejected]
    return pl.DataFrame(rows, schema=COLUMNS, orient="row")


def _utf8(text: str) -> str:
    """Return a text with lone surrogates, which names of files may hold, spelled out: no table can carry them."""
    return text.encode("utf-8", "backslashreplace").decode()
