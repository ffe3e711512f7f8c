"""A difference tells of each device and rule what became of it, and nothing else."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from checker.compare.diff import devices_of, turns_of
from checker.compare.diff_json import json_text
from checker.compare.diff_parts import parts_of
from checker.compare.outcomes import FIXED, NEWLY_FAILING, STILL_UNKNOWN
from checker.compare.parts import markdown, text

from .conftest import Compare
from .fleets import AGENT, SENSE, TENANT, URLS, Device, Made

HERE = Path(__file__).parent
TURNS: list[dict[str, Any]] = yaml.safe_load((HERE / "turns.yaml").read_text(encoding="utf-8"))
READINESS: list[dict[str, Any]] = yaml.safe_load((HERE / "readiness.yaml").read_text(encoding="utf-8"))
OTHERS = (SENSE, URLS, TENANT)


def device(outcome: str, row: dict[str, Any], *, waived: bool = False) -> Device:
    outcomes = {} if outcome == "-" else {AGENT: outcome}
    return Device(
        "pc-1.contoso.example",
        "NOT_READY",
        outcomes=outcomes,
        waived={AGENT: "W-1"} if waived else {},
        missing=row.get("missing", "BLANK"),
    )


@pytest.mark.parametrize("row", TURNS, ids=lambda row: f"{row['before']} {row['now']} {row['kind']} {row.get('why')}")
def test_what_became_of_a_rule(row: dict[str, Any], compared: Compare) -> None:
    fleet = (AGENT,) if row.get("fleet") else ()
    old = Made({"a": device(row["before"], {})}, rules=OTHERS if row.get("came") else (AGENT, *OTHERS))
    waived = row.get("waived", False)
    new = Made(
        {"a": device(row["now"], row, waived=waived)},
        fleet_wide=fleet,
        rules=OTHERS if row.get("gone") else (AGENT, *OTHERS),
    )
    found = compared(old, new)

    assert found.rule_counts().rows() == [(AGENT, row["kind"], waived, 1)]
    (told,) = turns_of(found, 0).iter_rows(named=True)
    assert (told["device_id"], told["why"], told["waived"]) == ("a", row.get("why"), waived)
    assert told["old_outcome"] == row["before"]
    assert told["new_outcome"] == row["now"]
    for side, outcome in (("old", row["before"]), ("new", row["now"])):
        assert told[f"{side}_message"] == (None if outcome == "-" else f"{AGENT} is {outcome}.")
        assert bool(told[f"{side}_evidence"]) == (outcome != "-")


@pytest.mark.parametrize("row", READINESS, ids=lambda row: f"{row['before']} {row['now']}")
def test_what_became_of_a_device(row: dict[str, Any], compared: Compare) -> None:
    old, new = (Made({"a": Device("pc-1", *row[side])} if row[side] else {}) for side in ("before", "now"))
    found = compared(old, new)

    assert {kind: number for kind, number in found.device_counts().items() if number} == {row["kind"]: 1}
    assert found.exit_code() == (row["kind"] == "regressed")


def test_a_device_is_known_by_its_name_under_another_id(compared: Compare) -> None:
    old = {"a1": Device("PC-1.contoso.example", "NOT_READY", outcomes={AGENT: "FAIL"})}
    found = compared(Made(old), Made({"b7": Device("pc-1.contoso.example ")}))

    assert [(row["old_id"], row["new_id"]) for row in found.renamed().iter_rows(named=True)] == [("a1", "b7")]
    assert found.device_counts()["newly_ready"] == 1
    (told,) = turns_of(found, 0).iter_rows(named=True)
    assert (told["kind"], told["device_id"], told["old_id"]) == (FIXED, "b7", "a1")
    assert told["old_message"] == f"{AGENT} is FAIL."


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"a": Device("pc-1"), "b": Device("PC-1")}, {"c": Device("pc-1")}),
        ({"a": Device("pc-1")}, {"b": Device("pc-1"), "c": Device("pc-1")}),
        ({"a": Device("pc-1"), "b": Device("pc-1")}, {"b": Device("pc-1"), "c": Device("pc-1")}),
        ({"a": Device("")}, {"b": Device("")}),
        ({"a": Device("pc-1")}, {"b": Device("pc-2")}),
    ],
    ids=["two before", "two now", "one of them stays", "no name", "another name"],
)
def test_a_name_that_others_have_tells_nothing(
    old: dict[str, Device], new: dict[str, Device], compared: Compare
) -> None:
    found = compared(Made(old), Made(new))

    assert found.renamed().is_empty()
    assert found.device_counts()["appeared"] == len(set(new) - set(old))
    assert found.device_counts()["disappeared"] == len(set(old) - set(new))


def test_a_device_that_is_not_judged_both_times_has_no_rule_to_compare(compared: Compare) -> None:
    failing = Device("pc", "NOT_READY", outcomes={AGENT: "FAIL"})
    outside = Device("pc-2", "OUT_OF_SCOPE")
    found = compared(
        Made({"gone": failing, "left": Device("pc-2", "NOT_READY", outcomes={AGENT: "FAIL"})}),
        Made({"came": Device("new", "NOT_READY", outcomes={AGENT: "FAIL"}), "left": outside}),
    )

    assert found.rule_counts().is_empty()
    assert found.exit_code() == 0


def test_a_rule_judged_once_is_compared_once(compared: Compare) -> None:
    devices = {"a": Device("pc-1"), "b": Device("pc-2")}
    found = compared(Made(devices, once={TENANT: "UNKNOWN"}), Made(devices, once={TENANT: "FAIL"}))

    assert found.rule_counts().rows() == [(TENANT, "found_failing", False, 1)]
    (told,) = turns_of(found, 20).iter_rows(named=True)
    assert (told["device_id"], told["old_message"], told["new_message"]) == (
        "",
        f"{TENANT} is UNKNOWN.",
        f"{TENANT} is FAIL.",
    )
    assert sum(found.device_counts().values()) == 2


def test_a_finding_for_the_whole_fleet_stands_for_each_device_without_one_of_its_own(compared: Compare) -> None:
    failing = {key: Device(f"pc-{key}", "NOT_READY", outcomes={URLS: "FAIL"}) for key in "ab"}
    unknown = {key: Device(f"pc-{key}", "UNDETERMINED", outcomes={URLS: "UNKNOWN"}) for key in "ab"}
    found = compared(Made(failing), Made(unknown, fleet_wide=(URLS,)))

    assert found.rule_counts().rows() == [(URLS, "incomparable", False, 2)]
    for told in turns_of(found, 0).iter_rows(named=True):
        assert told["new_evidence"][0]["missing"] == "NOT_EXPORTED"


def test_what_passes_now_is_told_where_every_outcome_was_written(compared: Compare) -> None:
    old = Made({"a": Device("pc-1", "NOT_READY", outcomes={AGENT: "FAIL"})})
    found = compared(old, Made({"a": Device("pc-1")}, passes=(("a", AGENT),)))

    (told,) = turns_of(found, 20).iter_rows(named=True)
    assert (told["kind"], told["new_outcome"]) == (FIXED, "PASS")
    assert told["new_evidence"][0]["value"] == "101.25"


def test_waived_failures_are_counted_apart_and_regress_nothing(compared: Compare) -> None:
    fails = Device("pc-1", outcomes={AGENT: "FAIL"}, waived={AGENT: "W-1"})
    found = compared(Made({"a": Device("pc-1")}), Made({"a": fails}))

    assert found.turn_counts()[NEWLY_FAILING] == (0, 1)
    assert found.exit_code() == 0
    (told,) = turns_of(found, 20).iter_rows(named=True)
    assert told["new_waiver"] == "W-1"


def test_a_failure_whose_waiver_is_gone_regresses(compared: Compare) -> None:
    waived = Device("pc-1", outcomes={AGENT: "FAIL"}, waived={AGENT: "W-1"})
    found = compared(Made({"a": waived}), Made({"a": Device("pc-1", outcomes={AGENT: "FAIL"})}))

    assert found.turn_counts()["no_longer_waived"] == (1, 0)
    assert found.exit_code() == 1


def test_an_unwaived_rule_that_newly_fails_regresses_even_a_device_that_is_as_ready_as_before(
    compared: Compare,
) -> None:
    before, now = (
        Device("pc-1", "NOT_READY", outcomes=each) for each in ({AGENT: "FAIL"}, dict.fromkeys((AGENT, SENSE), "FAIL"))
    )

    assert compared(Made({"a": before}), Made({"a": now})).exit_code() == 1


def test_lists_are_cut_and_counts_are_whole(compared: Compare) -> None:
    old = {f"{number:03}": Device(f"pc-{number}") for number in range(50)}
    new = {
        key: Device(each.name, "NOT_READY", outcomes=dict.fromkeys((AGENT, SENSE), "FAIL")) for key, each in old.items()
    }
    found = compared(Made(old), Made(new))

    assert found.device_counts()["regressed"] == 50
    assert devices_of(found, "regressed", 3)["device_id"].to_list() == ["000", "001", "002"]
    assert devices_of(found, "regressed", 3)["rules"].to_list() == [[AGENT, SENSE]] * 3
    assert devices_of(found, "regressed", 0).height == 50
    assert found.turn_counts()[NEWLY_FAILING] == (100, 0)
    listed = turns_of(found, 3)
    assert [(row["device_id"], row["rule_id"]) for row in listed.iter_rows(named=True)] == [
        ("000", AGENT),
        ("000", SENSE),
        ("001", AGENT),
    ]
    assert turns_of(found, 0).height == 100


def test_a_device_that_got_better_names_what_is_fixed(compared: Compare) -> None:
    old = Made({"a": Device("pc-1", "NOT_READY", outcomes={AGENT: "FAIL", URLS: "UNKNOWN"})})
    found = compared(old, Made({"a": Device("pc-1", outcomes={SENSE: "UNKNOWN", URLS: "UNKNOWN"})}))

    assert devices_of(found, "newly_ready", 0)["rules"].to_list() == [[AGENT]]
    assert found.turn_counts()[STILL_UNKNOWN] == (1, 0)


WORDS = {"kind": "attestations", "path": "words.yaml", "sha256": "ab" * 32}
PACK = {"id": "streamlined-connectivity", "version": "1.0.0", "profile": "2023-09", "sha256": "ab" * 32}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, []),
        ({"packs": [{**PACK, "profile": "current"}]}, ["another profile, so other thresholds: 2023-09 → current"]),
        ({"packs": [{**PACK, "id": "defender-for-business"}]}, ["another rule pack"]),
        ({"packs": [{**PACK, "sha256": "cd" * 32}]}, ["the rules of streamlined-connectivity changed (both 1.0.0)"]),
        (
            {"packs": [{**PACK, "sha256": "cd" * 32, "version": "1.1.0"}]},
            ["the rules of streamlined-connectivity changed (1.0.0 → 1.1.0)"],
        ),
        ({"tailoring": ["sc.sense-min is off: lab"]}, ["the rules were tailored differently"]),
        ({"governed_by": []}, []),
        ({"governed_by": [WORDS]}, ["the old result does not say which attestations, waivers and waves"]),
        ({"phase": "all"}, ["other phases are shown: prerequisite → all"]),
        ({"wave": "pilot"}, ["limited to other waves: all → pilot"]),
        ({"partial": True}, ["rules were left out of the new result"]),
        ({"as_of": "2026-11-01"}, ["the old result is as of a later day: 2026-11-22 → 2026-11-01"]),
    ],
    ids=lambda value: str(value)[:60],
)
def test_what_was_judged_otherwise_is_said(changes: dict[str, Any], said: list[str], compared: Compare) -> None:
    devices = {"a": Device("pc-1")}
    found = compared(Made(devices), Made(devices, report=changes))

    assert len(found.caveats) == len(said)
    for caveat, begins in zip(found.caveats, said, strict=True):
        assert caveat.startswith(begins)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ([WORDS], [WORDS], []),
        ([WORDS], [{**WORDS, "path": "elsewhere/words.yaml"}], []),  # what it says decides, not where it lies
        ([WORDS], [], ["other attestations: words.yaml → none"]),
        ([], [WORDS], ["other attestations: none → words.yaml"]),
        (
            [WORDS],
            [{**WORDS, "sha256": "cd" * 32}],
            ["other attestations: words.yaml (sha256 abababababab…) → words.yaml (sha256 cdcdcdcdcdcd…)"],
        ),
        (
            [WORDS, {**WORDS, "kind": "waivers", "path": "w1.yaml"}],
            [{**WORDS, "kind": "waivers", "path": "w2.yaml", "sha256": "00" * 32}],
            ["other attestations: words.yaml → none", "other waivers: w1.yaml → w2.yaml"],
        ),
        ([], [{**WORDS, "kind": "tailoring", "path": "t.yaml"}], []),  # it is told by what it changes
        ([], [{**WORDS, "kind": "baseline", "path": "r.json"}], []),  # it changes no outcome
    ],
    ids=str,
)
def test_governing_files_that_differ_are_said(
    old: list[dict[str, str]], new: list[dict[str, str]], said: list[str], compared: Compare
) -> None:
    devices = {"a": Device("pc-1")}
    found = compared(Made(devices, report={"governed_by": old}), Made(devices, report={"governed_by": new}))

    assert list(found.caveats) == said
    for shown in (text(parts_of(found, 20)), markdown(parts_of(found, 20)), json_text(found, 20)):
        assert all(line in shown for line in said)
        assert ("not made alike" in shown) == (bool(said) and not shown.startswith("{"))
    assert json.loads(json_text(found, 20))["new"]["governed_by"] == new


def test_a_simulation_that_only_one_result_is_is_a_caveat(compared: Compare) -> None:
    devices = {"a": Device("pc-1")}
    simulated = {"simulated": ["plan.tool = intune"]}

    assert compared(Made(devices, report=simulated), Made(devices, report=simulated)).caveats == ()
    assert compared(Made(devices, report=simulated), Made(devices)).caveats == (
        "other things were supposed with --assume: plan.tool = intune → nothing",
    )
