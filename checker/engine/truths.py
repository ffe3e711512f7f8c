"""The truth of a condition for every device of a bucket, part by part, with one array operation each."""

from collections.abc import Iterable
from functools import reduce
from typing import Protocol

import numpy as np

from checker.engine.cells import truth_of
from checker.engine.fact_column import FactColumn
from checker.engine.pool import Codes, Truths
from checker.model.condition import All, AnyOf, Condition, Constant, Not, Test
from checker.model.outcome import Missing
from checker.model.plan import Plan
from checker.model.truth import Truth

TRUE, UNKNOWN, FALSE = np.uint8(Truth.TRUE), np.uint8(Truth.UNKNOWN), np.uint8(Truth.FALSE)


class Facts(Protocol):
    """Devices whose facts can be asked for: a bucket."""

    plan: Plan
    truths: dict[tuple[Test, bool], Truths]  # of tests asked before

    @property
    def devices(self) -> int:
        """How many devices there are."""

    def column(self, fact: str) -> FactColumn:
        """Return the column of a fact."""


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
    sizes = [len(column.pool) for column in columns]
    combined = np.ravel_multi_index(tuple(code.astype(np.int64) for code in codes), sizes)
    distinct, inverse = np.unique(combined, return_inverse=True)
    parts = np.unravel_index(distinct, sizes)
    truths = [
        truth_of(test, tuple(column.pool.cells[int(code)] for column, code in zip(columns, row, strict=True)))
        for row in zip(*parts, strict=True)
    ]
    return np.array(truths, dtype=np.uint8)[inverse]


def _defaulted(bucket: Facts, fact: str, column: FactColumn) -> Codes:
    default = bucket.plan.specs[fact].default
    if default is None:
        return column.codes
    stands_in = column.codes == Missing.NOT_EXPORTED
    return np.where(stands_in, np.int32(column.pool.code(default)), column.codes)
