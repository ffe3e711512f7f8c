"""Files for assessors from the command line: which device, when it is asked for, and the same from a stored result."""

from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import polars as pl
import pytest

from checker.reporters.assessors.xccdf import RESULTS, XMLNS

from .conftest import GOOD, Ran

Run = Callable[..., Ran]
TARGET = f"{{{XMLNS}}}TestResult/{{{XMLNS}}}target"
RESULT = f".//{{{XMLNS}}}rule-result"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["-o", "xccdf:device.xml"], "--output xccdf: tells of one device\n  hint: name it: check --device DEVICE"),
        (["--device", "pc-1"], "--device pc-1: is of no use: no report tells of one device\n  hint: add -o xccdf:FILE"),
        (["--device", "pc-1", "-o", "junit.xml"], "--device pc-1: is of no use"),
        (["--device", "", "-o", "xccdf:device.xml"], "is empty: is a variable not set?"),
        (["--device", "no-such", "-o", "xccdf:device.xml"], "--device no-such: no device goes by this id or name"),
    ],
)
def test_a_device_is_named_if_and_only_if_a_report_tells_of_one(
    words: list[str], message: str, run: Run, fleet: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = run("check", *map(str, fleet), "--as-of", "2026-11-23", "--quiet", *words)

    assert ran.code == 2
    assert message in ran.err
    assert not (tmp_path / "device.xml").exists()


def test_a_gate_and_a_plan_have_no_report_of_one_device(run: Run, fleet: tuple[Path, Path], tmp_path: Path) -> None:
    ran = run("plan", *map(str, fleet), "--as-of", "2026-11-23", "-o", f"xccdf:{tmp_path / 'device.xml'}")

    assert ran.code == 2
    assert "tells of one device" in ran.err


def test_every_outcome_of_the_device_stands_in_the_file(run: Run, fleet: tuple[Path, Path], tmp_path: Path) -> None:
    findings, device = tmp_path / "findings.parquet", tmp_path / "device.xml"
    wide = ("--all-outcomes", "--phase", "all", "--quiet", "--device", "WS-3")
    ran = run("check", *fleet, "--as-of", "2026-11-23", *wide, "-o", f"findings:{findings}", "-o", f"xccdf:{device}")
    root = ET.parse(device).getroot()  # noqa: S314 (of our own making)
    rows = pl.read_parquet(findings).filter(pl.col("device_name") == "ws-3.contoso.example")
    told = {each.attrib["idref"].rpartition("_")[2]: str(each[0].text) for each in root.iterfind(RESULT)}

    assert ran.code == 1
    assert root.findtext(TARGET) == "ws-3.contoso.example"
    assert len(rows) > 60
    assert {row["rule_id"]: RESULTS[row["outcome"]] for row in rows.iter_rows(named=True)}.items() <= told.items()
    assert "notselected" not in told.values()


def test_a_stored_result_of_every_outcome_gives_the_same_file(
    run: Run, fleet: tuple[Path, Path], tmp_path: Path
) -> None:
    tables = [f"-o{kind}:{tmp_path / kind}.parquet" for kind in ("devices", "findings")]
    files = ["-o", f"xccdf:{tmp_path / 'device.xml'}", "-o", f"oscal:{tmp_path / 'oscal.json'}", "--device", "ws-1"]
    report = tmp_path / "report.json"
    run("check", *fleet, "--as-of", "2026-11-23", "--all-outcomes", "--quiet", "-o", report, *tables, *files)
    first = {name: (tmp_path / name).read_bytes() for name in ("device.xml", "oscal.json")}
    ran = run("report", report, *files)

    assert (ran.code, ran.err) == (0, "")
    assert first == {name: (tmp_path / name).read_bytes() for name in first}


def test_a_stored_result_of_problems_alone_says_what_it_lacks(
    run: Run, fleet: tuple[Path, Path], tmp_path: Path
) -> None:
    tables = [f"-o{kind}:{tmp_path / kind}.parquet" for kind in ("devices", "findings")]
    run("check", *fleet, "--as-of", "2026-11-23", "--quiet", "-o", tmp_path / "report.json", *tables)
    ran = run("report", tmp_path / "report.json", "-o", f"xccdf:{tmp_path / 'device.xml'}", "--device", "ws-1")

    assert ran.code == 2
    assert "the result holds only its problems, not every outcome" in ran.err
    assert "--all-outcomes" in ran.err


def test_a_pack_without_controls_has_no_assessment(run: Run, export: Callable[..., Path], tmp_path: Path) -> None:
    pack = Path(__file__).parents[2] / "fixtures/packs/valid/smallest"
    inventory = export(GOOD)
    ran = run("check", inventory, "--as-of", "2026-11-23", "--pack", pack, "-o", f"oscal:{tmp_path / 'oscal.json'}")

    assert ran.code == 2
    assert "no rule of this run is evidence on a control" in ran.err


def test_a_rule_shows_its_controls(run: Run) -> None:
    assert "Controls\n  [si-2] Flaw Remediation: " in run("rules", "show", "sc.sense-min").out
    assert "Controls\n  none: " in run("rules", "show", "mdb.path-selection").out
