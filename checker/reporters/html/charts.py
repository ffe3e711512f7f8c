"""Where the parts of a bar begin and how wide they are: geometry only, in per cent of the width there is.

Bars are drawn as inline SVG, so that they print without background colours; each readiness has a pattern besides its
colour, and the numbers stand beside every bar.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from checker.reporters.breakdown import READINESS

# A part that is there must be seen, and one device of a million would be thinner than any screen's dot.
LEAST: Final = 0.6


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a bar."""

    name: str
    x: str  # per cent, with two decimals
    width: str
    number: int


def segments(counts: Mapping[str, int]) -> tuple[Segment, ...]:
    """Return the parts of a stacked bar in the order of READINESS; nothing for what is not there.

    Parts thinner than LEAST are widened to it, at the cost of the wider ones.
    """
    there = [(name, counts[name]) for name in READINESS if counts.get(name)]
    total = sum(number for _, number in there)
    if not total:
        return ()
    widths = [max(LEAST, 100 * number / total) for _, number in there]
    scale = 100 / sum(widths)
    found = []
    x = 0.0
    for (name, number), wide in zip(there, widths, strict=True):
        found.append(Segment(name, f"{x:.2f}", f"{wide * scale:.2f}", number))
        x += wide * scale
    return tuple(found)


def width(number: int, most: int) -> str:
    """Return how long a single bar is whose longest is 100 per cent wide; seen if there is anything at all."""
    if not number or not most:
        return "0"
    return f"{max(LEAST, 100 * number / most):.2f}"
