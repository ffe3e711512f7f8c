"""The distinct values of one fact over a whole run: typed once, tested once, then looked up by code."""

from bisect import bisect_left
from collections.abc import Iterable
from datetime import date

import numpy as np
import numpy.typing as npt
import polars as pl

from checker.engine.cells import Cell, Conflict, truth_of
from checker.engine.groups import Groups, group
from checker.facts.values import read_value
from checker.model.condition import Test
from checker.model.fact import FactSpec, KnownNone
from checker.model.outcome import Missing
from checker.model.truth import Truth
from checker.operators import OPERATORS

Codes = npt.NDArray[np.int32]
Truths = npt.NDArray[np.uint8]
CONFLICT_SIGN, BLANK_SIGN = " | ", "(blank)"  # how the values of a conflict are shown
MANY = 1_000  # values of which only some are tested, where an order tells the others
REASONS = len(Missing)  # the first codes of every pool are the reasons why there is no value


class Pool:
    """Codes of one fact: ``0..4`` are the Missing reasons, the rest are distinct texts and conflicts of texts."""

    def __init__(self, spec: FactSpec, texts: Iterable[str | None] = ()) -> None:
        self.spec = spec
        self.texts: list[str | None] = [None] * REASONS
        self.cells: list[Cell] = list(Missing)
        self._codes: dict[str, int] = {}
        self._conflicts: dict[tuple[int, ...], int] = {}
        self._parts: dict[int, tuple[int, ...]] = {}  # code of a conflict -> codes between which nothing decides
        self._tables: dict[Test, Truths] = {}
        self._ordered: tuple[tuple[int, int], Codes] | None = None  # places in order, and of which codes
        self._classes: dict[tuple[Test, ...], Groups] = {}
        self._identity: Codes = np.zeros(0, dtype=np.int32)
        self._reasons: npt.NDArray[np.int8] = np.zeros(0, dtype=np.int8)
        # typed value -> its least code; a reason is its own
        self._first: dict[tuple[type, Cell], int] = {self._key(code): code for code in range(REASONS)}
        self.shown_texts: pl.Series | None = None  # the texts as a series, kept by whoever writes findings
        for text in texts:
            self._append(text or "", read_value(text or "", spec))

    def __len__(self) -> int:
        return len(self.cells)

    def _append(self, text: str, cell: Cell) -> int:
        code = len(self.cells)
        self.texts.append(text)
        self.cells.append(cell)
        self._codes.setdefault(text, code)
        return code

    def code(self, text: str) -> int:
        """Return the code of a text, new to the pool or not."""
        return self._codes[text] if text in self._codes else self._append(text, read_value(text, self.spec))

    def conflict(self, codes: Iterable[int]) -> int:
        """Return the code of a conflict between several codes; what cannot be read is one of its candidates."""
        parts = tuple(sorted(set(codes), key=lambda code: (str(self.texts[code]), code)))
        if parts not in self._conflicts:
            code = len(self.cells)
            self.texts.append(CONFLICT_SIGN.join(self.texts[part] or BLANK_SIGN for part in parts))
            self.cells.append(Conflict(tuple(self.cells[part] for part in parts)))
            self._conflicts[parts] = code
            self._parts[code] = parts
        return self._conflicts[parts]

    def clash(self, *codes: int) -> int:
        """Return the code of a conflict between values, some of which may be conflicts already."""
        return self.conflict(part for code in codes for part in self._parts.get(code, (code,)))

    def spelled_alike(self, codes: Iterable[int], values: Iterable[int]) -> list[int]:
        """Return of the codes of each value the one whose text is the least, so that no order decides what is shown."""
        least: dict[int, int] = {}
        for code, value in zip(codes, values, strict=True):
            least[value] = min(least.get(value, code), code, key=lambda at: (str(self.texts[at]), at))
        return list(least.values())

    def view_codes(self, base: "Pool", code: int) -> tuple[int, int]:
        """Return how this view of a fact judges and how it shows what ``base`` holds under ``code``."""
        cell = base.cells[code]
        if code < REASONS or (isinstance(cell, Missing) and cell is not Missing.UNREADABLE):
            return int(cell), int(cell)
        if isinstance(cell, Conflict):
            values, shown = zip(*(self.view_codes(base, part) for part in base._parts[code]), strict=True)
            alike = self.spelled_alike(shown, values)
            return (values[0], alike[0]) if len(alike) == 1 else (self.conflict(values), self.conflict(alike))
        at = self.code(str(base.texts[code]))
        value = self._first.setdefault(self._key(at), at)
        return value, at if value >= REASONS else value  # a blank is shown as one, whatever the text of the other fact

    def word(self, code: int) -> str | None:
        """Return what a person is shown, None where nothing was read; of a view the value, not another fact's text."""
        text, cell = self.texts[code], self.cells[code]
        if not self.spec.view_of:
            return text
        match cell:
            case bool():
                return "yes" if cell else "no"
            case date():
                return cell.isoformat()
            case Conflict():
                return CONFLICT_SIGN.join(self.word(part) or BLANK_SIGN for part in self._parts[code])
            case _:
                return text

    @property
    def identity(self) -> Codes:
        """For each code the least code of the same typed value, so that spellings of one value are no conflict."""
        done = len(self._identity)
        if done < len(self):
            fresh = [self._first.setdefault(self._key(code), code) for code in range(done, len(self))]
            self._identity = np.append(self._identity, np.array(fresh, dtype=np.int32))
        return self._identity

    def _key(self, code: int) -> tuple[type, Cell]:
        """Return what makes two codes one value: the typed value, or the text of what cannot be read.

        The type belongs to it: Missing and bool are numbers to Python, and UNREADABLE would equal 2.
        """
        cell = self.cells[code]
        if isinstance(cell, Conflict):
            return Conflict, self._parts[code]
        return type(cell), self.texts[code] if cell is Missing.UNREADABLE else cell

    @property
    def reasons(self) -> npt.NDArray[np.int8]:
        """For each code its Missing reason, or -1 where there is a value; conflicts are CONFLICTING."""
        done = len(self._reasons)
        if done < len(self):
            fresh = [_reason(cell) for cell in self.cells[done:]]
            self._reasons = np.append(self._reasons, np.array(fresh, dtype=np.int8))
        return self._reasons

    def truths(self, test: Test) -> Truths:
        """Return, for each code, the truth of a test that reads this fact alone."""
        known = self._tables.get(test)
        done = 0 if known is None else len(known)
        if known is None or done < len(self):
            fresh = self._fresh_truths(test, done)
            known = fresh if known is None else np.concatenate([known, fresh])
            self._tables[test] = known
        return known

    def _fresh_truths(self, test: Test, first: int) -> Truths:
        """Return the truth of a test for each code from ``first`` on; of many ordered values only where it changes."""
        cells = self.cells[first:]
        if len(cells) < MANY or not OPERATORS[test.operator].steps:
            return np.fromiter((truth_of(test, (cell,)) for cell in cells), np.uint8, len(cells))
        order = self._in_order(first)
        found = np.empty(len(cells), dtype=np.uint8)
        others = np.ones(len(cells), dtype=np.bool_)
        others[order] = False
        for at in np.flatnonzero(others).tolist():
            found[at] = truth_of(test, (cells[at],))
        if len(order):
            least = truth_of(test, (cells[order[0]],))
            change = bisect_left(order, True, key=lambda at: truth_of(test, (cells[at],)) != least)
            found[order[:change]] = least
            if change < len(order):
                found[order[change:]] = truth_of(test, (cells[order[change]],))
        return found

    def _in_order(self, first: int) -> Codes:
        """Return the places, counted from ``first``, of the values that have an order, the least first."""
        if self._ordered is None or self._ordered[0] != (first, len(self)):
            cells = self.cells[first:]
            places = [at for at, cell in enumerate(cells) if not isinstance(cell, Missing | Conflict | KnownNone)]
            order = np.array(sorted(places, key=cells.__getitem__), dtype=np.int32)
            self._ordered = (first, len(self)), order
        return self._ordered[1]

    def classes(self, tests: tuple[Test, ...]) -> tuple[Codes, int]:
        """Return, for each code, the number of its class, and how many there are.

        Codes of one class have the same Missing reason, or all have a value, and the same truth of each test.
        """
        known = self._classes.get(tests)
        if known is None or len(known.place) < len(self):
            rows = [(self.reasons + 1, REASONS + 1), *((self.truths(test), len(Truth)) for test in tests)]
            known = self._classes[tests] = group(rows, len(self))
        return known.place.astype(np.int32), len(known)


def _reason(cell: Cell) -> int:
    if isinstance(cell, Missing):
        return int(cell)
    return int(Missing.CONFLICTING) if isinstance(cell, Conflict) else -1


def pool_of(spec: FactSpec, columns: Iterable[pl.Series]) -> Pool:
    """Return the pool of all texts that the dictionary of these columns holds."""
    for column in columns:
        dtype = column.dtype
        assert isinstance(dtype, pl.Categorical)  # noqa: S101 - readers give dictionary columns
        return Pool(spec, dtype.categories.to_series().to_list())
    return Pool(spec)
