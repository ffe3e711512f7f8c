"""Reads CSV record by record with the standard library, and words what is wrong with a record."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NoReturn

from checker.errors import InputError, Problem
from checker.inventory.csv_ragged import Check, of_length
from checker.inventory.secrets import of_row, outline
from checker.inventory.source import BLOCK, check_text
from checker.inventory.table import Faults

LONGEST_FIELD = BLOCK  # characters; longer ones are quotes that were never closed
LONGEST_RECORD = 4 * BLOCK  # characters or bytes; longer ones, or longer lines, would fill the memory (design choice)
Record = tuple[int, int, list[str | None]]


@dataclass(slots=True)
class Lines:
    """The physical lines of some blocks; remembers those of the record that is being read."""

    blocks: Iterator[bytes]
    number: int = 1  # of the line that comes next
    path: str = ""
    size: int = 0  # characters of the record so far
    record: list[str] = field(default_factory=list)
    _open: Iterator[str] = field(default_factory=lambda: iter(()))
    _carry: bytes = b""

    def __iter__(self) -> "Lines":
        return self

    def __next__(self) -> str:
        line = next(self._open, None)
        while line is None:
            self._open = io.StringIO(self._next_lines(), newline="")
            line = next(self._open, None)
        self.number += 1
        self.size += len(line)
        if self.size > LONGEST_RECORD:
            refuse_long(self.path, self.number - len(self.record) - 1)
        self.record.append(line)
        return line

    def begin(self) -> None:
        """Forget the lines of the record before."""
        self.record.clear()
        self.size = 0

    def _next_lines(self) -> str:
        block = next(self.blocks, None)
        if block is None and not self._carry:
            raise StopIteration
        data = self._carry + (block or b"")
        end = data.rfind(b"\n") + 1 if block is not None else len(data)
        self._carry = data[end:]
        if len(self._carry) > LONGEST_RECORD:
            refuse_long(self.path, self.number + data.count(b"\n"))
        check_text(data[:end], self.number)
        return data[:end].decode()


def refuse_long(path: str, line: int) -> NoReturn:
    """Raise the error of a record that is longer than any, which begins on a line."""
    what = f"begins a record of more than {LONGEST_RECORD >> 20} MiB: the file is no export, or damaged"
    raise InputError(Problem(f"{path}:{line}", what, "export it again"))


def read_strict(
    lines: Lines, delimiter: str, fields: int, row: int, faults: Faults, check: Mapping[int, Check]
) -> Iterator[Record]:
    """Yield row, line and fields of every sound record, the first being number ``row``; give ``faults`` the others.

    A line without anything is no record. A quote that is never closed hides where the records after it begin, so that
    the file is refused whole, whatever is to be done with bad records. ``check`` tells by
    place what must stand in a row that is longer or shorter than the header, and is read all the same; empty: none is.
    """
    csv.field_size_limit(LONGEST_FIELD)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        lines.begin()
        first = lines.number
        try:
            record = next(reader, None)
        except csv.Error as error:
            faults.add(row, first, _reason(error, lines, first, faults.path), outline("".join(lines.record)))
            row += 1
            continue
        if record is None:
            return
        if not record:
            continue
        if len(record) == fields:
            yield row, first, [*record]
            row += 1
            continue
        _refuse_if_cut_off(lines, len(record), fields, faults.path)
        if (whole := of_length(record, fields, check)) is not None:
            faults.ragged += 1
            yield row, first, whole
        else:
            few = "too few" if len(record) < fields else "too many"
            what = f"has {len(record)} fields, {few}: the header has {fields}"
            faults.add(row, first, what, of_row(record, delimiter))
        row += 1


def _refuse_if_cut_off(lines: Lines, found: int, fields: int, path: str) -> None:
    """A last record without the end of its line and with too few fields is what is left of a file that was cut off."""
    if found < fields and not lines.record[-1].endswith(("\n", "\r")):
        what = f"is cut off: its last record has {found} of {fields} fields and no end of line"
        raise InputError(Problem(f"{path}:{lines.number - 1}", what, "export it again"))


def _reason(error: csv.Error, lines: Lines, first: int, path: str) -> str:
    """Return what is wrong with a record: in strict mode, a quote that is never closed or one that closes too early."""
    if "expected after" not in str(error):
        raise InputError(
            Problem(
                f"{path}:{first}",
                "a quote that opens in this record is never closed: the file was cut off or is damaged",
                "export it again",
            )
        ) from None
    last = lines.number - 1
    where = "" if last == first else f" (the quoted field goes on to line {last})"
    return f"has text after a closing quote{where}: quotes inside a field must be doubled"
