"""What notebooks and services may say of a run: every keyword, what it may hold, and what is wrong with what it holds.

A command line checks its options before anything begins; here the same is done for values of Python.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, fields
from datetime import UTC, date, datetime
from inspect import Parameter, Signature, signature
from numbers import Integral
from reprlib import Repr
from typing import Any, Literal, TypedDict, TypeVar, get_args, get_type_hints

from checker.decide.exit import FailOn, Gate
from checker.errors import CheckerError, Problem, UsageError
from checker.inventory.date_order import Order
from checker.options import FIRST_DAY, LAST_DAY, LEAST_BATCH, MOST_AGE_DAYS, MOST_BATCH, Options, digits_of_sha256
from checker.yaml_nodes import did_you_mean

Path_ = str | os.PathLike[str]
BadRows = Literal["stop", "skip"]
Phase = Literal["prerequisite", "verification", "all"]
Take = Callable[[str, object], object]
Taken = TypeVar("Taken")
Called = TypeVar("Called", bound=Callable[..., object])


class Reading(TypedDict, total=False):
    """How inputs are read; each is the option of the command line of that name."""

    mapping: Path_ | Sequence[Path_]
    read_as: Mapping[str, str]
    observed: Mapping[str, date]
    date_order: Mapping[str, Order]
    device_of: Mapping[str, str]
    bad_rows: BadRows


class Settings(Reading, total=False):
    """What a run is told besides; each is the option of the command line of that name."""

    pack: Path_
    profile: str
    tailoring: Path_
    attestations: Path_
    waivers: Path_
    waivers_sha256: str
    waves: Path_
    wave: str
    tool: str
    assume: str | Sequence[str]
    max_age_days: int
    require_dates: bool
    select: str | Sequence[str]
    ignore: str | Sequence[str]
    all_outcomes: bool
    phase: Phase
    fail_on: FailOn
    allow_unknown: bool
    batch_size: int


DEFAULTS: dict[str, object] = {
    each.name: each.default if each.default_factory is MISSING else each.default_factory()
    for kind in (Options, Gate)
    for each in fields(kind)
    if each.name in get_type_hints(Settings)
}


def tells(settings: type) -> Callable[[Called], Called]:
    """Return a decorator by which ``help`` and editors show each of these settings as a keyword with its default."""
    keywords = [  # an empty text cannot be given, so that none is shown
        Parameter(
            name, Parameter.KEYWORD_ONLY, default=... if DEFAULTS[name] == "" else DEFAULTS[name], annotation=hint
        )
        for name, hint in get_type_hints(settings).items()
    ]

    def told(function: Called) -> Called:
        plain: Signature = signature(function)
        named = [each for each in plain.parameters.values() if each.kind is not Parameter.VAR_KEYWORD]
        function.__signature__ = plain.replace(parameters=[*named, *keywords])  # type: ignore[attr-defined]
        return function

    return told


def taken(caller: str, settings: type, said: Mapping[str, object], problems: list[Problem]) -> dict[str, object]:
    """Return settings as a run has them: paths as texts, sequences as tuples, moments in UTC; note what is wrong.

    Raises:
        TypeError: one has a name that ``caller`` does not know, as Python itself would.
    """
    known = get_type_hints(settings)
    for name in said:
        if name not in known:
            near = did_you_mean(name, known).capitalize()
            more = f". {near}" if near.startswith("Did") else ""
            raise TypeError(f"{caller}() got an unexpected keyword argument '{name}'{more}")
    found: dict[str, object] = {}
    for name, value in said.items():
        try:
            found[name] = TAKE[name](name, value)
        except UsageError as error:
            problems += error.problems
    if "tool" in found and "waves" in found:
        problems.append(
            _problem("tool", found["tool"], "and waves exclude each other", "the waves name a tool for each wave")
        )
    if "waivers_sha256" in found and "waivers" not in said:
        problems.append(
            _problem("waivers_sha256", found["waivers_sha256"], "pins no file", "give the file with waivers")
        )
    return found


def check_day(as_of: object) -> list[Problem]:
    """Return what is wrong with the day to judge as of: it must be a date, from 1970 to 2999."""
    if isinstance(as_of, datetime):
        return [_problem("as_of", as_of, "is a moment, and judged is as of a day", "give its day in UTC: .date()")]
    if not isinstance(as_of, date):
        return [_problem("as_of", as_of, "is no date", "for example datetime.date(2026, 11, 23)")]
    if not FIRST_DAY <= as_of <= LAST_DAY:
        return [_problem("as_of", as_of, "is no day to judge as of", f"from {FIRST_DAY} to {LAST_DAY}")]
    return []


def text(where: str, value: object) -> str:
    """Return a text, or a path as text.

    Raises:
        UsageError: it is neither, is empty, or has what is no character.
    """
    said = os.fspath(value) if isinstance(value, os.PathLike) else value
    if not isinstance(said, str):
        raise _wrong(where, value, "is neither a text nor a path", "leave it out, if there is none")
    if not said.strip():
        raise _wrong(where, value, "is empty", "leave it out, if there is none")
    if any("\ud800" <= char <= "\udfff" for char in said):
        raise _wrong(where, value, "is not UTF-8", "rename it")
    return said


def _texts(where: str, value: object) -> tuple[str, ...]:
    if isinstance(value, str | os.PathLike):
        return (text(where, value),)
    if not isinstance(value, Sequence) or isinstance(value, bytes):
        raise _wrong(where, value, "is no list of texts", "give one text, or a list of them")
    return tuple(_each({f"{where}[{place}]": item for place, item in enumerate(value)}, text))


def _flag(where: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise _wrong(where, value, "is neither True nor False", "give True or False")
    return value


def _number_of(things: str, least: int, most: int) -> Take:
    hint = f"{things}, from {least} to {most}"

    def take(where: str, value: object) -> int:
        if not isinstance(value, Integral) or isinstance(value, bool):
            raise _wrong(where, value, "is no whole number", hint)
        if not least <= int(value) <= most:
            raise _wrong(where, value, "is out of range", hint)
        return int(value)

    return take


def _sha256(where: str, value: object) -> str:
    if digits := digits_of_sha256(text(where, value)):
        return digits
    raise _wrong(where, value, "is no SHA-256", "64 hexadecimal digits: hashlib.sha256(content).hexdigest()")


def _one_of(words: object) -> Take:
    allowed: tuple[str, ...] = get_args(words)
    choices = f"one of: {', '.join(allowed)}"

    def take(where: str, value: object) -> str:
        if isinstance(value, str) and value in allowed:
            return value
        near = did_you_mean(value.strip().lower(), allowed) if isinstance(value, str) else choices
        raise _wrong(where, value, "is not allowed", near if near == choices else f"{near} {choices}")

    return take


def _moment(where: str, value: object) -> datetime:
    """Return a moment in UTC without a time zone: that of a datetime, or the begin of a date."""
    hint = "for example datetime.datetime(2026, 11, 20, 14, 30, tzinfo=datetime.UTC)"
    if not isinstance(value, date):
        raise _wrong(where, value, "is neither a datetime nor a date", hint)
    if not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day)  # noqa: DTZ001 - moments of a run are in UTC, unsaid
    try:
        moment = value.astimezone(UTC) if value.tzinfo else value
        return datetime.combine(moment.date(), moment.time())  # of another library's kind of datetime, too
    except (ValueError, OverflowError):  # not a time (NaT), or one of the first or last hours of the calendar
        raise _wrong(where, value, "is no time", hint) from None


def _by_file(take: Take, example: str, *, others: bool = False) -> Take:
    """Return what takes a mapping by file; that of all ``others`` may stand by an empty name."""

    def taken_by_file(where: str, value: object) -> dict[str, object]:
        if not isinstance(value, Mapping):
            raise _wrong(where, value, "is no mapping by file", f"for example {where}={example}")

        def pair(at: str, item: tuple[object, object]) -> tuple[str, object]:
            file, said = item
            named = "" if others and file == "" else _file(f"{where}: key", file, f"for example {where}={example}")
            return named, take(at, said)

        return dict(_each({f"{where}[{_short.repr(item[0])}]": item for item in value.items()}, pair))

    return taken_by_file


def _file(where: str, value: object, hint: str) -> str:
    if not isinstance(value, str | os.PathLike) or not str(value).strip():
        raise _wrong(where, value, "names no file", hint)
    return text(where, value)


def _each(items: Mapping[str, Any], take: Callable[[str, Any], Taken]) -> list[Taken]:
    """Return each item as it is taken; raise one error with the problems of all."""
    found: list[Taken] = []
    problems: list[Problem] = []
    for where, item in items.items():
        try:
            found.append(take(where, item))
        except UsageError as error:
            problems += error.problems
    if problems:
        raise UsageError(problems)
    return found


def _wrong(where: str, value: object, what: str, hint: str) -> CheckerError:
    return UsageError(_problem(where, value, what, hint))


def _problem(where: str, value: object, what: str, hint: str) -> Problem:
    return Problem(f"{where}={_short.repr(value)}", what, hint)


_short = Repr()
_short.maxstring = _short.maxother = 80
_ALL_OTHERS = "{'portal.csv': 'dmy'}, or {'': 'dmy'} for all files"
TAKE: dict[str, Take] = {  # of each keyword what takes its value
    "mapping": _texts,
    "read_as": _by_file(text, "{'urls.csv': 'url-tests'}"),
    "observed": _by_file(_moment, "{'machines.json': datetime.date(2026, 11, 20)}"),
    "date_order": _by_file(_one_of(Order), _ALL_OTHERS, others=True),
    "device_of": _by_file(lambda where, value: text(where, value).strip(), "{'mp.json': 'ws-1.contoso.example'}"),
    "bad_rows": _one_of(BadRows),
    "pack": text,
    "profile": text,
    "tailoring": text,
    "attestations": text,
    "waivers": text,
    "waivers_sha256": _sha256,
    "waves": text,
    "wave": text,
    "tool": text,
    "assume": _texts,
    "max_age_days": _number_of("days", 1, MOST_AGE_DAYS),
    "require_dates": _flag,
    "select": _texts,
    "ignore": _texts,
    "all_outcomes": _flag,
    "phase": _one_of(Phase),
    "fail_on": _one_of(FailOn),
    "allow_unknown": _flag,
    "batch_size": _number_of("devices", LEAST_BATCH, MOST_BATCH),
}
