"""What the entries of a pack's lists share: an id of their own, a form for each profile, sources that exist."""

import re
from collections.abc import Collection

from checker.errors import Place
from checker.packs.parameters import Scope
from checker.yaml_nodes import Entries, Problems, did_you_mean, mapping, text_items, text_of, texts_of

ID = re.compile(r"[a-z0-9]+(?:[.-][a-z0-9]+)*")


def fresh_id(entry: Entries, what: str, example: str, seen: dict[str, Place], problems: Problems) -> str:
    """Return the id of an entry and add it to ``seen``; empty, with a problem noted, if it is none or not the first."""
    name = text_of(entry, "id", problems)
    if not ID.fullmatch(name):
        problems.add(entry.place, f"'{name}' is no {what} id", f"lower-case words joined by '.' and '-', as {example}")
        return ""
    if name in seen:
        problems.add(entry.entries["id"].place, f"{what} '{name}' exists twice", f"the first is at {seen[name]}")
        return ""
    seen[name] = entry.entries["id"].place
    return name


def for_profile(entry: Entries, scope: Scope, profiles: Collection[str]) -> Entries | None:
    """Return the entry as this profile has it; None if the profile does not."""
    only = texts_of(entry, "profiles", scope.problems)
    overrides = entry.entries.get("overrides")
    named = [*only, *(overrides.entries if isinstance(overrides, Entries) else ())]
    for name in named:
        if name not in profiles:
            place = entry.entries["profiles" if name in only else "overrides"].place
            scope.problems.add(place, f"there is no profile '{name}'", did_you_mean(name, profiles))
    if only and scope.profile not in only:
        return None
    if overrides is None:
        return entry
    changes = mapping(overrides, "'overrides'", scope.problems)
    change = mapping(changes.entries.get(scope.profile), "an override", scope.problems) if changes else None
    if change is None:
        return entry
    return Entries({**entry.entries, **change.entries}, {**entry.keys, **change.keys}, entry.place)


def check_sources(entry: Entries, sources: Collection[str], problems: Problems) -> None:
    """Note sources that the pack does not have, and an empty list of them."""
    node = entry.entries.get("sources")
    listed = tuple(text_items(node, "'sources'", problems)) if node else ()
    if node and not listed:
        problems.add(node.place, "name at least one source")
    for text in listed:
        if text.value not in sources:
            problems.add(text.place, f"there is no source '{text.value}'", did_you_mean(text.value, sources))
