"""Regular expressions of mappings, in Polars' dialect (Rust's) as those of rules: of linear time, whatever the text.

Look-around and backreferences do not exist in it, and an expression that would take much memory is refused.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import polars as pl

from checker.operators.text import why_no_regex


@dataclass(frozen=True, slots=True)
class Pattern:
    """A regular expression with one group."""

    text: str

    def cut(self, texts: Sequence[str]) -> list[str | None]:
        """Return of each text what the group matches first; None where it matches nothing."""
        return self.first(pl.Series(texts, dtype=pl.String)).to_list()

    def first(self, texts: pl.Series) -> pl.Series:
        """Return of a column what the group matches first; null where it matches nothing."""
        return texts.str.extract(self.text, 1)

    def all(self, texts: Sequence[str]) -> list[list[str]]:
        """Return of each text what the group matches in each place where the expression is found."""
        found = pl.Series(texts, dtype=pl.String).str.extract_all(self.text)
        return found.list.eval(pl.element().str.extract(self.text, 1).drop_nulls()).to_list()


@cache
def read_pattern(text: str) -> Pattern:
    """Return the pattern that a text is; raise ``ValueError`` that says why it is none."""
    try:
        groups = len(pl.Series([""]).str.extract_groups(text).struct.fields)
    except pl.exceptions.ComputeError as error:
        raise ValueError(f"is no regular expression: {why_no_regex(str(error))}") from None
    if groups != 1:
        raise ValueError(f"a pattern needs one group, this has {groups}")
    return Pattern(text)
