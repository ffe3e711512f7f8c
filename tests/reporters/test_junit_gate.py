"""JUnit files of a rollout: a gate decides alone, other waves stop nothing, a simulation is never green."""

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings

from checker.model.result import Result
from checker.reporters.junit.cases import Verdict
from checker.reporters.junit.gates import gate_cases
from checker.reporters.junit.suites import WAVES_SHOWN, suites
from checker.reporters.shown import DETAIL_LIMIT
from checker.reporters.wording import visible

from .fleets import AGENT, SENSE, STALE, URLS, device_id, fleet
from .junit_tree import tree, verdict
from .results import build, summary
from .rollouts import CRITERIA, PILOT, RING, gate, in_waves, rollout
from .test_wording import ANY_TEXT

SCOPE = "streamlined-connectivity/2023-09"
FLEET = fleet()
EXAMPLE = summary(FLEET)


def suite(result: Result, name: str) -> ElementTree.Element:
    (found,) = [element for element in tree(result) if element.get("name") == name]
    return found


def verdicts(element: ElementTree.Element) -> dict[str, str]:
    return {case.get("name", ""): verdict(case) for case in element.iter("testcase")}


def told(element: ElementTree.Element) -> dict[str, str]:
    return {entry.get("name", ""): entry.get("value", "") for entry in element.iter("property")}


def test_a_gate_writes_its_own_wave_and_then_the_rules(gated: Result) -> None:
    assert [element.get("name") for element in tree(gated)] == [f"{SCOPE}.gate.pilot", SCOPE]


def test_every_criterion_of_a_gate_has_its_word(gated: Result) -> None:
    found = suite(gated, f"{SCOPE}.gate.pilot")
    assert verdicts(found) == {
        "devices": "passed",
        "ready": "error",
        "fail.blocker": "failure",
        "guidance": "passed",
    }
    cases = {case.get("name"): case for case in found.iter("testcase")}
    assert {case.get("classname") for case in cases.values()} == {f"{SCOPE.replace('/', '.')}.gate.pilot"}
    missed, open_ = cases["fail.blocker"][0], cases["ready"][0]
    assert (missed.get("type"), missed.get("message")) == ("fail.blocker", "limit at most 0, figure 1")
    assert open_.get("type") == "undetermined"
    assert open_.get("message") == "limit at least 95 %, figure 50.0 % (1 of 2, up to 100 %): 1 undetermined"
    assert "READY or MIGRATED" in (open_.text or "")


def test_rules_inform_in_the_run_of_a_gate_and_name_their_outcome(gated: Result) -> None:
    found = suite(gated, SCOPE)
    assert set(verdicts(found).values()) == {"passed", "skipped"}
    messages = {
        (case.get("classname", "").split(".", 2)[2], case.get("name", "")[:40]): case[0].get("message", "")
        for case in found.iter("testcase")
        if len(case)
    }
    assert messages[AGENT.id, device_id(2)] == "FAIL: Agent 20.10 is older than 101.23052.0004. (the gate decides)"
    assert messages[URLS.id, "(the whole fleet)"].startswith("unknown: ")
    assert messages[URLS.id, "(the whole fleet)"].endswith(" (the gate decides)")


def test_a_gate_that_promotes_with_allowed_failures_is_green(tmp_path: Path) -> None:
    promoted = gate(tmp_path, decision="PROMOTE", criteria=(CRITERIA[0], CRITERIA[3]))
    for result in (promoted, replace(promoted, cases=None)):
        assert result.summary.rules[0].failed
        root = tree(result)
        assert (root.get("failures"), root.get("errors")) == ("0", "0")


@pytest.mark.parametrize(
    ("decision", "criteria", "said"),
    [
        ("HOLD", CRITERIA[:1], "failure"),
        ("UNDETERMINED", CRITERIA[:1], "error"),
        ("UNDETERMINED", (), "error"),
        ("PROMOTE", (), "passed"),
    ],
)
def test_a_gate_that_does_not_promote_is_never_green(
    decision: str, criteria: tuple[object, ...], said: str, tmp_path: Path
) -> None:
    found = suite(gate(tmp_path, decision=decision, criteria=criteria), f"{SCOPE}.gate.pilot")
    assert verdicts(found)["decision"] == said


def test_waves_that_are_not_decided_are_told_and_stop_nothing(waved: Result) -> None:
    assert [element.get("name") for element in tree(waved)] == [SCOPE, f"{SCOPE}.gate.pilot", f"{SCOPE}.gate.ring-1"]
    pilot = suite(waved, f"{SCOPE}.gate.pilot")
    assert set(verdicts(pilot).values()) == {"passed", "skipped"}
    messages = [case[0].get("message", "") for case in pilot.iter("testcase") if len(case)]
    assert [message.split(":")[0] for message in messages] == ["UNDETERMINED", "MISSED"]
    assert all(message.endswith("(this run does not decide the wave)") for message in messages)
    assert {"failure", "error"} <= set(verdicts(suite(waved, SCOPE)).values())  # by the rules, as ever


def test_a_report_limited_to_a_wave_has_no_suite_of_another(waved: Result) -> None:
    limited = replace(waved, summary=replace(waved.summary, wave="ring-1"))
    assert [element.get("name") for element in tree(limited)] == [SCOPE, f"{SCOPE}.gate.ring-1"]


def test_names_of_a_gate_are_the_same_whatever_it_says(gated: Result, waved: Result) -> None:
    def names(result: Result) -> list[tuple[str | None, str | None]]:
        found = suite(result, f"{SCOPE}.gate.pilot")
        return [(case.get("classname"), case.get("name")) for case in found.iter("testcase")]

    assert names(gated) == names(waved)


def test_suites_say_what_governed_the_run(gated: Result, waved: Result) -> None:
    for result in (gated, waved):
        found = told(suite(result, SCOPE))
        assert found["governed-by.1"] == f"waivers gates/waivers.yaml sha256 {'12' * 32}"
        assert found["tailoring.1"].startswith("sc.last-seen is minor instead of major")
        assert found["waiver.2"] == (
            f"W-13: {SENSE.id}, accepts unknown, used on 1, until 2026-12-01; "
            "owner A. Owner, approver B. Approver, ticket CHG-13; expires soon"
        )
        assert "simulated.1" not in found
        assert {told(element)["exit-code"] for element in tree(result)} == {"1"}
        assert [element.get("name") for element in tree(result) if "waiver.2" in told(element)] == [SCOPE]  # said once
    assert told(suite(waved, SCOPE))["wave.2"] == "ring-1: PROMOTE: All 2 criteria are met."
    pilot = told(suite(gated, f"{SCOPE}.gate.pilot"))
    assert (pilot["decision"], pilot["gated"], pilot["deployment-tool"]) == ("HOLD", "true", "local-script")
    assert pilot["devices.ready"] == "1"


def test_a_simulation_is_named_so_and_never_green(simulated: Result, tmp_path: Path) -> None:
    names = [element.get("name") for element in tree(simulated)]
    assert names == [f"{SCOPE}.simulated", f"{SCOPE}.simulated.gate.pilot", f"{SCOPE}.simulated.gate.ring-1"]
    assert all(".simulated" in case.get("classname", "") for case in tree(simulated).iter("testcase"))
    assert told(suite(simulated, names[0] or ""))["simulated.1"].startswith("agent.version = ")
    clean = replace(in_waves(FLEET), outcomes={STALE: dict.fromkeys(FLEET.names, "PASS")}, waived={})
    green = build(tmp_path, clean, simulated=("os.ubr = 1",))
    (element,) = tree(green)
    assert verdicts(element)["(simulation)"] == "error"
    assert element.get("errors") == "1"


def test_waves_beyond_the_first_have_no_suite_and_the_file_stays_within_bounds(tmp_path: Path) -> None:
    waves = tuple(replace(PILOT, name=f"ring-{number}", criteria=CRITERIA * 5) for number in range(WAVES_SHOWN + 5))
    many = rollout(tmp_path, waves=waves)
    assert many.cases is not None
    assert len(suites(many)) == WAVES_SHOWN + 1
    full = replace(many, cases=many.cases.sample(DETAIL_LIMIT - 10, with_replacement=True, seed=1))
    assert sum(len(each.cases) for each in suites(full)) <= DETAIL_LIMIT
    assert suites(full)[0].properties["truncated"] == "true"


@settings(max_examples=40)
@given(ANY_TEXT)
def test_any_text_of_a_gate_reaches_the_file_harmless(text: str) -> None:
    criteria = tuple(replace(CRITERIA[2], id=text, title=text, limit=text, figure=text, why=text) for _ in range(2))
    wave = replace(PILOT, name=text, criteria=criteria, reason=text, gated=True)
    told_of = replace(EXAMPLE, waves=(wave,))
    result = Result(told_of, None, None)  # type: ignore[arg-type]
    found = tree(result)[0]
    names = [case.get("name") for case in found.iter("testcase")]
    assert names == [visible(text), visible(f"{text} [2]")]
    assert all(case.verdict is Verdict.FAILURE for case in gate_cases(told_of, wave))


def test_a_wave_that_is_met_needs_no_further_case(waved: Result) -> None:
    assert [case.name for case in gate_cases(waved.summary, RING)] == ["devices", "guidance"]
