"""JUnit files say every outcome in its word, what to do about it, and what was cut."""

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import polars as pl
import pytest

from checker.model.result import Result
from checker.reporters.junit.cases import EXAMPLES_SHOWN

from .fleets import AGENT, LIVE, PROXY, SENSE, STALE, TENANT, URLS, Fleet, device_id
from .junit_tree import by_rule, case, properties, tree, verdict
from .results import build


@pytest.mark.parametrize(
    ("rule", "device", "said"),
    [
        (AGENT.id, device_id(1), "passed"),
        (AGENT.id, device_id(2), "failure"),
        (AGENT.id, device_id(3), "skipped"),  # waived
        (SENSE.id, device_id(3), "error"),  # unknown
        (SENSE.id, device_id(4), "skipped"),  # unknown and waived
        (STALE.id, device_id(1), "failure"),
        (STALE.id, device_id(4), "skipped"),  # unknown, of a severity that does not count for the exit code
        (URLS.id, "(the whole fleet)", "error"),
        (TENANT.id, "(the tenant)", "passed"),
    ],
)
def test_every_outcome_of_a_device_has_its_word(small: Result, rule: str, device: str, said: str) -> None:
    assert verdict(case(small, rule, device)) == said


@pytest.mark.parametrize(
    ("rule", "said"),
    [(AGENT.id, "failure"), (SENSE.id, "error"), (STALE.id, "failure"), (URLS.id, "error"), (TENANT.id, "passed")],
)
def test_every_outcome_of_a_rule_has_its_word(small: Result, rule: str, said: str) -> None:
    assert verdict(case(by_rule(small), rule, rule)) == said


def test_only_rules_of_the_shown_phase_have_cases(small: Result) -> None:
    def rules(phase: str) -> set[str]:
        shown = replace(small, summary=replace(small.summary, phase=phase))
        return {element.get("classname", "").split(".", 2)[2] for element in tree(shown).iter("testcase")}

    assert rules("prerequisite") == {AGENT.id, SENSE.id, STALE.id, URLS.id, TENANT.id}
    assert rules("verification") == {LIVE.id}
    assert rules("all") == {AGENT.id, SENSE.id, STALE.id, URLS.id, TENANT.id, LIVE.id, PROXY.id}


def test_a_run_without_rules_to_show_is_neither_empty_nor_green(small: Result) -> None:
    nothing = replace(small, summary=replace(small.summary, rules=()))
    (element,) = tree(nothing).iter("testcase")
    assert verdict(element) == "skipped"


def test_a_rule_that_applies_to_no_device_is_skipped_once(small: Result) -> None:
    everything = replace(small, summary=replace(small.summary, phase="all"))
    for result in (everything, by_rule(everything)):
        element = case(result, PROXY.id, PROXY.id)
        assert verdict(element) == "skipped"
        assert element[0].get("message") == "not applicable: to none of 4 devices"


def test_not_applicable_devices_have_no_case(small: Result) -> None:
    assert small.cases is not None
    row = small.cases.head(1).with_columns(
        outcome=pl.lit("NOT_APPLICABLE"), rule_id=pl.lit(AGENT.id), device_id=pl.lit(device_id(4))
    )
    more = replace(small, cases=pl.concat([small.cases, row]))
    assert ElementTree.tostring(tree(more)) == ElementTree.tostring(tree(small))


def test_unknown_is_no_error_where_it_is_allowed_and_says_so(small: Result) -> None:
    allowed = replace(small, summary=replace(small.summary, unknown_allowed=True))
    for result in (allowed, by_rule(allowed)):
        element = case(result, URLS.id, "")
        assert verdict(element) == "skipped"
        assert "unknown" in element[0].get("message", "")
        assert element[0].get("message", "").endswith("(does not count for the exit code)")


@pytest.mark.parametrize(("fail_on", "said"), [("minor", "error"), ("major", "skipped"), ("never", "skipped")])
def test_unknown_is_an_error_where_its_severity_counts(small: Result, fail_on: str, said: str) -> None:
    counted = replace(small, summary=replace(small.summary, fail_on=fail_on))
    assert verdict(case(counted, STALE.id, device_id(4))) == said


def test_a_failure_says_what_on_which_evidence_and_what_to_do(small: Result) -> None:
    (failure,) = case(small, AGENT.id, device_id(2))
    assert failure.get("type") == AGENT.id
    assert failure.get("message") == "Agent 20.10 is older than 101.23052.0004."
    text = failure.text or ""
    assert "agent.version = 20.10 (exports/devices 2026-11.csv, row 7, column AgentVersion" in text
    assert "do: Update the agent, then export again." in text
    assert "https://learn.microsoft.com/" in text


def test_a_waived_case_names_its_waiver_and_what_it_hides(small: Result) -> None:
    assert "waived W-12: FAIL: Agent" in case(small, AGENT.id, device_id(3))[0].get("message", "")
    assert "waived W-13: UNKNOWN:" in case(small, SENSE.id, device_id(4))[0].get("message", "")


def test_a_rule_says_how_many_of_how_many_and_names_the_first(large: Result) -> None:
    (failure,) = case(large, AGENT.id, AGENT.id)
    assert failure.get("message") == "2,250 of 3,000 devices fail (75.0 %)"
    body = (failure.text or "").splitlines()
    named = [line for line in body if ".contoso.example" in line]
    assert len(named) == EXAMPLES_SHOWN
    assert named[0] == f"  {device_id(2)} (pc-2.contoso.example)"
    assert f"  … {2250 - EXAMPLES_SHOWN:,} more, see the findings file" in body


def test_a_rule_that_fails_and_is_unknown_is_a_failure_that_names_both(small: Result) -> None:
    element = case(by_rule(small), STALE.id, STALE.id)
    assert element[0].get("message") == "1 of 4 devices fail (25.0 %); 1 of 4 devices are unknown (25.0 %)"
    text = element[0].text or ""
    assert text.index("devices that fail:") < text.index(device_id(1)) < text.index("devices that are unknown:")
    assert text.index("devices that are unknown:") < text.index(device_id(4))


def test_a_rule_whose_findings_are_all_waived_is_skipped_and_one_of_them_unwaived_is_not(tmp_path: Path) -> None:
    one, two = device_id(1), device_id(2)
    made = Fleet({one: "pc-1", two: "pc-2"}, {AGENT: {one: "FAIL", two: "UNKNOWN"}}, {(AGENT.id, one): "W-1"})
    partly = build(tmp_path / "partly", made, detail=False)
    assert verdict(case(partly, AGENT.id, "")) == "error"
    wholly = build(tmp_path / "wholly", replace(made, waived={(AGENT.id, key): "W-1" for key in (one, two)}))
    element = case(by_rule(wholly), AGENT.id, "")
    assert verdict(element) == "skipped"
    assert element[0].get("message") == "waived: 1 of 2 devices fail (50.0 %)"
    assert "2 outcomes of them waived" in (element[0].text or "")


def test_a_waiver_count_without_kinds_never_hides_a_failure(tmp_path: Path) -> None:
    one, two = device_id(1), device_id(2)
    made = Fleet({one: "pc-1", two: "pc-2"}, {AGENT: {one: "FAIL", two: "UNKNOWN"}}, {(AGENT.id, two): "W-1"})
    result = build(tmp_path, made, detail=False)
    (rule,) = result.summary.rules
    for waived_failed in (0, 1):
        vague = replace(result.summary, rules=(replace(rule, waived_failed=waived_failed),))
        assert verdict(case(replace(result, summary=vague), AGENT.id, "")) in ("failure", "error")


def test_a_tenant_rule_is_not_counted_in_devices(tmp_path: Path) -> None:
    made = Fleet({device_id(1): "pc-1"}, {TENANT: {"": "FAIL"}})
    result = build(tmp_path, made)
    assert case(by_rule(result), TENANT.id, "")[0].get("message") == "the tenant fails"
    assert case(result, TENANT.id, "(the tenant)")[0].tag == "failure"


def test_the_suite_says_of_itself_what_the_run_was(small: Result) -> None:
    found = properties(small)
    assert found["exit-code"] == "1"
    assert found["exit-reason"] == "1 blocker fails on 1 device"
    assert found["as-of"] == "2026-11-23"
    assert found["guidance.1"].startswith("Judged by Microsoft's guidance")
    assert found["pack.1"] == f"streamlined-connectivity 1.0.0 profile 2023-09 sha256 {'ab' * 32}"
    assert found["input.1"] == f"exports/devices 2026-11.csv sha256 {'cd' * 32}"
    assert found["truncated"] == "false"


def test_what_is_cut_is_said_and_counted(large: Result) -> None:
    found = properties(large)
    assert (found["truncated"], found["detail"]) == ("true", "rule")
    assert (found["total"], found["shown"]) == ("12000", "4")
