"""From files of a device to what the rules of verification make of them: a row for each set of files."""

import shutil
from datetime import date, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest

from checker.decide.exit import Gate
from checker.options import Options
from checker.pipeline import check

ROOT = Path(__file__).parent.parent.parent
FIXTURES = ROOT / "fixtures" / "inventories"
PACK = ROOT / "rules" / "streamlined-connectivity"
RAN = datetime(2026, 11, 18, 12)  # noqa: DTZ001 - UTC, as records hold it

P, F, U, N = "PASS", "FAIL", "UNKNOWN", "NOT_APPLICABLE"
WINDOWS = (
    "verified", "package-applied", "rebooted-windows", "registry-not-proof", "event4-url", "event4-old-url",
    "event4-count", "event5-errors", "event-other-errors", "client-analyzer", "analyzer-mode", "maps-connection",
)  # fmt: skip
XPLAT = ("mdatp-geo", "mdatp-url-counts", "mdatp-standard-hosts", "curl-35-60", "xplat-analyzer")

WS, SRV, LNX = "6fadff662eec5315", "9d0c8b7a6f5e4d3c", "11ef23a35e5094e8"  # as Defender ids begin

# Files of a folder, and a part of the device's id -> outcomes of the rules above, in their order.
ON_WINDOWS: dict[tuple[str, ...], tuple[str, ...]] = {
    # a migrated device by its log alone, in each form of it
    ("ws-0001", "sense-events/wevtutil.xml"): (P, P, P, P, P, P, P, P, P, U, U, U),
    ("ws-0001", "sense-events/event-viewer.xml"): (P, P, P, P, P, P, P, P, P, U, U, U),
    ("ws-0001", "sense-events/saved.evtx"): (P, P, P, P, P, P, P, P, P, U, U, U),
    ("ws-0001", "sense-events/get-winevent.json"): (P, P, P, P, P, P, P, P, P, U, U, U),
    # the same, but its times name no zone: nothing is before or after the package
    ("ws-0001", "sense-events/get-winevent.csv"): (P, P, U, P, P, P, P, P, P, U, U, U),
    # the package waits for the restart; the new host is blocked
    ("ws-0002", "sense-events/wevtutil.xml"): (F, U, U, U, F, F, P, F, F, U, U, U),
    # offboarded: what it contacted before is no evidence
    ("srv-03", "sense-events/wevtutil.xml"): (U, P, U, U, P, U, P, P, P, U, U, U),
    # only some events were exported: what they leave out is not known
    ("ws-0001", "sense-events/only-events-4.xml"): (P, U, U, P, P, U, P, U, U, U, U, U),
    ("ws-0001", "sense-events/cut-at-start.xml"): (U, U, U, U, U, U, U, F, U, U, U, U),
    ("ws-0001", "sense-events/no-contact-since-start.xml"): (U, P, U, U, U, U, U, P, P, U, U, U),
    # the analyzer: a package in the registry is no proof, its absence is
    (WS, "mde-analyzer/streamlined.xml"): (U, P, U, U, U, U, U, U, U, U, N, P),
    (SRV, "mde-analyzer/standard-server.xml"): (F, F, U, N, U, U, U, U, U, U, U, N),
    (WS, "mde-analyzer-text/streamlined.txt"): (U, P, U, U, U, U, U, U, U, P, U, U),
    (WS, "mde-analyzer-text/one-host-blocked.txt"): (U, P, U, U, U, U, U, U, U, F, U, U),
}

# The log, the analyzer's report and its text beside each other are one device.
TOGETHER = (
    "sense-events/wevtutil-rooted-utf16.xml",
    "mde-analyzer/streamlined.xml",
    "mde-analyzer-text/streamlined.txt",
)

ON_LINUX: dict[tuple[str, ...], tuple[str, ...]] = {
    ("mdatp-health/linux.txt", "connectivity-test/streamlined.txt"): (U, P, P, P, U),
    ("mdatp-health/linux.txt", "connectivity-test/standard.txt"): (U, F, F, P, U),
    ("mdatp-health/linux.txt", "connectivity-test/blocked.txt"): (U, F, P, F, U),
    ("mdatp-health/linux.txt", "connectivity-test/analyzer-geo.txt"): (U, U, U, U, P),
    ("mdatp-health/linux.txt", "connectivity-test/analyzer-blocked.txt"): (U, U, U, U, F),
}


@cache
def findings(*names: str) -> pl.DataFrame:
    """Return the outcome of every rule of every device of a folder with these fixtures."""
    with TemporaryDirectory() as place:
        inside = Path(place) / "collected"
        inside.mkdir()
        for name in names:
            shutil.copy(FIXTURES / name, inside / name.replace("/", "-"))
        undated = [path for path in inside.iterdir() if path.name.startswith(("connectivity-test", "mdatp-health"))]
        options = Options(
            (place,),
            date(2026, 11, 23),
            pack=str(PACK),
            observed={str(path): RAN for path in undated},
            gate=Gate("all", "never"),
            all_outcomes=True,
        )
        with check(options) as result:
            return pl.concat(result.findings.frames())


def outcomes(device: str, *names: str) -> dict[str, str]:
    """Return the outcomes of a device, of whose id a part is given, by rule."""
    found = findings(*names)
    mine = found.filter(pl.col("device_id").cast(pl.String).str.contains(device, literal=True))
    return dict(zip(mine["rule_id"].cast(pl.String), mine["outcome"].cast(pl.String), strict=True))


def told(found: dict[str, str], rules: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(found[f"pm.{rule}"] for rule in rules)


@pytest.mark.parametrize(("device", "name"), ON_WINDOWS, ids=lambda part: part)
def test_what_a_file_of_windows_settles(device: str, name: str) -> None:
    assert told(outcomes(device, name), WINDOWS) == ON_WINDOWS[device, name]


def test_log_report_and_text_of_a_device_settle_together_what_none_settles_alone() -> None:
    assert told(outcomes(WS, *TOGETHER), WINDOWS) == (P, P, P, P, P, P, P, P, P, P, N, P)


@pytest.mark.parametrize("names", ON_LINUX, ids=lambda names: names[-1])
def test_what_files_of_linux_settle(names: tuple[str, ...]) -> None:
    assert told(outcomes(LNX, *names), XPLAT) == ON_LINUX[names]


@pytest.mark.parametrize(("name", "outcome"), [("maps-connected", P), ("maps-failed", F)])
def test_mpcmdrun_settles_the_rule_of_maps_by_its_place(name: str, outcome: str) -> None:
    found = outcomes(WS, "mde-analyzer-text/streamlined.txt", f"connectivity-test/{name}.txt")
    assert found["pm.maps-connection"] == outcome


def test_a_geography_alone_is_no_evidence_of_a_connection() -> None:
    found = outcomes("dd0f2e2a8ca748fd", "mdatp-health/details-edr-streamlined.txt")
    assert (found["pm.mdatp-geo"], found["pm.verified"]) == (P, U)
