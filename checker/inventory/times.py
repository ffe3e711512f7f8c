"""Reads the times of a column: all at once where they have one ISO form, else each distinct text by its form."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import polars as pl

from checker.inventory.cells import BLANKS, LOST
from checker.inventory.time_forms import TYPE, read_forms

# What lies outside is a program's "never" (0001-01-01, 9999-12-31) or a clock gone wrong: never a reason to be undated.
OLDEST, NEWEST = datetime(1970, 1, 1), datetime(2200, 1, 1)  # noqa: DTZ001 - UTC, as the columns hold it
BLANK_FORMS = sorted(BLANKS | LOST)
MONTH_LENGTHS = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], np.int32)
DAYS_BEFORE = np.cumsum([0, *MONTH_LENGTHS[:-1]]).astype(np.int32)  # a month, in a year that is no leap year
DAYS_BEFORE_1970 = datetime(1970, 1, 1, tzinfo=UTC).toordinal() - 1
ISO_LENGTH = len("0000-00-00T00:00:00")
ISO_MARKS = {4: b"-", 7: b"-", 10: b"T ", 13: b":", 16: b":"}
FEW = 4  # texts
ORDERS = {"dmy": "day_first", "mdy": "month_first"}
OPEN_COLUMNS = {"text": pl.String(), "mark": pl.String(), "dmy": TYPE, "mdy": TYPE}


def _nothing_open() -> pl.DataFrame:
    return pl.DataFrame(schema=OPEN_COLUMNS)


@dataclass(frozen=True, slots=True)
class Times:
    """The times of a column in UTC, null where there is none, and the texts about which something is to be said.

    ``open`` holds the distinct texts of which day and month cannot be told apart: the mark between the numbers, and the
    time by either order. ``shown`` holds what other dates of the column show: mark, order, least text that shows it.
    """

    column: pl.Series
    open: pl.DataFrame = field(default_factory=_nothing_open)
    shown: tuple[tuple[str, str, str], ...] = ()
    unreadable: frozenset[str] = frozenset()
    local: frozenset[str] = frozenset()  # in a form that follows a user's settings and names no time zone; read as UTC


def read_times(texts: pl.Series) -> Times:
    """Return the times that the texts of a column are."""
    regular = _regular(texts)
    if regular is not None:
        return Times(regular)
    return _read_few(tuple(texts)) if len(texts) <= FEW else _read(texts)


@lru_cache(maxsize=1 << 10)  # thousands of small files of one product tell the same times, as when its version expires
def _read_few(texts: tuple[str | None, ...]) -> Times:
    return _read(pl.Series(texts, dtype=pl.String))


def _read(texts: pl.Series) -> Times:
    iso = pl.col("text").str.strip_chars().str.replace(" ", "T", literal=True).str.strip_chars_end("Z")
    time = iso.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f", time_unit="us", strict=False)
    column = texts.alias("text").to_frame().with_columns(time.alias("time"))
    left = column.filter(pl.col("time").is_null() & pl.col("text").is_not_null())["text"].unique().sort()
    if not len(left):
        return Times(column["time"].clip(OLDEST, NEWEST))
    read = read_forms(left).insert_column(0, left)
    found, others = read.filter(pl.col("time").is_not_null()), read.filter(pl.col("time").is_null())
    is_open = pl.col("mark").is_not_null() & pl.col("day_first").is_not_null()
    open_ = others.filter(is_open)
    times = column["time"].fill_null(looked_up(texts, found["text"], found["time"])) if found.height else column["time"]
    return Times(
        times.clip(OLDEST, NEWEST),
        open=_open(open_) if open_.height else _nothing_open(),
        shown=_shown(found) if found["order"].null_count() < found.height else (),
        unreadable=_unreadable(others.filter(~is_open)) if open_.height < others.height else frozenset(),
        local=frozenset(pl.concat([found, open_]).filter("local")["text"]),
    )


def _open(read: pl.DataFrame) -> pl.DataFrame:
    bounded = {order: pl.col(name).clip(OLDEST, NEWEST) for order, name in ORDERS.items()}
    return read.select("text", "mark", **bounded)


def _shown(read: pl.DataFrame) -> tuple[tuple[str, str, str], ...]:
    showing = read.filter(pl.col("order").is_not_null()).group_by("mark", "order").agg(pl.col("text").min())
    return tuple(sorted(showing.iter_rows()))


def _unreadable(read: pl.DataFrame) -> frozenset[str]:
    folded = pl.col("text").str.replace_all("[\u200e\u200f\ufeff]", "").str.strip_chars().str.to_lowercase()
    return frozenset(read.filter(~folded.is_in(BLANK_FORMS))["text"])


def looked_up(texts: pl.Series, known: pl.Series, times: pl.Series) -> pl.Series:
    """Return the times of texts that are known, each once; null for others."""
    return texts.replace_strict(known, times, default=None, return_dtype=TYPE)


def _regular(texts: pl.Series) -> pl.Series | None:
    """Return the times if all texts are ``yyyy-MM-ddTHH:mm:ss`` with fractions of one length, in UTC; else None.

    Far faster than parsing text by text, for the column that every export of a large fleet has.
    """
    sizes = texts.str.len_bytes()
    size = sizes.min()
    if not isinstance(size, int) or size != sizes.max() or texts.null_count() or not ISO_LENGTH <= size <= 40:
        return None
    letters = np.frombuffer(texts.str.join("")[0].encode(), np.uint8).reshape(len(texts), size)
    columns = np.ascontiguousarray(letters.T)  # one after the other in memory, for each is looked at whole
    marks = [(columns[place], ISO_MARKS[place]) for place in ISO_MARKS]
    if not all(((column == mark[0]) | (column == mark[-1])).all() for column, mark in marks):
        return None
    tail = columns[ISO_LENGTH:]
    if len(tail) and (tail[-1] == ord("Z")).all():
        tail = tail[:-1]
    if len(tail) and not (tail[0] == ord(".")).all():
        return None
    digits = [column - ord("0") for place, column in enumerate(columns[:ISO_LENGTH]) if place not in ISO_MARKS]
    digits += [column - ord("0") for column in tail[1:]]
    return _from_digits(digits) if all((digit <= 9).all() for digit in digits) else None


def _from_digits(digits: list[npt.NDArray[np.uint8]]) -> pl.Series | None:
    """Return the times of columns of digits yyyyMMddHHmmssffffff…; None if one of them is no time."""

    def number(start: int, stop: int) -> npt.NDArray[np.int32]:
        total = np.zeros(len(digits[0]), np.int32)
        for place in range(start, stop):
            total *= 10
            if place < len(digits):
                total += digits[place]
        return total

    year, month, day = number(0, 4), number(4, 6), number(6, 8)
    hour, minute, second = number(8, 10), number(10, 12), number(12, 14)
    leap = ((year % 4 == 0) & (year % 100 != 0)) | (year % 400 == 0)
    sound = (year >= OLDEST.year) & (year < NEWEST.year) & (month >= 1) & (month <= 12) & (day >= 1)
    sound &= (hour < 24) & (minute < 60) & (second < 60)
    if not sound.all() or not (day <= MONTH_LENGTHS[month] + (leap & (month == 2))).all():
        return None
    before = year - 1  # days before a year, a month and a day, counted from 0001-01-01
    days = (
        before * 365 + before // 4 - before // 100 + before // 400 + DAYS_BEFORE[month] + (leap & (month > 2)) + day - 1
    )
    seconds = (days - DAYS_BEFORE_1970).astype(np.int64) * 86_400 + (hour * 3600 + minute * 60 + second)
    return pl.Series(seconds * 1_000_000 + number(14, 20)).cast(TYPE)
