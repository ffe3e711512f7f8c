"""What is new since an earlier result is told of every result, and what is gone is told, too."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from checker.model.result import Baseline, Result, Table
from checker.reporters.sarif import log as sarif
from checker.reporters.shown import DETAIL_LIMIT

from .fleets import AGENT, LIVE, PROXY, SENSE, STALE, TENANT, URLS, Fleet, device_id, fleet, large_fleet
from .results import build
from .rollouts import gate, rollout
from .sarif_log import Log, broken_rules, log
from .test_sarif import OFFICIAL

ONE, TWO, THREE, FOUR, NINE = (device_id(number) for number in (1, 2, 3, 4, 9))


def against(result: Result, earlier: Result) -> Result:
    return replace(result, baseline=Baseline("old.json", earlier.findings, earlier.devices))


def states(result: Result, run: int | None = None) -> dict[tuple[str, str, str], str]:
    """Return the state of each result by device, rule and outcome."""
    runs = log(result, sarif.write_full)["runs"]
    found: dict[tuple[str, str, str], str] = {}
    for each in runs if run is None else [runs[run]]:
        for entry in each["results"]:
            name = entry["locations"][0]["logicalLocations"][0]["fullyQualifiedName"].removeprefix("fleet")
            key = (name.removeprefix("/"), entry["ruleId"], entry["properties"]["outcome"])
            assert key not in found
            found[key] = entry["baselineState"]
    return found


@pytest.fixture
def earlier(tmp_path: Path) -> Result:
    """Return an earlier result: two was fine, three failed with another message, nine was there, four was not."""
    now = fleet()
    names = {key: name for key, name in now.names.items() if key != FOUR} | {NINE: "pc-9.contoso.example"}
    outcomes = {
        **now.outcomes,
        AGENT: {ONE: "FAIL", TWO: "PASS", THREE: "FAIL", NINE: "FAIL"},
        SENSE: {ONE: "PASS", TWO: "PASS", THREE: "UNKNOWN", NINE: "UNKNOWN"},
        STALE: {ONE: "FAIL", TWO: "PASS", THREE: "PASS"},
        LIVE: {NINE: "FAIL"},
        TENANT: {"": "FAIL"},
        PROXY: {"": "UNKNOWN"},
    }
    messages = {(AGENT.id, THREE): "Agent 19.0 is older than 101.23052.0004."}
    return build(tmp_path / "earlier", Fleet(names, outcomes, messages=messages))


def test_every_state_has_its_cause(small: Result, earlier: Result) -> None:
    found = states(against(small, earlier))
    assert found[TWO, AGENT.id, "FAIL"] == "new"
    assert found[ONE, STALE.id, "FAIL"] == "unchanged"
    assert found[THREE, AGENT.id, "FAIL"] == "updated"
    assert found[THREE, SENSE.id, "UNKNOWN"] == "unchanged"
    assert found["", URLS.id, "UNKNOWN"] == "unchanged"
    assert found[ONE, AGENT.id, "FAIL"] == "absent"  # and passes now
    assert found[ONE, AGENT.id, "PASS"] == "new"
    assert found[TWO, SENSE.id, "PASS"] == "unchanged"
    assert found[FOUR, SENSE.id, "UNKNOWN"] == "new"  # the device was not there
    assert found["", TENANT.id, "FAIL"] == "absent"
    assert found["", TENANT.id, "PASS"] == "new"
    assert found[NINE, AGENT.id, "FAIL"] == "absent"  # the device is gone
    assert found[NINE, SENSE.id, "UNKNOWN"] == "absent"
    assert (NINE, LIVE.id, "FAIL") not in found  # of a phase that is not shown


def test_what_is_unknown_once_for_all_is_the_same_as_unknown_on_each_device(tmp_path: Path) -> None:
    names = {ONE: "pc-1", TWO: "pc-2"}
    for_all = build(tmp_path / "all", Fleet(names, {URLS: {"": "UNKNOWN"}}))
    listed = pl.concat(for_all.devices.frames()).with_columns(unknown=pl.lit([URLS.id]))
    listed.write_parquet(for_all.devices.parts[0])
    for_all = replace(for_all, devices=Table(for_all.devices.columns, for_all.devices.parts[:1], 2))
    each = build(tmp_path / "each", Fleet(names, {URLS: dict.fromkeys(names, "UNKNOWN")}))
    expanded = {(ONE, URLS.id, "UNKNOWN"): "unchanged", (TWO, URLS.id, "UNKNOWN"): "unchanged"}
    assert states(against(each, for_all)) == expanded
    assert states(against(for_all, each)) == {("", URLS.id, "UNKNOWN"): "updated"}


def test_a_log_with_states_is_valid_and_has_one_in_every_result(small: Result, earlier: Result) -> None:
    found = log(against(small, earlier), sarif.write_full)
    OFFICIAL.validate(found)
    assert broken_rules(found) == set()
    assert all("baselineState" in entry for entry in found["runs"][0]["results"])


def test_without_a_baseline_and_in_the_problems_nothing_has_a_state(small: Result, earlier: Result) -> None:
    for found in (log(small, sarif.write_full), log(against(small, earlier), sarif.write_problems)):
        assert not [entry for entry in found["runs"][0]["results"] if "baselineState" in entry]


def test_against_itself_nothing_is_new_updated_or_gone(small: Result, large: Result, waved: Result) -> None:
    for result in (small, large, waved):
        whole = log(against(result, result), sarif.write_full)
        assert {entry["baselineState"] for run in whole["runs"] for entry in run["results"]} == {"unchanged"}


def test_against_nothing_every_device_is_new(small: Result) -> None:
    nothing = replace(
        small,
        findings=Table(small.findings.columns, (), 0),
        devices=Table(small.devices.columns, (), 0),
    )
    found = states(against(small, nothing))
    assert {state for (device, _, outcome), state in found.items() if device or outcome == "UNKNOWN"} == {"new"}


def test_what_is_gone_keeps_its_message_and_place(small: Result, earlier: Result) -> None:
    entries = log(against(small, earlier), sarif.write_full)["runs"][0]["results"]
    (gone,) = [entry for entry in entries if NINE in entry["message"]["text"] and entry["ruleId"] == AGENT.id]
    assert gone["kind"] == "fail"
    assert gone["message"]["text"].startswith("Agent 20.10 is older than")
    assert gone["locations"][0]["physicalLocation"]["region"]["startLine"] == 5
    assert gone["suppressions"] == []


def test_what_is_gone_stands_in_the_run_of_its_wave(tmp_path: Path, earlier: Result) -> None:
    then = with_waves(earlier, {NINE: "ring-1", ONE: "ring-1"})
    now = against(rollout(tmp_path / "now"), then)
    assert states(now, 2)[NINE, AGENT.id, "FAIL"] == "absent"  # the wave of then, since the device is gone
    assert states(now, 1)[ONE, AGENT.id, "FAIL"] == "absent"  # the wave of today


def with_waves(result: Result, waves: dict[str, str]) -> Result:
    path = result.devices.parts[0].with_name("waves.parquet")
    frame = pl.concat(result.devices.frames())
    wave = pl.col("device_id").replace_strict(waves, default=None, return_dtype=pl.String)
    frame.with_columns(wave=wave).write_parquet(path)
    return replace(result, devices=Table(result.devices.columns, (path,), frame.height))


def test_in_the_run_of_one_wave_other_waves_are_not_gone(tmp_path: Path, earlier: Result) -> None:
    then = with_waves(earlier, {NINE: "pilot", THREE: "ring-1"})
    now = gate(tmp_path / "gate")
    found = states(against(replace(now, summary=replace(now.summary, phase="all")), then))
    assert found[NINE, AGENT.id, "FAIL"] == "absent"
    assert found["", TENANT.id, "FAIL"] == "absent"
    assert ("", PROXY.id, "UNKNOWN") not in found  # of the whole fleet then: it may have been about the others
    assert not [key for key in found if key[0] == THREE]
    assert found["", URLS.id, "UNKNOWN"] == "unchanged"


def test_rules_of_many_devices_are_compared_by_their_number(tmp_path: Path) -> None:
    made = large_fleet()
    now = build(tmp_path / "now", made, detail=False)
    failing = dict.fromkeys(list(made.names)[:7], "FAIL")
    before = {AGENT: failing, STALE: made.outcomes[STALE], TENANT: {"": "FAIL"}}
    then = build(tmp_path / "then", replace(made, outcomes=before, waived={}), detail=False)
    shown = build(tmp_path / "both", replace(made, outcomes={**made.outcomes, TENANT: {"": "PASS"}}), detail=False)
    found = log(against(shown, then), sarif.write_full)
    OFFICIAL.validate(found)
    entries = {
        (entry["ruleId"], entry["properties"]["outcome"], bool(entry["suppressions"])): entry
        for entry in found["runs"][0]["results"]
    }
    assert entries[AGENT.id, "FAIL", False]["baselineState"] == "updated"
    assert entries[SENSE.id, "FAIL", False]["baselineState"] == "new"
    assert entries[STALE.id, "UNKNOWN", False]["baselineState"] == "unchanged"
    assert entries[TENANT.id, "FAIL", False]["baselineState"] == "absent"
    assert "FAIL on 1 device in the baseline, on none now." in entries[TENANT.id, "FAIL", False]["message"]["text"]
    assert now.summary.rules[0].failed == shown.summary.rules[0].failed


def test_more_that_is_gone_than_can_be_shown_one_by_one_is_shown_by_rule(tmp_path: Path) -> None:
    made = large_fleet(DETAIL_LIMIT)
    then = build(tmp_path / "then", replace(made, outcomes={AGENT: dict.fromkeys(made.names, "FAIL")}, waived={}))
    now = build(tmp_path / "now", Fleet({device_id(1): "pc-1"}, {AGENT: {device_id(1): "PASS"}}))
    found: Log = log(against(now, then), sarif.write_full)["runs"][0]
    assert found["properties"]["truncated"] is True
    assert Counter(entry["baselineState"] for entry in found["results"]) == {"unchanged": 1, "absent": 1}
