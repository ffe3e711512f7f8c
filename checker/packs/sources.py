"""The dated parts of pack.yaml: profiles, and the sources on which rules rest."""

from collections.abc import Callable
from datetime import date
from typing import TypeVar

from checker.model.rule import Profile, Source
from checker.yaml_nodes import Entries, Problems, check_keys, mapping, text_of

Dated = TypeVar("Dated", Profile, Source)


def read_profiles(node: Entries, problems: Problems) -> tuple[Profile, ...]:
    """Return the profiles of a pack, the default first."""
    return _each(node, "profiles", _profile, problems)


def read_sources(node: Entries, problems: Problems) -> tuple[Source, ...]:
    """Return the sources of a pack."""
    return _each(node, "sources", _source, problems)


def _each(
    node: Entries, key: str, read: Callable[[str, Entries, Problems], Dated], problems: Problems
) -> tuple[Dated, ...]:
    entries = mapping(node.entries.get(key), f"'{key}'", problems)
    found = []
    for name, value in (entries.entries if entries else {}).items():
        entry = mapping(value, f"'{name}'", problems)
        if entry:
            found.append(read(name, entry, problems))
    return tuple(found)


def _profile(name: str, entry: Entries, problems: Problems) -> Profile:
    check_keys(entry, f"profile '{name}'", ("title", "date", "read"), (), problems)
    return Profile(
        name, text_of(entry, "title", problems), _date(entry, "date", problems), _date(entry, "read", problems)
    )


def _source(name: str, entry: Entries, problems: Problems) -> Source:
    check_keys(entry, f"source '{name}'", ("title", "url", "date", "read"), ("note",), problems)
    url = text_of(entry, "url", problems)
    if url and not url.startswith("https://"):
        problems.add(entry.entries["url"].place, f"'{url}' is no https address")
    return Source(
        name, text_of(entry, "title", problems), url, _date(entry, "date", problems), _date(entry, "read", problems)
    )


def _date(entry: Entries, key: str, problems: Problems) -> date:
    text = text_of(entry, key, problems)
    try:
        return date.fromisoformat(text)
    except ValueError:
        if key in entry.entries:
            problems.add(entry.entries[key].place, f"'{text}' is no date", "write it as 2026-11-22")
        return date.min
