"""The truth of a condition for every device of a bucket, part by part, with one array operation each."""

from collections.abc import Iterable
from functools import reduce
from typing import Protocol

import numpy as np
import numpy.typing as npt

from checker.engine.cells import truth_of
from checker.engine.fact_column import FactColumn
from checker.engine.groups import group
from checker.engine.pool import Codes, Pool, Truths
from checker.model.condition import All, AnyOf, Condition, Constant, Not, Test
from checker.model.outcome import Missing
from checker.model.plan import Plan
from checker.model.truth import Truth

TRUE, UNKNOWN, FALSE = np.uint8(Truth.TRUE), np.uint8(Truth.UNKNOWN), np.uint8(Truth.FALSE)


class Facts(Protocol):
    """Devices whose facts can be asked for: a bucket, or a sample of one."""

    truths: dict[tuple[Test, bool], Truths]  # of tests asked before

    @property
    def plan(self) -> Plan:
        """By what they are judged."""

    @property
    def pools(self) -> dict[str, Pool]:
        """Pools of views, derived and absent facts."""

    @property
    def devices(self) -> int:
        """How many devices there are."""

    def column(self, fact: str) -> FactColumn:
        """Return the column of a fact."""

    def missing(self, fact: str) -> npt.NDArray[np.int8]:
        """Return, for each device, the Missing reason of a fact, or -1 where it has a value."""


def truths_of(bucket: Facts, condition: Condition, defaults: bool) -> Truths:
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


def _fold(join: np.ufunc, bucket: Facts, parts: Iterable[Condition], start: np.uint8, defaults: bool) -> Truths:
    first = np.full(bucket.devices, start, dtype=np.uint8)
    found: Truths = reduce(join, (truths_of(bucket, part, defaults) for part in parts), first)
    return found


def _test(bucket: Facts, test: Test, defaults: bool) -> Truths:
    columns = [bucket.column(fact) for fact in test.facts]
    codes = [
        _defaulted(bucket, fact, column) if defaults else column.codes
        for fact, column in zip(test.facts, columns, strict=True)
    ]
    if len(columns) == 1:
        return columns[0].pool.truths(test)[codes[0]]
    groups = group(((code, len(column.pool)) for column, code in zip(columns, codes, strict=True)), bucket.devices)
    distinct = zip(*(code[groups.first].tolist() for code in codes), strict=True)
    truths = [
        truth_of(test, tuple(column.pool.cells[code] for column, code in zip(columns, row, strict=True)))
        for row in distinct
    ]
    return np.array(truths, dtype=np.uint8)[groups.place]


def _defaulted(bucket: Facts, fact: str, column: FactColumn) -> Codes:
    default = bucket.plan.specs[fact].default
    if default is None:
        return column.codes
    stands_in = column.codes == Missing.NOT_EXPORTED
    return np.where(stands_in, np.int32(column.pool.code(default)), column.codes)
