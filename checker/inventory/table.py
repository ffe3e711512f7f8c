"""What a reader of any file format gives: an opened file with titled columns, and tables of its texts."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

import polars as pl

from checker.errors import InputError, Problem
from checker.inventory.secrets import Shown
from checker.model.record import Rejected

SHOWN_PROBLEMS = 10

Kind = Literal[
    "csv",
    "json",
    "key-value",
    "packages",
    "lines",
    "registry",
    "screen",
    "events",
    "report",
    "analyzer-text",
    "connectivity-text",
    "maps-text",
]


@dataclass(frozen=True, slots=True)
class RawTable:
    """Some records as they stand in a file: text columns by title (null: the record has no such key), row and line."""

    columns: pl.DataFrame
    rows: pl.Series
    lines: pl.Series


@dataclass(frozen=True, slots=True)
class Opened:
    """A file whose titles are known; ``tables`` reads its records, of which only the columns asked for are needed."""

    kind: Kind
    titles: tuple[str, ...]
    seen: str  # how it stands in the file, for a person: "CSV with ';'"
    tables: Callable[[frozenset[str]], Iterator[RawTable]]


@dataclass(slots=True)
class Faults:
    """Records of a file that cannot be read: problems, or with ``skip`` set aside."""

    path: str
    skip: bool = False
    known: frozenset[str] = frozenset()  # folded titles that mappings know: a message may name them
    problems: list[Problem] = field(default_factory=list)
    count: int = 0
    last_row: int = 0
    rejected: list[Rejected] = field(default_factory=list)
    ragged_checks: Mapping[str, Callable[[str], bool]] = field(default_factory=dict)  # title -> what its cell must be
    ragged: int = 0  # rows that are not as long as the header and were read, for these checks hold

    def add(self, row: int, line: int, reason: str, text: Shown) -> None:
        """Note a record that cannot be read, with what stands in the file and is no secret."""
        self.count += 1
        self.last_row = row
        if self.skip:
            self.rejected.append(Rejected(self.path, row, line, reason, text))
        elif self.count <= SHOWN_PROBLEMS:
            hint = "repair or remove the record, or set such records aside with --bad-rows skip"
            self.problems.append(Problem(f"{self.path}:{line}", f"record {row:,} {reason}", hint))

    def raise_if_any(self) -> None:
        """Raise :class:`InputError` with the first problems and the number of the others."""
        if self.problems:
            more = self.count - len(self.problems)
            rest = [Problem(self.path, f"has {more:,} more records that cannot be read")] if more else []
            raise InputError([*self.problems, *rest])
