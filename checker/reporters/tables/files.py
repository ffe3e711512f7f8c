"""The tables of findings, devices and the plan as NDJSON and Parquet, part by part: memory does not grow with the rows.

NDJSON: one object per line, keys in the order of the columns, names exact (JSON-escaped), times as ISO 8601 with Z,
null kept. Parquet: the columns of :mod:`checker.model.result` as they are; the bytes do not depend on how the rows were
cut into parts. The file's metadata says under ``schema`` which table it is, in which version, and under ``tool``,
``as_of`` and ``packs`` of which run.
"""

import io
import json
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

import polars as pl

from checker.model.result import Result, Summary, Table

FINDINGS_SCHEMA: Final = "mde-readiness/findings/v1"
DEVICES_SCHEMA: Final = "mde-readiness/devices/v1"
PLAN_SCHEMA: Final = "mde-readiness/plan/v1"

# Rows of one Parquet row group: many enough to compress well, few enough to hold in memory with long evidence.
ROW_GROUP: Final = 100_000

# NOTE: a column of a row group is one page. Smaller pages would be cut where Polars estimates their size from how the
# parts happened to be cut, and the same rows would give other bytes; bytes, the most that it takes.
_ONE_PAGE: Final = 2**30

_OS_ERROR: Final = re.compile(r"\(os error (\d+)\)")


def write_findings_ndjson(result: Result, stream: BinaryIO) -> None:
    """Write the findings as NDJSON."""
    write_ndjson(result.findings.frames(), result.findings.columns, stream)


def write_findings_parquet(result: Result, stream: BinaryIO) -> None:
    """Write the findings as Parquet."""
    write_parquet(_whole(result.findings), metadata(result.summary, FINDINGS_SCHEMA), stream)


def write_devices_ndjson(result: Result, stream: BinaryIO) -> None:
    """Write the devices as NDJSON."""
    write_ndjson(result.devices.frames(), result.devices.columns, stream)


def write_devices_parquet(result: Result, stream: BinaryIO) -> None:
    """Write the devices as Parquet."""
    write_parquet(_whole(result.devices), metadata(result.summary, DEVICES_SCHEMA), stream)


def write_plan_ndjson(result: Result, stream: BinaryIO) -> None:
    """Write the plan as NDJSON, its steps by id."""
    write_ndjson(result.plan.frames(), result.plan.columns, stream)


def write_plan_parquet(result: Result, stream: BinaryIO) -> None:
    """Write the plan as Parquet, its steps by id."""
    write_parquet(_whole(result.plan), metadata(result.summary, PLAN_SCHEMA), stream)


def write_findings_folder(result: Result, folder: Path) -> None:
    """Write the findings as the Parquet files of a folder."""
    _write_parts(result.findings, metadata(result.summary, FINDINGS_SCHEMA), folder)


def write_devices_folder(result: Result, folder: Path) -> None:
    """Write the devices as the Parquet files of a folder."""
    _write_parts(result.devices, metadata(result.summary, DEVICES_SCHEMA), folder)


def write_plan_folder(result: Result, folder: Path) -> None:
    """Write the plan as the Parquet files of a folder."""
    _write_parts(result.plan, metadata(result.summary, PLAN_SCHEMA), folder)


def _write_parts(table: Table, said: dict[str, str], folder: Path) -> None:
    """Write a file for each part of a table; each is sorted, and they follow one another by device id."""
    parts = [Table(table.columns, (part,), table.rows) for part in table.parts] or [table]
    for number, part in enumerate(parts):
        with (folder / f"part-{number:05d}.parquet").open("wb") as stream:
            write_parquet(_whole(part), said, stream)


def metadata(summary: Summary, schema: str) -> dict[str, str]:
    """Return what a Parquet file says of itself: its schema, and the run that it comes from."""
    packs = [
        {"id": pack.id, "version": pack.version, "profile": pack.profile, "sha256": pack.sha256}
        for pack in summary.packs
    ]
    return {
        "schema": schema,
        "tool": f"mde-readiness {summary.tool_version}",
        "as_of": summary.as_of.isoformat(),
        "packs": json.dumps(packs),
    }


def write_ndjson(frames: Iterable[pl.DataFrame], columns: Mapping[str, pl.DataType], stream: BinaryIO) -> None:
    """Write frames of these columns, a line for each row."""
    for frame in frames:
        frame.select(as_json(name, dtype) for name, dtype in columns.items()).write_ndjson(stream)


def as_json(name: str, dtype: pl.DataType) -> pl.Expr:
    """Return the column with its times spelled as text; Polars' own spelling of a time leaves the zone out."""
    if not isinstance(dtype, pl.List) or not isinstance(dtype.inner, pl.Struct):
        return pl.col(name)
    times = [field.name for field in dtype.inner.fields if isinstance(field.dtype, pl.Datetime)]
    spelled = [pl.field(time).dt.strftime("%Y-%m-%dT%H:%M:%S%.fZ") for time in times]
    return pl.col(name).list.eval(pl.element().struct.with_fields(spelled))


def _whole(table: Table) -> pl.LazyFrame:
    return table.scan().select(list(table.columns))


def write_parquet(frame: pl.LazyFrame, said: dict[str, str], stream: BinaryIO) -> None:
    """Write a table with what its metadata says, a row group at a time.

    Raises:
        OSError: what the operating system refused.
    """
    target = _Recording(stream)
    try:
        frame.sink_parquet(cast("BinaryIO", target), row_group_size=ROW_GROUP, data_page_size=_ONE_PAGE, metadata=said)
    except pl.exceptions.PolarsError as error:
        # NOTE: Polars reports a full disk as an error of computing or of its own format, not always with the number.
        if target.refusal is not None:
            raise target.refusal from error
        number = _OS_ERROR.search(str(error))
        if number is None:
            raise
        raise OSError(int(number[1]), os.strerror(int(number[1]))) from error


class _Recording(io.RawIOBase):
    """A stream to write that remembers what the operating system refused, whatever the writer makes of it."""

    def __init__(self, stream: BinaryIO) -> None:
        super().__init__()
        self._stream = stream
        self.refusal: OSError | None = None

    def writable(self) -> bool:
        return True

    def write(self, content: Any) -> int:  # noqa: ANN401
        try:
            return self._stream.write(content)
        except OSError as error:
            self.refusal = error
            raise
