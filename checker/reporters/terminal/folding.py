"""Folds lines to the width of a terminal, so that bars, columns and words stay whole."""

from textwrap import wrap
from typing import Final

HANG: Final = 4  # spaces by which the other lines stand further in, where nothing else is said
_LEAST: Final = 24  # characters that every line has for its words, however narrow the terminal


def folded(line: str, width: int, hang: int = 0) -> list[str]:
    """Return a line on as many as it needs to be no longer than ``width``; 0 does not fold.

    The others begin below the character ``hang`` of the first, or a little further in than it. No word is broken up,
    so that ids, paths and addresses can be copied; one that is longer than a line stands on a line of its own.
    """
    if not width or len(line) <= width:
        return [line]
    text = line.lstrip(" ")
    lead = len(line) - len(text)
    further = min(hang or lead + HANG, max(width - _LEAST, 0))
    return wrap(
        text,
        width,
        initial_indent=" " * lead,
        subsequent_indent=" " * further,
        break_long_words=False,
        break_on_hyphens=False,
    )
