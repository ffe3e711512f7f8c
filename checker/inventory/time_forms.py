"""The forms in which exports write times, each a pattern over whole columns of texts.

Only what a form spells out is read: libraries that read any date guess where day and month could be swapped, here such
a text gets both times and waits for the rest of its column. A time without a zone is taken for UTC.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
TYPE: Final = pl.Datetime("us")
READ: Final = {  # what is told of each text; all null where it has no form
    "time": TYPE,  # in UTC, where there is but one
    "day_first": TYPE,  # where there are two: if the first number is the day …
    "month_first": TYPE,  # … and if it is the month
    "mark": pl.String(),  # between the numbers of a date whose order only numbers tell
    "order": pl.String(),  # dmy or mdy, where the numbers show it
    "local": pl.Boolean(),  # follows a user's settings and names no time zone
}
FEW: Final = 64  # texts
WIDEST_OFFSET: Final = 14 * 60  # minutes: Line Islands, UTC+14
FILETIME_EPOCH: Final = 116_444_736_000_000_000  # 1970 in steps of 100 nanoseconds since 1601 (MS-DTYP 2.3.3)
_WHOLE = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november")
_NUMBER_OF: Final = {name: f"{1 + place % 12:02}" for place, name in enumerate((*MONTHS, *_WHOLE, "december"))} | {
    "sept": "09"
}
_MONTH = rf"(?P<month>{'|'.join(sorted(_NUMBER_OF, key=len, reverse=True))})\.?"
_WEEKDAY = r"(?:(?:mon|tue|tues|wed|wednes|thu|thur|thurs|fri|sat|satur|sun)(?:day)?,? )?"
_ZONE = r"(?P<zone> ?(?:z|utc|gmt)| ?(?:utc|gmt)?(?P<sign>[+-])(?P<zone_hour>\d{1,2})(?::?(?P<zone_minute>\d\d))?)?"
_CLOCK = (
    r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,](?P<fraction>\d{1,9}))?)?"
    r"(?: ?(?P<half>[ap])\.?m\.?)?" + _ZONE
)
ZONED: Final = (  # a clock with a zone behind it, or a number of PowerShell's, which counts from 1970 in UTC
    r"(?i):\d\d(?:[.,]\d{1,9})?(?: ?[ap]\.?m\.?)? ?(?:z|utc|gmt|(?:utc|gmt)?[+-]\d{1,2}(?::?\d\d)?)\s*$|/date\("
)
_AT = rf"(?:(?:,| at)? {_CLOCK})?"
_YEAR = r"(?P<year>\d{4})"


@dataclass(frozen=True, slots=True)
class Form:
    """A pattern, folded in case and with single spaces, and what its groups tell."""

    pattern: str
    tell: Callable[[bool], dict[str, pl.Expr]]
    local: bool
    first: Callable[[], dict[str, pl.Expr]] = dict  # what is worked out before, since ``tell`` uses it more than once

    @property
    def ascii(self) -> str:
        """The pattern for ASCII's digits alone: from others no numbers are read."""
        return self.pattern.replace(r"\d", "[0-9]")


def read_forms(texts: pl.Series) -> pl.DataFrame:
    """Return what is told of each text, in the columns of ``READ``."""
    seen = pl.col("plain").str.replace_all("[\u200e\u200f\ufeff]", "").str.replace_all(r"\s+", " ")
    plain = seen.str.strip_chars(" ").str.to_lowercase()
    left = pl.DataFrame({"plain": texts}).select(pl.int_range(pl.len(), dtype=pl.Int64).alias("place"), plain)
    found = []
    for form in _worth_trying(left["plain"]):
        pattern = f"^(?P<whole>{form.ascii})$"
        groups = left.with_columns(pl.col("plain").str.extract_groups(pattern).alias("groups")).unnest("groups")
        matched = groups.filter(pl.col("whole").is_not_null())
        if matched.height:
            told = {**{name: pl.lit(None) for name in READ}, **form.tell(form.local)}
            matched = matched.with_columns(**form.first())
            found.append(matched.select("place", *(told[name].cast(READ[name]).alias(name) for name in READ)))
            left = groups.filter(pl.col("whole").is_null()).select("place", "plain")
        if not left.height:
            break
    nothing = pl.DataFrame(schema={"place": pl.Int64, **READ})
    everywhere = pl.DataFrame({"place": pl.int_range(len(texts), eager=True)})
    return everywhere.join(pl.concat([nothing, *found]), on="place", how="left", maintain_order="left").drop("place")


def _worth_trying(texts: pl.Series) -> Sequence[Form]:
    """Return the forms that texts may have: of a few texts, those that one has, which is quicker than to try all."""
    few = texts.to_list() if len(texts) <= FEW else []
    return [form for form in FORMS if not few or any(re.fullmatch(form.ascii, text) for text in few)]


def _named(local: bool) -> dict[str, pl.Expr]:
    month = pl.col("month").replace_strict(_NUMBER_OF, default=None, return_dtype=pl.String())
    return {"time": _moment(pl.col("year"), month, pl.col("day")), "local": _is_local(local)}


def _year_first(local: bool) -> dict[str, pl.Expr]:
    same = pl.col("mark") == pl.col("again")
    time = pl.when(same).then(_moment(pl.col("year"), pl.col("month"), pl.col("day")))
    return {"time": time, "local": (pl.col("mark") != "-") & _is_local(local)}


def _both_ways() -> dict[str, pl.Expr]:
    same, year, one, two = pl.col("mark") == pl.col("again"), pl.col("year"), pl.col("one"), pl.col("two")
    return {
        "day_first": pl.when(same).then(_moment(year, two, one)),
        "month_first": pl.when(same).then(_moment(year, one, two)),
    }


def _numeric(local: bool) -> dict[str, pl.Expr]:
    """Two times where both are days; where one is, that one, and the order that it shows."""
    day_first, month_first = pl.col("day_first"), pl.col("month_first")
    two = day_first.is_not_null() & month_first.is_not_null() & (day_first != month_first)
    return {
        "time": pl.when(~two).then(pl.coalesce(day_first, month_first)),
        "day_first": pl.when(two).then(day_first),
        "month_first": pl.when(two).then(month_first),
        "mark": pl.col("mark"),
        "order": pl.when(month_first.is_null() & day_first.is_not_null())
        .then(pl.lit("dmy"))
        .when(day_first.is_null() & month_first.is_not_null())
        .then(pl.lit("mdy")),
        "local": _is_local(local),
    }


def _since_1970(unit: int) -> Callable[[bool], dict[str, pl.Expr]]:
    """Return the reader of a number of which ``unit`` are a second; JSON dates are in UTC whatever offset follows."""
    number = pl.col("number").cast(pl.Int64, strict=False)
    return lambda _: {"time": (number * (1_000_000 // unit)).cast(TYPE)}


def _filetime(base: int) -> Callable[[bool], dict[str, pl.Expr]]:
    steps = pl.col("number").str.to_integer(base=base, strict=False)
    return lambda _: {"time": ((steps - FILETIME_EPOCH) // 10).cast(TYPE)}


def _cim(_: bool) -> dict[str, pl.Expr]:
    minutes = pl.col("offset").cast(pl.Int64)
    sound = pl.when(minutes.abs() <= WIDEST_OFFSET).then(minutes)
    time = _stamp(pl.col("year"), pl.col("month"), pl.col("day"), pl.col("hour"))
    return {"time": time - pl.duration(minutes=sound)}


def _moment(year: pl.Expr, month: pl.Expr, day: pl.Expr) -> pl.Expr:
    """Return the time in UTC of a date and the groups of ``_CLOCK``; null where there is no such time."""
    hour, half = pl.col("hour").cast(pl.Int16).fill_null(0), pl.col("half")
    of_half = pl.when(hour.is_between(1, 12)).then(hour % 12 + 12 * (half == "p").cast(pl.Int16))
    of_day = pl.when(half.is_null()).then(hour).otherwise(of_half)
    return _stamp(year, month, day, of_day.cast(pl.String)) - _offset()


def _stamp(year: pl.Expr, month: pl.Expr, day: pl.Expr, hour: pl.Expr) -> pl.Expr:
    date = pl.format("{}-{}-{}", year, month.str.zfill(2), day.str.zfill(2))
    minute, second = (pl.col(name).fill_null("00") for name in ("minute", "second"))
    fraction = pl.col("fraction").fill_null("0").str.slice(0, 6)
    text = pl.format("{}T{}:{}:{}.{}", date, hour.str.zfill(2), minute, second, fraction)
    return text.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f", time_unit="us", strict=False)


def _offset() -> pl.Expr:
    """Return how far a zone is ahead of UTC; null for one that nobody lives in."""
    minutes = pl.col("zone_minute").cast(pl.Int64).fill_null(0)
    ahead = pl.col("zone_hour").cast(pl.Int64) * 60 + minutes
    signed = pl.when(pl.col("sign") == "-").then(-ahead).otherwise(ahead)
    sound = pl.when((minutes < 60) & (ahead <= WIDEST_OFFSET)).then(signed)
    return pl.duration(minutes=pl.when(pl.col("sign").is_null()).then(0).otherwise(sound))


def _is_local(local: bool) -> pl.Expr:
    return pl.lit(local) & pl.col("zone").is_null()


FORMS: Final = (
    Form(
        rf"{_YEAR}(?P<mark>[-/.])(?P<month>\d{{1,2}})(?P<again>[-/.])(?P<day>\d{{1,2}})(?:(?:t|,? ){_CLOCK})?",
        _year_first,
        local=True,
    ),
    Form(
        r"(?P<one>\d{1,2})(?P<mark>[/.-])(?P<two>\d{1,2})(?P<again>[/.-])" + _YEAR + _AT,
        _numeric,
        local=True,
        first=_both_ways,
    ),
    Form(rf"{_WEEKDAY}{_MONTH} (?P<day>\d{{1,2}}),? {_YEAR}{_AT}", _named, local=True),
    Form(rf"{_WEEKDAY}(?P<day>\d{{1,2}})\.?[ -]{_MONTH},?[ -]{_YEAR}{_AT}", _named, local=True),
    # \/Date(ms)\/ of PowerShell 5 and of old web services; milliseconds and seconds as bare numbers
    Form(r"\\?/date\((?P<number>-?\d{1,15})(?:[+-]\d{4})?\)\\?/", _since_1970(1_000), local=False),
    Form(r"(?P<number>\d{12,13}|-\d{12,14}|2534\d{11})", _since_1970(1_000), local=False),
    Form(r"(?P<number>[1-4]\d{9})(?:\.\d{1,9})?", _since_1970(1), local=False),
    # WMI's own: yyyyMMddHHmmss.ffffff and minutes from UTC
    Form(
        _YEAR + r"(?P<month>\d\d)(?P<day>\d\d)(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)"
        r"\.(?P<fraction>\d{6})(?P<offset>[+-]\d{3})",
        _cim,
        local=False,
    ),
    Form(r"(?P<number>1[1-9]\d{16})", _filetime(10), local=False),  # 1949 to 2234
    Form(r"(?:0x)?(?P<number>01[c-f][0-9a-f]{13})", _filetime(16), local=False),  # 2000 to 2057
)
