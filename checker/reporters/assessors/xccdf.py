"""XCCDF 1.2 results (NIST, XML) of one device: the rules as a benchmark, and in it the test result of the device.

PASS is ``pass``, FAIL ``fail``, UNKNOWN ``unknown``, NOT_APPLICABLE ``notapplicable``; rules of phases that are not
shown are ``notselected``. A waiver stands as a message beside its result, which it never turns into another.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any, BinaryIO, Final
from xml.etree import ElementTree as ET

from checker.errors import Problem, UsageError
from checker.model.notes import RuleTally, WaiverNote
from checker.model.result import Result, Summary
from checker.reporters.assessors.one_device import ONCE, find_device, outcomes_of
from checker.reporters.assessors.oscal_parts import begins, ends, identity
from checker.reporters.shown import scope_name, shown_rules, simulation
from checker.reporters.wording import evidence_line, sentence, visible

XMLNS: Final = "http://checklists.nist.gov/xccdf/1.2"
DUBLIN_CORE: Final = "http://purl.org/dc/elements/1.1/"
LANGUAGE: Final = "{http://www.w3.org/XML/1998/namespace}lang"
NAME: Final = "xccdf_io.github.mde-readiness_{}_{}"  # how XCCDF wants its ids: a reversed name, what it is, its own
CHECKS: Final = "urn:mde-readiness:rule"  # the system that our checks belong to, and our ids
RESULTS: Final = {"PASS": "pass", "FAIL": "fail", "UNKNOWN": "unknown", "NOT_APPLICABLE": "notapplicable"}
SEVERITIES: Final = {"blocker": "high", "major": "medium", "minor": "low", "info": "info"}
# What a rule weighs in the score; ours, since XCCDF leaves it open: a blocker alone outweighs some minor ones.
WEIGHTS: Final = {"blocker": 10, "major": 5, "minor": 1, "info": 0}
_NO_ID: Final = re.compile(r"[^A-Za-z0-9._-]")
MESSAGES: Final = {"FAIL": "error", "UNKNOWN": "warning"}
FACTS: Final = ("os", "group", "wave", "readiness", "by", "route", "path", "verification")
Row = Mapping[str, Any]


def write(result: Result, stream: BinaryIO) -> None:
    """Write the results of the device that ``result.manner.device`` names.

    Raises:
        UsageError: there is no such device, or more than one; it is out of scope; its outcomes are not all there.
    """
    root = benchmark(result)
    ET.indent(root)
    ET.ElementTree(root).write(stream, encoding="UTF-8", xml_declaration=True)
    stream.write(b"\n")


def benchmark(result: Result) -> ET.Element:
    """Return the benchmark with the test result of the device."""
    summary, pack = result.summary, result.summary.packs[0]
    device = find_device(result.devices, result.manner.device)
    if device["readiness"] == "OUT_OF_SCOPE":
        what = f"is out of scope ({device['by']}): no rule judged it"
        raise UsageError(Problem(f"--device {result.manner.device}", what, "name a device that was judged"))
    root = ET.Element("Benchmark", {"xmlns": XMLNS, "id": _id("benchmark", pack.id), LANGUAGE: "en"})
    _add(root, "status", "accepted", date=pack.guidance_date.isoformat())
    _add(root, "title", pack.title)
    _add(root, "description", " ".join((*simulation(summary), *summary.guidance)))
    _add(root, "version", pack.version)
    metadata = ET.SubElement(root, "metadata")
    for name, text in (("creator", "mde-readiness"), ("source", f"pack {pack.id}, SHA-256 {pack.sha256}")):
        _add(metadata, f"{{{DUBLIN_CORE}}}{name}", text)
    selected = {rule.id for rule in shown_rules(summary)}
    for rule in summary.rules:
        root.append(_rule(rule, result, rule.id in selected))
    root.append(_test_result(result, device, selected))
    return root


def _rule(rule: RuleTally, result: Result, selected: bool) -> ET.Element:
    found = ET.Element(
        "Rule",
        id=_id("rule", rule.id),
        selected=str(selected).lower(),
        severity=SEVERITIES[rule.severity],
        weight=f"{WEIGHTS[rule.severity]}.0",
    )
    _add(found, "title", rule.title)
    for source in rule.sources:
        _add(found, "reference", f"{source.title} ({source.date})", href=source.url)
    for control in result.controls.controls:
        if rule.id in control.rules:
            _add(found, "reference", f"{control.id} {control.title}", href=f"urn:mde-readiness:control:{control.id}")
    _add(found, "ident", rule.id, system=CHECKS)
    _add(found, "fixtext", rule.remediation)
    found.append(_check(rule.id))
    return found


def _check(rule: str) -> ET.Element:
    check = ET.Element("check", system=CHECKS)
    _add(check, "check-content-ref", href="rules", name=rule)
    return check


def _test_result(result: Result, device: Row, selected: Iterable[str]) -> ET.Element:
    summary = result.summary
    name = identity("test-result", scope_name(summary), device["device_id"], summary.as_of.isoformat())
    version = visible(summary.tool_version)
    found = ET.Element(
        "TestResult",
        {
            "id": _id("testresult", name),
            "version": visible(summary.packs[0].version),
            "test-system": f"cpe:/a:mde-readiness:mde-readiness:{version}",
            "start-time": begins(summary.as_of),
            "end-time": ends(summary.as_of.isoformat()),
        },
    )
    own = _id("benchmark", summary.packs[0].id)
    _add(found, "benchmark", href=f"#{own}", id=own)
    title = f"{scope_name(summary)}, {device['device_name']}, as of {summary.as_of.isoformat()}"
    _add(found, "title", f"SIMULATION: {title}" if summary.simulated else title)
    for line in _remarks(summary):
        _add(found, "remark", line)
    _add(found, "target", device["device_name"] or device["device_id"])
    found.append(_facts(device, version))
    outcomes = {row["rule_id"]: row for row in outcomes_of(result, device["device_id"]).iter_rows(named=True)}
    waivers = {waiver.id: waiver for waiver in summary.waivers}
    results = {}
    for rule in summary.rules:
        row = outcomes.get(rule.id) or {"outcome": _once(rule) if rule.about in ONCE else ""}
        results[rule] = RESULTS.get(row["outcome"], "") if rule.id in selected else "notselected"
        found.append(_rule_result(rule, results[rule], row, waivers, begins(summary.as_of)))
    _add_scores(found, results)
    return found


def _once(rule: RuleTally) -> str:
    """Return the one outcome of a rule about the tenant or the fleet."""
    counts = {"FAIL": rule.failed, "UNKNOWN": rule.unknown, "PASS": rule.passed}
    return next((outcome for outcome, number in counts.items() if number), "NOT_APPLICABLE")


def _remarks(summary: Summary) -> Iterable[str]:
    yield from simulation(summary)
    yield f"Rules of phase {summary.phase}; those of other phases are not selected."
    if summary.partial:
        yield "Some rules were left out (--select, --ignore)."
    yield from (f"Tailored: {line}" for line in summary.tailoring)
    yield from (f"Input {entry.path}, SHA-256{entry.whose} {entry.sha256}" for entry in summary.inputs)
    yield from (f"Pack {pack.id} {pack.version}, SHA-256 {pack.sha256}" for pack in summary.packs)


def _facts(device: Row, version: str) -> ET.Element:
    facts = ET.Element("target-facts")
    told = [
        ("urn:xccdf:fact:scanner:name", "mde-readiness"),
        ("urn:xccdf:fact:scanner:version", version),
        ("urn:xccdf:fact:asset:identifier:host_name", device["device_name"]),
        ("urn:mde-readiness:fact:device-id", device["device_id"]),
        *((f"urn:mde-readiness:fact:{name}", device[name]) for name in FACTS),
        *(("urn:mde-readiness:fact:alias", alias) for alias in device["aliases"]),
    ]
    for name, value in told:
        if value:
            _add(facts, "fact", value, name=name, type="string")
    return facts


def _rule_result(rule: RuleTally, told: str, row: Row, waivers: Mapping[str, WaiverNote], time: str) -> ET.Element:
    found = ET.Element(
        "rule-result",
        idref=_id("rule", rule.id),
        severity=SEVERITIES[rule.severity],
        time=time,
        weight=f"{WEIGHTS[rule.severity]}.0",
    )
    _add(found, "result", told)
    _add(found, "ident", rule.id, system=CHECKS)
    if told != "notselected":
        for text, severity in _messages(rule, row, waivers):
            _add(found, "message", text, severity=severity)
    found.append(_check(rule.id))
    return found


def _messages(rule: RuleTally, row: Row, waivers: Mapping[str, WaiverNote]) -> Iterable[tuple[str, str]]:
    if rule.about in ONCE:
        yield f"Judged once, about the {rule.about}, not the device.", "info"
        return
    severity = MESSAGES.get(row["outcome"])
    if severity:
        yield sentence(row["message"]), severity
    for evidence in row["evidence"] or ():
        yield evidence_line(evidence), "info"
    if row["waived"]:
        note = waivers.get(row["waived"])
        who = f", until {note.expires}; owner {note.owner}, approver {note.approver}: {note.reason}" if note else ""
        yield f"Waived by {row['waived']}{who}", "info"


def _add_scores(found: ET.Element, results: Mapping[RuleTally, str]) -> None:
    """Add the scores of XCCDF's flat models: what passed of what was judged; unknown counts as not passed."""
    judged = {rule: told for rule, told in results.items() if told in ("pass", "fail", "unknown")}
    for system, weights in (("flat", WEIGHTS), ("flat-unweighted", dict.fromkeys(WEIGHTS, 1))):
        most = sum(weights[rule.severity] for rule in judged)
        score = sum(weights[rule.severity] for rule, told in judged.items() if told == "pass")
        _add(found, "score", f"{score}.0", system=f"urn:xccdf:scoring:{system}", maximum=f"{most}.0")


def _id(what: str, name: str) -> str:
    """Return an id as XCCDF wants it; the ids of a pack and its rules may hold what XML allows in no id."""
    return NAME.format(what, _NO_ID.sub("-", name))


def _add(parent: ET.Element, tag: str, text: str = "", **attributes: str) -> None:
    child = ET.SubElement(parent, tag, {name: visible(value) for name, value in attributes.items()})
    child.text = visible(text) or None
