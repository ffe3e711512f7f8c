"""Frames as notebooks have them: indexes, columns of no one type, nothing in them; and results as they are shown."""

from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from checker import check, read_inventory
from checker.errors import CheckerError, InputError, UsageError
from tests.test_library import DAY, FLEET, hunting

__all__ = ["hunting"]  # a fixture

OF = "give a path, or a frame of Polars, PyArrow, DuckDB or pandas 2.2 and later"
AS_TEXT = "give them as text, with None where there is nothing (pandas: read with dtype=str)"
SERIAL = "c0ffee-serial"


def pandas(frame: pl.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(frame.to_dict(as_series=False))


@pytest.mark.parametrize("index", ["DeviceId", ["DeviceId", "DeviceName"], [None, "DeviceId"]], ids=str)
def test_a_named_index_of_pandas_is_columns(index: Any, hunting: pl.DataFrame) -> None:  # noqa: ANN401
    frame = pandas(hunting)
    frame = frame.set_index([pd.Index([7, 8]), "DeviceId"] if index == [None, "DeviceId"] else index)
    with check(hunting, as_of=DAY) as plain, check(frame, as_of=DAY) as indexed:
        assert indexed.devices.equals(plain.devices)
        assert indexed.findings["message"].equals(plain.findings["message"])
    assert list(frame.index.names)[-1] is not None  # what was given is left as it was


@pytest.mark.parametrize("index", [pd.RangeIndex(2), pd.Index([4, 9]), pd.Index(["a", "b"])], ids=str)
def test_an_index_without_a_name_is_no_column(index: Any, hunting: pl.DataFrame) -> None:  # noqa: ANN401
    records = read_inventory(pandas(hunting).set_index(index))
    assert records.equals(read_inventory(hunting))


NO_TABLES: dict[str, tuple[object, str, str]] = {
    "pandas, twice": (
        pd.DataFrame([["1", "2"]], columns=["DeviceId", "DeviceId"]),
        "has columns of the same name: 'DeviceId'",
        "rename or remove all but one",
    ),
    "pandas, index and column": (
        pd.DataFrame({"a": ["1"], "b": ["2"]}).set_index("a", drop=False),
        "has columns of the same name: 'a'",
        "rename or remove all but one",
    ),
    "pyarrow, twice": (
        pa.table([["1"], ["2"]], names=["a", "a"]),
        "has columns of the same name: 'a'",
        "rename or remove all but one",
    ),
    "batches, twice": (
        pa.table([["1"], ["2"]], names=["a", "a"]).to_reader(),
        "has columns of the same name: 'a'",
        "rename or remove all but one",
    ),
    "pandas, mixed": (
        pd.DataFrame({"good": ["a", "b"], "bad": [1, SERIAL], "worse": [object(), SERIAL]}),
        "has values of no one type in columns 'bad', 'worse'",
        AS_TEXT,
    ),
    "polars, objects": (pl.DataFrame({"a": [object()]}), "has values of no one type in column 'a'", AS_TEXT),
    "lazy, fails": (
        pl.LazyFrame({"a": ["1"]}).select(SERIAL),
        "cannot be taken as a table (ColumnNotFoundError)",
        OF,
    ),
    "a list": (["nested"], "is neither a file nor a table: list", OF),
    "a number": (42, "is neither a file nor a table: int", OF),
    "bytes": (b"hunting.csv", "is neither a file nor a table: bytes", OF),
}


@pytest.mark.parametrize("kind", NO_TABLES)
def test_a_frame_that_cannot_be_taken_is_told_without_what_is_in_it(kind: str) -> None:
    frame, what, hint = NO_TABLES[kind]
    given: Any = ["no-such-file.csv", frame]
    with pytest.raises(UsageError) as found:
        check(given, as_of=DAY)
    assert [(one.where, one.what, one.hint) for one in found.value.problems] == [("frame-2", what, hint)]
    assert SERIAL not in str(found.value)


def test_all_frames_are_told_of_at_once() -> None:
    given: Any = {"": "a.csv", 3: "b.csv", "one": 42, "two": 43}
    with pytest.raises(UsageError) as found:
        check(given, as_of=DAY)
    assert [one.where for one in found.value.problems] == ["inventory: ''", "inventory: 3", "one", "two"]


DRAFT = "of a table of your own, save it as CSV: mde-readiness inspect --draft-mapping drafts what mapping= takes"


def test_a_frame_never_stands_for_a_file_of_its_name(hunting: pl.DataFrame) -> None:
    with pytest.raises(UsageError, match=r"^frame-2: is the name of two inputs\n  hint: give a mapping"):
        check(["frame-2", hunting], as_of=DAY)


OWN = pl.DataFrame({name: ["x"] for name in ("colour", "weight", "shape", "age")})
FRAMES: dict[str, tuple[Any, str, str, str]] = {
    "no input": ([], "inventory", "is empty", "give files, folders or frames"),
    "no columns": (pl.DataFrame(), "frame-1", "has no named columns", "give a frame with named columns"),
    "no rows": (OWN.head(0), "frame-1", "holds no records", "give a frame that has rows"),
    "a table of one's own": (
        OWN,
        "frame-1",
        "is in no format that is known (a frame; columns: 4, of which none is known)",
        f"{DRAFT}; leave out what is no export",
    ),
    "one column": (
        {"x": OWN.select("colour")},
        "x",
        "is in no format that is known (a frame; columns: 1, of which none is known)",
        "leave it out, if it is no export; one pattern of a proxy a line: read_as={'x': 'allow-list'}",
    ),
    "bytes in a list": (
        pl.DataFrame({"DeviceId": [[b"x"]], "DeviceName": ["a"], "OSPlatform": ["b"], "ClientVersion": ["c"]}),
        "frame-1",
        "has lists of bytes in column 'DeviceId'",
        "give the column as text, or leave it out",
    ),
    "evidence alone": (
        pl.read_csv(FLEET / "inventory" / "urls.csv", infer_schema=False),
        "frame-1",
        "holds no device to judge",
        "these inputs are evidence about devices; give an inventory (hunting, machines, portal export) with them",
    ),
}


@pytest.mark.parametrize("kind", FRAMES)
def test_what_is_said_of_a_frame_fits_a_frame(kind: str) -> None:
    given, *told = FRAMES[kind]
    with pytest.raises(CheckerError) as found:
        check(given, as_of=DAY)
    assert isinstance(found.value, UsageError if kind == "no input" else InputError)
    assert [[one.where, one.what, one.hint] for one in found.value.problems] == [told]


def test_a_result_is_shown_in_one_line(hunting: pl.DataFrame) -> None:
    checked = check(hunting, as_of=DAY)
    found, steps = checked.findings.height, checked.plan.height
    shown = (
        "<Checked as of 2026-11-23: 2 devices (1 not ready, 1 undetermined); "
        f"tables: devices 2, findings {found}, plan {steps}>"
    )
    assert repr(checked) == shown
    checked.close()
    assert repr(checked) == f"{shown[:-1]}; closed>"


def test_a_closed_result_says_so_and_keeps_its_summary(hunting: pl.DataFrame, tmp_path: Path) -> None:
    with check(hunting, as_of=DAY) as checked:
        devices = checked.devices
    told = "the result is closed, and its tables are gone"
    for use in (lambda: checked.findings, lambda: checked.write(tmp_path / "x.html"), lambda: checked.result):
        with pytest.raises(UsageError) as found:
            use()
        assert [(one.where, one.what) for one in found.value.problems] == [("", told)]
    assert checked.devices is devices
    assert checked.summary.devices["total"] == 2
    assert list(tmp_path.iterdir()) == []


def test_reports_are_written_to_paths_but_never_over_what_was_read(hunting: pl.DataFrame, tmp_path: Path) -> None:
    file, waivers = tmp_path / "hunting.csv", tmp_path / "waivers.yaml"
    hunting.write_csv(file)
    waivers.write_bytes((FLEET / "waivers.yaml").read_bytes())
    before = file.read_bytes(), waivers.read_bytes()
    with check({"fleet": file}, as_of=DAY, waivers=waivers) as checked:
        checked.write(tmp_path / "report.html", f"devices:{tmp_path / 'devices.parquet'}")
        for taken in (file, waivers):
            with pytest.raises(UsageError) as found:
                checked.write(f"json:{taken}")
            (problem,) = found.value.problems
            assert (problem.where, problem.what) == (f"write('json:{taken}')", f"is the input {taken}")
        with pytest.raises(UsageError, match=r"^write\('x.foo'\): no report is written as .foo"):
            checked.write("x.foo")
    assert (file.read_bytes(), waivers.read_bytes()) == before
    assert pl.read_parquet(tmp_path / "devices.parquet").height == 2
    assert (tmp_path / "report.html").stat().st_size > 100_000
