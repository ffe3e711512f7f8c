"""The numbers are the same in every format: totals are read back out of each and compared with the JSON report's."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import fields, replace
from functools import partial
from pathlib import Path
from typing import Final

import pytest

from benchmarks.generate import generate
from checker.decide.exit import Gate
from checker.model.result import Result
from checker.options import Options
from checker.pipeline import check
from checker.reporters.kinds import KINDS
from tests.contoso import AS_OF, DEMO, ROOT, working_in

from . import totals, totals_pages
from .plans import written
from .totals import Read, Totals

# Kind and ending -> how its totals are read; a format that tells none has None and the reason beside it.
READERS: Final[dict[tuple[str, str], Read | None]] = {
    ("junit", ".xml"): totals.junit,
    ("sarif", ".sarif"): totals.sarif_problems,
    ("sarif-full", ".sarif"): totals.sarif_full,
    ("json", ".json"): totals.json_report,
    ("html", ".html"): totals_pages.html,
    ("markdown", ".md"): totals_pages.markdown,
    ("gitlab", ".json"): totals_pages.gitlab,
    ("findings", ".csv"): partial(totals.findings, rows=totals.csv_rows),
    ("findings", ".ndjson"): partial(totals.findings, rows=totals.ndjson_rows),
    ("findings", ".parquet"): partial(totals.findings, rows=totals.parquet_rows),
    ("findings", ".xlsx"): partial(totals.findings, rows=totals.sheet_rows("Findings")),
    ("devices", ".csv"): partial(totals.devices, rows=totals.csv_rows),
    ("devices", ".ndjson"): partial(totals.devices, rows=totals.ndjson_rows),
    ("devices", ".parquet"): partial(totals.devices, rows=totals.parquet_rows),
    ("devices", ".xlsx"): partial(totals.devices, rows=totals.sheet_rows("Devices")),
    ("actions", ".csv"): None,  # by remediation, not by rule: tests/reporters/test_actions.py
    ("actions", ".ndjson"): None,
    ("actions", ".parquet"): None,
    ("actions", ".xlsx"): None,
    ("plan", ".csv"): partial(totals.plan, rows=totals.csv_rows),
    ("plan", ".ndjson"): partial(totals.plan, rows=totals.ndjson_rows),
    ("plan", ".parquet"): partial(totals.plan, rows=totals.parquet_rows),
    ("plan", ".xlsx"): partial(totals.plan, rows=totals.sheet_rows("Plan")),
    ("plan", ".md"): None,  # groups by path
    ("rejected", ".csv"): None,  # rows of no device
    ("rejected", ".ndjson"): None,
    ("workbook", ".xlsx"): totals.workbook,
    ("oscal", ".json"): totals_pages.oscal,
    ("xccdf", ".xml"): None,  # of one device
    ("evidence", ".zip"): totals_pages.evidence,
}

EVERYTHING: Final = frozenset({"devices", "findings", "cases", "plan", "controls"})
WHOLE: Final = replace(DEMO, outputs=EVERYTHING)
WAIVERS: Final = """waivers:
  - {id: W-1, rule: sc.sense-min, devices: {where: {device.group: [Site 01, Site 02, Site 03]}}, accepts: fail, \
reason: The sites are being moved., owner: A. Owner, approver: B. Approver, ticket: CHG-1, created: 2026-11-01, \
expires: 2026-12-31}
  - {id: W-2, rule: sc.url-core, devices: {where: {device.group: Site 04}}, accepts: unknown, \
reason: Nobody can test there., owner: A. Owner, approver: B. Approver, ticket: CHG-2, created: 2026-11-01, \
expires: 2026-12-31}
"""
FLEETS: Final = ("demo", "demo, every phase", "demo, one wave", "one by one", "too many to name")


def options(name: str, folder: Path) -> Options:
    """Return how a fleet is judged: the demo's several ways, and generated ones as JUnit and SARIF tell them apart."""
    if name.startswith("demo"):
        every = replace(WHOLE, gate=Gate("all", "major", True)) if "phase" in name else WHOLE
        return replace(every, wave="the-rest") if "wave" in name else every
    generate(100 if name == "one by one" else 400, old_share=0.2, seed=11).write_csv(folder / "hunting.csv")
    (folder / "waivers.yaml").write_text(WAIVERS, encoding="utf-8")
    return Options((str(folder / "hunting.csv"),), AS_OF, waivers=str(folder / "waivers.yaml"), outputs=EVERYTHING)


@pytest.fixture(scope="module", params=FLEETS)
def judged(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Result]:
    with ExitStack() as stack:
        stack.enter_context(working_in(ROOT))
        yield stack.enter_context(check(options(request.param, tmp_path_factory.mktemp("fleet"))))


@pytest.fixture(scope="module")
def truth(judged: Result) -> Totals:
    found = totals.json_report(written(KINDS["json"][".json"], judged))
    judged_only = {name: number for name, number in (found.devices or {}).items() if name != "OUT_OF_SCOPE"}
    return replace(found, judged=judged_only)


def test_every_format_has_a_reader_or_a_reason() -> None:
    assert list(READERS) == [(kind, ending) for kind, endings in KINDS.items() for ending in endings]


@pytest.mark.parametrize("kind", [kind for kind, read in READERS.items() if read], ids=":".join)
def test_it_says_the_same_as_the_json_report(kind: tuple[str, str], judged: Result, truth: Totals) -> None:
    read = READERS[kind]
    assert read
    found = read(written(KINDS[kind[0]][kind[1]], judged))
    told = {field.name for field in fields(Totals) if getattr(found, field.name) is not None} - {"of_devices"}
    assert told
    elsewhere = {rule.id for rule in judged.summary.rules if rule.about in ("tenant", "fleet")}
    for name in told:
        expected = getattr(truth, name)
        if found.of_devices and name != "devices":
            expected = {rule: number for rule, number in expected.items() if rule not in elsewhere}
        assert dict(getattr(found, name)) == expected, name


def test_there_is_something_to_compare(judged: Result, truth: Totals) -> None:
    assert len(truth.devices or ()) > 1
    assert truth.failed
    assert truth.unknown
    assert truth.waived
    assert truth.open_failed != truth.failed or judged.summary.wave or not judged.summary.waves


def test_fleets_are_told_in_both_ways(judged: Result, request: pytest.FixtureRequest) -> None:
    """Small fleets have a case per device and rule; the others are counted by rule."""
    assert (judged.cases is not None) is ("one" in request.node.name)
