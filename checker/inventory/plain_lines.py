"""Reads a list of patterns, one a line, as somebody copied it out of a proxy; ``#`` begins a comment."""

from collections.abc import Iterator

import polars as pl

from checker.inventory.secrets import outline
from checker.inventory.source import Source
from checker.inventory.table import Faults, Opened, RawTable

TITLE = "pattern"
LONGEST = 1000  # characters of a line: no rule for a host is as long


def open_lines(source: Source, _known: frozenset[str], faults: Faults) -> Opened:
    """Read all lines; one that is too long, or holds more than one word, is a fault."""
    found = list(_lines(source.text(), faults))
    return Opened("lines", (TITLE,), "a pattern a line", lambda _wanted: iter((_table(found),)))


def _lines(text: str, faults: Faults) -> Iterator[tuple[int, int, str]]:
    row = 0
    for number, line in enumerate(text.splitlines(), start=1):
        said = line.partition("#")[0].strip()
        if not said or said.casefold() == TITLE:
            continue
        row += 1
        if len(said) > LONGEST or len(said.split()) > 1:
            faults.add(row, number, "is no pattern of a host", outline(said))
        else:
            yield row, number, said


def _table(found: list[tuple[int, int, str]]) -> RawTable:
    return RawTable(
        pl.DataFrame({TITLE: pl.Series([said for _, _, said in found], dtype=pl.String)}),
        pl.Series("row", [row for row, _, _ in found], pl.UInt32),
        pl.Series("line", [line for _, line, _ in found], pl.UInt32),
    )
