"""JUnit XML for CI servers, valid under Jenkins' junit-10.xsd, written with junit-xml case by case.

| outcome | in the file |
|---|---|
| PASS | a case without children |
| FAIL | ``failure`` with the rule's id as type |
| UNKNOWN | ``error`` of type ``unknown``; ``skipped`` where it does not count for the exit code |
| NOT_APPLICABLE | left out of devices; ``skipped`` where the rule applies to none |
| FAIL or UNKNOWN, waived | ``skipped``, naming the waiver |

junit-xml 1.9 has known defects. Its suites are not used (attributes and times that the schema forbids, wrong order, all
cases in memory), and its cases only with texts that it cannot cut or break: always a message, since it drops an empty
failure, which then reads as a pass, and never a character that XML forbids.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO, Final
from xml.etree import ElementTree

from checker.model.result import Result, Summary
from checker.reporters.junit_cases import Case, Verdict, device_cases, nothing_shown, rule_cases
from checker.reporters.shown import scope_name, shown_rules
from checker.reporters.wording import visible

if TYPE_CHECKING:
    from junit_xml import TestCase

# Cases that the library holds at a time: 1,000,000 cases so took 23 MiB instead of 3.4 GiB, at a third of the time.
_BATCH: Final = 2_000


def write(result: Result, stream: BinaryIO) -> None:
    """Write one suite for what was judged: a case per device and rule, or per rule where those would be too many."""
    cases = list(device_cases(result) if result.cases is not None else rule_cases(result.summary))
    cases = cases or [nothing_shown(result.summary)]
    counts = Counter(case.verdict for case in cases)
    totals = {"tests": len(cases), "failures": counts[Verdict.FAILURE], "errors": counts[Verdict.ERROR]}
    suite = {"name": visible(scope_name(result.summary)), **totals, "skipped": counts[Verdict.SKIPPED]}
    lines = (
        '<?xml version="1.0" encoding="UTF-8"?>',
        _opening("testsuites", totals),
        _opening("testsuite", suite),
        *_elements([], "properties", _properties(result, len(cases))),
        *_case_elements(cases),
        "</testsuite>",
        "</testsuites>",
    )
    stream.writelines(f"{line}\n".encode() for line in lines)


def _opening(tag: str, attributes: Mapping[str, object]) -> str:
    element = ElementTree.Element(tag, {name: str(value) for name, value in attributes.items()})
    return ElementTree.tostring(element, encoding="unicode").removesuffix(" />") + ">"


def _case_elements(cases: Sequence[Case]) -> Iterator[str]:
    rest = iter(cases)
    while batch := [_library_case(case) for case in islice(rest, _BATCH)]:
        yield from _elements(batch, "testcase", {})


def _elements(cases: Sequence["TestCase"], tag: str, properties: Mapping[str, str]) -> Iterator[str]:
    """Yield the wanted elements of a suite that the library builds; the suite's own element is not valid."""
    from junit_xml import TestSuite  # imported here: only who writes JUnit pays for it

    suite = TestSuite("", list(cases), properties=dict(properties)).build_xml_doc()
    for element in suite.iter(tag):
        yield ElementTree.tostring(element, encoding="unicode")


def _library_case(case: Case) -> "TestCase":
    from junit_xml import TestCase

    message = visible(case.message) or case.verdict.value
    body = "\n".join(visible(line) for line in case.body)
    element = TestCase(visible(case.name), classname=visible(case.classname))
    if case.verdict is Verdict.FAILURE:
        element.add_failure_info(message, body, case.type)
    elif case.verdict is Verdict.ERROR:
        element.add_error_info(message, body, case.type)
    elif case.verdict is Verdict.SKIPPED:
        element.add_skipped_info(message, body)
    return element


def _properties(result: Result, shown: int) -> dict[str, str]:
    """Return what the whole suite should say of itself; the schema has no properties of single cases."""
    summary = result.summary
    whole = sum(rule.passed + rule.failed + rule.unknown for rule in shown_rules(summary))
    cut = result.cases is None
    facts = {
        "tool": f"mde-readiness {summary.tool_version}",
        "as-of": summary.as_of.isoformat(),
        "profile": summary.profile,
        "phase": summary.phase,
        "exit-code": str(summary.exit_code),
        "exit-reason": summary.exit_reason,
        "fail-on": summary.fail_on,
        "unknown-allowed": str(summary.unknown_allowed).lower(),
        "partial": str(summary.partial).lower(),
        "detail": "rule" if cut else "device",
        "truncated": str(cut).lower(),
        "total": str(whole if cut else shown),
        "shown": str(shown),
    }
    return {name: visible(value) for name, value in (facts | _provenance(summary)).items()}


def _provenance(summary: Summary) -> dict[str, str]:
    """Return by which guidance, packs and inputs the suite came about, numbered where there are several."""
    packs = [f"{pack.id} {pack.version} profile {pack.profile} sha256 {pack.sha256}" for pack in summary.packs]
    inputs = [f"{entry.path} sha256 {entry.sha256}" for entry in summary.inputs]
    lists = {
        "guidance": summary.guidance,
        "pack": packs,
        "input": inputs,
        "assumption": summary.assumptions,
        "waiver": summary.waivers,
        "notice": summary.notices,
    }
    return {f"{name}.{number}": text for name, texts in lists.items() for number, text in enumerate(texts, start=1)}
