"""Writes the findings of a bucket as a frame: one row per device and rule, with message and evidence."""

import numpy as np
import numpy.typing as npt
import polars as pl

from checker.decide.cases import Cases
from checker.decide.evidence import evidence
from checker.decide.governed import NO_WAIVER, Governed
from checker.decide.messages import messages
from checker.decide.names import Names
from checker.engine.columns import Bucket
from checker.model.outcome import Outcome
from checker.model.plan import Plan
from checker.model.result import FINDING_COLUMNS
from checker.model.rule import Rule


def finding_rows(bucket: Bucket, cases: Cases, told: tuple[Names, Governed]) -> pl.DataFrame:
    """Return a row for each case, in the order given; ``told`` says how devices are named and what is waived."""
    names, governed = told
    if not len(cases):
        return pl.DataFrame(schema=FINDING_COLUMNS)
    frame = pl.DataFrame(
        {
            "device_id": names.ids(cases.device),
            "device_name": names.names(cases.device),
            "rule_id": pl.Series([rule.id for rule, _ in cases.parts]).gather(cases.part),
            "phase": pl.Series([rule.phase.value for rule, _ in cases.parts]).gather(cases.part),
            "severity": pl.Series([rule.severity.value for rule, _ in cases.parts]).gather(cases.part),
            "outcome": pl.Series([outcome.name for _, outcome in cases.parts]).gather(cases.part),
            "waived": _waivers(bucket.plan, governed, cases),
            "message": messages(bucket, cases),
            "evidence": evidence(bucket, cases),
        }
    )
    return frame.with_columns(devices=pl.lit(1, dtype=pl.UInt32), simulated=pl.lit(bucket.plan.simulated)).select(
        list(FINDING_COLUMNS)
    )


def _waivers(plan: Plan, governed: Governed, cases: Cases) -> pl.Series:
    """Return the id of the waiver that covers each case; null where none does."""
    covered: npt.NDArray[np.int64] = np.full(len(cases), NO_WAIVER, dtype=np.int64)
    for rule, _, here, devices in cases.each():
        if rule.id in governed.waived:
            covered[here] = governed.waived[rule.id][devices]
    ids = pl.Series([*(waiver.id for waiver in plan.waivers), None], dtype=pl.String)
    return ids.gather(np.where(covered == NO_WAIVER, len(ids) - 1, covered))


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
