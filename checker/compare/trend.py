"""The share of each readiness over many reports, in order of their as-of days."""

import json
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, Final

from checker.compare.reports import TAILORING, Report, governed_otherwise, hinted_once, read_report
from checker.errors import InputError, Problem
from checker.reporters.terminal.folding import folded
from checker.reporters.wording import count, share, visible

SCHEMA: Final = "mde-readiness/trend/v1"
WIDTH: Final = 40  # characters of a bar where nothing limits it
_LEAST: Final = 8  # characters of a bar that still shows something

# readiness as reports count it -> its name, its block, its ASCII sign; in the order of the bar
_BLOCKS: Final = {
    "ready": ("READY", "█", "#"),
    "migrated": ("MIGRATED", "▓", "="),
    "undetermined": ("UNDETERMINED", "▒", "?"),
    "not_ready": ("NOT_READY", "░", "."),
}


def read_reports(paths: Sequence[str]) -> list[Report]:
    """Return the reports of some files, the oldest first; of one day in order of their paths.

    Raises:
        InputError: with every problem of all of them.
    """
    found: list[Report] = []
    problems: list[Problem] = []
    for path in dict.fromkeys(paths):
        try:
            found.append(read_report(path))
        except InputError as error:
            problems.extend(error.problems)
    if problems:
        raise InputError(hinted_once(problems))
    return sorted(found, key=lambda report: (report.as_of, report.path))


def changes(before: Report, now: Report) -> tuple[str, ...]:
    """Return in what a report was made otherwise than the one before, so that a step may be none of the devices."""
    said = []
    was, is_now = ([pack.id for pack in report.packs] for report in (before, now))
    if was != is_now:
        said.append(f"pack {', '.join(was)} → {', '.join(is_now)}")
    elif before.profiles != now.profiles:
        said.append(f"profile {before.profiles} → {now.profiles}")
    elif [pack.sha256 for pack in before.packs] != [pack.sha256 for pack in now.packs]:
        said.append("rules of the pack changed")
    if before.wave != now.wave:
        said.append(f"wave {before.wave or 'all'} → {now.wave or 'all'}")
    if before.tailoring != now.tailoring:
        said.append("tailoring changed")
    said += [f"{kind} changed" for kind in governed_otherwise(before, now) if kind != TAILORING]
    if before.phase != now.phase:
        said.append(f"phase {before.phase} → {now.phase}")
    if before.partial != now.partial:
        said.append("rules left out" if now.partial else "no rules left out any more")
    if now.simulated:
        said.append("SIMULATION")
    elif before.simulated:
        said.append("no simulation any more")
    return tuple(said)


def json_text(reports: Sequence[Report]) -> str:
    """Return the trend for machines: counts, shares of the judged devices in per cent, and what changed."""
    told = {"schema": SCHEMA, "reports": list(_told(reports))}
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"


def _told(reports: Sequence[Report]) -> Iterator[dict[str, Any]]:
    for report, changed in zip(reports, _changed(reports), strict=True):
        judged = _judged(report)
        yield {
            "path": report.path,
            "as_of": report.as_of.isoformat(),
            "packs": [{"id": pack.id, "version": pack.version, "profile": pack.profile} for pack in report.packs],
            "wave": report.wave,
            "simulated": bool(report.simulated),
            "devices": report.devices,
            "judged": judged,
            "shares": {name: round(100 * report.devices[name] / judged, 3) if judged else None for name in _BLOCKS},
            "changed": list(changed),
        }


def text(reports: Sequence[Report], *, ascii_only: bool, width: int = 0) -> str:
    """Return a line for each report: day, devices, shares, a bar of them; a mark where it was judged otherwise.

    ``width`` is that of the terminal, 0 without limit: bars are as long as it lets them be, and a mark that has no room
    stands on the next line.
    """
    headings = ("as of", "judged", *(name for name, _, _ in _BLOCKS.values()))
    grid = [headings, *(_cells(report) for report in reports)]
    widths = [max(map(len, column)) for column in zip(*grid, strict=True)]
    room = width - sum(widths) - 2 * len(widths) if width else WIDTH
    size = min(WIDTH, room) if room >= _LEAST else 0
    bars = ["", *(_bar(report, size, ascii_only) for report in reports)]
    marks: list[tuple[str, ...]] = [(), *_changed(reports)]
    arrow = "<-" if ascii_only else "◂"
    lines = []
    for cells, bar, changed in zip(grid, bars, marks, strict=True):
        row = "  ".join(cell.rjust(width) for cell, width in zip(cells, widths, strict=True))
        note = f"{arrow} {visible(', '.join(changed), 200)}" if changed else ""
        line = f"{row}  {bar.ljust(size) if note else bar}  {note}".rstrip()
        if not width or len(line) <= width:
            lines.append(line)
        else:
            lines.append(f"{row}  {bar}".rstrip())
            lines += folded(f"  {note}", width)
    signs = (f"{block if not ascii_only else sign} {name}" for name, block, sign in _BLOCKS.values())
    legend = f"Shares of the judged devices: {', '.join(signs)}."
    told = "\n".join([*lines, "", *folded(legend, width)]) + "\n"
    return told.replace("→", "->") if ascii_only else told


def _changed(reports: Sequence[Report]) -> Iterator[tuple[str, ...]]:
    """Yield for each report in what it was made otherwise than the one before; of the first, whether it is a proof."""
    for before, now in pairwise([*reports[:1], *reports]):
        yield changes(before, now)


def _cells(report: Report) -> tuple[str, ...]:
    judged = _judged(report)
    return (
        report.as_of.isoformat(),
        count(judged),
        *(share(report.devices[name], judged) for name in _BLOCKS),
    )


def _judged(report: Report) -> int:
    return sum(report.devices[name] for name in _BLOCKS)


def _bar(report: Report, size: int, ascii_only: bool) -> str:
    """Return a bar of the shares, together as wide as the whole; what is not none of it shows at least once."""
    judged = _judged(report)
    if not judged or not size:
        return ""
    parts = {name: report.devices[name] * size / judged for name in _BLOCKS if report.devices[name]}
    cells = {name: max(1, int(part)) for name, part in parts.items()}
    while sum(cells.values()) != size:
        step = 1 if sum(cells.values()) < size else -1
        # the one that is furthest from its share; a part never goes away
        some = [name for name in cells if cells[name] + step > 0]
        name = max(some, key=lambda name: step * (parts[name] - cells[name]))
        cells[name] += step
    return "".join(_BLOCKS[name][2 if ascii_only else 1] * width for name, width in cells.items())
