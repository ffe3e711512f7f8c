"""The Client Analyzers' ZIPs are read as they come from a device: what a check then knows of it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZipFile, ZipInfo

import pytest

from tests.cli.conftest import Ran
from tests.inventory.conftest import FIXTURES
from tests.inventory.evtx_writer import write_evtx

Run = Callable[..., Ran]
DAY = ("--as-of", "2026-11-20")
SECRETS = ("0b7f2f4e-1a55", "4d0c2f5e-6a0b")  # of organisation and tenant
LOGS = "SystemInfoLogs"
SYSTEM_EVENT = (
    '<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System><Provider Name="Control Manager"/>'
    '<EventID>7036</EventID><TimeCreated SystemTime="2026-11-17T07:00:00Z"/><EventRecordID>1</EventRecordID>'
    "<Channel>System</Channel><Computer>WS-0001</Computer></System></Event>"
)
UPDATES = (
    "\nSource        Description      HotFixID      InstalledBy          InstalledOn\n"
    "------        -----------      --------      -----------          -----------\n"
    "WS-0001       Update           KB5011048     NT AUTHORITY\\SYSTEM  2/14/2026 12:00:00 AM\n"
    "WS-0001       Security Update  KB5034765     NT AUTHORITY\\SYSTEM  3/12/2026 12:00:00 AM\n\n\n"
)
MITIGATION = (
    "Windows Registry Editor Version 5.00\n\n[HKEY_LOCAL_MACHINE\\SYSTEM\\Kernel]\n" + '"Options"=hex:00,00\n\n'
)
ONBOARDED = f'{{"orgId":"{SECRETS[0]}","partnerGeoLocation":"GW_US"}}\n'
HIVE = (
    "\n\n    Hive: HKEY_LOCAL_MACHINE\\SOFTWARE\n\n\nName      Property\n----      --------\nsvchost   Stack : 32768\n"
)


def fixture(path: str) -> bytes:
    return (FIXTURES / path).read_bytes()


def wide(text: str) -> bytes:
    """Return a text as PowerShell's Out-File writes it."""
    return b"\xff\xfe" + text.replace("\n", "\r\n").encode("utf-16-le")


WINDOWS = {
    "MDEClientAnalyzer.htm": b"<html><body>report</body></html>",
    f"{LOGS}\\MDEClientAnalyzer.xml": fixture("mde-analyzer/streamlined.xml"),
    f"{LOGS}\\MDEClientAnalyzer.txt": fixture("mde-analyzer-text/streamlined.txt"),
    f"{LOGS}\\MDEClientAnalyzer_User.txt": fixture("mde-analyzer-text/as-user.txt"),
    f"{LOGS}\\InstalledUpdates.txt": wide(UPDATES),
    f"{LOGS}\\RegOnboardedInfoCurrent.Json": wide(ONBOARDED),
    f"{LOGS}\\dsregcmd.txt": wide("\n+------+\n| Device State |\n+------+\n\n  AzureAdJoined : YES\n"),
    f"{LOGS}\\AddRemovePrograms.csv": b'"DisplayName","Publisher"\r\n"7-Zip","Contoso"\r\n',
    f"{LOGS}\\AddRemoveProgramsWOW64.csv": b"",
    f"{LOGS}\\IFEO.txt": wide(HIVE),
    f"{LOGS}\\CertValidate.log": wide("\n"),
    f"{LOGS}\\KernelProcessMitigation.reg": wide(MITIGATION),
    "EventLogs\\System.evtx": write_evtx([SYSTEM_EVENT]),
    "MdeConfigMgrLogs\\MdeConfigMgrRegInfo.txt": wide(f"reg info\n\nTenantId : {SECRETS[1]}\n"),
    "DefenderAV\\MpSupportFiles.cab": b"MSCF" + bytes(200),
    "NetTraces\\NetTrace.etl": b"\x01\x02\x03\x04" * 1024,
}
UNIX = {
    "report.html": b"<html></html>",
    "mde.xml": fixture("mde-analyzer-unix/linux.xml"),
    "events.xml": b'<events>\n  <event id="331004"><check_name>EDR Cloud Cyber</check_name></event>\n</events>\n',
    "health.txt": fixture("mdatp-health/linux.txt"),
    "log.txt": b"2026-11-17 14:46:54,123 - INFO - Executing connectivity test (this may take up to a minute)\n",
    "process_information.txt": b"UID PID\nroot 1\n",
    "auditd_info.txt": b"",
}
XML, TEXT = f"{LOGS}/MDEClientAnalyzer.xml", f"{LOGS}/MDEClientAnalyzer.txt"
WINDOWS_FACTS = {  # what a check knows, and the member that told it
    "agent.version": ("10.8760.22631.5608", XML),
    "analyzer.mode": ("onboarded", TEXT),
    "analyzer.streamlined_ok": ("yes", TEXT),
    "av.engine": ("1.1.24090.11", XML),
    "av.intelligence": ("1.421.818.0", XML),
    "av.mode": ("active", XML),
    "av.platform": ("4.18.24090.11", XML),
    "device.booted_at": ("2026-11-17T08:12:03+01:00", XML),
    "maps.connected": ("yes", XML),
    "onboarding.status": ("onboarded", XML),
    "os.build": ("22631", XML),
    "os.edition": ("enterprise", XML),
    "os.family": ("windows", XML),
    "os.role": ("client", XML),
    "os.ubr": ("3122", XML),
    "package.applied": ("yes", XML),
    "sensor.running": ("yes", XML),
    "updates.kbs": ('["kb5011048", "kb5034765"]', f"{LOGS}/InstalledUpdates.txt"),
}
UNIX_FACTS = {
    "agent.version": ("101.24092.0002", "mde.xml"),  # dated, so that it wins over health.txt
    "av.engine": ("1.1.24090.1001", "mde.xml"),
    "av.intelligence": ("1.421.818.0", "mde.xml"),
    "onboarding.status": ("onboarded", "mde.xml"),
    "os.family": ("linux", "mde.xml"),
    "os.kernel": ("6.5.0-1025-azure", "mde.xml"),
    "os.version": ("22.04", "mde.xml"),
    "agent.conflicting_applications": ("[]", "health.txt"),
}
ZIPS: dict[str, tuple[dict[str, bytes], dict[str, tuple[str, str]], str, str]] = {
    "windows": (WINDOWS, WINDOWS_FACTS, "6fadff662eec5315932af2c075ab612d7e67c6cf", "WS-0001"),
    "unix": (UNIX, UNIX_FACTS, "11ef23a35e5094e8ca91dbc4a8ca0f2cbff93503", "lnx-01.corp.contoso.example"),
}


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    """Write an archive whose members are called as they are given, backslashes and all."""
    with ZipFile(path, "w") as archive:
        for name, content in members.items():
            entry = ZipInfo()
            entry.filename = name
            archive.writestr(entry, content)
    return path


def known(findings: Path) -> dict[str, tuple[str, str]]:
    """Return the facts that the rules looked at, with the file of each, where they have a value that was read."""
    rules: list[dict[str, Any]] = [json.loads(line) for line in findings.read_text().splitlines()]
    evidence = [each for rule in rules for each in rule["evidence"] if each["value"] is not None and each["file"]]
    return {each["fact"]: (each["value"], each["file"]) for each in evidence}


@pytest.mark.parametrize("name", ZIPS)
def test_a_check_of_the_analyzers_zip_knows_the_device(name: str, run: Run, tmp_path: Path) -> None:
    members, facts, device_id, device_name = ZIPS[name]
    path = zipped(tmp_path / "Result.zip", members)
    found, devices, whole = (tmp_path / each for each in ("findings.ndjson", "devices.ndjson", "report.json"))
    outputs = [f"-ofindings:{found}", f"-odevices:{devices}", f"-ojson:{whole}"]
    ran = run("check", path, *DAY, "--all-outcomes", "--phase", "all", *outputs, "--quiet")
    assert ran.code in (1, 3), ran.err
    (device,) = map(json.loads, devices.read_text().splitlines())
    assert (device["device_id"], device["device_name"]) == (device_id, device_name)
    read = known(found)
    assert {fact: read.get(fact) for fact in facts} == {
        fact: (value, f"{path}/{of}") for fact, (value, of) in facts.items()
    }
    for text in (found.read_text(), devices.read_text(), whole.read_text(), ran.out, ran.err):
        assert not any(secret in text for secret in SECRETS)


def test_what_the_analyzer_keeps_beside_its_report_is_named_and_left(run: Run, tmp_path: Path) -> None:
    path = zipped(tmp_path / "Result.zip", WINDOWS)
    whole = tmp_path / "report.json"
    run("check", path, *DAY, f"-ojson:{whole}", "--quiet")
    inputs = json.loads(whole.read_text())["inputs"]
    formats = {item["path"].rpartition("/")[2]: item["format"] for item in inputs}
    assert formats == {
        "InstalledUpdates.txt": "get-hotfix",
        "MDEClientAnalyzer.txt": "mde-analyzer-text",
        "MDEClientAnalyzer.xml": "mde-analyzer",
        "MDEClientAnalyzer_User.txt": "mde-analyzer-text",
    }
    notices = [notice for item in inputs for notice in item["notices"]]
    assert [notice.partition(" ")[0] for notice in notices if "no format that is known" in notice] == ["12"]
