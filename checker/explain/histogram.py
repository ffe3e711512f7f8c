"""How a rule came out over the fleet by the values of its facts, counted bucket by bucket."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from checker.decide.evidence import spelled
from checker.decide.sources import source_notes, thresholds
from checker.engine.columns import Bucket, open_bucket
from checker.engine.once import once_bucket
from checker.engine.outcomes import outcome_of, scope_of
from checker.engine.pool import Pool
from checker.engine.records import Records, buckets
from checker.engine.select import Lists
from checker.explain.device import ORDER, judged_by
from checker.explain.trees import code_words, concerns
from checker.facts.attempts import is_answered
from checker.model.condition import ALWAYS, tests_of
from checker.model.explanation import FactHistogram, RuleHistogram, ValueCount
from checker.model.fact import Attempt
from checker.model.outcome import Missing, Outcome
from checker.model.plan import Plan
from checker.model.rule import Rule
from checker.operators.reach import Reach
from checker.packs.words import in_words

Counts = npt.NDArray[np.int64]


@dataclass(slots=True)
class _Count:
    """How often each pair of a fact's code and an outcome came so far, as two arrays."""

    pool: Pool
    pairs: Counts = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    devices: Counts = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    def add(self, pairs: Counts) -> None:
        fresh, counts = np.unique(pairs, return_counts=True)
        self.pairs, place = np.unique(np.concatenate([self.pairs, fresh]), return_inverse=True)
        both = np.concatenate([self.devices, counts])
        self.devices = np.rint(np.bincount(place, weights=both, minlength=len(self.pairs))).astype(np.int64)


def rule_histogram(plan: Plan, records: Records, rule: Rule, lists: Lists, limit: int) -> RuleHistogram:
    """Return the values of a rule's facts over the judged devices, at most ``limit`` of each fact.

    A rule about the tenant or the fleet is judged once, on what people state.
    """
    outcomes = np.zeros(len(Outcome), dtype=np.int64)
    counts: dict[str, _Count] = {}
    out_of_scope = 0
    for bucket in [once_bucket(plan)] if rule.once else _open(plan, records, lists):
        inside = scope_of(bucket) < 0
        out_of_scope += int(np.count_nonzero(~inside))
        found = outcome_of(bucket, rule)[inside].astype(np.int64)
        outcomes += np.bincount(found, minlength=len(Outcome))
        for fact in plan.rule_facts(rule):
            column = bucket.column(fact)
            counts.setdefault(fact, _Count(column.pool)).add(column.codes[inside] * np.int64(len(Outcome)) + found)
    return RuleHistogram(
        id=rule.id,
        title=rule.title,
        phase=rule.phase.value,
        severity=rule.severity.value,
        about=rule.about.value,
        judged_by=judged_by(plan),
        as_of=plan.as_of,
        applies_to="" if rule.applies_to == ALWAYS else in_words(rule.applies_to),
        require=in_words(rule.require),
        thresholds=thresholds(plan.pack, rule),
        judged=int(outcomes.sum()),
        out_of_scope=out_of_scope,
        outcomes=tuple((outcome.name, int(outcomes[outcome])) for outcome in ORDER),
        facts=tuple(_told(plan, fact, count, rule, limit) for fact, count in counts.items()),
        sources=source_notes(plan.pack, rule.sources),
    )


def _open(plan: Plan, records: Records, lists: Lists) -> Iterator[Bucket]:
    pools: dict[str, Pool] = {}
    for first, last in buckets(records):
        yield open_bucket(plan, records, first, last, pools, lists)


def _told(plan: Plan, fact: str, count: _Count, rule: Rule, limit: int) -> FactHistogram:
    """Return the values of a fact: those that fail first, of each outcome the most frequent first, then by words."""
    words = _words(plan, fact, count.pool, rule)
    sums: Counter[tuple[str, int]] = Counter()
    for pair, devices in zip(count.pairs.tolist(), count.devices.tolist(), strict=True):
        code, outcome = divmod(pair, len(Outcome))
        sums[words(code), outcome] += devices
    rank = {outcome: place for place, outcome in enumerate(ORDER)}
    first = sorted(sums.items(), key=lambda item: (rank[Outcome(item[0][1])], -item[1], item[0]))[:limit]
    shown = tuple(ValueCount(value, Outcome(outcome).name, devices) for (value, outcome), devices in first)
    return FactHistogram(fact, shown, len(sums) - len(shown), sums.total() - sum(line.devices for line in shown))


def _words(plan: Plan, fact: str, pool: Pool, rule: Rule) -> Callable[[int], str]:
    """Return how a code is worded; attempts to reach hosts by how those came out that the rule asks for."""
    texts, default = spelled(pool), plan.specs[fact].default
    tests = [test for part in (rule.require, rule.applies_to) for test in tests_of(part) if test.fact == fact]
    reaches = [test.argument for test in tests if isinstance(test.argument, Reach)]

    def word(code: int) -> str:
        cell = pool.cells[code]
        if reaches and isinstance(cell, tuple):
            mine = {f"{each.host}:{each.port} {_result(each)}" for each in cell if concerns(each, reaches)}
            return ", ".join(sorted(mine)) or "nothing tried on these hosts"
        said = code_words(pool, code, texts[code] or "")
        return f"{said}, assumed to be {default}" if code == Missing.NOT_EXPORTED and default is not None else said

    return word


def _result(attempt: Attempt) -> str:
    if is_answered(attempt):
        return "answered"
    return f"{attempt.result} {attempt.status}" if attempt.status else attempt.result
