"""Reads JSON lines that are all of one shape by the block, where it is proven that each has the same keys once.

The library that decodes them lets a key that comes twice go by, and one that nobody asked for. So the keys are counted:
if every object of a block has each of the keys that it must have, and the block has no more keys than that makes, then
none comes twice, there is no other, and there is one object a line.
"""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from checker.inventory.json_values import DEEPEST, SIDECAR, STREAMED, is_own, is_whole, leaves, text_of, twice
from checker.inventory.table import RawTable

if TYPE_CHECKING:
    from msgspec.json import Decoder

QUOTE, COLON, LINE_FEED, RETURN, SPACE, OPENS, CLOSES = b'":\n\r {}'
STRIDE = 1 << 18  # bytes compared at a time: they and the results stay in the processor's cache
MOST_KEYS = 1000  # of a shape; records with more are read one by one


@cache
def _decoder() -> "Decoder[Any]":
    import msgspec

    return msgspec.json.Decoder(float_hook=str)


def quick(text: str) -> dict[str, Any] | None:
    """Return the object that a text is, as the strict decoder does; None if it may not be one, or is of another kind.

    Numbers with a fraction are texts. Half a surrogate pair, and what is no JSON, are left to the strict decoder.
    """
    try:
        value = _decoder().decode(text)
        keys = _keys(value) if isinstance(value, dict) else -1
    except (ValueError, RecursionError):
        return None
    if keys < 0 or keys != text.count('":') - text.count('\\":') or '\\\\":' in text:
        return None
    return None if any(f'"{space}' in text for space in " \t\r") else value


def _keys(value: Any) -> int:  # noqa: ANN401 - any JSON
    """Return how many keys a value has with all inside it; raise ``ValueError`` if two differ only in case."""
    if isinstance(value, dict):
        if twice(tuple(value)):
            raise ValueError
        return len(value) + sum(_keys(inner) for inner in value.values() if isinstance(inner, (dict, list)))
    return sum(_keys(inner) for inner in value if isinstance(inner, (dict, list)))


@dataclass(frozen=True, slots=True)
class Regular:
    """Records of one shape, on lines that follow one another."""

    shape: "Shape"
    objects: list[Any]
    row: int
    line: int

    @property
    def size(self) -> int:
        """How many records there are."""
        return len(self.objects)

    @property
    def titles(self) -> tuple[str, ...]:
        """The titles of every record."""
        return tuple(self.shape.titles)

    def table(self, unneeded: Set[str]) -> RawTable:
        """Return the texts of the records."""
        needed = {title: place for title, place in self.shape.titles.items() if title not in unneeded}
        columns = {title: _texts(list(map(attrgetter(place), self.objects))) for title, place in needed.items()}
        counted = np.arange(self.size, dtype=np.uint32)
        return RawTable(
            pl.DataFrame(columns or None, height=self.size),
            pl.Series("row", counted + np.uint32(self.row)),
            pl.Series("line", counted + np.uint32(self.line)),
        )


def _texts(values: list[Any]) -> pl.Series:
    try:
        return pl.Series(values, dtype=pl.String).fill_null("")
    except (TypeError, OverflowError):  # not only texts and nulls, or a number of many digits
        return pl.Series([text_of(value) for value in values], dtype=pl.String)


@dataclass(frozen=True, slots=True)
class Shape:
    """The keys that each of some records has: their number, and by dotted title where its value stands."""

    decoder: "Decoder[Any]"
    keys: int
    titles: Mapping[str, str]

    def regular(self, data: bytes, row: int, line: int) -> Regular | None:
        """Return the records of whole lines; None if it is not proven that each line is one of this shape."""
        lines = _lines_of_objects(data)
        if not lines or _count_keys(data) != lines * self.keys:
            return None
        try:
            objects = self.decoder.decode_lines(data)
        except (ValueError, RecursionError):
            return None
        return Regular(self, objects, row, line)


def _lines_of_objects(data: bytes) -> int:
    """Return the number of lines if each begins and ends an object; 0 if not.

    Between ``}`` and ``{`` an object always ends, for inside of one a comma would have to stand there.
    """
    text = np.frombuffer(data if data.endswith(b"\n") else data + b"\n", np.uint8)
    feeds = np.flatnonzero(text == LINE_FEED)
    if text[0] != OPENS or feeds[0] < 2:
        return 0
    before = text[feeds - 1]
    before = np.where(before == RETURN, text[feeds - 2], before)
    return feeds.size if (before == CLOSES).all() and (text[feeds[:-1] + 1] == OPENS).all() else 0


def _count_keys(data: bytes) -> int:
    """Return how many keys a text has at most; -1 if that cannot be told by the colons that follow a quote."""
    text = np.frombuffer(data, np.uint8)
    colons = 0
    for start in range(0, text.size - 1, STRIDE):
        quotes = text[start : start + STRIDE] == QUOTE
        following = text[start + 1 : start + STRIDE + 1]
        quotes = quotes[: following.size]
        colons += int(np.count_nonzero(quotes & (following == COLON)))
        if (quotes & (following <= SPACE)).any():
            return -1
    if b"\\" not in data:
        return colons
    return -1 if b'\\\\":' in data else colons - data.count(b'\\":')  # those in the text of JSON inside JSON


def shape_of(record: Mapping[str, Any], whole: Set[str] = frozenset()) -> Shape | None:
    """Return the shape of a record that was decoded; None if others of the same keys may have to be read otherwise.

    A record with an object that is one of the ``whole`` ones has none: the keys in it are not those of the next.
    """
    import msgspec

    streamed = STREAMED in record and "category" in record
    if not any(map(is_own, record)) or (streamed and not (isinstance(record[STREAMED], dict) and record[STREAMED])):
        return None  # a page of records perhaps, or a stream of something else
    if whole and any(
        isinstance(value, dict) and is_whole(title, whole) for title, value in leaves(record, whole=whole)
    ):
        return None
    titles: dict[str, str] = {}
    try:
        keys, kind = _struct(record, titles, "", None if streamed else "")
    except (_UnfitError, ValueError):  # msgspec refuses keys with a quote, a backslash or a control character
        return None
    return Shape(msgspec.json.Decoder(kind, float_hook=str), keys, titles)


class _UnfitError(Exception):
    """A record whose texts stand where its keys alone do not tell."""


def _struct(record: Mapping[str, Any], titles: dict[str, str], place: str, prefix: str | None) -> tuple[int, Any]:
    """Return how many keys an object and those in it have, and the type of objects that have these keys.

    ``titles`` learns where in it each title's value stands; without a ``prefix`` the object is no part of the record.
    """
    import msgspec

    count, fields, renamed = len(record), [], {}
    for number, (key, value) in enumerate(record.items()):
        name = f"f{number}"
        is_part = prefix is not None and SIDECAR not in key
        kind: Any = Any
        if isinstance(value, dict) and value:
            if prefix is not None and prefix.count(".") >= DEEPEST:
                raise _UnfitError
            is_stream = prefix is None and not place and key == STREAMED
            inner = f"{prefix}{key}." if is_part else "" if is_stream else None
            more, kind = _struct(value, titles, f"{place}{name}.", inner)
            count += more
        elif is_part:
            if f"{prefix}{key}" in titles:
                raise _UnfitError
            titles[f"{prefix}{key}"] = place + name
        fields.append((name, kind))
        renamed[name] = key
    if count > MOST_KEYS:
        raise _UnfitError
    return count, msgspec.defstruct("Shaped", fields, rename=renamed, gc=False)
