"""Turns typed columns into the texts that a CSV export of the same values would hold."""

from typing import Final

import polars as pl

LONGEST_CELL: Final = 4 << 20  # bytes; as of a field of CSV
EXACT: Final = float(2**53)  # up to here a whole number in a column of floats is what was meant
_KEY: Final = '{"":'  # what JSON puts before the value of a structure of one nameless field


def texts(frame: pl.DataFrame) -> pl.DataFrame:
    """Return every column as text, a null as an empty one.

    Whole floats lose their ``.0``, times are ISO 8601 (with ``Z`` if they have a zone), lists and structures JSON.

    Raises:
        polars.exceptions.PolarsError: bytes in a column are no UTF-8.
    """
    found = frame.select(_text(pl.col(title), dtype).alias(title) for title, dtype in frame.schema.items())
    return found.select(pl.all().fill_null(""))


def _text(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    if isinstance(dtype, pl.Datetime):
        if dtype.time_zone:
            return column.dt.convert_time_zone("UTC").dt.strftime("%Y-%m-%dT%H:%M:%S%.fZ")
        return column.dt.strftime("%Y-%m-%dT%H:%M:%S%.f")
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
