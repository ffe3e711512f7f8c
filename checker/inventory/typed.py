"""Turns typed columns into the texts that a CSV export of the same values would hold."""

from typing import Any, Final

import polars as pl

LONGEST_CELL: Final = 4 << 20  # bytes; as of a field of CSV
EXACT: Final = float(2**53)  # up to here a whole number in a column of floats is what was meant
FIRST_DAY, LAST_DAY = -719_162, 2_932_896  # of the years 1 to 9999, in days since 1970: far beyond, the library panics
OF_A_DAY: Final = {"ms": 86_400_000, "us": 86_400_000_000, "ns": 86_400_000_000_000}
BEYOND: Final = "(not of the years 1 to 9999)"
_KEY: Final = '{"":'  # what JSON puts before the value of a structure of one nameless field


def texts(frame: pl.DataFrame) -> pl.DataFrame:
    """Return every column as text, a null as an empty one.

    Whole floats lose their ``.0``, times and spans of time are ISO 8601 (times with ``Z`` if they have a zone), lists
    and structures JSON, and bytes that are no UTF-8 ``(binary ff)``: no fact reads that, and ids of bytes stay apart.

    Raises:
        polars.exceptions.PolarsError: a column is of a type that has no text: see :func:`is_textual`.
    """
    found = frame.with_columns(_decoded(column) for column in frame if column.dtype == pl.Binary)
    return found.select(_text(pl.col(title), dtype).fill_null("").alias(title) for title, dtype in found.schema.items())


def is_textual(dtype: Any, *, inside: bool = False) -> bool:  # noqa: ANN401 - the library's types, and classes of them
    """Tell whether values of a type have a text: bytes inside of lists and structures have none."""
    if isinstance(dtype, pl.Struct):
        return all(is_textual(field.dtype, inside=True) for field in dtype.fields)
    if isinstance(dtype, (pl.List, pl.Array)):
        return is_textual(dtype.inner, inside=True)
    return dtype != pl.Object and not (inside and dtype == pl.Binary)


def _decoded(column: pl.Series) -> pl.Series:
    try:
        return column.cast(pl.String)
    except pl.exceptions.PolarsError:
        return pl.Series(column.name, [_spelled(cell) for cell in column], dtype=pl.String)


def _spelled(cell: bytes | None) -> str | None:
    if cell is None:
        return None
    try:
        return cell.decode()
    except UnicodeDecodeError:
        return f"(binary {cell.hex()})"


def _text(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    if isinstance(dtype, (pl.Date, pl.Datetime)):
        unit = OF_A_DAY[dtype.time_unit or "us"] if isinstance(dtype, pl.Datetime) else 1
        known = column.to_physical().is_between(FIRST_DAY * unit, (LAST_DAY + 1) * unit - 1)
        told = _moment(pl.when(known).then(column), dtype)  # what is not told first, the library would still look at
        return pl.when(known).then(told).when(column.is_not_null()).then(pl.lit(BEYOND))
    if isinstance(dtype, pl.Duration):
        return column.dt.to_string("iso")
    if dtype.is_nested():
        wrapped = pl.struct(column.alias("")).struct.json_encode()
        return pl.when(column.is_not_null()).then(wrapped.str.slice(len(_KEY)).str.head(-1))
    if dtype.is_float():
        column = column.fill_nan(None)
        whole = column.is_between(-EXACT, EXACT) & (column == column.round())
        return (
            pl.when(whole).then(column.cast(pl.Int64, strict=False).cast(pl.String)).otherwise(column.cast(pl.String))
        )
    return column.cast(pl.String)


def _moment(column: pl.Expr, dtype: pl.Date | pl.Datetime) -> pl.Expr:
    if isinstance(dtype, pl.Date):
        return column.cast(pl.String)
    if dtype.time_zone:
        return column.dt.convert_time_zone("UTC").dt.strftime("%Y-%m-%dT%H:%M:%S%.fZ")
    return column.dt.strftime("%Y-%m-%dT%H:%M:%S%.f")
