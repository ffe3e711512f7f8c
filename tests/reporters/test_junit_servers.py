"""JUnit files hold what GitLab and Azure Pipelines make of them: no case that is dropped, no title that is cut.

GitLab shows a suite for each classname, and of cases that have class and name in common only the first. Azure takes the
name as the title, of at most 512 characters.
"""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from checker.model.result import Result
from checker.reporters.junit.suites import WAVES_SHOWN

from .fleets import AGENT, SENSE, Fleet, fleet
from .junit_tree import by_rule, tree, verdict
from .results import build
from .rollouts import PILOT, gate, rollout

TITLE = 512


@pytest.fixture
def alike(tmp_path: Path) -> Result:
    """Return a result of devices whose long ids and names differ only where a title ends, or in what nobody sees."""
    ids = [f"name:{'x' * 2_000}{number}" for number in range(4)] + ["name:a\x1b", "name:a\\x1b", "name:b\u200b"]
    outcomes = {AGENT: dict.fromkeys(ids, "FAIL"), SENSE: dict.fromkeys(ids, "PASS")}
    return build(tmp_path, Fleet({key: f"{key}.contoso.example" for key in ids}, outcomes))


@pytest.fixture
def many(tmp_path: Path) -> Result:
    """Return a result with more waves than have suites, of names as long as they may be."""
    waves = tuple(replace(PILOT, name=f"{'w' * 61}.{number:02d}") for number in range(WAVES_SHOWN + 2))
    return rollout(tmp_path, waves=waves)


@pytest.mark.parametrize("name", ["small", "large", "hostile", "waved", "gated", "simulated", "alike", "many"])
def test_no_server_drops_or_cuts_a_case(name: str, request: pytest.FixtureRequest) -> None:
    result: Result = request.getfixturevalue(name)
    for each in (result, by_rule(result)):
        cases = list(tree(each).iter("testcase"))
        places = Counter((case.get("classname"), case.get("name")) for case in cases)
        assert [place for place, number in places.items() if number > 1] == []
        assert all(case.get("classname") and 0 < len(case.get("name", "")) <= TITLE for case in cases)


def test_gitlab_s_suites_are_the_rules_and_the_gates(gated: Result) -> None:
    classes = {case.get("classname", "") for case in tree(gated).iter("testcase")}
    rules = {
        f"streamlined-connectivity.2023-09.{rule.id}" for rule in gated.summary.rules if rule.phase == "prerequisite"
    }
    assert classes == rules | {"streamlined-connectivity.2023-09.gate.pilot"}


def test_a_message_stands_where_each_server_looks_for_it(small: Result, tmp_path: Path) -> None:
    """Azure shows the attribute as the error and the text as its trace; GitLab shows the text."""
    empty = [gate(tmp_path / said, decision=said, criteria=()) for said in ("HOLD", "UNDETERMINED")]
    for result in (small, by_rule(small), gate(tmp_path / "gate"), *empty):
        for case in tree(result).iter("testcase"):
            if verdict(case) in ("failure", "error"):
                (child,) = case
                assert child.get("message")
                assert (child.text or "").strip()


def test_names_are_those_of_the_run_before_whatever_became_of_the_devices(tmp_path: Path) -> None:
    """Histories join by class and name: no count, date or value is in them."""
    before = fleet()
    after = replace(before, outcomes={spec: dict.fromkeys(found, "PASS") for spec, found in before.outcomes.items()})

    def places(made: Fleet, folder: str) -> set[tuple[str | None, str | None]]:
        return {
            (each.get("classname"), each.get("name")) for each in tree(build(tmp_path / folder, made)).iter("testcase")
        }

    assert places(before, "before") == places(after, "after")
