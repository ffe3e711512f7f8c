"""What the native form says, fact by fact: files as the Windows collector writes them, and home-made ones."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from checker.facts.moments import read_time
from checker.inventory.identified import UNKNOWN
from checker.inventory.identify import identify
from checker.inventory.mapping_files import mappings
from checker.inventory.read import ReadOptions
from tests.collectors.machine import ROOT
from tests.inventory.records import facts, moment, read_one, rows

NATIVE = ROOT / "fixtures" / "inventories" / "native"
TIMES = ("device.booted_at", "agent.restarted_at", "package.applied_at")


def said(row: dict[str, Any]) -> dict[str, Any]:
    """Return the facts of a record, its times as times."""
    return {name: read_time(text) if name in TIMES else text for name, text in facts(row).items()}


def test_a_streamlined_windows_11_says_all_that_the_collector_gathers() -> None:
    first = rows(NATIVE / "windows-11.ndjson")[0]
    assert (first["name"], first["observed"]) == ("WS-0142", moment("2026-11-20 08:15:30"))
    assert first["mde_id"] == "8171282464c6b093f88bcb352778b0bd6a7bb621"
    assert first["entra_id"] == "3b1f0a52-7c1d-4e0e-9f55-0d2a51c6e142"
    assert said(first) == {
        "os.family": "windows",
        "os.build": "22631",
        "os.ubr": "4460",
        "os.version_name": "23H2",
        "os.edition": "enterprise",
        "os.role": "client",
        "os.long_term": "no",
        "os.azure_stack_hci": "no",
        "os.architecture": "x64",
        "device.booted_at": moment("2026-11-19 06:02:11"),
        "device.join_type": "hybrid-joined",
        "device.enrolled_mdm": "yes",
        "device.ipv4": "yes",
        "device.last_seen": "2026-11-20",
        "hardware.cores": "8",
        "hardware.memory_mb": "16251",
        "updates.kbs": '["KB5044285","KB5046538","KB5046633"]',
        "agent.version": "10.8760.22621.4317",
        "agent.mma_installed_sensor": "no",
        "sensor.running": "yes",
        "sensor.onboarding_state": "1",
        "onboarding.status": "onboarded",
        "package.applied": "yes",  # and no word of the connection: the registry changes before the restart
        "av.platform": "4.18.24090.11",
        "av.engine": "1.1.24090.11",
        "av.intelligence": "1.421.818.0",
        "av.mode": "active",
        "proxy.static_edr": "proxy.contoso.example:8080",
        "proxy.enterprise_auth_disabled": "yes",
        "proxy.prefer_static": "no",
    }


def test_a_server_core_on_standard_connectivity_says_so() -> None:
    server, *tests = rows(NATIVE / "windows-server-2019.ndjson")
    assert (server["os.role"], server["os.installation"], server["os.edition"]) == ("server", "core", "standard")
    assert (server["package.applied"], server["connectivity.evidence"]) == ("no", "standard")
    assert (server["device.join_type"], server["av.mode"]) == ("domain-joined", "edr-block")
    assert server["updates.kbs"] == '["KB5044277"]'  # one update is no list in PowerShell
    assert server["proxy.static_edr"] == ""  # stated: there is none
    assert "proxy.prefer_static" not in server
    tries = [json.loads(test["url.tests"])[0] for test in tests]
    found = {(each["host"], each["port"]): (each["result"], each["status"], each["error"]) for each in tries}
    assert found["mdav.eu.endpoint.security.microsoft.com", 443] == ("blocked", 0, "timeout")
    assert found["edr-neu3.eu.endpoint.security.microsoft.com", 443] == ("tls_error", 0, "certificate")
    assert found["catalog.s.download.windowsupdate.com", 443] == ("", 0, "dns")
    assert found["crl.microsoft.com", 80] == ("", 200, "")
    assert {(each["method"], each["via"]) for each in tries} == {("system", "direct")}


def test_a_device_that_is_not_onboarded_is_known_by_its_other_keys_in_utf_16_too() -> None:
    (laptop,) = rows(NATIVE / "windows-10-not-onboarded.ndjson")
    assert (laptop["name"], laptop["entra_id"]) == ("LAP-NAÏVE'S", "9d1c2f88-0f6e-4b39-8d1a-2be2b1a7c300")
    assert "mde_id" not in laptop
    assert (laptop["onboarding.status"], laptop["sensor.onboarding_state"]) == ("can-be-onboarded", "0")
    assert (laptop["os.edition"], laptop["os.architecture"]) == ("home", "arm64")
    assert (laptop["device.join_type"], laptop["av.mode"]) == ("entra-registered", "disabled")
    assert not {"package.applied", "connectivity.evidence", "device.last_seen"} & laptop.keys()


def test_a_home_made_file_may_be_any_json_and_null_says_nothing() -> None:
    by_id, by_name, test = rows(NATIVE / "home-made.json")
    assert by_id["mde_id"] == "ddcf5210b82be5c284a2ed182b668cd4ed0d3b9b"
    assert "name" not in by_id
    assert by_id["observed"] == moment("2026-11-20 09:00:00")
    assert said(by_id) == {
        "os.family": "linux",
        "os.distribution": "oraclelinux",
        "os.version": "9.4",
        "device.tags": '["Ring 2","web"]',
    }
    assert said(by_name) == {
        "os.family": "macos",
        "os.version": "15.1",
        "mdatp.geo": "",  # "none" states that there is none, as an empty list does
        "agent.conflicting_applications": "[]",
        "proxy.kind": "none",
        "proxy.has_credentials": "no",
        "proxy.static_edr": "proxy.contoso.example:8080",
    }
    assert by_name["name"] == test["name"] == "build-07"
    assert facts(test).keys() == {"url.tests"}


def test_lists_of_updates_and_tags_may_lack_some() -> None:
    assert read_one(NATIVE / "windows-11.ndjson").file.open_sets == {"updates.kbs"}
    assert read_one(NATIVE / "home-made.json").file.open_sets == {"device.tags"}


@pytest.mark.parametrize("value", [None, "", "  ", {}, "null", "N/A"])
@pytest.mark.parametrize(
    "fact", ["agent.conflicting_applications", "mdatp.geo", "proxy.static_edr", "mdatp.test_failed", "agent.expires"]
)
def test_a_blank_is_never_the_statement_that_there_is_none(tmp_path: Path, fact: str, value: object) -> None:
    path = tmp_path / "x.ndjson"
    path.write_text(json.dumps({"mde_readiness": "device/v1", "device": "a", "os.build": 1, fact: value}) + "\n")
    assert fact not in rows(path)[0]


def test_a_line_without_a_url_says_nothing_of_urls(tmp_path: Path) -> None:
    path = tmp_path / "x.ndjson"
    lines = [{"mde_readiness": "device/v1", "device": "a", "url": url, "result": "reachable"} for url in (None, "b.c")]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    first, second = rows(path)
    assert "url.tests" not in first
    assert '"host":"b.c"' in second["url.tests"]


@pytest.mark.parametrize(
    ("device", "mde_id", "known"),
    [
        ("a" * 40, None, ("a" * 40, None)),
        ("ws", "B" * 40, ("b" * 40, "ws")),
        ("a" * 40, "b" * 40, ("b" * 40, None)),
        ("ws", "0" * 40, (None, "ws")),
        ("ws", "no id", (None, "ws")),
    ],
)
def test_a_device_is_a_name_or_an_id_and_an_id_of_its_own_wins(
    tmp_path: Path,
    device: str,
    mde_id: str | None,
    known: tuple[str | None, str | None],
) -> None:
    path = tmp_path / "x.ndjson"
    path.write_text(json.dumps({"mde_readiness": "device/v1", "device": device, "mde_id": mde_id, "os.build": 1}))
    (row,) = rows(path)
    assert (row.get("mde_id"), row.get("name")) == known


def test_what_is_no_word_of_the_catalogue_stays_as_it_stands_to_be_unreadable(tmp_path: Path) -> None:
    path = tmp_path / "x.ndjson"
    line = {"mde_readiness": "device/v1", "device": "a", "os.build": "many", "sensor.running": "perhaps"}
    path.write_text(json.dumps(line))
    assert facts(rows(path)[0]) == {"os.build": "many", "sensor.running": "perhaps"}


def test_tests_of_urls_without_the_mark_stay_another_format() -> None:
    assert read_one(ROOT / "fixtures/inventories/url-tests/valid.jsonl").file.format == "url-tests"
    assert read_one(NATIVE / "home-made.json").file.format == "native"


def test_credentials_in_a_proxy_never_enter_a_record() -> None:
    assert "hunter2" in (NATIVE / "home-made.json").read_text()
    assert "hunter2" not in str(rows(NATIVE / "home-made.json"))


def test_the_guide_names_every_fact_and_key_of_the_form() -> None:
    guide = (ROOT / "docs" / "collectors.md").read_text(encoding="utf-8")
    (table,) = re.findall(r"\| facts \| values \|\n\|---\|---\|\n(.*?)\n\n", guide, re.DOTALL)
    named = [name for line in table.splitlines() for name in re.findall(r"`([a-z]+\.[a-z0-9_]+)`", line)]
    product = mappings()["native"]
    assert sorted(named) == sorted(product.facts.keys() - {"url.tests"})
    for key in (*product.observed, *(title for titles in product.keys.values() for title in titles)):
        assert f"`{key}`" in guide


def test_the_examples_of_the_guide_are_read(tmp_path: Path) -> None:
    guide = (ROOT / "docs" / "collectors.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```json\n(.*?)```", guide, re.DOTALL)
    path = tmp_path / "x.ndjson"
    path.write_text(example)
    assert [facts(row).keys() for row in rows(path)] == [{"os.build", "os.ubr"}, {"url.tests"}]


@pytest.mark.parametrize("wanted", [None, frozenset({"os.build"}), frozenset({"url.tests"})])
def test_tests_of_urls_found_no_device_whatever_is_asked_for(wanted: frozenset[str] | None) -> None:
    """What a device is does not hang on the facts that a run needs."""
    alone = read_one(NATIVE / "urls-alone.ndjson", ReadOptions(wanted=wanted))
    found = identify([alone])
    assert not alone.file.founds
    assert (found.device_ids.to_list(), found.device.tolist()) == ([], [-1, -1])
    assert [(item.key, item.reason) for item in found.unmatched] == [("name:ws-0143", UNKNOWN)]


def test_tests_of_urls_join_the_device_that_a_line_of_facts_founds(tmp_path: Path) -> None:
    path = tmp_path / "two.ndjson"
    facts_line = '{"mde_readiness":"device/v1","device":"ws-0143","os.build":"22631"}\n'
    other = '{"mde_readiness":"device/v1","device":"ws-0199","url":"https://go.microsoft.com/","result":"reachable"}\n'
    path.write_text((NATIVE / "urls-alone.ndjson").read_text() + facts_line + other)
    read = read_one(path)
    found = identify([read])
    assert read.file.founds
    assert (found.device_ids.to_list(), found.device.tolist()) == (["name:ws-0143"], [0, 0, 0, -1])


def test_a_line_of_another_version_is_set_aside_where_that_is_asked_for() -> None:
    read = read_one(NATIVE / "newer-version.ndjson", ReadOptions(bad_rows="skip"))
    assert [row["name"] for row in rows(NATIVE / "newer-version.ndjson", ReadOptions(bad_rows="skip"))] == [
        "WS-0144",
        "WS-0146",
    ]
    assert [(item.row, item.line, item.text) for item in read.rejected] == [(2, 2, "")]
    assert read.rows == 3
