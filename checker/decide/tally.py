"""Counts over buckets: small tables that add up in any order, and the first examples in device id order."""

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import polars as pl

from checker.decide.signatures import Verdicts
from checker.decide.verdict import binds
from checker.engine.columns import UNDETERMINED, Judged
from checker.model.condition import facts_of
from checker.model.outcome import Outcome, Readiness
from checker.model.plan import Plan
from checker.model.result import Example
from checker.model.rule import Rule

MOST_EXAMPLES = 100  # as many as a SARIF result may show as related locations (docs/outputs.md)
MOST_VALUES = 20


@dataclass(slots=True)
class RuleCount:
    """How one rule came out so far."""

    outcomes: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros(len(Outcome), dtype=np.int64))
    binding: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros(len(Outcome), dtype=np.int64))
    values: Counter[str] = field(default_factory=Counter)
    failing: list[Example] = field(default_factory=list)
    unknowing: list[Example] = field(default_factory=list)


@dataclass(slots=True)
class Tally:
    """Everything that is counted over the whole run."""

    rules: dict[str, RuleCount]
    readiness: Counter[str] = field(default_factory=Counter)
    by: Counter[str] = field(default_factory=Counter)
    scope: Counter[str] = field(default_factory=Counter)
    verification: Counter[str] = field(default_factory=Counter)
    paths: Counter[str] = field(default_factory=Counter)
    routes: Counter[str] = field(default_factory=Counter)
    device_side: Counter[str] = field(default_factory=Counter)
    undetermined_by: Counter[str] = field(default_factory=Counter)
    contradicted: Counter[int] = field(default_factory=Counter)
    attested: Counter[int] = field(default_factory=Counter)
    site_unlocks: int = 0
    undated: int = 0


def new_tally(plan: Plan) -> Tally:
    """Return a tally of nothing."""
    return Tally({rule.id: RuleCount() for rule in plan.pack.rules})


def count_verdicts(tally: Tally, verdicts: Verdicts) -> None:
    """Add the verdicts of a bucket."""
    sizes = np.bincount(verdicts.place, minlength=len(verdicts.distinct)).tolist()
    for verdict, size in zip(verdicts.distinct, sizes, strict=True):
        tally.readiness[verdict.readiness] += size
        if verdict.readiness is Readiness.OUT_OF_SCOPE:
            tally.scope[str(verdict.by)] += size
            continue
        if verdict.by:
            tally.by[verdict.by] += size
        tally.verification[verdict.verification] += size
        tally.paths[verdict.path] += size
        tally.routes[verdict.route] += size
        tally.device_side[verdict.device_side] += size
        tally.site_unlocks += size * verdict.site_would_unlock
        for fact in verdict.undetermined_by:
            tally.undetermined_by[fact] += size


def count_rules(tally: Tally, judged: Judged, collapsed: frozenset[str], names: "Names") -> None:
    """Add the outcomes of a bucket; rules in ``collapsed`` have one finding for the fleet, so no UNKNOWN examples."""
    in_scope = judged.scope < 0
    plan = judged.bucket.plan
    for place, rule in enumerate(plan.device_rules):
        count = tally.rules[rule.id]
        outcomes = judged.outcomes[place]
        count.outcomes += np.bincount(outcomes[in_scope], minlength=len(Outcome))
        count.binding += np.bincount(outcomes[in_scope & _binding(judged, rule)], minlength=len(Outcome))
        failing = np.flatnonzero((outcomes == Outcome.FAIL) & in_scope)
        if len(failing):
            _add_values(count, judged, rule, failing)
            _add_examples(count.failing, names, failing)
        if rule.id not in collapsed and len(count.unknowing) < MOST_EXAMPLES:
            _add_examples(count.unknowing, names, np.flatnonzero((outcomes == Outcome.UNKNOWN) & in_scope))


def _binding(judged: Judged, rule: Rule) -> npt.NDArray[np.bool_]:
    routes = judged.bucket.plan.pack.routes
    table = np.array([*(binds(rule, route) for route in routes), binds(rule, None)], dtype=np.bool_)
    return table[np.where(judged.route == UNDETERMINED, len(routes), judged.route)]


def _add_values(count: RuleCount, judged: Judged, rule: Rule, failing: npt.NDArray[np.int64]) -> None:
    facts = facts_of(rule.require)
    if facts:
        column = judged.bucket.column(facts[0])
        codes, sizes = np.unique(column.shown[failing], return_counts=True)
        for code, size in zip(codes.tolist(), sizes.tolist(), strict=True):
            count.values[column.pool.texts[code] or "(none)"] += size


def _add_examples(examples: list[Example], names: "Names", devices: npt.NDArray[np.int64]) -> None:
    room = MOST_EXAMPLES - len(examples)
    if room > 0 and len(devices):
        examples.extend(names.examples(devices[:room]))


@dataclass(frozen=True, slots=True)
class Names:
    """Under which name, and where in the inputs, each device of a bucket stands."""

    judged: Judged
    record: npt.NDArray[np.int64]  # newest founding record of each device
    named: npt.NDArray[np.int64]  # newest record with a name; -1 if none has one

    def names(self, devices: npt.NDArray[np.int64]) -> pl.Series:
        """Return display names; a device without one goes by its id."""
        records = self.judged.bucket.records
        at = self.named[devices]
        found = records.name.gather(np.maximum(at, 0)).to_frame("name")
        ids = self.ids(devices)
        return (
            found.select(pl.when(pl.Series(at >= 0)).then(pl.col("name")).otherwise(ids))
            .to_series()
            .alias("device_name")
        )

    def ids(self, devices: npt.NDArray[np.int64]) -> pl.Series:
        """Return device ids."""
        bucket = self.judged.bucket
        return bucket.records.device_ids.slice(bucket.first, bucket.devices).gather(devices)

    def places(self, devices: npt.NDArray[np.int64]) -> pl.DataFrame:
        """Return file, row and line of each device's newest founding record."""
        records = self.judged.bucket.records
        at = self.record[devices]
        paths = pl.Series([item.path for item in records.files], dtype=pl.String)
        return pl.DataFrame(
            {
                "file": paths.gather(records.file_of[at]),
                "row": pl.Series(records.row[at]).cast(pl.UInt32),
                "line": pl.Series(records.line[at]).cast(pl.UInt32),
            }
        )

    def examples(self, devices: npt.NDArray[np.int64]) -> list[Example]:
        """Return devices as examples."""
        places = self.places(devices)
        rows = zip(self.ids(devices), self.names(devices), places["file"], places["line"], strict=True)
        return [Example(*row) for row in rows]


def names_of(judged: Judged) -> Names:
    """Return the names of a bucket's devices."""
    bucket = judged.bucket
    part, records = bucket.part, bucket.records
    record = np.full(bucket.devices, -1, dtype=np.int64)
    record[part.device] = part.records  # records stand oldest first: the newest is written last
    founding = records.founds[part.records]
    record[part.device[founding]] = part.records[founding]
    named = np.full(bucket.devices, -1, dtype=np.int64)
    has_name = (
        records.name.is_not_null().gather(part.records).to_numpy() if len(part.records) else np.zeros(0, dtype=bool)
    )
    named[part.device[has_name]] = part.records[has_name]
    return Names(judged, record, named)
