"""Counts over buckets: small tables that add up in any order, and the first examples in device id order."""

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from checker.decide.evidence import text_series
from checker.decide.names import Names
from checker.decide.signatures import Verdicts, Waiting
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
    waiting: int = 0  # devices on which it is UNKNOWN for want of facts that no input carries


@dataclass(slots=True)
class Tally:
    """Everything that is counted over the whole run."""

    rules: dict[str, RuleCount]
    readiness: Counter[str] = field(default_factory=Counter)
    by: Counter[str] = field(default_factory=Counter)
    scope: Counter[str] = field(default_factory=Counter)
    verification: Counter[str] = field(default_factory=Counter)
    paths: Counter[str] = field(default_factory=Counter)
    ready_paths: Counter[str] = field(default_factory=Counter)
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
    for verdict, size in zip(verdicts.distinct, verdicts.sizes.tolist(), strict=True):
        tally.readiness[verdict.readiness] += size
        if verdict.readiness is Readiness.OUT_OF_SCOPE:
            tally.scope[str(verdict.by)] += size
            continue
        if verdict.by:
            tally.by[verdict.by] += size
        tally.verification[verdict.verification] += size
        tally.paths[verdict.path] += size
        tally.routes[verdict.route] += size
        if verdict.readiness is Readiness.READY:
            tally.ready_paths[verdict.path] += size
        tally.device_side[verdict.device_side] += size
        tally.site_unlocks += size * verdict.site_would_unlock
        for fact in verdict.undetermined_by:
            tally.undetermined_by[fact] += size


def count_rules(tally: Tally, judged: Judged, verdicts: Verdicts, waiting: Waiting, names: Names) -> None:
    """Add the outcomes of a bucket; what waits for facts that no input carries gives no examples.

    Devices of one verdict have the same outcomes, so counting runs over the distinct verdicts.
    """
    in_scope = judged.scope < 0
    plan = judged.bucket.plan
    routes = judged.route[verdicts.first]
    sizes = np.where(in_scope[verdicts.first], verdicts.sizes, 0)
    for place, rule in enumerate(plan.device_rules):
        count = tally.rules[rule.id]
        outcomes = judged.outcomes[place][verdicts.first]
        count.outcomes += _sums(outcomes, sizes)
        unsure = (routes == UNDETERMINED) & bool(rule.routes) & (outcomes == Outcome.FAIL)
        counted = np.where(unsure, Outcome.UNKNOWN, outcomes)  # as verdict.counted says for one device
        count.binding += _sums(counted, np.where(binding(plan, rule)[routes], sizes, 0))
        if count.outcomes[Outcome.FAIL]:
            failing = np.flatnonzero((judged.outcomes[place] == Outcome.FAIL) & in_scope)
            _add_values(count, judged, rule, failing)
            _add_examples(count.failing, names, failing)
        if count.outcomes[Outcome.UNKNOWN]:
            unknown = (judged.outcomes[place] == Outcome.UNKNOWN) & in_scope
            waits = unknown & waiting.devices.get(rule.id, np.False_)
            count.waiting += int(np.count_nonzero(waits))
            if len(count.unknowing) < MOST_EXAMPLES:
                _add_examples(count.unknowing, names, np.flatnonzero(unknown & ~waits))


def _sums(outcomes: npt.NDArray[np.uint8], sizes: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    found = np.bincount(outcomes, weights=sizes, minlength=len(Outcome))
    return np.rint(found).astype(np.int64)  # bincount adds weights as floats, exact far beyond any fleet


def binding(plan: Plan, rule: Rule) -> npt.NDArray[np.bool_]:
    """Return, for each route and last for the undetermined one (place -1), whether the rule counts on it."""
    return np.array([*(binds(rule, route) for route in plan.pack.routes), binds(rule, None)], dtype=np.bool_)


def _add_values(count: RuleCount, judged: Judged, rule: Rule, failing: npt.NDArray[np.int64]) -> None:
    facts = facts_of(rule.require)
    if facts:
        column = judged.bucket.column(facts[0])
        codes, sizes = np.unique(column.shown[failing], return_counts=True)
        texts = text_series(column.pool).gather(codes)
        for text, size in zip(texts, sizes.tolist(), strict=True):
            count.values[text or "(none)"] += size


def _add_examples(examples: list[Example], names: Names, devices: npt.NDArray[np.int64]) -> None:
    room = MOST_EXAMPLES - len(examples)
    if room > 0 and len(devices):
        examples.extend(names.examples(devices[:room]))
