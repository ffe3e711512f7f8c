"""What counts and what is shown is one answer for every report."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.model.notes import RuleTally
from checker.model.result import Result
from checker.reporters.shown import Weight, counts_for_exit, how_many, scope_name, unknown_is_error, weigh

from .fleets import AGENT, SOURCE, TENANT


def tally(failed: int, unknown: int, waived: int, waived_failed: int) -> RuleTally:
    return RuleTally(
        id=AGENT.id,
        title=AGENT.title,
        phase="prerequisite",
        severity="blocker",
        about="device",
        action="",
        remediation="",
        sources=(SOURCE,),
        passed=0,
        failed=failed,
        unknown=unknown,
        not_applicable=0,
        waived=waived,
        not_exported=(),
        histogram=(),
        failing=(),
        unknowing=(),
        waived_failed=waived_failed,
    )


def test_waived_outcomes_are_told_apart_by_kind() -> None:
    assert weigh(tally(5, 4, 3, 2)) == Weight(failed=3, unknown=3, waived_failed=2, waived_unknown=1)


def test_more_waivers_than_unknowns_cover_failures() -> None:
    assert weigh(tally(5, 1, 3, 0)) == Weight(failed=3, unknown=0, waived_failed=2, waived_unknown=1)


@given(st.integers(0, 9), st.integers(0, 9), st.data())
def test_nothing_is_waived_twice_and_nothing_is_lost(failed: int, unknown: int, data: st.DataObject) -> None:
    waived = data.draw(st.integers(0, failed + unknown))
    waived_failed = data.draw(st.integers(0, min(failed, waived)))
    weight = weigh(tally(failed, unknown, waived, waived_failed))
    assert min(weight.failed, weight.unknown, weight.waived_failed, weight.waived_unknown) >= 0
    assert weight.failed + weight.unknown + weight.waived == failed + unknown
    assert weight.waived == waived


@pytest.mark.parametrize(
    ("fail_on", "counting"),
    [
        ("blocker", {"blocker"}),
        ("major", {"blocker", "major"}),
        ("minor", {"blocker", "major", "minor"}),
        ("never", set()),
    ],
)
def test_what_is_at_or_above_fail_on_counts(small: Result, fail_on: str, counting: set[str]) -> None:
    summary = replace(small.summary, fail_on=fail_on)
    severities = ("blocker", "major", "minor", "info")
    assert {severity for severity in severities if counts_for_exit(summary, severity)} == counting
    assert {severity for severity in severities if unknown_is_error(summary, severity)} == counting
    allowed = replace(summary, unknown_allowed=True)
    assert not any(unknown_is_error(allowed, severity) for severity in severities)


def test_several_packs_are_one_scope(small: Result) -> None:
    (pack,) = small.summary.packs
    other = replace(pack, id="defender-for-business", profile="2021-11")
    assert scope_name(small.summary) == "streamlined-connectivity/2023-09"
    both = replace(small.summary, packs=(pack, other))
    assert scope_name(both) == "streamlined-connectivity+defender-for-business/2023-09+2021-11"


def test_how_many_of_how_many_is_over_what_the_rule_applies_to(small: Result) -> None:
    rules = {rule.id: rule for rule in small.summary.rules}
    assert how_many(rules[AGENT.id], 2, "fail") == "2 of 3 devices fail (66.7 %)"
    assert how_many(rules[AGENT.id], 0, "fail") == ""
    assert how_many(rules[TENANT.id], 1, "are unknown") == "the tenant is unknown"
