"""Writes the findings of a bucket as a frame: one row per device and rule, with message and evidence."""

from collections.abc import Sequence
from datetime import date

import numpy as np
import numpy.typing as npt
import polars as pl

from checker.engine.cells import Cell
from checker.engine.coalesce import ATTESTED, FactColumn
from checker.engine.columns import Bucket
from checker.engine.pool import Pool
from checker.engine.records import NO_DATE
from checker.model.condition import Lookup
from checker.model.outcome import Missing, Outcome
from checker.model.result import EVIDENCE, FINDING_COLUMNS
from checker.model.rule import FactPart, Rule

Devices = npt.NDArray[np.int64]
WORDS = {
    Missing.NOT_EXPORTED: "not exported",
    Missing.BLANK: "blank",
    Missing.UNREADABLE: "unreadable",
    Missing.CONFLICTING: "conflicting",
    Missing.STALE: "stale",
}
UNDECIDED = "Not known: the values at hand do not decide it."


def finding_rows(bucket: Bucket, rule: Rule, outcome: Outcome, devices: Devices, names: pl.Series) -> pl.DataFrame:
    """Return the findings of one rule and outcome for some devices of a bucket, in the order given.

    ``names`` are the display names of those devices. Two columns, ``device`` and ``rule``, are left for sorting.
    """
    ids = bucket.records.device_ids.slice(bucket.first, bucket.devices).gather(devices)
    count = len(devices)
    place = bucket.plan.pack.rules.index(rule)
    frame = pl.DataFrame(
        {
            "device": pl.Series(devices + bucket.first, dtype=pl.Int64),
            "rule": pl.Series(np.full(count, place, dtype=np.int32)),
            "device_id": ids,
            "device_name": names,
            "message": messages(bucket, rule, outcome, devices),
            "evidence": evidence(bucket, rule, devices),
        }
    )
    return frame.with_columns(
        rule_id=pl.lit(rule.id),
        phase=pl.lit(rule.phase.value),
        severity=pl.lit(rule.severity.value),
        outcome=pl.lit(outcome.name),
        waived=pl.lit(None, dtype=pl.String),
        devices=pl.lit(1, dtype=pl.UInt32),
    ).select("device", "rule", *FINDING_COLUMNS)


def messages(bucket: Bucket, rule: Rule, outcome: Outcome, devices: Devices) -> pl.Series:
    """Return a sentence for each device: the rule's message for a FAIL, what is missing for an UNKNOWN."""
    if outcome is Outcome.FAIL:
        parts = [_part(bucket, part, devices) for part in rule.message.parts]
        return _sentences(parts, len(devices))
    if outcome is not Outcome.UNKNOWN:
        return pl.Series([f"{rule.title}."] * len(devices), dtype=pl.String)
    pieces = []
    for fact in bucket.plan.base_facts(bucket.plan.rule_facts(rule)):
        if bucket.plan.specs[fact].default is not None:
            continue  # assumed where nobody states it: stating it would seldom settle what is not known
        reason = _reasons(bucket.column(fact), devices)
        texts = pl.Series([f"{fact} ({WORDS[missing]})" for missing in Missing])
        found = texts.gather(np.maximum(reason, 0)).to_frame("text")
        missing_here = pl.Series(reason >= 0)
        pieces.append(found.select(pl.when(missing_here).then(pl.col("text"))).to_series())
    if not pieces:
        return pl.Series([UNDECIDED] * len(devices), dtype=pl.String)
    frame = pl.DataFrame([piece.alias(str(at)) for at, piece in enumerate(pieces)])
    joined = frame.select(pl.concat_str(pl.all(), separator=", ", ignore_nulls=True)).to_series()
    sentence = pl.when(joined != "").then("Not known for want of " + joined + ".").otherwise(pl.lit(UNDECIDED))
    return pl.select(sentence).to_series()


def _sentences(parts: Sequence[pl.Series | str], count: int) -> pl.Series:
    series = [part.alias(str(at)) for at, part in enumerate(parts) if isinstance(part, pl.Series)]
    if not series:
        return pl.Series(["".join(str(part) for part in parts)] * count, dtype=pl.String)
    frame = pl.DataFrame(series)
    columns = [pl.lit(part) if isinstance(part, str) else pl.col(str(at)) for at, part in enumerate(parts)]
    return frame.select(pl.concat_str(columns)).to_series()


def _part(bucket: Bucket, part: str | FactPart | Lookup, devices: Devices) -> pl.Series | str:
    if isinstance(part, str):
        return part
    if isinstance(part, FactPart):
        column = bucket.column(part.fact)
        return _texts(column, devices).fill_null("(not known)")
    cells = dict(part.cells)
    columns = [bucket.column(fact) for fact in part.key]
    keys = zip(*(column.codes[devices].tolist() for column in columns), strict=True)
    known: dict[tuple[int, ...], str] = {}
    found = []
    for key in keys:
        if key not in known:
            typed = tuple(column.pool.cells[code] for column, code in zip(columns, key, strict=True))
            known[key] = str(cells.get(typed, "(none listed)"))
        found.append(known[key])
    return pl.Series(found, dtype=pl.String)


def _reasons(column: FactColumn, devices: Devices) -> npt.NDArray[np.int8]:
    """Return why there is no value; -1 where there is one."""
    return column.pool.reasons[column.codes[devices]]


def _texts(column: FactColumn, devices: Devices) -> pl.Series:
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


def evidence(bucket: Bucket, rule: Rule, devices: Devices) -> pl.Series:
    """Return, for each device, fact, value, reason, file, row, column and time of all that the rule rests on."""
    facts = bucket.plan.base_facts((*bucket.plan.rule_facts(rule), *rule.message.facts))
    derived = [fact for fact in bucket.plan.rule_facts(rule) if bucket.plan.specs[fact].derived]
    structs = [_evidence_of(bucket, fact, devices).alias(str(at)) for at, fact in enumerate((*derived, *facts))]
    frame = pl.DataFrame(structs)
    return frame.select(pl.concat_list(pl.all())).to_series().cast(pl.List(EVIDENCE))


def _evidence_of(bucket: Bucket, fact: str, devices: Devices) -> pl.Series:
    column = bucket.column(fact)
    record = column.record[devices]
    read = record >= 0
    at = np.where(read, record, 0)
    records = bucket.records
    file = np.where(read, records.file_of[at], len(records.files)).astype(np.int64)
    file = np.where(record <= ATTESTED, len(records.files) + 1, file)
    paths = pl.Series([item.path for item in records.files] + [None, bucket.plan.attestations_file], dtype=pl.String)
    source = bucket.plan.specs[fact].view_of or fact
    titles = pl.Series([item.columns.get(source) for item in records.files] + [None, "value"], dtype=pl.String)
    lines = np.array([0] + [word.line for word in bucket.plan.attestations], dtype=np.uint32)
    rows = np.where(read, records.row[at], lines[np.where(record <= ATTESTED, ATTESTED - record + 1, 0)])
    times = np.where(read, records.time[at], NO_DATE)
    reasons = pl.Series([*(missing.name for missing in Missing), None], dtype=pl.String)
    frame = pl.DataFrame(
        {
            "fact": pl.Series([fact], dtype=pl.String).new_from_index(0, len(devices)),
            "value": _texts(column, devices),
            "missing": reasons.gather(_reasons(bucket.column(fact), devices)),
            "file": paths.gather(file),
            "row": pl.Series(rows.astype(np.uint32)),
            "column": titles.gather(file),
            "observed": pl.Series(times).cast(pl.Datetime("us")),
        }
    ).with_columns(
        row=pl.when(pl.Series(record != -1)).then(pl.col("row")),
        observed=pl.when(pl.Series(times != NO_DATE)).then(pl.col("observed")),
    )
    return frame.to_struct()
