"""The results of a SARIF file: one per device and rule while there are at most 5,000, else one per rule and outcome."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final

import polars as pl

from checker.model.outcome import Outcome, Severity
from checker.model.result import Example, Result, RuleTally, Summary
from checker.reporters.sarif_places import fingerprints, location, message, whole_fleet
from checker.reporters.sarif_rules import Listed
from checker.reporters.shown import DETAIL_LIMIT, counts_for_exit, how_many, scope_name, shown_rules, weigh
from checker.reporters.tables import scan
from checker.reporters.wording import count, device_label, evidence_line, sentence, visible

KINDS: Final = {
    Outcome.PASS: "pass",
    Outcome.FAIL: "fail",
    Outcome.UNKNOWN: "open",
    Outcome.NOT_APPLICABLE: "notApplicable",
}
_VERBS: Final = {Outcome.PASS: "pass", Outcome.FAIL: "fail", Outcome.UNKNOWN: "are unknown"}

# Devices that the result of a whole rule names; GitHub keeps no more locations of one result.
EXAMPLES_SHOWN: Final = 100


@dataclass(frozen=True, slots=True)
class View:
    """What of a result a file shows: the rules in the order of their numbers, and the results, to be read once."""

    listed: tuple[Listed, ...]
    results: Iterator[dict[str, Any]]
    total: int  # outcomes that the results stand for
    shown: int  # results
    truncated: bool = False  # one result per rule: devices have none of their own


@dataclass(frozen=True, slots=True)
class _Group:
    """All outcomes of one rule that are alike."""

    listed: Listed
    outcome: Outcome
    number: int
    waived: bool = False
    examples: tuple[Example, ...] = ()


@dataclass(frozen=True, slots=True)
class _Sheet:
    """What every result of a file needs: the run, the numbers of its rules, and whether it shows suppressions."""

    summary: Summary
    listed: tuple[Listed, ...]
    suppressions: bool

    def find(self, rule_id: str) -> tuple[int, Listed]:
        """Return the number of a rule, and the rule."""
        return next((index, listed) for index, listed in enumerate(self.listed) if listed.id == rule_id)


def problems(result: Result) -> View:
    """Return the FAIL that no waiver covers, and the UNKNOWN of blockers and of what counts for the exit code."""
    summary = result.summary
    rules = shown_rules(summary)
    groups = [group for rule in rules for group in _problem_groups(summary, rule)]
    listed = (*map(Listed, rules), *(group.listed for group in groups if group.listed.unknown))
    sheet = _Sheet(summary, listed, suppressions=False)
    rows = _problem_rows(result, listed)
    if rows.height > DETAIL_LIMIT:
        return _by_rule(sheet, groups)
    return View(listed, _device_results(sheet, _placed(result, rows)), rows.height, rows.height)


def full(result: Result) -> View:
    """Return every outcome with its kind; NOT_APPLICABLE once for each rule, since it says nothing of a device."""
    summary = result.summary
    rules = shown_rules(summary)
    groups = [group for rule in rules for group in _groups(rule)]
    sheet = _Sheet(summary, tuple(map(Listed, rules)), suppressions=True)
    if result.cases is None:
        return _by_rule(sheet, groups)
    wanted = pl.col("rule_id").is_in([rule.id for rule in rules])
    rows = result.cases.filter(wanted, pl.col("outcome") != Outcome.NOT_APPLICABLE.name)
    rest = [group for group in groups if group.outcome is Outcome.NOT_APPLICABLE]
    results = chain(_device_results(sheet, _placed(result, rows)), (_rule_result(sheet, group) for group in rest))
    total = rows.height + sum(group.number for group in rest)
    return View(sheet.listed, results, total, rows.height + len(rest))


def _problem_groups(summary: Summary, rule: RuleTally) -> Iterator[_Group]:
    weight = weigh(rule)
    if weight.failed:
        yield _Group(Listed(rule), Outcome.FAIL, weight.failed, examples=rule.failing)
    if weight.unknown and (rule.severity == Severity.BLOCKER or counts_for_exit(summary, rule.severity)):
        yield _Group(Listed(rule, unknown=True), Outcome.UNKNOWN, weight.unknown, examples=rule.unknowing)


def _groups(rule: RuleTally) -> Iterator[_Group]:
    weight = weigh(rule)
    everything = (
        _Group(Listed(rule), Outcome.FAIL, weight.failed, examples=rule.failing),
        _Group(Listed(rule), Outcome.FAIL, weight.waived_failed, waived=True),
        _Group(Listed(rule), Outcome.UNKNOWN, weight.unknown, examples=rule.unknowing),
        _Group(Listed(rule), Outcome.UNKNOWN, weight.waived_unknown, waived=True),
        _Group(Listed(rule), Outcome.PASS, rule.passed),
        _Group(Listed(rule), Outcome.NOT_APPLICABLE, rule.not_applicable),
    )
    yield from (group for group in everything if group.number)


def _by_rule(sheet: _Sheet, groups: list[_Group]) -> View:
    results = (_rule_result(sheet, group) for group in groups)
    return View(sheet.listed, results, sum(group.number for group in groups), len(groups), truncated=True)


def _problem_rows(result: Result, listed: tuple[Listed, ...]) -> pl.DataFrame:
    """Return the findings that are problems, one more than are shown at most."""
    failing = [entry.rule.id for entry in listed if not entry.unknown]
    unknown = [entry.rule.id for entry in listed if entry.unknown]
    outcome, rule = pl.col("outcome"), pl.col("rule_id")
    fails = (outcome == Outcome.FAIL.name) & rule.is_in(failing)
    missing = (outcome == Outcome.UNKNOWN.name) & rule.is_in(unknown)
    chosen = scan(result.findings).filter(pl.col("waived").is_null(), fails | missing)
    as_listed = rule + pl.when(outcome == Outcome.UNKNOWN.name).then(pl.lit(".unknown")).otherwise(pl.lit(""))
    return chosen.head(DETAIL_LIMIT + 1).with_columns(rule_id=as_listed).collect()


def _placed(result: Result, rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with the file and line of their device's record."""
    places = scan(result.devices).select("device_id", "file", "line")
    wanted = rows.lazy().select("device_id").unique()
    found = places.join(wanted, on="device_id", how="semi").collect()
    return rows.join(found, on="device_id", how="left", maintain_order="left")


def _device_results(sheet: _Sheet, rows: pl.DataFrame) -> Iterator[dict[str, Any]]:
    for row in rows.iter_rows(named=True):
        yield _device_result(sheet, row)


def _device_result(sheet: _Sheet, row: dict[str, Any]) -> dict[str, Any]:
    index, listed = sheet.find(row["rule_id"])
    outcome = Outcome[row["outcome"]]
    fleet = whole_fleet(sheet.summary)
    place = Example(row["device_id"], row["device_name"] or "", row["file"] or fleet.file, row["line"] or fleet.line)
    evidence = [evidence_line(entry) for entry in row["evidence"] or ()]
    return {
        **_judgement(index, listed, outcome),
        "message": message(_device_text(listed, outcome, row)),
        "locations": [location(place, sheet.summary)],
        "partialFingerprints": fingerprints("deviceRule", row["device_id"], listed.id),
        **_suppressions(sheet, f"Waived by '{row['waived']}'." if row["waived"] is not None else ""),
        "properties": _properties(listed.rule, outcome) | {"evidence": evidence},
    }


def _rule_result(sheet: _Sheet, group: _Group) -> dict[str, Any]:
    index, listed = sheet.find(group.listed.id)
    examples = group.examples[:EXAMPLES_SHOWN]
    related = [
        location(example, sheet.summary) | {"message": message(_device_name(example.device_id, example.device_name))}
        for example in examples
    ]
    identity = (scope_name(sheet.summary), listed.id, group.outcome.name, "waived" if group.waived else "")
    return {
        **_judgement(index, listed, group.outcome),
        "message": message(_group_text(group)),
        "locations": [location(examples[0] if examples else whole_fleet(sheet.summary), sheet.summary)],
        **({"relatedLocations": related} if related else {}),
        "occurrenceCount": group.number,
        "partialFingerprints": fingerprints("planRule", *identity),
        **_suppressions(sheet, "Waived; the findings table names the waivers." if group.waived else ""),
        "properties": _properties(listed.rule, group.outcome),
    }


def _judgement(index: int, listed: Listed, outcome: Outcome) -> dict[str, Any]:
    """Return which rule and how it came out; a level goes with the kind ``fail`` only."""
    kind = "fail" if listed.unknown else KINDS[outcome]
    level = {"level": listed.level} if kind == "fail" else {}
    return {"ruleId": listed.id, "ruleIndex": index, "kind": kind, **level}


def _suppressions(sheet: _Sheet, justification: str) -> dict[str, Any]:
    """Return the suppressions: in one file either every result has the list, empty or not, or none has."""
    if not sheet.suppressions:
        return {}
    waiver = {"kind": "external", "status": "accepted", "justification": visible(justification)}
    return {"suppressions": [waiver] if justification else []}


def _properties(rule: RuleTally, outcome: Outcome) -> dict[str, Any]:
    return {"outcome": outcome.name, "severity": rule.severity, "phase": rule.phase, "about": rule.about}


def _device_text(listed: Listed, outcome: Outcome, row: dict[str, Any]) -> str:
    """Return what is wrong, and only then on which device: viewers group results by how their messages begin."""
    said = sentence(row["message"] or f"{listed.rule.title}: {outcome.name}")
    start = said if outcome is not Outcome.UNKNOWN or said.startswith("Not known") else f"Not known: {said}"
    stands = f" Stands for {count(row['devices'], 'device')}." if row["devices"] > 1 else ""
    device = f" {_device_name(row['device_id'], row['device_name'])}" if row["device_id"] else ""
    return f"{start}{stands}{device}"


def _device_name(device_id: str, device_name: str | None) -> str:
    return f"Device '{device_label(device_id, device_name)}'."


def _group_text(group: _Group) -> str:
    rule = group.listed.rule
    if group.outcome is Outcome.NOT_APPLICABLE:
        said = f"does not apply to {count(group.number, 'device')}"
    else:
        said = how_many(rule, group.number, _VERBS[group.outcome])
    first = ", ".join(f"'{device_label(entry.device_id, entry.device_name)}'" for entry in group.examples[:3])
    waived = ", waived" if group.waived else ""
    return f"{visible(rule.title)}: {said}{waived}." + (f" First: {first}." if first else "")
