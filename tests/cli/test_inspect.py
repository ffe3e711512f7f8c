"""``inspect`` as somebody with a new export sees it."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import GOOD, OLD, WAVES, Ran

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
    assert "4 rows = 1 device + 1 merged + 2 unmatched" in ran.out


def test_an_unrecognised_file_is_exit_2_and_says_what_to_do(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "odd.csv"
    path.write_text("colour,size\nred,1\n")
    ran = run("inspect", path)
    assert ran.code == 2
    assert "odd.csv" in ran.err
    assert f"inspect --draft-mapping {path}" in ran.err


def test_what_waves_and_waivers_ask_of_devices_is_read_and_said_to_be_for_them(run: Run, export: Write) -> None:
    lines = run("inspect", export(GOOD), "--as-of", "2026-11-23").out.splitlines()
    (name,) = (line for line in lines if "→ device.name" in line)
    (agent,) = (line for line in lines if "→ agent.version" in line)

    assert name.split() == ["DeviceName", "→", "device.name", "(for", "waves,", "waivers", "and", "attestations)"]
    assert "waves" not in agent
    assert not any("device.name" in line for line in lines[lines.index("Coverage: 1 device") :])


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
    settled = " ".join(lines[fleet + 2 : lines.index("", fleet)])
    assert "sc.platform-min" in settled.split(", ")[1:]
    assert "(mdatp" not in lines[own]  # which is not for Windows


def test_a_fact_of_one_device_does_not_hide_what_a_thousand_others_lack(
    run: Run, export: Write, tmp_path: Path
) -> None:
    path = tmp_path / "portal.csv"
    rows = "".join(f"{number:040x},pc-{number},Windows11,Onboarded\n" for number in range(100, 130))
    path.write_text(f"Device ID,Device Name,OS Platform,Onboarding Status\n{rows}")
    alone = run("inspect", path, "--as-of", "2026-11-23").out
    (tmp_path / "one.json").write_text(
        json.dumps(
            [
                {
                    "ComputerName": "pc-100",
                    "AMProductVersion": "4.18.2411.1",
                    "AMEngineVersion": "1.1.2411.1",
                    "AntivirusSignatureVersion": "1.421.1.0",
                    "AMRunningMode": "Normal",
                    "AMServiceEnabled": True,
                }
            ]
        )
    )
    both = run("inspect", path, tmp_path / "one.json", "--as-of", "2026-11-23").out

    for told in (alone, both):
        assert "One more export would settle most: Advanced hunting" in told
        assert re.search(r"open outcomes on 30 devices, [0-9,]+ of them of blockers:", told)
        assert "sc.platform-min" in told[told.index("One more export") :]


def test_rules_of_a_proxy_are_no_coverage_and_hide_no_export(run: Run, export: Write, tmp_path: Path) -> None:
    (tmp_path / "proxy.csv").write_text("pattern,action\n*.endpoint.security.microsoft.com,allow\n")
    told = run("inspect", export(GOOD), tmp_path / "proxy.csv", "--as-of", "2026-11-23").out

    (line,) = (line for line in told.splitlines() if line.startswith("  url.tests"))
    assert line.split(maxsplit=2)[1:] == ["0.0", "%  1 only by rules of a proxy, which prove nothing"]
    assert "sc.url-core" in told[told.index("One more, made on each device") :]


def test_evidence_alone_founds_no_device_and_says_so(run: Run, urls: Write) -> None:
    told = run("inspect", urls(2), "--as-of", "2026-11-23").out
    assert "No file founds a device: give an inventory" in told
    assert "One more" not in told


def test_long_lists_are_wrapped(run: Run, tmp_path: Path) -> None:
    titles = [f"Column number {number}" for number in range(40)]
    path = tmp_path / "portal.csv"
    path.write_text(
        f"Device ID,Device Name,OS Platform,Onboarding Status,{','.join(titles)}\n{'a' * 40},w,x,y{',' * 40}\n"
    )
    lines = run("inspect", path, "--as-of", "2026-11-23").out.splitlines()
    first = next(place for place, line in enumerate(lines) if line.startswith("    not read: "))

    assert max(map(len, lines)) <= 120
    assert all(title in " ".join(line.strip() for line in lines[first : first + 8]) for title in titles)
    assert lines[1].startswith("  recognised by")
    assert "  1 row = 1 device" in lines


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


EMPTY = Path(__file__).parents[2] / "fixtures" / "inventories" / "advanced-hunting" / "header-only.csv"


@pytest.mark.parametrize(
    "command",
    [
        ("inspect",),
        ("check",),
        ("plan",),
        ("explain", "ws-1"),
        ("explain", "--rule", "sc.sense-min"),
        ("attest", "--draft"),
        ("waves", "suggest"),
    ],
    ids=" ".join,
)
def test_an_inventory_without_records_holds_no_device_for_any_command(run: Run, command: tuple[str, ...]) -> None:
    ran = run(*command, EMPTY)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"{EMPTY}: holds no device to ")


def test_a_gate_without_records_holds_no_device(run: Run, tmp_path: Path) -> None:
    (tmp_path / "waves.yaml").write_text(WAVES, encoding="utf-8")
    ran = run("gate", "--waves", tmp_path / "waves.yaml", "--wave", "pilot", EMPTY)
    assert ran.code == 2
    assert "holds no device to judge" in ran.err
