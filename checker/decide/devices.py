"""Writes the devices of a bucket as a frame: one row per device, judged or out of scope."""

import numpy as np
import polars as pl

from checker.decide.exit import shown_in
from checker.decide.governed import Governed
from checker.decide.names import Names
from checker.decide.signatures import Verdicts
from checker.decide.steps import Steps, wave_names
from checker.decide.systems import described
from checker.decide.verdict import Verdict
from checker.engine.judged import Judged
from checker.model.result import DEVICE_COLUMNS

VERDICT_COLUMNS = (
    "readiness",
    "by",
    "route",
    "path",
    "verification",
    "failed",
    "unknown",
    "waived",
    "undetermined_by",
)


def device_rows(
    judged: Judged, verdicts: Verdicts, governed: Governed, names: Names, shown: tuple[Steps, str]
) -> pl.DataFrame:
    """Return the shown devices of a bucket; ``shown`` gives their steps, and the phase of which rules are listed."""
    steps, phase = shown
    plan = judged.bucket.plan
    everyone = np.arange(judged.bucket.devices)
    listed = {rule.id for rule in plan.device_rules if shown_in(rule, phase)}
    schema = {name: DEVICE_COLUMNS[name] for name in VERDICT_COLUMNS}
    rows = pl.DataFrame([_verdict_row(verdict, listed) for verdict in verdicts.distinct], schema=schema)
    keys = pl.DataFrame(
        {
            "device_id": names.ids(everyone),
            "device_name": names.names(everyone),
            "aliases": _aliases(judged),
            "wave": wave_names(plan, governed),
            "next_steps": steps.column(),
        }
    )
    frame = pl.concat([keys, described(judged.bucket), rows[verdicts.place], names.places(everyone)], how="horizontal")
    frame = frame.with_columns(simulated=pl.lit(plan.simulated)).select(list(DEVICE_COLUMNS))
    return frame if governed.shown.all() else frame.filter(pl.Series(governed.shown))


def _verdict_row(verdict: Verdict, listed: set[str]) -> dict[str, object]:
    return {
        "readiness": verdict.readiness.value,
        "by": verdict.by,
        "route": verdict.route or None,
        "path": verdict.path or None,
        "verification": verdict.verification.value,
        "failed": [name for name in verdict.failed if name in listed],
        "unknown": [name for name in verdict.unknown if name in listed],
        "waived": [name for name in verdict.waived if name in listed],
        "undetermined_by": verdict.undetermined_by,
    }


def _aliases(judged: Judged) -> pl.Series:
    """Return, for each device, the other keys under which records joined it."""
    bucket = judged.bucket
    last = bucket.first + bucket.devices
    joined = bucket.records.aliases.filter(pl.col("device").is_between(bucket.first, last, closed="left"))
    lists = joined.group_by("device", maintain_order=True).agg(pl.col("alias"))
    everyone = pl.DataFrame({"device": np.arange(bucket.first, last, dtype=np.int32)})
    return everyone.join(lists, on="device", how="left", maintain_order="left")["alias"].fill_null([])
