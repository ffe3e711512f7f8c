"""What the files that govern a run write alike: texts that must say something, days, amounts, names of rules."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from checker.model.wave import Limit
from checker.yaml_nodes import Entries, Items, Node, Problems, Text, did_you_mean, text_of

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
NUMERIC_DAY = re.compile(r"([0-9]{1,2})[./ -]([0-9]{1,2})[./ -]([0-9]{4})")  # 31.12.2026, 12/31/2026
PERCENT = re.compile(r"((?:0|[1-9][0-9]{0,8})(?:\.[0-9]{1,4})?)\s*%")
WHOLE = re.compile(r"0|[1-9][0-9]{0,8}")
WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
UTC_DAYS = "days are whole UTC days"


@dataclass(frozen=True, slots=True)
class RuleNames:
    """The rules that a file may name, and the notes that it may not: a note has no outcome."""

    rules: Collection[str]
    notes: Collection[str] = ()


def words_of(entry: Entries, key: str, problems: Problems, why: str = "") -> str:
    """Return a text that says something, outer spaces cut; note a problem if it is there and does not."""
    value = entry.entries.get(key)
    if isinstance(value, Text) and (value.null or not value.value.strip()):
        problems.add(value.place, f"'{key}' must not be empty", why)
        return ""
    return text_of(entry, key, problems).strip()


def day_of(entry: Entries, key: str, problems: Problems) -> date | None:
    """Return a day; None if there is none, with a problem noted if something else stands there."""
    value = entry.entries.get(key)
    if value is None:
        return None
    if not isinstance(value, Text) or value.null:
        problems.add(value.place, f"'{key}' must be a day{_instead(value)}", f"{UTC_DAYS}, written 2026-12-31")
        return None
    text = value.value.strip()
    if DAY.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            problems.add(value.place, f"'{text}' is no day of the calendar")
            return None
    what = f"'{text}' is a moment, not a day" if _moment(text) else f"'{text}' is no date"
    problems.add(value.place, what, _day_hint(text))
    return None


def _moment(text: str) -> datetime | None:
    """Return the moment that a text names; None if it names none, or only a day."""
    if not (DAY.match(text) and len(text) > 10):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _day_hint(text: str) -> str:
    moment, numeric = _moment(text), NUMERIC_DAY.fullmatch(text)
    if moment is not None and moment.tzinfo is not None:
        try:
            return f"{UTC_DAYS}: write {moment.astimezone(UTC).date()}"
        except OverflowError:  # the first and last hours of the calendar are none of UTC
            return f"{UTC_DAYS}, written 2026-12-31"
    if numeric is None:
        return f"{UTC_DAYS}, written 2026-12-31"
    first, second, year = map(int, numeric.groups())
    either = [(month, day) for month, day in ((second, first), (first, second)) if 1 <= month <= 12 and 1 <= day <= 31]
    meant = dict.fromkeys(f"{year:04}-{month:02}-{day:02}" for month, day in either)
    return f"{UTC_DAYS}: write {' or '.join(meant)}" if meant else f"{UTC_DAYS}, written 2026-12-31"


def number_of(entry: Entries, key: str, problems: Problems, least: int = 0) -> int | None:
    """Return a whole number that is at least ``least``; None if there is none, or something else with a problem."""
    value = entry.entries.get(key)
    if value is None:
        return None
    text = value.value.strip() if isinstance(value, Text) else ""
    if WHOLE.fullmatch(text) and int(text) >= least:
        return int(text)
    problems.add(value.place, f"'{key}' must be a whole number of at least {least}{_instead(value)}")
    return None


def percent_of(entry: Entries, key: str, problems: Problems) -> Decimal | None:
    """Return a share in per cent, above 0 and up to 100; None if there is none, or something else with a problem."""
    value = entry.entries.get(key)
    limit = limit_of(entry, key, problems)
    if value is None or limit is None:
        return None
    if not limit.percent:
        problems.add(value.place, f"'{key}' must be a share{_instead(value)}", f"write {limit.amount} %")
        return None
    if not limit.amount:
        problems.add(value.place, f"'{key}' must be more than 0 %")
        return None
    return limit.amount


def limit_of(entry: Entries, key: str, problems: Problems) -> Limit | None:
    """Return an amount of devices, ``95 %`` or ``5``; None if there is none, or something else with a problem."""
    value = entry.entries.get(key)
    if value is None:
        return None
    text = value.value.strip() if isinstance(value, Text) else ""
    if WHOLE.fullmatch(text):
        return Limit(Decimal(text), percent=False)
    share = PERCENT.fullmatch(text)
    if share is None:
        hint = "write a share as 95 % and a number of devices as 5"
        problems.add(value.place, f"'{key}' must be a share or a number of devices{_instead(value)}", hint)
        return None
    if Decimal(share[1]) > 100:
        problems.add(value.place, f"'{key}' is over 100 %: {text}")
        return None
    return Limit(Decimal(share[1]), percent=True)


def _instead(value: Node) -> str:
    """Return what stands there, for the end of a problem."""
    match value:
        case Text(null=True):
            return ", not empty"
        case Text(value=text):
            return f", not '{text}'"
        case Items():
            return ", not a list"
        case Entries():
            return ", not a mapping"


def check_rule(text: Text, known: RuleNames, problems: Problems) -> None:
    """Note a problem unless the text names a rule of the pack."""
    if text.value in known.notes:
        problems.add(text.place, f"'{text.value}' is a note, which has no outcome", "name a rule")
    elif text.value not in known.rules:
        problems.add(text.place, f"there is no rule '{text.value}'", did_you_mean(text.value, sorted(known.rules)))


def is_fresh(text: Text, twice: str, seen: dict[str, Text], problems: Problems) -> bool:
    """Add a text to ``seen``; return False, and say ``twice`` of it, if it was there already, whatever its case."""
    first = seen.setdefault(text.value.strip().casefold(), text)
    if first is not text:
        problems.add(text.place, f"'{text.value}' {twice}", f"the first is at {first.place}")
    return first is text
