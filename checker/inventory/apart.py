"""Facts of a record that are not as old as the record: a query joins what was gathered on other days to one row.

A mapping tells them as ``apart``. They become records of their own, with the keys and the row of the one that they
stand in; the ledger counts a row once.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from checker.inventory.binding import Binding
from checker.inventory.date_order import DateOrder, Order
from checker.inventory.input_file import file_records
from checker.inventory.mapping import Apart, ProductMapping, title_key
from checker.inventory.normalise import Normaliser
from checker.inventory.source import Source
from checker.inventory.table import Faults, Opened, RawTable
from checker.model.record import FileRecords


@dataclass(slots=True)
class Readers:
    """Those who read the records of one file: one of what is as old as the records, one of each other time."""

    whole: Normaliser
    apart: list[tuple[Apart, Normaliser]] = field(default_factory=list)

    def binding(self, titles: Sequence[str]) -> Binding:
        """Return what a table with these titles gives that is as old as its records."""
        return self.whole.binding(titles)

    def titles(self, titles: Sequence[str]) -> frozenset[str]:
        """Return the titles of all columns that are read."""
        return self.binding(titles).titles().union(*(one.binding(titles).titles() for _, one in self.apart))

    def read(self, tables: Iterable[RawTable]) -> list[list[pl.DataFrame]]:
        """Return the records of the tables, of each reader its own frames."""
        everyone = [self.whole, *(one for _, one in self.apart)]
        found: list[list[pl.DataFrame]] = [[] for _ in everyone]
        for table in tables:
            for frames, one in zip(found, everyone, strict=True):
                frames.append(one.records(table))
        return [one.dates.settle(frames) for frames, one in zip(found, everyone, strict=True)]

    def records(
        self, source: Source, opened: Opened, found: Sequence[Sequence[pl.DataFrame]], faults: Faults
    ) -> FileRecords:
        """Return the records of the file, with those of other times."""
        whole = file_records(source, opened, self.whole, found[0], faults)
        for (each, one), frames in zip(self.apart, found[1:], strict=True):
            told = [_told(frame, beside, each) for frame, beside in zip(frames, found[0], strict=True)]
            records = file_records(source, opened, one, told, Faults(source.path))
            notices = [notice for notice in records.file.notices if notice not in whole.file.notices]
            left = tuple(title for title in whole.file.unmapped if title in records.file.unmapped)
            whole = replace(
                whole,
                file=replace(whole.file, notices=(*whole.file.notices, *notices), unmapped=left),
                apart=[*whole.apart, *([_of_another_time(records)] if records.rows else [])],
            )
        return whole


def readers(
    product: ProductMapping, titles: Sequence[str], wanted: frozenset[str] | None, order: Order | None
) -> Readers:
    """Return who reads the records of a file with these titles."""
    known = {title_key(title) for title in titles}
    apart = [each for each in product.apart if not each.observed or known & set(map(title_key, each.observed))]
    elsewhere = {fact for each in apart if each.observed for fact in each.facts}
    own = {fact: reading for fact, reading in product.facts.items() if fact not in elsewhere}
    found = Readers(Normaliser(replace(product, facts=own), wanted, DateOrder(order)))
    for each in apart:
        asked = frozenset(each.facts) if wanted is None else wanted & each.facts.keys()
        other = replace(product, observed=each.observed, facts={**product.facts, **each.facts})
        one = Normaliser(other, asked, DateOrder(order))
        bound = one.binding(titles).facts if asked else {}
        if any(bound[fact].columns for fact in each.facts if fact in bound):  # else its columns are not in the file
            found.apart.append((each, one))
    return found


def _told(frame: pl.DataFrame, beside: pl.DataFrame, each: Apart) -> pl.DataFrame:
    """Return the records that say anything; where their own time is blank they are as old as the record."""
    if each.observed:
        frame = frame.with_columns(observed=pl.coalesce(frame["observed"], beside["observed"]))
    facts = [name for name in frame.columns if name in each.facts]
    return frame.filter(pl.any_horizontal(pl.col(name).is_not_null() for name in facts)) if facts else frame.clear()


def _of_another_time(records: FileRecords) -> FileRecords:
    return replace(records, file=replace(records.file, notices=(), apart=True))
