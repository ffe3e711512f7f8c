"""SARIF files of a rollout: a run and a category for each wave, what its gate says, and no device counted twice."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings

from checker.model.result import DEVICE_COLUMNS, Result, Table
from checker.reporters.kinds import Write
from checker.reporters.sarif import log as sarif
from checker.reporters.sarif.runs import MOST_RUNS
from checker.reporters.wording import visible

from .fleets import AGENT, SENSE, STALE, TENANT, URLS, device_id, large_fleet
from .results import build
from .rollouts import CRITERIA, GOVERNED, PILOT, RING, WAIVERS, in_waves, rollout
from .sarif_log import Log, broken_rules, log, run
from .test_sarif import BOTH, OFFICIAL, notices
from .test_wording import ANY_TEXT

BASE = "mde-readiness/streamlined-connectivity/2023-09/"
WAVES = ("pilot", "ring-1", "pilot", "")


def categories(found: Log) -> list[str]:
    return [each["automationDetails"]["id"] for each in found["runs"]]


def devices(each: Log) -> set[str]:
    names = (place["logicalLocations"][0] for found in each["results"] for place in found["locations"])
    return {name["fullyQualifiedName"].removeprefix("fleet/") for name in names}


def big(folder: Path, *, complete: bool = True) -> Result:
    """Return a fleet in waves with too many findings to show them one by one."""
    found = build(folder, in_waves(large_fleet(), WAVES), detail=False, parts=5, **LARGE)
    if complete:
        return replace(found, summary=replace(found.summary, devices={**DEVICES, "total": found.devices.rows}))
    return replace(found, devices=Table(DEVICE_COLUMNS, found.devices.parts[:1], 600))


DEVICES = {"total": 3_000, "ready": 0, "not_ready": 3_000, "undetermined": 0, "migrated": 0, "out_of_scope": 0}
LARGE = GOVERNED | {
    "waves": (
        replace(PILOT, devices={**DEVICES, "total": 1_500}),
        replace(RING, devices={**DEVICES, "total": 800, "out_of_scope": 50}),
    ),
    "devices": DEVICES,
}


@BOTH
def test_logs_of_rollouts_are_valid_and_keep_the_seven_rules(
    write: Write, waved: Result, gated: Result, simulated: Result, tmp_path: Path
) -> None:
    for result in (waved, gated, simulated, big(tmp_path), big(tmp_path, complete=False)):
        found = log(result, write)
        OFFICIAL.validate(found)
        assert broken_rules(found) == set()


@BOTH
def test_each_wave_has_a_run_of_its_own_and_the_fleet_the_first(write: Write, waved: Result) -> None:
    found = log(waved, write)
    assert categories(found) == [BASE, f"{BASE}wave/pilot/", f"{BASE}wave/ring-1/"]
    base, pilot, ring = found["runs"]
    assert devices(pilot) <= {device_id(1), device_id(3)}
    assert devices(ring) <= {device_id(2)}
    assert devices(base) <= {device_id(4), "fleet"}


@BOTH
def test_runs_together_hold_what_one_run_would(write: Write, waved: Result) -> None:
    def results(result: Result) -> Counter[str]:
        return Counter(str(found) for each in log(result, write)["runs"] for found in each["results"])

    assert results(waved) == results(replace(waved, summary=replace(waved.summary, waves=())))


@BOTH
def test_a_wave_without_findings_still_has_its_run_so_that_its_alerts_close(write: Write, waved: Result) -> None:
    more = replace(waved.summary, waves=(*waved.summary.waves, replace(RING, name="ring-2")))
    last = log(replace(waved, summary=more), write)["runs"][-1]
    assert last["automationDetails"]["id"] == f"{BASE}wave/ring-2/"
    assert last["results"] == []


@BOTH
def test_a_gate_has_one_run_of_its_wave(write: Write, gated: Result) -> None:
    found = log(gated, write)
    assert categories(found) == [f"{BASE}wave/pilot/"]
    assert {"fleet", device_id(2)} <= devices(found["runs"][0])


def test_a_report_limited_to_a_wave_has_one_run_of_it(waved: Result) -> None:
    limited = replace(waved, summary=replace(waved.summary, wave="ring-1"))
    assert categories(log(limited)) == [f"{BASE}wave/ring-1/"]


def test_criteria_are_notifications_of_their_wave_with_a_level_by_what_they_say(waved: Result) -> None:
    base, pilot, ring = log(waved)["runs"]
    assert "gate.criterion" not in notices(base)
    told = pilot["invocations"][0]["toolExecutionNotifications"]
    gate = [(each["level"], each["message"]["text"]) for each in told if each["descriptor"]["id"] == "gate.criterion"]
    assert gate == [
        ("note", "Wave 'pilot', devices: MET, limit at least 1, figure 2."),
        (
            "warning",
            f"Wave 'pilot', ready: UNDETERMINED, limit at least 95 %, figure {CRITERIA[1].figure}: 1 undetermined.",
        ),
        ("error", "Wave 'pilot', fail.blocker: MISSED, limit at most 0, figure 1."),
        ("note", "Wave 'pilot', guidance: MET, limit at most 365 days, figure 1,160 days: named with a reason."),
    ]
    assert notices(pilot)["gate.decision"]["level"] == "error"
    assert notices(pilot)["gate.decision"]["message"]["text"].startswith("Wave 'pilot': HOLD: 1 of 4 criteria")
    assert notices(ring)["gate.decision"]["level"] == "note"
    assert pilot["properties"]["waves"][0]["decision"] == "HOLD"
    assert pilot["invocations"][0]["executionSuccessful"] is True
    for each in told:
        assert pilot["tool"]["driver"]["notifications"][each["descriptor"]["index"]]["id"] == each["descriptor"]["id"]


def test_more_waves_than_runs_share_the_last(waved: Result) -> None:
    names = [f"ring-{number}" for number in range(MOST_RUNS - 1)]
    for count in (MOST_RUNS - 1, MOST_RUNS, MOST_RUNS + 9):
        waves = tuple(replace(RING, name=f"ring-{number}") for number in range(count))
        found = log(replace(waved, summary=replace(waved.summary, waves=waves)))
        assert len(found["runs"]) == MOST_RUNS
        assert broken_rules(found) == set()
        last = found["runs"][-1]
        if count == MOST_RUNS - 1:
            assert categories(found)[1:] == [f"{BASE}wave/{name}/" for name in names]
            assert "waves.together" not in notices(last)
        else:
            assert categories(found)[-1] == f"{BASE}waves/others/"
            assert f"'ring-{count - 1}'" in notices(last)["waves.together"]["message"]["text"]


@BOTH
def test_counts_of_waves_add_up_to_those_of_the_fleet(write: Write, tmp_path: Path) -> None:
    result = big(tmp_path)
    whole = replace(result, summary=replace(result.summary, waves=()))

    def counts(of: Result) -> Counter[tuple[str, str, bool]]:
        found: Counter[tuple[str, str, bool]] = Counter()
        for each in log(of, write)["runs"]:
            for entry in each["results"]:
                key = (entry["ruleId"], entry["kind"], bool(entry.get("suppressions")))
                found[key] += entry["occurrenceCount"]
        return found

    assert counts(result) == counts(whole)
    assert counts(whole)[AGENT.id, "fail", False] == 2_250


def test_a_result_of_a_wave_counts_and_names_its_own_devices(tmp_path: Path) -> None:
    base, pilot, ring = log(big(tmp_path))["runs"]
    (found,) = [entry for entry in pilot["results"] if entry["ruleId"] == AGENT.id]
    assert found["occurrenceCount"] == 750
    assert "750 of 1,500 devices of wave 'pilot' fail (50.0 %)." in found["message"]["text"]
    assert found["message"]["text"].endswith(f"First: '{device_id(3)} (pc-3.contoso.example)', "
        f"'{device_id(7)} (pc-7.contoso.example)', '{device_id(11)} (pc-11.contoso.example)'.")  # fmt: skip
    assert len(found["relatedLocations"]) == 100
    (other,) = [entry for entry in ring["results"] if entry["ruleId"] == AGENT.id]
    assert "750 of 750 devices of wave 'ring-1' fail (100.0 %)." in other["message"]["text"]
    assert found["partialFingerprints"] != other["partialFingerprints"]
    (rest,) = [entry for entry in base["results"] if entry["ruleId"] == AGENT.id]
    assert rest["occurrenceCount"] == 750
    assert ", those of waves not counted." in rest["message"]["text"]
    assert f"First: '{device_id(4)}" in rest["message"]["text"]
    assert [entry["ruleId"] for entry in base["results"]][-1] == f"{URLS.id}.unknown"  # of the whole fleet


@BOTH
def test_a_wave_whose_devices_nobody_kept_never_looks_clean(write: Write, tmp_path: Path) -> None:
    found = log(big(tmp_path, complete=False), write)
    assert categories(found) == [BASE]
    assert notices(found["runs"][0])["waves.together"]["level"] == "warning"
    (entry,) = [
        entry for entry in found["runs"][0]["results"] if entry["ruleId"] == AGENT.id and entry["kind"] == "fail"
    ]
    assert entry["occurrenceCount"] == 2_250


def test_a_waiver_is_named_with_who_answers_for_it(waved: Result, tmp_path: Path) -> None:
    said = {
        each["suppressions"][0]["justification"]
        for each_run in log(waved, sarif.write_full)["runs"]
        for each in each_run["results"]
        if each["suppressions"]
    }
    who = "owner A. Owner, approver B. Approver, ticket"
    assert said == {
        f"Waived by 'W-12' ({who} CHG-12, until 2027-03-31): Replaced in December.",
        f"Waived by 'W-13' ({who} CHG-13, until 2026-12-01): Replaced in December.",
    }
    many = tuple(replace(WAIVERS[1], id=f"W-{number}") for number in range(7))
    result = big(tmp_path)
    whole = replace(result, summary=replace(result.summary, waves=(), waivers=many))
    (group,) = [each for each in run(whole, sarif.write_full)["results"] if each["suppressions"]]
    assert (group["ruleId"], len(group["suppressions"])) == (SENSE.id, 6)
    assert group["suppressions"][-1]["justification"] == "And 2 more waivers."


def test_governing_files_and_tailoring_are_named(waved: Result) -> None:
    for each in log(waved)["runs"]:
        assert each["artifacts"][0]["roles"] == ["analysisTarget"]
        assert each["artifacts"][1] == {
            "location": {"uri": "gates/waivers.yaml"},
            "hashes": {"sha-256": "12" * 32},
            "roles": ["userSpecifiedConfiguration"],
        }
        assert each["properties"]["governedBy"][1]["path"] == "waves.yaml"
        assert each["properties"]["tailoring"][0].startswith("sc.last-seen is minor")


@BOTH
def test_a_simulation_has_categories_of_its_own_and_says_so_first(write: Write, simulated: Result) -> None:
    found = log(simulated, write)
    assert categories(found) == [f"{BASE}simulated/", f"{BASE}wave/pilot/simulated/", f"{BASE}wave/ring-1/simulated/"]
    for each in found["runs"]:
        first = each["invocations"][0]["toolExecutionNotifications"][0]
        assert (first["descriptor"]["id"], first["level"]) == ("run.simulated", "warning")
        assert first["message"]["text"].startswith("SIMULATION: agent.version = ")
        assert each["properties"]["simulated"]
    assert (
        "simulated"
        not in log(replace(simulated, summary=replace(simulated.summary, simulated=())))["runs"][0]["properties"]
    )


def test_rules_about_the_tenant_stand_in_the_first_run(waved: Result) -> None:
    holding = [
        number
        for number, each in enumerate(log(waved, sarif.write_full)["runs"])
        if {TENANT.id, URLS.id} & {entry["ruleId"] for entry in each["results"]}
    ]
    assert holding == [0]
    assert STALE.id in {entry["ruleId"] for entry in log(waved, sarif.write_full)["runs"][1]["results"]}


def texts(value: object) -> Iterator[str]:
    """Yield every text of a value of JSON."""
    if isinstance(value, str):
        yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from texts(part)


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Result:
    return rollout(tmp_path_factory.mktemp("example"))


@settings(max_examples=25)
@given(text=ANY_TEXT)
def test_any_text_of_a_wave_reaches_the_file_harmless(example: Result, text: str) -> None:
    criteria = (replace(PILOT.criteria[2], id=text, limit=text, figure=text, why=text),)
    waves = (replace(PILOT, name=text, reason=text, criteria=criteria, gated=True),)
    waivers = tuple(replace(note, owner=text, approver=text, reason=text) for note in WAIVERS)
    summary = replace(example.summary, waves=waves, waivers=waivers, tailoring=(text,), simulated=(text,))
    for write in (sarif.write_problems, sarif.write_full):
        found = log(replace(example, summary=summary), write)
        OFFICIAL.validate(found)
        for said in texts([[each["invocations"], each["properties"], each["results"]] for each in found["runs"]]):
            assert said == visible(said)
