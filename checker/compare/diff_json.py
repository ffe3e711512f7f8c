"""A difference for machines: ``mde-readiness/diff/v1``, every kind with its count and the devices and rules of it."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import polars as pl

from checker.compare import outcomes as of_outcomes
from checker.compare.diff import Difference, devices_of, turns_of
from checker.compare.diff_parts import DEVICES_SHOWN, reason_of
from checker.compare.reports import Report
from checker.reporters.wording import timestamp

SCHEMA: Final = "mde-readiness/diff/v1"
_SIDE: Final = ("readiness", "verification", "route", "path")


def json_text(difference: Difference, limit: int) -> str:
    """Return the difference as JSON with keys in a fixed order; ``limit`` devices or rules of each kind, 0: all."""
    return json.dumps(told(difference, limit), indent=2, ensure_ascii=False) + "\n"


def told(difference: Difference, limit: int) -> dict[str, Any]:
    """Return the difference as JSON values."""
    return {
        "schema": SCHEMA,
        "old": _report(difference.old.report),
        "new": _report(difference.new.report),
        "exit": {"code": difference.exit_code(), "reason": reason_of(difference)},
        "simulated": bool(difference.old.report.simulated or difference.new.report.simulated),
        "caveats": list(difference.caveats),
        "limit": limit,
        "devices": _devices(difference, limit),
        "rules": _rules(difference, limit),
    }


def _report(report: Report) -> dict[str, Any]:
    return {
        "path": report.path,
        "as_of": report.as_of.isoformat(),
        "packs": [
            {"id": pack.id, "version": pack.version, "profile": pack.profile, "sha256": pack.sha256}
            for pack in report.packs
        ],
        "phase": report.phase,
        "wave": report.wave,
        "simulated": list(report.simulated),
        "governed_by": [
            {"kind": note.kind, "path": note.path, "sha256": note.sha256} for note in report.governed_by or ()
        ],
        "devices": report.devices,
    }


def _devices(difference: Difference, limit: int) -> dict[str, Any]:
    counts = difference.device_counts()
    renamed = difference.renamed()
    lists: dict[str, Any] = {
        kind: [_device(row) for row in devices_of(difference, kind, limit).iter_rows(named=True)]
        for kind in DEVICES_SHOWN
    }
    lists["changed_id"] = [
        {"device_name": row["new_device_name"], "old_id": row["old_id"], "new_id": row["new_id"]}
        for row in (renamed.head(limit) if limit else renamed).iter_rows(named=True)
    ]
    return {"counts": {**counts, "changed_id": renamed.height}, **lists}


def _device(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "device_id": row["device_id"],
        "device_name": row["new_device_name"] if row["new_id"] is not None else row["old_device_name"],
        **{
            side: {name: row[f"{side}_{name}"] for name in _SIDE} if row[f"{side}_id"] is not None else None
            for side in ("old", "new")
        },
        "rules": row["rules"],
    }


def _rules(difference: Difference, limit: int) -> dict[str, Any]:
    counts = {
        kind: {"unwaived": unwaived, "waived": waived} for kind, (unwaived, waived) in difference.turn_counts().items()
    }
    by_rule: dict[str, dict[str, dict[str, int]]] = {}
    for rule, kind, waived, devices in difference.rule_counts().iter_rows():
        cell = by_rule.setdefault(rule, {}).setdefault(kind, {"unwaived": 0, "waived": 0})
        cell["waived" if waived else "unwaived"] += devices
    every = turns_of(difference, limit)
    lists = {
        kind: [_turn(row) for row in every.filter(pl.col("kind") == kind).iter_rows(named=True)]
        for kind in of_outcomes.KINDS
    }
    return {"counts": counts, "by_rule": by_rule, **lists}


def _turn(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "rule_id": row["rule_id"],
        "device_id": row["device_id"],
        "device_name": row["device_name"],
        "waived": row["waived"],
        "why": row["why"],
        **{side: _side(row, side) for side in ("old", "new")},
    }


def _side(row: Mapping[str, Any], side: str) -> dict[str, Any]:
    outcome = row[f"{side}_outcome"]
    return {
        "outcome": None if outcome == of_outcomes.NEITHER else outcome,
        "waiver": row[f"{side}_waiver"],
        "message": row[f"{side}_message"],
        "evidence": [
            {name: timestamp(value) if isinstance(value, datetime) else value for name, value in each.items()}
            for each in row[f"{side}_evidence"] or []
        ],
    }
