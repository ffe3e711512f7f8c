"""Every outcome of one device, for a report that is about that device alone."""

import numpy as np
import polars as pl

from checker.decide.cases import cases_of
from checker.decide.exit import shown_in
from checker.decide.findings import finding_rows
from checker.decide.governed import govern
from checker.decide.names import names_of
from checker.engine.columns import open_bucket
from checker.engine.judged import judge_columns
from checker.engine.records import Records
from checker.engine.select import Lists
from checker.model.outcome import Outcome
from checker.model.plan import Plan

_THE_DEVICE = np.zeros(1, dtype=np.int64)  # its place in a bucket of its own


def outcomes_of(plan: Plan, records: Records, place: int, lists: Lists, phase: str) -> pl.DataFrame:
    """Return the device's outcome of every device rule of the phase, in the rules' order, with the FINDING_COLUMNS.

    A device that is out of scope has none. The device is judged once more, alone: outcomes do not depend on others.
    """
    judged = judge_columns(open_bucket(plan, records, place, place + 1, {}, lists))
    cases = cases_of(
        (rule, Outcome(int(outcomes[0])), _THE_DEVICE)
        for rule, outcomes in zip(plan.device_rules, judged.outcomes, strict=True)
        if shown_in(rule, phase) and judged.scope[0] < 0
    )
    return finding_rows(judged.bucket, cases, (names_of(judged), govern(judged, "")))
