"""Reads workbooks back, as a script would."""

from io import BytesIO

import openpyxl
from openpyxl.utils.escape import unescape
from openpyxl.worksheet.worksheet import Worksheet

from checker.model.result import Result
from checker.reporters.kinds import Write

from .plans import written

Cell = str | int | None


def sheets(content: bytes) -> dict[str, Worksheet]:
    """Return the sheets of a workbook by name, in order."""
    return {sheet.title: sheet for sheet in openpyxl.load_workbook(BytesIO(content)).worksheets}


def sheets_of(write: Write, result: Result) -> dict[str, Worksheet]:
    """Return the sheets that a report writes."""
    return sheets(written(write, result))


def table(found: dict[str, Worksheet], name: str) -> list[dict[str, Cell]]:
    """Return the rows of a table by the titles of its columns, from all of its sheets; empty cells are None."""
    rows: list[dict[str, Cell]] = []
    for title, sheet in found.items():
        if title == name or title.startswith(f"{name} "):
            head, *below = sheet.iter_rows(values_only=True)
            rows += [dict(zip(map(str, head), map(_cell, line), strict=True)) for line in below]
    return rows


def _cell(value: object) -> Cell:
    assert value is None or isinstance(value, str | int), value
    return unescape(value) if isinstance(value, str) else value
