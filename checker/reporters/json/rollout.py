"""The JSON report's part on the rollout: waves and gates, waivers, actions, and the files that govern a run."""

from collections.abc import Iterable
from typing import Any

from checker.model.notes import (
    ActionNote,
    ActionSet,
    AttestationNote,
    FileNote,
    SourceNote,
    StepNote,
    ThresholdNote,
    WaiverNote,
    WaveNote,
)


def wave(note: WaveNote) -> dict[str, Any]:
    """Return a wave with every criterion of its gate, its actions, and the smallest set that lifts it over."""
    return {
        "name": note.name,
        "gated": note.gated,
        "tool": note.tool,
        "starts": note.starts,
        "devices": dict(note.devices),
        "verification": dict(note.verification),
        "decision": note.decision,
        "reason": note.reason,
        "criteria": [
            {
                "id": criterion.id,
                "title": criterion.title,
                "limit": criterion.limit,
                "figure": criterion.figure,
                "met": criterion.met,
                "why": criterion.why,
            }
            for criterion in note.criteria
        ],
        "actions": actions(note.actions),
        "smallest": None if note.smallest is None else _smallest(note.smallest),
    }


def _smallest(found: ActionSet) -> dict[str, Any]:
    return {
        "actions": list(found.actions),
        "devices": found.devices,
        "exact": found.exact,
        "enough": found.enough,
        "settles": found.settles,
    }


def actions(notes: Iterable[ActionNote]) -> list[dict[str, Any]]:
    """Return actions in their order, with the rules that ask for them."""
    return [
        {
            "action": note.action,
            "what": note.what,
            "alone": note.alone,
            "needed_on": note.needed_on,
            "rules": list(note.rules),
        }
        for note in notes
    ]


def waiver(note: WaiverNote) -> dict[str, Any]:
    """Return a waiver as its file has it, and what it did."""
    return {
        "id": note.id,
        "rule": note.rule,
        "accepts": note.accepts,
        "reason": note.reason,
        "owner": note.owner,
        "approver": note.approver,
        "ticket": note.ticket,
        "created": note.created,
        "expires": note.expires,
        "place": note.place,
        "state": note.state,
        "devices": note.devices,
        "used_on": note.used_on,
        "broad": note.broad,
        "unused": note.unused,
        "unknown_rule": note.unknown_rule,
        "unmatched": list(note.unmatched),
    }


def attestation(note: AttestationNote) -> dict[str, Any]:
    """Return a statement, who answers for it, and how many devices it speaks of and decided."""
    return {
        "fact": note.fact,
        "value": note.value,
        "kind": note.kind,
        "by": note.by,
        "evidence": note.evidence,
        "attested": note.attested,
        "valid_until": note.valid_until,
        "state": note.state,
        "place": note.place,
        "devices": note.devices,
        "used_on": note.used_on,
        "contradicted_on": note.contradicted_on,
    }


def files(notes: Iterable[FileNote]) -> list[dict[str, str]]:
    """Return files with their kind and SHA-256; tables written beside the report have none."""
    return [{"kind": note.kind, "path": note.path} | ({"sha256": note.sha256} if note.sha256 else {}) for note in notes]


def step(note: StepNote) -> dict[str, Any]:
    """Return a step, an action or a verification: what an id among a device's next steps stands for."""
    return {
        "id": note.id,
        "title": note.title,
        "does": list(note.does),
        "commands": list(note.commands),
        "query": note.query,
        "looks_like": note.looks_like,
        "sources": sources(note.sources),
    }


def sources(notes: Iterable[SourceNote]) -> list[dict[str, str]]:
    """Return sources in their order."""
    return [{"id": source.id, "title": source.title, "url": source.url, "date": source.date} for source in notes]


def threshold(note: ThresholdNote) -> dict[str, Any]:
    """Return what a rule compares with."""
    return {
        "parameter": note.parameter,
        "value": note.value,
        "meaning": note.meaning,
        "source": sources([note.source])[0],
    }
