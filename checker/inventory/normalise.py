"""Turns the tables of a file into records: keys, time, and one column for each fact that the file carries."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from checker.inventory.binding import Binding, BoundFact, Columns, bind
from checker.inventory.cells import cell, is_blank
from checker.inventory.columns import View, days, is_not_blank, is_one_of, is_stated, keys, repeated, where
from checker.inventory.distinct import Answers, Texts
from checker.inventory.mapping import ProductMapping
from checker.inventory.table import RawTable
from checker.inventory.times import TYPE, Times
from checker.model.record import fact_dtype

Asked = tuple[str, Columns]  # what is asked of the texts of columns: a fact, or whether they say anything
STATED = ""


@dataclass(slots=True)
class Normaliser:
    """Reads the tables of one file by a mapping; remembers what each distinct text means."""

    product: ProductMapping
    wanted: frozenset[str] | None = None
    ambiguous: Counter[str] = field(default_factory=Counter)  # times that cannot be settled, with the records undated
    unreadable: Counter[str] = field(default_factory=Counter)
    local: set[str] = field(default_factory=set)
    _bindings: dict[tuple[str, ...], Binding] = field(default_factory=dict)
    _texts: dict[Columns, Texts] = field(default_factory=dict)
    _answers: dict[Asked, Answers] = field(default_factory=dict)

    def binding(self, titles: Sequence[str]) -> Binding:
        """Return what a table with these titles gives."""
        key = tuple(titles)
        if key not in self._bindings:
            self._bindings[key] = bind(self.product, titles, self.wanted)
        return self._bindings[key]

    def bindings(self) -> dict[tuple[str, ...], Binding]:
        """Return what the tables read so far gave, by their titles."""
        return self._bindings

    def records(self, table: RawTable) -> pl.DataFrame:
        """Return the records of a table, in the columns of ``RECORD_COLUMNS`` and of the facts that it carries."""
        view = View(table.columns, self.binding(table.columns.columns))
        columns = {"row": table.rows, "line": table.lines, **keys(view), "observed": self._observed(view)}
        columns |= self._facts(view)
        return pl.DataFrame([column.alias(name) for name, column in columns.items()])

    def _facts(self, view: View) -> dict[str, pl.Series]:
        bound = view.binding.facts
        answers = self._looked_up(view)
        full = _any_stated(view.binding.full, answers)
        said = {}
        for name, fact in bound.items():
            column = _of_whole_column(fact, view) if _is_of_whole_column(fact) else answers[name, fact.columns]
            if fact.reading.stated_with:
                stated = _any_stated(fact.stated_with, answers)
                column = where(stated, column) if stated is not None else repeated(None, column.dtype, len(column))
            if full is not None and not full.all():
                column = where(full | is_not_blank(column), column)
            said[name] = column
        for name, fact in bound.items():
            if fact.reading.only and fact.reading.only[0] in said:
                other, words = fact.reading.only
                said[name] = where(is_one_of(said[other], other, words), said[name])
        return {name: column for name, column in said.items() if self.wanted is None or name in self.wanted}

    def _looked_up(self, view: View) -> dict[Asked, pl.Series]:
        """Return what the texts say of the facts that are read text by text, and where columns say anything."""
        facts = view.binding.facts.items()
        asked: list[Asked] = [(name, fact.columns) for name, fact in facts if not _is_of_whole_column(fact)]
        stating = {column for _, fact in facts for column in fact.stated_with} | {*view.binding.full}
        asked += [(STATED, (column,)) for column in sorted(stating)]
        codes = self._codes(view, dict.fromkeys(columns for _, columns in asked))
        found = view.frame.select(
            pl.lit(self._answers_to(name, columns)).gather(pl.lit(codes[columns])).alias(str(place))
            for place, (name, columns) in enumerate(asked)
        )
        return dict(zip(asked, found, strict=True))

    def _codes(self, view: View, sources: Mapping[Columns, None]) -> dict[Columns, pl.Series]:
        """Give each text its code, in all columns at once."""
        texts = pl.DataFrame([view.text(columns).alias(str(place)) for place, columns in enumerate(sources)])
        dtypes = [self._texts.setdefault(columns, Texts()).dtype for columns in sources]
        codes = texts.select(pl.col(str(place)).cast(dtype).to_physical() for place, dtype in enumerate(dtypes))
        for columns in sources:
            self._texts[columns].learn()
        return dict(zip(sources, codes, strict=True))

    def _answers_to(self, name: str, columns: Columns) -> pl.Series:
        if (name, columns) not in self._answers:
            read = cell(self.product.facts[name]) if name != STATED else lambda text: not is_blank(text)
            self._answers[name, columns] = Answers(read, fact_dtype(name) if name != STATED else pl.Boolean())
        return self._answers[name, columns].to(self._texts[columns])

    def _observed(self, view: View) -> pl.Series:
        if view.binding.observed is None:
            return repeated(None, TYPE, view.frame.height)
        times = view.time(view.binding.observed)
        self._note(times, view.text((view.binding.observed,)))
        if view.binding.plus_minutes is None:
            return times.column
        minutes = view.text((view.binding.plus_minutes,)).cast(pl.Int64, strict=False)
        return times.column + (minutes * 60_000_000).cast(pl.Duration("us"))

    def _note(self, times: Times, texts: pl.Series) -> None:
        """Count the records whose time is doubtful, so that a notice can be given for the file."""
        self.local |= times.local
        for doubtful, counter in ((times.ambiguous, self.ambiguous), (times.unreadable, self.unreadable)):
            if doubtful:
                counter.update(text for text in texts.to_list() if text in doubtful)


def _is_of_whole_column(fact: BoundFact) -> bool:
    return fact.reading.says is not None or fact.reading.shape == "day" or not fact.columns


def _of_whole_column(fact: BoundFact, view: View) -> pl.Series:
    """Return a fact that is not read text by text: a day, the absence of a column, or that a column says anything."""
    dtype = fact_dtype(fact.reading.fact)
    if not fact.columns:
        return repeated("", dtype, view.frame.height)
    texts = view.text(fact.columns)
    if fact.reading.shape == "day":
        return days(view.time(fact.columns[0]).column, texts, dtype)
    return where(is_stated(texts), repeated(fact.reading.says, dtype, view.frame.height))


def _any_stated(columns: Columns, answers: Mapping[Asked, pl.Series]) -> pl.Series | None:
    """Tell where one of the columns says something; None if there are no columns."""
    stated = None
    for column in columns:
        says = answers[STATED, (column,)].fill_null(False)
        stated = says if stated is None else stated | says
    return stated
