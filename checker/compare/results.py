"""Reads a result back: a JSON report and, beside it, the tables of devices and findings of the same run.

Tables are checked before they are used, since a cut table would look like devices that went and problems that were
solved: each is whole, has the columns of :mod:`checker.model.result`, and agrees with the report and with the other.
"""

import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import polars as pl

from checker.compare.reports import PackRead, Report, RuleRead, hinted_once, read_report
from checker.errors import InputError, Problem
from checker.model.result import DEVICE_COLUMNS, FINDING_COLUMNS, Result
from checker.reporters.tables.files import DEVICES_SCHEMA, FINDINGS_SCHEMA

SAME_RUN: Final = (
    "write them in the same run: -o report.json -o devices:devices.parquet -o findings:findings.parquet, "
    "and keep the files together"
)
COLUMNS: Final = {"devices": DEVICE_COLUMNS, "findings": FINDING_COLUMNS}
_SCHEMAS: Final = {"devices": DEVICES_SCHEMA, "findings": FINDINGS_SCHEMA}
_LATER: Final = ("os", "group", "wave", "simulated")  # columns that tables of release 0.1.0 have not
READINESS: Final = ("ready", "not_ready", "undetermined", "migrated", "out_of_scope")
_KEYS: Final = {"devices": ("device_id", "readiness"), "findings": ("device_id", "rule_id", "outcome")}


@dataclass(frozen=True, slots=True)
class Stored:
    """A result as it lies on disk; the frames have the columns of :mod:`checker.model.result`."""

    report: Report
    devices: pl.LazyFrame
    findings: pl.LazyFrame


def read_result(path: str) -> Stored:
    """Return a result from its JSON report.

    Raises:
        InputError: with every problem of the report, or of its tables.
    """
    report = read_report(path)
    problems: list[Problem] = []
    frames = {}
    for kind in COLUMNS:
        found = _table(report, kind)
        if isinstance(found, Problem):
            problems.append(found)
        else:
            frames[kind] = found
    if problems:
        raise InputError(hinted_once(problems))
    stored = Stored(report, frames["devices"], frames["findings"])
    problems = list(_disagreements(stored))
    if problems:
        raise InputError(hinted_once(problems))
    return stored


def read_results(*paths: str) -> tuple[Stored, ...]:
    """Return several results.

    Raises:
        InputError: with every problem of all of them.
    """
    found: list[Stored] = []
    problems: list[Problem] = []
    for path in paths:
        try:
            found.append(read_result(path))
        except InputError as error:
            problems.extend(error.problems)
    if problems:
        raise InputError(hinted_once(problems))
    return tuple(found)


def stored(result: Result, name: str) -> Stored:
    """Return a result that was not written, as if it had been read back from a file of that name."""
    told = result.summary
    packs = (PackRead(pack.id, pack.version, pack.profile, pack.sha256) for pack in told.packs)
    report = Report(
        path=name,
        as_of=told.as_of,
        packs=tuple(packs),
        phase=told.phase,
        partial=told.partial,
        wave=told.wave,
        tailoring=told.tailoring,
        simulated=told.simulated,
        devices=dict(told.devices),
        rules=tuple(RuleRead(rule.id, rule.phase, rule.severity) for rule in told.rules),
        tables=(),
        waves=tuple(wave.name for wave in told.waves),
        governed_by=told.governed_by,
        redacted=told.redacted,
    )
    return Stored(report, result.devices.scan(), result.findings.scan())


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def locate(report: Report, kind: str) -> tuple[Path | None, str]:
    """Return where a table that the report names lies, Parquet rather than NDJSON, and how messages show it."""
    named = [table.path for table in report.tables if table.kind == kind]
    for ending in _READERS:
        for name in named:
            if name.lower().endswith(ending):
                # NOTE: absolute, so that no name in a report can be an address that Polars would fetch.
                found = os.path.abspath(Path(report.path).parent / name)  # noqa: PTH100 (links stay as they are)
                return Path(found), os.path.normpath(Path(report.path).parent / name)
    return None, ", ".join(named)


def _table(report: Report, kind: str) -> pl.LazyFrame | Problem:
    """Return a table that the report names, or why there is none."""
    path, shown = locate(report, kind)
    if path is None:
        what = f"names no table of {kind}" + (f" that can be read back, only {shown}" if shown else "")
        return Problem(report.path, what, SAME_RUN)
    try:
        if not path.is_file():
            return Problem(shown, f"there is no such file; {report.path} names it as its table of {kind}", SAME_RUN)
        if problem := _other(report, kind, path, shown):
            return problem
        return _READERS[path.suffix.lower()](path, shown, kind)
    except InputError as error:
        return error.problems[0]
    except (pl.exceptions.PolarsError, OSError) as error:
        return _unreadable(shown, kind, error)


def _other(report: Report, kind: str, path: Path, shown: str) -> Problem | None:
    """Return that a table is not the one that the report names by its SHA-256, as evidence does."""
    named = {table.sha256 for table in report.tables if table.kind == kind and table.path.endswith(path.name)} - {""}
    found = file_sha256(path) if named else ""
    what = f"is not the table that {report.path} names: it has the SHA-256 {found}"
    return Problem(shown, what, SAME_RUN) if named and found not in named else None


def _unreadable(shown: str, kind: str, error: Exception) -> Problem:
    return Problem(shown, f"cannot be read as a table of {kind}; is it cut? {_first_line(error)}", SAME_RUN)


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [""])[0]


def _parquet(path: Path, shown: str, kind: str) -> pl.LazyFrame:
    said = pl.read_parquet_metadata(path).get("schema", "")
    if said != _SCHEMAS[kind]:
        found = f"has the schema {said!r}" if said else "says of no schema"
        raise InputError(Problem(shown, f"is no table of {kind}: {found}, not {_SCHEMAS[kind]!r}", SAME_RUN))
    frame = pl.scan_parquet(path, glob=False)
    return _complete(frame, shown, kind)


def _complete(frame: pl.LazyFrame, shown: str, kind: str) -> pl.LazyFrame:
    """Return the table with all columns; those that earlier releases did not write say nothing."""
    there = frame.collect_schema()
    wanted = COLUMNS[kind]
    wrong = [name for name, dtype in wanted.items() if name not in _LATER and there.get(name) != dtype]
    if wrong:
        raise InputError(Problem(shown, f"is no table of {kind}: not as promised: {', '.join(wrong)}", SAME_RUN))
    empty = {
        name: pl.lit(False if dtype == pl.Boolean() else None, dtype=dtype)
        for name, dtype in wanted.items()
        if there.get(name) != dtype
    }
    return frame.with_columns(**empty).select(list(wanted))


def _ndjson(path: Path, shown: str, kind: str) -> pl.LazyFrame:
    with path.open("rb") as stream:
        size = stream.seek(0, os.SEEK_END)
        if size:
            stream.seek(-1, os.SEEK_END)
            if stream.read(1) != b"\n":
                raise InputError(Problem(shown, "ends within a line: it is cut", SAME_RUN))
    if not size:
        return pl.LazyFrame(schema=COLUMNS[kind])
    written = {name: _as_written(dtype) for name, dtype in COLUMNS[kind].items()}
    frame = pl.scan_ndjson(path, schema=written)
    typed = frame.with_columns(_typed(name, dtype) for name, dtype in COLUMNS[kind].items() if name == "evidence")
    return typed.with_columns(pl.col("simulated").fill_null(value=False))


def _as_written(dtype: pl.DataType) -> pl.DataType:
    """Return the type of a column as NDJSON spells it: times are text."""
    if not isinstance(dtype, pl.List) or not isinstance(dtype.inner, pl.Struct):
        return dtype
    return pl.List(
        pl.Struct(
            {
                field.name: pl.String() if isinstance(field.dtype, pl.Datetime) else field.dtype
                for field in dtype.inner.fields
            }
        )
    )


def _typed(name: str, dtype: pl.DataType) -> pl.Expr:
    times = [field.name for field in _fields(dtype) if isinstance(field.dtype, pl.Datetime)]
    read = [pl.field(time).str.to_datetime("%Y-%m-%dT%H:%M:%S%.fZ", time_unit="us") for time in times]
    return pl.col(name).list.eval(pl.element().struct.with_fields(read))


def _fields(dtype: pl.DataType) -> list[pl.Field]:
    inner = dtype.inner if isinstance(dtype, pl.List) else None
    return list(inner.fields) if isinstance(inner, pl.Struct) else []


# ending -> how it is read; the first that a report names is taken
_READERS: Final[dict[str, Callable[[Path, str, str], pl.LazyFrame]]] = {".parquet": _parquet, ".ndjson": _ndjson}


def _disagreements(stored: Stored) -> Iterator[Problem]:
    """Yield where report and tables cannot be of one run."""
    path = stored.report.path
    measured: dict[str, dict[str, Any]] = {}
    for kind, frame in (("devices", stored.devices), ("findings", stored.findings)):
        try:
            measured[kind] = frame.select(*_measures(kind)).collect(engine="streaming").row(0, named=True)
        except (pl.exceptions.PolarsError, OSError) as error:
            yield _unreadable(f"{path}: table of {kind}", kind, error)
            return
        if measured[kind]["nulls"]:
            yield Problem(path, f"its table of {kind} has rows without {' or '.join(_KEYS[kind])}", SAME_RUN)
    devices, findings = measured["devices"], measured["findings"]
    if devices["rows"] != devices["ids"]:
        yield Problem(path, "its table of devices names a device twice", SAME_RUN)
    total = stored.report.devices["total"]
    if devices["rows"] != total and not stored.report.wave:
        yield Problem(path, f"tells of {total:,} devices, and its table has {devices['rows']:,}", SAME_RUN)
    for name in () if stored.report.wave else READINESS:
        told = stored.report.devices.get(name, devices[name])
        if devices[name] != told:
            what = f"tells of {told:,} devices {name.upper()}, and its table has {devices[name]:,}"
            yield Problem(path, what, SAME_RUN)
    for outcome in ("FAIL", "UNKNOWN"):
        if devices[outcome] != findings[outcome]:
            what = f"its devices have {devices[outcome]:,} {outcome}, and its findings {findings[outcome]:,}"
            yield Problem(path, what, SAME_RUN)


def _measures(kind: str) -> Iterator[pl.Expr]:
    yield pl.len().alias("rows")
    yield pl.any_horizontal(pl.col(name).is_null() for name in _KEYS[kind]).sum().alias("nulls")
    if kind == "devices":
        yield pl.col("device_id").n_unique().alias("ids")
        for name in READINESS:
            yield (pl.col("readiness") == name.upper()).sum().cast(pl.Int64).alias(name)
        for outcome, rules in (("FAIL", "failed"), ("UNKNOWN", "unknown")):
            yield pl.col(rules).list.len().sum().cast(pl.Int64).alias(outcome)
    else:
        for outcome in ("FAIL", "UNKNOWN"):
            counted = pl.col("devices").filter(pl.col("outcome") == outcome)
            yield counted.cast(pl.Int64).sum().alias(outcome)
