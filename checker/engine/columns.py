"""A range of devices while it is judged, and its columns: what was read of a fact, and what was stated of it."""

from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from checker.engine.coalesce import Slice, coalesce, slice_records
from checker.engine.fact_column import FactColumn
from checker.engine.outcomes import derive
from checker.engine.pool import Pool, Truths
from checker.engine.records import Records
from checker.engine.select import Lists, Mask, Membership, membership, selected, shares_of
from checker.engine.stated import Places, Word, fill, moment_of
from checker.model.condition import Test
from checker.model.plan import Kind, Plan, Statement
from checker.model.selection import Selection


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
            return derive(self, fact)
        column = _view(self, fact) if spec.view_of else self._read(fact)
        if column.pool.spec.name == fact and fact not in self.records.pools:
            column.pool = self.pools.setdefault(fact, column.pool)
        return _stated(self, fact, column)

    def _read(self, fact: str) -> FactColumn:
        """Return what the records say of a fact, told once for all kinds of statements."""
        if fact not in self.read:
            other = self.plan.specs[fact].counts_with
            beside = self._read(other) if other else None
            self.read[fact] = coalesce(self.records, self.part, fact, self.plan, beside)
        return self.read[fact]

    def missing(self, fact: str) -> npt.NDArray[np.int8]:
        """Return, for each device, the Missing reason of a fact, or -1 where it has a value."""
        if fact not in self._missing:
            column = self.column(fact)
            self._missing[fact] = column.pool.reasons[column.codes]
        return self._missing[fact]


def open_bucket(
    plan: Plan, records: Records, first: int, last: int, pools: dict[str, Pool], lists: Lists | None = None
) -> Bucket:
    """Return the bucket of devices ``first`` up to, not including, ``last``; ``lists`` as select.resolve gives them."""
    return Bucket(plan, records, first, slice_records(records, first, last), pools, lists or {})


def _view(bucket: Bucket, fact: str) -> FactColumn:
    """Return a fact that is another fact's text, read in another way."""
    base = bucket.column(bucket.plan.specs[fact].view_of)
    pool = bucket.pools.setdefault(fact, Pool(bucket.plan.specs[fact]))
    here = np.zeros(len(base.pool), dtype=np.bool_)
    here[base.codes] = here[base.shown] = True
    judged, shown = np.zeros((2, len(base.pool)), dtype=np.int32)
    for code in np.flatnonzero(here).tolist():
        judged[code], shown[code] = pool.view_codes(base.pool, code)
    return FactColumn(pool, judged[base.codes], shown[base.shown], base.record.copy())


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
