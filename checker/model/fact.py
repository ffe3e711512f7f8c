"""What a fact is: its type, how it changes and merges, and whose evidence it is."""

from dataclasses import dataclass
from typing import Literal

FactType = Literal["word", "text", "version", "number", "flag", "date", "time", "set", "attempts"]
Merge = Literal["latest-non-empty", "latest", "union"]


@dataclass(frozen=True, slots=True)
class FactSpec:
    """One entry of the catalogue (``facts/catalogue.yaml`` says what each field means)."""

    name: str
    type: FactType
    about: str
    meaning: str
    changes: bool = True
    ages: bool = True
    merge: Merge = "latest-non-empty"
    blank_is_none: bool = False
    words: tuple[str, ...] = ()
    default: str | None = None
    reading: str = ""
    view_of: str = ""
    counts_with: str = ""
    unit: str = ""
    identifies: str = ""  # whom its texts name: a kind of pseudonym, or "nobody"; empty where the type leaves no room
    carried_by: str = ""
    derived: bool = False


@dataclass(frozen=True, slots=True)
class KnownNone:
    """The statement that there is none: a blank cell of a fact for which blank is a statement."""


@dataclass(frozen=True, slots=True)
class SetValue:
    """Members of a set fact, folded; absence from an open set is not known."""

    members: frozenset[str]
    closed: bool = True


@dataclass(frozen=True, slots=True, order=True)
class Attempt:
    """One try to reach a host: ``result`` as the tool said it, ``status`` the HTTP status or 0."""

    host: str
    port: int
    path: str
    method: str
    via: str
    result: str
    status: int
    error: str
