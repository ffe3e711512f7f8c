"""What each export of one Windows device says, fact by fact, and what it must never say."""

# ruff: noqa: S104 - 0.0.0.0 is a version

import json
from typing import Any

import pytest

from checker.inventory.read import ReadOptions
from tests.inventory.records import facts, moment, read_one, rows

WS_0101 = "c5c712e1f2d899fd9751924c87e66e284378e6b2"
SKIP = ReadOptions(bad_rows="skip")


def kbs(*updates: str) -> str:
    return json.dumps(sorted(updates), separators=(",", ":"))


def of(found: list[dict[str, Any]], name: str) -> dict[str, str]:
    """Return the facts of the only record of a name."""
    (row,) = [row for row in found if row.get("name") == name]
    return facts(row)


HOTFIXES = {"WS-0101": ["KB5011048", "KB5006738", "KB5020953"], "WS-0102": ["KB2693643", "KB5011487"]}


@pytest.mark.parametrize(
    ("path", "devices"),
    [
        ("selected.csv", [*HOTFIXES, "SRV-0103"]),
        ("raw.csv", ["WS-0101"]),
        ("semicolon.csv", ["WS-0101"]),
        ("array.json", []),
        ("screen.txt", ["WS-0101"]),
    ],
)
def test_hotfixes_are_an_open_set_of_evidence(path: str, devices: list[str]) -> None:
    records = read_one(f"get-hotfix/{path}")
    assert not records.file.founds
    assert records.file.open_sets == {"updates.kbs"}
    found = rows(f"get-hotfix/{path}")
    assert {name for row in found for name in facts(row)} == {"updates.kbs"}
    assert not any("observed" in row for row in found)  # the day of an update is not that of the list
    for name in devices:
        said = {row["updates.kbs"] for row in found if row.get("name") == name and "updates.kbs" in row}
        assert said == {kbs(update) for update in HOTFIXES.get(name, ["KB5011503"])}


def test_what_is_no_update_says_nothing() -> None:
    assert facts(rows("get-hotfix/raw.csv")[-1]) == {}  # File 1


def test_a_name_that_the_screen_cut_off_is_none() -> None:
    cut = rows("get-hotfix/screen.txt")[3]
    assert facts(cut) == {"updates.kbs": kbs("KB2693643")}
    assert "name" not in cut


SYSTEMINFO = {
    "WS-0101.corp.contoso.example": {
        "os.family": "windows",
        "os.role": "client",
        "os.azure_stack_hci": "no",
        "os.build": "19045",
        "os.edition": "professional",
        "os.architecture": "x64",
        "updates.kbs": kbs("KB5011048", "KB5006738", "KB5020953"),
    },
    "WS-0102": {
        "os.family": "windows",
        "os.role": "client",
        "os.azure_stack_hci": "no",
        "os.build": "26100",
        "os.edition": "enterprise",
        "os.long_term": "yes",
        "os.architecture": "arm64",
        "updates.kbs": "",
    },
    "SRV-0103.corp.contoso.example": {
        "os.family": "windows",
        "os.role": "server",
        "os.azure_stack_hci": "no",
        "os.build": "17763",
        "os.edition": "datacenter",
        "os.architecture": "x64",
        "updates.kbs": kbs("KB5011503", "KB4457127"),
    },
    "SRV-0104.corp.contoso.example": {
        "os.family": "windows",
        "os.role": "server",
        "os.azure_stack_hci": "no",
        "os.build": "9600",
        "os.edition": "standard",
        "os.architecture": "x64",
        "updates.kbs": kbs("KB2919355"),
    },
}


def test_systeminfo_says_all_of_each_run_and_titles_that_come_again_are_no_device() -> None:
    """No revision is in it, and no time of its start: a local clock without a zone cannot be compared."""
    found = rows("systeminfo/runs.csv")
    assert {row["name"]: facts(row) for row in found} == SYSTEMINFO
    assert [row["line"] for row in found] == [3, 6, 9, 12]
    assert read_one("systeminfo/runs.csv").file.notices == (
        "is not UTF-8 and was read as code page 850: names with accents may be wrong",
    )


def test_an_edition_of_which_no_list_speaks_is_not_said() -> None:
    """Pro Education is not Pro."""
    (school,) = rows("systeminfo/one.csv")
    assert (school["os.architecture"], school["os.build"]) == ("x86", "19044")
    assert "os.edition" not in school


def test_get_computerinfo_of_windows_powershell() -> None:
    (found,) = rows("get-computerinfo/windows-powershell.json")
    assert (found["name"], found["observed"]) == ("WS-0101.corp.contoso.example", moment("2026-11-18 07:45:00"))
    assert facts(found) == {
        "device.booted_at": "2026-11-17T07:18:02.000000",
        "os.family": "windows",
        "os.role": "client",
        "os.build": "19045",
        "os.edition": "professional",
        "os.long_term": "no",
        "os.azure_stack_hci": "no",
        "os.architecture": "x64",
        "updates.kbs": kbs("KB5011048", "KB5006738", "KB5020953"),
    }


def test_get_computerinfo_of_powershell_7() -> None:
    """WindowsProductName says Windows 10 of this Windows 11, and WindowsVersion 2009: neither is read."""
    found = rows("get-computerinfo/powershell-7.json")
    laptop, core = of(found, "WS-0102.corp.contoso.example"), of(found, "srv-0103.corp.contoso.example")
    assert (laptop["os.build"], laptop["os.ubr"], laptop["os.version_name"]) == ("22631", "3880", "23H2")
    assert (laptop["os.edition"], laptop["os.architecture"]) == ("enterprise", "arm64")
    assert laptop["device.booted_at"] == "2026-11-17T07:18:02.500000"
    assert (core["os.role"], core["os.installation"], core["os.edition"]) == ("server", "core", "standard")
    assert "device.booted_at" not in core  # a time without a zone


def test_a_value_that_powershell_cut_short_is_told() -> None:
    path = "get-computerinfo/powershell-7.json"
    assert of(rows(path), "srv-0103.corp.contoso.example")["updates.kbs"] == kbs("KB5011497")
    assert read_one(path).file.notices == (
        "1 value is only PowerShell's short form of an object, '@{…}': export again with ConvertTo-Json -Depth 5",
    )


def test_get_computerinfo_without_elevation_states_blanks_and_no_name() -> None:
    (found,) = rows("get-computerinfo/not-elevated.json")
    assert {"name", "observed"}.isdisjoint(found)
    assert (found["os.edition"], found["os.role"], found["os.installation"]) == ("standard", "server", "desktop")
    assert found["os.build"] == ""


def test_get_computerinfo_as_csv_lost_its_lists_and_the_zone_of_its_times() -> None:
    found = rows("get-computerinfo/fleet.csv")
    assert [facts(row)["os.edition"] for row in found] == ["professional", "datacenter", "multi-session"]
    assert not any(name in row for row in found for name in ("updates.kbs", "device.booted_at"))


ANTIVIRUS = ("av.platform", "av.engine", "av.intelligence", "av.mode")


def test_antivirus_of_a_fleet() -> None:
    """0.0.0.0 is how Windows writes that there is none, which is not an old version."""
    found = rows("get-mpcomputerstatus/fleet.csv")
    current = ("4.18.24090.11", "1.1.24090.11", "1.421.818.0")
    assert {row.get("name"): tuple(row[name] for name in ANTIVIRUS) for row in found} == {
        "WS-0101": (*current, "active"),
        "WS-0102": ("4.18.2210.4", "1.1.19800.4", "1.421.818.0", "edr-block"),
        "SRV-0103": ("4.10.14393.0", *current[1:], "passive"),
        "SRV-0104": ("0.0.0.0", "0.0.0.0", "0.0.0.0", "disabled"),
        None: (*current, "disabled"),  # localhost is the name of no device
    }


@pytest.mark.parametrize(
    ("path", "name", "observed"),
    [
        ("windows-powershell.json", "WS-0101", None),
        ("without-name.json", None, None),
        ("collector.json", "WS-0101", moment("2026-11-18 07:45:00")),
        ("collector-nested.json", "WS-0102", moment("2026-11-18 07:45:00")),
    ],
)
def test_antivirus_of_one_device(path: str, name: str | None, observed: object) -> None:
    """No time in it is that of the command: it is undated unless a collector says when."""
    found = rows(f"get-mpcomputerstatus/{path}")[0]
    assert (found.get("name"), found.get("observed")) == (name, observed)
    assert tuple(found[fact] for fact in ANTIVIRUS[:3]) == ("4.18.24090.11", "1.1.24090.11", "1.421.818.0")


def test_what_a_collector_puts_beside_the_antivirus_is_read() -> None:
    first, second = rows("get-mpcomputerstatus/collector.json")
    assert (first["agent.version"], first["sensor.onboarding_state"]) == ("10.8760.22631.5608", "1")
    assert (second["agent.version"], second["av.engine"]) == ("", "0.0.0.0")


def test_a_registry_file_says_what_is_in_it() -> None:
    (found,) = rows("sense-registry/streamlined.reg")
    assert (found["mde_id"], found["line"]) == (WS_0101, 5)
    assert facts(found) == {
        "device.tags": '["Ring 1"]',
        "os.family": "windows",
        "os.role": "client",
        "os.build": "22631",
        "os.ubr": "3880",
        "os.version_name": "23H2",
        "os.edition": "enterprise",
        "os.long_term": "no",
        "sensor.onboarding_state": "1",
        "onboarding.status": "onboarded",
        "package.applied": "yes",
        "proxy.static_edr": "proxy.contoso.example:8080",
        "proxy.has_credentials": "no",
        "proxy.enterprise_auth_disabled": "yes",
        "proxy.prefer_static": "yes",
    }
    assert read_one("sense-registry/streamlined.reg").file.open_sets == {"device.tags"}


def test_onboarding_data_is_never_proof_that_streamlined_connectivity_works() -> None:
    """It changes before the restart that makes the sensor use it; of the standard package it is evidence."""
    for path in ("streamlined.reg", "query.txt", "item-property.json", "fleet.csv", "several.reg"):
        for row in rows(f"sense-registry/{path}"):
            assert row.get("connectivity.evidence") in (None, "", "standard")
            assert (row.get("package.applied") == "no") == (row.get("connectivity.evidence") == "standard")


def test_a_package_that_only_a_policy_holds_is_not_applied() -> None:
    (found,) = rows("sense-registry/standard.reg")
    assert (found["package.applied"], found["connectivity.evidence"]) == ("no", "standard")


def test_each_registry_file_in_a_file_is_a_record() -> None:
    first, second, third = rows("sense-registry/several.reg")
    assert (first["os.role"], first["os.ubr"], first["os.installation"]) == ("server", "2686", "desktop")
    assert (second["os.installation"], second["proxy.static_edr"]) == ("core", "proxy.contoso.example:3128")
    assert second["proxy.has_credentials"] == "yes"
    assert (third["sensor.onboarding_state"], third["os.long_term"]) == ("0", "yes")
    assert {"onboarding.status", "package.applied", "proxy.static_edr"}.isdisjoint(third)


def test_what_reg_query_prints_says_the_same_also_where_a_terminal_wrapped_it() -> None:
    (found,) = rows("sense-registry/query.txt")
    assert (found["os.ubr"], found["sensor.onboarding_state"], found["package.applied"]) == ("2686", "1", "yes")
    assert found["device.tags"] == '["Ring 2"]'


def test_each_computer_that_reg_query_asked_is_a_record() -> None:
    found = rows("sense-registry/query-remote.txt")
    assert [(row["name"], row["package.applied"]) for row in found] == [("WS-0101", "yes"), ("WS-0102", "no")]


def test_registry_values_as_powershell_saves_them() -> None:
    (one,) = rows("sense-registry/item-property.json")
    assert (one["mde_id"], one["package.applied"]) == (WS_0101, "yes")
    first, second, third = rows("sense-registry/fleet.csv")
    assert (first["os.edition"], first["package.applied"]) == ("enterprise", "yes")
    assert (second["package.applied"], second["connectivity.evidence"]) == ("no", "standard")
    assert (third["package.applied"], third["sensor.onboarding_state"]) == ("", "")
