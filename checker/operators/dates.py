"""Dates and times against the day of the check and against other dates."""

from datetime import date, datetime
from typing import Any

from checker.facts.values import Value
from checker.model.fact import FactSpec, KnownNone
from checker.model.truth import Truth
from checker.operators.arguments import whole
from checker.operators.compare import less_than, more_than

MOST_DAYS = 36_500  # a hundred years: more is a slip of the keyboard


def within_days(value: date | KnownNone, argument: tuple[int, date]) -> Truth:
    """The value lies at most so many days before the day of the check, and not after it.

    `0` is the day itself. Of a time its UTC day counts. FALSE for known none.

    ```yaml
    device.last_seen: {within_days: 30}
    ```
    """
    if isinstance(value, KnownNone):
        return Truth.FALSE
    days, as_of = argument
    day = value.date() if isinstance(value, datetime) else value
    return Truth.of(0 <= (as_of - day).days <= days)


def before(value: Value, argument: Value) -> Truth:
    """The value is earlier than a date, `$as_of` or another fact; FALSE for known none.

    A date compared with a time compares days: no time of a day is before that day, or after it.

    ```yaml
    agent.built: {before: 2026-02-01}
    ```
    """
    return less_than(value, argument)


def after(value: Value, argument: Value) -> Truth:
    """The value is later than a date, `$as_of` or another fact; FALSE for known none.

    ```yaml
    sense.event4_at: {after: {fact: package.applied_at}}
    ```
    """
    return more_than(value, argument)


def days(raw: Any, _spec: FactSpec) -> int:  # noqa: ANN401 - raw YAML
    """Read the argument of ``within_days``."""
    return whole(raw, most=MOST_DAYS)
