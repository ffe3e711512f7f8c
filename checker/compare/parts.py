"""What a comparison says, in parts that become plain text or Markdown alike; nothing from a file acts in either."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Final

from checker.reporters.terminal.folding import folded
from checker.reporters.wording import visible

_CUT: Final = 500  # characters of anything that a file says
_GAP: Final = "  "  # between columns
_FOLDED: Final = 24  # least width of a last column that is folded
_NARROWEST: Final = 60  # a terminal that is narrower breaks lines where it likes


class Told(str):
    """Text from a file, shown to the letter; every other text of a part is in our own words."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that changed, and what is said of it: pairs of a label, which may be empty, and a text."""

    head: tuple[str, ...]
    under: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """A title, a grid, sentences and items, in this order; a heading that ends with ``>`` has numbers below it."""

    title: str
    lines: tuple[tuple[str, ...], ...] = ()
    headings: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    items: tuple[Item, ...] = ()


def text(parts: Sequence[Part], width: int = 0) -> str:
    """Return the parts as plain text in columns, each line ended by a newline.

    Lines are folded to ``width`` (60 at least); 0 is without limit. Of a grid that is too wide the last column is
    folded, and what then does not fit follows as a grid of its own, with the first column again.
    """
    room = max(width, _NARROWEST) if width else 0
    return "\n\n".join("\n".join(_text_lines(part, room)) for part in parts) + "\n"


def markdown(parts: Sequence[Part]) -> str:
    """Return the parts as GitHub-flavoured Markdown; what files say stands in code spans, where nothing is markup."""
    return "\n\n".join("\n".join(_markdown_lines(part)) for part in parts) + "\n"


def _text_lines(part: Part, room: int) -> Iterator[str]:
    indent = "  " if part.title else ""
    if part.title:
        yield from folded(part.title, room)
    if part.rows:
        yield from _grids(part, room)
    for line in part.lines:
        yield from folded(indent + _shown(line), room)
    for item in part.items:
        yield from folded(indent + _shown(item.head), room)
        width = max((len(label) for label, _ in item.under), default=0)
        for label, said in item.under:
            shown = visible(said, _CUT)
            before = f"{indent}    {label.ljust(width)}  "
            hang = len(before) + len(shown) - len(shown.lstrip(" "))
            yield from folded(before + shown, room, hang)


def _grids(part: Part, room: int) -> Iterator[str]:
    """Yield the lines of a grid, or of several that fit and have the first column in common."""
    right = [heading.endswith(">") for heading in part.headings]
    grid = [[heading.removesuffix(">") for heading in part.headings]]
    grid += [[visible(cell, _CUT) for cell in row] for row in part.rows]
    widths = [max(map(len, column)) for column in zip(*grid, strict=True)]
    least = [*widths[:-1], widths[-1] if right[-1] else min(widths[-1], _FOLDED)]
    for number, columns in enumerate(_blocks(least, room)):
        if number:
            yield ""
        used = sum(widths[column] for column in columns[:-1]) + len(_GAP) * len(columns)
        last = min(widths[columns[-1]], max(room - used, _FOLDED)) if room else widths[columns[-1]]
        sizes = [*(widths[column] for column in columns[:-1]), last]
        for row in grid:
            yield from _row([row[column] for column in columns], sizes, [right[column] for column in columns])


def _blocks(widths: Sequence[int], room: int) -> list[list[int]]:
    """Return which columns stand together: the first with as many of the others as fit."""
    first, *others = range(len(widths))
    blocks = [[first]]
    for column in others:
        used = sum(widths[each] for each in blocks[-1]) + len(_GAP) * (len(blocks[-1]) + 1)
        if room and len(blocks[-1]) > 1 and used + widths[column] > room:
            blocks.append([first])
        blocks[-1].append(column)
    return blocks


def _row(cells: Sequence[str], sizes: Sequence[int], right: Sequence[bool]) -> Iterator[str]:
    """Yield a row of a grid, its last cell folded."""
    *fixed, last = cells
    for number, piece in enumerate(wrap(last, sizes[-1], break_on_hyphens=False) or [""]):
        shown = [*(fixed if not number else [""] * len(fixed)), piece]
        placed = zip(shown, sizes, right, strict=True)
        yield (_GAP + _GAP.join(cell.rjust(size) if end else cell.ljust(size) for cell, size, end in placed)).rstrip()


def _shown(pieces: tuple[str, ...]) -> str:
    return "".join(visible(piece, _CUT) for piece in pieces)


def _markdown_lines(part: Part) -> Iterator[str]:
    if part.title:
        yield f"## {_span(part.title)}"
        yield ""
    if part.rows:
        right = [heading.endswith(">") for heading in part.headings]
        yield f"| {' | '.join(_span(heading.removesuffix('>')) for heading in part.headings)} |"
        yield f"| {' | '.join('---:' if end else '---' for end in right)} |"
        for row in part.rows:
            yield f"| {' | '.join(_span(cell).replace('|', chr(92) + '|') for cell in row)} |"
    if part.rows and (part.lines or part.items):
        yield ""
    for number, line in enumerate(part.lines):
        yield ("- " if len(part.lines) > 1 else "") + "".join(map(_span, line))
        if number == len(part.lines) - 1 and part.items:
            yield ""
    for item in part.items:
        yield f"- {''.join(map(_span, item.head))}"
        for label, said in item.under:
            yield f"  - {label}: {_span(said)}" if label else f"    - {_span(said)}"


def _span(piece: str) -> str:
    """Return a piece as Markdown: what a file says in a code span whose fence is longer than any within."""
    shown = visible(piece, _CUT)
    if not isinstance(piece, Told):
        return shown
    if not shown.strip():
        return "(blank)"
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", shown)), default=0))
    edge = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{fence}{edge}{shown}{edge}{fence}"
