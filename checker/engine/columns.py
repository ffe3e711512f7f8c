"""The fast engine: judges a bucket of devices at once, with one array operation per part of a condition.

Every test runs on the distinct values of a fact and is looked up by code, so operators exist once, as plain functions
(``engine/rows.py`` is the same judgement device by device, in plain Python; property tests hold the two equal).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import reduce

import numpy as np
import numpy.typing as npt

from checker.engine.cells import truth_of
from checker.engine.coalesce import ATTESTED, FactColumn, Slice, coalesce, slice_records
from checker.engine.pool import Codes, Pool, Truths
from checker.engine.records import EPOCH, Records
from checker.model.condition import All, AnyOf, Condition, Constant, Not, Test, facts_of
from checker.model.outcome import Missing, Outcome
from checker.model.plan import Derived, Plan
from checker.model.rule import Rule
from checker.model.truth import Truth

TRUE, UNKNOWN, FALSE = np.uint8(Truth.TRUE), np.uint8(Truth.UNKNOWN), np.uint8(Truth.FALSE)
UNDETERMINED = -1  # no route: an UNKNOWN row ended the search


@dataclass(slots=True)
class Bucket:
    """A range of devices while it is judged: facts are coalesced when first asked for."""

    plan: Plan
    records: Records
    first: int
    part: Slice
    pools: dict[str, Pool]  # of views, derived and absent facts; shared by all buckets of a run
    columns: dict[str, FactColumn] = field(default_factory=dict)
    truths: dict[tuple[Test, bool], Truths] = field(default_factory=dict)
    contradicted: dict[int, int] = field(default_factory=dict)  # attestation -> devices whose measured value differs

    @property
    def devices(self) -> int:
        """How many devices are judged."""
        return self.part.devices

    def column(self, fact: str) -> FactColumn:
        """Return the bucket's column of a fact, whether read, viewed, derived or absent."""
        if fact not in self.columns:
            self.columns[fact] = self._make(fact)
        return self.columns[fact]

    def _make(self, fact: str) -> FactColumn:
        spec = self.plan.specs[fact]
        if spec.derived:
            derived = next(item for item in self.plan.derived if item.spec.name == fact)
            return _derive(self, derived)
        column = _view(self, fact) if spec.view_of else coalesce(self.records, self.part, fact, self.plan)
        if column.pool.spec.name == fact and fact not in self.records.pools:
            column.pool = self.pools.setdefault(fact, column.pool)
        return _attest(self, fact, column)

    def missing(self, fact: str) -> npt.NDArray[np.int8]:
        """Return, for each device, the Missing reason of a fact, or -1 where it has a value."""
        column = self.column(fact)
        return column.pool.reasons[column.codes]


@dataclass(slots=True)
class Judged:
    """How a bucket came out; arrays run over its devices, rows over ``plan.device_rules``."""

    bucket: Bucket
    scope: npt.NDArray[np.int16]  # -1 in scope, else the place of the reason in plan.scope
    route: npt.NDArray[np.int16]  # place in plan.pack.routes, or UNDETERMINED
    outcomes: npt.NDArray[np.uint8]  # [rule, device]


def open_bucket(plan: Plan, records: Records, first: int, last: int, pools: dict[str, Pool]) -> Bucket:
    """Return the bucket of devices ``first`` up to, not including, ``last``."""
    return Bucket(plan, records, first, slice_records(records, first, last), pools)


def judge_columns(bucket: Bucket) -> Judged:
    """Return scope, route and the outcome of every device rule for every device of the bucket."""
    plan = bucket.plan
    outcomes = np.empty((len(plan.device_rules), bucket.devices), dtype=np.uint8)
    for place, rule in enumerate(plan.device_rules):
        outcomes[place] = outcome_of(bucket, rule)
    return Judged(bucket, scope_of(bucket), route_of(bucket), outcomes)


def outcome_of(bucket: Bucket, rule: Rule) -> npt.NDArray[np.uint8]:
    """Return a rule's outcome for each device: not applies or requires, and never a PASS that rests on a default."""
    applies = truths_of(bucket, rule.applies_to, defaults=True)
    requires = truths_of(bucket, rule.require, defaults=True)
    if any(bucket.plan.specs[fact].default for fact in facts_of(rule.require)):
        without = truths_of(bucket, rule.require, defaults=False)
        requires = np.where((requires == TRUE) & (without != TRUE), UNKNOWN, requires)
    held = np.maximum(2 - applies, requires)
    by_truth = np.array([Outcome.FAIL, Outcome.UNKNOWN, Outcome.PASS], dtype=np.uint8)
    return np.where(applies == FALSE, np.uint8(Outcome.NOT_APPLICABLE), by_truth[held])


def truths_of(bucket: Bucket, condition: Condition, defaults: bool) -> Truths:
    """Return the truth of a condition for each device; ``defaults`` stand in for facts that nobody states."""
    match condition:
        case Test():
            key = (condition, defaults and any(bucket.plan.specs[fact].default for fact in condition.facts))
            if key not in bucket.truths:
                bucket.truths[key] = _test(bucket, *key)
            return bucket.truths[key]
        case All(parts):
            return _fold(np.minimum, bucket, parts, TRUE, defaults)
        case AnyOf(parts):
            return _fold(np.maximum, bucket, parts, FALSE, defaults)
        case Not(part):
            return 2 - truths_of(bucket, part, defaults)
        case Constant(truth):
            return np.full(bucket.devices, truth, dtype=np.uint8)


def _fold(join: np.ufunc, bucket: Bucket, parts: Iterable[Condition], start: np.uint8, defaults: bool) -> Truths:
    first = np.full(bucket.devices, start, dtype=np.uint8)
    found: Truths = reduce(join, (truths_of(bucket, part, defaults) for part in parts), first)
    return found


def _test(bucket: Bucket, test: Test, defaults: bool) -> Truths:
    columns = [bucket.column(fact) for fact in test.facts]
    codes = [
        _defaulted(bucket, fact, column) if defaults else column.codes
        for fact, column in zip(test.facts, columns, strict=True)
    ]
    if len(columns) == 1:
        return columns[0].pool.truths(test)[codes[0]]
    sizes = [len(column.pool) for column in columns]
    combined = np.ravel_multi_index(tuple(code.astype(np.int64) for code in codes), sizes)
    distinct, inverse = np.unique(combined, return_inverse=True)
    parts = np.unravel_index(distinct, sizes)
    truths = [
        truth_of(test, tuple(column.pool.cells[int(code)] for column, code in zip(columns, row, strict=True)))
        for row in zip(*parts, strict=True)
    ]
    return np.array(truths, dtype=np.uint8)[inverse]


def _defaulted(bucket: Bucket, fact: str, column: FactColumn) -> Codes:
    default = bucket.plan.specs[fact].default
    if default is None:
        return column.codes
    stands_in = column.codes == Missing.NOT_EXPORTED
    return np.where(stands_in, np.int32(column.pool.code(default)), column.codes)


def _view(bucket: Bucket, fact: str) -> FactColumn:
    """Return a fact that is another fact's text, read in another way."""
    base = bucket.column(bucket.plan.specs[fact].view_of)
    pool = bucket.pools.setdefault(fact, Pool(bucket.plan.specs[fact]))
    kept = {code: pool.view_code(base.pool, code) for code in np.unique(np.append(base.codes, base.shown)).tolist()}
    translate = np.zeros(len(base.pool), dtype=np.int32)
    translate[list(kept)] = list(kept.values())
    return FactColumn(pool, translate[base.codes], translate[base.shown], base.record.copy())


def _derive(bucket: Bucket, derived: Derived) -> FactColumn:
    """Return a derived fact: the first TRUE entry wins; an UNKNOWN one ends the search unless nothing could differ."""
    pool = bucket.pools.setdefault(derived.spec.name, Pool(derived.spec))
    count = bucket.devices
    values = np.array([pool.code(value) for value, _ in derived.entries], dtype=np.int32)
    truths = [truths_of(bucket, when, defaults=False) for _, when in derived.entries]
    codes = np.zeros(count, dtype=np.int32)
    # From the last entry to the first: what the search would give if it started here. 0 is "nothing".
    for value, truth in zip(values[::-1], truths[::-1], strict=True):
        could_differ = codes != value
        codes = np.where(truth == TRUE, value, np.where((truth == UNKNOWN) & could_differ, np.int32(0), codes))
    facts = bucket.plan.base_facts((derived.spec.name,))
    reason = np.full(count, Missing.UNREADABLE, dtype=np.int32)  # all is known, and no entry fits
    for fact in reversed(facts):
        missing = bucket.missing(fact)
        reason = np.where(missing >= 0, missing, reason).astype(np.int32)
    codes = np.where(codes == 0, reason, codes).astype(np.int32)
    return FactColumn(pool, codes, codes.copy(), np.full(count, -1, dtype=np.int64))


def _attest(bucket: Bucket, fact: str, column: FactColumn) -> FactColumn:
    """Fill gaps with what was attested: never over a measured, unreadable or conflicting value."""
    for place, word in enumerate(bucket.plan.attestations):
        if word.fact != fact or not word.attested <= bucket.plan.as_of <= word.valid_until:
            continue
        column = column.copied()
        code = column.pool.code(word.value)
        value = column.pool.identity[code]
        moment = int((np.datetime64(word.attested, "us") - np.datetime64(EPOCH, "us")).astype(np.int64))
        times = bucket.records.times_of(column.record)
        gap = np.isin(column.codes, (Missing.NOT_EXPORTED, Missing.BLANK))
        gap |= (column.codes == Missing.STALE) & (times < moment)
        measured = column.pool.reasons[column.codes] < 0
        bucket.contradicted[place] = int(np.count_nonzero(measured & (column.codes != value) & (column.record >= 0)))
        column.codes[gap] = value
        column.shown[gap] = code
        column.record[gap] = ATTESTED - place
    return column


def scope_of(bucket: Bucket) -> npt.NDArray[np.int16]:
    """Return, for each device, the place of the reason why it is out of scope; -1 in scope."""
    found = np.full(bucket.devices, -1, dtype=np.int16)
    for place, (_, when) in reversed(list(enumerate(bucket.plan.scope))):
        found[truths_of(bucket, when, defaults=False) == TRUE] = place
    return found


def route_of(bucket: Bucket) -> npt.NDArray[np.int16]:
    """Return, for each device, the place of its route, or UNDETERMINED."""
    found = np.full(bucket.devices, UNDETERMINED, dtype=np.int16)
    open_ = np.ones(bucket.devices, dtype=np.bool_)
    for place, route in enumerate(bucket.plan.pack.routes):
        truth = truths_of(bucket, route.when, defaults=True)
        found[open_ & (truth == TRUE)] = place
        open_ &= truth != TRUE
        if route.stops:
            open_ &= truth != UNKNOWN
    return found
