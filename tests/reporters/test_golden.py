"""Reports are, byte for byte, what they were: every change of a report shows in the review of its golden file.

After a change that is meant, write them anew and read the difference:

    UPDATE_GOLDEN=1 pytest tests/reporters/test_golden.py && git diff tests/reporters/golden
"""

import os
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import pytest

from checker.model.result import Result
from checker.reporters.json import report as json_report
from checker.reporters.junit import file as junit
from checker.reporters.kinds import Write
from checker.reporters.markdown import report as markdown
from checker.reporters.sarif import log as sarif
from checker.reporters.servers import gitlab
from checker.reporters.tables import files as tables
from checker.reporters.terminal.summary import render_plain

GOLDEN = Path(__file__).parent / "golden"


def write_summary(result: Result, stream: BinaryIO) -> None:
    stream.write(render_plain(result.summary).encode())


WRITERS: dict[str, Write] = {
    "junit.xml": junit.write,
    "report.sarif": sarif.write_problems,
    "report-full.sarif": sarif.write_full,
    "report.json": json_report.write,
    "findings.ndjson": tables.write_findings_ndjson,
    "devices.ndjson": tables.write_devices_ndjson,
    "summary.txt": write_summary,
    "report.md": markdown.write,
    "code-quality.json": gitlab.write,
}
CASES = [
    *(("small", name) for name in WRITERS),
    *(("hostile", name) for name in ("junit.xml", "report.sarif", "report.json", "devices.ndjson", "summary.txt")),
    *((name, "report.md") for name in ("hostile", "gated", "simulated")),
    ("hostile", "code-quality.json"),
    *(("large", name) for name in ("junit.xml", "summary.txt")),
    *(("waved", name) for name in WRITERS),
    *(("gated", name) for name in ("junit.xml", "report.sarif", "report.json", "summary.txt")),
    *(("simulated", name) for name in ("junit.xml", "devices.ndjson", "summary.txt")),
]


@pytest.mark.parametrize(("name", "report"), CASES, ids=[f"{name}-{report}" for name, report in CASES])
def test_a_report_is_what_it_was(name: str, report: str, request: pytest.FixtureRequest) -> None:
    result: Result = request.getfixturevalue(name)
    stream = BytesIO()
    WRITERS[report](result, stream)
    path = GOLDEN / name / report
    if os.environ.get("UPDATE_GOLDEN") == "1":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(stream.getvalue())
    assert path.read_bytes() == stream.getvalue()


def test_every_golden_file_is_compared() -> None:
    known = {GOLDEN / name / report for name, report in CASES}
    assert {path for path in GOLDEN.rglob("*") if path.is_file()} == known
