"""The package as notebooks and services use it: files or frames in, frames and reports out, by the same run."""

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, cast

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import checker
from checker import check, load_packs, read_inventory
from checker.errors import CheckerError, UsageError
from checker.library import Settings
from tests.cli.conftest import GOOD, HEADER, OLD

ROOT = Path(__file__).parent.parent
FLEET = ROOT / "fixtures" / "fleets" / "contoso"
DAY = date(2026, 11, 23)
FRAMES: dict[str, Callable[[pl.DataFrame], Any]] = {
    "polars": lambda frame: frame,
    "lazy": pl.DataFrame.lazy,
    "pandas": lambda frame: pd.DataFrame(frame.to_dict(as_series=False)),
    "arrow": pl.DataFrame.to_arrow,
    "arrow batches": lambda frame: pa.table(frame).to_reader(),
}


@pytest.fixture
def hunting() -> pl.DataFrame:
    """Two devices as a query returns them; the second has an update too old."""
    titles = HEADER.split(",")
    rows = [
        ["2026-11-20T10:00:00.1234567Z", f"{number:040x}", f"ws-{number}.contoso.example", *cells.split(",")]
        for number, cells in enumerate((GOOD, OLD), start=1)
    ]
    return pl.DataFrame(rows, schema=titles, orient="row")


@pytest.mark.parametrize("kind", FRAMES)
def test_a_frame_of_any_library_is_judged_as_the_same_file_is(kind: str, hunting: pl.DataFrame, tmp_path: Path) -> None:
    file = tmp_path / "hunting.csv"
    hunting.write_csv(file)
    with check(file, as_of=DAY) as of_file, check({"hunting": FRAMES[kind](hunting)}, as_of=DAY) as of_frame:
        same = [name for name in of_file.devices.columns if name not in ("file", "line")]
        assert of_frame.devices.select(same).equals(of_file.devices.select(same))
        assert of_frame.findings["message"].equals(of_file.findings["message"])
        assert set(of_frame.devices["file"]) == {"hunting"}


def test_it_is_the_same_run_as_that_of_the_command_line(tmp_path: Path) -> None:
    asked = {name: FLEET / f"{name}.yaml" for name in ("attestations", "waivers", "waves")}
    with check(FLEET / "inventory", as_of=DAY, **cast("Settings", asked)) as checked:
        checked.write(str(tmp_path / "ours.json"))
    given = [part for name, file in asked.items() for part in (f"--{name}", str(file))]
    command = [sys.executable, "-m", "checker", "check", str(FLEET / "inventory"), *given, "--as-of", DAY.isoformat()]
    subprocess.run([*command, "--quiet", "-o", str(tmp_path / "theirs.json")], cwd=ROOT, check=False)
    assert (tmp_path / "ours.json").read_bytes() == (tmp_path / "theirs.json").read_bytes()


def test_tables_stay_after_the_check_is_closed_and_its_folder_goes() -> None:
    checked = check(FLEET / "inventory", as_of=DAY)
    parts = checked.result.devices.parts
    devices = checked.devices
    checked.close()
    assert devices.height == checked.devices.height == checked.summary.devices["total"]
    assert not any(part.exists() for part in parts)


def test_records_are_given_as_they_were_read(hunting: pl.DataFrame) -> None:
    records = read_inventory({"hunting": hunting})
    assert records["name"].to_list() == ["ws-1.contoso.example", "ws-2.contoso.example"]
    assert records["os.build"].to_list() == ["19045", "19045"]
    assert records.select("file", "format").unique().rows() == [("hunting", "advanced-hunting")]


def test_files_and_frames_are_read_together(hunting: pl.DataFrame) -> None:
    records = read_inventory([FLEET / "inventory" / "machines.json", hunting])
    assert records["file"].unique().sort().to_list()[-1] == "frame-2"


def test_packs_are_known_by_their_ids() -> None:
    packs = load_packs(as_of=DAY)
    assert list(packs) == ["streamlined-connectivity", "defender-for-business"]
    assert any(rule.id == "sc.url-core" for rule in packs["streamlined-connectivity"].rules)


@pytest.mark.parametrize("given", [42, [3.5], {"a": object()}])
def test_what_is_no_input_is_told(given: Any) -> None:  # noqa: ANN401
    with pytest.raises(UsageError, match="is neither a file nor a table"):
        check(given, as_of=DAY)


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(CheckerError) as found:
        check([tmp_path / "one.csv", tmp_path / "two.csv"], as_of=DAY)
    assert len(found.value.problems) == 2


def test_the_package_loads_nothing_until_it_is_asked() -> None:
    told = (
        "import json, sys, checker; "
        "print(json.dumps([part for part in ('polars', 'checker.library') if part in sys.modules]))"
    )
    ran = subprocess.run([sys.executable, "-c", told], cwd=ROOT, capture_output=True, check=True)
    assert json.loads(ran.stdout) == []
    assert set(checker.__all__) >= {"check", "load_packs", "read_inventory"}


def test_the_example_runs(tmp_path: Path) -> None:
    example = ROOT / "examples" / "fleet_review.py"
    command = [sys.executable, str(example), str(FLEET / "inventory")]
    environment = {"PYTHONPATH": str(ROOT), "PATH": ""}
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, env=environment, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert "sc.sense-min" in ran.stdout
    assert (tmp_path / "out" / "review.html").stat().st_size > 100_000
