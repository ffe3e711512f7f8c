"""Turns the tables of a file into records: keys, time, and one column for each fact that the file carries."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from checker.inventory.binding import Binding, BoundFact, Column, bind
from checker.inventory.cells import BLANKS, LOST, SEPARATOR, cell, is_blank
from checker.inventory.distinct import Answers, Texts
from checker.inventory.mapping import ProductMapping
from checker.inventory.table import RawTable
from checker.inventory.times import TYPE, Times, read_times
from checker.model.record import RECORD_COLUMNS, fact_dtype

MDE_ID = "^[0-9a-f]{40}$"
NO_ENTRA_ID = "00000000-0000-0000-0000-000000000000"
LONGEST_BLANK = max(map(len, BLANKS | LOST))
TEXT, FLAG = pl.String(), pl.Boolean()

Columns = tuple[Column, ...]


@dataclass(slots=True)
class View:
    """One table, with what was already worked out of it."""

    frame: pl.DataFrame
    binding: Binding
    codes: dict[Columns, pl.Series] = field(default_factory=dict)
    times: dict[Column, Times] = field(default_factory=dict)
    facts: dict[str, pl.Series] = field(default_factory=dict)
    full: pl.Series | None = None  # which records are not partial

    def text(self, columns: Columns) -> pl.Series:
        """Return the texts of a column, or of several as one text; null where a record has none of them."""
        found = [self._text(column) for column in columns]
        if len(found) == 1:
            return found[0]
        frame = pl.DataFrame([texts.alias(str(place)) for place, texts in enumerate(found)])
        return frame.select(
            pl.when(pl.any_horizontal(pl.all().is_not_null())).then(
                pl.concat_str(pl.all().fill_null(""), separator=SEPARATOR)
            )
        ).to_series()

    def _text(self, column: Column) -> pl.Series:
        if not column.title:
            return pl.repeat(None, self.frame.height, dtype=TEXT, eager=True)
        texts = self.frame[column.title]
        return texts.str.json_path_match(f"$.{column.path}") if column.path else texts

    def time(self, column: Column) -> Times:
        """Return the times of a column."""
        if column not in self.times:
            self.times[column] = read_times(self._text(column))
        return self.times[column]


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
    _answers: dict[tuple[str, Columns], Answers] = field(default_factory=dict)

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
        self._code_columns(view)
        columns = {"row": table.rows, "line": table.lines, **_keys(view), "observed": self._observed(view)}
        for name in view.binding.facts:
            if self.wanted is None or name in self.wanted:
                columns[name] = self._fact(name, view)
        return pl.DataFrame([column.alias(name) for name, column in columns.items()])

    def _code_columns(self, view: View) -> None:
        """Give each text of the plain columns its code, all columns at once."""
        facts = view.binding.facts.values()
        plain = {fact.columns for fact in facts if not _is_vectorised(fact)}
        plain |= {(column,) for fact in facts for column in fact.stated_with}
        plain |= {(column,) for column in view.binding.full}
        single = [columns for columns in plain if len(columns) == 1 and not columns[0].path]
        for columns in single:
            self._texts.setdefault(columns, Texts())
        coded = view.frame.select(
            pl.col(columns[0].title).cast(self._texts[columns].dtype).alias(str(place))
            for place, columns in enumerate(single)
        )
        for columns, series in zip(single, coded, strict=True):
            view.codes[columns] = self._texts[columns].codes(series)

    def _answer(self, name: str, columns: Columns, view: View, make: Answers) -> pl.Series:
        texts = self._texts.setdefault(columns, Texts())
        if columns not in view.codes:
            view.codes[columns] = texts.codes(view.text(columns).cast(texts.dtype))
        return self._answers.setdefault((name, columns), make).of(view.codes[columns], texts)

    def _fact(self, name: str, view: View) -> pl.Series:
        if name in view.facts:
            return view.facts[name]
        bound, dtype = view.binding.facts[name], fact_dtype(name)
        nothing = pl.repeat(None, view.frame.height, dtype=dtype, eager=True)
        if not bound.columns:
            column = pl.repeat("", view.frame.height, dtype=TEXT, eager=True).cast(dtype)
        elif bound.reading.says is not None:
            said = pl.repeat(bound.reading.says, view.frame.height, dtype=TEXT, eager=True).cast(dtype)
            column = said.zip_with(_is_stated(view.text(bound.columns)), nothing)
        elif bound.reading.shape == "day":
            column = _days(view.time(bound.columns[0]).column, view.text(bound.columns), dtype)
        else:
            column = self._answer(name, bound.columns, view, Answers(cell(bound.reading), dtype))
            column = self._without_partial_blanks(column, view)
        if bound.stated_with:
            column = column.zip_with(self._any_stated(bound.stated_with, view), nothing)
        elif bound.reading.stated_with:
            column = nothing
        if bound.reading.only and bound.reading.only[0] in view.binding.facts:
            other, words = bound.reading.only
            column = column.zip_with(_is_one_of(self._fact(other, view), other, words), nothing)
        view.facts[name] = column
        return column

    def _without_partial_blanks(self, column: pl.Series, view: View) -> pl.Series:
        if view.full is None and view.binding.full:
            view.full = self._any_stated(view.binding.full, view)
        if view.full is None or view.full.all():
            return column
        blank = pl.Series([""], dtype=column.dtype).to_physical()[0]
        nothing = pl.repeat(None, len(column), dtype=column.dtype, eager=True)
        return column.zip_with(view.full | (column.to_physical() != blank).fill_null(True), nothing)

    def _any_stated(self, columns: Columns, view: View) -> pl.Series:
        stated = pl.repeat(False, view.frame.height, dtype=FLAG, eager=True)
        for column in columns:
            answers = Answers(lambda text: not is_blank(text), FLAG)
            stated |= self._answer("", (column,), view, answers).fill_null(False)
        return stated

    def _observed(self, view: View) -> pl.Series:
        if view.binding.observed is None:
            return pl.repeat(None, view.frame.height, dtype=TYPE, eager=True)
        times = view.time(view.binding.observed)
        self._note(times, view)
        if view.binding.plus_minutes is None:
            return times.column
        minutes = view.text((view.binding.plus_minutes,)).cast(pl.Int64, strict=False)
        return times.column + (minutes * 60_000_000).cast(pl.Duration("us"))

    def _note(self, times: Times, view: View) -> None:
        """Count the records whose time is doubtful, so that a notice can be given for the file."""
        self.local |= times.local
        for texts, counter in ((times.ambiguous, self.ambiguous), (times.unreadable, self.unreadable)):
            if texts and view.binding.observed:
                column = view.text((view.binding.observed,))
                counter.update(text for text in column.to_list() if text in texts)


def _is_vectorised(fact: BoundFact) -> bool:
    return fact.reading.says is not None or fact.reading.shape == "day" or not fact.columns


def _is_stated(texts: pl.Series) -> pl.Series:
    """Tell where a column says something; not all forms of a blank are short, but all short texts are looked at."""
    stated = texts.is_not_null()
    if (texts.str.len_bytes() <= LONGEST_BLANK).any():
        stated &= ~texts.str.strip_chars().str.to_lowercase().is_in([*BLANKS, *LOST]).fill_null(True)
    return stated


def _is_one_of(facts: pl.Series, name: str, words: Sequence[str]) -> pl.Series:
    """Tell where a fact is one of the words or is not stated."""
    allowed = pl.Series([*words, ""], dtype=fact_dtype(name)).to_physical()
    return facts.is_null() | facts.to_physical().is_in(allowed.implode()).fill_null(True)


def _days(times: pl.Series, texts: pl.Series, dtype: pl.DataType) -> pl.Series:
    """Return the UTC days of a column of times; a text that is no time stays as it stands, a blank is a blank."""
    days = times.cast(pl.Date).to_physical()
    present = days.drop_nulls().unique().sort()
    if present.len():
        names = present.cast(pl.Date).dt.to_string("%Y-%m-%d")
        first = int(present[0])
        places = pl.repeat(None, int(present[-1]) - first + 1, dtype=TEXT, eager=True).scatter(present - first, names)
        column = places.cast(dtype).gather(days - first)
    else:
        column = pl.repeat(None, len(times), dtype=dtype, eager=True)
    if column.null_count():
        blank = texts.set(texts.is_not_null(), "")
        left = texts.zip_with(_is_stated(texts), blank)
        column = column.zip_with(days.is_not_null(), left.cast(dtype))
    return column


def _keys(view: View) -> dict[str, pl.Series]:
    """Return the keys: ids folded, the name as spelled, null where there is none."""
    keys = {key: _key(view.text((column,)), fold=key != "name") for key, column in view.binding.keys.items()}
    if "device" in keys:
        is_id = keys["device"].str.contains(MDE_ID).fill_null(False)
        nothing = pl.repeat(None, len(is_id), dtype=TEXT, eager=True)
        name = _key(view.text((view.binding.keys["device"],)), fold=False)
        keys = {"mde_id": keys["device"].zip_with(is_id, nothing), "name": nothing.zip_with(is_id, name)}
    missing = pl.repeat(None, view.frame.height, dtype=TEXT, eager=True)
    return {key: keys.get(key, missing) for key, dtype in RECORD_COLUMNS.items() if dtype == TEXT}


def _key(texts: pl.Series, fold: bool) -> pl.Series:
    stripped = texts.str.strip_chars()
    found = stripped.str.to_lowercase() if fold else stripped
    if (found.str.len_bytes() <= LONGEST_BLANK).any() or (found == NO_ENTRA_ID).any():
        blank = stripped.str.to_lowercase().is_in([*BLANKS, *LOST, NO_ENTRA_ID])
        found = found.set(blank, None)
    return found
