"""The summary that a person reads: plain text for a pipe, colour and bars for a terminal, both from the same sections.

Every name is visible text by the time it gets here, and nothing is read as markup. Colour is never the only sign: each
row that means something has a sign and says it in words, too.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from checker.model.result import Summary
from checker.reporters.summary_lines import sections
from checker.reporters.summary_parts import Mark, Row, Section

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.table import Table
    from rich.text import Text

_STYLES: Final = {Mark.GOOD: "green", Mark.BAD: "red", Mark.OPEN: "yellow", Mark.DONE: "cyan", Mark.PLAIN: ""}
_SIGNS: Final = {Mark.GOOD: "✔", Mark.BAD: "✘", Mark.OPEN: "?", Mark.DONE: "●", Mark.PLAIN: " "}
_ASCII_SIGNS: Final = {Mark.GOOD: "+", Mark.BAD: "x", Mark.OPEN: "?", Mark.DONE: "o", Mark.PLAIN: " "}
_BAR: Final = 24  # characters of a bar that shows the whole
_HALF: Final = 0.5
_GAP: Final = 2  # characters between columns
_FOLDED: Final = 20  # least width of a last column that is folded
_CLIPPED: Final = 16  # a column that may be cut is still worth its room


def render_plain(summary: Summary) -> str:
    """Return the summary as text without colour, in columns, each line ended by a newline."""
    blocks = ["\n".join(_plain_lines(section)) for section in sections(summary)]
    return "\n\n".join(blocks) + "\n"


def print_rich(summary: Summary, console: "Console") -> None:
    """Print the summary on a terminal; narrow ones fold long cells instead of cutting them."""
    for number, section in enumerate(sections(summary)):
        if number:
            console.print()
        if section.title:
            console.print(_text(section.title, "bold"))
        if section.rows:
            console.print(_grid(section, console))
        for line in section.lines:
            console.print(_line(line, console))


def _plain_lines(section: Section) -> Iterator[str]:
    if section.title:
        yield section.title
    if section.rows:
        yield from _plain_grid(section)
    indent = "  " if section.title else ""
    for line in section.lines:
        yield f"{indent}{line.cells[0]}"


def _plain_grid(section: Section) -> Iterator[str]:
    widths = _widths(section)
    right = [heading.endswith(">") for heading in section.headings]
    for cells in (_headings(section), *(row.cells for row in section.rows)):
        columns = zip(cells, widths, right, strict=True)
        yield f"  {'  '.join(cell.rjust(width) if end else cell.ljust(width) for cell, width, end in columns)}".rstrip()


def _headings(section: Section) -> tuple[str, ...]:
    return tuple(heading.removesuffix(">") for heading in section.headings)


def _widths(section: Section) -> list[int]:
    columns = zip(_headings(section), *(row.cells for row in section.rows), strict=True)
    return [max(map(len, column)) for column in columns]


def _grid(section: Section, console: "Console") -> "RenderableType":
    """Return a table, or one line of text for each row where the terminal is too narrow: no number is ever cut."""
    *fixed, last = _widths(section)
    room = console.width - sum(width + _GAP for width in (1, *fixed)) - _GAP
    if room < min(last, _CLIPPED if section.clip else _FOLDED):
        return _text("\n".join(_row_line(section, row, console) for row in section.rows), "")
    bars = any(row.part for row in section.rows) and room - last >= _BAR + _GAP
    return _table(section, console, bars=bars, room=room)


def _row_line(section: Section, row: Row, console: "Console") -> str:
    named = [f"{heading} {cell}".strip() for heading, cell in zip(_headings(section), row.cells, strict=True) if cell]
    return f"{_sign(row, console)} {', '.join(named)}"


def _table(section: Section, console: "Console", *, bars: bool, room: int) -> "Table":
    from rich.table import Table  # imported here: only a terminal pays for it

    more = "..." if console.options.ascii_only else "…"
    table = Table(box=None, padding=(0, _GAP, 0, 0), header_style="dim")
    table.add_column("")
    for heading, name in zip(section.headings, _headings(section), strict=True):
        if bars and heading is section.headings[-1]:
            table.add_column("", width=_BAR)
        right = heading.endswith(">")
        table.add_column(name, justify="right" if right else "left", no_wrap=heading is not section.headings[-1])
    for row in section.rows:
        style = _STYLES[row.mark]
        *cells, last = row.cells
        styled = [_text(cell, "" if column else style) for column, cell in enumerate(cells)]
        bar = [_text(_bar(row.part, console), style)] if bars else []
        shown = last if not section.clip or len(last) <= room else last[: room - len(more)].rstrip("… ") + more
        table.add_row(_text(_sign(row, console), style), *styled, *bar, _text(shown, ""))
    return table


def _line(row: Row, console: "Console") -> "Text":
    sign = _sign(row, console)
    return _text(row.cells[0] if row.mark is Mark.PLAIN else f"{sign} {row.cells[0]}", _STYLES[row.mark])


def _sign(row: Row, console: "Console") -> str:
    return (_ASCII_SIGNS if console.options.ascii_only else _SIGNS)[row.mark]


def _bar(part: float | None, console: "Console") -> str:
    """Return a bar as long as the part; whatever is not none of it shows at least half a block."""
    if not part:
        return ""
    if console.options.ascii_only:
        return "#" * max(1, round(part * _BAR))
    blocks, rest = divmod(part * _BAR, 1)
    return "█" * int(blocks) + ("▌" if rest >= _HALF or not blocks else "")


def _text(text: str, style: str) -> "Text":
    """Return text that is shown as it is; rich would take square brackets in a plain string for its markup."""
    from rich.text import Text

    return Text(text, style=style, overflow="fold")
