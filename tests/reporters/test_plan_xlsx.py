"""The plan as a workbook that Excel, LibreOffice and scripts open, and in which every cell is a text."""

import gc
import sys
import zipfile
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pytest
from openpyxl.utils.escape import unescape
from openpyxl.worksheet.worksheet import Worksheet

from checker.model.notes import FileNote, StepNote
from checker.model.result import Result
from checker.reporters.plan import xlsx as plan_xlsx
from checker.reporters.wording import visible
from checker.reporters.workbook import sheets as limits

from .fleets import HOSTILE, device_id
from .plans import RESTART, STEPS, VERIFIED, plan, row, some_rows, written


def sheets(result: Result) -> dict[str, Worksheet]:
    book = openpyxl.load_workbook(BytesIO(written(plan_xlsx.write, result)))
    return {sheet.title: sheet for sheet in book.worksheets}


def rows(sheet: Worksheet) -> list[list[str]]:
    """Return the cells below the header; every one that holds something holds a text."""
    assert {cell.data_type for line in sheet.iter_rows() for cell in line if cell.value is not None} <= {
        "s",
        "inlineStr",
    }
    return [[unescape(str(value or "")) for value in line] for line in sheet.iter_rows(min_row=2, values_only=True)]


def names(result: Result) -> list[str]:
    return [line[1] for line in rows(sheets(result)["Plan"])]


def test_there_is_a_row_for_each_device_with_its_steps_by_title(tmp_path: Path) -> None:
    found = rows(sheets(plan(tmp_path, some_rows()))["Plan"])
    assert [line[0] for line in found] == [device_id(number) for number in range(1, 8)]
    assert found[1] == [
        device_id(2),
        "pc-2.contoso.example",
        "pilot",
        "local-script",
        "NOT_READY",
        "no",
        "reonboard",
        "update-first",
        "1. Update the agent with Microsoft AutoUpdate\n2. Apply the streamlined package with the local script",
        "UNVERIFIED",
        "1. The device reports through the streamlined domain",
    ]
    assert found[5][2:5] == ["", "", "OUT_OF_SCOPE"]


def test_each_sheet_has_a_header_that_stays_in_sight_and_filters(tmp_path: Path) -> None:
    found = sheets(plan(tmp_path, some_rows()))
    assert list(found) == ["Plan", "Steps", "About"]
    for sheet, columns in zip(found.values(), (plan_xlsx.PLAN, plan_xlsx.STEPS, plan_xlsx.ABOUT), strict=True):
        assert [cell.value for cell in sheet[1]] == list(columns)
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref == sheet.dimensions
        alike = sheet.column_dimensions.values()  # neighbours of one width are one entry
        widths = [round(each.width - 0.71) for each in alike for _ in range(each.min or 0, (each.max or 0) + 1)]
        assert widths == list(columns.values())


def test_each_step_stands_once_with_all_that_belongs_to_it(tmp_path: Path) -> None:
    found = {line[0]: line for line in rows(sheets(plan(tmp_path, some_rows()))["Steps"])}
    assert list(found) == [step.id for step in STEPS]
    assert found[RESTART.id][3] == "\n".join(RESTART.commands)
    assert found[VERIFIED.id][1:3] == [VERIFIED.title, f"When it has worked: {VERIFIED.looks_like}."]
    assert found[VERIFIED.id][4] == VERIFIED.query


def test_it_says_what_it_rests_on_and_what_was_supposed_first(tmp_path: Path) -> None:
    governed = (FileNote("waivers", "waivers\ud800.yaml", "12" * 32),)
    result = plan(tmp_path, [row(1, simulated=True)], simulated=("os.ubr = 5000",), governed_by=governed, partial=True)
    found = rows(sheets(result)["About"])
    assert found[0] == ["SIMULATION", "nothing here is a proof: os.ubr = 5000"]
    assert found[1][0] == "left out"
    assert [line[1] for line in found if line[0] == "guidance"] == list(result.summary.guidance)
    assert ["waivers", f"waivers\\ud800.yaml, SHA-256 {'12' * 32}"] in found
    assert {"input", "pack", "as of", "assumption"} <= {line[0] for line in found}
    assert rows(sheets(result)["Plan"])[0][5] == "yes"


def test_no_name_is_a_formula_a_link_or_a_number(tmp_path: Path) -> None:
    told = ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("https://evil.example")', "https://evil.example", "007", "TRUE"]
    result = plan(tmp_path, [row(number, name) for number, name in enumerate((*told, *HOSTILE, "_x0041_"), start=1)])
    assert names(result) == [visible(name) for name in (*told, *HOSTILE, "_x0041_")]
    assert not [cell for line in sheets(result)["Plan"].iter_rows() for cell in line if cell.hyperlink]


@pytest.mark.parametrize("length", [0, limits.MOST_CHARACTERS])
def test_a_name_cannot_write_cells_of_its_own(length: int, tmp_path: Path) -> None:
    start, end = "<r>", '</t></is></c><c r="Z9"><f>1+1</f></c><c><is><t></r>'
    name = start + "x" * max(0, length - len(start + end)) + end
    found = sheets(plan(tmp_path, [row(1, name)]))["Plan"]
    assert rows(found)[0][1].rstrip(" ")[:32_000] == name[:32_000]
    assert found["Z9"].value is None


def test_a_text_is_cut_to_what_a_cell_holds(tmp_path: Path) -> None:
    most = limits.MOST_CHARACTERS
    told = ["x" * most, "x" * (most + 1), "😀" * (most // 2) + "x", "😀" * (most // 2 + 1)]
    found = names(plan(tmp_path, [row(number, name) for number, name in enumerate(told, start=1)]))
    assert found == [told[0], "x" * (most - 1) + "…", told[2], "😀" * (most // 2) + "…"]


def test_devices_beyond_a_sheet_go_to_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_ROWS", 3)
    for size, titles in ((3, ["Plan"]), (4, ["Plan", "Plan 2"]), (7, ["Plan", "Plan 2", "Plan 3"])):
        (tmp_path / str(size)).mkdir()
        found = sheets(plan(tmp_path / str(size), [row(number) for number in range(1, size + 1)]))
        assert [title for title in found if title.startswith("Plan")] == titles
        devices = [line[0] for title in titles for line in rows(found[title])]
        assert devices == [device_id(number) for number in range(1, size + 1)]
        assert all(found[title]["A1"].value == "device id" for title in titles)


def test_a_sheet_takes_as_many_rows_as_excel_does() -> None:
    assert limits.MOST_ROWS + 1 == 2**20
    assert limits.MOST_CHARACTERS == 2**15 - 1


def test_a_plan_without_devices_is_a_workbook_too(tmp_path: Path) -> None:
    assert rows(sheets(plan(tmp_path, []))["Plan"]) == []


def test_the_same_plan_gives_the_same_bytes_however_it_was_cut(tmp_path: Path) -> None:
    contents = set()
    for parts in (1, 2, 7):
        (tmp_path / str(parts)).mkdir()
        contents.add(written(plan_xlsx.write, plan(tmp_path / str(parts), some_rows(), parts=parts)))
    assert len(contents) == 1


def test_it_is_dated_by_the_as_of_day_and_all_of_it_is_xml(tmp_path: Path) -> None:
    odd = StepNote("odd", "odd \ufffe", ("a\x0b",), ("type\tx\x1b\ud800",), "T\r\n| take \uffff")
    result = replace(plan(tmp_path, [row(1, "\ufffe")]), steps=(*STEPS, odd))
    content = written(plan_xlsx.write, result)
    assert openpyxl.load_workbook(BytesIO(content)).properties.created == datetime.fromisoformat("2026-11-23")
    with zipfile.ZipFile(BytesIO(content)) as archive:
        for name in archive.namelist():
            ElementTree.fromstring(archive.read(name))  # noqa: S314 (our own file)
    shown = rows(sheets(result)["Steps"])[-1]
    assert shown[2:5] == ["a\\x0b.", "type\tx\\x1b\\ud800", "T\\r\n| take \\uffff"]


def test_a_full_disk_is_an_error_of_the_operating_system(tmp_path: Path) -> None:
    class Full(BytesIO):
        def write(self, _content: object) -> int:
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left on device"):
        plan_xlsx.write(plan(tmp_path, some_rows()), Full())


class Stopped(BaseException):
    """What ends a run from without."""


def test_a_run_that_is_stopped_says_nothing_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the library left open ends itself as it is collected: Python would print what goes wrong there."""
    said: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", said.append)

    class Stopping(BytesIO):
        left = 0

        def write(self, content: object) -> int:
            self.left -= 1
            if self.left < 0:
                raise Stopped
            return super().write(content)  # type: ignore[arg-type]

    result, stops = plan(tmp_path, some_rows()), 0
    for after in range(0, 120, 3):
        stream = Stopping()
        stream.left = after
        try:
            plan_xlsx.write(result, stream)
        except Stopped:
            stops += 1
        gc.collect()
    assert (stops > 10, said) == (True, [])
