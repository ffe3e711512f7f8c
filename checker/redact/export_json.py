"""A JSON export with pseudonyms: every text and number in its place, spaces, order and escapes of the rest as they are.

A value goes by its title, as the reader makes it: the keys on the way from the record to it, joined by dots. What is no
part of a record (the page around it, the envelope of a stream) is replaced unless it is one of a few known words.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from checker.inventory.json_values import LISTS, OF_A_PAGE, SIDECAR, STREAMED
from checker.inventory.mapping import title_key
from checker.redact.cells import Cells

TOKEN: Final = re.compile(r'\s+|[{}\[\],:]|"(?:[^"\\]|\\.)*"|[^\s{}\[\],:"]+', re.DOTALL)
NUMBER: Final = re.compile(r"-?[0-9][0-9.eE+-]*")
KEY: Final = re.compile(r"[A-Za-z_$@][\w$@. ()\[\]-]{0,80}")
TYPE: Final = re.compile(r"#[A-Za-z0-9.()]{1,60}|https://(?:api\.security|graph)\.microsoft\.com/[\w./$#]{0,120}")
MARKS: Final = frozenset("{}[],:")
WORDS: Final = frozenset(("true", "false", "null"))


@dataclass(slots=True)
class _Level:
    """An object or an array that is open: its last key, and whether it has keys of a record's own."""

    is_object: bool
    key: str = ""
    own: bool = False
    awaits_key: bool = field(init=False)

    def __post_init__(self) -> None:
        self.awaits_key = self.is_object


def rewritten_json(text: str, cells: Cells) -> Iterator[str]:
    """Yield a JSON text that the reader has read whole, token by token."""
    levels: list[_Level] = []
    for match in TOKEN.finditer(text):
        found = match[0]
        if found in MARKS or found.isspace():
            _follow(found, levels)
            yield found
        elif levels and levels[-1].awaits_key:
            yield _key(found, levels, cells)
        else:
            yield _scalar(found, _title(levels, cells), cells)


def rewritten_value(text: str, cells: Cells, title: str) -> str:
    """Return the JSON in a cell of a column, its values by the titles below the column's; of none a neutral text."""
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return cells.neutral(text)
    around = f'{{"{title}":{text}}}'
    return "".join(rewritten_json(around, cells))[len(title) + 4 : -1]


def _follow(mark: str, levels: list[_Level]) -> None:
    """Note what a bracket opens or closes, and that a comma in an object calls for the next key."""
    if mark in "{[":
        levels.append(_Level(mark == "{"))
    elif mark in "}]":
        levels.pop()
    elif mark == "," and levels:
        levels[-1].awaits_key = levels[-1].is_object


def _key(spelled: str, levels: list[_Level], cells: Cells) -> str:
    key = str(json.loads(spelled))
    level = levels[-1]
    level.key, level.awaits_key = key, False
    level.own = level.own or not (key.casefold() in OF_A_PAGE or key.casefold().startswith(("@odata.", "odata.")))
    return spelled if KEY.fullmatch(key) else json.dumps(cells.names.label("key", key))


def _title(levels: list[_Level], cells: Cells) -> str | None:
    """Return the title under which a value stands in its record; None outside of records."""
    inner = list(levels)
    while inner and not inner[0].is_object:
        inner.pop(0)
    first = inner[0] if inner else None
    if first and not first.own and first.key.casefold() in LISTS and len(inner) > 1 and not inner[1].is_object:
        inner = inner[2:]  # a page, and its list
    elif first and not first.own:
        return None
    if inner and inner[0].key == STREAMED and len(inner) > 1 and not cells.nested(STREAMED):
        inner = inner[1:]
    keys = [level.key for level in inner if level.is_object]
    return ".".join(keys) if keys else None


def _scalar(spelled: str, title: str | None, cells: Cells) -> str:
    if spelled in WORDS:
        return spelled
    if NUMBER.fullmatch(spelled):
        return cells.number(title or "", spelled)
    text = str(json.loads(spelled))
    if SIDECAR in (title or SIDECAR) and (TYPE.fullmatch(text) or title_key(text) in cells.product.titles):
        return spelled
    if title and text.lstrip().startswith("{") and cells.nested(title):  # JSON written as a text
        new = rewritten_value(text, cells, title)
    else:
        new = cells.neutral(text) if title is None else cells.new(title, text)
    return spelled if new == text else json.dumps(new, ensure_ascii=spelled.isascii())
