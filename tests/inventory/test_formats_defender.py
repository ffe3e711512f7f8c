"""What the exports of Defender say beside those of ``test_formats.py``, fact by fact."""

import contextlib
from pathlib import Path

import pytest

from checker.errors import InputError
from checker.inventory.read import ReadOptions
from tests.inventory.records import facts, moment, read_one, rows, rows_of
from tests.inventory.systems import LINUX, MAC, NEW_ANTIVIRUS, SERVER_2019, WINDOWS_10, WINDOWS_11

WS_0001 = "6fadff662eec5315932af2c075ab612d7e67c6cf"
SRV_01 = "541774161d29425595f948fcaf82cc97331c1afd"
UBUNTU = {**LINUX, "os.platform": "Ubuntu", "os.distribution": "ubuntu"}
SITE = {"device.group": "Site 01", "device.last_seen": "2026-11-17"}
OLD_ANTIVIRUS = {"av.platform": "4.18.2206.108", "av.engine": "1.1.19428.0", "av.intelligence": "1.371.1279.0"}
MAC_ANTIVIRUS = {"av.engine": "1.1.24090.1002", "av.intelligence": "1.421.700.0"}  # the platform's is mdatp's version

HEALTH = [
    {**SITE, **WINDOWS_11, "os.build": "22631", "os.ubr": "3122", **NEW_ANTIVIRUS, "av.mode": "active"},
    {
        **SITE,
        **WINDOWS_10,
        "os.platform": "Windows 10",
        "device.last_seen": "2026-11-16",
        "os.build": "19045",
        "os.ubr": "1865",
        **OLD_ANTIVIRUS,
        "av.mode": "edr-block",
    },
    {
        **SITE,
        **SERVER_2019,
        "device.group": "Servers",
        "os.build": "17763",
        "os.ubr": "2330",
        **NEW_ANTIVIRUS,
        "av.mode": "passive",
    },
    {**SITE, **MAC, "device.group": "", "os.version": "12.4", **MAC_ANTIVIRUS, "av.mode": "passive-audit"},
    {**SITE, **UBUNTU, "os.version": "20.4", "av.engine": "", "av.intelligence": "", "av.mode": ""},
]
GATHERED = [
    {
        **SITE,
        **WINDOWS_11,
        "os.build": "22631",
        "os.ubr": "3122",
        "os.long_term": "no",
        **NEW_ANTIVIRUS,
        "av.mode": "active",
    },
    {
        **SITE,
        **SERVER_2019,
        "device.group": "Servers",
        "device.last_seen": "2026-10-20",
        "os.build": "17763",
        "os.ubr": "2330",
        "os.long_term": "yes",
        "av.platform": "4.18.2211.5",
        "av.engine": "1.1.19900.2",
        "av.intelligence": "1.391.345.0",
        "av.mode": "passive",
    },
    {**SITE, **UBUNTU, "device.group": "", "os.version": "22.04"},
    {**SITE, **MAC, "os.version": "14.2", **MAC_ANTIVIRUS, "av.mode": "active"},
]


@pytest.mark.parametrize("name", ["valid.json", "pages.json", "array.json", "lines.jsonl", "powershell.csv"])
def test_antivirus_health_says_versions_mode_and_the_full_build(name: str) -> None:
    found = rows(f"av-health-api/{name}")
    assert [facts(row) for row in found] == HEALTH
    assert (found[0]["mde_id"], found[0]["observed"]) == (WS_0001, moment("2026-11-17 15:46:54"))


@pytest.mark.parametrize("name", ["valid.jsonl", "valid.jsonl.gz"])
def test_gathered_information_is_json_within_json(name: str) -> None:
    assert [facts(row) for row in rows(f"info-gathering-export/{name}")] == GATHERED


def test_gathered_information_is_as_old_as_the_devices_last_report() -> None:
    """The service writes the row anew each day, whether or not it heard of the device."""
    server = rows("info-gathering-export/valid.jsonl")[1]
    assert (server["mde_id"], server["observed"]) == (SRV_01, moment("2026-10-20 14:55:23"))


def test_inner_json_that_is_broken_says_nothing_and_the_rest_of_the_row_still_counts() -> None:
    inner = {"os.long_term", "av.platform", "av.engine", "av.intelligence", "av.mode"}
    kept = {name: value for name, value in GATHERED[1].items() if name not in inner}
    assert facts(rows("info-gathering-export/broken-inner-json.jsonl")[1]) == kept


def test_missing_updates_name_no_device_and_settle_nothing_of_older_ones() -> None:
    found = rows("missing-kbs/valid.json")
    assert [facts(row) for row in found] == [
        {"updates.missing": '["KB5083769"]'},
        {"updates.missing": '["KB4540673"]'},
        {"updates.missing": '["KB5002700"]'},
    ]
    assert not [key for row in found for key in ("mde_id", "entra_id", "own_id", "name") if key in row]
    file = read_one("missing-kbs/valid.json").file
    assert not file.founds
    assert file.open_sets == {"updates.missing"}


def test_a_file_that_says_nothing_of_what_is_wanted_has_its_rows_counted() -> None:
    records = read_one("missing-kbs/valid.json", ReadOptions(wanted=frozenset({"os.build"})))
    assert [sorted(row) for row in rows_of(records)] == [["line", "row"]] * 3


def test_the_machines_api_without_odata_keys_says_the_same_and_more() -> None:
    windows, old, mac, server = rows("machines-api/powershell.json")
    assert windows["device.enrolled_mdm"] == "yes"
    assert "av.mode" not in windows  # "Updated" antivirus may be active or passive
    assert (old["av.mode"], old["os.architecture"]) == ("disabled", "x86")
    assert (old["os.build"], old["agent.version"]) == ("19043", "10.8040.19041.1466")  # which names a base build
    assert mac["agent.version"] == "20.125042.9.0"
    assert (server["agent.version"], server["os.build"]) == ("10.3720.16299.2010", "14393")
    assert not [row for row in (old, mac, server) if "device.enrolled_mdm" in row]


def test_the_portal_tells_enrolment_and_no_kind_of_join() -> None:
    windows, server, *_ = rows("portal-devices/valid-2024.csv")
    assert windows["device.enrolled_mdm"] == "yes"
    assert "av.mode" not in windows  # Not-Supported is written whatever the page shows
    assert {"device.enrolled_mdm", "device.join_type"}.isdisjoint(server)


FORMATS = (
    "advanced-hunting",
    "av-health-api",
    "hunting-configuration",
    "hunting-info-gathering",
    "hunting-missing-updates",
    "hunting-network",
    "hunting-registry",
    "hunting-software",
    "info-gathering-export",
    "intune-defender-agents",
    "intune-devices",
    "intune-managed-devices",
    "machines-api",
    "missing-kbs",
    "portal-devices",
)


@pytest.mark.parametrize("name", FORMATS)
def test_each_fixture_is_recognised_as_what_it_is_and_as_nothing_else(name: str) -> None:
    read = []
    for path in sorted(Path(name).iterdir()):
        with contextlib.suppress(InputError):  # a defect
            read.append(read_one(path).file.format)
    assert set(read) == {name}
