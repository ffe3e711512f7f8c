"""Reads JSON: pages of an API, arrays, one object, or one object a line; nested objects become dotted columns."""

import codecs
import re
from collections.abc import Iterator, Set
from dataclasses import dataclass
from itertools import chain, islice

import polars as pl

from checker.errors import InputError, Problem
from checker.inventory.ahead import ahead
from checker.inventory.json_document import read_document
from checker.inventory.json_lines import Lines, pieces
from checker.inventory.json_shape import Regular
from checker.inventory.json_values import Record, flat
from checker.inventory.source import Source, check_text
from checker.inventory.table import Faults, Opened, RawTable

BATCH = 20_000  # records in a table
EVERY_KEY = ".*"  # what a mapping writes after the title of an object for all its keys
ONE_A_LINE = re.compile(r"\s*\{[^\n]*\}[^\S\n]*\n\s*\{")


def open_json(source: Source, known: frozenset[str], faults: Faults) -> Opened:
    """Read the first records for their titles; raise :class:`InputError` for a document without records.

    An object of which a mapping knows all keys ("tags.*") stays one text: with a column for each key that any record
    has, a fleet's free tags would fill the memory.
    """
    faults.known = known
    whole = frozenset(title.removesuffix(EVERY_KEY) for title in known if title.endswith(EVERY_KEY))
    batches = _batches(source, faults, whole)
    first = []
    seen = 0
    while seen < BATCH and (batch := next(batches, None)):
        first.append(batch)
        seen += batch.size
    faults.raise_if_any()
    if not first:
        raise InputError(Problem(source.path, "holds no records", "export it again"))
    titles = tuple(dict.fromkeys(title for batch in first for title in batch.titles))

    def tables(wanted: frozenset[str]) -> Iterator[RawTable]:
        unneeded = {*titles} - wanted
        return _joined(batch.table(unneeded) for batch in chain(first, batches))

    return Opened("json", titles, "JSON", tables)


@dataclass(frozen=True, slots=True)
class Irregular:
    """Records that were decoded one by one."""

    records: list[Record]
    path: str
    whole: frozenset[str]  # folded titles of objects that stay one text

    @property
    def size(self) -> int:
        """How many records there are."""
        return len(self.records)

    @property
    def titles(self) -> tuple[str, ...]:
        """Every title that one of the records has."""
        return tuple(dict.fromkeys(title for record in self._texts(frozenset()) for title in record))

    def table(self, unneeded: Set[str]) -> RawTable:
        """Return the texts of the records."""
        texts = list(self._texts(unneeded))
        titles = dict.fromkeys(title for record in texts for title in record)
        columns = {title: pl.Series([record.get(title) for record in texts], dtype=pl.String) for title in titles}
        return RawTable(
            pl.DataFrame(columns or None, height=self.size),
            pl.Series("row", [row for row, _, _ in self.records], pl.UInt32),
            pl.Series("line", [line for _, line, _ in self.records], pl.UInt32),
        )

    def _texts(self, unneeded: Set[str]) -> Iterator[dict[str, str]]:
        for row, line, record in self.records:
            try:
                yield flat(record, unneeded, self.whole)
            except RecursionError:
                where = f"{self.path}:{line}"
                raise InputError(Problem(where, f"record {row:,} is nested too deeply")) from None


def _batches(source: Source, faults: Faults, whole: frozenset[str]) -> Iterator[Regular | Irregular]:
    if ONE_A_LINE.match(source.head()):
        for found in Lines(faults, whole=whole).read(ahead(pieces(source.blocks(), source.path))):
            yield found if isinstance(found, Regular) else Irregular(found, source.path, whole)
        return
    records = read_document(_texts(source.blocks()), faults)
    while batch := list(islice(records, BATCH)):
        yield Irregular(batch, source.path, whole)


def _texts(blocks: Iterator[bytes]) -> Iterator[str]:
    """Yield blocks of UTF-8 as text; ``check_text`` tells where they are none, or hold NUL."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    line, before = 1, b""
    for block in chain(blocks, [b""]):
        try:
            text = decoder.decode(block, final=not block)
        except UnicodeDecodeError:
            check_text(before + block, line)
            raise
        check_text(block if "\0" in text else b"", line)
        before = decoder.getstate()[0]
        line += block.count(b"\n")
        if text:
            yield text


def _joined(tables: Iterator[RawTable]) -> Iterator[RawTable]:
    """Yield tables of a good size: small ones cost more calls than their records."""
    held: list[RawTable] = []
    for table in tables:
        held.append(table)
        if sum(len(table.rows) for table in held) >= BATCH:
            yield _as_one(held)
            held = []
    if held:
        yield _as_one(held)


def _as_one(tables: list[RawTable]) -> RawTable:
    if len(tables) == 1:
        return tables[0]
    columns = pl.concat([table.columns for table in tables], how="diagonal")
    return RawTable(columns, pl.concat([table.rows for table in tables]), pl.concat([table.lines for table in tables]))
