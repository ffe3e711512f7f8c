"""What a finding rests on: fact, value, reason, file, row, column and time, for many devices at once."""

from datetime import date

import numpy as np
import numpy.typing as npt
import polars as pl

from checker.engine.cells import Cell
from checker.engine.coalesce import ATTESTED
from checker.engine.columns import Bucket
from checker.engine.fact_column import FactColumn
from checker.engine.pool import Pool
from checker.engine.records import NO_DATE
from checker.model.outcome import Missing
from checker.model.result import EVIDENCE
from checker.model.rule import Rule

Devices = npt.NDArray[np.int64]
REASONS = pl.Series([*(missing.name for missing in Missing), None], dtype=pl.String)


def evidence(bucket: Bucket, rule: Rule, devices: Devices) -> pl.Series:
    """Return a list of evidence for each device: derived facts first, then what they and the rule rest on."""
    plan = bucket.plan
    derived = [fact for fact in plan.rule_facts(rule) if plan.specs[fact].derived]
    facts = (*derived, *plan.base_facts((*plan.rule_facts(rule), *rule.message.facts)))
    columns = [bucket.column(fact) for fact in facts]
    record = np.concatenate([column.record[devices] for column in columns])
    missing = np.concatenate([reasons_of(column, devices) for column in columns])
    of_fact = np.repeat(np.arange(len(facts)), len(devices))
    # All of the first fact, then all of the second: turned into all of the first device, then all of the second.
    by_device = np.arange(len(record)).reshape(len(facts), len(devices)).T.ravel()
    frame = pl.DataFrame(
        {
            "fact": pl.Series(facts).gather(of_fact),
            "value": pl.concat([texts_of(column, devices) for column in columns]),
            "missing": REASONS.gather(missing),
            **_places(bucket, facts, record, of_fact),
        },
        schema=dict(EVIDENCE),
    )
    return frame[by_device].to_struct().reshape((len(devices), len(facts))).arr.to_list()


def _places(bucket: Bucket, facts: tuple[str, ...], record: Devices, of_fact: Devices) -> dict[str, pl.Series]:
    """Return file, row, column and time of what was read; all null where nothing was."""
    records, plan = bucket.records, bucket.plan
    read, attested = record >= 0, record <= ATTESTED
    at = np.where(read, record, 0) if len(records.row) else np.zeros(0, dtype=np.int64)
    nowhere, words = len(records.files), len(records.files) + 1
    file = np.full(len(record), nowhere)
    row = np.zeros(len(record), dtype=np.uint32)
    if len(at):
        file, row = np.where(read, records.file_of[at], nowhere), np.where(read, records.row[at], 0)
    lines = np.array([0, *(word.line for word in plan.statements)], dtype=np.uint32)
    file = np.where(attested, words + ATTESTED - record, file)
    row = np.where(attested, lines[np.where(attested, ATTESTED - record + 1, 0)], row)
    paths = pl.Series(
        [*(item.path for item in records.files), None, *(word.file for word in plan.statements)], dtype=pl.String
    )
    sources = [plan.specs[fact].view_of or fact for fact in facts]
    titles = [
        [*(item.columns.get(name) for item in records.files), None, *(["value"] * len(plan.statements))]
        for name in sources
    ]
    flat = pl.Series([title for of_files in titles for title in of_files], dtype=pl.String)
    times = records.times_of(record)
    return {
        "file": paths.gather(file),
        "row": _but(pl.Series(row.astype(np.uint32)), row == 0),
        "column": flat.gather(of_fact * (words + len(plan.statements)) + file),
        "observed": _but(pl.Series(times).cast(pl.Datetime("us")), times == NO_DATE),
    }


def _but(series: pl.Series, not_there: npt.NDArray[np.bool_]) -> pl.Series:
    return series.set(pl.Series(not_there), None)


def reasons_of(column: FactColumn, devices: Devices) -> npt.NDArray[np.int8]:
    """Return why there is no value; -1 where there is one."""
    return column.pool.reasons[column.codes[devices]]


def texts_of(column: FactColumn, devices: Devices) -> pl.Series:
    """Return what was read, as the export spells it; null where nothing was."""
    return text_series(column.pool).gather(column.shown[devices])


def text_series(pool: Pool) -> pl.Series:
    """Return the texts of a pool by code, as a series that is built once for each size of the pool."""
    known: pl.Series | None = pool.shown_texts
    if known is None or len(known) != len(pool):
        known = pool.shown_texts = pl.Series(spelled(pool), dtype=pl.String)
    return known


def spelled(pool: Pool) -> list[str | None]:
    """Return what a person is shown for each code: the text; of a view the value, since its text is another fact's."""
    if not pool.spec.view_of:
        return pool.texts
    return [_as_word(text, cell) for text, cell in zip(pool.texts, pool.cells, strict=True)]


def _as_word(text: str | None, cell: Cell) -> str | None:
    match cell:
        case bool():
            return "yes" if cell else "no"
        case date():
            return cell.isoformat()
        case _:
            return text
