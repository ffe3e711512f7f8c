"""JUnit files are valid and well formed, count their cases, and name them alike in every run."""

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from junitparser import JUnitXml

from checker.model.notes import Example
from checker.model.result import Result
from checker.reporters.junit import file as junit
from checker.reporters.junit import suites as junit_suites
from checker.reporters.junit.cases import Case, Verdict
from checker.reporters.wording import visible

from .fleets import AGENT, Fleet, device_id, fleet, large_fleet
from .junit_tree import by_rule, case, properties, tree, verdict
from .results import build, summary
from .test_wording import ANY_TEXT

# What junit-10.xsd allows; the schema itself is applied by .ci/validate.sh.
ALLOWED = {
    "testsuites": {"name", "time", "tests", "failures", "errors"},
    "testsuite": {"name", "tests", "failures", "errors", "skipped"},
    "properties": set(),
    "property": {"name", "value"},
    "testcase": {"name", "time", "classname", "group"},
    "failure": {"type", "message"},
    "error": {"type", "message"},
    "skipped": {"type", "message"},
}


@pytest.mark.parametrize("name", ["small", "large", "waved", "gated", "simulated"])
def test_counts_of_suites_are_those_of_their_cases(name: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    result: Result = request.getfixturevalue(name)
    stream = BytesIO()
    junit.write(result, stream)
    path = tmp_path / "junit.xml"
    path.write_bytes(stream.getvalue())
    root = tree(result)
    for suite, element in zip(JUnitXml.fromfile(str(path)), root, strict=True):
        found = [child.tag for each in element.iter("testcase") for child in each]
        assert (suite.failures, suite.errors, suite.skipped) == tuple(
            found.count(tag) for tag in ("failure", "error", "skipped")
        )
        assert suite.tests == len(list(suite))
    for total in ("tests", "failures", "errors"):
        assert int(root.get(total, "")) == sum(int(element.get(total, "")) for element in root)


def test_names_are_unique_in_their_class_even_where_they_look_alike(tmp_path: Path) -> None:
    alike = ("name:pc\x1b", "name:pc\\x1b", "name:pc\\x1b [2]")
    result = build(tmp_path, Fleet(dict.fromkeys(alike, ""), {AGENT: dict.fromkeys(alike, "FAIL")}))
    names = [element.get("name") for element in tree(result).iter("testcase")]
    assert len(names) == len(set(names)) == 3
    assert len([name for name in names if name and name.startswith("name:pc\\x1b")]) == 3


def test_names_are_the_same_whatever_the_outcome(tmp_path: Path) -> None:
    def names(outcome: str, *, detail: bool) -> list[tuple[str | None, str | None]]:
        made = fleet()
        changed = replace(made, outcomes={AGENT: dict.fromkeys(made.names, outcome)}, waived={})
        result = build(tmp_path / f"{outcome}{detail}", changed, detail=detail)
        return [(element.get("classname"), element.get("name")) for element in tree(result).iter("testcase")]

    for detail in (True, False):
        assert names("PASS", detail=detail) == names("FAIL", detail=detail) == names("UNKNOWN", detail=detail)


def test_more_cases_than_one_batch_are_all_written(tmp_path: Path) -> None:
    made = large_fleet(2_100)
    result = build(tmp_path, replace(made, outcomes={AGENT: dict.fromkeys(made.names, "FAIL")}, waived={}))
    names = [element.get("name") for element in tree(result).iter("testcase")]
    assert len(names) == len(set(names)) == 2_100


@pytest.mark.parametrize("name", ["small", "large", "hostile", "waved", "gated", "simulated"])
def test_only_what_the_schema_allows_is_written(name: str, request: pytest.FixtureRequest) -> None:
    root = tree(request.getfixturevalue(name))
    for element in root.iter():
        assert set(element.attrib) <= ALLOWED[element.tag]
    for suite in root:
        assert [child.tag for child in suite][:2] == ["properties", "testcase"]


def test_a_failure_is_never_empty(tmp_path: Path) -> None:
    made = Fleet({device_id(1): ""}, {replace(AGENT, title="", remediation=""): {device_id(1): "FAIL"}})
    result = build(tmp_path, replace(made, messages={(AGENT.id, device_id(1)): ""}))
    for element in (case(result, AGENT.id, ""), case(by_rule(result), AGENT.id, "")):
        assert verdict(element) == "failure"
        assert element[0].get("message")


def test_the_library_never_drops_a_failure_for_want_of_words(small: Result, monkeypatch: pytest.MonkeyPatch) -> None:
    wordless = [Case("class", verdict, verdict, type="rule") for verdict in Verdict]
    monkeypatch.setattr(junit_suites, "rule_cases", lambda _summary: wordless)
    root = tree(by_rule(small))
    assert [verdict(element) for element in root.iter("testcase")] == ["passed", "failure", "error", "skipped"]


@settings(max_examples=60)
@given(name=ANY_TEXT, text=ANY_TEXT, reason=st.text(st.sampled_from("<>&\"']]>\x00\ud800\ufffe\n\t\x1b")))
def test_any_text_gives_xml_that_keeps_it(name: str, text: str, reason: str) -> None:
    made = fleet()
    base = summary(made, exit_reason=reason, notices=(text,))
    first = replace(base.rules[0], title=text, failing=(Example("id", name, text, 1),), remediation=reason)
    table = Result(replace(base, rules=(first, *base.rules[1:])), None, None)  # type: ignore[arg-type]
    assert properties(table)["notice.1"] == visible(text)
    assert properties(table)["exit-reason"] == visible(reason)
    body = case(table, AGENT.id, "")[0].text or ""
    assert visible(text) in body
    assert (f"  {visible(f'id ({name})', 500)}" if name not in ("", "id") else "  id") in body.split("\n")
