"""From the files of the collectors, in one folder, to the verdict."""

import csv
import json
import sys
from pathlib import Path

import pytest

from checker.cli.main import main
from tests.collectors.machine import CONNECTIVITY, HEALTH, PLAIN, ROOT, linux
from tests.collectors.test_native import NATIVE

ATTESTATIONS = ROOT / "fixtures" / "fleets" / "contoso" / "attestations.yaml"
CURRENT = "101.26082.0004"  # of August 2026: an agent lives about nine months


def judged(monkeypatch: pytest.MonkeyPatch, folder: Path, *options: str) -> dict[str, dict[str, str]]:
    """Return the devices of a folder, by name, as ``check`` reports them."""
    table = folder.parent / "devices.csv"
    given = ["check", str(folder), "--as-of", "2026-11-23", "--fail-on", "never", "--quiet", *options]
    monkeypatch.setattr(sys, "argv", ["mde-readiness", *given, "-o", f"devices:{table}"])
    with pytest.raises(SystemExit) as left:
        main()
    assert not left.value.code
    with table.open(newline="", encoding="utf-8-sig") as lines:
        return {device["device_name"]: device for device in csv.DictReader(lines)}


def collected(tmp_path: Path, health: str, plain: str = PLAIN) -> Path:
    """Return the folder of what the collector writes on a Linux device, with nothing on its way."""
    folder = tmp_path / "collected"
    folder.mkdir()
    machine = linux(folder, **{"mdatp health": health, "mdatp health --output json": plain})
    machine.says["mdatp connectivity test"] = "\n".join(CONNECTIVITY.splitlines()[:2]) + "\n"
    assert machine.collect("-g", "eu", "-o", "..").returncode == 0
    only = tmp_path / "inventory"
    only.mkdir()
    (tmp_path / "lnx-07.contoso.example.ndjson").rename(only / "lnx-07.contoso.example.ndjson")
    return only


def test_a_linux_device_is_ready_by_its_collector_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = collected(tmp_path, HEALTH.replace("101.24082.0004", CURRENT))
    (device,) = judged(monkeypatch, folder).values()
    assert (device["readiness"], json.loads(device["failed"])) == ("READY", [])


def test_it_is_not_ready_with_an_agent_that_has_expired(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (device,) = judged(
        monkeypatch, collected(tmp_path, HEALTH, PLAIN.replace("1812634468000", "1781098468000"))
    ).values()
    assert (device["readiness"], json.loads(device["failed"])) == ("NOT_READY", ["sc.linux-agent-expired"])


def test_a_folder_of_windows_devices_is_judged_each_by_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "inventory"
    folder.mkdir()
    for sample in NATIVE.glob("windows-*.ndjson"):
        (folder / sample.name).write_bytes(sample.read_bytes())
    found = judged(monkeypatch, folder, "--attestations", str(ATTESTATIONS))
    assert {name: device["readiness"] for name, device in found.items()} == {
        "WS-0142": "READY",
        "SRV-DC01": "NOT_READY",
        "LAP-NAÏVE'S": "UNDETERMINED",
    }
    assert {"sc.url-core", "sc.no-tls-inspection"} <= set(json.loads(found["SRV-DC01"]["failed"]))


def test_without_the_word_that_nothing_inspects_windows_stays_undetermined(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A request of the system proves no pinned certificate: a proxy that inspects, and is trusted, answers it, too."""
    folder = tmp_path / "inventory"
    folder.mkdir()
    (folder / "a.ndjson").write_bytes((NATIVE / "windows-11.ndjson").read_bytes())
    (device,) = judged(monkeypatch, folder).values()
    assert device["readiness"] == "UNDETERMINED"
    assert json.loads(device["undetermined_by"]) == ["site.tls_inspection"]
