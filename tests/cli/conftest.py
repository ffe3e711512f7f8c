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
