"""The distinct values of one fact over a whole run: typed once, tested once, then looked up by code."""

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from checker.engine.cells import Cell, Conflict, truth_of
from checker.facts.values import read_value
from checker.model.condition import Test
from checker.model.fact import FactSpec
from checker.model.outcome import Missing

Codes = npt.NDArray[np.int32]
Truths = npt.NDArray[np.uint8]
CONFLICT_SIGN = " | "  # between the values of a conflict, where they are shown
REASONS = len(Missing)  # the first codes of every pool are the reasons why there is no value


class Pool:
    """Codes of one fact: ``0..4`` are the Missing reasons, the rest are distinct texts and conflicts of texts."""

    def __init__(self, spec: FactSpec, texts: Iterable[str | None] = ()) -> None:
        self.spec = spec
        self.texts: list[str | None] = [None] * REASONS
        self.cells: list[Cell] = list(Missing)
        self._codes: dict[str, int] = {}
        self._tables: dict[Test, Truths] = {}
        self._identity: Codes | None = None
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
        self._identity = None
        return code

    def code(self, text: str) -> int:
        """Return the code of a text, new to the pool or not."""
        return self._codes[text] if text in self._codes else self._append(text, read_value(text, self.spec))

    def conflict(self, codes: Sequence[int]) -> int:
        """Return the code of a conflict between several codes; what cannot be read is one of its candidates."""
        cells = {self.cells[code]: self.texts[code] for code in sorted(codes, key=lambda code: str(self.texts[code]))}
        shown = CONFLICT_SIGN.join(str(text) for text in cells.values())
        key = f"conflict: {shown}"
        return self._codes[key] if key in self._codes else self._add_conflict(key, shown, tuple(cells))

    def _add_conflict(self, key: str, shown: str, candidates: tuple[Cell, ...]) -> int:
        code = self._append(shown, Conflict(candidates))
        self._codes[key] = code
        return code

    def view_code(self, base: "Pool", code: int) -> int:
        """Return the code under which this view of a fact holds what ``base`` holds under ``code``."""
        cell = base.cells[code]
        text = str(base.texts[code])
        if not isinstance(cell, Conflict):
            at = self.code(text)
            return int(self.cells[at]) if isinstance(self.cells[at], Missing) else int(self.identity[at])
        views = tuple(read_value(part, self.spec) for part in text.split(CONFLICT_SIGN))
        if len(set(views)) == 1:
            return self.code(text.split(CONFLICT_SIGN)[0])
        key = f"conflict: {text}"
        return self._codes[key] if key in self._codes else self._add_conflict(key, text, views)

    @property
    def identity(self) -> Codes:
        """For each code the least code of the same typed value, so that spellings of one value are no conflict."""
        if self._identity is None:
            first: dict[Cell, int] = {}
            keys = [(type(cell), cell if cell is not Missing.UNREADABLE else self.texts[i]) for i, cell in enumerate(self.cells)]
            self._identity = np.array([first.setdefault(key, i) for i, key in enumerate(keys)], dtype=np.int32)
        return self._identity

    def reasons(self) -> npt.NDArray[np.int8]:
        """For each code its Missing reason, or -1 where there is a value; conflicts are CONFLICTING."""
        found = np.full(len(self), -1, dtype=np.int8)
        for code, cell in enumerate(self.cells):
            if isinstance(cell, Missing):
                found[code] = cell
            elif isinstance(cell, Conflict):
                found[code] = Missing.CONFLICTING
        return found

    def truths(self, test: Test) -> Truths:
        """Return, for each code, the truth of a test that reads this fact alone."""
        known = self._tables.get(test)
        done = 0 if known is None else len(known)
        if known is None or done < len(self):
            fresh = np.fromiter((truth_of(test, (cell,)) for cell in self.cells[done:]), np.uint8, len(self) - done)
            known = fresh if known is None else np.concatenate([known, fresh])
            self._tables[test] = known
        return known


def pool_of(spec: FactSpec, columns: Iterable[pl.Series]) -> Pool:
    """Return the pool of all texts that the dictionary of these columns holds."""
    for column in columns:
        dtype = column.dtype
        assert isinstance(dtype, pl.Categorical)  # noqa: S101 - readers give dictionary columns
        return Pool(spec, dtype.categories.to_series().to_list())
    return Pool(spec)
