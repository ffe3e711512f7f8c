"""Counts over buckets: small tables that add up in any order, and the first examples in device id order."""

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from checker.decide.evidence import text_series
from checker.decide.governed import NO_WAIVER, Governed
from checker.decide.names import Names
from checker.decide.signatures import Verdicts, Waiting
from checker.decide.verdict import binds
from checker.engine.coalesce import ATTESTED
from checker.engine.judged import Judged
from checker.engine.outcomes import UNDETERMINED
from checker.engine.select import NO_WAVE
from checker.engine.truths import TRUE, UNKNOWN, truths_of
from checker.model.condition import facts_of
from checker.model.notes import Example
from checker.model.outcome import Outcome, Readiness
from checker.model.plan import Plan
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
    waived: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros(len(Outcome), dtype=np.int64))
    waiver: int = NO_WAIVER  # of a rule about the tenant or the fleet: what covers its outcome
    waiting: Counter[int] = field(default_factory=Counter)  # waiver -> UNKNOWN for want of facts that no input carries


@dataclass(slots=True)
class WaveCount:
    """The devices of one wave so far."""

    verdicts: Counter[int] = field(default_factory=Counter)  # number in the run's book -> devices
    several: list[Example] = field(default_factory=list)  # judged devices that later waves would take, too
    several_devices: int = 0
    unsure: int = 0  # judged devices of which it is not known whether they belong to it, and of no other
    whole_fleet: int = 0  # judged devices that move with all others or not at all
    perhaps_whole: int = 0  # judged devices of which that is not known
    examples: list[Example] = field(default_factory=list)  # the first judged devices


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
    unwaived: Counter[str] = field(default_factory=Counter)  # readiness as if there were no waivers
    contradicted: Counter[int] = field(default_factory=Counter)  # statement -> devices
    stated: Counter[int] = field(default_factory=Counter)  # statement -> devices on which it filled a gap
    spoken: Counter[int] = field(default_factory=Counter)  # statement -> devices that it speaks of
    clashes: Counter[str] = field(default_factory=Counter)  # fact -> devices on which statements of it disagree
    waiver_devices: Counter[int] = field(default_factory=Counter)  # waiver -> devices that it speaks of
    waiver_outcomes: Counter[int] = field(default_factory=Counter)  # waiver -> outcomes that it covers
    judged: int = 0  # devices in scope of the whole fleet, whatever the reports are limited to
    waiver_fleet: Counter[int] = field(default_factory=Counter)  # waiver -> of these, those that it speaks of
    waiver_used: set[int] = field(default_factory=set)  # waivers that cover an outcome somewhere in the fleet
    verdicts: Counter[int] = field(default_factory=Counter)  # number in the run's book -> devices of the reports
    waves: dict[int, WaveCount] = field(default_factory=dict)  # place in plan.waves; NO_WAVE for devices in none
    site_unlocks: int = 0
    undated: int = 0


def new_tally(plan: Plan) -> Tally:
    """Return a tally of nothing."""
    return Tally({rule.id: RuleCount() for rule in plan.pack.rules})


def count_verdicts(tally: Tally, verdicts: Verdicts, shown: npt.NDArray[np.bool_]) -> None:
    """Add the verdicts of a bucket's shown devices."""
    for verdict, number, size in zip(
        verdicts.distinct, verdicts.numbers.tolist(), verdicts.sizes(shown).tolist(), strict=True
    ):
        if not size:
            continue
        tally.verdicts[number] += size
        tally.readiness[verdict.readiness] += size
        tally.unwaived[verdict.unwaived] += size
        if verdict.readiness is Readiness.OUT_OF_SCOPE:
            tally.scope[str(verdict.by)] += size
            continue
        if verdict.by and verdict.readiness is not Readiness.MIGRATED:
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


def count_rules(
    tally: Tally, judged: Judged, verdicts: Verdicts, waiting: Waiting, governed: Governed, names: Names
) -> None:
    """Add the outcomes of a bucket's shown devices.

    Devices of one verdict have the same outcomes, so counting runs over the distinct verdicts. Examples are devices
    whose outcome no waiver covers and that does not wait for facts which no input carries.
    """
    shown = governed.shown & (judged.scope < 0)
    plan = judged.bucket.plan
    routes = judged.route[verdicts.first]
    sizes = verdicts.sizes(shown)
    for place, rule in enumerate(plan.device_rules):
        count = tally.rules[rule.id]
        outcomes = judged.outcomes[place][verdicts.first]
        count.outcomes += _sums(outcomes, sizes)
        unsure = (routes == UNDETERMINED) & bool(rule.routes) & (outcomes == Outcome.FAIL)
        counted = np.where(unsure, Outcome.UNKNOWN, outcomes)  # as verdict.counted says for one device
        binds_here = binding(plan, rule)[routes]
        waived = governed.waives(rule.id)
        if waived is not None:
            covered = waived[verdicts.first]
            count.waived += _sums(outcomes, np.where(covered, sizes, 0))
            binds_here = binds_here & ~covered
        count.binding += _sums(counted, np.where(binds_here, sizes, 0))
        open_ = shown if waived is None else shown & ~waived
        if count.outcomes[Outcome.FAIL]:
            _add_values(count, judged, rule, np.flatnonzero((judged.outcomes[place] == Outcome.FAIL) & shown))
            _add_examples(count.failing, names, (judged.outcomes[place] == Outcome.FAIL) & open_)
        if count.outcomes[Outcome.UNKNOWN]:
            waits = waiting.devices.get(rule.id, np.False_)
            unknown = judged.outcomes[place] == Outcome.UNKNOWN
            _count_waiting(count, governed, rule.id, unknown & shown & waits)
            _add_examples(count.unknowing, names, unknown & open_ & ~waits)


def _count_waiting(count: RuleCount, governed: Governed, rule: str, waits: npt.NDArray[np.bool_]) -> None:
    """Count what waits for facts that no input carries, apart by the waiver that covers it."""
    if rule not in governed.waived:
        count.waiting[NO_WAIVER] += int(np.count_nonzero(waits))
        return
    waivers, sizes = np.unique(governed.waived[rule][waits], return_counts=True)
    count.waiting.update(dict(zip(waivers.tolist(), sizes.tolist(), strict=True)))


def count_governed(tally: Tally, judged: Judged, governed: Governed) -> None:
    """Add what statements and waivers did on the shown devices of a bucket."""
    bucket, in_scope = judged.bucket, judged.scope < 0
    shown = governed.shown & in_scope
    tally.judged += int(np.count_nonzero(in_scope))
    for place, word in enumerate(bucket.plan.statements):
        if not word.in_force(bucket.plan.as_of):
            continue
        column = bucket.column(word.fact)
        spoken = bucket.spoken[place][shown[bucket.spoken[place]]]
        tally.spoken[place] += len(spoken)
        said = column.pool.reasons[column.codes[spoken]] < 0  # else others say otherwise, and nobody is heard
        tally.stated[place] += int(np.count_nonzero(said & (column.record[spoken] == ATTESTED - place)))
        tally.contradicted[place] += int(np.count_nonzero(shown[bucket.contradicted[place]]))
    for fact, clash in bucket.clashes.items():
        tally.clashes[fact] += int(np.count_nonzero(shown[clash]))
    for number, devices in (pair for waivers in governed.spoken.values() for pair in waivers.items()):
        tally.waiver_devices[number] += int(np.count_nonzero(shown[devices]))
        tally.waiver_fleet[number] += int(np.count_nonzero(in_scope[devices]))
    for covers in governed.waived.values():
        numbers, sizes = np.unique(covers[shown], return_counts=True)
        tally.waiver_outcomes.update(dict(zip(numbers.tolist(), sizes.tolist(), strict=True)))
        tally.waiver_used.update(np.unique(covers[in_scope]).tolist())


def count_waves(tally: Tally, judged: Judged, verdicts: Verdicts, governed: Governed, names: Names) -> None:
    """Add the devices of every wave, whichever the reports speak of."""
    bucket, plan = judged.bucket, judged.bucket.plan
    if not plan.waves:
        return
    in_scope = judged.scope < 0
    whole = truths_of(judged.sample, plan.pack.whole_fleet, defaults=True)[judged.alike.place]
    for place in range(NO_WAVE, len(plan.waves)):
        count = tally.waves.setdefault(place, WaveCount())
        here = governed.wave == place
        sizes = verdicts.sizes(here)
        count.verdicts.update(
            {number: size for number, size in zip(verdicts.numbers.tolist(), sizes.tolist(), strict=True) if size}
        )
        several = here & bucket.waves.several & in_scope
        count.several_devices += int(np.count_nonzero(several))
        _add_examples(count.several, names, several)
        _add_examples(count.examples, names, here & in_scope)
        count.unsure += int(np.count_nonzero((bucket.waves.unsure == place) & in_scope & (place != NO_WAVE)))
        count.whole_fleet += int(np.count_nonzero(here & in_scope & (whole == TRUE)))
        count.perhaps_whole += int(np.count_nonzero(here & in_scope & (whole == UNKNOWN)))


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


def _add_examples(examples: list[Example], names: Names, devices: npt.NDArray[np.bool_]) -> None:
    room = MOST_EXAMPLES - len(examples)
    if room > 0 and devices.any():
        examples.extend(names.examples(np.flatnonzero(devices)[:room]))
