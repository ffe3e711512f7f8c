"""The tables of findings, devices and actions as workbooks, for people who filter: lists in words, names made visible.

A finding is one row, so that filtered rows are filtered findings: its first evidence has columns of its own, and
``more`` says how many further ones NDJSON and Parquet have.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO, Final

import polars as pl

from checker.model.result import Result
from checker.reporters.plan.xlsx import add_about
from checker.reporters.tables import actions
from checker.reporters.tables.files import as_json
from checker.reporters.wording import visible
from checker.reporters.workbook.sheets import Book, Cell, Row, workbook

# Titles with the widths of their columns, in characters.
FINDINGS: Final = {
    "device id": 42,
    "device name": 32,
    "rule": 30,
    "phase": 13,
    "severity": 10,
    "outcome": 10,
    "waived": 14,
    "message": 70,
    "devices": 9,
    "fact": 24,
    "value": 30,
    "missing": 15,
    "file": 40,
    "row": 9,
    "column": 24,
    "observed": 21,
    "more": 7,
    "simulated": 11,
}
DEVICES: Final = {
    "device id": 42,
    "device name": 32,
    "aliases": 32,
    "os": 24,
    "group": 22,
    "readiness": 16,
    "by": 14,
    "wave": 16,
    "route": 22,
    "path": 22,
    "verification": 16,
    "failed": 36,
    "unknown": 36,
    "waived": 30,
    "undetermined by": 30,
    "next steps": 50,
    "file": 40,
    "row": 9,
    "line": 9,
    "simulated": 11,
}
ACTIONS: Final = {
    "action": 28,
    "what": 60,
    "severity": 10,
    "rules": 36,
    "group": 22,
    "needed on": 10,
    "alone": 9,
    "failing": 9,
    "owner": 24,
    "due": 12,
    "justification": 40,
}

ROWS_AT_A_TIME: Final = 10_000
_FIRST: Final = ("fact", "value", "missing", "file", "row", "column", "observed")


def write_findings(result: Result, stream: BinaryIO) -> None:
    """Write the findings as a workbook of their own."""
    with workbook(stream, "Findings", result.summary.as_of) as book:
        add_findings(book, result)
        add_about(book, result)


def write_devices(result: Result, stream: BinaryIO) -> None:
    """Write the devices as a workbook of their own."""
    with workbook(stream, "Devices", result.summary.as_of) as book:
        add_devices(book, result)
        add_about(book, result)


def write_actions(result: Result, stream: BinaryIO) -> None:
    """Write the actions as a workbook of their own."""
    with workbook(stream, "Actions", result.summary.as_of) as book:
        add_actions(book, actions.frame(result))
        add_about(book, result)


def add_findings(book: Book, result: Result) -> None:
    """Add a sheet of all findings, a row for each."""
    evidence = as_json("evidence", result.findings.columns["evidence"])  # with times as texts
    first = evidence.list.first()
    more = (pl.col("evidence").list.len().cast(pl.Int64) - 1).clip(lower_bound=0)
    columns = [
        *(pl.col(name) for name in result.findings.columns if name not in ("evidence", "simulated")),
        *(first.struct.field(name).alias(f"first {name}") for name in _FIRST),
        more.alias("more"),
        _yes("simulated"),
    ]
    book.table("Findings", FINDINGS, _rows(result.findings.frames(), columns), wrapped=False)


def add_devices(book: Book, result: Result) -> None:
    """Add a sheet of all devices, also those out of scope."""
    columns = [_shown(name, dtype) for name, dtype in result.devices.columns.items()]
    book.table("Devices", DEVICES, _rows(result.devices.frames(), columns), wrapped=False)


def add_actions(book: Book, todo: pl.DataFrame) -> None:
    """Add a sheet of what to do (:func:`checker.reporters.tables.actions.frame`), with columns to be filled in."""
    columns = [_shown(name, dtype) for name, dtype in actions.COLUMNS.items()]
    book.table("Actions", ACTIONS, _rows([todo], columns))


def _shown(name: str, dtype: pl.DataType) -> pl.Expr:
    if dtype == pl.Boolean():
        return _yes(name)
    return pl.col(name).list.join(", ") if isinstance(dtype, pl.List) else pl.col(name)


def _yes(name: str) -> pl.Expr:
    return pl.when(pl.col(name)).then(pl.lit("yes")).otherwise(pl.lit("no")).alias(name)


def _rows(frames: Iterable[pl.DataFrame], columns: Sequence[pl.Expr]) -> Iterator[Row]:
    """Yield the rows of frames with every text made visible."""
    for frame in frames:
        for part in frame.iter_slices(ROWS_AT_A_TIME):
            for row in part.select(columns).iter_rows():
                yield [_visible(value) for value in row]


def _visible(value: Cell) -> Cell:
    return visible(value) if isinstance(value, str) else value
