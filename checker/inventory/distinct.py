"""Reads columns by their distinct texts: each is read once in a file, and looked up by its code after that."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import polars as pl


@dataclass(slots=True)
class Texts:
    """The distinct texts of a column over all tables of a file, each with a code."""

    categories: pl.Categories = field(default_factory=pl.Categories.random)
    known: list[str] = field(default_factory=list)  # by code
    _kept: pl.Series = field(init=False)  # Polars forgets categories that no column uses

    def __post_init__(self) -> None:
        self._kept = pl.Series([], dtype=self.dtype)

    @property
    def dtype(self) -> pl.Categorical:
        """Return the type to which a column is cast so that its physical values are the codes."""
        return pl.Categorical(self.categories)

    def learn(self, codes: pl.Series) -> None:
        """Take note of the texts that have got a code since this was last called: of those whose codes these are."""
        most = codes.max()
        if isinstance(most, int) and most >= len(self.known):
            fresh = pl.int_range(len(self.known), most + 1, dtype=pl.UInt32, eager=True)
            self.known += fresh.cat.to(self.dtype).cast(pl.String).to_list()


@dataclass(slots=True)
class Answers:
    """What a function says of every distinct text seen so far, by the text's code; it is asked of many at once."""

    read: Callable[[Sequence[str]], Sequence[str | bool | None]]
    dtype: pl.DataType
    _column: pl.Series = field(init=False)

    def __post_init__(self) -> None:
        self._column = pl.Series([], dtype=self.dtype)

    def to(self, texts: Texts) -> pl.Series:
        """Return the answers to all texts that have a code by now; one null where none has."""
        if fresh := texts.known[len(self._column) :]:
            plain = pl.Boolean() if self.dtype == pl.Boolean() else pl.String()
            words = pl.Series(self.read(fresh), dtype=plain).cast(self.dtype)
            self._column = pl.concat([self._column, words], rechunk=True)
        return self._column if len(self._column) else pl.Series([None], dtype=self.dtype)
