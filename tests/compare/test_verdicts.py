"""Devices that come out otherwise under another pack, and the rules that explain it."""

import json

import pytest

from checker.compare.packs import CHANGED, Change
from checker.compare.parts import text
from checker.compare.verdicts import PackDifference, json_text, parts_of

from .conftest import Compare
from .fleets import AGENT, SENSE, URLS, Device, Made

MINOR = {
    "rules": [
        {"id": rule, "phase": "prerequisite", "severity": "minor" if rule == URLS else "blocker"}
        for rule in (AGENT, SENSE, URLS)
    ]
}
A = Made(
    {
        "a": Device("pc-1"),
        "b": Device("pc-2", "NOT_READY", outcomes={SENSE: "FAIL"}, path="update-first"),
        "c": Device("pc-3"),
    },
    report=MINOR,
)
B = Made(
    {
        "a": Device("pc-1", "NOT_READY", outcomes={AGENT: "FAIL", URLS: "UNKNOWN"}, path="update-first"),
        "b": Device("pc-2", "READY", outcomes={SENSE: "FAIL"}),
        "c": Device("pc-3", outcomes={URLS: "UNKNOWN"}),
    },
    report=MINOR,
)
RULES = {
    AGENT: Change(AGENT, CHANGED, ("macos_agent_min: 101.23052.0004 → 101.24022.0",)),
    SENSE: Change(SENSE, CHANGED, ("severity: blocker → minor",), counts=True),
}


@pytest.fixture
def found(compared: Compare) -> PackDifference:
    return PackDifference(compared(A, B), RULES, {})


def test_only_devices_with_another_verdict_are_told_and_only_blockers_explain_it(found: PackDifference) -> None:
    told = {row["device_id"]: row["rules"] for row in found.changed().iter_rows(named=True)}

    assert told == {"a": [AGENT], "b": [SENSE]}
    assert found.explaining() == {AGENT: 1, SENSE: 1}


def test_verdicts_are_counted_by_what_they_were_and_are(found: PackDifference) -> None:
    assert found.verdicts() == [
        ("readiness", "NOT_READY", "READY", 1),
        ("readiness", "READY", "NOT_READY", 1),
        ("path", "reonboard", "update-first", 1),
        ("path", "update-first", "reonboard", 1),
    ]


def test_outcomes_that_turned_are_counted_for_every_rule(found: PackDifference) -> None:
    assert found.outcomes() == {AGENT: [("-", "FAIL", 1)], URLS: [("-", "UNKNOWN", 2)]}


def test_the_text_says_why(found: PackDifference) -> None:
    lines = [line.strip() for line in text(parts_of(found, 20)).splitlines()]

    assert "2 of 3 devices come out otherwise." in lines
    place = lines.index(f"{AGENT}: changed")
    assert lines[place + 1 : place + 4] == [
        "macos_agent_min: 101.23052.0004 → 101.24022.0",
        "neither FAIL nor UNKNOWN → FAIL on 1 device",
        "explains another verdict of 1 device",
    ]
    assert f"{URLS}: the same rule" in lines
    place = lines.index("b (pc-2)")
    assert lines[place + 1 : place + 3] == [
        "readiness NOT_READY → READY, path update-first → reonboard",
        f"by  {SENSE}",
    ]


def test_lists_are_cut_and_counts_are_whole(found: PackDifference) -> None:
    told = json.loads(json_text(found, 1))

    assert told["changed"] == 2
    assert [device["device_id"] for device in told["devices"]] == ["a"]
    assert told["devices"][0]["a"] == {"readiness": "READY", "route": "reonboard", "path": "reonboard"}
    assert [(rule["id"], rule["how"], rule["explains"]) for rule in told["rules"]] == [
        (AGENT, "changed", 1),
        (SENSE, "changed", 1),
        (URLS, "same", 0),
    ]
    assert "Devices with another verdict, first 1 of 2" in text(parts_of(found, 1))


def test_the_same_pack_changes_nothing(compared: Compare) -> None:
    found = PackDifference(compared(A, A), {}, {})

    assert "No device comes out otherwise." in text(parts_of(found, 20))
    assert json.loads(json_text(found, 20))["devices"] == []
