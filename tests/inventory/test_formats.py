"""What each kind of export says, fact by fact."""

import pytest

from tests.inventory.records import facts, moment, read_one, rows, rows_of

WS_0001 = "6fadff662eec5315932af2c075ab612d7e67c6cf"
WS_0002 = "3602e1fa2da5448c79e6ecbb5a3a997a2d030c24"
LNX_01 = "11ef23a35e5094e8ca91dbc4a8ca0f2cbff93503"
MAC_01 = "184677ce61a018b5337fbb27ec0ae045226aedbd"


def test_hunting_says_all_of_a_full_windows_row() -> None:
    assert rows("advanced-hunting/valid.csv")[0] == {
        "row": 1,
        "line": 2,
        "mde_id": WS_0001,
        "entra_id": "0098c183-a6f8-5ce4-96bf-fd35dee6faca",
        "name": "ws-0001.corp.contoso.example",
        "observed": moment("2026-11-17 15:46:54.123456"),
        "device.group": "Site 01",
        "device.tags": '["laptops","pilot","ring-1"]',
        "device.category": "Endpoint",
        "device.type": "Workstation",
        "device.host_id": "",
        "device.merged_to": "",
        "device.excluded": "no",
        "device.last_seen": "2026-11-17",
        "device.join_type": "hybrid-joined",
        "os.family": "windows",
        "os.role": "client",
        "os.platform": "Windows11",
        "os.azure_stack_hci": "no",
        "os.build": "22631",
        "os.ubr": "3122",
        "os.version_name": "23H2",
        "os.architecture": "x64",
        "agent.version": "10.8760.22631.5608",
        "sensor.health": "active",
        "onboarding.status": "onboarded",
        "av.platform": "4.18.24090.11",
        "av.engine": "1.1.24090.11",
        "av.intelligence": "1.421.818.0",
        "av.mode": "active",
        "connectivity.type": "streamlined",
        "connectivity.evidence": "streamlined",
        "connectivity.newest_row": "yes",
    }


def test_a_heartbeat_says_its_agent_and_no_blanks() -> None:
    """Its empty cells are no statement: not of "no tags", and not of a connectivity type that is not known."""
    assert facts(rows("advanced-hunting/valid.csv")[1]) == {
        "agent.version": "10.8760.22631.5608",
        "device.excluded": "no",
        "device.last_seen": "2026-11-17",
    }


def test_a_full_row_with_a_blank_connectivity_type_states_the_blank() -> None:
    server = rows("advanced-hunting/valid.csv")[3]
    assert server["connectivity.type"] == ""
    assert server["os.role"] == "server"


def test_hunting_tells_macos_and_linux() -> None:
    mac, linux, subsystem = rows("advanced-hunting/valid.csv")[4:7]
    assert (mac["os.family"], mac["os.version"], mac["os.architecture"]) == ("macos", "15.1", "arm64")
    assert {"os.role", "os.build", "os.distribution"}.isdisjoint(mac)
    assert (linux["os.family"], linux["os.distribution"], linux["os.version"]) == ("linux", "ubuntu", "22.04")
    assert "os.build" not in linux  # the cell holds 6, which is no build
    assert linux["sensor.health"] == "impaired-communications"
    assert subsystem["device.host_id"] == WS_0001


def test_hunting_tells_records_that_are_not_judged() -> None:
    merged, camera = rows("advanced-hunting/valid.csv")[7:]
    assert merged["device.merged_to"] == WS_0002
    assert (camera["device.category"], camera["device.excluded"], camera["os.family"]) == ("IoT", "yes", "other")


def test_hunting_reads_the_fields_inside_additional_fields() -> None:
    first, second, linux, blank = rows("hunting-info-gathering/valid.csv")
    assert (first["av.platform"], first["av.engine"]) == ("4.18.24090.11", "1.1.24090.11")
    assert (second["av.intelligence"], second["av.mode"]) == ("1.391.345.0", "edr-block")
    assert first["observed"] == moment(
        "2026-11-17 22:00:00"
    )  # when the device was heard of, not when the row was written
    assert not any(name.startswith("av.") for name in (*linux, *blank))


@pytest.mark.parametrize("path", ["advanced-hunting/graph.json", "advanced-hunting/streaming.jsonl"])
def test_hunting_results_in_json_say_the_same_as_a_table(path: str) -> None:
    first, second = rows(path)
    assert first["mde_id"] == WS_0001
    assert (first["os.build"], first["device.excluded"], first["device.tags"]) == ("22631", "no", '["pilot"]')
    assert first["connectivity.type"] == "streamlined"
    assert "observed" not in second  # {} is how Graph writes that there is no time
    assert (second["os.build"], second["connectivity.type"]) == ("", "")


def test_tags_of_one_column_alone_may_lack_some() -> None:
    assert read_one("advanced-hunting/graph.json").file.open_sets == {"device.tags"}
    assert read_one("advanced-hunting/valid.csv").file.open_sets == frozenset()


def test_the_machines_api_says_what_it_carries() -> None:
    first = rows("machines-api/valid.json")[0]
    assert (first["row"], first["line"], first["mde_id"]) == (1, 4, WS_0001)
    assert first["observed"] == moment("2026-11-17 15:46:54.123456")
    assert facts(first) == {
        "device.group": "",
        "device.tags": '["pilot","ring-1"]',
        "device.merged_to": "",
        "device.excluded": "no",
        "device.last_seen": "2026-11-17",
        "device.enrolled_mdm": "yes",
        "os.family": "windows",
        "os.role": "client",
        "os.platform": "Windows11",
        "os.azure_stack_hci": "no",
        "os.build": "22631",
        "os.version_name": "23H2",
        "agent.version": "10.8760.22631.4317",
        "sensor.health": "active",
        "onboarding.status": "onboarded",
    }


def test_the_machines_api_tells_linux_by_its_distribution() -> None:
    linux = rows("machines-api/valid.json")[2]
    assert (linux["os.family"], linux["os.distribution"], linux["os.version"]) == ("linux", "ubuntu", "20.4")
    assert {"os.build", "os.role", "os.version_name", "entra_id"}.isdisjoint(linux)


def test_the_machines_api_tells_merged_records_and_one_word_of_architecture() -> None:
    merged = rows("machines-api/valid.json")[3]
    assert merged["device.merged_to"] == WS_0001
    assert merged["os.architecture"] == "x86"
    assert merged["sensor.health"] == "no-sensor-data-impaired-communications"
    assert merged["onboarding.status"] == "can-be-onboarded"
    assert "name" not in merged


@pytest.mark.parametrize("name", ["pages.json", "array-of-pages.json", "array.json", "lines.jsonl"])
def test_every_way_to_save_pages_gives_the_same_records(name: str) -> None:
    saved = [{**row, "line": 0} for row in rows(f"machines-api/{name}")]
    assert saved == [{**row, "line": 0} for row in rows("machines-api/valid.json")]


def test_one_object_is_one_record() -> None:
    (device,) = rows("machines-api/one-device.json")
    assert device["mde_id"] == WS_0001


def test_a_list_that_powershell_lost_says_nothing() -> None:
    records = read_one("machines-api/powershell.csv")
    assert "device.tags" not in records.file.columns
    assert [row["line"] for row in rows_of(records)] == [3, 4, 5, 6]


@pytest.mark.parametrize("name", ["valid-2024.csv", "valid-2026.csv"])
def test_the_portal_says_the_same_in_both_years(name: str) -> None:
    windows, server, linux, mac, camera = rows(f"portal-devices/{name}")
    assert (windows["os.build"], windows["os.ubr"], windows["os.version_name"]) == ("22631", "3122", "23H2")
    assert windows["device.tags"] == '["pilot","ring-1"]'
    assert (server["os.role"], server["onboarding.status"]) == ("server", "can-be-onboarded")
    assert (linux["os.distribution"], linux["os.version"]) == ("redhatenterpriselinux", "9.5")
    assert (mac["os.version"], mac["sensor.health"]) == ("14.2", "misconfigured")
    assert (camera["onboarding.status"], camera["os.family"]) == ("insufficient-info", "other")
    assert {"agent.version", "connectivity.type", "av.platform"}.isdisjoint(windows)


def test_mdatp_says_what_its_device_is_and_never_its_name() -> None:
    (linux,) = rows("mdatp-health/linux.txt")
    assert linux["mde_id"] == LNX_01
    assert facts(linux) == {
        "os.family": "linux",
        "agent.version": "101.23062.0010",
        "agent.expires": "2027-04-10",
        "agent.healthy": "yes",
        "agent.conflicting_applications": "[]",
        "onboarding.status": "onboarded",
        "av.engine": "1.1.23070.1002",
        "av.intelligence": "1.395.227.0",
    }
    assert {"name", "observed"}.isdisjoint(linux)


def test_mdatp_that_is_not_onboarded_says_so_and_a_warning_before_it_is_passed_over() -> None:
    (mac,) = rows("mdatp-health/macos.txt")
    assert mac["mde_id"] == MAC_01
    assert (mac["os.family"], mac["onboarding.status"], mac["agent.healthy"]) == ("macos", "can-be-onboarded", "no")
    assert mac["agent.conflicting_applications"] == '["Contoso Guard","Other AV"]'
    assert (mac["proxy.kind"], mac["proxy.has_credentials"]) == ("authenticated", "yes")


def test_details_without_a_geo_state_that_there_is_none_and_plain_health_says_nothing() -> None:
    assert facts(rows("mdatp-health/details-edr.txt")[0]) == {"mdatp.geo": ""}
    assert facts(rows("mdatp-health/details-edr-streamlined.txt")[0]) == {"mdatp.geo": "GW_US"}
    assert "mdatp.geo" not in rows("mdatp-health/linux.txt")[0]


def test_a_key_that_comes_again_begins_the_next_record() -> None:
    first, second = rows("mdatp-health/two-devices.txt")
    assert (first["row"], first["line"], second["row"], second["line"]) == (1, 1, 2, 34)
    assert first["mde_id"] != second["mde_id"]


def test_mdatp_json_is_dated_by_its_definitions() -> None:
    (linux,) = rows("mdatp-health-json/linux.json")
    assert linux["observed"] == moment("2025-11-17 13:54:13.787000")  # updated at 13:34, twenty minutes before
    assert (linux["proxy.kind"], linux["proxy.has_credentials"]) == ("none", "no")
    assert linux["agent.expires"] == "2027-04-10"
    (mac,) = rows("mdatp-health-json/macos.json")
    assert (mac["os.family"], mac["onboarding.status"], mac["proxy.kind"]) == ("macos", "can-be-onboarded", "static")


@pytest.mark.parametrize("name", ["valid.csv", "valid.jsonl"])
def test_url_tests_are_evidence_of_one_try_each(name: str) -> None:
    records = read_one(f"url-tests/{name}")
    assert not records.file.founds
    first, _, third, fourth = rows_of(records)
    assert first["name"] == "WS-0142"
    assert first["url.tests"] == (
        '[{"error":"","host":"mdav.us.endpoint.security.microsoft.com","method":"analyzer","path":"/mdav/test",'
        '"port":443,"result":"reachable","status":404,"via":"system_proxy"}]'
    )
    assert third["mde_id"] == LNX_01
    assert "name" not in third
    assert '"result":"tls_error"' in third["url.tests"]
    assert '"port":80' in fourth["url.tests"]
    assert '"via":"named_proxy"' in fourth["url.tests"]


SECRETS = ("hunter2", "00000000-1111-2222-3333-444444444444", "203.0.113.7")


@pytest.mark.parametrize(
    "path",
    [
        "advanced-hunting/valid.csv",
        "advanced-hunting/streaming.jsonl",
        "machines-api/valid.json",
        "mdatp-health/linux.txt",
        "mdatp-health/macos.txt",
        "mdatp-health-json/linux.json",
        "url-tests/valid.csv",
    ],
)
def test_organisation_ids_addresses_and_credentials_never_enter_a_record(path: str) -> None:
    text = str(rows(path)) + str(read_one(path).file)
    assert not [secret for secret in SECRETS if secret in text]
