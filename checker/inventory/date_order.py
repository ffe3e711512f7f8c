"""Settles dates of which day and month cannot be told apart (05/12/2024) by what the rest of their column shows.

One exporter writes one order. So in a column of a file the dates with the same mark between their numbers are read as
those of them that show the order (13/12/2024), wherever in the file these stand; where none does, as the user says
(``--date-order``). Where some show one order and some the other, nothing is believed: such dates stay unread.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

import polars as pl

from checker.inventory.binding import Column
from checker.inventory.time_forms import TYPE
from checker.inventory.times import NEWEST, OLDEST, OPEN_COLUMNS, Times, looked_up
from checker.model.record import fact_dtype

Order = Literal["dmy", "mdy"]
OBSERVED: Final = "observed"
TEXT, AFTER = "text of observed", "time after observed"  # beside the records of a table whose times wait
ISO: Final = {"day": "%Y-%m-%d", "time": "%Y-%m-%dT%H:%M:%S%.6f"}  # how a fact of such a shape is written


@dataclass(frozen=True, slots=True)
class Waiting:
    """A table of records in which dates wait, and of which column each fact that may hold such a text was read."""

    table: int
    observed: Column | None
    facts: Mapping[str, tuple[str, Column]]  # fact -> its shape and column


@dataclass(frozen=True, slots=True)
class Left:
    """Dates that stay unread: of which fact (or ``observed``), in how many records, the least of them, and why."""

    name: str
    records: int
    text: str
    contradiction: tuple[str, str] | None  # two dates of the column that show either order; None: nothing shows any


@dataclass(slots=True)
class DateOrder:
    """What the dates of a file show and leave open, column by column; ``said`` is the user's word, if there is one."""

    said: Order | None = None
    _shown: dict[tuple[Column, str], dict[str, str]] = field(default_factory=dict)  # column, mark -> order -> a text
    _open: dict[Column, list[pl.DataFrame]] = field(default_factory=dict)
    _waiting: list[Waiting] = field(default_factory=list)

    def note(self, times: Mapping[Column, Times]) -> frozenset[Column]:
        """Take note of the times of a table; return the columns that leave some open."""
        for column, read in times.items():
            for mark, order, text in read.shown:
                texts = self._shown.setdefault((column, mark), {})
                texts[order] = min(text, texts.get(order, text))
            if read.open.height:
                self._open.setdefault(column, []).append(read.open)
        return frozenset(column for column, read in times.items() if read.open.height)

    def wait(self, waiting: Waiting) -> None:
        """Remember a table in which dates wait."""
        self._waiting.append(waiting)

    def settle(self, frames: Sequence[pl.DataFrame]) -> list[pl.DataFrame]:
        """Return all tables of the file with every date in place that its column, or the user, settles."""
        settled, done = self._settled(), list(frames)
        for waiting in self._waiting:
            frame = frames[waiting.table]
            columns = [
                _rewritten(frame[fact], settled[column], shape)
                for fact, (shape, column) in waiting.facts.items()
                if column in settled and fact in frame.columns
            ]
            if waiting.observed in settled:
                columns.append(_observed(frame, settled[waiting.observed]))
            done[waiting.table] = frame.with_columns(columns)
        return done

    def left(self, frames: Sequence[pl.DataFrame]) -> Iterator[Left]:
        """Yield, for the time of records and for each fact, what of the settled tables stays unread."""
        found: dict[tuple[str, Column], list[pl.Series]] = {}
        for waiting in self._waiting:
            frame = frames[waiting.table]
            if waiting.observed:
                texts = frame[TEXT].filter(frame[OBSERVED].is_null())
                found.setdefault((OBSERVED, waiting.observed), []).append(texts.drop_nulls())
            for fact, (_, column) in waiting.facts.items():
                if column != waiting.observed and fact in frame.columns:
                    texts = frame[fact].cast(pl.String)
                    found.setdefault((fact, column), []).append(texts.filter(texts.is_in(self._texts(column))))
        for (name, column), parts in found.items():
            texts = pl.concat(parts)
            if len(texts):
                yield Left(name, len(texts), str(texts.min()), self._contradiction(column, texts))

    def _contradiction(self, column: Column, texts: pl.Series) -> tuple[str, str] | None:
        """Return two dates that show either order, where that leaves one of these texts unread."""
        marks = self._distinct(column).filter(pl.col("text").is_in(texts.unique().implode()))["mark"].unique().sort()
        found = [self._shown[column, mark] for mark in marks if len(self._shown.get((column, mark), ())) > 1]
        return (found[0]["dmy"], found[0]["mdy"]) if found else None

    def _texts(self, column: Column) -> pl.Series:
        return self._distinct(column)["text"].implode()

    def _distinct(self, column: Column) -> pl.DataFrame:
        dates: pl.DataFrame = pl.concat([pl.DataFrame(schema=OPEN_COLUMNS), *self._open.get(column, ())])
        return dates.unique("text")

    def _settled(self) -> dict[Column, pl.DataFrame]:
        """Return, by column, the texts that are settled, each once, with their times."""
        found = {}
        for column in self._open:
            dates = self._distinct(column)
            orders = {mark: self._order(column, mark) for mark in dates["mark"].unique()}
            order = pl.col("mark").replace_strict(orders, default=None, return_dtype=pl.String())
            time = pl.when(order == "dmy").then("dmy").when(order == "mdy").then("mdy")
            dates = dates.select("text", time.alias("time")).filter(pl.col("time").is_not_null())
            if dates.height:
                found[column] = dates
        return found

    def _order(self, column: Column, mark: str) -> str | None:
        shown = list(self._shown.get((column, mark), ()))
        return shown[0] if len(shown) == 1 else None if shown else self.said


def _observed(frame: pl.DataFrame, settled: pl.DataFrame) -> pl.Series:
    times = looked_up(frame[TEXT], settled["text"], settled["time"])
    if AFTER in frame.columns:
        times += frame[AFTER]
    return frame[OBSERVED].fill_null(times.cast(TYPE)).alias(OBSERVED)


def _rewritten(fact: pl.Series, settled: pl.DataFrame, shape: str) -> pl.Series:
    """Return a column of a fact with the days, or times, of those of its texts that are settled."""
    days = settled.filter((pl.col("time") > OLDEST) & (pl.col("time") < NEWEST))  # a "never" stays as it stands
    words = days["time"].dt.strftime(ISO[shape])
    return fact.cast(pl.String).replace(days["text"], words).cast(fact_dtype(fact.name)).alias(fact.name)
