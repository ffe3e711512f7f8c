"""What findings rest on: fact, value, reason, file, row, column and time, for many findings at once."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from checker.decide.cases import Cases, Devices
from checker.engine.coalesce import ATTESTED
from checker.engine.columns import Bucket
from checker.engine.fact_column import FactColumn
from checker.engine.pool import Pool
from checker.engine.records import NO_DATE
from checker.model.outcome import Missing
from checker.model.plan import Plan
from checker.model.result import EVIDENCE
from checker.model.rule import Rule

REASONS = pl.Series([*(missing.name for missing in Missing), None], dtype=pl.String)


def evidence(bucket: Bucket, cases: Cases) -> pl.Series:
    """Return a list of evidence for each case: derived facts first, then what they and the rule rest on."""
    rests_on = [_facts_of(bucket.plan, rule) for rule, _ in cases.parts]
    facts = list(dict.fromkeys(fact for some in rests_on for fact in some))
    sizes = np.array([len(some) for some in rests_on], dtype=np.int64)
    of_parts = np.array([facts.index(fact) for some in rests_on for fact in some], dtype=np.int64)
    case = np.repeat(np.arange(len(cases)), sizes[cases.part])
    within = np.arange(len(case)) - np.repeat(_starts(sizes[cases.part]), sizes[cases.part])
    fact = of_parts[_starts(sizes)[cases.part[case]] + within]
    told = pl.DataFrame(_told(bucket, facts, fact, cases.device[case]), schema=dict(EVIDENCE)).to_struct("evidence")
    by_case = pl.DataFrame([pl.Series("case", case).set_sorted(), told]).group_by("case", maintain_order=True)
    return by_case.agg("evidence")["evidence"]


def _facts_of(plan: Plan, rule: Rule) -> tuple[str, ...]:
    asked = plan.rule_facts(rule)
    derived = [fact for fact in asked if plan.specs[fact].derived]
    return (*derived, *plan.base_facts((*asked, *rule.message.facts)))


def _starts(sizes: Devices) -> Devices:
    """Return where each of some lists starts if they stand one behind the other."""
    return np.cumsum(sizes) - sizes


def _told(bucket: Bucket, facts: Sequence[str], fact: Devices, device: Devices) -> dict[str, pl.Series]:
    """Return what is told of facts of devices, each named by its place."""
    order = np.argsort(fact, kind="stable")
    ends = np.searchsorted(fact[order], np.arange(len(facts)), side="right")
    columns = [bucket.column(name) for name in facts]
    devices = [device[here] for here in np.split(order, ends[:-1])]
    back = np.empty(len(order), dtype=np.int64)
    back[order] = np.arange(len(order))
    record = np.concatenate([column.record[here] for column, here in zip(columns, devices, strict=True)])[back]
    missing = np.concatenate([reasons_of(column, here) for column, here in zip(columns, devices, strict=True)])[back]
    texts = pl.concat([texts_of(column, here) for column, here in zip(columns, devices, strict=True)])
    return {
        "fact": pl.Series(facts, dtype=pl.String).gather(fact),
        "value": texts.gather(back),
        "missing": REASONS.gather(missing),
        **_places(bucket, facts, record, fact),
    }


def _places(bucket: Bucket, facts: Sequence[str], record: Devices, of_fact: Devices) -> dict[str, pl.Series]:
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
    """Return what a person is shown for each code."""
    return [pool.word(code) for code in range(len(pool))] if pool.spec.view_of else pool.texts
