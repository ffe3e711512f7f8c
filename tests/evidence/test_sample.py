"""A sample is fair, reproducible by anyone, and whole: every device with what was found of it."""

import csv
import hashlib
import json
import re
from collections import Counter
from dataclasses import replace
from io import BytesIO, StringIO
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from checker.evidence.sample import draw, order_of, shared_out
from checker.model.result import DEVICE_COLUMNS, Result, Table
from checker.model.sample import Sample
from checker.reporters.evidence.sample import TO_FILL_IN, WRITERS
from checker.reporters.tables.csv import FORMULA
from tests.reporters.fleets import large_fleet
from tests.reporters.results import build

from .conftest import call

SHARES = {  # sizes of the strata, places -> drawn of each
    "in proportion": ({"a": 60, "b": 30, "c": 10}, 10, {"a": 6, "b": 3, "c": 1}),
    "one at least": ({"a": 997, "b": 2, "c": 1}, 10, {"a": 8, "b": 1, "c": 1}),
    "all of them": ({"a": 3, "b": 1}, 10, {"a": 3, "b": 1}),
    "exactly all": ({"a": 3, "b": 1}, 4, {"a": 3, "b": 1}),
    "fewer places than strata": ({"a": 1, "b": 5, "c": 3}, 2, {"b": 1, "c": 1, "a": 0}),
    "equal strata go by name": ({"b": 2, "a": 2}, 3, {"a": 2, "b": 1}),
    "none": ({}, 5, {}),
}


@pytest.mark.parametrize(("sizes", "places", "wanted"), SHARES.values(), ids=SHARES.keys())
def test_places_are_shared_out(sizes: dict[str, int], places: int, wanted: dict[str, int]) -> None:
    found = shared_out({(name, "", ""): number for name, number in sizes.items()}, places)

    assert {key[0]: number for key, number in found.items()} == wanted


@given(
    st.dictionaries(st.tuples(st.text(max_size=2), st.just(""), st.just("")), st.integers(1, 10_000), max_size=30),
    st.integers(1, 300),
)
def test_shares_are_whole_and_fair(sizes: dict[tuple[str, str, str], int], places: int) -> None:
    shares = shared_out(sizes, places)

    assert sum(shares.values()) == min(places, sum(sizes.values()))
    assert all(0 <= shares[key] <= sizes[key] for key in sizes)
    assert places < len(sizes) or all(shares.values())
    larger = sorted(sizes, key=lambda key: sizes[key])
    assert all(shares[less] <= shares[more] for less, more in pairwise(larger) if sizes[less] < sizes[more])


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Result:
    """Return a fleet of 300 devices in strata of many sizes."""
    made = build(tmp_path_factory.mktemp("fleet"), large_fleet(300), detail=False, parts=4)
    words = ("READY", "READY", "READY", "READY", "NOT_READY", "UNDETERMINED")
    parts = []
    for number, frame in enumerate(made.devices.frames()):
        path = made.devices.parts[number].with_suffix(".strata.parquet")
        row = pl.int_range(pl.len())
        named = frame.with_columns(
            readiness=row.map_elements(lambda at: words[at % 6], return_dtype=pl.String()),
            wave=pl.when(row % 7 == 0).then(None).otherwise(pl.lit("pilot")),
        )
        named.write_parquet(path)
        parts.append(path)
    return replace(made, devices=Table(DEVICE_COLUMNS, tuple(parts), made.devices.rows))


def ids(sample: Sample) -> list[str]:
    return [each.device["device_id"] for each in sample.drawn]


def test_the_same_seed_draws_the_same_devices(result: Result) -> None:
    assert ids(draw(result, "e.zip", 25, "s")) == ids(draw(result, "e.zip", 25, "s"))
    assert ids(draw(result, "e.zip", 25, "s")) != ids(draw(result, "e.zip", 25, "t"))


def test_how_the_table_was_cut_does_not_count(result: Result, tmp_path: Path) -> None:
    whole = pl.concat(list(result.devices.frames()))
    whole.write_parquet(tmp_path / "one.parquet")
    one = replace(result, devices=Table(DEVICE_COLUMNS, (tmp_path / "one.parquet",), whole.height))

    assert draw(one, "e.zip", 40, "s") == draw(result, "e.zip", 40, "s")


def test_anyone_can_draw_it_again(result: Result) -> None:
    """The draw is what the documentation says, computed here without the tool's own code."""
    devices = pl.concat(list(result.devices.frames())).to_dicts()
    strata: dict[tuple[str, str, str], list[str]] = {}
    for row in devices:
        key = (row["wave"] or "", row["readiness"], row["path"] or "")
        strata.setdefault(key, []).append(row["device_id"])
    found = draw(result, "e.zip", 25, "2026-Q4")
    wanted = []
    for stratum in found.strata:
        members = strata[stratum.wave, stratum.readiness, stratum.path]
        assert stratum.devices == len(members)
        wanted += sorted(members, key=lambda it: hashlib.sha256(f"2026-Q4\0{it}".encode()).hexdigest())[: stratum.drawn]

    assert ids(found) == wanted
    assert len(wanted) == 25
    assert order_of("2026-Q4", "a") == hashlib.sha256(b"2026-Q4\0a").hexdigest()


def test_a_sample_larger_than_the_fleet_is_the_fleet(result: Result) -> None:
    assert sorted(ids(draw(result, "e.zip", 10_000, "s"))) == sorted(
        pl.concat(list(result.devices.frames()))["device_id"]
    )


def test_every_finding_of_a_device_is_told(result: Result) -> None:
    counted = Counter(pl.concat(list(result.findings.frames()))["device_id"])
    for each in draw(result, "e.zip", 60, "s").drawn:
        assert len(each.findings) == counted[each.device["device_id"]]
        assert {row["device_id"] for row in each.findings} <= {each.device["device_id"]}


HOSTILE = [
    "=HYPERLINK(1)",
    "a|b",
    "<script>alert(1)</script>",
    "x\x1b[31m",
    "x\u202ey",
    "`code`",
    "[a](http://x)",
    "a\nb",
]


@pytest.fixture
def hostile(result: Result) -> Sample:
    sample = draw(result, "=cmd|' /C calc'!A0", len(HOSTILE), "s|<b>")
    drawn = (
        replace(each, device={**each.device, "device_name": name, "file": name, "path": name})
        for each, name in zip(sample.drawn, HOSTILE, strict=True)
    )
    return replace(sample, drawn=tuple(drawn))


def written(sample: Sample, ending: str) -> str:
    stream = BytesIO()
    WRITERS[ending](sample, stream)
    return stream.getvalue().decode()


def test_names_are_harmless_in_markdown(hostile: Sample) -> None:
    page = written(hostile, ".md")
    html = MarkdownIt("commonmark").enable("table").render(page)

    assert not [mark for mark in "\x1b\u202e" if mark in page]
    assert "<script" not in html
    assert "<a " not in html
    assert html.count("<h2>") == len(hostile.drawn) + bool(hostile.fleet)


def test_names_are_exact_in_ndjson_and_run_in_no_spreadsheet(hostile: Sample) -> None:
    lines = [json.loads(line) for line in written(hostile, ".ndjson").splitlines()]
    assert [line["device_name"] for line in lines[1:]] == HOSTILE
    assert (lines[0]["seed"], lines[0]["schema"]) == ("s|<b>", "mde-readiness/sample/v1")
    page = written(hostile, ".csv")
    rows = list(csv.DictReader(StringIO(page.removeprefix("\ufeff"), newline="")))
    safe = [f"'{name}" if re.match(FORMULA, name) else name for name in HOSTILE]
    assert list(dict.fromkeys(row["device_name"] for row in rows if row["device_id"])) == safe
    assert safe != HOSTILE
    assert page.startswith("\ufeff")
    assert not [cell for row in rows for cell in row.values() if re.match(FORMULA, cell)]


@pytest.mark.parametrize("ending", sorted(WRITERS))
def test_there_is_room_for_what_the_auditor_finds(result: Result, ending: str) -> None:
    text = written(draw(result, "e.zip", 5, "s"), ending)

    assert all(column in text for column in TO_FILL_IN)


def test_the_command_prints_and_writes(at_site: Path, tmp_path: Path) -> None:
    printed = call("sample", "evidence.zip", "--n", "3", "--seed", "x")
    for ending in WRITERS:
        assert call("sample", "evidence", "--n", "3", "--seed", "x", "-o", tmp_path / f"s{ending}").code == 0

    assert (printed.code, printed.err) == (0, "")
    page = (tmp_path / "s.md").read_text(encoding="utf-8")
    assert page == printed.out.replace("`evidence.zip`", "`evidence`")
    assert "# Audit sample: 3 of 5 devices" in page
    assert "PASS" in page  # a small fleet has all outcomes at hand


WRONG = {
    "no seed": (("--n", "3"), "--seed"),
    "no such ending": (("--seed", "s", "-o", "s.docx"), "no sample is written as .docx"),
    "over the evidence": (("--seed", "s", "-o", "evidence.zip"), "no sample is written as .zip"),
    "none": (("--seed", "s", "--n", "0"), "--n"),
}


@pytest.mark.parametrize(("words", "what"), WRONG.values(), ids=WRONG.keys())
def test_what_cannot_be_drawn_is_told(at_site: Path, words: tuple[str, ...], what: str) -> None:
    ran = call("sample", "evidence.zip", *words)

    assert ran.code == 2
    assert what in ran.err


def test_nothing_is_written_into_evidence(at_site: Path) -> None:
    ran = call("sample", "evidence", "--seed", "s", "-o", "evidence/sample.csv")

    assert ran.code == 2
    assert "is the evidence, or lies in it" in ran.err
    assert not Path("evidence/sample.csv").exists()


def test_a_seed_need_not_be_utf_8() -> None:
    assert order_of("\udcff", "a") == hashlib.sha256(b"\xff\0a").hexdigest()
