"""Reads the times of a column: all at once where they have one ISO form, else each distinct text."""

import re
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, UTC, datetime, timedelta
from enum import Enum

import numpy as np
import numpy.typing as npt
import polars as pl

from checker.inventory.cells import UNSEEN, is_blank

TYPE = pl.Datetime("us")
# What lies outside is a program's "never" (0001-01-01, 9999-12-31) or a clock gone wrong: never a reason to be undated.
OLDEST, NEWEST = datetime(1970, 1, 1), datetime(2200, 1, 1)  # noqa: DTZ001 - UTC, as the columns hold it
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
YEAR = r"(?P<year>\d{4})"
CLOCK = (
    r"(?:(?:,|\sat)?\s+(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:\.(?P<fraction>\d{1,9}))?)?"
    r"(?:\s?(?P<half>[ap])\.?m\.?)?)?"
)
NAMED = (
    re.compile(r"(?P<name>[a-z]{3})[a-z]*\.?\s+(?P<day>\d{1,2}),?\s+" + YEAR + CLOCK),
    re.compile(r"(?P<day>\d{1,2})\.?\s+(?P<name>[a-z]{3})[a-z]*\.?,?\s+" + YEAR + CLOCK),
)
NUMERIC = re.compile(r"(?P<one>\d{1,2})[/.-](?P<two>\d{1,2})[/.-]" + YEAR + CLOCK)
EPOCH_MS = re.compile(r"(?:\\?/date\()?(?P<ms>\d{12,13}|-\d{12,14}|2534\d{11})(?:[+-]\d{4})?(?:\)\\?/)?")
MONTH_LENGTHS = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], np.int32)
DAYS_BEFORE = np.cumsum([0, *MONTH_LENGTHS[:-1]]).astype(np.int32)  # a month, in a year that is no leap year
DAYS_BEFORE_1970 = datetime(1970, 1, 1, tzinfo=UTC).toordinal() - 1
ISO_LENGTH = len("0000-00-00T00:00:00")
ISO_MARKS = {4: b"-", 7: b"-", 10: b"T ", 13: b":", 16: b":"}


class Doubt(Enum):
    """Why a text is no time."""

    AMBIGUOUS = "day and month cannot be told apart"
    UNREADABLE = "is in no form that is known"


@dataclass(frozen=True, slots=True)
class Times:
    """The times of a column in UTC, null where there is none, and the texts about which something is to be said."""

    column: pl.Series
    ambiguous: frozenset[str] = frozenset()
    unreadable: frozenset[str] = frozenset()
    local: frozenset[str] = frozenset()  # in a form that follows a user's settings and names no time zone; read as UTC


def read_times(texts: pl.Series) -> Times:
    """Return the times that the texts of a column are."""
    regular = _regular(texts)
    if regular is not None:
        return Times(regular)
    iso = texts.str.strip_chars().str.replace(" ", "T", literal=True).str.strip_chars_end("Z")
    times = iso.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f", time_unit="us", strict=False)
    times = times.clip(OLDEST, NEWEST)
    left = texts.filter(times.is_null() & texts.is_not_null()).unique()
    read = {text: _read(text) for text in left if not is_blank(text)}
    found = {text: time for text, time in read.items() if isinstance(time, tuple)}
    if found:
        values = pl.Series([time for time, _ in found.values()], dtype=TYPE)
        times = times.fill_null(texts.replace_strict(list(found), values, default=None, return_dtype=TYPE))
    return Times(
        times,
        ambiguous=frozenset(text for text, time in read.items() if time is Doubt.AMBIGUOUS),
        unreadable=frozenset(text for text, time in read.items() if time is Doubt.UNREADABLE),
        local=frozenset(text for text, (_, local) in found.items() if local),
    )


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


def _read(text: str) -> tuple[datetime, bool] | Doubt:
    """Return a time in UTC, bounded, and whether its form is a local one."""
    plain = " ".join(text.translate(UNSEEN).split())
    try:
        absolute = _absolute(plain)
        time = absolute or _local(plain.casefold())
    except (ValueError, OverflowError):
        return Doubt.UNREADABLE
    if isinstance(time, Doubt):
        return time
    local = absolute is None
    return min(max(time.replace(tzinfo=None), OLDEST), NEWEST), local


def _absolute(text: str) -> datetime | None:
    if match := EPOCH_MS.fullmatch(text.casefold()):
        return EPOCH + timedelta(milliseconds=int(match["ms"]))
    if not re.match(r"\d{4}-\d\d-\d\d", text):
        return None
    time = datetime.fromisoformat(text)
    return time.astimezone(UTC) if time.tzinfo and MINYEAR < time.year < MAXYEAR else time.replace(tzinfo=UTC)


def _local(text: str) -> datetime | Doubt:
    for form in NAMED:
        if (match := form.fullmatch(text)) and match["name"] in MONTHS:
            return _time(match, MONTHS.index(match["name"]) + 1, int(match["day"]))
    match = NUMERIC.fullmatch(text)
    if not match:
        return Doubt.UNREADABLE
    one, two = int(match["one"]), int(match["two"])
    if one <= 12 and two <= 12 and one != two:
        return Doubt.AMBIGUOUS
    return _time(match, two, one) if one > 12 else _time(match, one, two)


def _time(match: re.Match[str], month: int, day: int) -> datetime:
    hour, half = int(match["hour"] or 0), match["half"]
    if half and not 1 <= hour <= 12:
        raise ValueError(half)
    hour = hour % 12 + 12 * (half == "p") if half else hour
    fraction = int((match["fraction"] or "0").ljust(6, "0")[:6])
    clock = (hour, int(match["minute"] or 0), int(match["second"] or 0), fraction)
    return datetime(int(match["year"]), month, day, *clock, tzinfo=UTC)
