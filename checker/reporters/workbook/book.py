"""The whole result as one workbook: a summary, then a sheet each for rules, devices, findings, waivers and what to do.

Everything is a function of the result; the numbers are its own. Dates are texts in ISO 8601, which sort as they should
in every locale.
"""

from collections.abc import Iterator
from dataclasses import fields
from typing import BinaryIO, Final

import polars as pl

from checker.model.notes import AttestationNote, WaiverNote
from checker.model.result import Result
from checker.reporters.plan import table as plan_table
from checker.reporters.plan import xlsx as plan_xlsx
from checker.reporters.tables import actions
from checker.reporters.tables import xlsx as tables_xlsx
from checker.reporters.wording import visible
from checker.reporters.workbook import summary as workbook_summary
from checker.reporters.workbook.sheets import Cell, Row, sheets_of, workbook

# Titles with the widths of their columns, in characters.
RULES: Final = {
    "rule": 30,
    "title": 60,
    "phase": 13,
    "severity": 10,
    "about": 9,
    "pass": 9,
    "fail": 9,
    "unknown": 10,
    "not applicable": 15,
    "waived": 9,
    "waived fail": 12,
    "action": 26,
    "remediation": 60,
    "not exported": 30,
    "sources": 60,
}
WAIVERS: Final = dict.fromkeys((field.name.replace("_", " ") for field in fields(WaiverNote)), 16) | {
    "rule": 30,
    "reason": 60,
    "place": 30,
    "unmatched": 40,
}
ATTESTATIONS: Final = dict.fromkeys((field.name.replace("_", " ") for field in fields(AttestationNote)), 16) | {
    "fact": 26,
    "evidence": 40,
    "place": 30,
}
PLAN: Final = {
    "device id": 42,
    "device name": 32,
    "group": 22,
    "wave": 16,
    "readiness": 16,
    "route": 22,
    "path": 22,
    "next steps": 70,
    "verification": 16,
}

_JUDGED: Final = pl.col("readiness") != "OUT_OF_SCOPE"


def write(result: Result, stream: BinaryIO) -> None:
    """Write the workbook; the same result gives the same bytes."""
    todo = actions.frame(result)
    with workbook(stream, "Readiness", result.summary.as_of) as book:
        book.page("Summary", workbook_summary.WIDTHS, workbook_summary.rows(result, _contents(result, todo.height)))
        book.table("Rules", RULES, _rules(result))
        tables_xlsx.add_devices(book, result)
        tables_xlsx.add_findings(book, result)
        book.table("Waivers", WAIVERS, map(_note, result.summary.waivers))
        book.table("Attestations", ATTESTATIONS, map(_note, result.summary.attestations))
        tables_xlsx.add_actions(book, todo)
        book.table("Plan", PLAN, _plan(result))
        plan_xlsx.add_steps(book, result)


def _contents(result: Result, actions_told: int) -> tuple[tuple[str, int, str], ...]:
    """Return what stands on the sheets after the first: names, rows, and what a row is."""
    judged = result.devices.scan().filter(_JUDGED).select(pl.len()).collect().item()
    told = (
        ("Rules", len(result.summary.rules), "rule"),
        ("Devices", result.devices.rows, "device"),
        ("Findings", result.findings.rows, "device and rule, with its outcome and first evidence"),
        ("Waivers", len(result.summary.waivers), "accepted outcome"),
        ("Attestations", len(result.summary.attestations), "statement"),
        ("Actions", actions_told, "remediation, or fact to find out, and device group"),
        ("Plan", judged, "judged device"),
        ("Steps", len(result.steps), "step that Plan and Actions name"),
    )
    return tuple((", ".join(sheets_of(name, rows)), rows, what) for name, rows, what in told)


def _rules(result: Result) -> Iterator[Row]:
    for rule in result.summary.rules:
        yield (
            visible(rule.id),
            visible(rule.title),
            rule.phase,
            rule.severity,
            rule.about,
            rule.passed,
            rule.failed,
            rule.unknown,
            rule.not_applicable,
            rule.waived,
            rule.waived_failed,
            visible(rule.action),
            visible(rule.remediation),
            visible(", ".join(rule.not_exported)),
            "\n".join(f"{visible(source.title)}: {visible(source.url)}" for source in rule.sources),
        )


def _note(note: WaiverNote | AttestationNote) -> Row:
    """Return a note as a row: its fields in order."""
    return [_told(getattr(note, field.name)) for field in fields(note)]


def _told(value: Cell | bool | tuple[str, ...]) -> Cell:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return visible(", ".join(value))
    return visible(value) if isinstance(value, str) else value


def _plan(result: Result) -> Iterator[Row]:
    """Yield what to do on each judged device, its steps by title; the sheet Steps has them in full."""
    titles = plan_table.once_for_each_list(plan_table.titles, plan_table.steps_of(result))
    for frame in result.devices.frames():
        judged = frame.filter(_JUDGED).select(title.replace(" ", "_") for title in PLAN)
        for *told, steps, verification in judged.iter_rows():
            yield *(visible(value or "") for value in told), titles(steps), verification
