"""docs/outputs.md says what is written: every kind, ending, column, limit and word of it."""

import re
from pathlib import Path

import polars as pl
import pytest

from checker.model.result import DEVICE_COLUMNS, EVIDENCE, FINDING_COLUMNS, Result
from checker.reporters import shown
from checker.reporters.json import report as json_report
from checker.reporters.junit import cases as junit_cases
from checker.reporters.junit import suites as junit_suites
from checker.reporters.kinds import BARE, KINDS
from checker.reporters.markdown import report as markdown
from checker.reporters.markdown import sections as markdown_sections
from checker.reporters.markdown import text as markdown_text
from checker.reporters.sarif import groups as sarif_groups
from checker.reporters.sarif import runs as sarif_runs
from checker.reporters.sarif.rules import LEVELS
from checker.reporters.tables import actions, rejected
from checker.reporters.tables import csv as csv_tables
from checker.reporters.tables import files as tables
from checker.reporters.terminal import lines as summary_lines
from checker.reporters.terminal import rollout as summary_rollout
from checker.reporters.workbook import book as workbook
from checker.reporters.workbook import sheets
from checker.reporters.workbook import summary as workbook_summary

from .books import sheets_of

PAGE = (Path(__file__).parents[2] / "docs" / "outputs.md").read_text(encoding="utf-8")


def rows(heading: str, table: int = 0) -> list[list[str]]:
    """Return the rows of a table below a heading, without its own headings."""
    section = re.split(r"^## ", PAGE.split(f"## {heading}\n", 1)[1] if heading else PAGE, flags=re.MULTILINE)[0]
    found = [block.strip() for block in section.split("\n\n") if block.strip().startswith("|")][table]
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in found.splitlines()[2:]]


def first_cells(heading: str, table: int = 0) -> list[str]:
    return [cells[0].strip("`") for cells in rows(heading, table)]


def test_every_kind_and_ending_is_documented() -> None:
    assert first_cells("") == list(KINDS)
    for (kind, writers), cells in zip(KINDS.items(), rows(""), strict=True):
        endings = {ending for ending, bare in BARE.items() if bare == kind}
        endings |= set(writers) if len(writers) > 1 else set()
        assert set(re.findall(r"`(\.[a-z.]+)`", cells[1])) == endings


@pytest.mark.parametrize(
    ("heading", "table", "columns"),
    [
        ("Findings", 0, list(FINDING_COLUMNS)),
        ("Findings", 1, [field.name for field in EVIDENCE.fields]),
        ("Devices", 0, list(DEVICE_COLUMNS)),
        ("Actions", 0, list(actions.COLUMNS)),
        ("Rejected", 0, list(rejected.COLUMNS)),
    ],
)
def test_every_column_is_documented_in_order(heading: str, table: int, columns: list[str]) -> None:
    assert first_cells(heading, table) == columns


def test_every_exit_code_is_documented() -> None:
    assert first_cells("Exit codes") == ["0", "1", "2", "3"]


def test_levels_are_those_of_the_file() -> None:
    for severity, (level, _, security) in LEVELS.items():
        assert f"| {severity} | `{level}` | {security} (" in PAGE


def test_limits_are_those_of_the_reports() -> None:
    assert f"up to {shown.DETAIL_LIMIT:,} problems" in PAGE
    assert f"the first {junit_cases.EXAMPLES_SHOWN} by name" in PAGE
    assert f"the first {sarif_groups.EXAMPLES_SHOWN} devices" in PAGE
    assert f"the first {junit_suites.WAVES_SHOWN} waves" in PAGE
    assert f"With {sarif_runs.MOST_RUNS} waves or more" in PAGE
    assert f"never above {markdown.MOST_BYTES:,} bytes" in PAGE
    assert f"at most {markdown_sections.ROWS_SHOWN} rows" in PAGE
    assert f"{markdown_text.NAME_LENGTH} characters, sentences at {markdown_sections.TEXT_LENGTH}" in PAGE
    limits = (
        (summary_lines.RULES_SHOWN, "rules"),
        (summary_lines.INPUTS_SHOWN, "files"),
        (summary_lines.NOTICES_SHOWN, "notices"),
        (summary_lines.UNLOCKS_SHOWN, "facts"),
        (summary_rollout.WAVES_SHOWN, "waves"),
        (summary_rollout.ACTIONS_SHOWN, "actions"),
        (summary_rollout.WAIVERS_SHOWN, "waivers"),
        (summary_lines.STATEMENTS_SHOWN, "statements"),
    )
    assert ", ".join(f"{limit} {name}" for limit, name in limits) in PAGE


def test_every_key_on_the_rollout_is_one_of_the_report(waved: Result) -> None:
    named = {cells.removesuffix("[]") for cells in first_cells("The JSON report")}
    assert named < set(json_report.report(waved.summary))


def test_every_state_since_a_baseline_is_documented() -> None:
    assert first_cells("Since an earlier report") == ["new", "unchanged", "updated", "absent"]


def test_what_parquet_says_of_itself_is_documented(small: Result) -> None:
    schemas = [tables.FINDINGS_SCHEMA, tables.DEVICES_SCHEMA, actions.SCHEMA, tables.PLAN_SCHEMA]
    assert first_cells("Tables") == list(tables.metadata(small.summary, schemas[0]))
    assert re.findall(r"`(mde-readiness/\w+/v1)`", rows("Tables")[0][1]) == schemas


def test_sheets_and_their_limits_are_documented(small: Result) -> None:
    assert first_cells("Workbook") == list(sheets_of(workbook.write, small))
    for limit in (f"{sheets.MOST_ROWS:,} rows", f"{sheets.MOST_CHARACTERS:,} characters"):
        assert limit in PAGE.split("## Workbook")[1]
    assert f"Beyond {workbook_summary.MOST_SHARES} systems or groups" in PAGE


def test_what_a_spreadsheet_runs_is_documented() -> None:
    said = PAGE.split("a text that begins with ")[1].split(" gets")[0]
    names = {"TAB": "\t", "CR": "\r", "LF": "\n", "NUL": "\x00"}
    begins = [names.get(word, word) for word in re.findall(r"[A-Z]+|(?<=`)[^`](?=`)", said)]
    assert all(re.match(csv_tables.FORMULA, character) for character in begins)
    assert len(begins) == sum(bool(re.match(csv_tables.FORMULA, chr(code))) for code in range(0x10000))


def test_evidence_is_what_findings_carry() -> None:
    assert FINDING_COLUMNS["evidence"] == pl.List(EVIDENCE)
