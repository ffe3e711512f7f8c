"""What ``check`` says besides its numbers: each of a few devices, reports that were written, what was set aside."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from checker.cli.run import tell_written
from checker.redact.pseudonyms import Pseudonyms
from checker.redact.sentences import notice
from tests.cli.conftest import GOOD, MIGRATED, OLD, PHONE, Ran
from tests.contoso import ROOT

Run = Callable[..., Ran]
Write = Callable[..., Path]
AS_OF = ("--as-of", "2026-11-23")
SHORT = ROOT / "fixtures" / "inventories" / "advanced-hunting" / "short-row.csv"
NAMELESS = ROOT / "fixtures" / "inventories" / "get-mpcomputerstatus" / "without-name.json"


def test_few_devices_are_shown_one_by_one_with_what_stands_in_their_way(run: Run, export: Write) -> None:
    out = run("check", export(GOOD, OLD, MIGRATED, PHONE), *AS_OF).out
    rows = out.split("Each device\n")[1].split("\n\n")[0].splitlines()
    assert [re.split(r"  +", row.strip()) for row in rows] == [
        ["device", "readiness", "path", "first in the way"],
        ["ws-1.contoso.example", "UNDETERMINED", "reonboard", "sc.url-core is unknown"],
        ["ws-2.contoso.example", "NOT_READY", "update-first", "sc.sense-min fails"],
        ["ws-3.contoso.example", "MIGRATED", "migrated"],
        ["ws-4.contoso.example", "OUT_OF_SCOPE"],
    ]
    assert all(len(row) <= 120 for row in rows)


@pytest.mark.parametrize(("devices", "shown"), [(20, True), (21, False)])
def test_many_devices_are_not(devices: int, shown: bool, run: Run, export: Write) -> None:
    assert ("Each device" in run("check", export(*[GOOD] * devices), *AS_OF).out) is shown


def test_names_of_few_devices_are_redacted_too(run: Run, export: Write, tmp_path: Path) -> None:
    out = run("check", export(GOOD, OLD), *AS_OF, "--redact", "--redact-key", tmp_path / "key").out
    assert "Each device" in out
    assert "contoso" not in out


def test_a_report_is_only_spoken_of_where_one_is_written(run: Run, tmp_path: Path) -> None:
    valid = SHORT.with_name("valid.csv")
    without = run("check", valid, *AS_OF).out
    written = run("check", valid, *AS_OF, "-o", tmp_path / "r.md").out
    assert "see the report" not in without
    assert "; -o report.html shows all" in without
    assert "see the report" in written


def test_written_reports_are_named_on_a_terminal_alone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given = {"quiet": False, "output": ("report.html", "findings:f.parquet")}
    tell_written(given)
    assert capsys.readouterr().err == ""
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    tell_written(given)
    assert capsys.readouterr().err == "written: report.html\nwritten: f.parquet\n"
    tell_written({**given, "quiet": True})
    assert capsys.readouterr().err == ""


def test_rows_that_were_set_aside_are_told_with_the_first_and_where_all_of_them_go(run: Run) -> None:
    out = run("check", SHORT, "--bad-rows", "skip", *AS_OF).out
    told = (
        f"{SHORT}: set aside 1 row that cannot be read: line 3 has 3 fields, too few: the header has 5;"
        " -o rejected:FILE.csv writes them all."
    )
    assert told in out
    redacted = notice(Pseudonyms(b"k" * 32), told)
    assert str(SHORT) not in redacted
    assert "set aside 1 row that cannot be read: line 3 " in redacted


def test_a_file_that_names_no_device_tells_of_the_option_that_does(run: Run) -> None:
    assert f"--device-of {NAMELESS}=NAME" in run("check", NAMELESS, *AS_OF).err
    assert run("check", NAMELESS, *AS_OF, "--device-of", f"{NAMELESS}=ws-1").code in (0, 1, 3)


@pytest.mark.parametrize("group", ["rules", "waivers", "waves"])
def test_no_line_of_a_group_s_help_is_cut(group: str, run: Run) -> None:
    assert "..." not in run(group, "--help").out.split("Commands:")[1]


def test_the_help_of_check_tells_of_patterns_standard_input_and_rejected_rows(run: Run) -> None:
    out = " ".join(run("check", "--help").out.split())
    assert "export files, folders, 'exports/**/*.csv', or - for standard input" in out
    assert "-o rejected:FILE.csv" in out
