"""The fast engine: judges a bucket of devices at once, with one array operation per part of a condition.

Every test runs on the distinct values of a fact and is looked up by code, so operators exist once, as plain functions
(``engine/rows.py`` is the same judgement device by device, in plain Python; property tests hold the two equal).
"""

from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from checker.engine.coalesce import Slice, coalesce, slice_records
from checker.engine.fact_column import FactColumn
from checker.engine.pool import Pool, Truths
from checker.engine.records import Records
from checker.engine.select import Lists, Mask, Membership, membership, selected, shares_of
from checker.engine.stated import Places, Word, fill, moment_of
from checker.engine.truths import FALSE, TRUE, UNKNOWN, truths_of
from checker.model.condition import Test, facts_of
from checker.model.outcome import Missing, Outcome
from checker.model.plan import Derived, Kind, Plan, Statement
from checker.model.rule import Rule
from checker.model.selection import Selection

UNDETERMINED = -1  # no route: an UNKNOWN row ended the search


@dataclass(slots=True)
class Bucket:
    """A range of devices while it is judged: facts are coalesced when first asked for."""

    plan: Plan
    records: Records
    first: int
    part: Slice
    pools: dict[str, Pool]  # of views, derived and absent facts; shared by all buckets of a run
    lists: Lists = field(default_factory=dict)  # who is meant by the lists of waivers, waves and statements
    below: Kind | None = None  # only statements of lesser kinds count; None: all do
    columns: dict[str, FactColumn] = field(default_factory=dict)
    truths: dict[tuple[Test, bool], Truths] = field(default_factory=dict)
    read: dict[str, FactColumn] = field(default_factory=dict)  # before any statement
    spoken: dict[int, Places] = field(default_factory=dict)  # statement -> devices that it speaks of
    contradicted: dict[int, Places] = field(default_factory=dict)  # statement -> devices whose value differs
    clashes: dict[str, Places] = field(default_factory=dict)  # fact -> devices on which statements of it disagree
    _lower: "dict[Kind, Bucket]" = field(default_factory=dict)
    _waves: Membership | None = None
    _shares: npt.NDArray[np.uint64] | None = None
    _missing: dict[str, npt.NDArray[np.int8]] = field(default_factory=dict)

    @property
    def devices(self) -> int:
        """How many devices are judged."""
        return self.part.devices

    def under(self, kind: Kind) -> "Bucket":
        """Return the same devices as statements of lesser kinds leave them: by these the devices of a kind are told."""
        if not any(word.kind < kind for word in self.plan.statements):
            kind = Kind.ATTESTED  # the same devices, told once
        if kind not in self._lower:
            self._lower[kind] = Bucket(
                self.plan,
                self.records,
                self.first,
                self.part,
                self.pools,
                self.lists,
                kind,
                read=self.read,
                _lower=self._lower,
            )
        return self._lower[kind]

    def again(self, plan: Plan, pools: dict[str, Pool]) -> "Bucket":
        """Return the same devices to be judged by another plan over the same facts and statements."""
        columns = {name: column for name, column in self.columns.items() if not self.plan.specs[name].derived}
        return replace(self, plan=plan, pools=pools, columns=columns, truths={}, _lower={}, _missing={})

    @property
    def waves(self) -> Membership:
        """Which wave each device belongs to."""
        if self._waves is None:
            self._waves = membership(self.under(Kind.PLANNED), self.plan.waves)
        return self._waves

    @property
    def shares(self) -> npt.NDArray[np.uint64]:
        """Which part of the whole each device is."""
        if self._shares is None:
            self._shares = shares_of(self.ids)
        return self._shares

    @property
    def ids(self) -> pl.Series:
        """Ids of the devices."""
        return self.records.device_ids.slice(self.first, self.devices)

    def chosen(self, selection: Selection) -> Mask:
        """Return the devices of a selection; its condition sees every statement that counts here."""
        return selected(self, selection)

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
        if spec.view_of:
            column = _view(self, fact)
        else:
            if fact not in self.read:
                self.read[fact] = coalesce(self.records, self.part, fact, self.plan)
            column = self.read[fact]
        if column.pool.spec.name == fact and fact not in self.records.pools:
            column.pool = self.pools.setdefault(fact, column.pool)
        return _stated(self, fact, column)

    def missing(self, fact: str) -> npt.NDArray[np.int8]:
        """Return, for each device, the Missing reason of a fact, or -1 where it has a value."""
        if fact not in self._missing:
            column = self.column(fact)
            self._missing[fact] = column.pool.reasons[column.codes]
        return self._missing[fact]


@dataclass(slots=True)
class Judged:
    """How a bucket came out; arrays run over its devices, rows over ``plan.device_rules``."""

    bucket: Bucket
    scope: npt.NDArray[np.int16]  # -1 in scope, else the place of the reason in plan.scope
    route: npt.NDArray[np.int16]  # place in plan.pack.routes, or UNDETERMINED
    outcomes: npt.NDArray[np.uint8]  # [rule, device]


def open_bucket(
    plan: Plan, records: Records, first: int, last: int, pools: dict[str, Pool], lists: Lists | None = None
) -> Bucket:
    """Return the bucket of devices ``first`` up to, not including, ``last``; ``lists`` as select.resolve gives them."""
    return Bucket(plan, records, first, slice_records(records, first, last), pools, lists or {})


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


def _stated(bucket: Bucket, fact: str, column: FactColumn) -> FactColumn:
    """Return a column with what is said of its fact, kind after kind."""
    statements = bucket.plan.statements_of.get(fact, ())
    for kind in Kind:
        said = [(place, word) for place, word in statements if word.kind is kind]
        if not said or (bucket.below is not None and kind >= bucket.below):
            continue
        words = [Word(place, word.value, moment_of(word.attested), _meant(bucket, word)) for place, word in said]
        column, contradicted, clashed = fill(column, words, bucket.records.times_of, over=kind is Kind.ASSUMED)
        if len(clashed):
            bucket.clashes[fact] = clashed
        bucket.spoken.update({word.place: word.devices for word in words})
        bucket.contradicted.update(contradicted)
    return column


def _meant(bucket: Bucket, word: Statement) -> Places:
    if word.wave:
        names = [wave.name for wave in bucket.plan.waves]
        return np.flatnonzero(bucket.waves.place == names.index(word.wave))
    if word.devices.everyone:
        return np.arange(bucket.devices)
    return np.flatnonzero(bucket.under(word.kind).chosen(word.devices))


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
