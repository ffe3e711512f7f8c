"""A trend puts reports in the order of their days, draws their shares, and marks what was judged otherwise."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.compare.reports import PackRead, Report
from checker.compare.trend import WIDTH, json_text, read_reports, text
from checker.errors import InputError

from .fleets import Made, report

COUNTS = {"ready": 10, "migrated": 5, "undetermined": 4, "not_ready": 1, "out_of_scope": 3, "total": 23}


def write(folder: Path, name: str, **changes: object) -> str:
    path = folder / name
    path.write_text(json.dumps({**report(Made({})), "devices": COUNTS, **changes}))
    return str(path)


def test_reports_stand_in_order_of_their_days(tmp_path: Path) -> None:
    paths = [write(tmp_path, f"{day}.json", as_of=f"2026-11-{day}") for day in ("09", "02", "16")]

    assert [found.as_of.day for found in read_reports([*paths, paths[0]])] == [2, 9, 16]


def test_a_line_has_day_devices_shares_and_a_bar(tmp_path: Path) -> None:
    lines = text(read_reports([write(tmp_path, "a.json")]), ascii_only=False).splitlines()

    assert lines[0].split() == ["as", "of", "judged", "READY", "MIGRATED", "UNDETERMINED", "NOT_READY"]
    assert lines[1] == (
        "2026-11-22      20  50.0 %    25.0 %        20.0 %      5.0 %  " + "█" * 20 + "▓" * 10 + "▒" * 8 + "░" * 2
    )
    assert lines[-1] == "Shares of the judged devices: █ READY, ▓ MIGRATED, ▒ UNDETERMINED, ░ NOT_READY."


def test_without_unicode_it_is_drawn_in_ascii(tmp_path: Path) -> None:
    paths = [write(tmp_path, "a.json"), write(tmp_path, "b.json", wave="pilot")]
    said = text(read_reports(paths), ascii_only=True)

    assert said.isascii()
    assert "#" * 20 + "=" * 10 + "?" * 8 + "." * 2 in said
    assert "<- wave all -> pilot" in said


PACK = {"id": "streamlined-connectivity", "version": "1.0.0", "profile": "2023-09", "sha256": "ab" * 32}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, []),
        ({"packs": [{**PACK, "profile": "current"}]}, ["profile 2023-09 → current"]),
        (
            {"packs": [{**PACK, "id": "defender-for-business"}]},
            ["pack streamlined-connectivity → defender-for-business"],
        ),
        ({"packs": [{**PACK, "sha256": "cd" * 32}]}, ["rules of the pack changed"]),
        ({"partial": True}, ["rules left out"]),
        ({"tailoring": ["x"]}, ["tailoring changed"]),
        ({"simulated": ["plan.tool = intune"]}, ["SIMULATION"]),
        ({"phase": "all"}, ["phase prerequisite → all"]),
        ({"governed_by": [{"kind": "waivers", "path": "w.yaml", "sha256": "ab" * 32}]}, ["waivers changed"]),
        (
            {"tailoring": ["x"], "governed_by": [{"kind": "tailoring", "path": "t", "sha256": ""}]},
            ["tailoring changed"],
        ),
    ],
    ids=lambda value: str(value)[:50],
)
def test_what_was_judged_otherwise_is_marked_where_it_begins(
    changes: dict[str, Any], said: list[str], tmp_path: Path
) -> None:
    before = write(tmp_path, "a.json", as_of="2026-11-01", governed_by=[])
    changes = {"governed_by": [], **changes}
    reports = read_reports([before, write(tmp_path, "b.json", **changes)])
    told = json.loads(json_text(reports))["reports"]

    assert [each["changed"] for each in told] == [[], said]
    lines = text(reports, ascii_only=False).splitlines()
    assert ("◂" in lines[2]) == bool(said)
    assert "◂" not in lines[1]


def test_the_json_has_counts_and_shares(tmp_path: Path) -> None:
    (told,) = json.loads(json_text(read_reports([write(tmp_path, "a.json")])))["reports"]

    assert told["judged"] == 20
    assert told["shares"] == {"ready": 50.0, "migrated": 25.0, "undetermined": 20.0, "not_ready": 5.0}
    assert told["devices"]["total"] == 23


def test_a_fleet_of_nobody_has_no_bar(tmp_path: Path) -> None:
    none = dict.fromkeys(COUNTS, 0)
    (line,) = text(read_reports([write(tmp_path, "a.json", devices=none)]), ascii_only=False).splitlines()[1:2]

    assert line.split() == ["2026-11-22", "0", "-", "-", "-", "-"]


@given(st.lists(st.integers(0, 1_000_000), min_size=4, max_size=4).filter(any))
def test_a_bar_is_as_wide_as_the_whole_and_hides_no_part(numbers: list[int]) -> None:
    devices = dict(zip(("ready", "migrated", "undetermined", "not_ready"), numbers, strict=True))
    made = Report("a", _day(), (PackRead("p", "1", "x", ""),), "all", False, "", (), (), devices, (), ())
    bar = text([made], ascii_only=True).splitlines()[1].split("  ")[-1]

    assert len(bar) == WIDTH
    for sign, number in zip("#=?.", numbers, strict=True):
        assert bool(number) == (sign in bar)


@pytest.mark.parametrize("width", [60, 76, 80, 100, 140])
def test_bars_fit_the_terminal_and_marks_go_below(width: int, tmp_path: Path) -> None:
    paths = [write(tmp_path, "a.json"), write(tmp_path, "b.json", wave="pilot", phase="all", partial=True)]
    lines = text(read_reports(paths), ascii_only=False, width=width).splitlines()

    rows = [line for line in lines if line.startswith("2026")]
    bars = {len(row.split("%")[-1].split("◂")[0].strip()) for row in rows}
    assert max(map(len, lines)) <= max(width, 61)  # the shares
    assert bars == {0 if width < 63 + 8 else min(40, width - 63)}
    assert "◂ rules left out" not in rows[0]
    assert any("◂ wave all → pilot" in line or "◂ phase" in line for line in lines)


def _day() -> date:
    return date(2026, 11, 22)


def test_every_report_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text("{}")

    with pytest.raises(InputError) as refused:
        read_reports([write(tmp_path, "a.json"), str(tmp_path / "bad.json"), str(tmp_path / "none.json")])
    assert [Path(problem.where).name for problem in refused.value.problems] == ["bad.json", "none.json"]
