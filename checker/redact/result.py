"""A result with pseudonyms: judged by the names themselves, and told without them."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl

from checker.engine.records import Records
from checker.errors import OutputError, Problem
from checker.model.condition import facts_of
from checker.model.record import Rejected
from checker.model.result import PART, Baseline, Manner, Result, Table, write_part
from checker.model.rule import Rule
from checker.redact.pseudonyms import PLAIN, Pseudonyms
from checker.redact.summary import is_tailored, redacted_summary
from checker.redact.tables import Told, redacted_frame, redacted_table

_LOOKED_AT: dict[str, pl.DataType] = {
    "device_id": pl.String(),
    "device_name": pl.String(),
    "wave": pl.String(),
    "readiness": pl.String(),
}


def redacted(result: Result, names: Pseudonyms, rules: Sequence[Rule], folder: Path) -> Result:
    """Return the result in which whatever the organisation named is a pseudonym; its tables are written to the folder.

    A baseline stays as it is: it must have been redacted with the same key. ``rules`` say which values their messages
    and histograms show.

    Raises:
        OutputError: the tables cannot be written to the folder.
    """
    own = frozenset(rule.id for rule in result.summary.rules if is_tailored(rule))
    told = Told(names, {rule.id: rule.message for rule in rules}, own)
    first = {rule.id: facts[0] for rule in rules if (facts := facts_of(rule.require))}
    try:
        devices = redacted_table(told, "devices", result.devices, folder)
        findings = redacted_table(told, "findings", result.findings, folder)
        plan = redacted_table(told, "plan", result.plan, folder)
    except (OSError, pl.exceptions.ComputeError) as error:
        hint = "make room there, or let TMPDIR name another folder"
        raise OutputError(Problem(str(folder), f"temporary tables cannot be written: {error}", hint)) from error
    return replace(
        result,
        summary=redacted_summary(names, result.summary, first),
        devices=devices,
        findings=findings,
        plan=plan,
        cases=None if result.cases is None else redacted_frame(told, "findings", result.cases),
        device=None if result.device is None else redacted_frame(told, "findings", result.device),
        rejected=tuple(_unread(names, row) for row in result.rejected),
        baseline=result.baseline and replace(result.baseline, path=names.file(result.baseline.path)),
        manner=redacted_manner(result.manner, names),
    )


def _unread(names: Pseudonyms, row: Rejected) -> Rejected:
    """Return where a row stands that could not be read: nobody knows what in it is a name."""
    return replace(row, path=names.file(row.path), reason="cannot be read", text="")


def redacted_manner(manner: Manner, names: Pseudonyms) -> Manner:
    """Return the manner of reports in which their device goes by its pseudonym."""
    return replace(manner, device=names.device(manner.device))


def recognised(baseline: Baseline, names: Pseudonyms, records: Records, waves: Sequence[str], folder: Path) -> Baseline:
    """Return a redacted baseline with the names that a run knows, so that its gates can look for its devices.

    Devices that are gone keep their pseudonyms, marked as such, so that they are not made pseudonyms again.
    """
    ids = {names.device(text): text for text in records.device_ids}
    called = {names.called(text): text for text in records.name.unique().drop_nulls()} | ids
    of_wave = {names.label("wave", wave): wave for wave in waves}
    parts = []
    for number, frame in enumerate(baseline.devices.frames()):
        parts.append(folder / f"recognised-{number:05d}{PART}")
        known = (_recognised("device_id", ids), _recognised("device_name", called), _recognised("wave", of_wave))
        write_part(frame.select(*known, "readiness"), parts[-1])
    devices = Table(_LOOKED_AT, tuple(parts), baseline.devices.rows)
    return replace(baseline, devices=devices, waves=tuple(of_wave.get(wave, wave) for wave in baseline.waves))


def _recognised(column: str, known: dict[str, str]) -> pl.Expr:
    marked = pl.lit(PLAIN) + pl.col(column)
    if not known:
        return marked.alias(column)
    return pl.col(column).replace_strict(list(known), list(known.values()), default=marked, return_dtype=pl.String)
