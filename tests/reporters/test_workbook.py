"""Workbooks: everything on a sheet of its own, filtered by its columns, with texts as texts and numbers as numbers."""

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from checker.model.notes import InputTally
from checker.model.result import Result
from checker.reporters.kinds import Write
from checker.reporters.tables import actions
from checker.reporters.tables import xlsx as tables_xlsx
from checker.reporters.wording import visible
from checker.reporters.workbook import book as workbook
from checker.reporters.workbook import sheets as limits

from .books import sheets_of, table
from .fleets import HOSTILE, INPUT, Fleet, device_id, fleet
from .plans import written
from .results import build

NAMES = ["Summary", "Rules", "Devices", "Findings", "Waivers", "Attestations", "Actions", "Plan", "Steps"]
FORMULAS = ["=1+1", '=HYPERLINK("https://evil.example")', "https://evil.example", "007", "<r>x</r>"]


def summary_of(result: Result) -> list[list[object]]:
    sheet = sheets_of(workbook.write, result)["Summary"]
    return [[value for value in line if value is not None] for line in sheet.iter_rows(values_only=True)]


def test_there_is_a_sheet_for_everything_with_a_header_in_sight_and_filters(waved: Result) -> None:
    found = sheets_of(workbook.write, waved)
    assert list(found) == NAMES
    for name in NAMES[1:]:
        sheet = found[name]
        assert sheet.freeze_panes == "A2", name
        assert sheet.auto_filter.ref == sheet.dimensions, name


def test_counts_of_rules_are_numbers(waved: Result) -> None:
    rows = table(sheets_of(workbook.write, waved), "Rules")
    assert [row["rule"] for row in rows] == [rule.id for rule in waved.summary.rules]
    for row, rule in zip(rows, waved.summary.rules, strict=True):
        told = [row[name] for name in ("pass", "fail", "unknown", "not applicable", "waived", "waived fail")]
        counts = [rule.passed, rule.failed, rule.unknown, rule.not_applicable, rule.waived, rule.waived_failed]
        assert told == counts


def test_a_finding_is_a_row_with_its_first_evidence(small: Result) -> None:
    rows = table(sheets_of(tables_xlsx.write_findings, small), "Findings")
    assert len(rows) == small.findings.rows
    assert list(rows[0]) == list(tables_xlsx.FINDINGS)
    assert [rows[0][name] for name in ("device id", "fact", "missing", "devices", "more")] == [
        None,
        "url.tests",
        "NOT_EXPORTED",
        4,
        0,
    ]
    assert [rows[1][name] for name in ("fact", "value", "file", "row", "column", "observed", "more")] == [
        "agent.version",
        "20.10",
        INPUT,
        7,
        "AgentVersion",
        "2026-11-20T10:30:00Z",
        0,
    ]


def test_further_evidence_is_counted(small: Result, tmp_path: Path) -> None:
    (frame,) = (part.head(3) for part in list(small.findings.frames())[:1])
    longer = frame.with_columns(evidence=frame["evidence"].list.concat(frame["evidence"]))
    none = longer.with_columns(evidence=longer["evidence"].list.head(0))
    for told, more, fact in ((longer, 1, "agent.version"), (none, 0, None)):
        path = tmp_path / f"{more}.parquet"
        told.write_parquet(path)
        result = replace(small, findings=replace(small.findings, parts=(path,), rows=told.height))
        rows = table(sheets_of(tables_xlsx.write_findings, result), "Findings")
        assert [(row["more"], row["fact"]) for row in rows][1:] == [(more, fact)] * (told.height - 1)


def test_a_device_is_a_row_with_lists_in_words(small: Result) -> None:
    rows = table(sheets_of(tables_xlsx.write_devices, small), "Devices")
    assert [row["device id"] for row in rows] == [device_id(number) for number in range(1, 5)]
    assert rows[1]["failed"] == "sc.macos-agent-min"
    assert (rows[1]["row"], rows[1]["line"], rows[1]["simulated"]) == (2, 3, "no")
    assert {tuple(row) for row in rows} == {tuple(tables_xlsx.DEVICES)}


def test_actions_have_empty_columns(small: Result) -> None:
    rows = table(sheets_of(tables_xlsx.write_actions, small), "Actions")
    assert len(rows) == actions.frame(small).height > 0
    assert list(rows[0]) == list(tables_xlsx.ACTIONS)
    assert list(rows[0])[-3:] == ["owner", "due", "justification"]
    assert rows[0]["owner"] is None


def test_waivers_and_attestations_stand_there_in_full(waved: Result) -> None:
    found = sheets_of(workbook.write, waved)
    waivers = table(found, "Waivers")
    assert waved.summary.waivers
    for row, note in zip(waivers, waved.summary.waivers, strict=True):
        assert (row["id"], row["owner"], row["approver"], row["expires"]) == (
            note.id,
            note.owner,
            note.approver,
            note.expires,
        )
        assert (row["used on"], row["broad"]) == (note.used_on, "yes" if note.broad else "no")
    attestations = table(found, "Attestations")
    for row, statement in zip(attestations, waved.summary.attestations, strict=True):
        assert (row["fact"], row["by"], row["used on"]) == (statement.fact, statement.by, statement.used_on)


def test_the_summary_tells_verdict_ledger_readiness_and_what_it_rests_on(waved: Result) -> None:
    lines, summary = summary_of(waved), waved.summary
    devices = summary.devices
    assert ["exit code", summary.exit_code, visible(summary.exit_reason)] in lines
    assert [["all", devices["total"], *list(devices.values())[1:]]] == [line for line in lines if line[:1] == ["all"]]
    for entry in summary.inputs:
        ledger = [entry.rows, entry.devices, entry.merged, entry.out_of_scope]
        ledger += [entry.unmatched, entry.rejected, entry.future]
        assert [entry.path, *ledger, entry.format] in lines
        assert ["input", f"{entry.path}, SHA-256 {entry.sha256}"] in lines
    for wave in summary.waves:
        assert [f"{wave.name}: {wave.decision}", *([wave.reason] if wave.reason else [])] in lines
        for criterion in wave.criteria:
            assert any(criterion.title in str(line[0]) and criterion.figure in str(line[1]) for line in lines if line)
    for pack in summary.packs:
        assert any(pack.sha256 in str(line[1]) for line in lines if line[:1] == ["pack"])
    assert {"guidance", "assumption", "as of", "tool"} <= {str(line[0]) for line in lines if line}


def test_the_decision_of_a_gate_and_a_supposition_stand_in_the_verdict(gated: Result, simulated: Result) -> None:
    lines = summary_of(gated)
    wave = next(wave for wave in gated.summary.waves if wave.gated)
    assert lines[:3] == [["Verdict"], ["wave", wave.name], ["decision", f"{wave.decision}: {wave.reason}"]]
    verdict = summary_of(simulated)[:12]
    assert any(line[:1] == ["SIMULATION"] for line in verdict)


@pytest.mark.parametrize("write", [workbook.write, tables_xlsx.write_devices, tables_xlsx.write_findings])
def test_every_name_is_a_text_that_does_nothing(write: Write, tmp_path: Path) -> None:
    told = [*FORMULAS, *HOSTILE]
    names = {device_id(number): name for number, name in enumerate(told, start=1)}
    base = fleet()
    outcomes = {
        spec: dict.fromkeys(names, "FAIL") if "" not in found else found for spec, found in base.outcomes.items()
    }
    evil = tuple(InputTally(name, "cd" * 32, name, 1, 1, 0, 0, 0, 0, 0, ()) for name in told)
    result = build(tmp_path, Fleet(names, outcomes), inputs=evil, notices=tuple(told))
    found = sheets_of(write, result)
    cells = [cell for sheet in found.values() for line in sheet.iter_rows() for cell in line if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"inlineStr", "s", "n"}
    assert not [cell for cell in cells if cell.hyperlink]
    assert all(type(cell.value) is int for cell in cells if cell.data_type == "n")
    shown = {visible(name) for name in told} - {"<r>x</r>"} | {"<r>x</r> "}
    for name in {"Devices", "Findings"} & set(found):
        assert shown <= {row["device name"] for row in table(found, name)}


def test_rows_beyond_a_sheet_go_to_the_next_and_the_summary_says_so(
    small: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MOST_ROWS", 3)
    found = sheets_of(workbook.write, small)
    assert {"Devices", "Devices 2", "Findings", "Findings 2", "Findings 3"} <= set(found)
    assert [row["device id"] for row in table(found, "Devices")] == [device_id(number) for number in range(1, 5)]
    said = {str(line[0]): line[1] for line in summary_of(small) if len(line) == 3}
    assert said["Devices, Devices 2"] == small.devices.rows
    told = [name for names in said for name in names.split(", ") if name in found]
    assert sorted(told) == sorted(set(found) - {"Summary"})


def test_sheets_are_as_many_as_rows_need(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_ROWS", 3)
    assert [limits.sheets_of("A", rows) for rows in (0, 3, 4, 7)] == [
        ("A",),
        ("A",),
        ("A", "A 2"),
        ("A", "A 2", "A 3"),
    ]


WRITERS = [workbook.write, tables_xlsx.write_findings, tables_xlsx.write_devices, tables_xlsx.write_actions]


@pytest.mark.parametrize("write", WRITERS)
def test_the_same_result_gives_the_same_bytes_however_it_was_cut(write: Write, tmp_path: Path) -> None:
    contents = {written(write, build(tmp_path / str(parts), fleet(HOSTILE), parts=parts)) for parts in (1, 2, 4)}
    assert len(contents) == 1


def test_it_is_dated_by_the_as_of_day(small: Result) -> None:
    book = openpyxl.load_workbook(BytesIO(written(workbook.write, small)))
    assert str(book.properties.created) == f"{small.summary.as_of} 00:00:00"
