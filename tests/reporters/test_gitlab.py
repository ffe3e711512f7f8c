"""GitLab's code quality file has the shape that GitLab documents, the problems of SARIF, and relative paths."""

import json
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from checker.model.result import Result
from checker.reporters.servers import gitlab
from checker.reporters.shown import DETAIL_LIMIT

from .fleets import AGENT, INPUT, STALE, URLS, Fleet, device_id, fleet
from .results import build
from .sarif_log import log

# What GitLab documents of its code quality report format; other keys are allowed there, and none is written here.
SCHEMA: dict[str, Any] = {
    "type": "array",
    "items": {
        "type": "object",
        "additionalProperties": False,
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "additionalProperties": False,
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "pattern": r"^(?!/|\.\.?/|[A-Za-z]:/).+"},
                    "lines": {
                        "type": "object",
                        "additionalProperties": False,
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
    },
}


def written(result: Result) -> bytes:
    stream = BytesIO()
    gitlab.write(result, stream)
    return stream.getvalue()


def problems(result: Result) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(written(result))
    Draft202012Validator(SCHEMA).validate(found)
    return found


@pytest.mark.parametrize("name", ["small", "large", "hostile", "waved", "gated", "simulated"])
def test_it_has_the_documented_shape_and_begins_without_a_mark(name: str, request: pytest.FixtureRequest) -> None:
    result: Result = request.getfixturevalue(name)
    assert problems(result)
    assert written(result).startswith(b"[\n{")


@pytest.mark.parametrize("name", ["small", "large", "waved", "gated"])
def test_it_has_the_problems_of_sarif_with_their_fingerprints(name: str, request: pytest.FixtureRequest) -> None:
    result: Result = request.getfixturevalue(name)
    in_sarif = [found for run in log(result)["runs"] for found in run["results"]]
    found = problems(result)
    assert [each["check_name"] for each in found] == [each["ruleId"] for each in in_sarif]
    fingerprints = [each["fingerprint"] for each in found]
    assert fingerprints == [each["partialFingerprints"]["primaryLocationLineHash"] for each in in_sarif]
    assert len(set(fingerprints)) == len(fingerprints)  # GitLab would drop the second


def test_severities_are_the_rules_and_what_is_unknown_informs(small: Result) -> None:
    assert {each["check_name"]: each["severity"] for each in problems(small)} == {
        AGENT.id: "blocker",
        STALE.id: "minor",
        "sc.sense-min.unknown": "info",
        f"{URLS.id}.unknown": "info",
    }


def test_a_problem_stands_on_the_line_of_its_device(small: Result) -> None:
    (found,) = [each for each in problems(small) if each["check_name"] == AGENT.id]
    assert found["location"] == {"path": INPUT, "lines": {"begin": 3}}
    assert device_id(2) in found["description"]


def test_nothing_found_is_an_empty_list(tmp_path: Path) -> None:
    green = replace(fleet(), outcomes={STALE: dict.fromkeys(fleet().names, "PASS")}, waived={})
    assert problems(build(tmp_path, green)) == []


def test_too_many_are_told_rule_by_rule(large: Result) -> None:
    assert large.findings.rows > DETAIL_LIMIT
    assert len(problems(large)) < 10


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ("exports/a.csv", "exports/a.csv"),
        ("./exports//a.csv", "exports/a.csv"),
        ("../up/a.csv", "up/a.csv"),
        ("/builds/x/a.csv", "builds/x/a.csv"),
        ("//share/a.csv", "share/a.csv"),
        ("a b%20#?.csv", "a b%20#?.csv"),
    ],
)
def test_paths_are_relative_to_the_project(given: str, path: str, tmp_path: Path) -> None:
    made: Fleet = fleet()
    result = build(tmp_path, made)
    inputs = (replace(result.summary.inputs[0], path=given),)
    found = problems(replace(result, summary=replace(result.summary, inputs=inputs)))
    assert path in {each["location"]["path"] for each in found}
