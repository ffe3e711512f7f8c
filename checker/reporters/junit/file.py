"""JUnit XML for CI servers, valid under Jenkins' junit-10.xsd, written with junit-xml case by case.

| outcome | in the file |
|---|---|
| PASS | a case without children |
| FAIL | ``failure`` with the rule's id as type |
| UNKNOWN | ``error`` of type ``unknown``; ``skipped`` where it does not count for the exit code |
| NOT_APPLICABLE | left out of devices; ``skipped`` where the rule applies to none |
| FAIL or UNKNOWN, waived | ``skipped``, naming the waiver |
| FAIL or UNKNOWN in the run of a gate | ``skipped``, naming the outcome: the suite of the gate decides |

junit-xml 1.9 has known defects. Its suites are not used (attributes and times that the schema forbids, wrong order, all
cases in memory), and its cases only with texts that it cannot cut or break: always a message, since it drops an empty
failure, which then reads as a pass, and never a character that XML forbids.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO, Final
from xml.etree import ElementTree

from checker.model.result import Result
from checker.reporters.junit.cases import Case, Verdict
from checker.reporters.junit.suites import Suite, suites
from checker.reporters.wording import visible

if TYPE_CHECKING:
    from junit_xml import TestCase

# Cases that the library holds at a time: 1,000,000 cases so took 23 MiB instead of 3.4 GiB, at a third of the time.
_BATCH: Final = 2_000


def write(result: Result, stream: BinaryIO) -> None:
    """Write a suite of what was judged and one for each wave's gate."""
    found = suites(result)
    totals = _counts([case for suite in found for case in suite.cases])
    totals.pop("skipped")  # the schema has no such sum of a whole file
    stream.write(f'<?xml version="1.0" encoding="UTF-8"?>\n{_opening("testsuites", totals)}\n'.encode())
    for suite in found:
        stream.writelines(f"{line}\n".encode() for line in _suite_lines(suite))
    stream.write(b"</testsuites>\n")


def _suite_lines(suite: Suite) -> Iterator[str]:
    yield _opening("testsuite", {"name": visible(suite.name), **_counts(suite.cases)})
    yield from _elements([], "properties", {name: visible(text) for name, text in suite.properties.items()})
    yield from _case_elements(suite.cases)
    yield "</testsuite>"


def _counts(cases: Sequence[Case]) -> dict[str, int]:
    counts = Counter(case.verdict for case in cases)
    named = {"failures": Verdict.FAILURE, "errors": Verdict.ERROR, "skipped": Verdict.SKIPPED}
    return {"tests": len(cases), **{name: counts[verdict] for name, verdict in named.items()}}


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
        element.add_failure_info(message, body, visible(case.type))
    elif case.verdict is Verdict.ERROR:
        element.add_error_info(message, body, visible(case.type))
    elif case.verdict is Verdict.SKIPPED:
        element.add_skipped_info(message, body)
    return element
