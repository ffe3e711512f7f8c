"""What exports of hunting tables say beside those of ``test_formats.py``, fact by fact."""

import pytest

from checker.inventory.read import ReadOptions
from tests.inventory.records import facts, moment, read_one, rows
from tests.inventory.systems import LINUX, NEW_ANTIVIRUS, SERVER_2019, WINDOWS_10, WINDOWS_11

BUILD_OF_SOFTWARE = [
    {**WINDOWS_11, "os.build": "26200", "os.ubr": "6584", "os.architecture": "x64"},
    {**WINDOWS_11, "os.architecture": "x64"},
    {**WINDOWS_10, "os.build": "19045", "os.ubr": "3448", "os.architecture": "x64"},
    {**WINDOWS_10, "os.architecture": "x64", "agent.mma_present": "yes"},
    {**SERVER_2019, "os.build": "17763", "os.ubr": "2330", "os.architecture": "x64"},
    {**LINUX, "os.version": "22.04", "os.architecture": "x64"},
    {**LINUX, "os.version": "22.04", "os.architecture": "x64"},
]
SERVER_2016 = {**SERVER_2019, "os.platform": "WindowsServer2016"}


@pytest.mark.parametrize("name", ["api.json", "valid.xlsx"])
def test_workbooks_and_results_of_the_api_say_the_same_as_the_portals_table(name: str) -> None:
    table = [{**row, "line": 0} for row in rows("advanced-hunting/valid.csv")]
    assert [{**row, "line": 0} for row in rows(f"advanced-hunting/{name}")] == table


def test_the_table_as_it_is_in_2026_says_its_revision_of_the_build() -> None:
    windows, heartbeat, mac = rows("advanced-hunting/valid-2026.csv")
    assert (windows["os.build"], windows["os.ubr"], windows["device.join_type"]) == (
        "26200",
        "6584",
        "entra-registered",
    )
    assert facts(heartbeat) == {"device.last_seen": "2026-11-17", "agent.version": "10.8760.26200.6584"}
    assert (mac["agent.version"], mac["os.version"], mac["os.architecture"]) == ("20.126052.16.0", "27.0", "arm64")


def test_sentinel_writes_the_same_tables_with_times_of_its_own() -> None:
    windows, _, heartbeat = rows("advanced-hunting/sentinel.csv")
    assert windows["observed"] == moment("2026-11-17 15:46:54.123")
    assert facts(windows) == {
        "device.last_seen": "2026-11-17",
        **WINDOWS_11,
        "os.build": "22631",
        "os.version_name": "23H2",
        "os.architecture": "x64",
        "agent.version": "10.8760.22631.5608",
        "sensor.health": "active",
        "onboarding.status": "onboarded",
    }
    assert facts(heartbeat) == {"device.last_seen": "2026-11-16", "agent.version": "10.8790.19045.5608"}


def test_graph_may_give_the_gathered_fields_as_an_object() -> None:
    windows, linux = rows("hunting-info-gathering/graph.json")
    assert facts(windows) == {
        "device.last_seen": "2026-11-17",
        **WINDOWS_11,
        "os.long_term": "no",
        **NEW_ANTIVIRUS,
        "av.mode": "active",
    }
    assert {name: value for name, value in facts(linux).items() if value} == LINUX
    assert windows["observed"] == moment("2026-11-17 14:55:23")
    assert "observed" not in linux  # Graph's word for no time


@pytest.mark.parametrize("name", ["valid.csv", "api.json"])
def test_software_tells_the_full_build_by_the_row_of_the_system_alone(name: str) -> None:
    records = rows(f"hunting-software/{name}")
    assert [facts(row) for row in records] == BUILD_OF_SOFTWARE
    assert "observed" not in records[0]


def test_the_api_gives_the_same_rows_of_software() -> None:
    group = {"device.group": "Site 01"}
    system, framework = rows("hunting-software/by-machine-api.json")
    assert facts(system) == {**group, **WINDOWS_11, "os.build": "26200", "os.ubr": "6584"}
    assert facts(framework) == {**group, **WINDOWS_11}


def test_an_agent_that_is_merely_installed_is_no_sensor() -> None:
    assert "agent.mma_installed_sensor" not in read_one("hunting-software/valid.csv").file.columns


def attempt(host: str, method: str, result: str, path: str = "") -> str:
    """Return one weak attempt as records hold it."""
    return (
        f'[{{"error":"","host":"{host}","method":"{method}","path":"{path}",'
        f'"port":443,"result":"{result}","status":0,"via":"unknown"}}]'
    )


@pytest.mark.parametrize("name", ["valid.csv", "streaming.jsonl"])
def test_connections_of_defenders_own_processes_are_weak_evidence_and_others_none(name: str) -> None:
    records = read_one(f"hunting-network/{name}")
    assert not records.file.founds
    assert [row.get("url.tests") for row in rows(f"hunting-network/{name}")] == [
        attempt("edr-eus.us.endpoint.security.microsoft.com", "sense-tcp", "reachable"),
        attempt("mdav.us.endpoint.security.microsoft.com", "defender-tcp", "blocked", "/mdav/test"),
        None,  # a browser's
        None,  # not a connection that was made or failed
        attempt("winatp-gw-cus.microsoft.com", "sense-tcp", "reachable", "/commands/test"),
        None,  # to an address without a name
    ]


def test_weaknesses_name_the_updates_that_are_missing() -> None:
    windows = {**WINDOWS_10, "os.architecture": "x64"}
    assert [facts(row) for row in rows("hunting-missing-updates/valid.csv")] == [
        {**windows, "updates.missing": '["KB5083769"]'},
        {**windows, "updates.missing": '["KB5083769"]'},
        {**windows, "updates.missing": '["KB5002700"]'},
        windows,
    ]


def test_the_assessment_says_whether_the_sensors_update_is_outstanding() -> None:
    assert [facts(row) for row in rows("hunting-configuration/valid.csv")] == [
        {**SERVER_2016, "agent.edr_update_outstanding": "no"},
        {**SERVER_2016, "agent.edr_update_outstanding": "yes"},
        SERVER_2016,  # another recommendation
        SERVER_2016,  # does not apply
    ]
    assert [row["agent.edr_update_outstanding"] for row in rows("hunting-configuration/graph.json")] == ["no", "yes"]


def test_writes_of_the_package_say_whether_it_is_the_streamlined_one() -> None:
    assert [facts(row) for row in rows("hunting-registry/valid.csv")] == [
        {"package.applied": "yes", "package.applied_at": "2026-11-10T08:00:00.123456"},
        {"package.applied": "no"},
        {},
    ]


SECRETS = ("PLANTED", "hunter2", "00000000-1111-2222-3333-444444444444", "203.0.113.7", "nora", "intranet")


@pytest.mark.parametrize(
    "path",
    [
        "hunting-registry/valid.csv",
        "hunting-network/valid.csv",
        "hunting-network/streaming.jsonl",
        "machines-api/powershell.json",
        "advanced-hunting/sentinel.csv",
        "advanced-hunting/valid-2026.csv",
    ],
)
def test_packages_people_and_what_they_visited_never_enter_a_record(path: str) -> None:
    text = str(rows(path)) + str(read_one(path, ReadOptions(bad_rows="skip")).file)
    assert not [secret for secret in SECRETS if secret in text]
