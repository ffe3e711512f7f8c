"""Hand-made results of a fleet, whose counts agree with their tables as a real run's do."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from checker.model.notes import (
    AttestationNote,
    ControlEvidence,
    ControlMap,
    ControlNote,
    Example,
    InputTally,
    PackNote,
    RuleTally,
    ThresholdNote,
    Unlock,
)
from checker.model.result import DEVICE_COLUMNS, FINDING_COLUMNS, Manner, Result, Summary, Table

from .fleets import AGENT, INPUT, PROXY, SENSE, SOURCE, STALE, TENANT, URLS, Fleet, Spec


def build(folder: Path, made: Fleet, *, detail: bool = True, parts: int = 2, **changes: object) -> Result:
    """Return the result of a fleet, with its tables on disk in several parts."""
    rows = [row for spec in made.outcomes for row in _rows(made, spec)]
    rows.sort(key=lambda row: (row["device_id"], row["rule_id"]))
    cases = pl.DataFrame(rows, schema=FINDING_COLUMNS)
    findings = cases.filter(pl.col("outcome").is_in(["FAIL", "UNKNOWN"]))
    devices = pl.DataFrame([_device(made, number, key) for number, key in enumerate(made.names)], schema=DEVICE_COLUMNS)
    supposed = pl.lit(value=bool(changes.get("simulated")))
    cases, findings, devices = (frame.with_columns(simulated=supposed) for frame in (cases, findings, devices))
    return Result(
        summary(made, **changes),
        _table(folder / "devices", devices, DEVICE_COLUMNS, parts),
        _table(folder / "findings", findings, FINDING_COLUMNS, parts),
        cases if detail else None,
        manner=Manner(device=next(iter(made.names))),
        controls=CONTROLS,
        device=_device_outcomes(made, next(iter(made.names))),
    )


# PROXY applies to no device; TENANT passes.
CONTROLS = ControlMap(
    (
        ControlNote("si-2", "Flaw Remediation", (ControlEvidence((AGENT.id, SENSE.id), "Updates have *arrived*."),)),
        ControlNote("cm-6", "Configuration Settings", (ControlEvidence((PROXY.id,), "Settings are as they must be."),)),
        ControlNote("cm-10", "Software Usage Restrictions", (ControlEvidence((TENANT.id,), "It is licensed."),)),
        ControlNote("cisc-7.4", "Patching", (ControlEvidence((SENSE.id,), "The sensor is new enough."),)),
    ),
    (ControlEvidence((STALE.id,), "How old a record is says nothing of a control."),),
)


def _device_outcomes(made: Fleet, key: str) -> pl.DataFrame:
    """Return every outcome of one device; what is UNKNOWN for the whole fleet is UNKNOWN on it, too."""
    rows = []
    for spec, outcomes in made.outcomes.items():
        if spec.about in ("tenant", "fleet"):
            continue
        told = outcomes.get(key) or outcomes.get("", "NOT_APPLICABLE")
        rows += [{**row, "simulated": False} for row in _rows(replace(made, outcomes={spec: {key: told}}), spec)]
    return pl.DataFrame(rows, schema=FINDING_COLUMNS)


def summary(made: Fleet, **changes: object) -> Summary:
    """Return the summary of a fleet; ``changes`` replace any of its values."""
    total = len(made.names)
    values: dict[str, Any] = {
        "tool_version": "0.1.0",
        "as_of": date(2026, 11, 23),
        "profile": "seed",
        "packs": (
            PackNote(
                "streamlined-connectivity",
                "Streamlined connectivity for Defender for Endpoint",
                "1.0.0",
                "2023-09",
                date(2023, 9, 20),
                "ab" * 32,
            ),
        ),
        "guidance": (
            "Judged by Microsoft's guidance of 2023-09 (1,160 days before the as-of date).",
            "Under current (read 2026-11-22): 1 of the READY devices fails: sc.macos-agent-min 1.",
        ),
        "inputs": (InputTally(INPUT, "cd" * 32, "hunting-deviceinfo", total + 3, total, 1, 1, 0, 1, 0, ("undated",)),),
        "devices": {
            "total": total + 1,
            "ready": 1,
            "not_ready": 1,
            "undetermined": total - 2,
            "migrated": 0,
            "out_of_scope": 1,
        },
        "device_side": {"clear": 1, "not_ready": 1, "undecided": total - 2},
        "site_side": (URLS.id,),
        "site_unlocks": 1,
        "by": {"measured": 1, "attested": 0, "waived": 0},
        "scope": {"phone": 1},
        "verification": {"VERIFIED": 0, "NOT_VERIFIED": 1, "UNVERIFIED": total - 1},
        "paths": {"reonboard": 1, "update-first": 1, "undetermined": total - 2},
        "routes": {"reonboard": total},
        "rules": tuple(_tally(made, spec) for spec in made.outcomes),
        "unlocks": (Unlock("url.tests", "URL-reachability file, Client Analyzer", "site", total, (URLS.id,)),),
        "attestations": (
            AttestationNote("plan.tool", "intune", "A. Owner", "CHG-7", "2026-11-01", "2027-01-31", 2, 1),
        ),
        "assumptions": ("site.connectivity is urls (nobody said otherwise)",),
        "notices": ("1 device was observed only by undated files",),
        "phase": "prerequisite",
        "exit_code": 1,
        "exit_reason": "1 blocker fails on 1 device",
        "fail_on": "blocker",
    }
    values.update(changes)
    return Summary(**values)


def _rows(made: Fleet, spec: Spec) -> Iterable[dict[str, Any]]:
    for key, outcome in made.outcomes[spec].items():
        missing = outcome == "UNKNOWN"
        fleet_wide = not key
        yield {
            "device_id": key,
            "device_name": made.names.get(key, ""),
            "rule_id": spec.id,
            "phase": spec.phase,
            "severity": spec.severity,
            "outcome": outcome,
            "waived": made.waived.get((spec.id, key)),
            "message": made.messages.get((spec.id, key), MESSAGES.get(outcome, "")),
            "devices": len(made.names) * (spec.about != "tenant") if fleet_wide else 1,
            "evidence": [
                {
                    "fact": "url.tests" if fleet_wide else "agent.version",
                    "value": None if missing else "20.10",
                    "missing": ("NOT_EXPORTED" if fleet_wide else "BLANK") if missing else None,
                    "file": None if fleet_wide else INPUT,
                    "row": None if fleet_wide else 7,
                    "column": None if fleet_wide else "AgentVersion",
                    "observed": None if fleet_wide else datetime.fromisoformat("2026-11-20T10:30:00"),
                }
            ],
        }


MESSAGES = {"FAIL": "Agent 20.10 is older than 101.23052.0004.", "UNKNOWN": "agent.version is blank"}


def _device(made: Fleet, number: int, key: str) -> dict[str, Any]:
    by_outcome = {
        outcome: [spec.id for spec, found in made.outcomes.items() if found.get(key) == outcome]
        for outcome in ("FAIL", "UNKNOWN")
    }
    return {
        "device_id": key,
        "device_name": made.names[key],
        "aliases": [made.names[key].split(".", maxsplit=1)[0]],
        "readiness": "NOT_READY" if by_outcome["FAIL"] else "UNDETERMINED",
        "by": None,
        "wave": made.waves.get(key),
        "route": "reonboard",
        "path": "update-first" if by_outcome["FAIL"] else "reonboard",
        "verification": "UNVERIFIED",
        "failed": by_outcome["FAIL"],
        "unknown": by_outcome["UNKNOWN"],
        "waived": [rule for rule, waived in made.waived if waived == key],
        "undetermined_by": by_outcome["UNKNOWN"],
        "next_steps": ["Apply the streamlined package, then restart."],
        "file": INPUT,
        "row": number + 1,
        "line": number + 2,
    }


def _tally(made: Fleet, spec: Spec) -> RuleTally:
    outcomes = made.outcomes[spec]
    weight = len(made.names) if spec.about != "tenant" else 1
    counts: Counter[str] = Counter()
    for key, outcome in outcomes.items():
        counts[outcome] += 1 if key else weight
    waived = [(outcomes[key], key) for rule, key in made.waived if rule == spec.id]
    return RuleTally(
        id=spec.id,
        title=spec.title,
        phase=spec.phase,
        severity=spec.severity,
        about=spec.about,
        action="update-agent",
        remediation=spec.remediation,
        applies_to="all of:\n  os.platform is macos\n  device.exposure is not <none>",
        requires="agent.version is at least 101.23052.0004",
        thresholds=(ThresholdNote("macos-agent", "101.23052.0004", "Oldest agent that can move", SOURCE),),
        sources=(SOURCE,),
        passed=counts["PASS"],
        failed=counts["FAIL"],
        unknown=counts["UNKNOWN"],
        not_applicable=weight - counts.total(),
        waived=len(waived),
        not_exported=spec.not_exported,
        histogram=(("20.10", counts["FAIL"]),) if counts["FAIL"] else (),
        failing=_examples(made, outcomes, "FAIL"),
        unknowing=_examples(made, outcomes, "UNKNOWN"),
        waived_failed=sum(outcome == "FAIL" for outcome, _ in waived),
    )


def _examples(made: Fleet, outcomes: dict[str, str], wanted: str) -> tuple[Example, ...]:
    lines = {key: line for line, key in enumerate(made.names, start=2)}
    keys = sorted(key for key, outcome in outcomes.items() if key and outcome == wanted)
    return tuple(Example(key, made.names[key], INPUT, lines[key]) for key in keys[:100])


def _table(stem: Path, frame: pl.DataFrame, columns: dict[str, pl.DataType], parts: int) -> Table:
    size = max(1, -(-frame.height // parts))
    stem.mkdir(parents=True, exist_ok=True)
    paths = []
    for start in range(0, frame.height, size):
        paths.append(stem / f"{start:08d}.parquet")
        frame[start : start + size].write_parquet(paths[-1])
    return Table(columns, tuple(paths), frame.height)
