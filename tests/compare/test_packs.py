"""Two packs differ in what their rules and routes ask and in how much it counts, and in nothing else."""

from dataclasses import replace
from datetime import date

import pytest

from checker.compare.packs import ADDED, CHANGED, REMOVED, Change, changed_routes, changed_rules
from checker.model.outcome import Severity
from checker.model.rule import Pack
from checker.packs.build import build_pack, read_pack_files
from checker.packs.library import find_pack


@pytest.fixture(scope="module")
def packs() -> tuple[Pack, Pack]:
    files = read_pack_files(*find_pack("streamlined-connectivity"))
    seed, current = (build_pack(files, profile, date(2026, 11, 22)) for profile in ("2023-09", "current"))
    return seed, current


def test_a_pack_does_not_differ_from_itself(packs: tuple[Pack, Pack]) -> None:
    for pack in packs:
        assert changed_rules(pack, pack) == {}
        assert changed_routes(pack, pack) == {}


def test_a_threshold_is_told_once_with_both_values(packs: tuple[Pack, Pack]) -> None:
    found = changed_rules(*packs)

    assert found["sc.macos-agent-min"] == Change(
        "sc.macos-agent-min", CHANGED, ("macos_agent_min: 101.23052.0004 → 101.24022.0",)
    )


def test_a_long_list_is_told_by_what_came_and_went(packs: tuple[Pack, Pack]) -> None:
    seed, _ = packs
    (rule,) = (rule for rule in seed.rules if rule.id == "sc.end-of-service")
    parameters = tuple(
        replace(
            each,
            values=tuple(
                (profile, replace(value, value=value.value.replace("7601, ", "") + ", 99999"))
                for profile, value in each.values
            ),
        )
        if each.id == "ended_client_builds"
        else each
        for each in seed.parameters
    )

    assert changed_rules(seed, replace(seed, parameters=parameters))[rule.id].what == (
        "ended_client_builds: + 99999; − 7601",
    )


def test_rules_come_and_go_and_the_other_way_round(packs: tuple[Pack, Pack]) -> None:
    forth, back = changed_rules(*packs), changed_rules(*reversed(packs))

    assert forth["sc.hardware-min"].how == ADDED
    assert back["sc.hardware-min"].how == REMOVED
    assert set(forth) == set(back)


def test_a_severity_changes_how_much_an_outcome_counts(packs: tuple[Pack, Pack]) -> None:
    seed, _ = packs
    rerated = tuple(
        replace(rule, severity=Severity.MINOR) if rule.id == "sc.macos-agent-min" else rule for rule in seed.rules
    )

    assert changed_rules(seed, replace(seed, rules=rerated)) == {
        "sc.macos-agent-min": Change("sc.macos-agent-min", CHANGED, ("severity: blocker → minor",), counts=True)
    }


def test_words_alone_are_no_difference(packs: tuple[Pack, Pack]) -> None:
    seed, _ = packs
    reworded = tuple(replace(rule, title="Another title", remediation="Another way") for rule in seed.rules)

    assert changed_rules(seed, replace(seed, rules=reworded)) == {}


def test_another_condition_is_told_in_words(packs: tuple[Pack, Pack]) -> None:
    seed, _ = packs
    one, other = (
        next(rule for rule in seed.rules if rule.id == name) for name in ("sc.macos-agent-min", "sc.sense-min")
    )
    turned = tuple(replace(rule, applies_to=other.applies_to) if rule is one else rule for rule in seed.rules)
    (what,) = changed_rules(seed, replace(seed, rules=turned))[one.id].what

    assert what.startswith("applies to, before:\n  os.family is macos\napplies to, now:\n  all of:\n    os.family is ")


def test_routes_differ_by_condition_and_by_order(packs: tuple[Pack, Pack]) -> None:
    seed, current = packs
    assert changed_routes(seed, current)["upgrade-os"].what[0].startswith("when, before:\n  ")
    turned = changed_routes(seed, replace(seed, routes=seed.routes[::-1]))
    assert {change.what for change in turned.values()} == {("the order of the routes",)}
    stops = replace(seed.routes[0], stops=not seed.routes[0].stops)
    (change,) = changed_routes(seed, replace(seed, routes=(stops, *seed.routes[1:]))).values()
    assert change.what[0].startswith("an UNKNOWN ends the search: ")
