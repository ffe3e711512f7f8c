"""What becomes of one cell of an export: only what a mapping reads as naming nobody stays; all else is replaced.

An allow-list, so that a column that nobody thought of goes, not stays: users, addresses, serial numbers, onboarding
blobs and ids of the organisation need not be known to be left out.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from checker.facts.catalogue import catalogue
from checker.facts.values import read_value
from checker.inventory.cells import BLANKS, LOST, cell, error_word, fold, one_of
from checker.inventory.columns import NO_NAME
from checker.inventory.input_file import is_harmless
from checker.inventory.inside_json import LIST_TITLE
from checker.inventory.mapping import AS_IT_STANDS, FactReading, Part, ProductMapping, title_key
from checker.inventory.patterns import Pattern
from checker.model.outcome import Missing
from checker.redact.pseudonyms import Pseudonyms
from checker.redact.values import NOBODY, OF_ATTEMPT, OTHER, members, of_kind

Replace = Callable[[str], str]

REMEMBERED: Final = 65_536  # cells that are not worked out again; columns of few words gain most
WORDS: Final = re.compile(r"[\w .()+:#/-]{1,60}")  # of what a column of a product's own words may hold
# What says nothing of anybody in a column that no mapping knows.
PLAIN: Final = re.compile(
    r"true|false|yes|no|[01]|none|\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,7})?)?Z?)?", re.IGNORECASE
)
LONG: Final = 64  # characters; longer cells keep their length by classes, each four times the one before
LEAST_KNOWN, MOST_OPEN = 6, 3  # letters of a word such as ``hybridazureadjoin*``, and what may follow it
NOTHING: Final = BLANKS | LOST | {"[]"}
TAGS: Final = re.compile(r"[^,;\n]+")


@dataclass(slots=True)
class Cells:
    """The cells of one export, by the titles of their columns."""

    names: Pseudonyms
    product: ProductMapping
    _by_title: dict[str, Replace] = field(default_factory=dict)

    def new(self, title: str, text: str) -> str:
        """Return what stands in a cell of a column afterwards; what says that there is nothing stays."""
        if title not in self._by_title:
            self._by_title[title] = self._replace(title_key(title))
        return text if is_nothing(text) else self._by_title[title](text)

    def nested(self, title: str) -> bool:
        """Tell whether the mapping reads what stands inside the JSON of a column's cells."""
        inside = f"{title_key(title)}."
        return any(known.startswith(inside) for known in self.product.titles)

    def neutral(self, text: str) -> str:
        """Return what replaces a text of which nothing is known: a date or a yes stays, long ones stay long."""
        if is_nothing(text) or PLAIN.fullmatch(text.strip()):
            return text
        new, length = self.names.label("text", text), LONG
        while len(text) > length:
            length *= 4
        return new if length == LONG else new.ljust(length, "-")

    def number(self, title: str, text: str) -> str:
        """Return a JSON number: itself where it may stay, else another of as many digits."""
        if self.new(title, text) == text:
            return text
        digits = str(int(self.names.label("number", text).removeprefix("number-"), 16)).zfill(16)
        return f"1{digits[: max(len(text.strip('-')) - 1, 0)]}"

    def _replace(self, title: str) -> Replace:
        """Return the function for a column."""
        asked = [words for each in self.product.readings() for words in _asked(each, title)]
        asked += [words for column, words in self.product.versions if title_key(column) == title]
        own_id = self.product.key_patterns.get("own_id")
        is_own_id = own_id is not None and title in map(title_key, self.product.keys["own_id"])
        for key in ("name", "device"):
            if title in map(title_key, self.product.keys.get(key, ())):
                pattern = self.product.key_patterns.get(key)
                return _but(asked, self._of_name(pattern, own_id if is_own_id else None))
        keys = {name: kind for kind, titles in self.product.keys.items() for name in map(title_key, titles)}
        if keys.get(title) == "domain":
            return lambda text: self.names.domain(text) if "." in text else self.names.label("domain", text)
        if title in keys:
            kind = {"name": "name", "device": "name", "site": "group"}.get(keys[title], "id")
            return of_kind(self.names, kind)
        times = (*self.product.observed, self.product.observed_plus_minutes)
        readings = [reading for reading in self.product.readings() if title in _titles(reading)]
        if title in map(title_key, times):
            return lambda text: text if is_harmless(text) else self.neutral(text)
        if not readings:
            return self._of_condition(asked)
        return _but(asked, self._of_facts(title, readings))

    def _of_name(self, pattern: Pattern | None, own_id: Pattern | None) -> Replace:
        """Return the function for a column that names the device; what its pattern takes for no name stays none.

        ``own_id`` is the pattern of the id that stands around a name, as in a path, if one may: it stays such an id.
        """

        def new(text: str) -> str:
            name = _name(text.strip(), pattern)
            if pattern and name and own_id and _name(text.strip(), own_id):
                return self._path(text.strip(), name, own_id)
            if name is None:
                other = self.neutral(text)
                forms = (other, f"{other}|", f"/{other}", self.names.guid(text))
                return next((form for form in forms if _name(form, pattern) is None), "")
            return name if name.strip().casefold() in NO_NAME else self.names.called(name)

        return new

    def _path(self, text: str, name: str, pattern: Pattern) -> str:
        """Return a path with pseudonyms in it, but for the words by which a pattern knows it."""
        known = re.findall(r"[a-z]{3,}", pattern.text)
        parts = [
            part
            if part.casefold() in known or not part
            else self.names.called(part)
            if part == name
            else self.names.label("id", part)
            for part in text.split("/")
        ]
        return "/".join(parts)

    def _of_facts(self, title: str, readings: Sequence[FactReading]) -> Replace:
        parts = next((reading.parts for reading in readings if reading.parts), ())
        if parts:
            place = next(at for at, part in enumerate(parts) if title in map(title_key, part.columns))
            return self._of_attempt(place, parts[place])
        naming = [reading for reading in readings if catalogue()[reading.fact].identifies not in ("", NOBODY)]
        if naming:
            return self._naming(naming[0])
        return self._naming_nobody(readings)

    def _of_condition(self, asked: Sequence[Sequence[str]]) -> Replace:
        """Return the function for a column of which only some words count, those that decide whether a fact is read."""
        fits = [one_of(words) for words in asked]
        return lambda text: text if any(fit(text) for fit in fits) else self.neutral(text)

    def _naming(self, reading: FactReading) -> Replace:
        """Return the function for a column that names somebody: pseudonyms, of lists for each member."""
        words = {fold(word) for word, _ in reading.words if "*" not in word}
        replace = of_kind(self.names, catalogue()[reading.fact].identifies)

        def new(text: str) -> str:
            if fold(text) in words:
                return text
            if reading.shape == "comma":
                return TAGS.sub(lambda part: replace(part[0]) if part[0].strip() else part[0], text)
            return members(text, replace) if catalogue()[reading.fact].type == "set" else replace(text)

        return new

    def _naming_nobody(self, readings: Sequence[FactReading]) -> Replace:
        """Return the function for a column of words or numbers: other texts give way to ones that read alike."""
        read = [cell(reading) for reading in readings]
        wild = [word for reading in readings for word, _ in reading.words if "*" in word]

        def new(text: str) -> str:
            if any(_may_stay(reading, text) for reading in readings):
                return text
            other = self.neutral(text)
            forms = [
                other,
                self.names.address(text),
                _known_words(wild, text),
                *(word.replace("*", other) for word in wild),
            ]
            said = [each(text) for each in read]
            same = (form for form in forms if [each(form) for each in read] == said)
            return next(same, other)

        return new

    def _of_attempt(self, place: int, part: Part) -> Replace:
        """Return the function for a column of URL tests, by its place among those that say one thing."""
        words = {fold(word) for word, _ in part.words}
        kind = ("url", "port", "method", "via", "result", "status", "error")[place]
        if kind == "url":
            return self.names.address
        known = OF_ATTEMPT[kind]

        def new(text: str) -> str:
            if kind == "error":  # free text: the one word that the reader takes from it
                return error_word(text) or self.neutral(text)
            if fold(text) in words:
                return text
            folded = re.sub(r"[\s_-]+", "_" if kind in ("via", "result") else "-", text.strip().casefold())
            return text if known.fullmatch(folded.removesuffix(".0")) else OTHER.get(kind) or self.neutral(text)

        return new


def is_nothing(text: str) -> bool:
    """Tell whether a cell says that there is nothing, or that an exporter lost what was there."""
    return text.strip().casefold() in NOTHING


def _but(asked: Sequence[Sequence[str]], replace: Replace) -> Replace:
    """Return the function that leaves the words as they are that decide whether a fact is read."""
    deciding = {fold(word) for words in asked for word in words if "*" not in word}
    return lambda text: text if fold(text) in deciding else replace(text)


def _spells_out(word: str, text: str) -> bool:
    """Tell whether a word of a mapping is a text; one that ends in ``*`` if it leaves next to nothing of it open."""
    if not word.endswith("*"):
        return word == text
    known = word.removesuffix("*")
    if "*" in known or len(known) < LEAST_KNOWN or not text.startswith(known):
        return False
    return len(text) - len(known) <= MOST_OPEN


def _titles(reading: FactReading) -> list[str]:
    """Return the titles of what a reading reads; of lists of objects, without saying which object."""
    columns = [*reading.columns, *(name for part in reading.parts for name in part.columns)]
    return [title_key(LIST_TITLE.sub(r"\g<title>.\g<key>", title)) for title in columns]


def _known_words(wild: Sequence[str], text: str) -> str:
    """Return what of a text a mapping's own words hold, and its short numbers: "windows 10 pro" of a caption."""
    known = " ".join(wild).casefold()
    parts = re.findall(r"[a-z]{3,}|\b\d{1,4}\b", text.casefold())
    return " ".join(part for part in parts if part.isdigit() or part in known)


def _name(text: str, pattern: Pattern | None) -> str | None:
    return pattern.cut([text])[0] if pattern else text


def _may_stay(reading: FactReading, text: str) -> bool:
    """Tell whether a cell is a word that the mapping spells out, or a value of the fact's type."""
    spec = catalogue()[reading.fact]
    if any(_spells_out(fold(word), fold(text)) for word, _ in reading.words):
        return True
    if reading.otherwise != AS_IT_STANDS or (reading.says is not None and spec.type == "flag"):
        return False
    if reading.shape == "day" or spec.type in ("date", "time"):
        return is_harmless(text)
    if spec.type in ("text", "set", "attempts") or reading.pattern:
        return spec.type == "set" or WORDS.fullmatch(text) is not None
    return read_value(text, spec) is not Missing.UNREADABLE


def _asked(reading: FactReading, title: str) -> list[Sequence[str]]:
    """Return the words of a column that decide whether a reading counts, or in a list of objects which one it reads."""
    asked: list[Sequence[str]] = [words for column, words in reading.where if title_key(column) == title]
    for path in filter(None, map(LIST_TITLE.fullmatch, reading.columns)):
        field, _, word = path["which"].partition("=")
        if word and title_key(f"{path['title']}.{field}") == title:
            asked.append((word,))
    return asked
