"""A summary with pseudonyms: for every field of every note it is said what becomes of it.

Whoever adds a field has to decide: a field that is not named here is an error, not a leak.
"""

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, Final

from checker.model.notes import AttestationNote, CriterionNote, Example, RuleTally, SourceNote, ThresholdNote
from checker.model.result import Summary
from checker.model.rule import TAILORED
from checker.redact.formats import format_name
from checker.redact.pseudonyms import Pseudonyms
from checker.redact.sentences import change, comparison, input_notice, listed, notice, supposition
from checker.redact.values import shown

Histogram = tuple[tuple[str, int], ...]
Treat = Callable[[Pseudonyms, Any], Any]

NONE: Final = "(none)"  # what a histogram calls devices without a value
NAMING: Final = ("listed", "previous.lost", "previous.changed")  # criteria that name devices
COMPARING: Final = ("previous.lost", "previous.changed")  # or the report that they compare with


def keep(_: Pseudonyms, value: Any) -> Any:  # noqa: ANN401
    """Leave what a field says: counts, days, hashes, ids and words of the rule pack and of the tool."""
    return value


def each(treat: Treat) -> Treat:
    """Treat every item of a tuple."""
    return lambda names, found: tuple(treat(names, item) for item in found)


def label(kind: str) -> Treat:
    """Put ``KIND-…`` in place of a text."""
    return lambda names, text: names.label(kind, text)


def _note(names: Pseudonyms, note: Any) -> Any:  # noqa: ANN401
    """Return a note, each field treated as it is said below."""
    if not is_dataclass(note) or isinstance(note, type):
        return note
    treats = FIELDS[type(note).__name__]
    new = replace(note, **{spec.name: treats[spec.name](names, getattr(note, spec.name)) for spec in fields(note)})
    return WHOLE[type(note)](names, note, new) if type(note) in WHOLE else new


def _file(names: Pseudonyms, path: str) -> str:
    return names.file(path)


def _device(names: Pseudonyms, name: str) -> str:
    return names.device(name)


def _called(names: Pseudonyms, name: str) -> str:
    return names.called(name)


def _attestation(names: Pseudonyms, old: AttestationNote, new: AttestationNote) -> AttestationNote:
    return replace(new, value=shown(names, old.fact, old.value))


def _criterion(names: Pseudonyms, old: CriterionNote, new: CriterionNote) -> CriterionNote:
    if old.id not in NAMING or not old.why:
        return new
    told = comparison(names, old.why) if old.id in COMPARING and old.met != "MISSED" else listed(names.called, old.why)
    return replace(new, why=told)


def is_tailored(rule: RuleTally) -> bool:
    """Tell whether a rule compares with a value of the organisation's own."""
    return any(given.source.id.startswith(TAILORED) for given in rule.thresholds)


def _rule(names: Pseudonyms, old: RuleTally, new: RuleTally) -> RuleTally:
    """Examples stand in the order of their ids again; conditions that hold a tailored value are one pseudonym."""
    new = replace(
        new, failing=tuple(sorted(new.failing, key=_id_of)), unknowing=tuple(sorted(new.unknowing, key=_id_of))
    )
    if not is_tailored(old):
        return new
    return replace(new, applies_to=_TEXT(names, old.applies_to), requires=_TEXT(names, old.requires))


def _threshold(names: Pseudonyms, old: ThresholdNote, new: ThresholdNote) -> ThresholdNote:
    """A tailored value is the organisation's own, and its source is a reason."""
    if not old.source.id.startswith(TAILORED):
        return new
    told = TAILORED + _TEXT(names, old.source.id.removeprefix(TAILORED))
    return replace(new, value=_TEXT(names, old.value), source=SourceNote(told, told, "", ""))


def _id_of(example: Example) -> str:
    return example.device_id


WHOLE: Final[dict[type, Callable[[Pseudonyms, Any, Any], Any]]] = {
    AttestationNote: _attestation,
    CriterionNote: _criterion,
    RuleTally: _rule,
    ThresholdNote: _threshold,
}

_PERSON, _WAVE, _TEXT = label("person"), label("wave"), label("text")


def _kept(*named: str, **treated: Treat) -> dict[str, Treat]:
    return {**dict.fromkeys(named, keep), **treated}


FIELDS: Final[Mapping[str, Mapping[str, Treat]]] = {
    "Summary": _kept(
        "tool_version", "as_of", "profile", "packs", "guidance", "devices", "device_side", "site_side", "site_unlocks",
        "by", "scope", "verification", "paths", "routes", "unlocks", "assumptions", "phase", "exit_code", "exit_reason",
        "partial", "ready_paths", "no_wave", "unwaived", "actions", "tables", "unknown_allowed", "fail_on", "redacted",
        inputs=each(_note), rules=each(_note), attestations=each(_note), notices=each(notice), waves=each(_note),
        wave=_WAVE, waivers=each(_note), tailoring=each(change), simulated=each(supposition), governed_by=each(_note),
    ),
    "InputTally": _kept(
        "sha256", "rows", "devices", "merged", "out_of_scope", "unmatched", "rejected", "future",
        format=format_name, path=_file, packed_in=_file, notices=each(input_notice),
    ),
    "RuleTally": _kept(
        "id", "title", "phase", "severity", "about", "action", "remediation", "sources", "passed", "failed", "unknown",
        "not_applicable", "waived", "not_exported", "histogram", "waived_failed", "applies_to", "requires",
        failing=each(_note), unknowing=each(_note), thresholds=each(_note),
    ),
    "ThresholdNote": _kept("parameter", "value", "meaning", "source"),
    "Example": _kept("line", device_id=_device, device_name=_called, file=_file),
    "AttestationNote": _kept(
        "fact", "value", "attested", "valid_until", "used_on", "contradicted_on", "kind", "state", "devices",
        by=_PERSON, evidence=_TEXT, place=_file,
    ),
    "WaveNote": _kept(
        "tool", "starts", "devices", "verification", "decision", "reason", "actions", "smallest", "gated",
        name=_WAVE, criteria=each(_note),
    ),
    "CriterionNote": _kept("id", "title", "limit", "figure", "met", "why"),
    "WaiverNote": _kept(
        "rule", "accepts", "created", "expires", "state", "devices", "used_on", "broad", "unused", "unknown_rule",
        id=label("waiver"), reason=_TEXT, owner=_PERSON, approver=_PERSON, ticket=label("ticket"), place=_file,
        unmatched=each(_called),
    ),
    "FileNote": _kept("kind", "sha256", path=_file),
}  # fmt: skip


def redacted_summary(names: Pseudonyms, summary: Summary, first_fact: Mapping[str, str]) -> Summary:
    """Return a summary without names; ``first_fact`` says of which fact a rule's histogram shows the values."""
    new: Summary = _note(names, summary)
    rules = tuple(
        replace(rule, histogram=_histogram(names, rule.histogram, first_fact.get(rule.id, ""))) for rule in new.rules
    )
    found = replace(new, rules=rules, redacted=names.mark)
    return replace(found, notices=(found.pseudonyms, *found.notices))


def _histogram(names: Pseudonyms, values: Histogram, fact: str) -> Histogram:
    """Return the values of a fact, most frequent first, as they may be shown."""
    found = ((text if text == NONE else shown(names, fact, text), devices) for text, devices in values)
    return tuple(sorted(found, key=lambda item: (-item[1], item[0])))
