"""Reads JSON that has one object, or one page of them, a line: regular lines by the block, others one by one."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NoReturn

from checker.errors import InputError, Problem
from checker.inventory.json_shape import Regular, Shape, quick, shape_of
from checker.inventory.json_values import (
    DECODER,
    LONGEST,
    SURROGATE,
    Fault,
    Record,
    TwiceError,
    is_cut,
    next_link,
    reason,
    shown,
    sound,
    total,
    unwrapped,
)
from checker.inventory.source import check_text
from checker.inventory.table import Faults


@dataclass(frozen=True, slots=True)
class Piece:
    """Some whole lines of a file, the first of which is number ``line``; ``last`` if no line with anything follows."""

    data: bytes
    line: int
    last: bool


def pieces(blocks: Iterator[bytes], path: str) -> Iterator[Piece]:
    """Yield the lines of a text that comes in blocks.

    Raises:
        InputError: for a line longer than ``LONGEST`` bytes.
        DamagedTextError: where the bytes are not UTF-8.
    """
    held, line = b"", 1
    for lines, number in _whole_lines(blocks, path):
        check_text(lines, number)
        if lines and not lines.isspace():
            if held:
                yield Piece(held, line, last=False)
            held, line = lines, number
    yield Piece(held.rstrip(), line, last=True)


def _whole_lines(blocks: Iterator[bytes], path: str) -> Iterator[tuple[bytes, int]]:
    """Yield the blocks cut after line feeds, and the number of the first line of each."""
    carry, line = [b""], 1
    for block in blocks:
        end = block.rfind(b"\n") + 1
        if end:
            lines = b"".join((*carry, block[:end]))
            yield lines, line
            line += lines.count(b"\n")
        carry = [block[end:]] if end else [*carry, block]
        if sum(map(len, carry)) > LONGEST:
            what = f"has a line longer than {LONGEST >> 20} MiB"
            hint = "the file is damaged, or no list of records: export it again"
            raise InputError(Problem(f"{path}:{line}", what, hint))
    yield b"".join(carry), line


@dataclass(slots=True)
class Lines:
    """The lines of a file as they are read: how many records there were, and the link to a next page seen last."""

    faults: Faults
    fast: bool = True  # without it every line is read strictly: both ways give the same
    whole: frozenset[str] = frozenset()  # folded titles of objects that stay one text
    records: int = 0
    next_link: str = ""
    total: int = 0  # of records, as the pages count them
    _shape: Shape | None = None
    _line: int = 1

    def read(self, found: Iterator[Piece]) -> Iterator[Regular | list[Record]]:
        """Yield the records of the pieces.

        Raises:
            InputError: where the last line is cut off, or pages are lacking.
        """
        for piece in found:
            regular = self._regular(piece) if self.fast else None
            if regular:
                self.records += len(regular.objects)
                self._line = piece.line + len(regular.objects) - 1
                yield regular
            elif records := list(self._one_by_one(piece)):
                yield records
        if self.next_link:
            self._refuse("is incomplete: its last page links to a next page that is not in the file")
        if self.total > self.records:
            self._refuse(f"is incomplete: it holds {self.records:,} records of {self.total:,} that it counts")

    def _regular(self, piece: Piece) -> Regular | None:
        """Return the records of a piece in which each line is one of the same shape; None if they are not."""
        regular = self._shape and self._shape.regular(piece.data, self.records + 1, piece.line)
        if regular:
            return regular
        record = quick(piece.data.split(b"\n", 1)[0].decode())
        shape = shape_of(record, self.whole) if record else None
        if shape and (not self._shape or shape.titles != self._shape.titles):
            self._shape = shape
            return shape.regular(piece.data, self.records + 1, piece.line)
        return None

    def _one_by_one(self, piece: Piece) -> Iterator[Record]:
        lines = piece.data.decode().split("\n")
        for self._line, line in enumerate(lines, start=piece.line):
            text = line.strip().rstrip(",")
            if not line.strip():
                continue
            last = piece.last and self._line == piece.line + len(lines) - 1
            doubtful = "\\u" in text and SURROGATE.search(text) is not None
            for item in self._items(text, last):
                self.records += 1
                record = sound(item, doubtful)
                if isinstance(record, Fault):
                    self.faults.add(self.records, self._line, record.reason, shown(record.text, self.faults.known))
                else:
                    yield self.records, self._line, record

    def _items(self, text: str, last: bool) -> list[Any]:
        """Return what a line holds: the records of a page, or else one value."""
        value: Any = quick(text) if self.fast else None
        if value is None:
            try:
                value, end = DECODER.raw_decode(text)
                if end < len(text):
                    raise json.JSONDecodeError("Text after the object", text, end)
            except (ValueError, RecursionError) as error:
                if last and is_cut(text, error):
                    self._refuse("is cut off in this line")
                why = reason(error, self.faults.known)
                return [Fault(why if isinstance(error, TwiceError) else f"is no JSON: {why}", text)]
        records = unwrapped(value)
        if records is None:
            return [value]
        self.next_link, self.total = next_link(value), max(self.total, total(value))
        return records

    def _refuse(self, what: str) -> NoReturn:
        where = f"{self.faults.path}:{self._line}"
        raise InputError([*self.faults.problems, Problem(where, what, "export it again, whole")])
