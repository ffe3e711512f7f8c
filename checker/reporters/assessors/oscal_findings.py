"""Observations, findings and risks of an OSCAL document: one observation a rule, one finding a control.

A control is *satisfied* if its rules passed and none failed or is unknown, in a whole run without suppositions. What
is unknown is never satisfied, and a waiver takes nothing back: it is a risk that somebody accepted, beside the finding.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import polars as pl

from checker.model.notes import ControlNote, RuleTally, WaiverNote
from checker.model.result import Result, Summary, scan_part
from checker.reporters.assessors.oscal_parts import begins, ends, filled, identity, marked, plain, props
from checker.reporters.shown import VERBS, how_many, limited_to, scope_name, shown_rules, weigh
from checker.reporters.wording import count, sentence

MOST_DEVICES: Final = 100  # of one observation; the others are counted, and stand in the table of findings
_PROBLEMS: Final = ("FAIL", "UNKNOWN")  # in the order in which devices are named
_COLUMNS: Final = ("device_id", "device_name", "rule_id", "outcome", "waived", "message")
Row = Mapping[str, Any]


def problem_rows(result: Result) -> dict[str, list[Row]]:
    """Return the first devices with a problem by rule, failing ones first, at most MOST_DEVICES for each rule.

    The table of findings is read part by part, and of each part only what is still missing is kept.
    """
    wanted = [rule.id for rule in shown_rules(result.summary)]
    found = pl.DataFrame(schema={name: result.findings.columns[name] for name in _COLUMNS})
    for part in result.findings.parts:
        here = scan_part(part).select(_COLUMNS)
        here = here.filter(pl.col("device_id") != "", pl.col("outcome").is_in(_PROBLEMS))
        first = here.filter(pl.col("rule_id").is_in(wanted)).collect()
        groups = pl.concat([found, first]).group_by("rule_id", "outcome", maintain_order=True)
        found = groups.head(MOST_DEVICES).select(_COLUMNS)
    rows: dict[str, list[Row]] = {name: [] for name in wanted}
    for outcome in _PROBLEMS:
        for row in found.filter(pl.col("outcome") == outcome).sort("device_id").iter_rows(named=True):
            if len(rows[row["rule_id"]]) < MOST_DEVICES:
                rows[row["rule_id"]].append(row)
    return rows


def observations(result: Result, rows: Mapping[str, Sequence[Row]], tool: str, evidence: str) -> list[dict[str, Any]]:
    """Return an observation for each shown rule: its counts, and the first devices with a problem.

    Args:
        result: what was found.
        rows: the devices to name, by rule.
        tool: UUID of the component that made the observations.
        evidence: UUID of the resource that is the table of findings; empty if none was written.
    """
    summary = result.summary
    return [_observation(rule, rows[rule.id], summary, (tool, evidence)) for rule in shown_rules(summary)]


def _observation(rule: RuleTally, rows: Sequence[Row], summary: Summary, refers: tuple[str, str]) -> dict[str, Any]:
    tool, table = refers
    problems = rule.failed + rule.unknown
    more = problems - len(rows) if rule.about not in ("tenant", "fleet") else 0
    where = {"href": f"#{table}", "description": f"Rows of the table of findings with rule_id {rule.id}."}
    return filled(
        {
            "uuid": own(summary, "observation", rule.id),
            "title": marked(rule.title),
            "description": marked(f"{rule.id}: {_said(rule)}"),
            "props": props(
                rule_id=rule.id,
                severity=rule.severity,
                phase=rule.phase,
                about=rule.about,
                passed=rule.passed,
                failed=rule.failed,
                unknown=rule.unknown,
                not_applicable=rule.not_applicable,
                waived=rule.waived,
                devices_shown=len(rows),
                devices_not_shown=more,
            ),
            "methods": ["TEST-AUTOMATED"],
            "origins": [{"actors": [{"type": "tool", "actor-uuid": tool}]}],
            "subjects": [_subject(row) for row in rows],
            "relevant-evidence": [where] if table else [],
            "collected": begins(summary.as_of),
            "remarks": _left_out(rule, more),
        }
    )


def _said(rule: RuleTally) -> str:
    """Return how the rule came out, in words."""
    said = [how_many(rule, rule.failed, "fail"), how_many(rule, rule.unknown, "are unknown")]
    waived = f"a waiver covers {rule.waived:,} of them" if rule.waived else ""
    found = "; ".join(text for text in (*said, waived) if text)
    if found:
        return sentence(found)
    return sentence(how_many(rule, rule.passed, "pass") or "it applies to nothing that was judged")


def _left_out(rule: RuleTally, more: int) -> str:
    absent = f"No input carries {', '.join(rule.not_exported)}." if rule.not_exported else ""
    rest = f"{count(more, 'more device')} with a problem not named here: see the table of findings." if more else ""
    return marked(" ".join(text for text in (absent, rest) if text)) if absent or rest else ""


def _subject(row: Row) -> dict[str, Any]:
    return {
        "subject-uuid": device_uuid(row["device_id"]),
        "type": "inventory-item",
        "title": marked(row["device_name"] or row["device_id"]),
        "props": props(outcome=row["outcome"], waiver=row["waived"] or ""),
        "remarks": marked(row["message"]),
    }


def device_uuid(device_id: str) -> str:
    """Return the UUID of a device."""
    return identity("device", device_id)


def own(summary: Summary, *names: str) -> str:
    """Return the UUID of a part of this assessment: the same in every later one of the same rules and wave."""
    return identity(scope_name(summary), limited_to(summary), *names)


def findings(result: Result, risks: Mapping[str, Iterable[str]]) -> list[dict[str, Any]]:
    """Return a finding for each control that has a shown rule; ``risks`` are the UUIDs of accepted risks by rule."""
    rules = {rule.id: rule for rule in shown_rules(result.summary)}
    return [
        _finding(note, [rules[name] for name in note.rules if name in rules], result.summary, risks)
        for note in assessed(result)
    ]


def assessed(result: Result) -> tuple[ControlNote, ...]:
    """Return the controls on which rules of the shown phase are evidence."""
    shown = {rule.id for rule in shown_rules(result.summary)}
    return tuple(note for note in result.controls.controls if shown.intersection(note.rules))


def _finding(
    note: ControlNote, rules: Sequence[RuleTally], summary: Summary, risks: Mapping[str, Iterable[str]]
) -> dict[str, Any]:
    state, reason, why = status(rules, summary)
    accepted = dict.fromkeys(risk for rule in rules for risk in risks.get(rule.id, ()))
    names = {rule.id for rule in rules}
    because = (
        f"- {', '.join(name for name in each.rules if name in names)}: {each.reason}"
        for each in note.evidence
        if names.intersection(each.rules)
    )
    return filled(
        {
            "uuid": own(summary, "finding", note.id),
            "title": marked(f"{note.id}, {note.title}: {why}"),
            "description": sentence(f"As far as {count(len(rules), 'rule')} can tell: {why}"),
            "props": props(rules=len(rules), failing=_with(rules, "failed"), unknown=_with(rules, "unknown")),
            "target": {
                "type": "statement-id",
                "target-id": f"{note.id}_{'stmt' if note.id.startswith('cisc-') else 'smt'}",
                "status": {"state": state, "reason": reason, "remarks": sentence(why)},
            },
            "related-observations": [{"observation-uuid": own(summary, "observation", rule.id)} for rule in rules],
            "related-risks": [{"risk-uuid": risk} for risk in accepted],
            "remarks": "\n".join(("Why these rules are evidence on it:", "", *(marked_line(line) for line in because))),
        }
    )


def marked_line(line: str) -> str:
    """Return a line of a Markdown list, its text without markup."""
    return f"- {marked(line.removeprefix('- '))}"


def _of(number: int, rules: Sequence[RuleTally], verb: str) -> str:
    """Return ``2 of 3 rules fail``."""
    return f"{number:,} of {count(len(rules), 'rule')} {VERBS[verb] if number == 1 else verb}"


def _with(rules: Sequence[RuleTally], what: str) -> int:
    return sum(getattr(rule, what) > 0 for rule in rules)


def status(rules: Sequence[RuleTally], summary: Summary) -> tuple[str, str, str]:
    """Return state, reason and explanation of a control on which these rules are evidence.

    Satisfied is only what was judged whole, of which something passed and nothing failed or is unknown. The reasons
    are OSCAL's ``pass`` and ``fail``; ``undetermined`` where nobody knows, ``not-applicable`` where nothing applies.
    """
    failing, unknown = _with(rules, "failed"), _with(rules, "unknown")
    if failing:
        waived = all(not weigh(rule).failed for rule in rules)
        also = ", and waivers cover it all" if waived else ""
        return "not-satisfied", "fail", f"not satisfied, {_of(failing, rules, 'fail')}{also}"
    if summary.simulated:
        return "not-satisfied", "undetermined", "undetermined, since a simulation proves nothing"
    if summary.partial:
        return "not-satisfied", "undetermined", "undetermined, since only some rules were judged"
    if unknown:
        return "not-satisfied", "undetermined", f"undetermined, {_of(unknown, rules, 'are unknown')}"
    if not any(rule.passed for rule in rules):
        return "not-satisfied", "not-applicable", "neither met nor missed, since its rules apply to nothing here"
    return "satisfied", "pass", f"satisfied, {count(len(rules), 'rule')} without a problem"


def risks(summary: Summary) -> tuple[list[dict[str, Any]], dict[str, list[str]]]:
    """Return a risk for each waiver that covers something shown, and their UUIDs by rule."""
    shown = {rule.id for rule in shown_rules(summary)}
    used = [waiver for waiver in summary.waivers if waiver.used_on and waiver.rule in shown]
    by_rule: dict[str, list[str]] = {}
    for waiver in used:
        by_rule.setdefault(waiver.rule, []).append(own(summary, "risk", waiver.id))
    return [_risk(waiver, summary) for waiver in used], by_rule


def _risk(waiver: WaiverNote, summary: Summary) -> dict[str, Any]:
    what = "failing and unknown" if waiver.accepts == "fail" else "unknown"
    return {
        "uuid": own(summary, "risk", waiver.id),
        "title": marked(f"{waiver.id}: {waiver.rule} is accepted"),
        "description": marked(f"Accepts {what} outcomes of {waiver.rule}; it covers {count(waiver.used_on)} of them."),
        "statement": marked(waiver.reason),
        "props": props(
            rule_id=waiver.rule,
            owner=waiver.owner,
            approver=waiver.approver,
            ticket=waiver.ticket,
            created=waiver.created,
            expires=waiver.expires,
            covers=waiver.used_on,
            place=waiver.place,
        ),
        "status": "deviation-approved",
        "deadline": ends(plain(waiver.expires)),
        "related-observations": [{"observation-uuid": own(summary, "observation", waiver.rule)}],
    }
