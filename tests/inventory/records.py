"""How the tests look at what a reader gives: records as dictionaries, and problems as texts."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from checker.errors import InputError
from checker.inventory.read import ReadOptions, read_inventory
from checker.model.record import RECORD_COLUMNS, FileRecords
from tests.exports import moment as moment  # of what records hold, beside them

ALL = ReadOptions()
HEADER = "DeviceId,DeviceName,OSPlatform,OSBuild,ClientVersion"


def read_one(path: str | Path, options: ReadOptions = ALL) -> FileRecords:
    """Return the records of a file."""
    (records,) = read_inventory([str(path)], options)
    return records


def rows_of(records: FileRecords) -> list[dict[str, Any]]:
    """Return each record without what it says nothing of."""
    if not records.frames:
        return []
    facts = [pl.col(name).cast(pl.String) for name in records.frames[0].columns if name not in RECORD_COLUMNS]
    table = pl.concat([frame.with_columns(facts) for frame in records.frames])
    return [{name: value for name, value in row.items() if value is not None} for row in table.to_dicts()]


def rows(path: str | Path, options: ReadOptions = ALL) -> list[dict[str, Any]]:
    """Return the records of a file, each without what it says nothing of."""
    return rows_of(read_one(path, options))


def facts(row: Mapping[str, Any]) -> dict[str, str]:
    """Return the facts of a record."""
    return {name: value for name, value in row.items() if name not in RECORD_COLUMNS}


def refusal(path: str | Path, options: ReadOptions = ALL) -> str:
    """Return the message with which a file is refused."""
    try:
        read_inventory([str(path)], options)
    except InputError as error:
        return str(error)
    raise AssertionError(f"{path} was read")


def hunting(tmp_path: Path, *lines: str, end: str = "\r\n", name: str = "export.csv") -> Path:
    """Write a small hunting export."""
    path = tmp_path / name
    path.write_bytes("".join(line + end for line in (HEADER, *lines)).encode())
    return path
