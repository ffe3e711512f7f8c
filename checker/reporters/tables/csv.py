"""Tables as CSV: exact for programs, or safe for Excel and its like where the run says so (``--excel-safe``).

RFC 4180: commas, quotes only where needed, lines ended by CR LF, UTF-8. Null is an empty cell, an empty text is ``""``.
Lists and evidence are JSON texts, spelled as in NDJSON, so that every table can be read back whole.

Spreadsheets run a cell that begins like a formula, quoted or not. Safe for Excel means: such a text gets an apostrophe
in front, and the file a byte order mark, without which Excel takes UTF-8 for the code page of the machine. Texts are
then no longer exact; nothing else changes.
"""

import io
from collections.abc import Iterable, Mapping
from typing import BinaryIO, Final

import polars as pl

from checker.model.result import Result, Table
from checker.reporters.tables.files import as_json

# What a spreadsheet takes for the beginning of a formula: OWASP ASVS 5.0, 1.2.10 (= + - @, TAB, NUL), and by its page
# on CSV injection CR, LF and the full-width signs, which some languages of Excel take for the others.
FORMULA: Final = r"\A[=+\-@\t\r\n\x00\uff1d\uff0b\uff0d\uff20]"
BOM: Final = b"\xef\xbb\xbf"

ROWS_AT_A_TIME: Final = 50_000  # with a kilobyte of evidence for each, fifty megabytes


def write_findings(result: Result, stream: BinaryIO) -> None:
    """Write the findings, a row for each, with the columns of :data:`checker.model.result.FINDING_COLUMNS`."""
    _write_table(result.findings, stream, result.manner.excel_safe)


def write_devices(result: Result, stream: BinaryIO) -> None:
    """Write the devices, a row for each, with the columns of :data:`checker.model.result.DEVICE_COLUMNS`."""
    _write_table(result.devices, stream, result.manner.excel_safe)


def write_frames(
    frames: Iterable[pl.DataFrame], columns: Mapping[str, pl.DataType], stream: BinaryIO, *, excel_safe: bool
) -> None:
    """Write frames of these columns below one header, a slice of rows at a time."""
    if excel_safe:
        stream.write(BOM)
    stream.write(",".join(columns).encode() + b"\r\n")
    spelled = [_spelled(name, dtype, excel_safe) for name, dtype in columns.items()]
    for frame in frames:
        for part in frame.iter_slices(ROWS_AT_A_TIME):
            # NOTE: written by Python, not by Polars, so that a full disk is an error of the operating system.
            buffer = io.BytesIO()
            part.select(spelled).write_csv(buffer, include_header=False, line_terminator="\r\n")
            stream.write(buffer.getbuffer())


def _write_table(table: Table, stream: BinaryIO, excel_safe: bool) -> None:
    write_frames(table.frames(), table.columns, stream, excel_safe=excel_safe)


def _spelled(name: str, dtype: pl.DataType, excel_safe: bool) -> pl.Expr:
    """Return a column as its cells are spelled."""
    if isinstance(dtype, pl.List):
        return _json_text(name, dtype)
    if excel_safe and dtype == pl.String():
        column = pl.col(name)
        return pl.when(column.str.contains(FORMULA)).then(pl.lit("'") + column).otherwise(column).alias(name)
    return pl.col(name)


def _json_text(name: str, dtype: pl.DataType) -> pl.Expr:
    """Return a list as JSON; Polars spells structs only, so that the name around it is cut off again."""
    around = f'{{"{name}":'
    told = pl.struct(as_json(name, dtype).alias(name)).struct.json_encode()
    return told.str.slice(len(around)).str.head(-1).alias(name)
