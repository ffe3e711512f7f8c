"""Workbooks for every report that is one: sheets that can be filtered, on which a text is a text and a number a number.

No name is run as a formula, followed as a link or read as a number. Rows are written as they come, so that memory does
not grow with them; what a sheet cannot hold goes on to further ones. The same rows give the same bytes.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import chain, islice
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO, Final

Cell = str | int | None
Row = Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Titles:
    """A row that says what stands below each of its cells."""

    cells: Row


# Rows that a sheet may have below its header, and characters that a cell may hold (in UTF-16, as Excel counts): "Excel
# specifications and limits", support.microsoft.com, 1,048,576 rows and 32,767 characters.
MOST_ROWS: Final = 1_048_575
MOST_CHARACTERS: Final = 32_767

# NOTE: without use_zip64 a sheet above 4 GiB would be an error; smaller files are the same with and without.
_OPTIONS: Final = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "use_zip64": True,
}
_HEADING: Final = {"bold": True, "font_size": 14}
_HEAD: Final = {"bold": True, "bg_color": "#E7ECF3", "bottom": 1}
_BODY: Final = {"text_wrap": True, "valign": "top"}


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook that is being written; XlsxWriter is untyped."""

    _book: Any
    _heading: Any  # how a heading of a page looks
    _head: Any  # how titles of columns look
    _body: Any  # how the cells below look

    def table(self, name: str, columns: Mapping[str, int], rows: Iterable[Row], *, wrapped: bool = True) -> None:
        """Add a sheet with a header that stays in sight and can be filtered by, and as many further ones as it takes.

        Args:
            name: of the first sheet; the others are ``name 2``, ``name 3`` …
            columns: titles, with the widths of their columns in characters.
            rows: cells in the order of the columns, ready to be shown (:func:`checker.reporters.wording.visible`).
            wrapped: long texts go on below each other; without, rows are one line high.
        """
        for title, some in _sheets(name, iter(rows)):
            sheet = self._sheet(title, columns.values(), wrapped=wrapped)
            _write_row(sheet, 0, tuple(columns), self._head)
            last = 0
            for last, row in enumerate(some, start=1):
                _write_row(sheet, last, row)
            sheet.freeze_panes(1, 0)
            sheet.autofilter(0, 0, last, len(columns) - 1)

    def page(self, name: str, widths: Sequence[int], rows: Iterable[Row | Titles | str]) -> None:
        """Add a sheet to be read from top to bottom; a row that is a text is a heading of what follows."""
        sheet = self._sheet(name, widths, wrapped=False)
        for number, row in enumerate(rows):
            if isinstance(row, str):
                sheet.write_string(number, 0, cell(row), self._heading)
            elif isinstance(row, Titles):
                _write_row(sheet, number, row.cells, self._head)
            else:
                _write_row(sheet, number, row)

    def _sheet(self, name: str, widths: Iterable[int], *, wrapped: bool) -> Any:  # noqa: ANN401
        sheet = self._book.add_worksheet(name)
        for place, width in enumerate(widths):
            sheet.set_column(place, place, width, self._body if wrapped else None)
        return sheet


@contextmanager
def workbook(stream: BinaryIO, title: str, as_of: date) -> Iterator[Book]:
    """Lend a workbook that is written to the stream at the end, dated by the as-of day.

    Raises:
        OSError: what the operating system refused.
    """
    from xlsxwriter import Workbook  # imported here: only who writes a workbook pays for it
    from xlsxwriter.exceptions import FileCreateError

    with TemporaryDirectory(prefix="mde-readiness-") as folder, _lent(stream) as target:
        book = Workbook(target, {**_OPTIONS, "tmpdir": folder})
        book.set_properties({"title": title, "created": datetime.combine(as_of, time.min)})
        yield Book(book, *map(book.add_format, (_HEADING, _HEAD, _BODY)))
        try:
            book.close()
        except FileCreateError as error:  # the library's own wrapping of what the operating system refused
            raise error.args[0] from error


def sheets_of(name: str, rows: int) -> tuple[str, ...]:
    """Return the names of the sheets that a table of so many rows takes."""
    return (name, *(f"{name} {number}" for number in range(2, -(-rows // MOST_ROWS) + 1)))


def cell(text: str) -> str:
    """Return a text as a cell can hold it: cut to what Excel takes, the last character then an ellipsis."""
    # NOTE: in constant memory XlsxWriter 3.3 takes a text between these tags for rich text of its own and writes it
    # unescaped, so that a device of such a name could write any cell. The cut comes after: the library has one, too.
    if text.startswith("<r>") and text.endswith("</r>"):
        text += " "
    if len(text) <= MOST_CHARACTERS // 2:
        return text
    units = text.encode("utf-16-le")
    if len(units) <= 2 * MOST_CHARACTERS:
        return text
    return f"{units[: 2 * (MOST_CHARACTERS - 1)].decode('utf-16-le', 'ignore')}…"


def _sheets(name: str, rows: Iterator[Row]) -> Iterator[tuple[str, Iterator[Row]]]:
    """Yield the sheets with their rows until none is left; the first is there without any, too."""
    yield name, islice(rows, MOST_ROWS)
    number = 1
    while (first := next(rows, None)) is not None:
        number += 1
        yield f"{name} {number}", chain([first], islice(rows, MOST_ROWS - 1))


def _write_row(sheet: Any, number: int, row: Row, look: Any = None) -> None:  # noqa: ANN401
    for place, value in enumerate(row):
        if isinstance(value, str):
            if value:
                sheet.write_string(number, place, cell(value), look)
        elif value is not None:
            sheet.write_number(number, place, value, look)


@contextmanager
def _lent(stream: BinaryIO) -> Iterator["_Lent"]:
    lent = _Lent(stream)
    try:
        yield lent
    finally:
        lent.over = True


class _Lent:
    """A stream for a while: the archive that XlsxWriter leaves open on an error ends itself later, into nothing."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._place = stream.tell()  # the archive reckons with it to its end
        self.over = False

    def tell(self) -> int:
        return self._place

    def seek(self, offset: int) -> int:
        self._place = offset if self.over else self._stream.seek(offset)
        return self._place

    def write(self, content: bytes) -> int:
        written = len(content) if self.over else self._stream.write(content)
        self._place += written
        return written

    def flush(self) -> None:
        if not self.over:
            self._stream.flush()
