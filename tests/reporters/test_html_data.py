"""The island of devices: read back, it says what the tables say, of each device that the page carries."""

import json
import re
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from checker.model.result import DEVICE_COLUMNS, FINDING_COLUMNS, Result, Table
from checker.reporters.html import data, findings
from checker.reporters.html.codes import Codes, sorted_codes
from checker.reporters.html.data import island
from checker.reporters.wording import HIDDEN, timestamp

from .fleets import HOSTILE, fleet, large_fleet
from .results import build

RESULTS = ("small", "large", "hostile", "waved", "gated", "simulated", "many")
CODED = ("readiness", "by", "wave", "route", "path", "verification", "os", "group", "file")
LISTED = ("failed", "unknown", "waived", "undetermined_by", "next_steps")


@pytest.fixture
def many(tmp_path: Path) -> Result:
    """Return a result of which each device was read at a place of its own."""
    return generated(tmp_path / "many", 60)


@pytest.fixture(params=RESULTS)
def result(request: pytest.FixtureRequest) -> Result:
    found = request.getfixturevalue(request.param)
    assert isinstance(found, Result)
    return found


def read(result: Result, limit: int = data.LIMIT) -> dict[str, Any]:
    told = json.loads(island(result, limit).json)
    assert isinstance(told, dict)
    return told


def devices(told: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the devices of an island as its readers do: number by number."""
    aliases = dict(zip(told["aliases"]["at"], told["aliases"]["of"], strict=True))
    return [
        {
            "device_id": told["id"][row],
            "device_name": told["name"][row],
            "aliases": aliases.get(row, []),
            "row": told["row"][row],
            "line": told["line"][row],
            **{name: told[name]["values"][told[name]["codes"][row]] for name in CODED},
            **{name: [told["words"][n] for n in told[name]["lists"][told[name]["codes"][row]]] for name in LISTED},
        }
        for row in range(told["rows"])
    ]


def findings_of(told: dict[str, Any], row: int) -> list[dict[str, Any]]:
    coded, words = told["findings"], told["words"]
    start = sum(coded["spots"]["counts"][:row])

    def evidence(number: int) -> dict[str, Any]:
        fact, value, missing, column, spot = coded["evidence"][number]
        at = None if spot is None else start + spot
        return {
            "fact": words[fact],
            "value": value,
            "missing": missing,
            "file": None if at is None else coded["files"][coded["spots"]["file"][at]],
            "row": None if at is None else coded["spots"]["row"][at],
            "column": None if column is None else words[column],
            "observed": None if at is None else coded["times"][coded["spots"]["observed"][at]],
        }

    shapes = [coded["shapes"][number] for number in coded["lists"][coded["codes"][row]]]
    return [
        {
            "rule_id": words[rule],
            "outcome": outcome,
            "waived": waived,
            "message": message,
            "evidence": [evidence(number) for number in numbers],
        }
        for rule, outcome, waived, message, *numbers in shapes
    ]


def spelled(finding: dict[str, Any]) -> dict[str, Any]:
    evidence = [
        {**each, "observed": each["observed"] and timestamp(each["observed"])} for each in finding["evidence"] or ()
    ]
    return {name: finding[name] for name in ("rule_id", "outcome", "waived", "message")} | {"evidence": evidence}


def test_each_device_is_what_the_table_says(result: Result) -> None:
    told = devices(read(result))

    table = result.devices.scan().collect()
    lists = pl.col("aliases", *LISTED).fill_null([])
    expected = table.with_columns(lists).drop("simulated").sort("device_id").to_dicts()
    assert sorted(told, key=lambda device: str(device["device_id"])) == [
        {name: device[name] for name in told[0]} for device in expected
    ]


@pytest.mark.parametrize("at_a_time", [7, 10_000])
def test_each_finding_is_what_the_table_says(result: Result, at_a_time: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(findings, "AT_A_TIME", at_a_time)
    told = read(result)

    table = result.findings.scan().collect()
    for row in range(0, told["rows"], max(1, told["rows"] // 50)):
        expected = table.filter(pl.col("device_id") == told["id"][row]).sort("rule_id", maintain_order=True)
        assert findings_of(told, row) == [spelled(each) for each in expected.to_dicts()]
    assert len(told["findings"]["codes"]) == len(told["findings"]["spots"]["counts"]) == told["rows"]


def test_findings_about_nobody_alone_stand_apart(result: Result) -> None:
    told = read(result)["fleet"]

    expected = result.findings.scan().filter(pl.col("device_id") == "").collect().to_dicts()
    assert [{name: each[name] for name in each if name != "devices"} for each in told] == list(map(spelled, expected))
    assert [each["devices"] for each in told] == [each["devices"] for each in expected]


def test_what_passes_is_not_carried(tmp_path: Path) -> None:
    result = build(tmp_path, fleet())
    assert result.cases is not None
    result.cases.write_parquet(tmp_path / "all.parquet")
    every = replace(result, findings=Table(FINDING_COLUMNS, (tmp_path / "all.parquet",), result.cases.height))

    assert "PASS" in result.cases["outcome"].to_list()
    assert island(every).json == island(result).json


def test_what_must_be_looked_at_comes_first_and_is_never_left_out_for_others(tmp_path: Path) -> None:
    result = generated(tmp_path, 50)
    whole = devices(read(result))
    ranks = [
        ("NOT_READY", "UNDETERMINED").index(each["readiness"]) if each["readiness"] in BAD else 2 for each in whole
    ]

    assert [(rank, each["device_id"]) for rank, each in zip(ranks, whole, strict=True)] == sorted(
        (rank, each["device_id"]) for rank, each in zip(ranks, whole, strict=True)
    )
    for limit in (0, 1, 7, 49, 50, 51):
        some = island(result, limit)
        assert devices(json.loads(some.json)) == whole[:limit]
        assert (some.embedded, some.left_out) == (min(limit, 50), max(0, 50 - limit))


BAD = ("NOT_READY", "UNDETERMINED")
START = datetime.fromisoformat("2026-11-16T00:00:00.123456")


def test_the_first_devices_are_those_of_the_island(result: Result) -> None:
    told = devices(read(result))
    first = island(result).first

    assert len(first) == min(50, len(told))
    for device, carried in zip(first, told, strict=False):
        assert {
            name: cell for name, cell in device.items() if name not in ("failed", "unknown")
        }.items() <= carried.items()
        assert (device["failed"], device["unknown"]) == (len(carried["failed"]), len(carried["unknown"]))


def test_names_are_exact_and_no_markup_can_begin(hostile: Result) -> None:
    found = island(hostile)

    assert b"<" not in found.json
    assert not HIDDEN.search(found.json.decode())
    assert set(read(hostile)["name"]) == {f"{name}.contoso.example" for name in HOSTILE}


def test_what_hides_is_what_every_report_spells_out(small: Result) -> None:
    hidden = re.compile(read(small)["hidden"])

    assert [hidden.search(text) is not None for text in ("\x1b", "\u202e", "\ud800", "é", "a b", "\u200d")] == [
        True,
        True,
        True,
        False,
        False,
        False,
    ]


def test_how_tables_are_cut_changes_nothing(tmp_path: Path) -> None:
    cut = [build(tmp_path / str(parts), large_fleet(300), detail=False, parts=parts) for parts in (1, 2, 7)]

    assert len({island(result).json for result in cut}) == 1


def test_numbers_sort_as_their_values_do(waved: Result) -> None:
    told = read(waved)
    waves = [wave.name for wave in waved.summary.waves]

    assert [value for value in told["wave"]["values"] if value in waves] == [
        wave for wave in waves if wave in told["wave"]["values"]
    ]
    for name in CODED:
        values = told[name]["values"]
        assert len(set(values)) == len(values)
        assert None not in values[:-1]


def test_distinct_values_come_in_order_and_null_last() -> None:
    values, codes = sorted_codes(pl.Series(["b", None, "a", "b"]), str)

    assert (values, codes.to_list()) == (["a", "b", None], [1, 2, 0, 1])


def test_equal_rows_have_one_number_across_frames() -> None:
    codes = Codes()
    first = pl.DataFrame({"a": [["x"], ["y", "z"], ["x"]], "b": [1, None, 1]})

    assert codes.column(first, ["a", "b"]).to_list() == [0, 1, 0]
    assert codes.column(first[1:], ["a", "b"]).to_list() == [1, 0]
    assert codes.things() == [(("x",), 1), (("y", "z"), None)]


def test_only_steps_that_devices_take_are_carried(waved: Result) -> None:
    told = read(waved)

    assert set(told["steps"]) <= {step for device in devices(told) for step in device["next_steps"]}


def test_a_fleet_with_findings_stays_small(tmp_path: Path) -> None:
    found = island(generated(tmp_path, 20_000))

    assert found.embedded == 20_000
    assert len(found.json) / found.embedded < 200  # bytes; 100,000 devices in 20 MB


def test_nothing_judged_is_an_island_without_devices(tmp_path: Path, small: Result) -> None:
    none = replace(small, devices=Table(DEVICE_COLUMNS, (), 0), findings=Table(FINDING_COLUMNS, (), 0))

    found = island(none)

    assert (found.embedded, found.left_out, found.first) == (0, 0, ())
    assert devices(json.loads(found.json)) == []


def generated(folder: Path, size: int) -> Result:
    """Return a fleet as a large one looks: long ids, names of one domain, four findings on every device."""
    rules = ("sc.sense-min", "sc.engine-min", "sc.platform-min", "sc.windows-update")
    number = pl.int_range(size, eager=True)
    ids = pl.format("{}{}", (number * 2_654_435_761 % 2**32).cast(pl.String).str.zfill(10), pl.lit("a" * 30))
    frame = pl.select(device_id=ids, number=number).sort("device_id")
    texts = [
        pl.format("pc-{}.corp.contoso.example", pl.col("number")).alias("device_name"),
        pl.format("Site {}", pl.col("number") % 40).alias("group"),
        pl.lit(["READY", "NOT_READY", "UNDETERMINED", "MIGRATED"]).list.get(pl.col("number") % 4).alias("readiness"),
        pl.lit(rules[:2]).alias("failed"),
        pl.lit(rules[2:]).alias("unknown"),
        pl.lit("exports/hunting.csv").alias("file"),
        pl.col("number").cast(pl.UInt32).alias("row"),
        pl.col("number").cast(pl.UInt32).alias("line"),
    ]
    frame = frame.with_columns(texts)
    here = [
        pl.col(name) if name in frame.columns else pl.lit(None, dtype).alias(name)
        for name, dtype in DEVICE_COLUMNS.items()
    ]
    folder.mkdir(exist_ok=True)
    frame.select(here).write_parquet(folder / "devices.parquet")
    found = pl.DataFrame(
        [
            {
                "device_id": device,
                "rule_id": rule,
                "outcome": "FAIL" if rule in rules[:2] else "UNKNOWN",
                "message": f"The value {row % 30} is too small.",
                "devices": 1,
                "evidence": [
                    {
                        "fact": f"fact.{fact}",
                        "value": str(row % 30),
                        "file": "exports/hunting.csv",
                        "row": row,
                        "column": fact,
                        "observed": START + timedelta(seconds=row * 37) if row % 5 else None,
                    }
                    for fact in ("Build", "Agent")
                ],
            }
            for device, row in frame.select("device_id", "number").iter_rows()
            for rule in rules
        ],
        schema=FINDING_COLUMNS,
    )
    found.write_parquet(folder / "findings.parquet")
    base = build(folder / "base", fleet(), detail=False)
    return replace(
        base,
        devices=Table(DEVICE_COLUMNS, (folder / "devices.parquet",), size),
        findings=Table(FINDING_COLUMNS, (folder / "findings.parquet",), found.height),
    )
