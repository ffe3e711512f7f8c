"""Finds the records in the JSON that APIs, scripts and streams write, one after the other."""

import json
import re
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NoReturn

from checker.errors import InputError, Problem
from checker.inventory.table import Faults

Record = tuple[int, int, dict[str, Any]]  # row, line, and the object

LISTS = ("value", "values", "results", "result", "data")  # keys of an API's list of records, folded for case
NEXT_LINKS = ("@odata.nextlink", "odata.nextlink", "nextlink")
SIDECAR = "@odata."  # keys about another key ("Rank@odata.type"), not facts of the record
STREAMED = "properties"  # where a streaming export keeps the record, beside the name of its table
LIST_OF_RECORDS = re.compile(r"\[\s*[{\]]")
ONE_A_LINE = re.compile(r"\s*\{[^\n]*\}\s*\n\s*\{")
BETWEEN = re.compile(r"[\s,]*")
SPACE = re.compile(r"\s*")
CUT_WORD = re.compile(r"[\w.+-]{0,24}\s*")  # the beginning of a number, or of true, false or null, at the end of a file
DEEPEST = 20  # of nested objects; exports nest three deep
SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")  # half a letter, which may lack its other half
HALF = re.compile("[\ud800-\udfff]")
OF_A_PAGE = (*LISTS, *NEXT_LINKS, "count", "total", "totalcount", "stats", "schema", "quota")  # and those of OData


def read_document(text: str, faults: Faults) -> Iterator[Record]:
    """Yield the records of a text; raise :class:`InputError` where it is cut off, lacks pages, or is no JSON.

    Where each record has a line of its own, one that is no JSON is given to ``faults`` and the next one is read.
    """
    document = _Document(text, faults)
    values = document.lines() if ONE_A_LINE.match(text) else document.values()
    doubtful = SURROGATE.search(text) is not None
    for number, (place, item) in enumerate(values, start=1):
        line = document.line(place)
        halved = doubtful and HALF.search(_shown(item, ascii_only=False))
        value = _Fault("has half of a surrogate pair", json.dumps(item)) if halved else item
        if isinstance(value, _Fault):
            faults.add(number, line, value.reason, value.text)
        elif isinstance(value, dict):
            yield number, line, _streamed(value)
        else:
            faults.add(number, line, "is no JSON object", _shown(value))
    if document.next_link:
        document.refuse(len(text), "is incomplete: its last page links to a next page that is not in the file")


def _shown(value: Any, *, ascii_only: bool = True) -> str:  # noqa: ANN401 - any JSON
    try:
        return json.dumps(value, ensure_ascii=ascii_only)
    except (TypeError, RecursionError):
        return "(nested too deeply)"


def flat(record: Mapping[str, Any], unneeded: Set[str] = frozenset()) -> dict[str, str]:
    """Return a record's texts by dotted title, without the titles that nobody needs.

    An array is JSON, null and {} are blank, the rest is as it is written.
    """
    texts: dict[str, str] = {}
    _flatten(record, "", texts, unneeded)
    return texts


def _flatten(record: Mapping[str, Any], prefix: str, texts: dict[str, str], unneeded: Set[str]) -> None:
    for key, value in record.items():
        title = prefix + key
        if title in unneeded or SIDECAR in key:
            continue
        if isinstance(value, str):
            texts[title] = value
        elif value is None or value == {}:
            texts[title] = ""
        elif isinstance(value, dict) and prefix.count(".") < DEEPEST:
            _flatten(value, title + ".", texts, unneeded)
        else:
            texts[title] = _text(value)


def _text(value: Any) -> str:  # noqa: ANN401 - any JSON
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else json.dumps(value, ensure_ascii=False)


def _streamed(record: dict[str, Any]) -> dict[str, Any]:
    inner = record.get(STREAMED)
    return inner if isinstance(inner, dict) and "category" in record else record


@dataclass(frozen=True, slots=True)
class _Fault:
    """A record that cannot be read."""

    reason: str
    text: str


def _no_constant(text: str) -> NoReturn:
    raise ValueError(text)


class _TwiceError(ValueError):
    """An object has a key twice, so that one of its values would be lost."""


@lru_cache(maxsize=1024)
def _twice(keys: tuple[str, ...]) -> str:
    """Return the first key that comes again, be it in other case, or an empty text."""
    seen: set[str] = set()
    for key in keys:
        if key.casefold() in seen:
            return key
        seen.add(key.casefold())
    return ""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if key := _twice(tuple(key for key, _ in pairs)):
        raise _TwiceError(key)
    return dict(pairs)


DECODER = json.JSONDecoder(parse_float=str, parse_constant=_no_constant, object_pairs_hook=_object)
LENIENT = json.JSONDecoder(parse_float=str, parse_constant=_no_constant)  # finds the end of a faulty record


@dataclass(slots=True)
class _Document:
    """A text that is walked through once: the place, the line it is on, and the link to a next page seen last."""

    text: str
    faults: Faults
    place: int = 0
    next_link: str = ""
    _line: int = 1
    _counted: int = 0

    def line(self, place: int) -> int:
        """Return the line of a place that is not before the one asked for last."""
        self._line += self.text.count("\n", self._counted, place)
        self._counted = max(place, self._counted)
        return self._line

    def values(self) -> Iterator[tuple[int, Any]]:
        """Yield the records of arrays, pages and objects that follow one another."""
        while (start := self._skip(BETWEEN)) < len(self.text):
            if self.text[start] == "[":
                yield from self._array()
            elif self.text[start] == "{":
                yield from self._page()
            else:
                self.refuse(start, "is no JSON from here on")

    def lines(self) -> Iterator[tuple[int, Any]]:
        """Yield the records of a text that has one object, or one page, a line."""
        last = len(self.text.rstrip())
        while (start := self._skip(SPACE)) < last:
            end = self.text.find("\n", start)
            end = last if end < 0 else end
            line = self.text[start:end].rstrip().rstrip(",")
            try:
                value, stop = DECODER.raw_decode(line)
                if stop < len(line):
                    raise json.JSONDecodeError("Text after the object", line, stop)
            except (ValueError, RecursionError) as error:
                if end >= last and _is_cut(line, error):
                    self.refuse(start, "is cut off in this line")
                reason = _reason(error)
                yield start, _Fault(reason if isinstance(error, _TwiceError) else f"is no JSON: {reason}", line)
            else:
                yield from ((start, item) for item in self._unwrapped(value))
            self.place = end

    def _array(self) -> Iterator[tuple[int, Any]]:
        self.place += 1
        while (start := self._skip(BETWEEN)) < len(self.text):
            if self.text[start] == "]":
                self.place += 1
                return
            yield from ((start, item) for item in self._unwrapped(self._decode()))
        self.refuse(start, "is cut off: its list of records has no end")

    def _page(self) -> Iterator[tuple[int, Any]]:
        """Yield the records of the list in an object, or else the object itself."""
        start, records = self.place, 0
        members: list[tuple[str, Any]] = []
        self.place += 1
        while (key_place := self._skip(BETWEEN)) < len(self.text):
            if self.text[key_place] == "}":
                self.place += 1
                break
            key = self._decode()
            self._skip(SPACE)
            if not isinstance(key, str) or self.text[self.place : self.place + 1] != ":":
                self._refuse_here(key_place)
            self.place += 1
            self._skip(SPACE)
            listing = key.casefold() in LISTS and LIST_OF_RECORDS.match(self.text, self.place)
            if listing and not any(_is_own(key) for key, _ in members):
                for item in self._array():
                    records += 1
                    yield item
                members.append((key, []))
            else:
                members.append((key, self._decode()))
        else:
            self.refuse(start, "is cut off: the object that begins here has no end")
        yield from self._of_page(start, members, records)

    def _unwrapped(self, value: Any) -> Iterator[Any]:  # noqa: ANN401 - any JSON
        """Yield the records of a page that was decoded whole, or the value itself."""
        if isinstance(value, dict):
            lists = [inner for key, inner in value.items() if isinstance(inner, list) and key.casefold() in LISTS]
            if (
                len(lists) == 1
                and not any(map(_is_own, value))
                and all(isinstance(item, (dict, _Fault)) for item in lists[0])
            ):
                self._note_link(value)
                yield from lists[0]
                return
        yield value

    def _of_page(self, start: int, members: list[tuple[str, Any]], records: int) -> Iterator[tuple[int, Any]]:
        """Yield what an object is besides the records of its lists: nothing if it is a page, or else a record."""
        if (own := [key for key, _ in members if _is_own(key)]) and records:
            self.refuse(start, f"has a list of records beside '{own[0]}', which is no key of a page")
        twice = _twice(tuple(key for key, _ in members))
        if twice and records:
            self.refuse(start, f"has the key '{twice}' twice")
        if twice:
            yield start, _Fault(f"has the key '{twice}' twice", self.text[start : self.place])
        elif own or not any(key.casefold() in LISTS and value == [] for key, value in members):
            yield start, dict(members)
        else:
            self._note_link(dict(members))

    def _note_link(self, page: Mapping[str, Any]) -> None:
        links = [value for key, value in page.items() if key.casefold() in NEXT_LINKS]
        self.next_link = str(links[0] or "") if links else ""

    def _skip(self, what: re.Pattern[str]) -> int:
        match = what.match(self.text, self.place)
        self.place = match.end() if match else self.place
        return self.place

    def _decode(self) -> Any:  # noqa: ANN401 - any JSON
        start = self.place
        try:
            try:
                value, self.place = DECODER.raw_decode(self.text, start)
            except _TwiceError as error:
                page, self.place = LENIENT.raw_decode(self.text, start)
                if next(self._unwrapped(page), page) is not page:
                    self.refuse(start, _reason(error))  # one fault would hide the other records of the page
                value = _Fault(_reason(error), self.text[start : self.place])
        except (ValueError, RecursionError) as error:
            place = error.pos if isinstance(error, json.JSONDecodeError) else self.place
            if _is_cut(self.text, error):
                self.refuse(self.place, "is cut off: the record that begins here has no end")
            self.refuse(place, f"is no JSON from here on: {_reason(error)}")
        return value

    def _refuse_here(self, place: int) -> NoReturn:
        if self.place >= len(self.text):
            self.refuse(place, "is cut off after this")
        self.refuse(self.place, "is no JSON from here on: a key needs a colon")

    def refuse(self, place: int, what: str) -> NoReturn:
        """Raise the error that the file cannot be read whole, naming the line of a place."""
        line = self.text.count("\n", 0, place) + 1
        raise InputError([*self.faults.problems, Problem(f"{self.faults.path}:{line}", what, "export it again, whole")])


def _is_own(key: str) -> bool:
    """Tell whether a key is one of a record's own, not one of a page of records."""
    folded = key.casefold()
    return folded not in OF_A_PAGE and not folded.startswith(("@odata.", "odata."))


def _is_cut(text: str, error: Exception) -> bool:
    """Tell whether decoding failed because the text ends: within a string, a word, or between two of them."""
    if not isinstance(error, json.JSONDecodeError):
        return False
    return error.msg.startswith("Unterminated string") or CUT_WORD.fullmatch(text, error.pos) is not None


def _reason(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg[0].lower()}{error.msg[1:]}"
    if isinstance(error, _TwiceError):
        return f"has the key '{error}' twice"
    return "nested too deeply" if isinstance(error, RecursionError) else f"{error} is no value"
