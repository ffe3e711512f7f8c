"""The first sheet of the workbook: what was judged by what, how it came out, and what stands on the other sheets."""

from collections.abc import Iterator
from typing import Final

from checker.model.notes import WaveNote
from checker.model.result import Result, Summary
from checker.reporters import breakdown
from checker.reporters.plan import table as plan_table
from checker.reporters.wording import visible
from checker.reporters.workbook.sheets import Row, Titles

Rows = Iterator[Row | Titles | str]  # a text is a heading

# Widths in characters: words, then numbers; longer texts run over the empty cells to their right.
WIDTHS: Final = (42, 14, 14, 14, 15, 14, 15, 14, 14, 14)
MOST_SHARES: Final = 200  # systems or groups: whoever has more filters the sheet Devices

_READINESS: Final = {
    "ready": "READY",
    "not_ready": "NOT_READY",
    "undetermined": "UNDETERMINED",
    "migrated": "MIGRATED",
    "out_of_scope": "OUT_OF_SCOPE",
}
_LEDGER: Final = ("rows", "devices", "merged", "out_of_scope", "unmatched", "rejected", "future")


def rows(result: Result, sheets: tuple[tuple[str, int, str], ...]) -> Rows:
    """Yield the sheet from top to bottom; ``sheets`` are the others: names, rows, and what a row is."""
    summary = result.summary
    yield from _verdict(summary)
    yield ()
    yield "Sheets"
    yield Titles(("name", "rows", "a row for each"))
    yield from sheets
    for part in (_denominator(summary), _readiness(result), _waves(summary), _paths(summary), _rests_on(summary)):
        yield ()
        yield from part


def _verdict(summary: Summary) -> Rows:
    yield "Verdict"
    for wave in summary.waves:
        if wave.gated:
            yield "wave", visible(wave.name)
            yield "decision", f"{wave.decision}: {visible(wave.reason)}"
    yield "exit code", summary.exit_code, visible(summary.exit_reason)
    yield "judged as of", summary.as_of.isoformat()
    yield "profile", visible(summary.profile)
    yield "phase", summary.phase
    if summary.wave:
        yield "limited to wave", visible(summary.wave)
    for word, text in plan_table.provenance(summary):
        if word in plan_table.CAUTIONS:
            yield word, visible(text)
    for text in summary.notices:
        yield "notice", visible(text)


def _denominator(summary: Summary) -> Rows:
    yield "What was read: rows = devices + merged + out of scope + unmatched + rejected + future"
    yield Titles(("input", *(name.replace("_", " ") for name in _LEDGER), "format"))
    for entry in summary.inputs:
        yield visible(entry.path), *(getattr(entry, name) for name in _LEDGER), visible(entry.format)


def _readiness(result: Result) -> Rows:
    devices = result.summary.devices
    yield "Devices by readiness"
    yield Titles(("", "devices", *_READINESS.values()))
    yield "all", devices["total"], *(devices[name] for name in _READINESS)
    if unwaived := result.summary.unwaived:
        yield "as if there were no waivers", unwaived["total"], *(unwaived[name] for name in _READINESS)
    columns = [("os", "operating system"), ("group", "device group")]
    for column, heading in [("wave", "wave"), *columns] if result.summary.waves else columns:
        yield ()
        yield f"Devices by {heading}"
        yield Titles((heading, "devices", *breakdown.READINESS))
        first, others, hidden = breakdown.largest(breakdown.counts(result, column), MOST_SHARES)
        for share in first:
            yield visible(share.value or "") or "(none known)", share.total, *share.counts.values()
        if others:
            yield f"({hidden:,} others)", others.total, *others.counts.values()


def _waves(summary: Summary) -> Rows:
    yield "Gates of the waves"
    if not summary.waves:
        yield ("no waves were given",)
    for wave in summary.waves:
        yield from _wave(wave)


def _wave(wave: WaveNote) -> Rows:
    yield Titles((f"{visible(wave.name)}: {wave.decision}", visible(wave.reason)))
    for criterion in wave.criteria:
        told = f"{criterion.met}: {visible(criterion.figure)}, limit {visible(criterion.limit)}"
        why = f" ({visible(criterion.why)})" if criterion.why else ""
        yield f"    {visible(criterion.title)}", f"{told}{why}"


def _paths(summary: Summary) -> Rows:
    yield "Paths"
    yield Titles(("path", "devices", "READY"))
    for path, devices in sorted(summary.paths.items(), key=lambda item: (-item[1], item[0])):
        yield visible(path), devices, summary.ready_paths.get(path, 0)
    yield ()
    yield "Verification"
    for name, devices in summary.verification.items():
        yield name, devices


def _rests_on(summary: Summary) -> Rows:
    yield "What it rests on"
    for word, text in plan_table.provenance(summary):
        if word not in plan_table.CAUTIONS:
            yield word, visible(text)
