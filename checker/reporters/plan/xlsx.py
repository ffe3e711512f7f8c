"""The plan as a workbook: the sheets Plan (one row per device), Steps (each step once) and About (what it rests on)."""

from collections.abc import Iterator, Sequence
from typing import BinaryIO, Final

from checker.model.result import Result
from checker.reporters.plan import table
from checker.reporters.wording import visible
from checker.reporters.workbook.sheets import Book, workbook

# Titles with the widths of their columns, in characters.
PLAN: Final = {
    "device id": 42,
    "device name": 32,
    "wave": 16,
    "tool": 16,
    "readiness": 16,
    "simulated": 11,
    "route": 22,
    "path": 22,
    "next steps": 70,
    "verification": 16,
    "verify": 50,
}
STEPS: Final = {"step": 28, "what": 50, "how": 80, "commands": 60, "query": 60, "sources": 60}
ABOUT: Final = {"about": 16, "is": 120}


def write(result: Result, stream: BinaryIO) -> None:
    """Write the workbook; the same result gives the same bytes, since the file is dated by the as-of day."""
    with workbook(stream, "Plan", result.summary.as_of) as book:
        book.table("Plan", PLAN, _plan_rows(result))
        add_steps(book, result)
        add_about(book, result)


def add_steps(book: Book, result: Result) -> None:
    """Add a sheet of all steps, actions and verifications that next steps may name."""
    book.table("Steps", STEPS, _step_rows(result))


def add_about(book: Book, result: Result) -> None:
    """Add a sheet that says what a workbook rests on."""
    rows = ((visible(word), visible(text)) for word, text in table.provenance(result.summary))
    book.table("About", ABOUT, rows)


def _plan_rows(result: Result) -> Iterator[Sequence[str]]:
    titles = table.once_for_each_list(table.titles, table.steps_of(result))
    for device in table.devices(result):
        yield (
            visible(device["device_id"]),
            visible(device["device_name"]),
            visible(device["wave"]),
            visible(device["tool"]),
            device["readiness"],
            "yes" if device["simulated"] else "no",
            visible(device["route"]),
            visible(device["path"]),
            titles(device["next_steps"]),
            device["verification"],
            titles(device["verify"]),
        )


def _step_rows(result: Result) -> Iterator[Sequence[str]]:
    for step in result.steps:
        yield (
            visible(step.id),
            visible(step.title),
            "\n".join(table.details(step)),
            table.copyable(table.commands([step])),
            table.copyable(step.query),
            table.sources([step]),
        )
