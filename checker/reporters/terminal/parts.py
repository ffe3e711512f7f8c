"""What the summary is made of: sections of lines and grids, whose rows mean something."""

from dataclasses import dataclass
from enum import StrEnum


class Mark(StrEnum):
    """What a row means; colour and sign only repeat what its words say."""

    GOOD = "good"
    BAD = "bad"
    OPEN = "open"
    DONE = "done"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class Row:
    """Cells of a grid, and what they mean; ``part`` of the whole, where a bar can show it."""

    cells: tuple[str, ...]
    mark: Mark = Mark.PLAIN
    part: float | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A title, sentences and a grid with its headings; a heading that ends with ``>`` has numbers below it.

    Only the last column of a grid may be long.
    """

    title: str
    lines: tuple[Row, ...] = ()
    headings: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    clip: bool = False  # the last column is cut where it does not fit; the reports have it whole
