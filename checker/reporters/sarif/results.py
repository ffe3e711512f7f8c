"""A SARIF result: of one rule on one device, or of all outcomes of one rule that are alike."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from checker.model.notes import Example, RuleTally
from checker.model.outcome import Outcome
from checker.model.result import Result, Summary
from checker.reporters.sarif.groups import Group, Key, group_text
from checker.reporters.sarif.places import fingerprints, location, message, whole_fleet
from checker.reporters.sarif.rules import Listed
from checker.reporters.sarif.runs import Slot
from checker.reporters.shown import scope_name
from checker.reporters.waiver_words import justification
from checker.reporters.wording import count, device_label, evidence_line, sentence, visible

KINDS: Final = {
    Outcome.PASS: "pass",
    Outcome.FAIL: "fail",
    Outcome.UNKNOWN: "open",
    Outcome.NOT_APPLICABLE: "notApplicable",
}
_WAIVERS_NAMED: Final = 5  # waivers that justify a result of many devices; the findings table names all


@dataclass(frozen=True, slots=True)
class Sheet:
    """What every result of a file needs: the run, the numbers of its rules, its runs, and whether it is a full one."""

    result: Result
    listed: tuple[Listed, ...]
    slots: tuple[Slot, ...]
    full: bool

    @property
    def summary(self) -> Summary:
        """The summary of the result."""
        return self.result.summary

    def find(self, rule_id: str) -> tuple[int, Listed]:
        """Return the number of a rule, and the rule."""
        return next((index, listed) for index, listed in enumerate(self.listed) if listed.id == rule_id)


def device_result(sheet: Sheet, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the result of one rule on one device, or of one that stands for the whole fleet."""
    index, listed = sheet.find(row["rule_id"])
    outcome = Outcome[row["outcome"]]
    fleet = whole_fleet(sheet.summary)
    place = Example(row["device_id"], row["device_name"] or "", row["file"] or fleet.file, row["line"] or fleet.line)
    evidence = [evidence_line(entry) for entry in row["evidence"] or ()]
    waivers = [] if row["waived"] is None else [row["waived"]]
    return {
        **_judgement(index, listed, outcome),
        "message": message(_device_text(listed, outcome, row)),
        "locations": [location(place, sheet.summary)],
        "partialFingerprints": fingerprints("deviceRule", row["device_id"], listed.id),
        **({"baselineState": row["state"]} if row["state"] else {}),
        **_suppressions(sheet, _justifications(sheet.summary, waivers)),
        "properties": _properties(listed.rule, outcome) | {"evidence": evidence},
    }


def rule_result(sheet: Sheet, group: Group, earlier: Mapping[Key, int]) -> dict[str, Any]:
    """Return the result of all outcomes of a group; ``earlier`` is how many there were in the baseline."""
    index, listed = sheet.find(group.listed.id)
    slot = sheet.slots[group.run]
    examples = group.examples
    related = [
        location(example, sheet.summary) | {"message": message(_device_name(example.device_id, example.device_name))}
        for example in examples
    ]
    apart = (slot.category,) if slot.waves else ()
    identity = (scope_name(sheet.summary), listed.id, group.outcome.name, "waived" if group.waived else "", *apart)
    used = [note.id for note in sheet.summary.waivers if note.rule == listed.rule.id and note.used_on]
    accepted = _justifications(sheet.summary, used) or ("Waived; the findings table names the waivers.",)
    state = {"baselineState": _group_state(group, earlier)} if sheet.full and sheet.result.baseline else {}
    return {
        **_judgement(index, listed, group.outcome),
        "message": message(group_text(group, slot)),
        "locations": [location(examples[0] if examples else whole_fleet(sheet.summary), sheet.summary)],
        **({"relatedLocations": related} if related else {}),
        "occurrenceCount": group.number,
        "partialFingerprints": fingerprints("planRule", *identity),
        **state,
        **_suppressions(sheet, accepted if group.waived else ()),
        "properties": _properties(listed.rule, group.outcome),
    }


def _group_state(group: Group, earlier: Mapping[Key, int]) -> str:
    if group.gone:
        return "absent"
    if group.outcome in (Outcome.PASS, Outcome.NOT_APPLICABLE):
        return "unchanged"
    then = earlier.get(group.key)
    return "new" if then is None else "unchanged" if then == group.number else "updated"


def _judgement(index: int, listed: Listed, outcome: Outcome) -> dict[str, Any]:
    """Return which rule and how it came out; a level goes with the kind ``fail`` only."""
    kind = "fail" if listed.unknown else KINDS[outcome]
    level = {"level": listed.level} if kind == "fail" else {}
    return {"ruleId": listed.id, "ruleIndex": index, "kind": kind, **level}


def _justifications(summary: Summary, ids: Iterable[str]) -> tuple[str, ...]:
    """Return why findings are accepted, by the records of their waivers as far as the run knows them."""
    known = {note.id: note for note in summary.waivers}
    named = list(ids)
    said = [justification(known[name]) if name in known else f"Waived by '{visible(name)}'." for name in named]
    more = [f"And {len(said) - _WAIVERS_NAMED:,} more waivers."] if len(said) > _WAIVERS_NAMED else []
    return (*said[:_WAIVERS_NAMED], *more)


def _suppressions(sheet: Sheet, justifications: tuple[str, ...]) -> dict[str, Any]:
    """Return the suppressions: in one file either every result has the list, empty or not, or none has."""
    if not sheet.full:
        return {}
    return {
        "suppressions": [
            {"kind": "external", "status": "accepted", "justification": visible(text)} for text in justifications
        ]
    }


def _properties(rule: RuleTally, outcome: Outcome) -> dict[str, Any]:
    return {"outcome": outcome.name, "severity": rule.severity, "phase": rule.phase, "about": rule.about}


def _device_text(listed: Listed, outcome: Outcome, row: Mapping[str, Any]) -> str:
    """Return what is wrong, and only then on which device: viewers group results by how their messages begin."""
    said = sentence(row["message"] or f"{listed.rule.title}: {outcome.name}")
    start = said if outcome is not Outcome.UNKNOWN or said.startswith("Not known") else f"Not known: {said}"
    stands = f" Stands for {count(row['devices'], 'device')}." if row["devices"] > 1 else ""
    device = f" {_device_name(row['device_id'], row['device_name'])}" if row["device_id"] else ""
    return f"{start}{stands}{device}"


def _device_name(device_id: str, device_name: str | None) -> str:
    return f"Device '{device_label(device_id, device_name)}'."
