"""A sample for an audit as Markdown, CSV or NDJSON: each device with its evidence, and room for the auditor.

The auditor fills in three columns: ``seen`` (what was looked at, when, by whom), ``agrees`` (yes or no), ``remark``.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, BinaryIO, Final

import polars as pl

from checker.model.sample import Drawn, Sample
from checker.reporters.markdown.text import code, prose
from checker.reporters.tables.csv import write_frames
from checker.reporters.wording import MISSING_WORDS, count

TO_FILL_IN: Final = ("seen", "agrees", "remark")
SCHEMA: Final = "mde-readiness/sample/v1"
_OF_DEVICE: Final = (
    "device_id",
    "device_name",
    "os",
    "group",
    "wave",
    "readiness",
    "by",
    "route",
    "path",
    "verification",
    "file",
    "row",
    "line",
)
_OF_FINDING: Final = ("rule_id", "phase", "severity", "outcome", "waived", "message")
_LISTS: Final = ("undetermined_by", "next_steps")

Write = Callable[[Sample, BinaryIO], None]


def write_markdown(sample: Sample, stream: BinaryIO) -> None:
    """Write a page: what was drawn of what, then a section for each device."""
    stream.write("".join(f"{line}\n" for line in _page(sample)).encode("utf-8", "backslashreplace"))


def write_ndjson(sample: Sample, stream: BinaryIO) -> None:
    """Write a line that says how it was drawn, then one for each device; names exact, times as ISO 8601 with Z."""
    drawn = {
        "schema": SCHEMA,
        "source": sample.source,
        "ids_sha256": sample.sha256,
        "as_of": sample.as_of.isoformat(),
        "seed": sample.seed,
        "every_outcome": sample.whole,
        "strata": [
            {"wave": it.wave, "readiness": it.readiness, "path": it.path, "devices": it.devices, "drawn": it.drawn}
            for it in sample.strata
        ],
        "fleet": [_finding(row) for row in sample.fleet],
    }
    devices = (
        {**each.device, "findings": [_finding(row) for row in each.findings], **dict.fromkeys(TO_FILL_IN)}
        for each in sample.drawn
    )
    for line in (drawn, *devices):
        text = json.dumps(line, ensure_ascii=False, default=_as_text)
        stream.write(f"{text}\n".encode("utf-8", "backslashreplace"))


def write_csv(sample: Sample, stream: BinaryIO) -> None:
    """Write a row for each device and finding, safe for Excel; a device without findings has one row, too.

    Findings about the whole fleet come first, with an empty device id. An auditor fills the file in with a spreadsheet,
    and the names in it are the auditee's: no cell may run as a formula. NDJSON keeps every text exactly.
    """
    rows = [_row({}, row) for row in sample.fleet]
    for each in sample.drawn:
        rows += [_row(each.device, row) for row in each.findings or ({},)]
    columns = dict.fromkeys((*_OF_DEVICE, *_LISTS, *_OF_FINDING, "evidence", *TO_FILL_IN), pl.String())
    write_frames([pl.DataFrame(rows, schema=columns)], columns, stream, excel_safe=True)


# Ending of the file -> how a sample is written; Markdown is what is printed.
WRITERS: Final[dict[str, Write]] = {".md": write_markdown, ".csv": write_csv, ".ndjson": write_ndjson}


def _row(device: Mapping[str, Any], finding: Mapping[str, Any]) -> dict[str, str]:
    told = {name: _cell(device.get(name)) for name in _OF_DEVICE}
    lists = {name: "\n".join(device.get(name) or ()) for name in _LISTS}
    found = {name: _cell(finding.get(name)) for name in _OF_FINDING}
    return {**told, **lists, **found, "evidence": "\n".join(_looked_at(finding)), **dict.fromkeys(TO_FILL_IN, "")}


def _finding(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in (*_OF_FINDING, "devices", "evidence")}


def _cell(value: object) -> str:
    return "" if value is None else str(value)


def _as_text(value: object) -> str:
    if isinstance(value, datetime):
        return f"{value.isoformat()}Z"
    raise TypeError(type(value).__name__)


def _looked_at(finding: Mapping[str, Any]) -> Iterator[str]:
    """Yield what a finding rests on, one fact each: its value, or why there is none, and where it was read."""
    for item in finding.get("evidence") or ():
        value = item["value"] if item["missing"] is None else f"({MISSING_WORDS.get(item['missing'], item['missing'])})"
        where = f"{item['file']}, record {item['row']}, {item['column']}" if item["file"] else "no export has it"
        seen = f", observed {_as_text(item['observed'])}" if item["observed"] else ""
        yield f"{item['fact']} = {value} ({where}{seen})"


def _page(sample: Sample) -> Iterator[str]:
    devices, drawn = sum(it.devices for it in sample.strata), len(sample.drawn)
    yield f"# Audit sample: {drawn:,} of {count(devices, 'device')}\n"
    yield f"- From {code(sample.source)}, as of {sample.as_of}; SHA-256 of its device ids {code(sample.sha256)}"
    yield f"- Drawn with the seed {code(sample.seed)}: the same seed and size draw the same devices"
    if not sample.whole:
        yield "- FAIL and UNKNOWN only: evidence written with `--all-outcomes` holds every PASS, too"
    yield "\n| wave | readiness | path | devices | drawn |\n|---|---|---|---:|---:|"
    for it in sample.strata:
        yield f"| {prose(it.wave) or '-'} | {it.readiness} | {prose(it.path) or '-'} | {it.devices:,} | {it.drawn:,} |"
    if left := sum(not it.drawn for it in sample.strata):
        yield f"\nOf {left:,} of these none was drawn: with a larger sample there is one of each."
    if sample.fleet:
        yield "\n## About the whole fleet\n"
        yield from _findings(sample.fleet)
    for number, each in enumerate(sample.drawn, start=1):
        yield from _section(number, each)


def _section(number: int, drawn: Drawn) -> Iterator[str]:
    device = drawn.device
    yield f"\n## {number}. {prose(device['device_name'] or device['device_id'])}\n"
    yield f"- {code(device['device_id'])}: {code(device['file'])}, record {device['row']}, line {device['line']}"
    named = [
        (name, device[name]) for name in ("os", "group", "wave", "readiness", "by", "route", "path", "verification")
    ]
    yield "- " + ", ".join(f"{name} {prose(str(value))}" for name, value in named if value)
    for name in _LISTS:
        if device[name]:
            yield f"- {name.replace('_', ' ')}: {', '.join(map(code, device[name]))}"
    yield ""
    if drawn.findings:
        yield from _findings(drawn.findings)
    else:
        found = "Neither FAIL nor UNKNOWN" if device["readiness"] != "OUT_OF_SCOPE" else "Never judged: out of scope"
        yield f"{found}.\n\n| {' | '.join(TO_FILL_IN)} |\n|---|---|---|\n| | | |"


def _findings(rows: tuple[Mapping[str, Any], ...]) -> Iterator[str]:
    yield f"| rule | outcome | message | evidence | {' | '.join(TO_FILL_IN)} |\n|---|---|---|---|---|---|---|"
    for row in rows:
        waived = f", waived by {row['waived']}" if row["waived"] else ""
        evidence = "<br>".join(map(prose, _looked_at(row)))
        cells = (prose(row["rule_id"]), prose(row["outcome"] + waived), prose(row["message"]), evidence)
        yield f"| {' | '.join(cells)} | | | |"
