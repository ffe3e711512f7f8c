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

    def learn(self) -> None:
        """Take note of the texts that have got a code since this was last called."""
        self.known += self.categories.to_series().slice(len(self.known)).to_list()


@dataclass(slots=True)
class Answers:
    """What a function says of every distinct text seen so far, by the text's code; it is asked of many at once."""

    read: Callable[[Sequence[str]], Sequence[str | bool | None]]
    dtype: pl.DataType
    words: list[str | bool | None] = field(default_factory=list)
    column: pl.Series = field(default_factory=pl.Series)

    def to(self, texts: Texts) -> pl.Series:
        """Return the answers to all texts that have a code by now."""
        if len(self.words) < len(texts.known) or not self.words:
            self.words += self.read(texts.known[len(self.words) :])
            plain = pl.Boolean() if self.dtype == pl.Boolean() else pl.String()
            self.column = pl.Series(self.words or [None], dtype=plain).cast(self.dtype)
        return self.column
