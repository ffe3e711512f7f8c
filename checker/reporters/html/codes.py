"""Numbers for what repeats: a page names each distinct thing once, and its rows name numbers."""

from collections.abc import Callable, Hashable, Sequence
from typing import Any

import polars as pl


class Codes:
    """Numbers things from 0 in the order in which they are first met; the same things in the same order, the same."""

    def __init__(self) -> None:
        self._known: dict[Hashable, int] = {}

    def code(self, thing: Hashable) -> int:
        """Return the number of a thing."""
        return self._known.setdefault(thing, len(self._known))

    def things(self) -> list[Any]:
        """Return what was met, in the order of its numbers."""
        return list(self._known)

    def column(self, frame: pl.DataFrame, names: Sequence[str]) -> pl.Series:
        """Return a number for each row by what these columns say; each distinct row goes through Python once."""
        distinct = frame.select(names).unique(maintain_order=True)
        codes = [self.code(tuple(map(_hashable, row))) for row in distinct.iter_rows()]
        return _numbered(frame, distinct, codes, names)


def sorted_codes(values: pl.Series, key: Callable[[Any], Any]) -> tuple[list[Any], pl.Series]:
    """Return the distinct values by ``key``, null last, and for each row the number of its value, which sorts alike."""
    frame = values.alias("value").to_frame()
    distinct = frame.unique(maintain_order=True)
    ordered = sorted(distinct["value"], key=lambda value: (value is None, "" if value is None else key(value)))
    place = {value: number for number, value in enumerate(ordered)}
    return ordered, _numbered(frame, distinct, [place[value] for value in distinct["value"]], ["value"])


def _numbered(frame: pl.DataFrame, distinct: pl.DataFrame, codes: list[int], names: Sequence[str]) -> pl.Series:
    table = distinct.with_columns(pl.Series("code", codes, dtype=pl.UInt32))
    return frame.join(table, on=names, how="left", nulls_equal=True, maintain_order="left")["code"]


def _hashable(cell: object) -> Hashable:
    return tuple(cell) if isinstance(cell, list) else cell
