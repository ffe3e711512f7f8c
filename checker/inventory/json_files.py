"""Reads JSON: pages of an API, arrays, one object, or one object a line; nested objects become dotted columns."""

from collections.abc import Iterator
from itertools import chain, islice

import polars as pl

from checker.errors import InputError, Problem
from checker.inventory.json_document import Record, read_document
from checker.inventory.source import Source
from checker.inventory.table import Faults, Opened, RawTable

BATCH = 20_000  # records in a table


def open_json(source: Source, _known: frozenset[str], faults: Faults) -> Opened:
    """Read the first records for their titles; raise :class:`InputError` for a document without records."""
    records = read_document(source.text(), faults)
    first = list(islice(records, BATCH))
    faults.raise_if_any()
    if not first:
        raise InputError(Problem(source.path, "holds no records", "export it again"))
    titles = dict.fromkeys(title for _, _, fields in first for title in fields)
    return Opened("json", tuple(titles), "JSON", lambda _wanted: _tables(chain(first, records)))


def _tables(records: Iterator[Record]) -> Iterator[RawTable]:
    while batch := list(islice(records, BATCH)):
        titles = dict.fromkeys(title for _, _, fields in batch for title in fields)
        yield RawTable(
            pl.DataFrame(
                {title: [fields.get(title) for _, _, fields in batch] for title in titles},
                schema=dict.fromkeys(titles, pl.String),
            ),
            pl.Series("row", [row for row, _, _ in batch], pl.UInt32),
            pl.Series("line", [line for _, line, _ in batch], pl.UInt32),
        )
