"""Reads JSON: pages of an API, arrays, one object, or one object a line; nested objects become dotted columns."""

from collections.abc import Iterator, Set
from itertools import chain, islice

import polars as pl

from checker.errors import InputError, Problem
from checker.inventory.json_document import Record, flat, read_document
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
    titles = tuple(dict.fromkeys(title for _, _, record in first for title in flat(record)))
    return Opened("json", titles, "JSON", lambda wanted: _tables(chain(first, records), {*titles} - wanted))


def _tables(records: Iterator[Record], unneeded: Set[str]) -> Iterator[RawTable]:
    """Yield the records with every title that is needed or that the first ones did not have."""
    while batch := list(islice(records, BATCH)):
        texts = [flat(record, unneeded) for _, _, record in batch]
        titles = dict.fromkeys(title for record in texts for title in record)
        yield RawTable(
            pl.DataFrame(
                {title: [record.get(title) for record in texts] for title in titles},
                schema=dict.fromkeys(titles, pl.String),
            ),
            pl.Series("row", [row for row, _, _ in batch], pl.UInt32),
            pl.Series("line", [line for _, line, _ in batch], pl.UInt32),
        )
