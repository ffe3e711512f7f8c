"""Opens a stored result: a JSON report with the Parquet tables of its run, as the :class:`Result` that it was.

The report is held against its JSON Schema, and its tables against it and each other (``compare/results.py``), before
anything is made of them. What the files do not hold is not made up: without a table of cases JUnit speaks of rules, and
without a plan none can be written.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, cast

import polars as pl

from checker.compare.reports import WRITE_IT, Report, hinted_once, read_report, report_json
from checker.compare.results import SAME_RUN, locate, read_result
from checker.errors import InputError, Problem
from checker.model.result import DEVICE_COLUMNS, FINDING_COLUMNS, PLAN_COLUMNS, Result, Summary, Table
from checker.stored.summary import controls_of, steps_of, summary_of

ROWS_AT_A_TIME: Final = 250_000  # of a table in memory: a run writes parts of 65,536 devices with some findings each
_COLUMNS: Final = {"devices": DEVICE_COLUMNS, "findings": FINDING_COLUMNS, "plan": PLAN_COLUMNS}
_SCHEMA: Final = Path(__file__).parent.parent / "schemas" / "report-v1.schema.json"
_SHOWN: Final = 5  # a file of another kind breaks everything at once: the first few say which


@contextmanager
def open_result(path: str) -> Iterator[Result]:
    """Open a result by its JSON report; large tables are cut into parts in a folder that goes with the context.

    Raises:
        InputError: with every problem of the report, or of its tables.
    """
    report = read_result(path).report
    told, _ = report_json(path)
    _refuse_misshapen(path, told)
    places = {kind: _place(report, kind) for kind in (*_COLUMNS, "cases")}
    missing = [kind for kind in ("devices", "findings") if places[kind] is None]
    if missing:
        what = f"names no Parquet table of {' and '.join(missing)}"
        raise InputError(Problem(path, what, SAME_RUN))
    cases = places["cases"]
    with TemporaryDirectory(prefix="mde-readiness-") as folder:
        tables = {kind: _table(path, kind, places[kind], Path(folder)) for kind in _COLUMNS}
        yield Result(
            summary_of(cast("dict[str, Any]", told)),
            tables["devices"],
            tables["findings"],
            pl.read_parquet(cases, glob=False) if cases else None,
            plan=tables["plan"],
            steps=steps_of(cast("dict[str, Any]", told)),
            controls=controls_of(cast("dict[str, Any]", told)),
        )


def read_summary(path: str) -> Summary:
    """Return what a JSON report says, whatever its tables hold.

    Raises:
        InputError: with every problem of the report.
    """
    told, _ = report_json(path)
    _refuse_misshapen(path, told)
    return summary_of(cast("dict[str, Any]", told))


def _refuse_misshapen(path: str, told: object) -> None:
    from jsonschema import Draft202012Validator  # imported here: only who reads a report back pays for it

    problems = [
        Problem(path, f"{'/'.join(map(str, error.absolute_path)) or 'the report'}: {error.message[:200]}", WRITE_IT)
        for error in Draft202012Validator(json.loads(_SCHEMA.read_bytes())).iter_errors(told)
    ]
    if problems:
        raise InputError(hinted_once(problems[:_SHOWN]))


def _place(report: Report, kind: str) -> Path | None:
    """Return where the Parquet table of a kind lies; None if the report names none."""
    found = locate(report, kind)[0]
    return found if found and found.suffix.lower() == ".parquet" else None


def _table(path: str, kind: str, part: Path | None, folder: Path) -> Table:
    """Return a table with all of its columns, in parts that no device straddles."""
    columns = _COLUMNS[kind]
    if part is None:
        return Table(columns, (), 0)
    frame = pl.scan_parquet(part, glob=False)
    there = frame.collect_schema()
    if wrong := [name for name, dtype in columns.items() if there.get(name) != dtype]:
        what = f"its table of {kind} lacks {', '.join(wrong)}: another release wrote it"
        raise InputError(Problem(path, what, "judge the inventory again, or use that release"))
    rows = frame.select(pl.len()).collect().item()
    if rows <= ROWS_AT_A_TIME:
        return Table(columns, (part,), rows)
    return Table(columns, tuple(_cut(frame, rows, folder / kind)), rows)


def _cut(frame: pl.LazyFrame, rows: int, folder: Path) -> Iterator[Path]:
    """Yield parts of a table, each written to the folder, with all rows of a device in one."""
    folder.mkdir()
    held = pl.DataFrame()
    for number, start in enumerate(range(0, rows, ROWS_AT_A_TIME)):
        found = frame.slice(start, ROWS_AT_A_TIME).collect()
        found = pl.concat([held, found]) if held.height else found
        last = start + ROWS_AT_A_TIME >= rows
        whole = found["device_id"] != found["device_id"][-1]
        held = pl.DataFrame() if last else found.filter(~whole)
        part = folder / f"{number}.parquet"
        (found if last else found.filter(whole)).write_parquet(part)
        yield part


def files_of(path: str) -> tuple[str, ...]:
    """Return the report and every table that it names: what may not be written over while it is read.

    Raises:
        InputError: the file is no report.
    """
    report = read_report(path)
    return (path, *(str(Path(path).parent / table.path) for table in report.tables))
