"""Reads the tables that PowerShell prints on a screen: titles, a line of dashes, and cells below the dashes.

A table ends at a blank line; the next one has the same titles. A cell that the screen was too narrow for ends in dots
and says nothing.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from checker.inventory.secrets import outline
from checker.inventory.source import Source
from checker.inventory.table import Faults, Opened, RawTable

DASHES = re.compile(r"-+(?: +-+)+ *")
DASH = re.compile(r"-+")
LOOKED_AT = 4  # lines: a prompt may stand before the titles
CUT = ("...", "…")


@dataclass(frozen=True, slots=True)
class _Row:
    """Cells by place among the titles; null where the screen cut one off."""

    row: int
    line: int
    cells: tuple[str | None, ...]


def is_screen_table(lines: Sequence[str]) -> bool:
    """Tell by the first lines that are not blank whether a text is such a table."""
    return any(DASHES.fullmatch(line) for line in lines[1:LOOKED_AT])


def open_screen_table(source: Source, _known: frozenset[str], faults: Faults) -> Opened:
    """Read all rows; one whose cells do not stand below the dashes is a fault."""
    lines = [line.rstrip() for line in source.text().splitlines()]
    at = next(number for number, line in enumerate(lines) if DASHES.fullmatch(line))
    titles = tuple(cell or "" for cell in _cells(lines[at - 1], _starts(lines[at])))
    rows = list(_rows([""] * (at - 1) + lines[at - 1 :], titles, faults))
    return Opened("screen", titles, "a table from a screen", lambda _wanted: _tables(rows, titles))


def _starts(dashes: str) -> list[int]:
    return [match.start() for match in DASH.finditer(dashes)]


def _cells(line: str, starts: Sequence[int]) -> tuple[str | None, ...]:
    ends = [*starts[1:], None]
    texts = [line[start:end].strip() for start, end in zip(starts, ends, strict=True)]
    return tuple(None if text.endswith(CUT) else text for text in texts)


def _rows(lines: Sequence[str], titles: Sequence[str], faults: Faults) -> Iterator[_Row]:
    row, starts = 0, list[int]()
    for at, line in enumerate(lines):
        if not line:
            starts = []
        elif DASHES.fullmatch(line):
            starts = _starts(line)
        elif at + 1 < len(lines) and DASHES.fullmatch(lines[at + 1]) and len(_starts(lines[at + 1])) == len(titles):
            if _cells(line, _starts(lines[at + 1])) != tuple(titles):
                row += 1
                faults.add(row, at + 1, "begins a table with other titles", outline(line))
        else:
            row += 1
            if starts and not any(line[start - 1 : start].strip() for start in starts[1:]):
                yield _Row(row, at + 1, _cells(line, starts))
            else:
                faults.add(row, at + 1, "does not stand in the columns of the table", outline(line))


def _tables(rows: Sequence[_Row], titles: Sequence[str]) -> Iterator[RawTable]:
    texts = {title: [row.cells[place] for row in rows] for place, title in enumerate(titles) if title}
    yield RawTable(
        pl.DataFrame(texts, schema=dict.fromkeys(texts, pl.String)),
        pl.Series("row", [row.row for row in rows], pl.UInt32),
        pl.Series("line", [row.line for row in rows], pl.UInt32),
    )
