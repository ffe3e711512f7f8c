"""Looks through an Excel workbook before a library reads it: how large its sheets are, and that no cell comes twice.

The library holds a whole sheet in memory, a rectangle from the first cell to the last, and ends the process where that
is too much; of two cells at one place it gives the last. The names of parts tell nothing: each is looked through, as a
sheet and as the texts that cells share.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NoReturn
from zipfile import BadZipFile, ZipFile, ZipInfo

import numpy as np

from checker.errors import InputError, Problem
from checker.inventory.archives import FAILURES, member_blocks, refuse_bomb, refuse_joined
from checker.inventory.workbook_cells import (
    MOST_COLUMNS,
    Numbers,
    Walk,
    has_strings,
    name_of,
    plain_places,
    string_lengths,
    values_size,
)

# Design choices, so that reading takes less than 2 GiB: a cell of the rectangle takes 70 bytes, one of text three.
LARGEST: Final = 1 << 30  # bytes of all its parts, unpacked
LARGEST_OTHER: Final = 64 << 20  # bytes of a part without cells and texts of cells
MOST_ROWS: Final = 1_048_576  # of a sheet, by the specification of Excel
MOST_CELLS: Final = 16 << 20  # of the rectangle
MOST_TEXT: Final = 384 << 20  # bytes of all cells, those of one text counted each, and so many for a cell itself:
CELL: Final = 16
SHORTEST_TAG: Final = 4  # bytes: of <v> and </v>
LONGEST_TEXT: Final = 16 << 20  # bytes without a tag; Excel has 32,767 characters in a cell
DAMAGED: Final = "is an Excel workbook that is cut off or damaged"
AGAIN: Final = "save it again, or save it as CSV"
SMALLER: Final = "delete what stands far from the table, or save the table as CSV"
AS_CSV: Final = "save the table as CSV"

Places = tuple[Numbers, Numbers, Numbers]  # rows, and by cell its row and its column


def refuse_large(place: Path, shown: str) -> None:
    """Refuse a workbook that would not fit into memory, whatever it says of itself, or that says two things of a cell.

    Raises:
        InputError: it is too large, a bomb, damaged, or has a cell or a row twice.
    """
    try:
        with ZipFile(place) as archive:
            refuse_joined(archive, place, shown)
            refuse_bomb(archive.infolist(), place, shown, LARGEST)
            _Workbook(archive, shown).refuse_large()
    except FAILURES:
        raise InputError(Problem(shown, DAMAGED, AGAIN)) from None


@dataclass(slots=True)
class _Sheet:
    """What is found in a part: where its cells and rows stand, and how many bytes of text between its tags."""

    rows: list[Numbers] = field(default_factory=list)
    cells: list[Numbers] = field(default_factory=list)  # row * MOST_COLUMNS + column, from 0
    count: int = 0  # of cells and rows
    height: int = 0
    width: int = 0
    text: int = 0
    has_strings: bool = False

    def add(self, rows: Numbers, at: Numbers, columns: Numbers) -> None:
        """Take rows, and cells by row and column, all numbered from 1."""
        if min(rows.min(initial=1), at.min(initial=1), columns.min(initial=1)) < 1:
            raise BadZipFile("a row or column of no number")
        self.height = max(self.height, int(rows.max(initial=0)), int(at.max(initial=0)))
        self.width = max(self.width, int(columns.max(initial=0)))
        self.count += rows.size + at.size
        self.rows.append(rows)
        self.cells.append((at - 1) * MOST_COLUMNS + columns - 1)

    @property
    def is_too_large(self) -> bool:
        """Tell whether there are more cells than can be read, in the rectangle around them or in all."""
        far = self.height > MOST_ROWS or self.width > MOST_COLUMNS or self.height * self.width > MOST_CELLS
        return far or self.count > MOST_CELLS + MOST_ROWS

    def twice(self) -> str:
        """Return the name of a cell or row that comes twice; empty if there is none."""
        cell, row = _twice(self.cells), _twice(self.rows)
        self.cells, self.rows = [], []
        if cell is not None:
            return f"cell {name_of(cell // MOST_COLUMNS + 1, cell % MOST_COLUMNS + 1)}"
        return "" if row is None else f"row {row}"


@dataclass(frozen=True, slots=True)
class _Workbook:
    archive: ZipFile
    shown: str

    def refuse_large(self) -> None:
        """Raise :class:`InputError` if a sheet, or the text of its cells, is too large, or a cell comes twice."""
        sheets: list[tuple[ZipInfo, _Sheet]] = []
        strings = np.zeros(0, np.int64)  # the length of each text that cells share
        for entry in self.archive.infolist():
            sheet = self._sheet(entry, plain_places) or self._sheet(entry, Walk().places) or _Sheet()
            if twice := sheet.twice():
                self._refuse(f"has {twice} twice", AGAIN)
            if sheet.has_strings:
                strings = _longer(strings, string_lengths(_pieces(self.archive, entry), MOST_CELLS))
            if sheet.count:
                sheets.append((entry, sheet))
            elif not sheet.has_strings and entry.file_size > LARGEST_OTHER:
                self._refuse(f"has a part of {entry.file_size >> 20:,} MiB that is no sheet", AS_CSV)
        for entry, sheet in sheets:
            self._refuse_long(entry, sheet, strings)

    def _sheet(self, entry: ZipInfo, places: Callable[[bytes], Places | None]) -> _Sheet | None:
        """Return what a part holds, or nothing if its cells are not written as this reads them."""
        sheet = _Sheet()
        for piece in _pieces(self.archive, entry):
            if (found := places(piece)) is None:
                return None
            sheet.add(*found)
            sheet.text += len(piece) - SHORTEST_TAG * piece.count(b"<")
            sheet.has_strings = sheet.has_strings or has_strings(piece)
            if sheet.is_too_large:
                what = f"has a sheet of {sheet.height:,} rows and {sheet.width:,} columns, more than can be read"
                self._refuse(what, SMALLER)
        return sheet

    def _refuse_long(self, entry: ZipInfo, sheet: _Sheet, strings: Numbers) -> None:
        room = MOST_TEXT - CELL * (sheet.height * sheet.width + strings.size) - int(strings.sum()) - sheet.text
        if sheet.count * int(strings.max(initial=0)) > room >= 0:
            room -= sum(values_size(piece, strings) for piece in _pieces(self.archive, entry))
        if room < 0:
            self._refuse(f"has a sheet of more cells and text than can be read ({MOST_TEXT >> 20} MiB)", AS_CSV)

    def _refuse(self, what: str, hint: str) -> NoReturn:
        raise InputError(Problem(self.shown, what, hint))


def _twice(found: list[Numbers]) -> int | None:
    """Return a number that comes twice, or nothing."""
    numbers = np.concatenate([np.zeros(0, np.int64), *found])
    if (np.diff(numbers) > 0).all():
        return None
    numbers.sort()
    again = numbers[1:][np.diff(numbers) == 0]
    return int(again[0]) if again.size else None


def _longer(one: Numbers, other: Numbers) -> Numbers:
    """Return the larger of each two lengths: which part the library takes texts from is not ours to guess."""
    size = max(one.size, other.size)
    return np.maximum(np.pad(one, (0, size - one.size)), np.pad(other, (0, size - other.size)))


def _pieces(archive: ZipFile, entry: ZipInfo) -> Iterator[bytes]:
    """Yield a part in pieces that end before a tag, so that none is cut."""
    carry = b""
    for block in member_blocks(archive, entry):
        data = carry + block
        end = data.rfind(b"<")
        if len(data) - end > LONGEST_TEXT:
            raise BadZipFile(entry.filename)
        yield data[: max(end, 0)]
        carry = data[max(end, 0) :]
    yield carry
