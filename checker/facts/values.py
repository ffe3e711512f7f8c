"""Texts to values: each distinct text of a fact is typed once, as the catalogue says. Nothing here ever raises."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import assert_never

from checker.facts.attempts import (
    at_once,
    attempts_text,
    latest,
    read_attempts,
    read_proxy_authentication,
    read_tls_inspection,
)
from checker.facts.lists import read_set, set_text, union
from checker.facts.moments import read_date, read_package_name, read_time
from checker.facts.versions import Version, read_agent_month, read_version
from checker.model.fact import Attempt, FactSpec, KnownNone, SetValue
from checker.model.outcome import Missing

Value = str | Version | int | Decimal | bool | date | datetime | SetValue | tuple[Attempt, ...] | KnownNone

_BLANK_FORMS = frozenset({"", "null", "n/a", "-", "{}"})  # {} is how Microsoft Graph writes a null date
_NUMBER = re.compile(r"(-?[0-9]{1,18})(?:\.([0-9]{1,18}))?")
_FLAGS = {
    **dict.fromkeys(("true", "1", "yes", "$true", "enabled", "on"), True),
    **dict.fromkeys(("false", "0", "no", "$false", "disabled", "off"), False),
}
_SEPARATORS = re.compile(r"[\s_-]+")


def read_value(text: str, spec: FactSpec) -> Value | Missing:
    """Return the typed value of a text, or why there is none; never raises.

    Args:
        text: one cell, as the export spells it.
        spec: the fact. A view (``view_of``) reads the other fact's text and, since the two never look alike, also its
            own as an attestation or a case states it.

    Returns:
        The value; KnownNone for a blank where blank is a statement; BLANK; or UNREADABLE, never a guess.
    """
    stripped = text.strip()
    if stripped.casefold() in _BLANK_FORMS:
        return KnownNone() if spec.blank_is_none else Missing.BLANK
    view = _VIEWS.get(spec.reading)
    value = view(stripped) if view else Missing.UNREADABLE
    return _read_type(stripped, spec) if value is Missing.UNREADABLE else value


@cache
def as_stated(spec: FactSpec) -> FactSpec:
    """Return how the fact reads where only its own value will do: in a rule's argument."""
    return replace(spec, view_of="", reading="") if spec.view_of else spec


def merge_texts(texts: Sequence[str], spec: FactSpec) -> str:
    """Return one canonical text for several observations of a fact that merges by union.

    Args:
        texts: the observations, at least one, in time order, the oldest first.
        spec: a fact of type set or attempts.

    Returns:
        JSON, sorted. Sets: their union, open only if every text is open or one could not be read. Attempts: the last
        for each host, port, method and way. "" if all are blank; if attempts cannot be read, a text that cannot either.
    """
    values = [read_value(text, spec) for text in texts]
    unread = sorted(text for text, value in zip(texts, values, strict=True) if value is Missing.UNREADABLE)
    if spec.type == "attempts":
        if unread:
            return unread[0]
        attempts = latest(attempt for value in values if isinstance(value, tuple) for attempt in value)  # type: ignore[misc]
        return attempts_text(attempts) if attempts else ""
    merged = union([value for value in values if isinstance(value, SetValue | KnownNone | Missing)])
    if isinstance(merged, Missing):
        return unread[0] if unread else ""
    return set_text(merged)


def merge_at_once(texts: Sequence[str], spec: FactSpec) -> str:
    """Return one canonical text, as :func:`merge_texts`, for observations of one moment, whatever their order."""
    if spec.type != "attempts" or len(texts) == 1:
        return merge_texts(texts, spec)
    values = [read_value(text, spec) for text in texts]
    if Missing.UNREADABLE in values:
        return merge_texts(sorted(texts), spec)
    return attempts_text(at_once(attempt for value in values if isinstance(value, tuple) for attempt in value))  # type: ignore[misc]


def _read_type(text: str, spec: FactSpec) -> Value | Missing:
    match spec.type:
        case "word":
            return _words(spec.words).get(_folded_word(text), Missing.UNREADABLE)
        case "text":
            return text
        case "version":
            return read_version(text, spec.reading)
        case "number":
            return _read_number(text)
        case "flag":
            return _FLAGS.get(text.casefold(), Missing.UNREADABLE)
        case "date":
            return read_date(text)
        case "time":
            return read_time(text)
        case "set":
            return read_set(text, spec.blank_is_none)
        case "attempts":
            return read_attempts(text)
        case _:
            assert_never(spec.type)


def _read_number(text: str) -> int | Decimal | Missing:
    """Excel writes 19045 as 19045.0; "1,024" could be 1.024 elsewhere and is not read."""
    match = _NUMBER.fullmatch(text)
    if not match:
        return Missing.UNREADABLE
    whole, fraction = match.groups()
    return Decimal(text) if fraction and fraction.strip("0") else int(whole)


def _folded_word(text: str) -> str:
    return _SEPARATORS.sub("", text.casefold())


@cache
def _words(words: tuple[str, ...]) -> dict[str, str]:
    return {_folded_word(word): word for word in words}


def _read_revision(text: str) -> Missing:
    """Return BLANK for a revision of 0, which no update brings; any other is read by its type."""
    return Missing.BLANK if _read_number(text) == 0 else Missing.UNREADABLE


def _read_told(text: str) -> bool | Missing:
    """Return that a date is told, if the text is one."""
    return Missing.UNREADABLE if isinstance(read_date(text), Missing) else True


_VIEWS: dict[str, Callable[[str], Value | Missing]] = {
    "revision": _read_revision,
    "told": _read_told,
    "agent_month": read_agent_month,
    "package_name": read_package_name,
    "tls_inspection": read_tls_inspection,
    "proxy_auth": read_proxy_authentication,
}
