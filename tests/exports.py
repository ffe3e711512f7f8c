"""Exports made by hand: records as a reader gives them, without a file."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import polars as pl

from checker.model.record import RECORD_COLUMNS, FileRecords, InputFile, fact_dtype

Row = Mapping[str, Any]


def device_id(number: int) -> str:
    """Return an invented Defender device id."""
    return f"{number:040x}"


def entra_id(number: int) -> str:
    """Return an invented Entra device id."""
    return f"{number:08x}-0000-4000-a000-{number:012x}"


def export(
    path: str,
    *rows: Row,
    founds: bool = True,
    per_device: bool = False,
    digest: str = "",
    **more: Any,  # noqa: ANN401
) -> FileRecords:
    """Return a file of these records; a key that is no record column is a fact, and null where a row lacks it.

    ``digest`` stands for its content; ``more`` are further attributes of its ``InputFile``.
    """
    facts = list(dict.fromkeys(key for row in rows for key in row if key not in RECORD_COLUMNS))
    schema = {**RECORD_COLUMNS, **{fact: fact_dtype(fact) for fact in facts}}
    numbered = [{"row": at, "line": at + 1, **row} for at, row in enumerate(rows, start=1)]
    columns = {name: pl.Series([row.get(name) for row in numbered], dtype=dtype) for name, dtype in schema.items()}
    sha256 = hashlib.sha256(digest.encode()).hexdigest() if digest else "0" * 64
    file = InputFile(path, sha256, "made-by-hand", founds, per_device, {fact: fact for fact in facts}, **more)
    return FileRecords(file, [pl.DataFrame(columns)])


def moment(text: str) -> datetime:
    """Return a naive UTC time."""
    return datetime.fromisoformat(text)
