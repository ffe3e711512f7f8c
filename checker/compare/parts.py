"""What a comparison says, in parts that become plain text or Markdown alike; nothing from a file acts in either."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from checker.reporters.wording import visible

_CUT = 500  # characters of anything that a file says


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


def text(parts: Sequence[Part]) -> str:
    """Return the parts as plain text in columns, each line ended by a newline."""
    return "\n\n".join("\n".join(_text_lines(part)) for part in parts) + "\n"


def markdown(parts: Sequence[Part]) -> str:
    """Return the parts as GitHub-flavoured Markdown; what files say stands in code spans, where nothing is markup."""
    return "\n\n".join("\n".join(_markdown_lines(part)) for part in parts) + "\n"


def _text_lines(part: Part) -> Iterator[str]:
    indent = "  " if part.title else ""
    if part.title:
        yield part.title
    if part.rows:
        right = [heading.endswith(">") for heading in part.headings]
        grid = [[heading.removesuffix(">") for heading in part.headings]]
        grid += [[visible(cell, _CUT) for cell in row] for row in part.rows]
        widths = [max(map(len, column)) for column in zip(*grid, strict=True)]
        for row in grid:
            cells = zip(row, widths, right, strict=True)
            placed = (cell.rjust(width) if end else cell.ljust(width) for cell, width, end in cells)
            yield f"  {'  '.join(placed)}".rstrip()
    for line in part.lines:
        yield indent + _shown(line)
    for item in part.items:
        yield indent + _shown(item.head)
        width = max((len(label) for label, _ in item.under), default=0)
        for label, said in item.under:
            yield f"{indent}    {label.ljust(width)}  {visible(said, _CUT)}"


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
