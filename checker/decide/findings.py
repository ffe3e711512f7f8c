"""Writes the findings of a bucket as a frame: one row per device and rule, with message and evidence."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from checker.decide.evidence import Devices, evidence, reasons_of, texts_of
from checker.engine.columns import Bucket
from checker.model.condition import Lookup
from checker.model.outcome import Missing, Outcome
from checker.model.result import FINDING_COLUMNS
from checker.model.rule import FactPart, Rule

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
        reason = reasons_of(bucket.column(fact), devices)
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
        return texts_of(column, devices).fill_null("(not known)")
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
