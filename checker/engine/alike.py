"""Devices that no test of a plan tells apart: rules, scope and route are judged on one of each kind."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain

import numpy as np
import numpy.typing as npt

from checker.engine.columns import Bucket
from checker.engine.fact_column import FactColumn
from checker.engine.groups import Groups, Places, group
from checker.engine.outcomes import derive
from checker.engine.pool import Codes, Pool, Truths
from checker.engine.truths import truths_of
from checker.model.condition import Test
from checker.model.plan import Kind, Plan
from checker.model.truth import Truth


@dataclass(slots=True)
class Sample:
    """Some devices of a bucket, to be judged as the bucket would be."""

    bucket: Bucket
    places: Places  # of its devices within the bucket
    columns: dict[str, FactColumn] = field(default_factory=dict)
    truths: dict[tuple[Test, bool], Truths] = field(default_factory=dict)
    _missing: dict[str, npt.NDArray[np.int8]] = field(default_factory=dict)

    @property
    def plan(self) -> Plan:
        """By what they are judged."""
        return self.bucket.plan

    @property
    def pools(self) -> dict[str, Pool]:
        """Pools of views, derived and absent facts."""
        return self.bucket.pools

    @property
    def devices(self) -> int:
        """How many devices there are."""
        return len(self.places)

    def column(self, fact: str) -> FactColumn:
        """Return the column of a fact; derived facts are told of these devices alone."""
        if fact not in self.columns:
            derived = self.plan.specs[fact].derived
            self.columns[fact] = derive(self, fact) if derived else self.bucket.column(fact).at(self.places)
        return self.columns[fact]

    def missing(self, fact: str) -> npt.NDArray[np.int8]:
        """Return, for each device, the Missing reason of a fact, or -1 where it has a value."""
        if fact not in self._missing:
            column = self.column(fact)
            self._missing[fact] = column.pool.reasons[column.codes]
        return self._missing[fact]

    def under(self, kind: Kind) -> "Sample":
        """Return the same devices as statements of lesser kinds leave them."""
        return Sample(self.bucket.under(kind), self.places)


def alike(bucket: Bucket) -> Groups:
    """Return which devices of a bucket no test of its plan tells apart, with attestations or without them."""
    columns = [_telling(bucket, bucket.plan.tests_of)]
    stated = bucket.plan.statements_of
    if bucket.below is not Kind.ATTESTED and stated:
        specs = bucket.plan.specs
        told = {fact for fact in bucket.plan.tests_of if fact in stated or specs[fact].view_of in stated}
        columns.append(_telling(bucket.under(Kind.ATTESTED), told))
    return group(chain.from_iterable(columns), bucket.devices)


def _telling(bucket: Bucket, facts: Iterable[str]) -> Iterator[tuple[Codes | Truths, int]]:
    """Yield codes of what tells devices apart: for each fact how every test of it alone comes out, and joint tests."""
    plan = bucket.plan
    for fact in facts:
        column = bucket.column(fact)
        if column.codes is not bucket.part.no_codes:
            classes, size = column.pool.classes(plan.tests_of[fact])
            yield classes[column.codes], size
    for test in plan.joint_tests:
        for defaults in {False, any(plan.specs[fact].default for fact in test.facts)}:
            yield truths_of(bucket, test, defaults), len(Truth)
