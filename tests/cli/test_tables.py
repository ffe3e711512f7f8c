"""Tables from the command line: exact unless they are for Excel, and with the rows that were set aside."""

import csv
import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import polars as pl
import pytest

from checker.reporters.tables.csv import BOM

from .conftest import GOOD, HEADER, OLD, Ran

Run = Callable[..., Ran]
Write = Callable[..., Path]
AS_OF = ("--as-of", "2026-11-22")
EVIL = "=HYPERLINK(1)"


@pytest.fixture
def evil(export: Write) -> Path:
    """Write an export with a device whose name is a formula."""
    path = export(GOOD, OLD)
    path.write_text(path.read_text().replace("ws-1.contoso.example", EVIL))
    return path


def names(content: bytes) -> list[str]:
    return [row["device_name"] for row in csv.DictReader(StringIO(content.decode(), newline=""))]


@pytest.mark.parametrize("command", [("check",), ("plan",), ("report",)])
@pytest.mark.parametrize("kind", ["devices", "plan"])
def test_csv_is_exact_unless_it_is_for_excel(
    command: tuple[str, ...], kind: str, run: Run, evil: Path, tmp_path: Path
) -> None:
    source: tuple[object, ...] = (evil, *AS_OF)
    if command == ("report",):
        tables = [f"-o{name}:{tmp_path / name}.parquet" for name in ("devices", "findings", "plan")]
        run("check", evil, *AS_OF, "-o", tmp_path / "report.json", *tables)
        source = (tmp_path / "report.json",)
    run(*command, *source, f"-o{kind}:{tmp_path / 'exact.csv'}")
    run(*command, *source, f"-o{kind}:{tmp_path / 'safe.csv'}", "--excel-safe")
    exact, safe = (tmp_path / "exact.csv").read_bytes(), (tmp_path / "safe.csv").read_bytes()
    assert EVIL in names(exact)
    assert safe.startswith(BOM)
    assert f"'{EVIL}" in names(safe.removeprefix(BOM))
    assert len(safe) == len(exact) + len(BOM) + 1


def test_a_gate_writes_for_excel_too(run: Run, evil: Path, tmp_path: Path) -> None:
    waves = tmp_path / "waves.yaml"
    waves.write_text("waves:\n  - {name: pilot, devices: all, gate: {ready: 50 %}}\n")
    out = tmp_path / "devices.csv"
    run("gate", evil, *AS_OF, "--waves", waves, "--wave", "pilot", "--excel-safe", f"-odevices:{out}")
    assert f"'{EVIL}" in names(out.read_bytes().removeprefix(BOM))


def test_the_report_names_tables_that_can_be_read_back_only(run: Run, evil: Path, tmp_path: Path) -> None:
    outputs = [f"-oplan:{tmp_path / f'plan.{ending}'}" for ending in ("csv", "md", "xlsx", "parquet")]
    run("check", evil, *AS_OF, "-o", tmp_path / "report.json", *outputs)
    told = json.loads((tmp_path / "report.json").read_text())
    assert [(table["kind"], table["path"]) for table in told["tables"]] == [("plan", "plan.parquet")]


def test_a_plan_that_was_stored_is_worded_later(run: Run, evil: Path, tmp_path: Path) -> None:
    tables = [f"-o{name}:{tmp_path / name}.parquet" for name in ("devices", "findings", "plan")]
    run("check", evil, *AS_OF, "-o", tmp_path / "report.json", *tables, f"-oplan:{tmp_path / 'then.csv'}")
    ran = run("report", tmp_path / "report.json", f"-oplan:{tmp_path / 'later.csv'}")
    assert (ran.code, ran.err) == (0, "")
    assert (tmp_path / "later.csv").read_bytes() == (tmp_path / "then.csv").read_bytes()


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """Write an export with a row that has too few fields."""
    path = tmp_path / "broken.csv"
    path.write_text(f"{HEADER}\n2026-11-20T10:00:00Z,{1:040x},ws-1.contoso.example,{GOOD}\n=1+1,short\n")
    return path


@pytest.mark.parametrize("ending", ["csv", "ndjson"])
def test_rows_that_were_set_aside_are_kept(ending: str, run: Run, broken: Path, tmp_path: Path) -> None:
    out = tmp_path / f"rejected.{ending}"
    run("check", broken, *AS_OF, "--bad-rows", "skip", f"-orejected:{out}")
    frame = pl.read_csv(out) if ending == "csv" else pl.read_ndjson(out)
    (row,) = frame.iter_rows(named=True)
    assert (row["file"], row["line"], row["record"]) == (broken.as_posix(), 3, 2)
    assert "has 2 fields, too few" in row["reason"]
    assert row["text"] == "…,…"


def test_rows_that_were_set_aside_are_safe_for_excel(run: Run, broken: Path, tmp_path: Path) -> None:
    out = tmp_path / "rejected.csv"
    broken.write_text(broken.read_text().replace(",", "\t").replace("=1+1", ""))
    run("check", broken, *AS_OF, "--bad-rows", "skip", "--excel-safe", f"-orejected:{out}")
    assert "'\t…" in out.read_text(encoding="utf-8")


def test_rows_that_a_result_only_counts_are_not_made_up(run: Run, broken: Path, tmp_path: Path) -> None:
    tables = [f"-o{name}:{tmp_path / name}.parquet" for name in ("devices", "findings")]
    run("check", broken, *AS_OF, "--bad-rows", "skip", "-o", tmp_path / "report.json", *tables)
    ran = run("report", tmp_path / "report.json", f"-orejected:{tmp_path / 'rejected.csv'}")
    assert ran.code == 2
    assert "counts the rejected rows" in ran.err
    assert not (tmp_path / "rejected.csv").exists()
