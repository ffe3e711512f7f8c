"""``inspect`` as somebody with a new export sees it."""

import json
from collections.abc import Callable
from pathlib import Path

from tests.cli.conftest import GOOD, OLD, Ran

Run = Callable[..., Ran]
Write = Callable[..., Path]
DEVICE = "0" * 39 + "1"  # the first that ``export`` writes


def test_it_shows_format_columns_coverage_and_what_stays_undecided(run: Run, export: Write) -> None:
    ran = run("inspect", export(GOOD, OLD), "--as-of", "2026-11-23")
    assert ran.code == 0
    for text in (
        "advanced-hunting",
        "recognised by",
        "2 rows = 2 devices",
        "ClientVersion       → agent.version",
        "agent.version",
        "100.0 %",
        "sc.url-core",
        "url.tests",
    ):
        assert text in ran.out, text


def test_the_ledger_adds_up_with_evidence_for_unknown_devices(run: Run, export: Write, urls: Write) -> None:
    ran = run("inspect", export(GOOD), urls(2), "--as-of", "2026-11-23")
    assert "4 rows = 1 devices + 1 merged + 2 unmatched" in ran.out


def test_an_unrecognised_file_is_exit_2_and_says_what_to_do(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "odd.csv"
    path.write_text("colour,size\nred,1\n")
    ran = run("inspect", path)
    assert ran.code == 2
    assert "odd.csv" in ran.err
    assert "--read-as" in ran.err


def test_what_waves_and_waivers_ask_of_devices_is_read_and_said_to_be_for_them(run: Run, export: Write) -> None:
    lines = run("inspect", export(GOOD), "--as-of", "2026-11-23").out.splitlines()
    (name,) = (line for line in lines if "→ device.name" in line)
    (agent,) = (line for line in lines if "→ agent.version" in line)

    assert name.split() == ["DeviceName", "→", "device.name", "(for", "waves,", "waivers", "and", "attestations)"]
    assert "waves" not in agent
    assert not any("device.name" in line for line in lines[lines.index("Coverage: 1 devices") :])


def test_only_columns_that_map_to_nothing_are_not_read(run: Run, tmp_path: Path) -> None:
    columns = {"id": "0" * 39 + "1", "computerDnsName": "ws-1", "rbacGroupName": "Oslo", "riskScore": "Low"}
    path = tmp_path / "machines.json"
    path.write_text(json.dumps({"value": [{**columns, "osPlatform": "Windows11", "healthStatus": "Active"}]}))
    ran = run("inspect", path, "--as-of", "2026-11-23")

    assert [line.strip() for line in ran.out.splitlines() if "not read" in line] == ["not read: riskScore"]


def test_the_export_that_would_settle_most_is_named_for_the_systems_that_it_tells_of(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "portal.csv"
    path.write_text(f"Device ID,Device Name,OS Platform,Onboarding Status\n{'a' * 40},ws-1,Windows11,Onboarded\n")
    lines = run("inspect", path, "--as-of", "2026-11-23").out.splitlines()
    (fleet,) = (at for at, line in enumerate(lines) if line.startswith("One more export would settle most: "))
    (own,) = (at for at, line in enumerate(lines) if line.startswith("One more, made on each device, would settle"))

    assert "(advanced-hunting)" in lines[fleet]
    assert "sc.platform-min" in lines[fleet + 1].split(", ")[1:]
    assert "sc.sense-min" not in lines[own + 1] or "(mdatp" not in lines[own]  # which is not for Windows


def test_it_shows_which_formats_know_devices_together_and_an_example_of_each_conflict(
    run: Run, export: Write, tmp_path: Path
) -> None:
    row = {"id": DEVICE, "computerDnsName": "ws-1", "osPlatform": "WindowsServer2022", "onboardingStatus": "Onboarded"}
    path = tmp_path / "machines.json"
    path.write_text(json.dumps({"value": [row, {**row, "id": "b" * 40, "computerDnsName": "ws-2"}]}))
    lines = run("inspect", export(GOOD), path, "--as-of", "2026-11-23").out.splitlines()
    at = lines.index("Joined: devices by the formats that know them")

    assert lines[at + 1 : at + 3] == ["  1  advanced-hunting + machines-api", "  1  machines-api only"]
    (role,) = (place for place, line in enumerate(lines) if line.split()[:1] == ["os.role"] and "conflicting" in line)
    assert lines[role + 1].strip().startswith(f"for example {DEVICE}: client | server")
