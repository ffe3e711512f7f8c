"""Reads totals back out of reports: a reader for each format, from what a person or program would find in the file."""

import csv
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Any, Final
from xml.etree import ElementTree

import polars as pl
from openpyxl.worksheet.worksheet import Worksheet

from . import books

Counts = Mapping[str, int]
Row = Mapping[str, Any]
Rows = Sequence[Row]


@dataclass(frozen=True)
class Totals:
    """What a report says in numbers; None where it does not say."""

    devices: Counts | None = None  # by readiness; only those that there are
    judged: Counts | None = None  # likewise, without those out of scope
    failed: Counts | None = None  # rule -> FAIL, waived ones counted; only where there are any
    unknown: Counts | None = None
    waived: Counts | None = None  # rule -> FAIL and UNKNOWN that a waiver covers
    open_failed: Counts | None = None  # rule -> FAIL that no waiver covers
    of_devices: bool = False  # nothing is said of rules about the tenant and the whole fleet


Read = Callable[[bytes], Totals]


def _some(counts: Mapping[str, int]) -> Counts:
    return {name: number for name, number in counts.items() if number}


def json_report(content: bytes) -> Totals:
    told = json.loads(content)
    rules = told["rules"]
    shown = [rule for rule in rules if told["phase"] in ("all", rule["phase"])]
    return Totals(
        devices=_some({name.upper(): number for name, number in told["devices"].items() if name != "total"}),
        failed=_some({rule["id"]: rule["fail"] for rule in shown}),
        unknown=_some({rule["id"]: rule["unknown"] for rule in shown}),
        waived=_some({rule["id"]: rule["waived"] for rule in shown}),
        open_failed=_some({rule["id"]: rule["fail"] - rule["waived_fail"] for rule in shown}),
    )


def _of_findings(rows: Iterable[tuple[str, str, bool, int]]) -> Totals:
    """Add up rule, outcome, whether it is waived, and of how many devices (0 for the tenant, which counts once)."""
    failed: Counter[str] = Counter()
    unknown: Counter[str] = Counter()
    waived: Counter[str] = Counter()
    open_failed: Counter[str] = Counter()
    for rule, outcome, covered, devices in rows:
        number = max(1, devices)
        (failed if outcome == "FAIL" else unknown)[rule] += number
        waived[rule] += number * covered
        open_failed[rule] += number * (outcome == "FAIL" and not covered)
    return Totals(failed=failed, unknown=unknown, waived=_some(waived), open_failed=_some(open_failed))


def findings(content: bytes, rows: Callable[[bytes], Rows]) -> Totals:
    return _of_findings(
        (row["rule_id"], row["outcome"], bool(row["waived"]), int(row["devices"])) for row in rows(content)
    )


def devices(content: bytes, rows: Callable[[bytes], Rows]) -> Totals:
    found = rows(content)
    lists = {
        name: Counter(rule for row in found for rule in _ids(row[name])) for name in ("failed", "unknown", "waived")
    }
    open_failed = Counter(rule for row in found for rule in set(_ids(row["failed"])) - set(_ids(row["waived"])))
    readiness = Counter(row["readiness"] for row in found)
    return Totals(devices=readiness, open_failed=open_failed, of_devices=True, **lists)


def _ids(cell: Any) -> list[str]:  # noqa: ANN401
    if isinstance(cell, str):
        return list(json.loads(cell)) if cell.startswith("[") else cell.split(", ")
    return list(cell or ())


def plan(content: bytes, rows: Callable[[bytes], Rows]) -> Totals:
    return Totals(judged=Counter(row["readiness"] for row in rows(content)))


def csv_rows(content: bytes) -> Rows:
    return list(csv.DictReader(StringIO(content.decode(), newline=""), strict=True))


def ndjson_rows(content: bytes) -> Rows:
    return [json.loads(line) for line in content.decode().split("\n")[:-1]]


def parquet_rows(content: bytes) -> Rows:
    return pl.read_parquet(content).to_dicts()


def sheet_rows(name: str) -> Callable[[bytes], Rows]:
    """Return a reader of a sheet; titles become the names of the table's columns."""
    return lambda content: _rows_of(books.sheets(content), name)


def _rows_of(sheets: dict[str, Worksheet], name: str) -> Rows:
    names = {"rule": "rule_id"}
    return [
        {names.get(title, title.replace(" ", "_")): value for title, value in row.items()}
        for row in books.table(sheets, name)
    ]


def workbook(content: bytes) -> Totals:
    """Read the sheets Rules and Devices, and hold the others to them."""
    sheets = books.sheets(content)
    by_device = devices(content, lambda _: _rows_of(sheets, "Devices"))
    by_finding = findings(content, lambda _: _rows_of(sheets, "Findings"))
    shown = {*(by_finding.failed or ()), *(by_finding.unknown or ())}
    rules = [row for row in _rows_of(sheets, "Rules") if row["rule_id"] in shown]
    totals = Totals(
        devices=by_device.devices,
        judged=plan(content, lambda _: _rows_of(sheets, "Plan")).judged,
        failed=_some({row["rule_id"]: row["fail"] for row in rules}),
        unknown=_some({row["rule_id"]: row["unknown"] for row in rules}),
        waived=_some({row["rule_id"]: row["waived"] for row in rules}),
        open_failed=_some({row["rule_id"]: row["fail"] - row["waived_fail"] for row in rules}),
    )
    assert by_finding == Totals(
        failed=totals.failed, unknown=totals.unknown, waived=totals.waived, open_failed=totals.open_failed
    )
    (line,) = (row for row in sheets["Summary"].iter_rows(values_only=True) if row[0] == "all")
    names = ("READY", "NOT_READY", "UNDETERMINED", "MIGRATED", "OUT_OF_SCOPE")
    said = dict(zip(names, line[2:], strict=False))
    assert _some({name: int(str(number)) for name, number in said.items()}) == by_device.devices
    return totals


_STANDS_FOR: Final = re.compile(r"Stands for ([\d,]+) devices")
_PHRASES: Final = {
    "fail": re.compile(r"^(?:([\d,]+) of [\d,]+ devices? fail|the (?:tenant|fleet) fails)", re.MULTILINE),
    "unknown": re.compile(
        r"^(?:([\d,]+) of [\d,]+ devices? are unknown|the (?:tenant|fleet) is unknown)", re.MULTILINE
    ),
    "waived": re.compile(r"^([\d,]+) outcomes? of them waived", re.MULTILINE),
}


def _number(text: str | None) -> int:
    return int(text.replace(",", "")) if text else 1


def junit(content: bytes) -> Totals:
    """Read the cases of rules, or those of devices and rules; the suites of gates repeat them."""
    rows: list[tuple[str, str, bool, int]] = []
    counts: dict[str, Counter[str]] = {word: Counter() for word in _PHRASES}
    root = ElementTree.fromstring(content)  # noqa: S314 (our own file)
    for case in root.iter("testcase"):
        # The class is pack, profile (without dots here) and the rule's id.
        rule = case.get("classname", "").split(".", 2)[-1]
        if ".gate." in case.get("classname", "") or not len(case):
            continue
        said = case[0].get("message", "")
        if case.get("name") == rule:
            body = case[0].text or ""
            for word, phrase in _PHRASES.items():
                if found := phrase.search(body):
                    counts[word][rule] += _number(found[1])
        else:
            stands_for = _STANDS_FOR.search(said)
            outcome = "FAIL" if case[0].tag == "failure" or ": FAIL: " in said else "UNKNOWN"
            devices_told = _number(stands_for[1]) if stands_for else 1
            rows.append((rule, outcome, said.startswith("waived "), devices_told))
    one_by_one = _of_findings(rows)
    return Totals(
        failed=Counter(one_by_one.failed) + counts["fail"],
        unknown=Counter(one_by_one.unknown) + counts["unknown"],
        waived=Counter(one_by_one.waived) + counts["waived"],
    )


def sarif_full(content: bytes) -> Totals:
    rows = []
    for run in json.loads(content)["runs"]:
        for result in run["results"]:
            if result["kind"] in ("fail", "open"):
                stands_for = _STANDS_FOR.search(result["message"]["text"])
                number = result.get("occurrenceCount") or (_number(stands_for[1]) if stands_for else 1)
                outcome = "FAIL" if result["kind"] == "fail" else "UNKNOWN"
                rows.append((result["ruleId"], outcome, bool(result.get("suppressions")), number))
    return _of_findings(rows)


def sarif_problems(content: bytes) -> Totals:
    found: Counter[str] = Counter()
    for run in json.loads(content)["runs"]:
        for result in run["results"]:
            if not result["ruleId"].endswith(".unknown"):
                found[result["ruleId"]] += result.get("occurrenceCount") or 1
    return Totals(open_failed=found)
