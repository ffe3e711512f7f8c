"""Prints: what the stream cannot spell as escapes, and never in vain; tells how wide the terminal is."""

import errno
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOBase, TextIOWrapper

from checker.errors import OutputError, Problem

REFUSAL = "the output cannot be written: {}"
# The character that would complete a command: the second # of ##[ and ##vso[, the first : of a line with :: twice.
# GitHub's runner trims whatever Unicode takes for white space, no-break and ideographic spaces, too.
_COMMAND = re.compile(r"(?<=#)#(?=(?:vso)?\[)|^[^\S\n]*:(?=:[^\n]*::)", re.MULTILINE | re.IGNORECASE)


class Closed(TextIOBase):
    """What stands for a standard output that was closed before the run: nothing is written to it in vain."""

    encoding = "utf-8"

    def write(self, _text: str) -> int:
        """Refuse."""
        raise OSError(errno.EBADF, "standard output is closed")


def prepare_streams() -> None:
    r"""Let the standard streams spell ``\u2192`` where they have not the character; a closed output refuses."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    if sys.stdout is None:
        sys.stdout = Closed()


def harmless(text: str) -> str:
    r"""Return text of which no CI server takes a part for a command: a name may begin one, ``#\x23vso[``, ``\x3a:``.

    Azure's agent looks for ``##vso[`` and GitHub's runner for ``##[`` anywhere, the latter for ``::`` at the beginning
    of a line, too. They read every log, so that this holds wherever the text is printed.
    """
    return _COMMAND.sub(lambda match: f"{match[0][:-1]}\\x{ord(match[0][-1]):02x}", text)


def echo(text: str, encoding: str = "", refusal: str = REFUSAL, *, exact: bool = False) -> None:
    r"""Print text that ends its own lines, as every command does; in the stream's encoding if none is given.

    Names in inventories may hold lone surrogates, which no encoding has; in JSON they become JSON's own escapes. What
    is ``exact`` is for a program to read; all else is made ``harmless``.

    Raises:
        OutputError: if it cannot be written.
        BrokenPipeError: if nobody reads it any more.
    """
    text = text if exact else harmless(text)
    with printing(refusal):
        sys.stdout.flush()
        binary = getattr(sys.stdout, "buffer", None)
        if binary is None or not encoding:
            sys.stdout.write(text)
        else:
            binary.write(text.encode(encoding, "backslashreplace"))
        sys.stdout.flush()


@contextmanager
def printing(refusal: str = REFUSAL) -> Iterator[None]:
    """Say of an error of the operating system what it kept from being printed."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(Problem("", refusal.format(error.strerror or error))) from error


PIPED = 120  # characters of a line of prose where there is no terminal


def width() -> int:
    """Return how many characters a line may have on the terminal; 0, without limit, where there is none."""
    if sys.stdout is None or not sys.stdout.isatty():
        return 0
    return shutil.get_terminal_size().columns
