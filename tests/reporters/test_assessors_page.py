"""docs/assessors.md says what the files for assessors hold: every state, reason, result, severity and limit."""

import re
from pathlib import Path

from checker.reporters.assessors import oscal, oscal_findings, xccdf

PAGE = (Path(__file__).parents[2] / "docs" / "assessors.md").read_text(encoding="utf-8")


def table(head: str) -> list[list[str]]:
    """Return the rows of the table that begins with this heading."""
    block = PAGE[PAGE.index(f"| {head} |") :].split("\n\n")[0]
    return [[cell.strip().strip("`") for cell in line.split("|")[1:-1]] for line in block.splitlines()[2:]]


def test_every_result_of_xccdf_is_documented() -> None:
    told = dict(table("outcome"))
    assert told == {**xccdf.RESULTS, "a rule of a phase that is not shown": "notselected"}


def test_every_severity_and_weight_is_documented() -> None:
    assert table("severity") == [[name, xccdf.SEVERITIES[name], str(weight)] for name, weight in xccdf.WEIGHTS.items()]


def test_every_state_and_reason_of_oscal_is_documented() -> None:
    source = Path(str(oscal_findings.__file__)).read_text(encoding="utf-8")
    assert {(state, reason) for state, reason, _ in table("state")} == set(
        re.findall(r'return "((?:not-)?satisfied)", "([a-z-]+)"', source)
    )


def test_limit_and_version_are_documented() -> None:
    assert f"up to {oscal_findings.MOST_DEVICES} devices" in PAGE
    assert f"OSCAL {oscal.OSCAL_VERSION} JSON" in PAGE
