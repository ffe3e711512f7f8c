"""The plan as CSV: every device with everything to be done on it, and every name exactly as it was."""

import csv
import re
from io import StringIO
from pathlib import Path

from checker.model.result import PLAN_COLUMNS, Result
from checker.reporters.plan import csv as plan_csv
from checker.reporters.plan import markdown as plan_markdown
from checker.reporters.plan import table as plan_table
from checker.reporters.workbook import sheets

from .fleets import HOSTILE, device_id
from .plans import APPLY, FAILS, GONE, RESTART, UPDATE, VERIFIED, plan, row, some_rows, written


def read(result: Result) -> list[dict[str, str]]:
    text = written(plan_csv.write, result).decode()
    return list(csv.DictReader(StringIO(text, newline=""), strict=True))


def test_there_is_a_row_for_each_device_in_the_order_of_their_ids(tmp_path: Path) -> None:
    rows = read(plan(tmp_path, some_rows()))
    assert [found["device_id"] for found in rows] == [device_id(number) for number in range(1, 8)]
    assert all(list(found) == list(plan_csv.COLUMNS) for found in rows)
    for found, told in zip(rows, some_rows(), strict=True):
        for column in ("device_name", "wave", "tool", "readiness", "route", "path", "verification"):
            assert found[column] == (told[column] or "")


def test_a_row_says_what_to_do_in_order_with_what_to_run_and_how_to_verify(tmp_path: Path) -> None:
    (found,) = read(plan(tmp_path, [row(1, next_steps=["update-agent", "apply-package", "restart-service"])]))
    assert found["next_steps"].split("\n") == [
        "1. Update the agent with Microsoft AutoUpdate. Then export again.",
        f"2. {APPLY.title}. {APPLY.does[0]}. When it has worked: {APPLY.looks_like}.",
        "3. Restart the service.",
    ]
    assert found["commands"] == "\n".join((*UPDATE.commands, *APPLY.commands, *RESTART.commands))
    assert found["queries"] == VERIFIED.query
    assert found["verify"].startswith("1. The device reports through the streamlined domain. When it has worked:")
    assert [line.rsplit("/", 1)[1] for line in found["sources"].split("\n")] == [
        "migrate-devices-streamlined",
        "onboard",
    ]


def test_a_command_that_is_to_be_run_again_stands_there_again(tmp_path: Path) -> None:
    (found,) = read(plan(tmp_path, [row(1, next_steps=["restart-service", "apply-package", "restart-service"])]))
    assert found["commands"].split("\n").count(RESTART.commands[0]) == 2


def test_a_device_without_steps_has_empty_cells(tmp_path: Path) -> None:
    (found,) = read(plan(tmp_path, [row(1, **GONE)]))
    for column in ("wave", "tool", "route", "path", "next_steps", "commands", "queries", "verify", "sources"):
        assert found[column] == ""


def test_names_stay_exact_whatever_is_in_them(tmp_path: Path) -> None:
    names = ["=1+1", '=HYPERLINK("https://evil.example")', "a,b", 'say "pc"', "two\r\nlines", " x ", "001", *HOSTILE]
    rows = read(plan(tmp_path, [row(number, name) for number, name in enumerate(names, start=1)]))
    assert [found["device_name"] for found in rows] == names


def test_lines_end_as_the_standard_says_and_no_mark_precedes_them(tmp_path: Path) -> None:
    content = written(plan_csv.write, plan(tmp_path, [row(1, next_steps=["restart-service"], verify=[])]))
    assert content.startswith(b"device_id,device_name,")
    assert content.endswith(b"\r\n")


def test_what_was_supposed_is_marked_on_its_device(tmp_path: Path) -> None:
    rows = read(plan(tmp_path, [row(1), row(2, simulated=True)]))
    assert [found["simulated"] for found in rows] == ["false", "true"]


def test_parts_do_not_show(tmp_path: Path) -> None:
    rows = [row(number, **(FAILS if number % 3 else {})) for number in range(1, 40)]
    contents = set()
    for parts in (1, 3, 39):
        (tmp_path / str(parts)).mkdir()
        contents.add(written(plan_csv.write, plan(tmp_path / str(parts), rows, parts=parts)))
    assert len(contents) == 1


def test_batches_follow_one_another(tmp_path: Path) -> None:
    size = plan_table.ROWS_AT_A_TIME * 2 + 1
    rows = read(plan(tmp_path, [row(number, next_steps=[], verify=[]) for number in range(1, size + 1)], parts=1))
    assert [found["device_id"] for found in rows] == [device_id(number) for number in range(1, size + 1)]


def test_a_plan_without_devices_still_has_its_columns(tmp_path: Path) -> None:
    assert written(plan_csv.write, plan(tmp_path, [])).decode() == ",".join(plan_csv.COLUMNS) + "\r\n"


def test_columns_and_limits_are_documented() -> None:
    page = (Path(__file__).parents[2] / "docs" / "plan.md").read_text(encoding="utf-8")
    section = page.split("### CSV")[1].split("### ")[0]
    assert re.findall(r"^\| `([a-z_]+)`", section, re.MULTILINE) == list(plan_csv.COLUMNS)
    section = page.split("### NDJSON and Parquet")[1].split("### ")[0]
    assert re.findall(r"^\| `([a-z_]+)`", section, re.MULTILINE) == list(PLAN_COLUMNS)
    assert f"{sheets.MOST_ROWS:,} devices" in page
    assert f"more than {sheets.MOST_CHARACTERS:,} characters" in page
    assert f"first {plan_markdown.DEVICES_SHOWN} devices" in page
    assert f"{plan_markdown.MOST_BYTES // 1000} kB" in page
