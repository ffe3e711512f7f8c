"""Reads a column by its distinct texts: each is read once in a file, and looked up by its code after that."""

from collections.abc import Callable
from dataclasses import dataclass, field

import polars as pl


@dataclass(slots=True)
class Texts:
    """The distinct texts of a column over all tables of a file, each with a code."""

    categories: pl.Categories = field(default_factory=pl.Categories.random)
    _kept: pl.Series | None = None  # Polars forgets categories that no column uses

    @property
    def dtype(self) -> pl.Categorical:
        """Return the type to which a column is cast so that its physical values are the codes."""
        return pl.Categorical(self.categories)

    def codes(self, coded: pl.Series) -> pl.Series:
        """Return the code of each text of a column of this type; null stays null."""
        if self._kept is None:
            self._kept = coded.clear()
        return coded.to_physical()

    def since(self, code: int) -> list[str]:
        """Return the texts from a code on."""
        return self.categories.to_series().slice(code).to_list()


@dataclass(slots=True)
class Answers:
    """What a function says of every distinct text seen so far, by the text's code."""

    read: Callable[[str], str | bool | None]
    dtype: pl.DataType
    words: list[str | bool | None] = field(default_factory=list)
    column: pl.Series | None = None

    def of(self, codes: pl.Series, texts: Texts) -> pl.Series:
        """Return what the function says of each record's text; null where there is no text."""
        new = texts.since(len(self.words))
        if new or self.column is None:
            self.words += [self.read(text) for text in new]
            plain = pl.Boolean() if self.dtype == pl.Boolean() else pl.String()
            self.column = pl.Series(self.words, dtype=plain).cast(self.dtype)
        return self.column.gather(codes)
