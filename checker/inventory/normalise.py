"""Turns the tables of a file into records: keys, time, and one column for each fact that the file carries."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from checker.inventory.binding import Binding, BoundFact, Column, Columns, bind
from checker.inventory.cells import cells, is_blank, one_of
from checker.inventory.columns import (
    View,
    days,
    evidence_alone,
    is_not_blank,
    is_stated,
    keys,
    moments,
    repeated,
    where,
)
from checker.inventory.date_order import AFTER, OBSERVED, TEXT, DateOrder, Waiting
from checker.inventory.distinct import Answers, Texts
from checker.inventory.mapping import ProductMapping
from checker.inventory.table import RawTable
from checker.inventory.time_forms import TYPE, ZONED
from checker.model.record import fact_dtype

CUT = re.compile(r'(?:\[")?@\{')  # PowerShell's text of an object that it did not write out, alone or first in a list
OF_TIMES = ("day", "time")  # shapes that are read as a column of times
MOST_MINUTES = 10 * 366 * 24 * 60  # ten years: more is no age of antivirus definitions

Only = tuple[str, tuple[str, ...]]  # a fact and the words of it with which another counts
Words = tuple[str, ...]
Where = tuple[Column, Words]  # a column and the words of which it must be one
# Asked of texts: what of a fact; whether another counts; whether it is one of some words; whether they say anything.
Mask = Columns | Only | tuple[Where, ...] | None
Question = str | Only | frozenset[str] | None


@dataclass(slots=True)
class Normaliser:
    """Reads the tables of one file by a mapping; remembers what each distinct text means."""

    product: ProductMapping
    wanted: frozenset[str] | None = None
    dates: DateOrder = field(default_factory=DateOrder)
    unreadable: Counter[str] = field(default_factory=Counter)  # times in no form that is known, with their records
    local: str = ""  # the least of the times that name no zone
    odd_ids: int = 0  # Defender ids that are none
    odd_entra_ids: int = 0
    _tables: int = 0
    _bindings: dict[tuple[str, ...], Binding] = field(default_factory=dict)
    _texts: dict[Columns, Texts] = field(default_factory=dict)
    _answers: dict[tuple[Question, Columns], Answers] = field(default_factory=dict)

    def binding(self, titles: Sequence[str]) -> Binding:
        """Return what a table with these titles gives."""
        key = tuple(titles)
        if key not in self._bindings:
            self._bindings[key] = bind(self.product, titles, self.wanted)
        return self._bindings[key]

    def bindings(self) -> dict[tuple[str, ...], Binding]:
        """Return what the tables read so far gave, by their titles."""
        return self._bindings

    def cut_texts(self) -> int:
        """Return how many different texts PowerShell cut short, because objects were nested deeper than it writes."""
        return sum(1 for texts in self._texts.values() for text in texts.known if CUT.match(text))

    def records(self, table: RawTable) -> pl.DataFrame:
        """Return the records of a table, in the columns of ``RECORD_COLUMNS`` and of the facts that it carries."""
        height = table.rows.to_frame("")  # a frame without any column has none
        frame = table.columns if table.columns.width else height
        view = View(frame, self.binding(frame.columns))
        found, odd, odd_entra = keys(view, self.product.own_ids, self.product.key_patterns)
        self.odd_ids += odd
        self.odd_entra_ids += odd_entra
        columns = {"row": table.rows, "line": table.lines, **found, **self._observed(view)}
        columns |= {"evidence": evidence_alone(view), **self._facts(view)}
        self._note_dates(view)
        return pl.DataFrame([column.alias(name) for name, column in columns.items()])

    def _facts(self, view: View) -> dict[str, pl.Series]:
        bound = view.binding.facts
        codes = self._codes(view)
        masks = self._masks(view, codes)
        looked_up = view.frame.select(
            self._answer(name, fact.columns, codes).alias(name) for name, fact in bound.items() if not _is_whole(fact)
        )
        said = {}
        for name, fact in bound.items():
            if self.wanted is not None and name not in self.wanted:
                continue
            column = _of_whole_column(fact, view) if _is_whole(fact) else looked_up[name]
            if fact.reading.stated_with:
                column = where(masks[fact.stated_with], column)
            if fact.reading.only in masks:
                column = where(masks[fact.reading.only], column)
            if fact.where:
                column = where(masks[fact.where], column)
            if view.binding.full and not masks[view.binding.full].all():
                column = where(masks[view.binding.full] | is_not_blank(column), column)
            said[name] = column
        return said

    def _codes(self, view: View) -> dict[Columns, pl.Series]:
        """Give each text its code, in all columns at once."""
        facts = view.binding.facts.values()
        sources = {fact.columns for fact in facts if not _is_whole(fact)}
        sources |= {(column,) for fact in facts for column in fact.stated_with}
        sources |= {(column,) for column in view.binding.full}
        sources |= {(column,) for fact in facts for column, _ in fact.where}
        for columns in sources - self._texts.keys():
            self._texts[columns] = Texts()
        texts = pl.DataFrame([view.text(columns).alias(str(place)) for place, columns in enumerate(sources)])
        coded = texts.select(
            pl.col(str(place)).cast(self._texts[columns].dtype).to_physical() for place, columns in enumerate(sources)
        )
        found = dict(zip(sources, coded, strict=True))
        for columns, codes in found.items():
            self._texts[columns].learn(codes)
        return found

    def _masks(self, view: View, codes: Mapping[Columns, pl.Series]) -> dict[Mask, pl.Series]:
        """Return where one of some columns says anything, and where a fact, or columns, are one of some words.

        A fact that is not stated counts as being one of the words; a column does not.
        """
        facts = view.binding.facts
        masks: dict[Mask, pl.Expr] = {}
        for columns in {fact.stated_with for fact in facts.values() if fact.reading.stated_with} | {view.binding.full}:
            stated = [self._answer(None, (column,), codes) for column in columns]
            masks[columns] = pl.any_horizontal(stated).fill_null(False) if stated else pl.repeat(False, pl.len())
        for fact in facts.values():
            if fact.reading.only and fact.reading.only[0] in facts and facts[fact.reading.only[0]].columns:
                others = facts[fact.reading.only[0]].columns
                masks[fact.reading.only] = self._answer(fact.reading.only, others, codes).fill_null(True)
        for conditions in {fact.where for fact in facts.values() if fact.where}:
            met = [self._answer(frozenset(words), (column,), codes) for column, words in conditions]
            masks[conditions] = pl.all_horizontal(met).fill_null(False)
        found = view.frame.select(mask.alias(str(place)) for place, mask in enumerate(masks.values()))
        return dict(zip(masks, found, strict=True))

    def _answer(self, question: Question, columns: Columns, codes: Mapping[Columns, pl.Series]) -> pl.Expr:
        """Return the answers to a question, record by record."""
        if (question, columns) not in self._answers:
            self._answers[question, columns] = self._answers_to(question)
        answers = self._answers[question, columns].to(self._texts[columns])
        return pl.lit(answers).gather(pl.lit(codes[columns]))

    def _answers_to(self, question: Question) -> Answers:
        if question is None:
            return Answers(lambda texts: [not is_blank(text) for text in texts], pl.Boolean())
        if isinstance(question, str):
            return Answers(cells(self.product.facts[question]), fact_dtype(question))
        if isinstance(question, frozenset):
            is_one = one_of(sorted(question))
            return Answers(lambda texts: list(map(is_one, texts)), pl.Boolean())
        name, words = question
        read = cells(self.product.facts[name])
        return Answers(lambda texts: [word in (*words, "", None) for word in read(texts)], pl.Boolean())

    def _observed(self, view: View) -> dict[str, pl.Series]:
        """Return the times of the records and, where some wait for the rest of the file, what tells them then."""
        if view.binding.observed is None:
            return {OBSERVED: repeated(None, TYPE, view.frame.height)}
        times, texts = view.time(view.binding.observed), view.text((view.binding.observed,))
        self.local = min(filter(None, (self.local, *times.local)), default="")
        if times.unreadable:
            self.unreadable.update(texts.filter(texts.is_in(list(times.unreadable))).to_list())
        found = {OBSERVED: times.column}
        if times.open.height:
            found[TEXT] = texts.set(~texts.is_in(times.open["text"].implode()).fill_null(False), None)
        if view.binding.plus_minutes is not None:
            minutes = view.text((view.binding.plus_minutes,)).cast(pl.Int64, strict=False)
            minutes = minutes.set(~minutes.is_between(0, MOST_MINUTES), None)
            found[AFTER] = (minutes * 60_000_000).cast(pl.Duration("us"))
            found[OBSERVED] += found[AFTER]
        return found

    def _note_dates(self, view: View) -> None:
        """Remember which dates of a table wait for the rest of the file to tell day from month."""
        waiting = self.dates.note(view.times)
        facts = {
            name: (fact.reading.shape, fact.columns[0])
            for name, fact in view.binding.facts.items()
            if fact.reading.shape in OF_TIMES and fact.columns and fact.columns[0] in waiting
        }
        if waiting:
            observed = view.binding.observed if view.binding.observed in waiting else None
            self.dates.wait(Waiting(self._tables, observed, facts))
        self._tables += 1


def _is_whole(fact: BoundFact) -> bool:
    return fact.reading.says is not None or fact.reading.shape in OF_TIMES or not fact.columns


def _of_whole_column(fact: BoundFact, view: View) -> pl.Series:
    """Return a fact that is not read text by text: a time, the absence of a column, or that a column says anything."""
    dtype = fact_dtype(fact.reading.fact)
    if not fact.columns:
        return repeated("", dtype, view.frame.height)
    texts = view.text(fact.columns)
    if fact.reading.says is None:
        written = days if fact.reading.shape == "day" else moments
        said = written(view.time(fact.columns[0]).column, texts, dtype)
        if fact.reading.zoned:
            said = where(texts.str.contains(ZONED) | ~is_stated(texts), said)
        return where(is_stated(texts), said) if fact.reading.silent_blanks else said
    return where(is_stated(texts), repeated(fact.reading.says, dtype, view.frame.height))
