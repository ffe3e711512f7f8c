"""A result is read back whole, from Parquet and NDJSON alike, or refused with a word that says why."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from checker.compare.baseline import read_baseline
from checker.compare.results import SAME_RUN, read_result, read_results
from checker.errors import InputError
from checker.model.result import DEVICE_COLUMNS, FINDING_COLUMNS
from checker.reporters.tables.files import DEVICES_SCHEMA, FINDINGS_SCHEMA

from .fleets import AGENT, SENSE, TENANT, URLS, Device, Made, write

DAY = date(2026, 11, 22)
FLEET = Made(
    {
        "a": Device("pc-1", "NOT_READY", outcomes={AGENT: "FAIL", URLS: "UNKNOWN"}, waived={AGENT: "W-1"}),
        "b": Device("pc-2\x1b", "UNDETERMINED", outcomes={SENSE: "UNKNOWN", URLS: "UNKNOWN"}),
    },
    once={TENANT: "UNKNOWN"},
    fleet_wide=(URLS,),
)


@pytest.mark.parametrize("ending", [".parquet", ".ndjson"])
def test_the_tables_have_all_columns(ending: str, tmp_path: Path) -> None:
    stored = read_result(write(tmp_path, FLEET, ending))

    assert dict(stored.devices.collect_schema()) == DEVICE_COLUMNS
    assert dict(stored.findings.collect_schema()) == FINDING_COLUMNS
    assert stored.findings.collect().height == 4


def test_ndjson_says_the_same_as_parquet(tmp_path: Path) -> None:
    one, other = (read_result(write(tmp_path / ending[1:], FLEET, ending)) for ending in (".parquet", ".ndjson"))

    assert one.devices.collect().equals(other.devices.collect())
    assert one.findings.collect().equals(other.findings.collect())


def test_parquet_is_taken_where_both_are_named(tmp_path: Path) -> None:
    tables = [
        {"kind": kind, "path": f"{kind}{ending}"}
        for kind in ("devices", "findings")
        for ending in (".ndjson", ".parquet")
    ]
    write(tmp_path, Made(FLEET.devices, FLEET.once, FLEET.fleet_wide, report={"tables": tables}))

    assert read_result(str(tmp_path / "report.json")).devices.collect().height == 2


def test_columns_of_later_releases_are_empty_where_they_lack(tmp_path: Path) -> None:
    path = write(tmp_path, FLEET)
    for kind, schema, gone in (
        ("devices", DEVICES_SCHEMA, ["wave", "simulated"]),
        ("findings", FINDINGS_SCHEMA, ["simulated"]),
    ):
        table = tmp_path / f"{kind}.parquet"
        pl.read_parquet(table).drop(gone).write_parquet(table, metadata={"schema": schema})
    stored = read_result(path)

    assert stored.devices.select("wave", "simulated").unique().collect().rows() == [(None, False)]
    assert stored.findings.select("simulated").unique().collect().rows() == [(False,)]
    with pytest.raises(InputError, match="an earlier release wrote it"):
        read_baseline(path, DAY)


def test_a_baseline_is_its_tables_where_they_lie(tmp_path: Path) -> None:
    baseline = read_baseline(write(tmp_path, FLEET), DAY)

    assert (baseline.devices.rows, baseline.findings.rows) == (2, 4)
    assert [frame.columns for frame in baseline.findings.frames()] == [list(FINDING_COLUMNS)]
    with pytest.raises(InputError, match="names no Parquet table of devices"):
        read_baseline(write(tmp_path / "other", FLEET, ".ndjson"), DAY)


def test_a_baseline_knows_the_waves_of_its_run(tmp_path: Path) -> None:
    waves = [{"name": "pilot", "devices": {}}, {"name": "ring-1"}]
    path = write(tmp_path, replace(FLEET, report={"waves": waves}))

    assert read_baseline(path, DAY).waves == ("pilot", "ring-1")
    assert read_baseline(write(tmp_path / "none", FLEET), DAY).waves == ()


@pytest.mark.parametrize(
    ("report", "said"),
    [
        ({"simulated": ["site.tls_inspection = no"]}, "is a simulation, and no baseline: it was made with --assume"),
        ({"as_of": "2026-11-23"}, "is as of 2026-11-23, a later day than that of this run: 2026-11-22"),
    ],
)
def test_a_simulation_and_a_later_report_are_no_baseline(report: dict[str, object], said: str, tmp_path: Path) -> None:
    path = write(tmp_path, replace(FLEET, report=report))

    assert read_result(path).report.path == path  # diff may compare with it, and says what it is
    with pytest.raises(InputError) as refused:
        read_baseline(path, DAY)
    (problem,) = refused.value.problems
    assert (problem.where, bool(problem.hint)) == (path, True)
    assert problem.what.startswith(said)


def test_a_baseline_of_the_same_day_is_one(tmp_path: Path) -> None:
    path = write(tmp_path, replace(FLEET, report={"as_of": DAY.isoformat()}))

    assert read_baseline(path, DAY).path == path


def test_one_cause_has_one_hint(tmp_path: Path) -> None:
    paths = [write(tmp_path / name, replace(FLEET, report={"tables": []})) for name in ("old", "new")]

    with pytest.raises(InputError) as refused:
        read_results(*paths)
    assert [problem.hint for problem in refused.value.problems] == ["", "", "", SAME_RUN]


def changed(path: Path, **values: object) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))


def cut(path: Path, end: int) -> None:
    path.write_bytes(path.read_bytes()[:end])


def in_place_of(path: Path) -> None:
    path.unlink()
    path.mkdir()


REPORT_DEFECTS: dict[str, tuple[Callable[[Path], object], str]] = {
    "gone": (Path.unlink, "there is no such file"),
    "a folder": (in_place_of, "there is no such file"),
    "cut": (lambda path: cut(path, 100), "is not JSON"),
    "not UTF-8": (lambda path: path.write_bytes(b'{"a": "\xff"}'), "is not JSON"),
    "too deep": (lambda path: path.write_text("[" * 200_000), "is not JSON"),
    "a list": (lambda path: path.write_text("[]"), "is no report of mde-readiness"),
    "another schema": (
        lambda path: changed(path, schema="mde-readiness/report/v9"),
        "has the schema 'mde-readiness/report/v9'",
    ),
    "no number": (lambda path: changed(path, devices={"total": "many"}), "devices"),
    "no day": (lambda path: changed(path, as_of="22.11.2026"), "is no date"),
    "no packs": (lambda path: changed(path, packs=[]), "packs"),
    "no tables": (lambda path: changed(path, tables=[]), "names no table of devices"),
    "only CSV": (
        lambda path: changed(path, tables=[{"kind": "devices", "path": "devices.csv"}]),
        "names no table of devices that can be read back, only devices.csv",
    ),
    "a table elsewhere": (
        lambda path: changed(
            path,
            tables=[{"kind": kind, "path": f"https://host.example/{kind}.parquet"} for kind in ("devices", "findings")],
        ),
        "there is no such file",
    ),
    "another number of devices": (
        lambda path: changed(path, devices={**json.loads(path.read_text())["devices"], "total": 3}),
        "tells of 3 devices, and its table has 2",
    ),
}


@pytest.mark.parametrize("defect", REPORT_DEFECTS)
def test_a_report_that_cannot_be_used_is_refused(defect: str, tmp_path: Path) -> None:
    path = Path(write(tmp_path, FLEET))
    spoil, said = REPORT_DEFECTS[defect]
    spoil(path)

    with pytest.raises(InputError, match=said.replace("(", r"\(")) as refused:
        read_result(str(path))
    assert all(str(tmp_path) in problem.where for problem in refused.value.problems)
    assert refused.value.problems[-1].hint


TABLE_DEFECTS: dict[str, tuple[Callable[[Path], object], str]] = {
    "gone": (lambda folder: (folder / "findings.parquet").unlink(), "there is no such file"),
    "cut": (lambda folder: cut(folder / "findings.parquet", -30), "is it cut"),
    "empty": (lambda folder: cut(folder / "devices.parquet", 0), "is it cut"),
    "the other table": (
        lambda folder: (folder / "devices.parquet").replace(folder / "findings.parquet"),
        "is no table of findings: has the schema 'mde-readiness/devices/v1'",
    ),
    "of something else": (
        lambda folder: pl.DataFrame({"device_id": ["a"]}).write_parquet(folder / "devices.parquet"),
        "is no table of devices: says of no schema",
    ),
    "lacking columns": (
        lambda folder: pl.DataFrame({"device_id": ["a"]}).write_parquet(
            folder / "devices.parquet", metadata={"schema": DEVICES_SCHEMA}
        ),
        "not as promised: device_name, aliases, readiness",
    ),
    "of another run": (
        lambda folder: (
            pl.read_parquet(folder / "findings.parquet")
            .head(2)
            .write_parquet(folder / "findings.parquet", metadata={"schema": FINDINGS_SCHEMA})
        ),
        "its devices have 1 FAIL, and its findings 0",
    ),
    "a device twice": (
        lambda folder: (
            pl.read_parquet(folder / "devices.parquet")
            .with_columns(device_id=pl.lit("a"))
            .write_parquet(folder / "devices.parquet", metadata={"schema": DEVICES_SCHEMA})
        ),
        "names a device twice",
    ),
}


@pytest.mark.parametrize("defect", TABLE_DEFECTS)
def test_a_table_that_cannot_be_used_is_refused(defect: str, tmp_path: Path) -> None:
    path = write(tmp_path, FLEET)
    spoil, said = TABLE_DEFECTS[defect]
    spoil(tmp_path)

    with pytest.raises(InputError, match=said) as refused:
        read_result(path)
    assert SAME_RUN in {problem.hint for problem in refused.value.problems}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (lambda text: text[:-20], "ends within a line: it is cut"),
        (lambda text: "\n".join(text.splitlines()[:-1]) + "\n", "its devices have"),
        (lambda text: text.replace('"rule_id"', '"rule"'), "has rows without device_id or rule_id or outcome"),
        (lambda text: f"{text[:5]} no JSON\n", "cannot be read as a table of findings"),
    ],
    ids=["within a line", "between lines", "other keys", "no JSON"],
)
def test_ndjson_that_cannot_be_used_is_refused(content: Callable[[str], str], said: str, tmp_path: Path) -> None:
    path = write(tmp_path, FLEET, ".ndjson")
    table = tmp_path / "findings.ndjson"
    table.write_text(content(table.read_text()))

    with pytest.raises(InputError, match=said):
        read_result(path)


def test_all_problems_of_both_results_are_said_at_once(tmp_path: Path) -> None:
    good, bad = write(tmp_path / "good", FLEET), write(tmp_path / "bad", FLEET)
    for kind in ("devices", "findings"):
        (tmp_path / "bad" / f"{kind}.parquet").unlink()

    with pytest.raises(InputError) as refused:
        read_results(bad, str(tmp_path / "none.json"), good)
    assert len(refused.value.problems) == 3


def test_an_empty_table_of_findings_is_a_table(tmp_path: Path) -> None:
    for ending in (".parquet", ".ndjson"):
        stored = read_result(write(tmp_path / ending[1:], Made({"a": Device("pc-1")}), ending))
        assert stored.findings.collect().is_empty()
