"""A CSV export with pseudonyms: each cell in its place, with its quotes, and every defect that can be kept.

The cells are found as strict readers of CSV find them: a quote that opens a field opens it until it is closed, one
inside a field is text. A record of too few or too many fields stays one, but nobody knows of which column its cells
are, so that none of them stays; but of a product with ragged rows the reader tells whether they stand right.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Final

from checker.errors import InputError, Problem
from checker.inventory.binding import bind
from checker.inventory.csv_files import Layout
from checker.inventory.csv_ragged import checks, of_length
from checker.redact.cells import REMEMBERED, Cells, Replace
from checker.redact.export_json import rewritten_value

QUOTE: Final = '"'
AFTER_A_QUOTE: Final = "x"  # in place of text that stands after a closing quote


@dataclass(frozen=True, slots=True)
class Row:
    """A record as it stands in the file: its fields with their quotes, and what ends its line."""

    fields: list[str]
    end: str


def rewritten_csv(lines: Iterator[str], layout: Layout, cells: Cells, path: str) -> Iterator[str]:
    """Yield the text of the export record by record, what stands before the first record as it is.

    Raises:
        InputError: a quote is never closed, so that nobody knows where the cells after it begin.
    """
    yield from islice(lines, layout.lines)
    columns = [_column(title, cells, layout.delimiter) for title in layout.titles]
    titles = [*layout.titles]
    unknown = _column("", cells, layout.delimiter)
    by_title = checks(cells.product, bind(cells.product, layout.titles, None), layout.titles)
    check = {place: by_title[title] for place, title in enumerate(layout.titles) if title in by_title}
    for row in _rows(lines, layout, path):
        inside = [*map(_inside, row.fields)]
        if inside in ([""], titles):  # titles come again where the outputs of several runs stand in one file
            yield layout.delimiter.join(row.fields) + row.end
            continue
        placed = len(row.fields) == len(columns) or of_length(inside, len(columns), check)
        known = columns if placed and not any(map(_is_odd, row.fields)) else []
        of_field = [*known, *[unknown] * len(row.fields)][: len(row.fields)]
        yield layout.delimiter.join([new(field) for new, field in zip(of_field, row.fields, strict=True)]) + row.end


def _rows(lines: Iterator[str], layout: Layout, path: str) -> Iterator[Row]:
    mark = re.escape(layout.delimiter)
    quoted = re.compile(rf'"[^"]*(?:""[^"]*)*"(?!")[^{mark}\r\n]*')
    plain = re.compile(rf"[^{mark}\r\n]*")
    for number, line in enumerate(lines, start=layout.lines + 1):
        if QUOTE not in line:
            record = line.rstrip("\r\n")
            yield Row(record.split(layout.delimiter), line[len(record) :])
            continue
        text, fields, place = line, [], 0
        while True:
            match = (quoted if text.startswith(QUOTE, place) else plain).match(text, place)
            if match is None:  # the field goes on
                text += _next(lines, f"{path}:{number}")
                continue
            fields.append(match[0])
            place = match.end()
            if not text.startswith(layout.delimiter, place):
                break
            place += len(layout.delimiter)
        yield Row(fields, text[place:])


def _next(lines: Iterator[str], where: str) -> str:
    """Return the next line of a record whose quote is open."""
    line = next(lines, None)
    if line is None:
        what = "a quote that opens in this record is never closed: nobody can tell names from other text after it"
        raise InputError(Problem(where, what, "repair the record, or cut the file before it"))
    return line


def _inside(field: str) -> str:
    return field[1:-1].replace(QUOTE * 2, QUOTE) if field.startswith(QUOTE) else field


def _is_odd(field: str) -> bool:
    """Tell whether text stands after a closing quote."""
    return field.startswith(QUOTE) and not field.endswith(QUOTE)


def _column(title: str, cells: Cells, delimiter: str) -> Replace:
    """Return the function that gives the new text of a column's fields, quotes included; no title tells nothing."""
    nested = bool(title) and cells.nested(title)

    def cell(text: str) -> str:
        if nested and text.lstrip().startswith("{"):
            return rewritten_value(text, cells, title)
        return cells.new(title, text) if title else cells.neutral(text)

    @lru_cache(REMEMBERED)
    def new(field: str) -> str:
        if field.startswith(QUOTE):
            end = field.rindex(QUOTE)
            return _quoted(cell(field[1:end].replace(QUOTE * 2, QUOTE))) + (AFTER_A_QUOTE if field[end + 1 :] else "")
        text = cell(field)
        if any(mark in text for mark in (delimiter, "\n", "\r")):
            return _quoted(text)
        return text + QUOTE if QUOTE in field and QUOTE not in text else text  # a defect that others must see, too

    return new


def _quoted(text: str) -> str:
    return f'"{text.replace(QUOTE, QUOTE * 2)}"'
