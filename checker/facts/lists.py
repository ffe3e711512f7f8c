"""Texts to sets: JSON arrays of texts, a whole set (closed) or a part of one (``{"open": [...]}``)."""

import json
import re
from collections.abc import Sequence
from typing import Any

from checker.model.fact import KnownNone, SetValue
from checker.model.outcome import Missing

_POWERSHELL_TYPE = re.compile(r"System(?:\.\w+)+\[\]")  # what ConvertTo-Csv writes instead of a list's members


def read_json(text: str) -> Any:  # noqa: ANN401 - whatever the JSON holds
    """Return what a JSON text holds, its numbers as spelled; raise ValueError if it is not JSON (NaN is not)."""
    try:
        found = json.loads(text, parse_int=str, parse_float=str, parse_constant=_no_constant)
        if "\\u" in text:
            json.dumps(found, ensure_ascii=False).encode()  # half a surrogate pair is JSON, but no text
    except RecursionError:
        raise ValueError("nested too deep") from None
    return found


def read_set(text: str, blank_is_none: bool) -> SetValue | KnownNone | Missing:
    """Return the set that a text spells, members folded and stripped, empty ones dropped.

    A text that is not JSON is a set of one member. An empty complete set is known none where blank is a statement.
    """
    closed, members = True, _members(text)
    if isinstance(members, dict) and members.keys() == {"open"}:
        closed, members = False, members["open"]
    if not isinstance(members, list) or not all(isinstance(member, str | None) for member in members):
        return Missing.UNREADABLE
    folded = frozenset(fold(member) for member in members if member) - {""}
    if closed and not folded and blank_is_none:
        return KnownNone()
    return SetValue(folded, closed)


def fold(text: str) -> str:
    """Return a text as it is compared: without the space around it, and without case."""
    return text.strip().casefold()


def union(values: Sequence[SetValue | KnownNone | Missing]) -> SetValue | Missing:
    """Return what several observations of a set say together; blank ones say nothing.

    One complete observation makes the whole complete, unless one could not be read: what it held is not known.
    """
    sets = [_as_set(value) for value in values if not isinstance(value, Missing)]
    unread = Missing.UNREADABLE in values
    if not sets:
        return Missing.UNREADABLE if unread else Missing.BLANK
    members = frozenset().union(*(value.members for value in sets))
    return SetValue(members, not unread and any(value.closed for value in sets))


def set_text(value: SetValue) -> str:
    """Return the one text of a set, the same for equal sets."""
    members = sorted(value.members)
    return json.dumps(members if value.closed else {"open": members}, ensure_ascii=False)


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _members(text: str) -> Any:  # noqa: ANN401 - checked by the caller
    if _POWERSHELL_TYPE.fullmatch(text):
        return None
    if text[0] not in '[{"':
        return [text]
    try:
        found = read_json(text)
    except ValueError:
        return None
    return [found] if isinstance(found, str) else found


def _as_set(value: SetValue | KnownNone) -> SetValue:
    return value if isinstance(value, SetValue) else SetValue(frozenset())
