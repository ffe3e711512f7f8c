"""Turns a JSON report back into the summary that it was written from: the mirror of ``reporters/json/report.py``."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from checker.model.notes import (
    ActionNote,
    ActionSet,
    AttestationNote,
    ControlEvidence,
    ControlMap,
    ControlNote,
    CriterionNote,
    Example,
    FileNote,
    InputTally,
    PackNote,
    RuleTally,
    SourceNote,
    StepNote,
    ThresholdNote,
    Unlock,
    WaiverNote,
    WaveNote,
)
from checker.model.result import Summary

Told = Mapping[str, Any]  # what the JSON Schema of the report promises


def summary_of(told: Told) -> Summary:
    """Return the summary of a report that is valid under ``report-v1.schema.json``."""
    return Summary(
        tool_version=told["tool"]["version"],
        as_of=date.fromisoformat(told["as_of"]),
        profile=told["profile"],
        packs=tuple(_pack(each) for each in told["packs"]),
        guidance=tuple(told["guidance"]),
        inputs=tuple(_input(each) for each in told["inputs"]),
        devices=told["devices"],
        device_side=told["device_side"],
        site_side=tuple(told["site_side"]["not_assessed"]),
        site_unlocks=told["site_side"]["unlocks"],
        by=told["by"],
        scope=told["scope"],
        verification=told["verification"],
        paths=told["paths"],
        routes=told["routes"],
        rules=tuple(_rule(each) for each in told["rules"]),
        unlocks=tuple(Unlock(**_frozen(each)) for each in told["unlocks"]),
        attestations=tuple(AttestationNote(**each) for each in told["attestations"]),
        assumptions=tuple(told["assumptions"]),
        notices=tuple(told["notices"]),
        phase=told["phase"],
        exit_code=told["exit"]["code"],
        exit_reason=told["exit"]["reason"],
        partial=told["partial"],
        ready_paths=told["ready_paths"],
        waves=tuple(_wave(each) for each in told["waves"]),
        wave=told["wave"],
        no_wave=told["no_wave"],
        waivers=tuple(WaiverNote(**_frozen(each)) for each in told["waivers"]),
        unwaived=told["unwaived"],
        actions=_actions(told["actions"]),
        tailoring=tuple(told["tailoring"]),
        simulated=tuple(told["simulated"]),
        governed_by=tuple(FileNote(**each) for each in told["governed_by"]),
        tables=tuple(FileNote(**each) for each in told["tables"]),
        unknown_allowed=told["exit"]["unknown_allowed"],
        fail_on=told["exit"]["fail_on"],
        redacted=told.get("redacted", ""),
    )


def steps_of(told: Told) -> tuple[StepNote, ...]:
    """Return everything that the devices' next steps may name."""
    return tuple(StepNote(**_frozen({**each, "sources": _sources(each["sources"])})) for each in told["steps"])


def controls_of(told: Told) -> ControlMap:
    """Return on which controls the rules are evidence."""
    mapped = told["controls"]["mapped"]
    notes = (ControlNote(each["id"], each["title"], _evidence(each["evidence"])) for each in mapped)
    return ControlMap(tuple(notes), _evidence(told["controls"]["unmapped"]))


def _evidence(told: Iterable[Told]) -> tuple[ControlEvidence, ...]:
    return tuple(ControlEvidence(**_frozen(each)) for each in told)


def _frozen(told: Told) -> dict[str, Any]:
    """Return the same with tuples in place of lists: the notes hold no list."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in told.items()}


def _pack(told: Told) -> PackNote:
    return PackNote(**{**told, "guidance_date": date.fromisoformat(told["guidance_date"])})


def _input(told: Told) -> InputTally:
    return InputTally(**_frozen(told))


def _rule(told: Told) -> RuleTally:
    return RuleTally(
        id=told["id"],
        title=told["title"],
        phase=told["phase"],
        severity=told["severity"],
        about=told["about"],
        action=told["action"],
        remediation=told["remediation"],
        sources=_sources(told["sources"]),
        passed=told["pass"],
        failed=told["fail"],
        unknown=told["unknown"],
        not_applicable=told["not_applicable"],
        waived=told["waived"],
        not_exported=tuple(told["not_exported"]),
        histogram=tuple((each["value"], each["devices"]) for each in told["histogram"]),
        failing=tuple(Example(**each) for each in told["examples"]["fail"]),
        unknowing=tuple(Example(**each) for each in told["examples"]["unknown"]),
        waived_failed=told["waived_fail"],
        applies_to=told["applies_to"],
        requires=told["requires"],
        thresholds=tuple(
            ThresholdNote(**{**each, "source": SourceNote(**each["source"])}) for each in told["thresholds"]
        ),
    )


def _sources(told: Iterable[Told]) -> tuple[SourceNote, ...]:
    return tuple(SourceNote(**each) for each in told)


def _actions(told: Iterable[Told]) -> tuple[ActionNote, ...]:
    return tuple(ActionNote(**_frozen(each)) for each in told)


def _wave(told: Told) -> WaveNote:
    smallest = told["smallest"]
    more = {
        "criteria": tuple(CriterionNote(**each) for each in told["criteria"]),
        "actions": _actions(told["actions"]),
        "smallest": ActionSet(**_frozen(smallest)) if smallest else None,
    }
    return WaveNote(**{**told, **more})
