"""Words, code, tables and fences of Markdown in which nothing of a name acts, in any forge or wiki.

A forge makes links of words after it has read the Markdown: ``@someone`` calls a person, ``#12`` and ``!12`` name an
issue, an address becomes a link. No escape of Markdown stops that; a code span does.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from checker.reporters.wording import visible

NAME_LENGTH: Final = 200  # characters of a name in a code span; what is longer only a hostile or broken file has

_ACTS: Final = re.compile(r"([\\`*_\[\]<>&|~$])")
_TICKS: Final = re.compile("`+")
# Words of which GitHub, GitLab or Azure DevOps make a link: a mention, an issue, a merge request, a label, an address.
_LINKED: Final = re.compile(r"[@#!&~%^$][\w\"{]|://|\bwww\.|\bgh-\d", re.IGNORECASE)
_ENDS: Final = ").,;:"  # what may stand after a word without acting
_WORD: Final = re.compile(r"[^\s|]+|\|")  # a bar stands alone: no code has one, wherever the prose may stand


def prose(text: str, limit: int = 0) -> str:
    """Return a text in which Markdown finds no markup and a forge no link: words that it would link become code.

    It may stand in a cell of a table, too.

    Args:
        text: any text.
        limit: cut longer text to this many characters; 0 does not cut.
    """
    return _WORD.sub(_word, visible(text, limit))


def _word(match: re.Match[str]) -> str:
    word = match.group()
    if not _LINKED.search(word):
        return _ACTS.sub(r"\\\1", word)
    bare = word.rstrip(_ENDS)  # the stop after an address is no part of it, nor of the code to be copied
    return code(bare) + word[len(bare) :] if _LINKED.search(bare) else code(word)


def code(text: str, limit: int = NAME_LENGTH) -> str:
    """Return a text as a code span, whatever backticks are in it; long ones are cut. In a table use ``cell``."""
    shown = visible(text, limit)
    ticks = "`" * (_longest_run(shown) + 1)
    padding = " " if shown.startswith(("`", " ")) or shown.endswith(("`", " ")) else ""
    return f"{ticks}{padding}{shown}{padding}{ticks}"


def cell(text: str, limit: int = NAME_LENGTH) -> str:
    r"""Return a text as a code span that ends no cell of a table; nothing for an empty text.

    NOTE: readers disagree on a bar after a backslash of the text, so that such a backslash is spelled ``\x5c``.
    """
    shown = re.sub(r"\\(?=\\*\|)", r"\\x5c", visible(text, limit)).replace("|", r"\|")
    return code(shown, 0) if shown.strip() else ""


def fenced(text: str, language: str = "") -> Iterator[str]:
    """Yield the lines of a fenced block that nothing in the text can close; tabs stay, to be copied."""
    fence = "`" * max(3, _longest_run(text) + 1)
    lines = ("\t".join(map(visible, line.split("\t"))) for line in text.split("\n"))
    yield from (f"{fence}{language}", *lines, fence)


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield a table; a heading that ends with ``>`` has numbers below it.

    Args:
        headings: words of ours.
        rows: numbers, prose, or cells of names.
    """
    yield f"| {' | '.join(heading.removesuffix('>') for heading in headings)} |"
    yield f"|{'|'.join('---:' if heading.endswith('>') else '---' for heading in headings)}|"
    yield from (f"| {' | '.join(row)} |" for row in rows)


def _longest_run(text: str) -> int:
    return max(map(len, _TICKS.findall(text)), default=0)
