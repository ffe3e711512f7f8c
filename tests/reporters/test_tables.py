"""Tables keep every row, name and time exactly, and do not show how they were cut into parts."""

import contextlib
import json
import resource
import signal
from datetime import datetime
from io import BytesIO
from pathlib import Path

import polars as pl
import pytest

from checker.model.result import DEVICE_COLUMNS, FINDING_COLUMNS, PLAN_COLUMNS, Result, Table
from checker.reporters.kinds import Write
from checker.reporters.tables import files as tables

from .fleets import HOSTILE, INPUT, fleet, large_fleet
from .plans import plan, some_rows
from .results import build


def written(write: Write, result: Result) -> bytes:
    stream = BytesIO()
    write(result, stream)
    return stream.getvalue()


def lines(content: bytes) -> list[dict[str, object]]:
    return [json.loads(line) for line in content.decode().split("\n")[:-1]]


def test_ndjson_has_an_object_per_row_with_the_columns_in_order(small: Result) -> None:
    findings = lines(written(tables.write_findings_ndjson, small))
    devices = lines(written(tables.write_devices_ndjson, small))
    assert len(findings) == small.findings.rows
    assert all(list(row) == list(FINDING_COLUMNS) for row in findings)
    assert len(devices) == small.devices.rows
    assert all(list(row) == list(DEVICE_COLUMNS) for row in devices)


def test_ndjson_spells_times_with_their_zone_and_keeps_null(small: Result) -> None:
    rows = lines(written(tables.write_findings_ndjson, small))
    assert rows[0]["device_id"] == ""
    assert rows[0]["evidence"] == [
        {"fact": "url.tests", "value": None, "missing": "NOT_EXPORTED"}
        | {"file": None, "row": None, "column": None, "observed": None}
    ]
    assert rows[1]["evidence"] == [
        {"fact": "agent.version", "value": "20.10", "missing": None}
        | {"file": INPUT, "row": 7, "column": "AgentVersion", "observed": "2026-11-20T10:30:00Z"}
    ]
    assert rows[1]["waived"] is None


def test_ndjson_keeps_names_exact_and_escapes_what_a_terminal_acts_on(hostile: Result) -> None:
    content = written(tables.write_devices_ndjson, hostile)
    assert {str(row["device_name"]) for row in lines(content)} == {f"{name}.contoso.example" for name in HOSTILE}
    assert not set(range(0x20)) - {0x0A} & set(content)


def test_ndjson_keeps_the_decimals_of_a_second(tmp_path: Path) -> None:
    made = build(tmp_path, fleet())
    moment = datetime.fromisoformat("2026-01-02T03:04:05.000678")
    frame = next(made.findings.frames()).head(1)
    fraction = frame.with_columns(
        pl.col("evidence").list.eval(pl.element().struct.with_fields(observed=pl.lit(moment))),
    )
    fraction.write_parquet(tmp_path / "fraction.parquet")
    table = Table(FINDING_COLUMNS, (tmp_path / "fraction.parquet",), 1)
    row = lines(written(tables.write_findings_ndjson, Result(made.summary, made.devices, table)))[0]
    assert row["evidence"][0]["observed"] == "2026-01-02T03:04:05.000678Z"  # type: ignore[index]


@pytest.mark.parametrize("write", [tables.write_findings_parquet, tables.write_devices_parquet])
def test_parquet_does_not_show_how_the_rows_were_cut(write: Write, tmp_path: Path) -> None:
    contents = {
        written(write, build(tmp_path / str(parts), large_fleet(300), detail=False, parts=parts))
        for parts in (1, 2, 37)
    }
    assert len(contents) == 1


def test_row_groups_do_not_show_it_either(small: Result, tmp_path: Path) -> None:
    whole = pl.concat(list(small.devices.frames()) * 60_000, rechunk=True)
    assert whole.height > 2 * tables.ROW_GROUP

    def content(parts: int) -> bytes:
        paths = [tmp_path / f"{parts}-{number}.parquet" for number in range(parts)]
        for number, path in enumerate(paths):
            whole[number * whole.height // parts : (number + 1) * whole.height // parts].write_parquet(path)
        table = Table(DEVICE_COLUMNS, tuple(paths), whole.height)
        return written(tables.write_devices_parquet, Result(small.summary, table, small.findings))

    assert content(1) == content(3) == content(7)


def test_parquet_has_the_columns_of_the_result_and_names_its_schema(small: Result) -> None:
    for write, table, name in (
        (tables.write_findings_parquet, small.findings, tables.FINDINGS_SCHEMA),
        (tables.write_devices_parquet, small.devices, tables.DEVICES_SCHEMA),
    ):
        content = written(write, small)
        frame = pl.read_parquet(content)
        assert frame.equals(pl.concat(table.frames()))
        assert dict(frame.schema) == table.columns
        assert pl.read_parquet_metadata(BytesIO(content))["schema"] == name


def test_parquet_says_of_which_run_it_is(small: Result) -> None:
    (pack,) = small.summary.packs
    for write in (tables.write_findings_parquet, tables.write_devices_parquet, tables.write_plan_parquet):
        said = pl.read_parquet_metadata(BytesIO(written(write, small)))
        assert said["tool"] == f"mde-readiness {small.summary.tool_version}"
        assert said["as_of"] == small.summary.as_of.isoformat()
        packs = [{"id": pack.id, "version": pack.version, "profile": pack.profile, "sha256": pack.sha256}]
        assert json.loads(said["packs"]) == packs


def test_the_plan_has_its_steps_by_id(tmp_path: Path) -> None:
    told = plan(tmp_path, some_rows())
    content = written(tables.write_plan_parquet, told)
    frame = pl.read_parquet(content)
    assert frame.to_dicts() == some_rows()
    assert dict(frame.schema) == PLAN_COLUMNS
    assert pl.read_parquet_metadata(BytesIO(content))["schema"] == tables.PLAN_SCHEMA
    assert lines(written(tables.write_plan_ndjson, told)) == some_rows()


def test_a_table_without_rows_still_has_its_columns(small: Result) -> None:
    empty = Result(small.summary, Table(DEVICE_COLUMNS, (), 0), Table(FINDING_COLUMNS, (), 0))
    assert written(tables.write_findings_ndjson, empty) == b""
    assert list(pl.read_parquet(written(tables.write_findings_parquet, empty)).columns) == list(FINDING_COLUMNS)


def test_a_full_disk_is_an_error_of_the_operating_system(large: Result, tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, hard))
    try:
        with (tmp_path / "out").open("wb", buffering=0) as stream, pytest.raises(OSError, match="File too large"):
            tables.write_findings_parquet(large, stream)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)


def test_a_refusal_that_polars_words_otherwise_is_still_one_of_the_operating_system(
    small: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full(BytesIO):
        def write(self, _content: object) -> int:
            raise OSError(28, "No space left on device")

    def sink(_frame: pl.LazyFrame, stream: BytesIO, **_options: object) -> None:
        with contextlib.suppress(OSError):
            stream.write(b"x")
        raise pl.exceptions.ComputeError("Invalid thrift: transport error")

    monkeypatch.setattr(pl.LazyFrame, "sink_parquet", sink)
    with pytest.raises(OSError, match="No space left on device"):
        tables.write_findings_parquet(small, Full())


def test_an_error_of_computing_is_not_taken_for_a_full_disk(small: Result, tmp_path: Path) -> None:
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 not really PAR1")
    broken = Result(small.summary, small.devices, Table(FINDING_COLUMNS, (tmp_path / "broken.parquet",), 1))
    with pytest.raises(pl.exceptions.ComputeError):
        tables.write_findings_parquet(broken, BytesIO())
