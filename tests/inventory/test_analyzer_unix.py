"""What the report of the Client Analyzer for macOS and Linux says."""

from pathlib import Path

import pytest

from tests.inventory.records import facts, moment, read_one, rows

FOLDER = "mde-analyzer-unix"
ORGANISATION = "0b7f2f4e"
SAID = {
    "linux.xml": {
        "os.family": "linux",
        "os.version": "22.04",
        "os.distribution": "ubuntu",
        "os.kernel": "6.5.0-1025-azure",
        "os.architecture": "x64",
        "agent.version": "101.24092.0002",
        "agent.installed": "yes",
        "agent.healthy": "yes",
        "onboarding.status": "onboarded",
        "av.engine": "1.1.24090.1001",
        "av.intelligence": "1.421.818.0",
    },
    "macos.xml": {
        "os.family": "macos",
        "os.version": "14.5",
        "os.architecture": "arm64",
        "agent.version": "101.98.30",
        "agent.installed": "yes",
        "agent.healthy": "no",
        "onboarding.status": "can-be-onboarded",
        "av.engine": "1.1.23070.1002",
        "av.intelligence": "1.395.227.0",
    },
    "no-mdatp.xml": {
        "os.family": "linux",
        "os.version": "7.9",
        "os.distribution": "redhatenterpriselinux",
        "os.kernel": "3.10.0-1160.el7.x86_64",
        "os.architecture": "x64",
        "agent.installed": "no",
    },
}
KEYS = {
    "linux.xml": ("11ef23a35e5094e8ca91dbc4a8ca0f2cbff93503", "lnx-01.corp.contoso.example"),
    "macos.xml": ("184677ce61a018b5337fbb27ec0ae045226aedbd", "Mac-01"),
    "no-mdatp.xml": (None, "lnx-02"),  # Python's "None" for a name is none
}


@pytest.mark.parametrize("name", SAID)
def test_a_report_says(name: str) -> None:
    (report,) = rows(f"{FOLDER}/{name}")
    assert (report.get("mde_id"), report["name"]) == KEYS[name]
    assert report["observed"].replace(microsecond=0) == moment("2026-11-17 14:46:54")
    assert facts(report) == SAID[name]


@pytest.mark.parametrize("name", SAID)
def test_a_time_in_utc_that_does_not_say_so_needs_no_notice(name: str) -> None:
    assert read_one(f"{FOLDER}/{name}").file.notices == ()


def test_the_organisation_stays_out() -> None:
    path = f"{FOLDER}/linux.xml"
    assert ORGANISATION in Path(path).read_text()
    assert ORGANISATION not in repr(read_one(path)) + repr(rows(path))


def test_reports_one_after_another_are_records_each(tmp_path: Path) -> None:
    path = tmp_path / "both.xml"
    path.write_text("".join(Path(f"{FOLDER}/{name}").read_text() for name in ("macos.xml", "linux.xml")))
    found = rows(path)
    assert [facts(row) for row in found] == [SAID["macos.xml"], SAID["linux.xml"]]
