"""``report`` writes any report of a result again, and prints its summary where nothing is to be written."""

from collections.abc import Callable
from pathlib import Path

from .conftest import GOOD, OLD, Ran


def stored(run: Callable[..., Ran], export: Callable[..., Path], folder: Path) -> tuple[Path, Ran]:
    tables = [f"-o{kind}:{folder / kind}.parquet" for kind in ("devices", "findings")]
    report = folder / "report.json"
    return report, run("check", export(GOOD, OLD), "--as-of", "2026-11-22", "-o", report, *tables)


def test_the_summary_is_as_it_was(run: Callable[..., Ran], export: Callable[..., Path], tmp_path: Path) -> None:
    report, before = stored(run, export, tmp_path)
    ran = run("report", report)

    assert (ran.code, ran.out, ran.err) == (0, before.out, "")


def test_a_report_is_written_and_nothing_printed(
    run: Callable[..., Ran], export: Callable[..., Path], tmp_path: Path
) -> None:
    report, _ = stored(run, export, tmp_path)
    ran = run("report", report, "-o", tmp_path / "problems.sarif")

    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert (tmp_path / "problems.sarif").stat().st_size


def test_a_plan_that_was_not_stored_is_not_made_up(
    run: Callable[..., Ran], export: Callable[..., Path], tmp_path: Path
) -> None:
    report, _ = stored(run, export, tmp_path)
    ran = run("report", report, "-o", f"plan:{tmp_path}/plan.csv")

    assert ran.code == 2
    assert "names no Parquet table of the plan" in ran.err
    assert not (tmp_path / "plan.csv").exists()


def test_the_tables_that_are_read_are_not_written_over(
    run: Callable[..., Ran], export: Callable[..., Path], tmp_path: Path
) -> None:
    report, _ = stored(run, export, tmp_path)
    before = (tmp_path / "devices.parquet").read_bytes()
    ran = run("report", report, "-o", f"devices:{tmp_path}/devices.parquet")

    assert ran.code == 2
    assert "is the input" in ran.err
    assert (tmp_path / "devices.parquet").read_bytes() == before


def test_what_is_no_result_is_refused(run: Callable[..., Ran], tmp_path: Path) -> None:
    ran = run("report", tmp_path / "nothing.json")

    assert ran.code == 2
    assert "there is no such file" in ran.err
