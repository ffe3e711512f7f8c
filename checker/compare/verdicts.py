"""Which devices come out otherwise under another pack or profile, and which of its rules explain that."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from checker.compare import outcomes as of_outcomes
from checker.compare.diff import Difference
from checker.compare.diff_parts import judged_by, simulated
from checker.compare.packs import Change
from checker.compare.parts import Item, Part, Told
from checker.model.outcome import Phase, Severity
from checker.reporters.wording import count, device_label

SCHEMA: Final = "mde-readiness/rules-diff/v1"
VERDICT: Final = ("readiness", "route", "path")


@dataclass(frozen=True, slots=True)
class PackDifference:
    """What two packs make of one inventory."""

    difference: Difference
    rules: dict[str, Change]
    routes: dict[str, Change]

    def changed(self) -> pl.DataFrame:
        """Return the devices with another readiness, route or path, with the ``rules`` that explain it.

        Those are blockers before the move, in either pack, that came out otherwise or are open and count otherwise.
        """
        otherwise = (pl.col(f"old_{name}").ne_missing(pl.col(f"new_{name}")) for name in VERDICT)
        found = self.difference.devices.filter(pl.any_horizontal(otherwise))
        recounted = [change.id for change in self.rules.values() if change.counts]
        turned = (pl.col("old") != pl.col("new")) | pl.col("rule_id").is_in(recounted)
        decisive = self.difference.turns.filter(turned & pl.col("rule_id").is_in(self._blockers()))
        rules = decisive.group_by("old_outcomes", "new_outcomes").agg(rules=pl.col("rule_id").sort())
        told = found.join(rules, on=["old_outcomes", "new_outcomes"], how="left", maintain_order="left")
        return told.with_columns(pl.col("rules").fill_null([]))

    def _blockers(self) -> list[str]:
        reports = (self.difference.old.report, self.difference.new.report)
        gates = {
            rule.id
            for report in reports
            for rule in report.rules
            if (rule.phase, rule.severity) == (Phase.PREREQUISITE.value, Severity.BLOCKER.value)
        }
        return sorted(gates)

    def verdicts(self) -> list[tuple[str, str, str, int]]:
        """Return what of the verdict is what under either pack, and on how many devices, most first."""
        found = []
        for name in VERDICT:
            columns = f"old_{name}", f"new_{name}"
            turned = self.difference.devices.filter(pl.col(columns[0]).ne_missing(pl.col(columns[1])))
            counts = turned.group_by(columns).len()
            rows = [(name, old or "none", new or "none", devices) for old, new, devices in counts.iter_rows()]
            found += sorted(rows, key=lambda row: (-row[3], row[1], row[2]))
        return found

    def outcomes(self) -> dict[str, list[tuple[str, str, int]]]:
        """Return for each rule that came out otherwise: the outcomes under either pack, and on how many devices."""
        turned = self.difference.turns.filter(pl.col("old") != pl.col("new"))
        counts = turned.group_by("rule_id", "old", "new").agg(pl.col("devices").sum())
        found: dict[str, list[tuple[str, str, int]]] = {}
        for rule, old, new, devices in counts.sort("rule_id", "old", "new").iter_rows():
            found.setdefault(rule, []).append((old, new, devices))
        return found

    def explaining(self) -> dict[str, int]:
        """Return how many other verdicts each rule explains."""
        counts = self.changed().select("rules").explode("rules").drop_nulls().group_by("rules").len()
        return dict(counts.sort("rules").iter_rows())


def parts_of(found: PackDifference, limit: int) -> list[Part]:
    """Return what a person reads of it, with the first ``limit`` devices (0: all)."""
    reports = (("A", found.difference.old.report), ("B", found.difference.new.report))
    rows = tuple(
        (name, Told(report.path), Told(judged_by(report)), *(count(report.devices[key]) for key in _READINESS))
        for name, report in reports
    )
    head = Part("", (), ("", "pack", "judged by", *(f"{_READINESS[key]}>" for key in _READINESS)), rows)
    return [
        head,
        *simulated(found.difference),
        _verdicts(found),
        *_rules(found),
        *_routes(found),
        *_devices(found, limit),
    ]


_READINESS: Final = {
    "ready": "READY",
    "not_ready": "NOT_READY",
    "undetermined": "UNDETERMINED",
    "migrated": "MIGRATED",
}


def _verdicts(found: PackDifference) -> Part:
    rows = tuple((what, Told(old), Told(new), count(devices)) for what, old, new, devices in found.verdicts())
    devices = found.changed().height
    total = found.difference.devices.height
    line = (
        f"{count(devices)} of {count(total, 'device')} come out otherwise."
        if devices
        else "No device comes out otherwise."
    )
    return Part("Verdicts", ((line,),), ("", "A", "B", "devices>"), rows)


def _rules(found: PackDifference) -> Iterator[Part]:
    """Yield the rules that differ or came out otherwise; those that explain most verdicts first."""
    outcomes, explaining = found.outcomes(), found.explaining()
    names = sorted({*found.rules, *outcomes}, key=lambda name: (-explaining.get(name, 0), name))
    items = []
    for name in names:
        change = found.rules.get(name)
        under = list(_what(change)) if change else []
        under += [
            ("", f"{_word(old)} → {_word(new)} on {count(devices, 'device')}")
            for old, new, devices in outcomes.get(name, ())
        ]
        if explaining.get(name):
            under.append(("", f"explains another verdict of {count(explaining[name], 'device')}"))
        items.append(Item((Told(name), f": {change.how if change else 'the same rule'}"), tuple(under)))
    if items:
        yield Part(f"Rules that differ or come out otherwise, {count(len(items))}", items=tuple(items))


def _what(change: Change) -> Iterator[tuple[str, str]]:
    """Yield what differs, a line each; conditions have several."""
    yield from (("", Told(line)) for what in change.what for line in what.split("\n"))


def _routes(found: PackDifference) -> Iterator[Part]:
    if found.routes:
        items = tuple(
            Item((Told(change.id), f": {change.how}"), tuple(_what(change))) for change in found.routes.values()
        )
        yield Part(f"Routes that differ, {count(len(items))}", items=items)


def _devices(found: PackDifference, limit: int) -> Iterator[Part]:
    changed = found.changed()
    if not changed.height:
        return
    rows = changed.head(limit) if limit else changed
    items = tuple(_device(row) for row in rows.iter_rows(named=True))
    number = count(changed.height)
    shown = number if rows.height == changed.height else f"first {count(rows.height)} of {number}"
    yield Part(f"Devices with another verdict, {shown}", items=items)


def _device(row: Mapping[str, Any]) -> Item:
    turned = [
        f"{name} {row[f'old_{name}'] or 'none'} → {row[f'new_{name}'] or 'none'}"
        for name in VERDICT
        if row[f"old_{name}"] != row[f"new_{name}"]
    ]
    label = Told(device_label(row["device_id"], row["new_device_name"]))
    why = ", ".join(row["rules"]) or "no blocker: the routes"
    return Item((label,), (("", Told(", ".join(turned))), ("by", Told(why))))


def _word(outcome: str) -> str:
    return "neither FAIL nor UNKNOWN" if outcome == of_outcomes.NEITHER else outcome


def json_text(found: PackDifference, limit: int) -> str:
    """Return it for machines, with keys in a fixed order and the first ``limit`` devices (0: all)."""
    changed = found.changed()
    outcomes, explaining = found.outcomes(), found.explaining()
    reports = {"a": found.difference.old.report, "b": found.difference.new.report}
    told = {
        "schema": SCHEMA,
        **{
            key: {
                "pack": report.path,
                "judged_by": [
                    {"id": pack.id, "version": pack.version, "profile": pack.profile} for pack in report.packs
                ],
                "devices": report.devices,
            }
            for key, report in reports.items()
        },
        "verdicts": [dict(zip(("of", "a", "b", "devices"), row, strict=True)) for row in found.verdicts()],
        "rules": [
            {
                **_change(found.rules.get(name), name),
                "outcomes": [
                    {"a": _outcome(old), "b": _outcome(new), "devices": devices}
                    for old, new, devices in outcomes.get(name, ())
                ],
                "explains": explaining.get(name, 0),
            }
            for name in sorted({*found.rules, *outcomes})
        ],
        "routes": [_change(change, change.id) for change in found.routes.values()],
        "changed": changed.height,
        "devices": [
            {
                "device_id": row["device_id"],
                "device_name": row["new_device_name"],
                **{
                    side: {name: row[f"{key}_{name}"] for name in VERDICT} for side, key in (("a", "old"), ("b", "new"))
                },
                "rules": row["rules"],
            }
            for row in (changed.head(limit) if limit else changed).iter_rows(named=True)
        ],
    }
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"


def _change(change: Change | None, name: str) -> dict[str, Any]:
    return {"id": name, "how": change.how if change else "same", "what": list(change.what) if change else []}


def _outcome(outcome: str) -> str | None:
    return None if outcome == of_outcomes.NEITHER else outcome
