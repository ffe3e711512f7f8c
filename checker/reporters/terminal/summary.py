"""The summary that a person reads: plain text for a pipe, colour and bars for a terminal, both from the same sections.

Every name is visible text by the time it gets here, and nothing is read as markup. Colour is never the only sign: each
row that means something has a sign and says it in words, too.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from checker.model.result import Summary
from checker.reporters.terminal.lines import WHOLE, Shown, sections
from checker.reporters.terminal.parts import Mark, Row, Section

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
_FOLDED: Final = 12  # least width of a last column that is folded
_CLIPPED: Final = 8  # a column that may be cut is still worth its room; below that it is left out
_ROOMY: Final = 40  # a last column that has this much room lets the headings before it stand on one line


def render_plain(summary: Summary, shown: Shown = WHOLE) -> str:
    """Return the summary as text without colour, in columns, each line ended by a newline."""
    blocks = ["\n".join(_plain_lines(section)) for section in sections(summary, shown)]
    return "\n\n".join(blocks) + "\n"


def print_rich(summary: Summary, console: "Console", shown: Shown = WHOLE) -> None:
    """Print the summary on a terminal; narrow ones fold long cells instead of cutting them."""
    for number, section in enumerate(sections(summary, shown)):
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


def _widths(section: Section, *, folded: bool = False) -> list[int]:
    """Return how wide the columns are, with their headings on one line or on two."""
    headings = [_folded_length(name) if folded else len(name) for name in _headings(section)]
    columns = zip(*(row.cells for row in section.rows), strict=True)
    return [max(heading, *map(len, column)) for heading, column in zip(headings, columns, strict=True)]


def _folded_length(heading: str) -> int:
    words = heading.split()
    pairs = (max(len(" ".join(words[:place])), len(" ".join(words[place:]))) for place in range(len(words)))
    return min(pairs, default=0)


def _grid(section: Section, console: "Console") -> "RenderableType":
    """Return a table, or one line of text for each row where the terminal is too narrow: no number is ever cut.

    Before that headings are folded; then the last column is, or where it may be it is cut, and left out.
    """
    for folded in (False, True):
        *fixed, last = _widths(section, folded=folded)
        room = console.width - sum(width + _GAP for width in (1, *fixed)) - _GAP
        if room >= min(last, _ROOMY):
            break
    if section.clip and -_GAP <= room < min(last, _CLIPPED):
        return _table(_without_last(section), console, widths=fixed, room=fixed[-1])
    if room < min(last, _CLIPPED if section.clip else _FOLDED):
        return _text("\n".join(_row_line(section, row, console) for row in section.rows), "")
    return _table(section, console, widths=[*fixed, min(last, room)], room=room)


def _without_last(section: Section) -> Section:
    rows = tuple(replace(row, cells=row.cells[:-1]) for row in section.rows)
    return replace(section, headings=section.headings[:-1], rows=rows)


def _row_line(section: Section, row: Row, console: "Console") -> str:
    """Return a row as words; what may be cut, and then ends in an ellipsis, is left out of them."""
    pairs = list(zip(_headings(section), row.cells, strict=True))[: -1 if section.clip else None]
    return f"{_sign(row, console)} {', '.join(f'{heading} {cell}'.strip() for heading, cell in pairs if cell)}"


def _table(section: Section, console: "Console", *, widths: Sequence[int], room: int) -> "Table":
    """Return a table with columns of these widths, of which the last has room for bars beside it, or has not."""
    from rich.table import Table  # imported here: only a terminal pays for it

    more = "..." if console.options.ascii_only else "…"
    bars = any(row.part for row in section.rows) and room - widths[-1] >= _BAR + _GAP
    table = Table(box=None, padding=(0, _GAP, 0, 0), header_style="dim")
    table.add_column("", width=1)
    for place, (heading, name) in enumerate(zip(section.headings, _headings(section), strict=True)):
        if bars and place == len(section.headings) - 1:
            table.add_column("", width=_BAR)
        table.add_column(name, justify="right" if heading.endswith(">") else "left", width=widths[place])
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
