"""Writes the findings of a bucket as a frame: one row per device and rule, with message and evidence."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from checker.decide.evidence import Devices, evidence, reasons_of, texts_of
from checker.decide.governed import NO_WAIVER, Governed
from checker.decide.names import Names
from checker.engine.columns import Bucket
from checker.model.condition import Lookup
from checker.model.outcome import Missing, Outcome
from checker.model.plan import Plan
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


def finding_rows(
    bucket: Bucket, rule: Rule, outcome: Outcome, devices: Devices, told: tuple[Names, Governed]
) -> pl.DataFrame:
    """Return the findings of one rule and outcome for some devices of a bucket, in the order given.

    ``told`` says how the devices are named and what is waived. Two columns, ``device`` and ``rule``, are left for
    sorting.
    """
    names, governed = told
    ids = bucket.records.device_ids.slice(bucket.first, bucket.devices).gather(devices)
    count = len(devices)
    place = bucket.plan.pack.rules.index(rule)
    frame = pl.DataFrame(
        {
            "device": pl.Series(devices + bucket.first, dtype=pl.Int64),
            "rule": pl.Series(np.full(count, place, dtype=np.int32)),
            "device_id": ids,
            "device_name": names.names(devices),
            "waived": _waivers(bucket, governed, rule, devices),
            "message": messages(bucket, rule, outcome, devices),
            "evidence": evidence(bucket, rule, devices),
        }
    )
    return frame.with_columns(
        rule_id=pl.lit(rule.id),
        phase=pl.lit(rule.phase.value),
        severity=pl.lit(rule.severity.value),
        outcome=pl.lit(outcome.name),
        devices=pl.lit(1, dtype=pl.UInt32),
        simulated=pl.lit(bucket.plan.simulated),
    ).select("device", "rule", *FINDING_COLUMNS)


def _waivers(bucket: Bucket, governed: Governed, rule: Rule, devices: Devices) -> pl.Series:
    """Return the id of the waiver that covers each outcome; null where none does."""
    if rule.id not in governed.waived:
        return pl.Series([None], dtype=pl.String).new_from_index(0, len(devices))
    ids = pl.Series([*(waiver.id for waiver in bucket.plan.waivers), None], dtype=pl.String)
    return ids.gather(
        np.where(governed.waived[rule.id][devices] == NO_WAIVER, len(ids) - 1, governed.waived[rule.id][devices])
    )


def fleet_row(
    plan: Plan, rule: Rule, outcome: Outcome, facts: tuple[str, ...], of: tuple[int, int]
) -> dict[str, object]:
    """Return one finding for many devices, or for the tenant: ``of`` how many devices, and which waiver covers them."""
    devices, waiver = of
    message = f"{rule.title}: not met."
    if outcome is Outcome.UNKNOWN:
        names = ", ".join(facts) or ", ".join(plan.base_facts(plan.rule_facts(rule)))
        message = f"Not known for want of {names}: no input carries it." if facts else f"Not known for want of {names}."
    nowhere = dict.fromkeys(("value", "file", "row", "column", "observed"))
    return {
        "device_id": "",
        "device_name": "",
        "rule_id": rule.id,
        "phase": rule.phase.value,
        "severity": rule.severity.value,
        "outcome": outcome.name,
        "waived": None if waiver == NO_WAIVER else plan.waivers[waiver].id,
        "message": message,
        "devices": devices,
        "evidence": [{"fact": fact, **nowhere, "missing": "NOT_EXPORTED"} for fact in facts],
        "simulated": plan.simulated,
    }


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
