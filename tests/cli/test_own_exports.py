"""Exports that only the user has, and dates that could be two days, as the commands take them."""

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from tests.cli.conftest import Ran
from tests.contoso import ROOT

Run = Callable[..., Ran]

AS_OF = ("--as-of", "2026-11-22")
PORTAL = "Device ID,Device Name,OS Platform,OS Build,Onboarding Status,Last device update\n"
PLANTED = ("field-assets", "Field service", "mapping.yaml", "ws-lon")  # of the organisation's own mapping and export


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """Return a folder with the worked example: a CSV and the mapping for it."""
    for name in ("assets.csv", "mapping.yaml"):
        shutil.copy(ROOT / "fixtures" / "inventories" / "own-mapping" / name, tmp_path / name)
    return tmp_path


@pytest.fixture
def portal(tmp_path: Path) -> Path:
    """Return an export with a date that could be the 3rd of November or the 11th of March."""
    path = tmp_path / "portal.csv"
    path.write_text(f"{PORTAL}{'a' * 40},ws-1,Windows11,22631,Onboarded,03/11/2026 10:00 AM\n")
    return path


@pytest.mark.parametrize(
    "command", [("check",), ("plan",), ("inspect",), ("explain", "ws-lon-0001"), ("attest", "--draft")]
)
def test_every_command_over_an_inventory_takes_a_mapping(command: tuple[str, ...], run: Run, own: Path) -> None:
    without = run(*command, own / "assets.csv", *AS_OF)
    ran = run(*command, own / "assets.csv", "--mapping", own / "mapping.yaml", *AS_OF)

    assert without.code == 2
    assert "is in no format that is known" in without.err
    assert ran.code in (0, 3), ran.err


def test_the_mapping_stands_in_the_report_with_its_sha256(run: Run, own: Path) -> None:
    mapping, report = own / "mapping.yaml", own / "report.json"
    run("check", own / "assets.csv", "--mapping", mapping, *AS_OF, "-o", report)
    told = json.loads(report.read_text(encoding="utf-8"))

    digest = hashlib.sha256(mapping.read_bytes()).hexdigest()
    assert told["governed_by"] == [{"kind": "mapping", "path": str(mapping), "sha256": digest}]
    assert [item["format"] for item in told["inputs"]] == ["field-assets"]


def test_a_redacted_report_names_neither_the_format_nor_the_columns_of_an_own_mapping(run: Run, own: Path) -> None:
    report, findings = own / "report.json", own / "findings.ndjson"
    options = ("--redact", "--redact-key", own / "key", "--all-outcomes", "-o", report, "-o", f"findings:{findings}")
    ran = run("check", own / "assets.csv", "--mapping", own / "mapping.yaml", *AS_OF, *options)
    texts = [ran.out, ran.err, report.read_text(encoding="utf-8"), findings.read_text(encoding="utf-8")]

    assert ran.code in (0, 3), ran.err
    columns = {each["column"] for line in texts[3].splitlines() for each in json.loads(line)["evidence"]}
    assert any(column and column.startswith("column-") for column in columns)
    assert not [word for word in PLANTED if any(word in text for text in texts)]


def test_an_export_of_an_own_mapping_can_be_redacted_with_it(run: Run, own: Path) -> None:
    ran = run("redact", own / "assets.csv", "--mapping", own / "mapping.yaml", "-o", own / "new.csv")
    assert ran.code == 0, ran.err
    new = (own / "new.csv").read_text(encoding="utf-8-sig")

    assert "ws-lon" not in new
    assert "A-10021" not in new
    assert "10.8760.22631.5608" in new


def test_a_report_is_not_written_over_the_mapping(run: Run, own: Path) -> None:
    before = (own / "mapping.yaml").read_bytes()
    ran = run(
        "check", own / "assets.csv", "--mapping", own / "mapping.yaml", *AS_OF, "-o", f"json:{own / 'mapping.yaml'}"
    )
    assert ran.code == 2
    assert (own / "mapping.yaml").read_bytes() == before


def test_problems_of_a_mapping_are_told_with_those_of_other_files(run: Run, own: Path) -> None:
    (own / "mapping.yaml").write_text("id: x\n")
    (own / "words.yaml").write_text("- fact: no.such\n")
    ran = run("check", own / "assets.csv", "--mapping", own / "mapping.yaml", "--attestations", own / "words.yaml")
    assert ran.code == 2
    assert "mapping.yaml:1:1: a mapping lacks 'facts'" in ran.err
    assert "words.yaml" in ran.err


def test_a_draft_is_a_mapping_that_reads_the_file(run: Run, own: Path) -> None:
    ran = run("inspect", "--draft-mapping", own / "assets.csv")
    assert (ran.code, ran.err) == (0, "")
    (own / "draft.yaml").write_text(ran.out, encoding="utf-8")
    assert yaml.safe_load(ran.out)["id"] == "assets"
    again = run("inspect", own / "assets.csv", "--mapping", own / "draft.yaml", *AS_OF)
    assert "AV mode   → av.mode" in again.out
    assert run("inspect", "--draft-mapping", own / "assets.csv", own / "assets.csv").code == 2


def test_the_schema_of_a_mapping_is_printed(run: Run) -> None:
    assert json.loads(run("rules", "schema", "mapping").out)["title"].startswith("A mapping")


# Dates


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ((), "undated: a date such as '03/11/2026 10:00 AM' may be day/month or month/day"),
        (("--date-order", "dmy"), "name no time zone"),
    ],
)
def test_a_date_that_could_be_two_days_is_settled_by_the_user(
    said: tuple[str, ...], told: str, run: Run, portal: Path
) -> None:
    ran = run("inspect", portal, *AS_OF, *said)
    assert told in ran.out
    (seen,) = (line for line in ran.out.splitlines() if line.startswith("  device.last_seen"))
    assert ("unreadable" in seen) == (not said)


def test_the_month_said_makes_an_old_record_stale(run: Run, portal: Path) -> None:
    def seen(order: str) -> str:
        lines = run("inspect", portal, *AS_OF, "--date-order", f"{portal}={order}").out.splitlines()
        return next(line for line in lines if line.startswith("  onboarding.status"))

    assert "100.0 %" in seen("dmy")
    assert "1 stale" in seen("mdy")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (("ymd",), "--date-order ymd: must be [FILE=]dmy or [FILE=]mdy"),
        (("=dmy",), "--date-order =dmy: must be [FILE=]dmy or [FILE=]mdy"),
        (("other.csv=dmy",), "--date-order other.csv: is no file of this inventory"),
        (("dmy", "mdy"), "--date-order mdy: is said otherwise before"),
    ],
)
def test_an_order_that_is_none_is_refused(said: tuple[str, ...], told: str, run: Run, portal: Path) -> None:
    ran = run("check", portal, *(word for order in said for word in ("--date-order", order)))
    assert ran.code == 2
    assert told in ran.err
