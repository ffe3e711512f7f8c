"""Reads totals back out of reports that people read, and out of those of other tools' formats."""

import json
import re
from collections import Counter
from io import BytesIO
from typing import Any, Final
from zipfile import ZipFile

from . import page_tree, totals
from .totals import Totals

_NUMBER: Final = re.compile(r"[\d,]+")
_OUTCOMES: Final = re.compile(r"([\d,]+) fail, ([\d,]+) unknown, .*?(?:; waived: ([\d,]+) fail, ([\d,]+) unknown)?$")


def _int(text: str | None) -> int:
    return int(text.replace(",", "").replace("once", "1")) if text else 0


def _some(counts: dict[str, int]) -> dict[str, int]:
    return {name: number for name, number in counts.items() if number}


def html(content: bytes) -> Totals:
    """Read the tiles of readiness and the details of rules; the devices that the page carries must be as many."""
    root = page_tree.read_page(content)
    tiles: dict[str, int] = {}
    for tile in root.all("li"):
        if found := re.fullmatch(r"tile tile-([A-Z_]+)", tile.attributes.get("class") or ""):
            (figure,) = _NUMBER.findall(tile.one(class_="figure num").words.partition(" ")[0])
            tiles[found[1]] = _int(figure)
    counts: dict[str, tuple[int, int, int, int]] = {}
    for detail in root.all("details", data_testid="rule-detail"):
        outcomes, about = (part.words for part in detail.all("dd")[:2])
        told = _OUTCOMES.search(outcomes)
        if told and "does not count in this report" not in about:
            failed, unknown, waived_failed, waived_unknown = (_int(number) for number in told.groups())
            counts[detail.attributes["data-rule"] or ""] = (failed, unknown, waived_failed, waived_unknown)
    assert json.loads(root.one("script", id="data").text)["rows"] == sum(tiles.values())
    return Totals(
        devices=_some(tiles),
        failed=_some({rule: number[0] for rule, number in counts.items()}),
        unknown=_some({rule: number[1] for rule, number in counts.items()}),
        waived=_some({rule: number[2] + number[3] for rule, number in counts.items()}),
        open_failed=_some({rule: number[0] - number[2] for rule, number in counts.items()}),
    )


def markdown(content: bytes) -> Totals:
    """Read the table of readiness and that of rules."""
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in content.decode().split("\n")]
    head = next(row for row in rows if "READY" in row)
    whole = rows[rows.index(head) + 2]  # that of all devices, or of the one wave, stands first
    rules = [row for row in rows if len(row) == 7 and re.fullmatch(r"`[a-z]+\.[a-z0-9-]+`", row[1])]
    counted = {row[1].strip("`"): [_int(number) for number in row[2:5]] for row in rules}
    return Totals(
        devices=_some({name: _int(number) for name, number in zip(head, whole, strict=True) if name.isupper()}),
        failed=_some({rule: number[0] for rule, number in counted.items()}),
        unknown=_some({rule: number[1] for rule, number in counted.items()}),
        waived=_some({rule: number[2] for rule, number in counted.items()}),
    )


def gitlab(content: bytes) -> Totals:
    """Read the problems; those that are folded into one for a rule say of how many devices."""
    found: Counter[str] = Counter()
    for problem in json.loads(content):
        if not problem["check_name"].endswith(".unknown"):
            folded = re.match(r"([\d,]+) of [\d,]+ devices? fail", problem["description"])
            found[problem["check_name"]] += _int(folded[1]) if folded else 1
    return Totals(open_failed=found)


def oscal(content: bytes) -> Totals:
    """Read the properties of each rule's observation."""
    (result,) = json.loads(content)["assessment-results"]["results"]
    told: dict[str, dict[str, str]] = {}
    for observation in result["observations"]:
        said: dict[str, str] = {prop["name"]: prop["value"] for prop in observation["props"]}
        told[said["rule-id"]] = said
    return Totals(
        failed=_some({rule: int(said["failed"]) for rule, said in told.items()}),
        unknown=_some({rule: int(said["unknown"]) for rule, said in told.items()}),
        waived=_some({rule: int(said["waived"]) for rule, said in told.items()}),
    )


def evidence(content: bytes) -> Totals:
    """Read the report, and hold the tables beside it to it."""
    with ZipFile(BytesIO(content)) as archive:
        members: dict[str, Any] = {name: archive.read(name) for name in archive.namelist()}
    told = totals.json_report(members["report.json"])
    by_finding = totals.findings(members["findings.parquet"], totals.parquet_rows)
    assert totals.devices(members["devices.parquet"], totals.parquet_rows).devices == told.devices
    assert (by_finding.failed, by_finding.unknown, by_finding.waived) == (told.failed, told.unknown, told.waived)
    return told
