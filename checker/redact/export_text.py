"""What ``mdatp health`` prints, with pseudonyms: keys and columns as they stand, values replaced."""

import re
from collections.abc import Iterator
from typing import Final

from checker.inventory.key_value import MANAGED, PAIR
from checker.redact.cells import Cells

_PAIR: Final = re.compile(r"(?P<before>[A-Za-z][\w.]*\s*:\s*)(?P<value>.*)")


def rewritten_text(text: str, cells: Cells) -> Iterator[str]:
    """Yield the lines of the text; a line that is no pair stays one that is none, and says nothing any more."""
    lines = text.splitlines(keepends=True)
    place = 0
    while place < len(lines):
        line, end = _split(lines[place])
        place += 1
        match = _PAIR.fullmatch(line.rstrip()) if PAIR.match(line.rstrip()) else None
        if match is None:
            yield (
                f"{'  ' if line[:1].isspace() else ''}{cells.names.label('text', line)}" if line.strip() else line
            ) + end
            continue
        value = match["value"]
        while place < len(lines) and _goes_on(lines[place]):
            more, end = _split(lines[place])
            value += more.strip()
            place += 1
        yield f"{match['before']}{_value(match['before'].partition(':')[0].strip(), value, cells)}{end}"


def _split(line: str) -> tuple[str, str]:
    """Return a line and what ends it."""
    text = line.rstrip("\r\n")
    return text, line[len(text) :]


def _goes_on(line: str) -> bool:
    return line[:1].isspace() and bool(line.strip()) and not PAIR.match(line.rstrip())


def _value(key: str, value: str, cells: Cells) -> str:
    plain = value.removesuffix(MANAGED).rstrip() if value.endswith(MANAGED) else value
    tail = value[len(plain) :]
    quoted = len(plain) > 1 and plain[0] == plain[-1] == '"'
    new = cells.new(key, plain[1:-1] if quoted else plain)
    return (f'"{new}"' if quoted else new) + tail
