"""CSV: exact and read back whole; for Excel no cell is a formula, and nothing else changes."""

import csv
import json
from dataclasses import replace
from io import BytesIO, StringIO
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as some

from checker.model.result import DEVICE_COLUMNS, FINDING_COLUMNS, Manner, Result, Table
from checker.reporters.kinds import Write
from checker.reporters.plan import csv as plan_csv
from checker.reporters.tables import actions
from checker.reporters.tables import csv as csv_tables
from checker.reporters.tables import files as tables

from .fleets import HOSTILE, fleet
from .plans import plan, row, written
from .results import build

EXCEL = Manner(excel_safe=True)
FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\x00=1", "＝1", "＋1", "－1", "＠SUM(A1)")
HARMLESS = ("pc-1", "1-1", " =1", "'=1", "a=b", "", "ab@contoso.example", "（=1）")


def read(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(content.decode(), newline=""), strict=True))


def frames(names: tuple[str | None, ...]) -> list[pl.DataFrame]:
    return [pl.DataFrame({"name": names}, schema={"name": pl.String()})]


def cells(names: tuple[str, ...], *, excel_safe: bool) -> list[str]:
    stream = BytesIO()
    csv_tables.write_frames(frames(names), {"name": pl.String()}, stream, excel_safe=excel_safe)
    text = stream.getvalue().decode("utf-8-sig" if excel_safe else "utf-8")
    return [line["name"] for line in csv.DictReader(StringIO(text, newline=""), strict=True)]


@given(some.lists(some.text(some.characters(exclude_categories=["Cs"])), min_size=1))
def test_every_text_is_read_back_exactly(names: list[str]) -> None:
    assert cells(tuple(names), excel_safe=False) == names


@given(some.lists(some.text(some.characters(exclude_categories=["Cs"])), min_size=1))
def test_for_excel_a_formula_gets_an_apostrophe_and_nothing_else_changes(names: list[str]) -> None:
    begins = tuple("=+-@\t\r\n\x00＝＋－＠")
    assert cells(tuple(names), excel_safe=True) == [f"'{name}" if name.startswith(begins) else name for name in names]


@pytest.mark.parametrize("name", FORMULAS)
def test_what_a_spreadsheet_runs_is_defused(name: str) -> None:
    assert cells((name,), excel_safe=True) == [f"'{name}"]
    assert cells((name,), excel_safe=False) == [name]


@pytest.mark.parametrize("name", HARMLESS)
def test_what_no_spreadsheet_runs_stays(name: str) -> None:
    assert cells((name,), excel_safe=True) == [name]


def test_null_is_an_empty_cell_and_an_empty_text_is_quoted() -> None:
    stream = BytesIO()
    csv_tables.write_frames(frames((None, "")), {"name": pl.String()}, stream, excel_safe=False)
    assert stream.getvalue() == b'name\r\n\r\n""\r\n'


WRITERS: list[tuple[Write, Write]] = [
    (csv_tables.write_findings, tables.write_findings_ndjson),
    (csv_tables.write_devices, tables.write_devices_ndjson),
    (actions.write_csv, actions.write_ndjson),
]


@pytest.mark.parametrize(("as_csv", "as_ndjson"), WRITERS)
def test_a_table_says_the_same_as_ndjson(as_csv: Write, as_ndjson: Write, hostile: Result) -> None:
    found = read(written(as_csv, hostile))
    told = [json.loads(line) for line in written(as_ndjson, hostile).decode().split("\n")[:-1]]
    assert len(found) == len(told) > 0
    for cells_, values in zip(found, told, strict=True):
        assert list(cells_) == list(values)
        for name, value in values.items():
            if isinstance(value, list):
                assert json.loads(cells_[name]) == value
            elif isinstance(value, bool):
                assert cells_[name] == str(value).lower()
            else:
                assert cells_[name] == ("" if value is None else str(value))


@pytest.mark.parametrize("write", [csv_tables.write_findings, csv_tables.write_devices, actions.write_csv])
def test_for_excel_the_file_has_a_mark_and_is_the_same_otherwise(write: Write, small: Result) -> None:
    exact = written(write, small)
    assert not exact.startswith(csv_tables.BOM)
    assert written(write, replace(small, manner=EXCEL)) == csv_tables.BOM + exact
    assert exact.count(b"\r\n") == exact.count(b"\n") > 1


def test_the_plan_is_made_safe_for_excel_too(tmp_path: Path) -> None:
    told = plan(tmp_path, [row(number, name) for number, name in enumerate(FORMULAS, start=1)])
    found = read(written(plan_csv.write, replace(told, manner=EXCEL)).removeprefix(csv_tables.BOM))
    assert [line["device_name"] for line in found] == [f"'{name}" for name in FORMULAS]
    assert {line["wave"] for line in found} == {"pilot"}


@pytest.mark.parametrize("write", [csv_tables.write_findings, csv_tables.write_devices, actions.write_csv])
def test_parts_and_slices_do_not_show(write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = fleet(HOSTILE)
    contents = {written(write, build(tmp_path / str(parts), made, parts=parts)) for parts in (1, 2, 3)}
    monkeypatch.setattr(csv_tables, "ROWS_AT_A_TIME", 2)
    contents.add(written(write, build(tmp_path / "sliced", made, parts=1)))
    assert len(contents) == 1


def test_a_table_without_rows_has_its_columns(small: Result) -> None:
    empty = Result(small.summary, Table(DEVICE_COLUMNS, (), 0), Table(FINDING_COLUMNS, (), 0))
    assert written(csv_tables.write_devices, empty).decode() == ",".join(DEVICE_COLUMNS) + "\r\n"
    assert written(csv_tables.write_findings, empty).decode() == ",".join(FINDING_COLUMNS) + "\r\n"


@pytest.mark.parametrize("write", [csv_tables.write_devices, csv_tables.write_findings, plan_csv.write])
def test_a_full_disk_is_an_error_of_the_operating_system(write: Write, tmp_path: Path) -> None:
    class Full(BytesIO):
        def write(self, _content: object) -> int:
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left on device"):
        write(plan(tmp_path, [row(1)]), Full())
