"""Mappings: one YAML file for each product whose exports are read, telling which column says which fact.

A mapping says how its exports are recognised (``signature``), which columns are the keys of a record, and for each fact
the column that carries it, with what has to be done to its texts. A product in a known file format needs no code.
"""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from checker.inventory.patterns import Pattern
from checker.inventory.table import Kind

AS_IT_STANDS = "*"
SHOWN_ALTERNATIVES = 3
TOGETHER = ("sense-log", "properties")  # what can be told from all records of a file
PARTS = ("url", "port", "method", "via", "result", "http_status", "error")  # of a try to reach a URL

Word = str | None  # None: the text says nothing of the fact


@dataclass(frozen=True, slots=True)
class Signature:
    """What a file must have to be one of a product: of each group one title, of ``any`` one, of ``none`` nothing."""

    all: tuple[tuple[str, ...], ...]
    any: tuple[str, ...]
    none: tuple[str, ...]

    def fits(self, keys: frozenset[str]) -> bool:
        """Tell whether a file with these folded titles is one of the product."""
        return not self._lacking(keys) and not _present(self.none, keys)

    def misfit(self, keys: frozenset[str]) -> str:
        """Return in words why a file with these folded titles does not fit."""
        strange = [title for title in self.none if title_key(title) in keys]
        lacking = ", and ".join(self._lacking(keys))
        reasons = [f"lacks {lacking}"] if lacking else []
        reasons += [f"never has '{strange[0]}'"] if strange else []
        return " and ".join(reasons)

    def _lacking(self, keys: frozenset[str]) -> list[str]:
        groups = self.all + ((self.any,) if self.any else ())
        return [_alternatives(group) for group in groups if not _present(group, keys)]

    def met(self, keys: frozenset[str]) -> list[str]:
        """Return the titles of the signature that a file has."""
        titles = dict.fromkeys([*(title for group in self.all for title in group), *self.any])
        return [title for title in titles if title_key(title) in keys]


@dataclass(frozen=True, slots=True)
class Part:
    """How one part of what several columns say together is read: of the first column that a file has, or a constant."""

    columns: tuple[str, ...] = ()
    words: tuple[tuple[str, Word], ...] = ()
    otherwise: Word = AS_IT_STANDS
    says: str = ""  # where there is no column


@dataclass(frozen=True, slots=True)
class FactReading:
    """How the texts of a column say a fact.

    ``columns`` are the titles of several years or exporters, of which the first that a file has is read; ``fallback``:
    in a record in which it says nothing, the next; ``joined``: all of them, as one set; ``parts``: columns that
    together say one thing, in the order of ``PARTS``. The text is cut by ``pattern`` (its one group; nothing is said
    where that takes nothing), looked up in ``words`` (folded; ``*`` stands for any characters; None: nothing said),
    else taken ``otherwise``, and read by its ``shape``. The shape ``matches`` is the list of all that the
    pattern matches. ``says``: what any text means. ``zoned``: a time that names no time zone says nothing, for a clock
    that is of no zone cannot be compared with another.

    A title may lead into the JSON of a column: "Column.Key" of objects; "Column[name=Word].Key", "Column[0].Key" and
    "Column[].Key" of lists of objects; "Column.*" is an object of a JSON file as a whole.

    ``where``: the reading counts in records in which each of these columns is one of its words (as in ``words``).
    ``needs``: columns without which a file does not carry the fact. ``silent_blanks``: a blank says nothing.
    ``only``: the reading counts where another fact of the record is one of these words, or is not stated.
    ``stated_with``: it counts in records that say something in one of these columns. ``blank_with``: where the column
    is missing but one of these is there, its absence is the statement of a blank.
    """

    fact: str
    columns: tuple[str, ...]
    joined: bool = False
    fallback: bool = False
    parts: tuple[Part, ...] = ()
    pattern: Pattern | None = None
    words: tuple[tuple[str, Word], ...] = ()
    otherwise: Word = AS_IT_STANDS
    says: Word = None
    shape: str = "text"
    zoned: bool = False
    open_set: bool = False
    only: tuple[str, tuple[str, ...]] | None = None
    where: tuple[tuple[str, tuple[str, ...]], ...] = ()
    needs: tuple[str, ...] = ()
    stated_with: tuple[str, ...] = ()
    blank_with: tuple[str, ...] = ()
    silent_blanks: bool = False


@dataclass(frozen=True, slots=True)
class Apart:
    """Facts of a record that are as old as a column of their own says, or without ``observed`` of no known time.

    They count in files that have one of the columns ``observed``, and there instead of the mapping's own readings of
    these facts; without ``observed`` they count beside them.
    """

    observed: tuple[str, ...]
    facts: Mapping[str, FactReading]


@dataclass(frozen=True)
class ProductMapping:
    """One product's exports: how they are recognised, and what their columns say.

    A key is read of the first of its columns in which a record says something, and cut by its pattern in
    ``key_patterns``, if it has one. ``observed`` titles the time of a record, to which a column of minutes may have to
    be added. In a record that says nothing in the columns ``partial_without``, a blank is no statement: such rows tell
    of a part of the device only. ``own_ids`` names the system of which the key ``own_id`` is an id; with
    ``own_ids_repeat`` two devices may have one, as each server counts for itself. The key ``domain``, if it is one of
    DNS, makes a full name of a short one. What a ``secondary`` source says counts only where no other does. With
    ``place_names`` a record that names no device is of the one that its place tells. With ``silent_blanks`` a blank,
    JSON's null with it, says nothing of any fact; a word must say that there is none.
    Rows of its CSV that are longer or shorter than the header are read where they hold an id, and in each column of
    ``ragged`` one of its words; without ``ragged`` they are faults.
    ``together`` names what tells columns from all records of a file (one of ``TOGETHER``).
    A record that says something in one of the columns ``evidence`` is evidence alone (a try to reach a URL), and founds
    no device even where the product does. ``versions``: a record that has in each of these columns none of its words is
    of a version of the form that is not known, and refused.
    ``cut_at``: the numbers of rows at which its source cuts results off, so that a file of just as many may lack some.
    ``secrets``: a fact is read of a column of secrets, so that no copy of its files is written, also with pseudonyms.
    ``apart`` are facts of a record that are not as old as the record.
    ``not_english`` are titles that it has in other languages, and ``instead`` what a person can do then.
    """

    id: str
    title: str
    reads: tuple[Kind, ...]
    founds: bool
    per_device: bool
    signature: Signature
    keys: Mapping[str, tuple[str, ...]]
    observed: tuple[str, ...]
    observed_plus_minutes: str
    partial_without: tuple[str, ...]
    facts: Mapping[str, FactReading]
    own_ids: str = ""
    own_ids_repeat: bool = False
    secondary: bool = False
    place_names: bool = False
    key_patterns: Mapping[str, Pattern] = field(default_factory=dict)
    ragged: tuple[tuple[str, tuple[str, ...]], ...] = ()
    together: str = ""
    secrets: bool = False
    evidence: tuple[str, ...] = ()
    cut_at: tuple[int, ...] = ()
    versions: tuple[tuple[str, tuple[str, ...]], ...] = ()
    not_english: tuple[str, ...] = ()
    instead: str = ""
    apart: tuple["Apart", ...] = ()

    def readings(self) -> list[FactReading]:
        """Return every reading of a fact, those of facts that are apart with them."""
        return [*self.facts.values(), *(reading for each in self.apart for reading in each.facts.values())]

    @cached_property  # every file that is read asks every mapping
    def titles(self) -> frozenset[str]:
        """The folded titles of every column that the mapping knows."""
        named = [*self.observed, *self.signature.any, *(title for group in self.signature.all for title in group)]
        named += [title for titles in self.keys.values() for title in titles]
        named += [title for each in self.apart for title in each.observed]
        for reading in self.readings():
            named += [*reading.columns, *(title for part in reading.parts for title in part.columns)]
            named += [title for title, _ in reading.where]
        return frozenset(title_key(title) for title in named if title)


@lru_cache(maxsize=1 << 14)  # mappings and files of one product spell the same titles over and over
def title_key(title: str) -> str:
    """Return a column's title folded for case, width of spaces and marks that are not seen."""
    seen = "".join(letter for letter in title if unicodedata.category(letter) != "Cf")
    return " ".join(seen.casefold().split())


def _present(titles: Iterable[str], keys: frozenset[str]) -> bool:
    return any(title_key(title) in keys for title in titles)


def _alternatives(titles: Sequence[str]) -> str:
    shown = " or ".join(f"'{title}'" for title in titles[:SHOWN_ALTERNATIVES])
    return f"{shown} or others" if len(titles) > SHOWN_ALTERNATIVES else shown
