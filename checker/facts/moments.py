"""Texts to dates and times, in UTC; a numeric date whose day and month could be swapped is not read."""

import re
from datetime import UTC, date, datetime, timedelta, timezone

from checker.model.outcome import Missing

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ISO = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
    r"(?:[Tt ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]{1,9}))?)?"
    r" ?([Zz]|UTC|[+-][0-9]{2}:?[0-9]{2})?)?"
)
_NAMED = re.compile(  # mdatp health: Apr 10, 2024 at 01:34:28 PM; portal exports: Apr 15, 2024 11:09:27 AM
    r"([A-Za-z]{3,9})\.? ([0-9]{1,2}), ([0-9]{4})"
    r"(?:,? (?:at )?([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,9}))?)?\s?([AaPp][Mm])?)?"
)
_EPOCH_MS = re.compile(r"[0-9]{13}")  # mdatp health --output json; 13 digits are the years 2001 to 2286
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
# "(1)" is what a browser adds to the name of a second download
_PACKAGE = re.compile(r"(?i)_valid_until_([0-9]{4}-[0-9]{2}-[0-9]{2})(?: ?\([0-9]+\))?\.(?:zip|cmd|py|sh)$")
_WIDEST_OFFSET = 14  # hours; Line Islands, UTC+14
_NO_DATE = date(1, 1, 1)  # .NET's DateTime.MinValue: how its exports write "never"


def read_time(text: str) -> datetime | Missing:
    """Return the naive UTC time that a text spells; a date alone is its midnight, a time without zone is UTC.

    Reads ISO 8601 dates and times, milliseconds since 1970 (13 digits) and English month names. Everything else is
    UNREADABLE, ``03/04/2024`` with it; ``0001-01-01`` (never) is BLANK.
    """
    try:
        moment = _moment(text)
    except (ValueError, OverflowError):  # the 30th of February, 25 o'clock, before the year 1
        return Missing.UNREADABLE
    if moment is None:
        return Missing.UNREADABLE
    return Missing.BLANK if moment.date() == _NO_DATE else moment.replace(tzinfo=None)


def read_date(text: str) -> date | Missing:
    """Return the UTC day of the time that a text spells (see :func:`read_time`)."""
    moment = read_time(text)
    return moment if isinstance(moment, Missing) else moment.date()


def is_day(text: str) -> bool:
    """Return whether a text spells a date without a time of day."""
    return _DAY.fullmatch(text) is not None


def _moment(text: str) -> datetime | None:
    if _EPOCH_MS.fullmatch(text):
        return _EPOCH + timedelta(milliseconds=int(text))
    if iso := _ISO.fullmatch(text):
        year, month, day, hour, minute, second, fraction, zone = iso.groups()
        numbers = (int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0))
        return datetime(*numbers, _microseconds(fraction), tzinfo=_zone(zone)).astimezone(UTC)
    if named := _NAMED.fullmatch(text):
        name, day, year, hour, minute, second, fraction, half = named.groups()
        clock = (_hour(int(hour or 0), half), int(minute or 0), int(second or 0))
        return datetime(int(year), _month(name), int(day), *clock, _microseconds(fraction), tzinfo=UTC)
    return None


def _microseconds(fraction: str | None) -> int:
    return int((fraction or "").ljust(6, "0")[:6])


def _zone(text: str | None) -> timezone:
    if text is None or text in ("Z", "z", "UTC"):
        return UTC
    hours, minutes = int(text[1:3]), int(text[-2:])
    if hours > _WIDEST_OFFSET or minutes > 59:
        raise ValueError(text)
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if text[0] == "-" else offset)


def _month(name: str) -> int:
    folded = name.casefold()
    for number, month in enumerate(_MONTHS, start=1):
        if folded in (month, month[:3]) or (folded == "sept" and number == 9):
            return number
    raise ValueError(name)


def _hour(hour: int, half: str | None) -> int:
    if half is None:
        return hour
    if not 1 <= hour <= 12:
        raise ValueError(hour)
    return hour % 12 + (12 if half.casefold() == "pm" else 0)


def read_package_name(text: str) -> date | Missing:
    """Return the last day on which a package may be run, as its file's name states it, whatever folder it lies in.

    Offboarding packages are named so by the portal: ``…_valid_until_2026-12-01.zip``, and likewise the script in them.
    """
    match = _PACKAGE.search(text)
    return read_date(match[1]) if match else Missing.UNREADABLE
