"""docs/outputs.md says what is written: every kind, ending, column, limit and word of it."""

import re
from pathlib import Path

import polars as pl
import pytest

from checker.model.result import DEVICE_COLUMNS, EVIDENCE, FINDING_COLUMNS, Result
from checker.reporters import (
    json_report,
    junit_cases,
    junit_suites,
    sarif_groups,
    sarif_runs,
    shown,
    summary_lines,
    summary_rollout,
    tables,
)
from checker.reporters.outputs import BARE, KINDS
from checker.reporters.sarif_rules import LEVELS

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


def test_schemas_of_the_tables_are_named() -> None:
    assert f"`{tables.FINDINGS_SCHEMA}`" in PAGE
    assert f"`{tables.DEVICES_SCHEMA}`" in PAGE


def test_evidence_is_what_findings_carry() -> None:
    assert FINDING_COLUMNS["evidence"] == pl.List(EVIDENCE)
