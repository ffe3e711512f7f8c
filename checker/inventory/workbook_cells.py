"""Finds in the XML of a sheet where cells stand, as the library that reads it will, and how long their texts are."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]

MOST_COLUMNS: Final = 16_384  # of a sheet, by the specification of Excel
WIDEST: Final = 10  # characters of a place as nearly every program writes it: XFD1048576
_PREFIX: Final = rb"(?:[^\s<>/:\"']++:)?"
_BEGINS: Final = re.compile(rb"<" + _PREFIX + rb"(?:c|row)[\s/>]")
_PLAIN_REST: Final = rb'(?: (?!r=)[a-zA-Z0-9:]++="[^"<>]*+")*+ ?/?>'
_PLAIN_CELL: Final = re.compile(rb'<(?:x:)?c r="([A-Z]{1,3}[0-9]{1,7})"' + _PLAIN_REST)
_PLAIN_ROW: Final = re.compile(rb'<(?:x:)?row r="([0-9]{1,7})"' + _PLAIN_REST)
_ATTRIBUTES: Final = rb"(?:\s++(?!r\s*+=)[^\s=<>\"'/]++\s*+=\s*+(?:\"[^\"<]*+\"|'[^'<]*+'))*+"
_PLACE: Final = rb"(?:\s++r\s*+=\s*+(?:\"([A-Za-z]*+[0-9]++)\"|'([A-Za-z]*+[0-9]++)'))?+"
_TAG: Final = re.compile(
    rb"<" + _PREFIX + rb"(c|row)(?=[\s/>])" + _ATTRIBUTES + _PLACE + _ATTRIBUTES + rb"\s*+(/?)>"
    rb"|<(/)" + _PREFIX + rb"row\s*+>"
)
_STRING: Final = re.compile(rb"<(/?)" + _PREFIX + rb"si([\s/>])")
_VALUE_BEGINS: Final = re.compile(rb"<" + _PREFIX + rb"v[\s/>]")
_VALUE: Final = re.compile(rb"<" + _PREFIX + rb"v>([^<&]*+)</")


def plain_places(piece: bytes) -> tuple[Numbers, Numbers, Numbers] | None:
    """Return rows, and by cell its row and its column, if each tells its place first; else nothing."""
    cells, rows = _PLAIN_CELL.findall(piece), _PLAIN_ROW.findall(piece)
    if len(cells) + len(rows) != len(_BEGINS.findall(piece)):
        return None
    letters = np.array(cells, dtype=f"S{WIDEST}").view(np.uint8).reshape(-1, WIDEST).astype(np.int64)
    at, columns = np.zeros(len(cells), np.int64), np.zeros(len(cells), np.int64)
    for place in range(WIDEST):
        letter = letters[:, place]
        columns = np.where(letter >= ord("A"), columns * 26 + letter - 64, columns)
        at = np.where((letter > 0) & (letter < ord("A")), at * 10 + letter - 48, at)
    return np.array(rows, dtype="S7").astype(np.int64), at, columns


@dataclass(slots=True)
class Walk:
    """Goes through a sheet tag by tag: a row or cell that tells no place follows the one before it."""

    row: int = 1
    column: int = 1

    def places(self, piece: bytes) -> tuple[Numbers, Numbers, Numbers]:
        """Return rows, and by cell its row and its column; raise ``BadZipFile`` for a tag that is none."""
        rows: list[int] = []
        at: list[int] = []
        columns: list[int] = []
        tags = _TAG.findall(piece)
        for kind, double, single, closed, end in tags:
            place = double or single
            if kind == b"row":
                self.row = int(place[:WIDEST]) if place else self.row
                rows.append(self.row)
            elif kind:
                row, self.column = _numbers(place) if place else (self.row, self.column)
                at.append(row)
                columns.append(self.column)
                self.column += 1
            if end or (closed and kind == b"row"):
                self.row, self.column = self.row + 1, 1
        if len(rows) + len(at) != len(_BEGINS.findall(piece)):
            raise BadZipFile("a tag without end")
        return np.array(rows, np.int64), np.array(at, np.int64), np.array(columns, np.int64)


def _numbers(place: bytes) -> tuple[int, int]:
    """Return row and column of a place, both from 1; those of more digits or letters than Excel has are far, too."""
    digits = place.lstrip(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
    column = 0
    for letter in place[: len(place) - len(digits)][:5].upper():
        column = column * 26 + letter - 64
    return int(digits[:WIDEST]), column


def name_of(row: int, column: int) -> str:
    """Return a place as Excel calls it: B3."""
    letters = ""
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(65 + letter) + letters
    return f"{letters}{row}"


def has_strings(piece: bytes) -> bool:
    """Tell whether texts that cells share may begin in a piece."""
    return b"<si" in piece or b":si" in piece


def string_lengths(pieces: Iterable[bytes], most: int) -> Numbers:
    """Return how many bytes each text takes that cells share, its marks counted: all the longest if that is doubtful.

    Raises:
        BadZipFile: there are more than ``most``.
    """
    found: list[Numbers] = []
    size = count = 0
    doubtful, opened = False, False
    for piece in pieces:
        starts = []
        for mark in _STRING.finditer(piece):
            opens = not mark[1]
            doubtful = doubtful or opens == opened or mark[2] == b"/"
            opened = opens
            if opens:
                starts.append(size + mark.start())
        doubtful = doubtful or b"<!" in piece
        size, count = size + len(piece), count + len(starts)
        if count > most:
            raise BadZipFile("more texts than cells")
        found.append(np.array(starts, np.int64))
    lengths = np.diff(np.concatenate([*found, np.array([size], np.int64)]))
    return np.full_like(lengths, lengths.max()) if doubtful and lengths.size else lengths


def values_size(piece: bytes, lengths: Numbers) -> int:
    """Return how many bytes the shared texts of cells take at most: a whole number is taken for the place of one."""
    values = _VALUE.findall(piece)
    doubtful = len(_VALUE_BEGINS.findall(piece)) - len(values)
    places = np.array([int(value) for value in (text.strip().lstrip(b"+") for text in values) if value.isdigit()], "O")
    inside = places[places < lengths.size].astype(np.int64)
    return int(lengths[inside].sum()) + doubtful * int(lengths.max(initial=0))
