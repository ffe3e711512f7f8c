"""``gate:`` of a wave to its :class:`Criteria`: what it must show before it may go."""

from collections.abc import Iterable, Iterator

from checker.model.outcome import Severity
from checker.model.wave import GUIDANCE_DAYS, Criteria, Limit, Previous
from checker.packs.governance import RuleNames, check_rule, limit_of, number_of
from checker.yaml_nodes import (
    Entries,
    Items,
    Node,
    Problems,
    check_keys,
    flag_of,
    mapping,
    text_items,
)

KEYS = ("ready", "fail", "unknown", "devices", "must_have_data", "must_not_fail", "guidance_days", "previous")
PREVIOUS = ("verified", "soak_days", "none_lost", "ids_unchanged")


def read_gate(node: Node | None, known: RuleNames, problems: Problems) -> Criteria:
    """Return the criteria of a gate; the least there can be where none is given."""
    entry = mapping(node, "'gate'", problems)
    if entry is None:
        return Criteria()
    check_keys(entry, "'gate'", (), KEYS, problems)
    devices, days = number_of(entry, "devices", problems, 1), number_of(entry, "guidance_days", problems, 1)
    return Criteria(
        ready=limit_of(entry, "ready", problems),
        fail=tuple(_severities(entry, "fail", problems)),
        unknown=tuple(_severities(entry, "unknown", problems)),
        devices=1 if devices is None else devices,
        must_have_data=tuple(_rules(entry, "must_have_data", known, problems)),
        must_not_fail=tuple(_rules(entry, "must_not_fail", known, problems)),
        guidance_days=GUIDANCE_DAYS if days is None else days,
        previous=_previous(entry, problems),
    )


def _severities(entry: Entries, key: str, problems: Problems) -> Iterator[tuple[Severity, Limit]]:
    """Yield the limit of each severity, the gravest first."""
    node = mapping(entry.entries.get(key), f"'{key}'", problems)
    if node is None:
        return
    if not node.entries:
        problems.add(node.place, f"'{key}' is empty", "give a limit for a severity, as major: 5 %")
    check_keys(node, f"'{key}'", (), tuple(Severity), problems)
    for severity in Severity:
        limit = limit_of(node, severity, problems)
        if limit is not None:
            yield severity, limit


def _rules(entry: Entries, key: str, known: RuleNames, problems: Problems) -> Iterable[str]:
    node = entry.entries.get(key)
    if isinstance(node, Items) and not node.items:
        problems.add(node.place, f"'{key}' names no rule", "name rules, or leave it out")
    named = tuple(text_items(node, f"'{key}'", problems)) if node else ()
    for text in named:
        check_rule(text, known, problems)
    return dict.fromkeys(text.value for text in named)


def _previous(entry: Entries, problems: Problems) -> Previous:
    node = mapping(entry.entries.get("previous"), "'previous'", problems)
    if node is None:
        return Previous()
    check_keys(node, "'previous'", (), PREVIOUS, problems)
    return Previous(
        verified=limit_of(node, "verified", problems),
        soak_days=number_of(node, "soak_days", problems),
        none_lost=flag_of(node, "none_lost", problems),
        ids_unchanged=flag_of(node, "ids_unchanged", problems),
    )
