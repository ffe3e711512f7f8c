"""Runs the command line in this process, as a user would, and gives exit code and both streams."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from checker.cli.main import main

HEADER = (
    "Timestamp,DeviceId,DeviceName,OSPlatform,OSBuild,OsBuildRevision,OSVersionInfo,ClientVersion,ConnectivityType,"
    "OnboardingStatus,SensorHealthState,AvPlatformVersion,AvEngineVersion,AvSignatureVersion,AvMode"
)
GOOD = "Windows10,19045,3448,22H2,10.8760.19045.5608,,Onboarded,Active,4.18.24090.11,1.1.24090.11,1.421.818.0,0"
OLD = "Windows10,19045,100,22H2,10.7760.19045.5608,,Onboarded,Active,4.18.24090.11,1.1.24090.11,1.421.818.0,0"
MIGRATED = (
    "Windows11,22631,2715,23H2,10.8760.22631.1,Streamlined,Onboarded,Active,4.18.24090.11,1.1.24090.11,1.421.818.0,0"
)
PHONE = "Android,,,,,,Onboarded,Active,,,,"


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    def call(*args: object) -> Ran:
        monkeypatch.setattr("sys.argv", ["mde-readiness", *map(str, args)])
        with pytest.raises(SystemExit) as left:
            main()
            raise SystemExit(0)
        captured = capsys.readouterr()
        return Ran(int(left.value.code or 0), captured.out, captured.err)

    return call


@pytest.fixture
def export(tmp_path: Path) -> Callable[..., Path]:
    """Write a hunting export whose devices have these cells after Timestamp, DeviceId and DeviceName."""

    def write(*devices: str, name: str = "hunting.csv") -> Path:
        rows = [
            f"2026-11-20T10:00:00.1234567Z,{number:040x},ws-{number}.contoso.example,{cells}"
            for number, cells in enumerate(devices, start=1)
        ]
        path = tmp_path / name
        path.write_text("\r\n".join([HEADER, *rows, ""]), encoding="utf-8-sig", newline="")
        return path

    return write


@pytest.fixture
def urls(tmp_path: Path) -> Callable[..., Path]:
    """Write reachability rows in which devices 1..n reach the two core hosts by mdatp-grade evidence."""

    def write(devices: int, result: str = "reachable", status: str = "200") -> Path:
        hosts = ("edr-eus.us.endpoint.security.microsoft.com", "mdav.us.endpoint.security.microsoft.com")
        rows = [
            f"ws-{number}.contoso.example,https://{host}/test,443,sense,system_proxy,{result},{status},,2026-11-20T10:00:00Z,log"
            for number in range(1, devices + 1)
            for host in hosts
        ]
        path = tmp_path / "urls.csv"
        path.write_text(
            "device,url,port,method,via,result,http_status,error,tested_at,source\n" + "\n".join(rows) + "\n"
        )
        return path

    return write


WAVES = """\
waves:
  - name: pilot
    devices: {listed: [ws-1.contoso.example, ws-2.contoso.example]}
    tool: local-script
    starts: 2026-11-02
    gate: {ready: 100 %, guidance_days: 2000}
  - name: broad
    devices: {listed: [ws-3.contoso.example, ws-4.contoso.example]}
    tool: intune
    gate: {ready: 100 %, guidance_days: 2000}
  - name: kiosks
    devices: {listed: [kiosk-1.contoso.example]}
    gate: {guidance_days: 2000}
"""
WAIVER = """\
  - id: {id}
    rule: {rule}
    devices: {{listed: [ws-3.contoso.example]}}
    reason: The bench keeps its image until the contract ends.
    owner: Aoife Byrne, endpoint management
    approver: Nora Lind, security
    ticket: CHG-20311
    created: 2026-11-02
    expires: 2026-11-23
"""
# OLD fails these two; its device is ws-3 wherever WAVES are used
WAIVERS = f"waivers:\n{WAIVER.format(id='W-1', rule='sc.sense-min')}{WAIVER.format(id='W-2', rule='sc.windows-update')}"
ATTESTATIONS = """\
- fact: site.geo
  value: eu
  by: Nora Lind, tenant administrator
  evidence: Defender portal, read on 2026-11-02
  attested: 2026-11-02
  valid_until: 2027-11-02
"""
TAILORING = """\
profile: {name: current, reason: The proxies were opened by the list of 2026.}
rules:
  sc.sense-min: {severity: major, reason: The pilot showed it.}
"""


@pytest.fixture
def governing(tmp_path: Path) -> Callable[..., Path]:
    """Write a file that governs a run."""

    def write(text: str, name: str = "waves.yaml") -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def fleet(export: Callable[..., Path], urls: Callable[..., Path]) -> tuple[Path, Path]:
    """Write two READY devices, one that fails two blockers, one MIGRATED and a phone, with their URL tests."""
    return export(GOOD, GOOD, OLD, MIGRATED, PHONE), urls(4)
