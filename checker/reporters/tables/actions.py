"""What to do, as a list to be shared out: a row per remediation and device group, with columns to be filled in.

``needed_on`` and ``alone`` are those of the summary's actions, told apart by group: devices that need the action before
they are READY, and those of them that need nothing else. ``failing`` is wider: devices on which a rule that asks for
the action FAILs and no waiver covers it, whatever its severity and their route, as in the rules' own counts.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, BinaryIO, Final

import polars as pl

from checker.model.notes import RuleTally
from checker.model.result import Result, Summary
from checker.reporters.shown import AGAIN, SETTLE, SEVERITIES, shown_rules, weigh
from checker.reporters.tables import csv as csv_tables
from checker.reporters.tables import files as tables

COLUMNS: Final[dict[str, pl.DataType]] = {
    "action": pl.String(),  # ``settle FACT`` where something has to be found out
    "what": pl.String(),
    "severity": pl.String(),  # the worst of its rules
    "rules": pl.List(pl.String()),  # which ask for it
    "group": pl.String(),  # null: the devices of no known group; and tenant and fleet, which are of none
    "needed_on": pl.UInt32(),
    "alone": pl.UInt32(),
    "failing": pl.UInt32(),
    "owner": pl.String(),  # this and what follows is for people
    "due": pl.String(),
    "justification": pl.String(),
}
SCHEMA: Final = "mde-readiness/actions/v1"

_LISTS: Final = ("next_steps", "failed", "waived")


def write_csv(result: Result, stream: BinaryIO) -> None:
    """Write the actions as CSV."""
    csv_tables.write_frames([frame(result)], COLUMNS, stream, excel_safe=result.manner.excel_safe)


def write_ndjson(result: Result, stream: BinaryIO) -> None:
    """Write the actions as NDJSON."""
    tables.write_ndjson([frame(result)], COLUMNS, stream)


def write_parquet(result: Result, stream: BinaryIO) -> None:
    """Write the actions as Parquet."""
    tables.write_parquet(frame(result).lazy(), tables.metadata(result.summary, SCHEMA), stream)


def frame(result: Result) -> pl.DataFrame:
    """Return the actions in the order of the summary, then those that no device needs, neediest groups first.

    Devices are counted once for each combination of group, steps and failing rules, of which a fleet has few.
    """
    asked = _asked(result.summary)
    counts = {action: _Counts() for action in asked}
    behind = {rule: action for action, found in asked.items() for rule in found.rules if not action.startswith(SETTLE)}
    for row in _alike(result):
        steps = row["next_steps"]
        need = steps[: steps.index(AGAIN)] if AGAIN in steps else []
        for action in need:
            counts[action].needed_on[row["group"]] += row["devices"]
            counts[action].alone[row["group"]] += row["devices"] if len(need) == 1 else 0
        open_ = set(row["failed"]) - set(row["waived"])
        for action in {behind[rule] for rule in open_ if rule in behind}:
            counts[action].failing[row["group"]] += row["devices"]
    rows = chain.from_iterable(_rows(action, asked[action], counts[action]) for action in asked)
    return pl.DataFrame(list(rows), schema=COLUMNS, orient="row")


@dataclass(frozen=True, slots=True)
class _Asked:
    """An action, and who asks for it."""

    what: str
    severity: str
    rules: tuple[str, ...]
    everywhere: bool  # a rule about the tenant or the fleet FAILs: the action is there without devices


@dataclass(frozen=True, slots=True)
class _Counts:
    """Devices of an action by group."""

    needed_on: Counter[str | None] = field(default_factory=Counter)
    alone: Counter[str | None] = field(default_factory=Counter)
    failing: Counter[str | None] = field(default_factory=Counter)


def _asked(summary: Summary) -> Mapping[str, _Asked]:
    """Return every action that is needed, then every other one that a rule asks for, the worst first."""
    rules = {rule.id: rule for rule in summary.rules}
    by_action: dict[str, list[RuleTally]] = {}
    for rule in shown_rules(summary):
        by_action.setdefault(rule.action, []).append(rule)
    found: dict[str, _Asked] = {}
    for note in summary.actions:
        named = [rules[name] for name in note.rules if name in rules]
        settles = note.action.startswith(SETTLE)
        more = [] if settles else [rule for rule in by_action.pop(note.action, []) if rule not in named]
        found[note.action] = _of(note.what, [*named, *more])
    others = {action: _of(asking[0].remediation, asking) for action, asking in by_action.items()}
    return found | dict(sorted(others.items(), key=lambda item: (_place(item[1].severity), item[0])))


def _of(what: str, asking: list[RuleTally]) -> _Asked:
    # What only a route waits for keeps its devices from READY, as a blocker does.
    severity = min((rule.severity for rule in asking), key=_place, default=SEVERITIES[0].value)
    everywhere = any(rule.about in ("tenant", "fleet") and weigh(rule).failed for rule in asking)
    return _Asked(what, severity, tuple(rule.id for rule in asking), everywhere)


def _place(severity: str) -> int:
    return [each.value for each in SEVERITIES].index(severity)


def _alike(result: Result) -> Iterator[dict[str, Any]]:
    """Yield how many devices have each combination of group, steps and rules; part by part, in no order that shows."""
    if not result.devices.parts:
        return
    found = result.devices.scan().group_by("group", *_LISTS).agg(pl.len().alias("devices"))
    yield from found.collect(engine="streaming").iter_rows(named=True)


def _rows(action: str, asked: _Asked, counts: _Counts) -> Iterator[tuple[Any, ...]]:
    groups = {*counts.needed_on, *counts.failing} or ({None} if asked.everywhere else set())
    neediest = sorted(
        groups, key=lambda name: (-counts.needed_on[name], -counts.failing[name], name is None, name or "")
    )
    for group in neediest:
        figures = counts.needed_on[group], counts.alone[group], counts.failing[group]
        yield action, asked.what, asked.severity, asked.rules, group, *figures, None, None, None
