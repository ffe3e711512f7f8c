"""Finds the records of a JSON document, one after the other, holding no more of its text than one of them needs."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NoReturn

from checker.errors import InputError, Problem
from checker.inventory.json_values import (
    DECODER,
    LENIENT,
    LISTS,
    LONGEST,
    SURROGATE,
    Fault,
    Record,
    TwiceError,
    comes_twice,
    is_cut,
    is_known,
    is_own,
    next_link,
    reason,
    shown,
    sound,
    total,
    twice,
    unwrapped,
    written,
)
from checker.inventory.table import Faults

LIST_OF_RECORDS = re.compile(r"\[\s*[{\]]")
LIST_BEGINS = re.compile(r"\[\s*[^\s]|[^\[]")  # enough of a text to tell whether it is a list of records
BETWEEN = re.compile(r"[\s,]*")
SPACE = re.compile(r"\s*")
LONGEST_TOKEN = 12  # characters from where a half escape is noticed to its end


def read_document(blocks: Iterator[str], faults: Faults) -> Iterator[Record]:
    """Yield the records of a text that comes in blocks.

    Raises:
        InputError: where the text is cut off, is no JSON, lacks pages, or has a record longer than ``LONGEST``.
    """
    document, number = _Document(blocks, faults), 0
    for number, (line, item) in enumerate(document.values(), start=1):
        record = sound(item, document.doubtful)
        if isinstance(record, Fault):
            faults.add(number, line, record.reason, shown(record.text, faults.known))
        else:
            yield number, line, record
    if document.next_link:
        document.refuse("is incomplete: its last page links to a next page that is not in the file")
    if document.total > number:
        document.refuse(f"is incomplete: it holds {number:,} records of {document.total:,} that it counts")


@dataclass(slots=True)
class _Document:
    """A text that is walked through once: what is held of it, the place in that, and the link seen last."""

    blocks: Iterator[str]
    faults: Faults
    text: str = ""
    place: int = 0
    next_link: str = ""
    total: int = 0  # of records, as the pages count them
    doubtful: bool = False  # half of a surrogate pair may have been seen
    ended: bool = False
    _dropped: int = 0  # characters before the text that is held
    _line: int = 1
    _counted: int = 0

    @property
    def line(self) -> int:
        """The line of the place."""
        self._line += self.text.count("\n", self._counted, self.place)
        self._counted = self.place
        return self._line

    @property
    def read(self) -> int:
        """How many characters stand before the place."""
        return self._dropped + self.place

    def values(self) -> Iterator[tuple[int, Any]]:
        """Yield the records, with the line of each, of arrays, pages and objects that follow one another."""
        while char := self._next(BETWEEN):
            if char == "[":
                yield from self._array()
            elif char == "{":
                yield from self._page()
            else:
                self.refuse("is no JSON from here on")

    def _array(self) -> Iterator[tuple[int, Any]]:
        self.place += 1
        while char := self._next(BETWEEN):
            if char == "]":
                self.place += 1
                return
            line = self.line
            yield from ((line, item) for item in self._unwrapped(self._decode()))
        self.refuse("is cut off: its list of records has no end")

    def _page(self) -> Iterator[tuple[int, Any]]:
        """Yield the records of the list in an object, or else the object itself."""
        page = _Page(self.line, self.read)
        self.place += 1
        while char := self._next(BETWEEN):
            if char == "}":
                self.place += 1
                yield from self._of_page(page)
                return
            key = self._key()
            if key.casefold() in LISTS and not page.own and self._is_list_of_records():
                before = self.read
                for item in self._array():
                    page.records += 1
                    yield item
                page.begin += self.read - before
                page.add(key, [])
            else:
                page.add(key, self._decode())
            if self.read - page.begin > LONGEST:
                self._refuse_long(page.line)
        self.refuse("is cut off: the object that begins here has no end", page.line)

    def _key(self) -> str:
        line, key = self.line, self._decode()
        colon = self._next(SPACE)
        if not colon:
            self.refuse("is cut off after this", line)
        if not isinstance(key, str) or colon != ":":
            self.refuse("is no JSON from here on: a key needs a colon")
        self.place += 1
        self._next(SPACE)
        return key

    def _is_list_of_records(self) -> bool:
        while not LIST_BEGINS.match(self.text, self.place) and self._more():
            pass
        return LIST_OF_RECORDS.match(self.text, self.place) is not None

    def _unwrapped(self, value: Any) -> list[Any]:  # noqa: ANN401 - any JSON
        """Return the records of a page that was decoded whole, or the value itself."""
        records = unwrapped(value)
        if records is None:
            return [value]
        self._end_page(value)
        return records

    def _of_page(self, page: "_Page") -> Iterator[tuple[int, Any]]:
        """Yield what an object is besides the records of its lists: nothing if it is a page, or else a record."""
        own, again = page.own, twice(tuple(key for key, _ in page.members))
        fault = next((value for _, value in page.members if isinstance(value, Fault)), None)
        if fault and page.records:
            self.refuse(fault.reason, page.line)
        if own and page.records:
            name = f"'{own}', which" if is_known(own, self.faults.known) else "a key that"
            self.refuse(f"has a list of records beside {name} is no key of a page", page.line)
        if again and page.records:
            self.refuse(comes_twice(again, self.faults.known), page.line)
        if again:
            yield page.line, Fault(comes_twice(again, self.faults.known), page.text)
        elif fault:
            yield page.line, Fault(fault.reason, page.text)
        elif own or not any(key.casefold() in LISTS and value == [] for key, value in page.members):
            yield page.line, dict(page.members)
        else:
            self._end_page(dict(page.members))

    def _end_page(self, page: dict[str, Any]) -> None:
        self.next_link, self.total = next_link(page), max(self.total, total(page))

    def _next(self, between: re.Pattern[str]) -> str:
        """Go over what stands between, and return the character that follows; empty at the end of the text."""
        before = self.read
        while self.read - before <= LONGEST:
            match = between.match(self.text, self.place)
            self.place = match.end() if match else self.place
            if self.place < len(self.text):
                return self.text[self.place]
            if not self._more():
                return ""
        return self._refuse_long(self.line)

    def _more(self) -> bool:
        """Hold a block more of the text, and no longer what stands before the place; tell whether there was one."""
        if len(self.text) - self.place > LONGEST:
            self._refuse_long(self.line)
        block = "" if self.ended else next(self.blocks, "")
        if not block:
            self.ended = True
            return False
        line = self.line  # counted before the text goes
        self._dropped += self.place
        self.text, self.place, self._counted, self._line = self.text[self.place :] + block, 0, 0, line
        self.doubtful = self.doubtful or SURROGATE.search(self.text) is not None
        return True

    def _decode(self) -> Any:  # noqa: ANN401 - any JSON
        while True:
            try:
                value, end = self._decoded()
            except (ValueError, RecursionError) as error:
                if not (self._may_go_on(error) and self._more()):
                    self._refuse_undecoded(error)
            else:
                if end < len(self.text) or not self._more():  # a number may go on in the next block
                    self.place = end
                    return value

    def _decoded(self) -> tuple[Any, int]:
        try:
            return DECODER.raw_decode(self.text, self.place)
        except TwiceError as error:
            page, end = LENIENT.raw_decode(self.text, self.place)
            if unwrapped(page) is not None:
                self.refuse(reason(error, self.faults.known))  # one fault would hide the other records of the page
            return Fault(reason(error, self.faults.known), self.text[self.place : end]), end

    def _may_go_on(self, error: Exception) -> bool:
        """Tell whether decoding may have failed only because no more of the text is held."""
        if not isinstance(error, json.JSONDecodeError):
            return False
        return is_cut(self.text, error) or len(self.text) - error.pos < LONGEST_TOKEN

    def _refuse_undecoded(self, error: Exception) -> NoReturn:
        if is_cut(self.text, error):
            self.refuse("is cut off: the record that begins here has no end")
        if isinstance(error, json.JSONDecodeError):
            self.place = max(error.pos, self.place)
        self.refuse(f"is no JSON from here on: {reason(error, self.faults.known)}")

    def _refuse_long(self, line: int) -> NoReturn:
        self.refuse(f"has a record longer than {LONGEST >> 20} MiB, or an object or text without end", line)

    def refuse(self, what: str, line: int = 0) -> NoReturn:
        """Raise the error that the file cannot be read whole, naming a line, or else that of the place."""
        where = f"{self.faults.path}:{line or self.line}"
        raise InputError([*self.faults.problems, Problem(where, what, "export it again, whole")])


@dataclass(slots=True)
class _Page:
    """An object at the top of a document that is being read: a page of records, or a record of its own."""

    line: int
    begin: int  # place in the file, the lists of records not counted
    members: list[tuple[str, Any]] = field(default_factory=list)
    records: int = 0
    own: str = ""  # its first key that is no key of a page

    @property
    def text(self) -> str:
        """Its text, without members that cannot be read."""
        return written({key: value for key, value in self.members if not isinstance(value, Fault)})

    def add(self, key: str, value: Any) -> None:  # noqa: ANN401 - any JSON
        """Take a member of the object."""
        self.members.append((key, value))
        self.own = self.own or (key if is_own(key) else "")
