"""The plan as a workbook: the sheets Plan (one row per device), Steps (each step once) and About (what it rests on).

Every cell is a text, so that no name is run as a formula, followed as a link or read as a number. Rows are written as
they come; memory does not grow with them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, time
from itertools import chain, islice
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO, Final

from checker.model.result import Result
from checker.reporters import plan_table as table
from checker.reporters.wording import visible

# Rows that a sheet may have below its header, and characters that a cell may hold (in UTF-16, as Excel counts): "Excel
# specifications and limits", support.microsoft.com, 1,048,576 rows and 32,767 characters.
MOST_ROWS: Final = 1_048_575
MOST_CHARACTERS: Final = 32_767

# Titles with the widths of their columns, in characters.
PLAN: Final = {
    "device id": 42,
    "device name": 32,
    "wave": 16,
    "tool": 16,
    "readiness": 16,
    "simulated": 11,
    "route": 22,
    "path": 22,
    "next steps": 70,
    "verification": 16,
    "verify": 50,
}
STEPS: Final = {"step": 28, "what": 50, "how": 80, "commands": 60, "query": 60, "sources": 60}
ABOUT: Final = {"about": 16, "is": 120}

# NOTE: without use_zip64 a sheet above 4 GiB would be an error; smaller files are the same with and without.
_OPTIONS: Final = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "use_zip64": True,
}


def write(result: Result, stream: BinaryIO) -> None:
    """Write the workbook; the same result gives the same bytes, since the file is dated by the as-of day."""
    from xlsxwriter import Workbook  # imported here: only who writes a workbook pays for it
    from xlsxwriter.exceptions import FileCreateError

    with TemporaryDirectory(prefix="mde-readiness-") as folder, _lent(stream) as target:
        book = Workbook(target, {**_OPTIONS, "tmpdir": folder})
        book.set_properties({"title": "Plan", "created": datetime.combine(result.summary.as_of, time.min)})
        formats = _Formats(book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"}))
        for name, rows in _sheets(_plan_rows(result)):
            _fill(book.add_worksheet(name), PLAN, rows, formats)
        _fill(book.add_worksheet("Steps"), STEPS, _step_rows(result), formats)
        _fill(book.add_worksheet("About"), ABOUT, _about_rows(result), formats)
        try:
            book.close()
        except FileCreateError as error:  # the library's own wrapping of what the operating system refused
            raise error.args[0] from error


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


@dataclass(frozen=True, slots=True)
class _Formats:
    """How the header and the cells below it look; XlsxWriter is untyped."""

    head: Any
    body: Any


def _sheets(rows: Iterator[Sequence[str]]) -> Iterator[tuple[str, Iterator[Sequence[str]]]]:
    """Yield the sheets Plan, Plan 2, … with their rows until none is left; Plan is there without any, too."""
    yield "Plan", islice(rows, MOST_ROWS)
    number = 1
    while (first := next(rows, None)) is not None:
        number += 1
        yield f"Plan {number}", chain([first], islice(rows, MOST_ROWS - 1))


def _fill(sheet: Any, columns: Mapping[str, int], rows: Iterable[Sequence[str]], formats: _Formats) -> None:  # noqa: ANN401
    """Write a sheet with a header that stays in sight and can be filtered by."""
    for place, (title, width) in enumerate(columns.items()):
        sheet.set_column(place, place, width, formats.body)
        sheet.write_string(0, place, title, formats.head)
    last = 0
    for last, row in enumerate(rows, start=1):
        for place, text in enumerate(row):
            if text:
                sheet.write_string(last, place, cell(text))
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, last, len(columns) - 1)


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


def _plan_rows(result: Result) -> Iterator[Sequence[str]]:
    titles = table.once_for_each_list(table.titles, table.steps_of(result))
    for device in table.devices(result):
        yield (
            visible(device["device_id"]),
            visible(device["device_name"]),
            visible(device["wave"]),
            visible(device["tool"]),
            device["readiness"],
            "yes" if device["simulated"] else "no",
            visible(device["route"]),
            visible(device["path"]),
            titles(device["next_steps"]),
            device["verification"],
            titles(device["verify"]),
        )


def _step_rows(result: Result) -> Iterator[Sequence[str]]:
    for step in result.steps:
        yield (
            visible(step.id),
            visible(step.title),
            "\n".join(table.details(step)),
            table.copyable(table.commands([step])),
            table.copyable(step.query),
            table.sources([step]),
        )


def _about_rows(result: Result) -> Iterator[Sequence[str]]:
    for word, text in table.provenance(result.summary):
        yield visible(word), visible(text)
