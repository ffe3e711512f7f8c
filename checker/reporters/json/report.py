"""The JSON report, ``mde-readiness/report/v1``: the whole summary in a shape of its own, for machines.

The shape is promised by ``checker/schemas/report-v1.schema.json`` and changes only with the version in its name. All
texts are exact; every character that a terminal would act on is escaped by JSON itself. Together with the tables of
devices and findings it is a whole result: nothing of the summary is left out.
"""

import hashlib
import json
from collections.abc import Iterable
from typing import Any, BinaryIO, Final

from checker.model.notes import (
    NO_CONTROLS,
    ControlEvidence,
    ControlMap,
    Example,
    InputTally,
    PackNote,
    RuleTally,
    StepNote,
    Unlock,
)
from checker.model.result import Result, Summary
from checker.reporters.json import rollout as json_rollout

SCHEMA: Final = "mde-readiness/report/v1"


def write(result: Result, stream: BinaryIO) -> None:
    """Write the report, with keys in a fixed order and a line for each."""
    text = json.dumps(report(result.summary, result.steps, result.controls), ensure_ascii=False, indent=2)
    # NOTE: only paths and notices can hold lone surrogates; spelled like this they are JSON escapes of themselves.
    stream.write(f"{text}\n".encode("utf-8", "backslashreplace"))


def report(summary: Summary, steps: Iterable[StepNote] = (), controls: ControlMap = NO_CONTROLS) -> dict[str, Any]:
    """Return the report as JSON values; ``steps`` are all that the devices' next steps may name."""
    said = _said(summary, steps)
    tables = json_rollout.files(summary.tables)
    return {"schema": SCHEMA, "id": _id(said), **said, "tables": tables, "controls": _controls(controls)}


def result_id(result: Result) -> str:
    """Return what tells one result from another, the same in every report of a run.

    It is the SHA-256 of the report as JSON in UTF-8 with sorted keys and no white space, without what depends on which
    reports are written: ``schema``, ``id``, ``tables``, ``controls``.
    """
    return _id(_said(result.summary, result.steps))


def _id(said: dict[str, Any]) -> str:
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()


def _said(summary: Summary, steps: Iterable[StepNote]) -> dict[str, Any]:
    """Return what was judged, by what and with what result."""
    return {
        "tool": {"name": "mde-readiness", "version": summary.tool_version},
        "as_of": summary.as_of.isoformat(),
        "profile": summary.profile,
        "phase": summary.phase,
        "partial": summary.partial,
        "simulated": list(summary.simulated),
        **({"redacted": summary.redacted} if summary.redacted else {}),
        "guidance": list(summary.guidance),
        "tailoring": list(summary.tailoring),
        "exit": {
            "code": summary.exit_code,
            "reason": summary.exit_reason,
            "fail_on": summary.fail_on,
            "unknown_allowed": summary.unknown_allowed,
        },
        "packs": [_pack(pack) for pack in summary.packs],
        "inputs": [_input(entry) for entry in summary.inputs],
        "governed_by": json_rollout.files(summary.governed_by),
        "devices": dict(summary.devices),
        "unwaived": dict(summary.unwaived),
        "device_side": dict(summary.device_side),
        "site_side": {"not_assessed": list(summary.site_side), "unlocks": summary.site_unlocks},
        "by": dict(summary.by),
        "scope": dict(summary.scope),
        "paths": dict(summary.paths),
        "ready_paths": dict(summary.ready_paths),
        "routes": dict(summary.routes),
        "verification": dict(summary.verification),
        "rules": [_rule(rule) for rule in summary.rules],
        "unlocks": [_unlock(unlock) for unlock in summary.unlocks],
        "actions": json_rollout.actions(summary.actions),
        "attestations": [json_rollout.attestation(note) for note in summary.attestations],
        "assumptions": list(summary.assumptions),
        "notices": list(summary.notices),
        "wave": summary.wave,
        "no_wave": summary.no_wave,
        "waves": [json_rollout.wave(note) for note in summary.waves],
        "waivers": [json_rollout.waiver(note) for note in summary.waivers],
        "steps": [json_rollout.step(note) for note in steps],
    }


def _pack(pack: PackNote) -> dict[str, Any]:
    return {
        "id": pack.id,
        "title": pack.title,
        "version": pack.version,
        "profile": pack.profile,
        "guidance_date": pack.guidance_date.isoformat(),
        "sha256": pack.sha256,
    }


def _input(entry: InputTally) -> dict[str, Any]:
    return {
        "path": entry.path,
        "sha256": entry.sha256,
        "format": entry.format,
        "rows": entry.rows,
        "devices": entry.devices,
        "merged": entry.merged,
        "out_of_scope": entry.out_of_scope,
        "unmatched": entry.unmatched,
        "rejected": entry.rejected,
        "future": entry.future,
        "notices": list(entry.notices),
        **({"packed_in": entry.packed_in} if entry.packed_in else {}),
    }


def _rule(rule: RuleTally) -> dict[str, Any]:
    return {
        "id": rule.id,
        "title": rule.title,
        "severity": rule.severity,
        "phase": rule.phase,
        "about": rule.about,
        "pass": rule.passed,
        "fail": rule.failed,
        "unknown": rule.unknown,
        "not_applicable": rule.not_applicable,
        "waived": rule.waived,
        "waived_fail": rule.waived_failed,
        "histogram": [{"value": value, "devices": devices} for value, devices in rule.histogram],
        "not_exported": list(rule.not_exported),
        "action": rule.action,
        "remediation": rule.remediation,
        "applies_to": rule.applies_to,
        "requires": rule.requires,
        "thresholds": [json_rollout.threshold(note) for note in rule.thresholds],
        "sources": json_rollout.sources(rule.sources),
        "examples": {"fail": _examples(rule.failing), "unknown": _examples(rule.unknowing)},
    }


def _examples(examples: Iterable[Example]) -> list[dict[str, Any]]:
    return [
        {"device_id": found.device_id, "device_name": found.device_name, "file": found.file, "line": found.line}
        for found in examples
    ]


def _unlock(unlock: Unlock) -> dict[str, Any]:
    return {
        "fact": unlock.fact,
        "carried_by": unlock.carried_by,
        "about": unlock.about,
        "devices": unlock.devices,
        "rules": list(unlock.rules),
    }


def _controls(found: ControlMap) -> dict[str, Any]:
    mapped = [{"id": note.id, "title": note.title, "evidence": _evidence(note.evidence)} for note in found.controls]
    return {"mapped": mapped, "unmapped": _evidence(found.unmapped)}


def _evidence(found: Iterable[ControlEvidence]) -> list[dict[str, Any]]:
    return [{"rules": list(each.rules), "reason": each.reason} for each in found]
