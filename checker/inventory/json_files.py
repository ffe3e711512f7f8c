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
    titles = tuple(dict.fromkeys(title for texts in _texts(first, frozenset(), source.path) for title in texts))

    def tables(wanted: frozenset[str]) -> Iterator[RawTable]:
        return _tables(chain(first, records), {*titles} - wanted, source.path)

    return Opened("json", titles, "JSON", tables)


def _tables(records: Iterator[Record], unneeded: Set[str], path: str) -> Iterator[RawTable]:
    """Yield the records with every title that is needed or that the first ones did not have."""
    while batch := list(islice(records, BATCH)):
        texts = list(_texts(batch, unneeded, path))
        titles = dict.fromkeys(title for record in texts for title in record)
        yield RawTable(
            pl.DataFrame(
                {title: [record.get(title) for record in texts] for title in titles},
                schema=dict.fromkeys(titles, pl.String),
            ),
            pl.Series("row", [row for row, _, _ in batch], pl.UInt32),
            pl.Series("line", [line for _, line, _ in batch], pl.UInt32),
        )


def _texts(batch: list[Record], unneeded: Set[str], path: str) -> Iterator[dict[str, str]]:
    for row, line, record in batch:
        try:
            yield flat(record, unneeded)
        except RecursionError:
            raise InputError(Problem(f"{path}:{line}", f"record {row:,} is nested too deeply")) from None
