"""Reads an earlier result to compare a run with: its report, and its tables where they lie."""

from collections.abc import Iterable, Iterator
from datetime import date

import polars as pl

from checker.compare.reports import Report, TableRead, hinted_once
from checker.compare.results import COLUMNS, SAME_RUN, file_sha256, locate, read_result
from checker.errors import InputError, Problem
from checker.model.notes import FileNote
from checker.model.result import Baseline, Table


def read_baseline(path: str, as_of: date) -> Baseline:
    """Return an earlier result to compare a run of that day with; its tables are read where they lie.

    Raises:
        InputError: with every problem of the report or of its tables, which must be Parquet; a simulation, and a
            report of a later day, are none to compare with.
    """
    report = read_result(path).report
    problems = list(_no_baseline(report, as_of))
    tables, files = {}, []
    for kind in COLUMNS:
        part = locate(report, kind)[0]
        if part is None or part.suffix.lower() != ".parquet":
            problems.append(Problem(path, f"names no Parquet table of {kind}, as a baseline must", SAME_RUN))
            continue
        whole = pl.scan_parquet(part, glob=False)
        if missing := [name for name in COLUMNS[kind] if name not in whole.collect_schema()]:
            problems.append(Problem(str(part), f"has no {', '.join(missing)}: an earlier release wrote it", SAME_RUN))
        rows = whole.select(pl.len()).collect().item()
        tables[kind] = Table(COLUMNS[kind], (part,), rows)
        files.append(FileNote(f"baseline-{kind}", _name_of(report.tables, kind), file_sha256(part)))
    if problems:
        raise InputError(hinted_once(problems))
    return Baseline(
        path,
        tables["findings"],
        tables["devices"],
        report.waves,
        sha256=report.sha256,
        redacted=report.redacted,
        files=tuple(files),
    )


def _name_of(tables: Iterable[TableRead], kind: str) -> str:
    """Return the Parquet table of a kind as a report names it; empty if it names none."""
    return next((each.path for each in tables if each.kind == kind and each.path.lower().endswith(".parquet")), "")


def _no_baseline(report: Report, as_of: date) -> Iterator[Problem]:
    """Yield why a report cannot be what a run is compared with, whole as it may be."""
    if report.simulated:
        what = f"is a simulation, and no baseline: it was made with --assume ({'; '.join(report.simulated)})"
        yield Problem(report.path, what, "give the report of a run without --assume")
    if report.as_of > as_of:
        what = f"is as of {report.as_of}, a later day than that of this run: {as_of}"
        yield Problem(report.path, what, "a baseline is earlier: give another report, or another --as-of")
