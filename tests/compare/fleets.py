"""Invented results on disk: a JSON report and its tables, from a few words about each device."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from checker.model.result import DEVICE_COLUMNS, FINDING_COLUMNS
from checker.reporters.tables.files import DEVICES_SCHEMA, FINDINGS_SCHEMA

AGENT, SENSE, URLS, TENANT = "sc.macos-agent-min", "sc.sense-min", "sc.url-core", "sc.licence"
RULES = (AGENT, SENSE, URLS, TENANT)
COUNTED = {"READY": "ready", "NOT_READY": "not_ready", "UNDETERMINED": "undetermined", "MIGRATED": "migrated"}


@dataclass(frozen=True)
class Device:
    """A device of a result; ``outcomes`` names its FAIL and UNKNOWN rules, ``missing`` why the latter are so."""

    name: str
    readiness: str = "READY"
    verification: str = "UNVERIFIED"
    outcomes: Mapping[str, str] = field(default_factory=dict)
    waived: Mapping[str, str] = field(default_factory=dict)  # rule -> waiver
    missing: str = "BLANK"
    path: str = "reonboard"


@dataclass(frozen=True)
class Made:
    """What a result is made of; rules in ``fleet_wide`` are UNKNOWN in one finding for all that have them so."""

    devices: Mapping[str, Device]
    once: Mapping[str, str] = field(default_factory=dict)
    fleet_wide: tuple[str, ...] = ()
    rules: Sequence[str] = RULES
    report: Mapping[str, Any] = field(default_factory=dict)
    passes: tuple[tuple[str, str], ...] = ()  # device and rule written as PASS, as with --all-outcomes


def write(folder: Path, made: Made, ending: str = ".parquet") -> str:
    """Write a result and return the path of its report."""
    folder.mkdir(parents=True, exist_ok=True)
    devices = pl.DataFrame([_device(key, each) for key, each in sorted(made.devices.items())], schema=DEVICE_COLUMNS)
    findings = pl.DataFrame(list(_findings(made)), schema=FINDING_COLUMNS)
    for kind, frame, schema in (("devices", devices, DEVICES_SCHEMA), ("findings", findings, FINDINGS_SCHEMA)):
        if ending == ".parquet":
            frame.write_parquet(folder / f"{kind}.parquet", metadata={"schema": schema})
        else:
            _write_ndjson(frame, folder / f"{kind}.ndjson")
    path = folder / "report.json"
    path.write_text(json.dumps({**report(made, ending), **made.report}), encoding="utf-8")
    return str(path)


def report(made: Made, ending: str = ".parquet") -> dict[str, Any]:
    """Return what the report of a result says, as far as comparing reads it."""
    counts = dict.fromkeys((*COUNTED.values(), "out_of_scope"), 0)
    for device in made.devices.values():
        counts[COUNTED.get(device.readiness, "out_of_scope")] += 1
    return {
        "schema": "mde-readiness/report/v1",
        "as_of": "2026-11-22",
        "phase": "prerequisite",
        "partial": False,
        "packs": [{"id": "streamlined-connectivity", "version": "1.0.0", "profile": "2023-09", "sha256": "ab" * 32}],
        "devices": {"total": len(made.devices), **counts},
        "rules": [{"id": rule, "phase": "prerequisite", "severity": "blocker"} for rule in made.rules],
        "simulated": [],
        "tailoring": [],
        "wave": "",
        "tables": [{"kind": kind, "path": f"{kind}{ending}"} for kind in ("devices", "findings")],
    }


def _device(key: str, device: Device) -> dict[str, Any]:
    return {
        "device_id": key,
        "device_name": device.name,
        "aliases": [],
        "readiness": device.readiness,
        "route": "reonboard",
        "path": device.path,
        "verification": device.verification,
        "failed": [rule for rule, outcome in device.outcomes.items() if outcome == "FAIL"],
        "unknown": [rule for rule, outcome in device.outcomes.items() if outcome == "UNKNOWN"],
        "waived": list(device.waived),
        "undetermined_by": [],
        "next_steps": [],
        "simulated": False,
    }


def _findings(made: Made) -> Iterator[dict[str, Any]]:
    for rule in made.fleet_wide:
        waiting = sum(device.outcomes.get(rule) == "UNKNOWN" for device in made.devices.values())
        if waiting:
            row = _finding("", "", rule, "UNKNOWN")
            yield {**row, "devices": waiting, "evidence": [evidence(None, "NOT_EXPORTED")]}
    for rule, outcome in made.once.items():
        yield {**_finding("", "", rule, outcome), "devices": 0}
    for key, device in sorted(made.devices.items()):
        for rule, outcome in device.outcomes.items():
            if outcome == "FAIL" or rule not in made.fleet_wide:
                row = _finding(key, device.name, rule, outcome)
                missing = evidence(None, device.missing) if outcome == "UNKNOWN" else evidence("20.10", None)
                yield {**row, "waived": device.waived.get(rule), "evidence": [missing]}
        for rule in (rule for owner, rule in made.passes if owner == key):
            yield {**_finding(key, device.name, rule, "PASS"), "evidence": [evidence("101.25", None)]}


def _finding(key: str, name: str, rule: str, outcome: str) -> dict[str, Any]:
    return {
        "device_id": key,
        "device_name": name,
        "rule_id": rule,
        "phase": "prerequisite",
        "severity": "blocker",
        "outcome": outcome,
        "waived": None,
        "message": f"{rule} is {outcome}.",
        "devices": 1,
        "evidence": [],
        "simulated": False,
    }


def evidence(value: str | None, missing: str | None) -> dict[str, Any]:
    """Return an evidence of the agent's version."""
    observed = datetime.fromisoformat("2026-11-20T10:30:00.5")
    return {
        "fact": "agent.version",
        "value": value,
        "missing": missing,
        "file": "hunting.csv",
        "row": 7,
        "column": "ClientVersion",
        "observed": observed,
    }


def _write_ndjson(frame: pl.DataFrame, path: Path) -> None:
    rows = [json.dumps(row, default=lambda moment: f"{moment.isoformat()}Z") for row in frame.iter_rows(named=True)]
    path.write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")
