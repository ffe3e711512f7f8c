"""What files say of a device ends in the outcome that it must: the newest word counts, and none that was not said."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from checker.errors import InputError
from checker.options import Options
from checker.pipeline import check

AS_OF = date(2026, 11, 23)
ID = "a" * 40
EDR, MDAV = "edr-eus.us.endpoint.security.microsoft.com", "mdav.us.endpoint.security.microsoft.com"
HEADER = "Timestamp,DeviceId,DeviceName,OSPlatform,OSBuild,ClientVersion"
WINDOWS = f"{HEADER},OsBuildRevision\n2026-11-22T08:00:00Z,{ID},ws-1,Windows10,19045,10.8760.1.1,0\n"
LINUX = f"{HEADER}\n2026-11-05T08:00:00Z,{ID},lnx-1,Ubuntu,,30.124092.2.0\n"
MAC = f"{HEADER}\n2026-11-05T08:00:00Z,{ID},mac-1,macOS,,20.124092.2.0\n"
JAMF = "Computer Name,Operating System,Last Inventory Update,Defender for Endpoint - App Version\n"
TESTS = "device,url,method,via,result,http_status,tested_at\n"


def outcomes(folder: Path, files: Mapping[str, str], device: str, observed: str = "") -> dict[str, str]:
    """Return how a device of some files comes out by each rule; ``observed`` is a file of the day before."""
    for name, text in files.items():
        (folder / name).write_text(text)
    paths = tuple(str(folder / name) for name in files)
    dated = {str(folder / observed): datetime(2026, 11, 22, tzinfo=UTC)} if observed else {}
    with check(Options(paths, AS_OF, device=device, observed=dated)) as result:
        assert result.device is not None
        return dict(result.device.select("rule_id", "outcome").iter_rows())


NOT_INSTALLED = "mac-1,macOS 15.1,2026-11-22,Not Installed\n"
NATIVE = '{"mde_readiness": "device/v1", "device": "lnx-1", "collected_at": "2026-11-22T08:00:00Z", '
NATIVE += '"agent.version": "not installed", "agent.installed": false}\n'
PLATFORM = f"{HEADER},AvPlatformVersion\n2026-11-05T08:00:00Z,{ID},ws-1,Windows10,19045,10.8760.1.1,4.18.24090.11\n"
NO_ANTIVIRUS = '{"AMProductVersion": "0.0.0.0", "AMEngineVersion": "0.0.0.0", "AMServiceEnabled": false}'
GONE = {  # device, rule, what hunting said, and the file that says it is gone
    "a Mac in Jamf": ("mac-1", "sc.macos-agent-min", MAC, "jamf.csv", JAMF + NOT_INSTALLED),
    "rpm": ("lnx-1", "sc.linux-agent-min", LINUX, "lnx-1.txt", "package mdatp is not installed\n"),
    "dpkg": ("lnx-1", "sc.linux-agent-min", LINUX, "lnx-1.txt", "rc  mdatp  101.24082.0004  amd64  Microsoft\n"),
    "a collector": ("lnx-1", "sc.linux-agent-min", LINUX, "native.ndjson", NATIVE),
    "Windows without its antivirus": ("ws-1", "sc.platform-min", PLATFORM, "ws-1.json", NO_ANTIVIRUS),
}


@pytest.mark.parametrize("case", GONE)
def test_what_is_gone_does_not_pass_by_an_older_version(case: str, tmp_path: Path) -> None:
    device, rule, before, name, now = GONE[case]
    assert outcomes(tmp_path, {"hunt.csv": before}, device)[rule] == "PASS"
    assert outcomes(tmp_path, {"hunt.csv": before, name: now}, device, "" if "2026" in now else name)[rule] == "UNKNOWN"


def test_a_revision_of_0_is_none(tmp_path: Path) -> None:
    assert outcomes(tmp_path, {"hunt.csv": WINDOWS}, "ws-1")["sc.windows-update"] == "UNKNOWN"


def test_a_check_in_with_intune_is_no_word_of_the_sensor(tmp_path: Path) -> None:
    machines = (
        f'[{{"id": "{ID}", "computerDnsName": "ws-1", "osPlatform": "Windows10", "onboardingStatus": "Onboarded",'
    )
    machines += ' "healthStatus": "Active", "lastSeen": "2026-11-03T08:00:00Z"}]'
    intune = "Device ID,Device name,OS,Last check-in\n"
    intune += "00000001-0000-4000-8000-000000000000,ws-1,Windows,2026-11-22 10:00:00\n"
    found = outcomes(tmp_path, {"machines.json": machines, "intune.csv": intune}, "ws-1")
    assert found["sc.sensor-healthy"] == "FAIL"


def test_nobody_has_tried_a_pattern(tmp_path: Path) -> None:
    tried = TESTS + "".join(
        f"ws-1,https://{kind}-*.*.endpoint.security.microsoft.com,system,direct,reachable,200,2026-11-22T08:00:00Z\n"
        for kind in ("edr", "mdav")
    )
    assert outcomes(tmp_path, {"hunt.csv": WINDOWS, "urls.csv": tried}, "ws-1")["sc.url-core"] == "UNKNOWN"


ASKED = [
    ("go.microsoft.com", "reachable", "200", "08:00"),
    (EDR, "blocked", "407", "09:40"),
    (EDR, "blocked", "", "09:50"),
]
PROXY = {
    "silence later": (ASKED, "FAIL"),
    "not tested later": ([*ASKED, (EDR, "not_tested", "", "09:55")], "FAIL"),
    "an answer later": ([*ASKED, (EDR, "reachable", "404", "10:00")], "PASS"),
    "answers only": (ASKED[:1], "PASS"),
    "silence only": (ASKED[2:], "UNKNOWN"),
}


@pytest.mark.parametrize("split", [False, True])
@pytest.mark.parametrize("case", PROXY)
def test_that_a_proxy_asks_for_credentials_stands_until_something_answers(
    case: str, split: bool, tmp_path: Path
) -> None:
    tries, outcome = PROXY[case]
    lines = [
        f"ws-1,https://{host}/,system,system_proxy,{result},{status},2026-11-22T{clock}:00Z\n"
        for host, result, status, clock in tries
    ]
    parts = [[line] for line in lines] if split else [lines]
    files = {f"urls-{number}.csv": TESTS + "".join(part) for number, part in enumerate(parts)}
    assert outcomes(tmp_path, {"hunt.csv": WINDOWS, **files}, "ws-1")["sc.no-proxy-auth"] == outcome


OUTSIDE = {
    "DeviceCategory": "IoT",
    "IsExcluded": "True",
    "HostDeviceId": "b" * 40,
    "MergedToDeviceId": "b" * 40,
}


@pytest.mark.parametrize("column", OUTSIDE)
def test_who_is_out_of_scope_stays_so_when_the_row_is_old(column: str, tmp_path: Path) -> None:
    header, row = WINDOWS.splitlines()
    old = row.replace("2026-11-22", "2026-06-01")
    other = row.replace(ID, "c" * 40).replace("ws-1", "ws-2")
    (tmp_path / "hunt.csv").write_text(f"{header},{column}\n{old},{OUTSIDE[column]}\n{other},\n")
    with check(Options((str(tmp_path / "hunt.csv"),), AS_OF)) as result:
        assert (result.summary.inputs[0].out_of_scope, result.summary.inputs[0].devices) == (1, 1)


def test_the_newest_word_says_who_is_out_of_scope(tmp_path: Path) -> None:
    header, row = WINDOWS.splitlines()
    before = row.replace("2026-11-22", "2026-06-01")
    (tmp_path / "hunt.csv").write_text(f"{header},IsExcluded\n{before},True\n{row},False\n")
    with check(Options((str(tmp_path / "hunt.csv"),), AS_OF)) as result:
        assert result.summary.inputs[0].out_of_scope == 0


def test_an_agent_that_tells_its_expiry_is_not_judged_by_its_age(tmp_path: Path) -> None:
    health = 'app_version : "101.26012.0001"\nproduct_expiration : Apr 10, 2027 at 01:34:28 PM\n'
    health += f'edr_machine_id : "{ID}"\nhealthy : true\n'
    found = outcomes(tmp_path, {"hunt.csv": LINUX, "health.txt": health}, "lnx-1", "health.txt")
    assert found["sc.linux-agent-expired"] == "PASS"


@pytest.mark.parametrize("name", ["Windows 7 Professional", "Ubuntu 22.04"])
def test_no_other_system_is_taken_for_macos(name: str, tmp_path: Path) -> None:
    jamf = JAMF + f"pc-7,{name},2026-11-22,Not Installed\n"
    assert outcomes(tmp_path, {"jamf.csv": jamf}, "pc-7")["sc.platform-known"] == "UNKNOWN"


def test_a_list_of_computers_is_not_jamfs_for_its_name_and_system(tmp_path: Path) -> None:
    (tmp_path / "assets.csv").write_text(
        "Computer Name,Operating System,Operating System Version,Last Check-in\nWS-7,Windows 7,6.1.7601,2026-11-22\n"
    )
    with pytest.raises(InputError, match="no format"), check(Options((str(tmp_path / "assets.csv"),), AS_OF)):
        pass


STALE = ["UNKNOWN", "UNKNOWN"]
GATHERED = f"{HEADER},LastSeenTime,AvPlatformVersion,ClientVersionTime,InventoryRevision"


def gathered(name: str, seen: str, platform: str, built: str = "2026-11-22T08:00:00Z", revision: str = "") -> str:
    """Return a row of 22 November to which a query joined what was gathered on other days."""
    return f"2026-11-22T08:00:00Z,{ID},{name},Windows10,19045,10.8760.1.1,{seen},{platform},{built},{revision}\n"


def test_what_a_query_joined_to_a_row_is_as_old_as_it_was_when_it_was_gathered(tmp_path: Path) -> None:
    """Older than a report of Intune it loses to that; older than --max-age it is stale; the row itself stays new."""
    agents = "DeviceId,DeviceName,AntiMalwareVersion,EngineVersion,SignatureVersion,LastReportedDateTime\n"
    agents += "00000001-0000-4000-8000-000000000000,ws-1,4.18.2001.1,1.1.16000.1,1.381.1.0,2026-11-20T09:00:00Z\n"
    row = gathered("ws-1", "2026-11-19T10:00:00Z", "4.18.24090.11")
    found = outcomes(tmp_path, {"hunt.csv": f"{GATHERED}\n{row}", "agents.csv": agents}, "ws-1")
    assert (found["sc.platform-min"], found["sc.sensor-healthy"]) == ("FAIL", "UNKNOWN")
    row = gathered("ws-1", "2026-08-01T10:00:00Z", "4.18.24090.11", built="2026-08-01T10:00:00Z")
    found = outcomes(tmp_path, {"hunt.csv": f"{GATHERED}\n{row}"}, "ws-1")
    assert [found[rule] for rule in ("sc.platform-min", "sc.sense-min", "sc.platform-known")] == [*STALE, "PASS"]
    row = gathered("ws-1", "2026-11-19T10:00:00Z", "4.18.24090.11")
    found = outcomes(tmp_path, {"hunt.csv": f"{GATHERED}\n{row}"}, "ws-1")
    assert (found["sc.platform-min"], found["sc.sense-min"]) == ("PASS", "PASS")


@pytest.mark.parametrize(("revision", "outcome"), [("6456", "PASS"), ("2000", "FAIL"), ("2000 and 6456", "UNKNOWN")])
def test_a_revision_of_the_software_inventory_has_no_time_and_loses_to_any_that_has(
    revision: str, outcome: str, tmp_path: Path
) -> None:
    row = gathered("ws-1", "", "", revision=revision)
    assert outcomes(tmp_path, {"hunt.csv": f"{GATHERED}\n{row}"}, "ws-1")["sc.windows-update"] == outcome
    older = WINDOWS.replace("2026-11-22", "2026-11-01").replace(",0\n", ",2000\n")
    found = outcomes(tmp_path, {"hunt.csv": f"{GATHERED}\n{row}", "older.csv": older}, "ws-1")
    assert found["sc.windows-update"] == "FAIL"


def test_a_row_that_tells_of_two_times_is_one_row(tmp_path: Path) -> None:
    (tmp_path / "hunt.csv").write_text(f"{GATHERED}\n{gathered('ws-1', '2026-11-19T10:00:00Z', '4.18.24090.11')}")
    with check(Options((str(tmp_path / "hunt.csv"),), AS_OF)) as result:
        (tally,) = result.summary.inputs
        assert (tally.rows, tally.devices, tally.merged, tally.unmatched) == (1, 1, 0, 0)


@pytest.mark.parametrize(("platform", "waits"), [("macOS", False), ("Ubuntu", False), ("Windows10", True)])
def test_a_device_waits_for_nothing_that_cannot_decide_its_system(platform: str, waits: bool, tmp_path: Path) -> None:
    (tmp_path / "hunt.csv").write_text(f"{HEADER}\n2026-11-22T08:00:00Z,{ID},pc-1,{platform},,\n")
    with check(Options((str(tmp_path / "hunt.csv"),), AS_OF)) as result:
        (device,) = (row for frame in result.devices.frames() for row in frame.to_dicts())
    assert "agent.version" in device["undetermined_by"]
    assert ("os.build" in device["undetermined_by"]) is waits
