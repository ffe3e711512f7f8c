"""What a plan says of devices by their facts: derived facts, outcomes of rules, scope and route."""

import numpy as np
import numpy.typing as npt

from checker.engine.cells import NO_RECORD
from checker.engine.fact_column import FactColumn
from checker.engine.pool import Pool
from checker.engine.truths import FALSE, TRUE, UNKNOWN, Facts, truths_of
from checker.model.condition import facts_of
from checker.model.outcome import Missing, Outcome
from checker.model.rule import Rule

UNDETERMINED = -1  # no route: an UNKNOWN row ended the search


def outcome_of(devices: Facts, rule: Rule) -> npt.NDArray[np.uint8]:
    """Return a rule's outcome for each device: not applies or requires, and never a PASS that rests on a default."""
    applies = truths_of(devices, rule.applies_to, defaults=True)
    requires = truths_of(devices, rule.require, defaults=True)
    if any(devices.plan.specs[fact].default for fact in facts_of(rule.require)):
        without = truths_of(devices, rule.require, defaults=False)
        requires = np.where((requires == TRUE) & (without != TRUE), UNKNOWN, requires)
    held = np.maximum(2 - applies, requires)
    by_truth = np.array([Outcome.FAIL, Outcome.UNKNOWN, Outcome.PASS], dtype=np.uint8)
    return np.where(applies == FALSE, np.uint8(Outcome.NOT_APPLICABLE), by_truth[held])


def scope_of(devices: Facts) -> npt.NDArray[np.int16]:
    """Return, for each device, the place of the reason why it is out of scope; -1 in scope."""
    found = np.full(devices.devices, -1, dtype=np.int16)
    for place, (_, when) in reversed(list(enumerate(devices.plan.scope))):
        found[truths_of(devices, when, defaults=False) == TRUE] = place
    return found


def route_of(devices: Facts) -> npt.NDArray[np.int16]:
    """Return, for each device, the place of its route, or UNDETERMINED."""
    found = np.full(devices.devices, UNDETERMINED, dtype=np.int16)
    open_ = np.ones(devices.devices, dtype=np.bool_)
    for place, route in enumerate(devices.plan.pack.routes):
        truth = truths_of(devices, route.when, defaults=True)
        found[open_ & (truth == TRUE)] = place
        open_ &= truth != TRUE
        if route.stops:
            open_ &= truth != UNKNOWN
    return found


def derive(devices: Facts, fact: str) -> FactColumn:
    """Return a derived fact: the first TRUE entry wins; an UNKNOWN one ends the search unless nothing could differ."""
    derived = next(item for item in devices.plan.derived if item.spec.name == fact)
    pool = devices.pools.setdefault(fact, Pool(derived.spec))
    count = devices.devices
    values = np.array([pool.code(value) for value, _ in derived.entries], dtype=np.int32)
    truths = [truths_of(devices, when, defaults=False) for _, when in derived.entries]
    codes = np.zeros(count, dtype=np.int32)
    # From the last entry to the first: what the search would give if it started here. 0 is "nothing".
    for value, truth in zip(values[::-1], truths[::-1], strict=True):
        could_differ = codes != value
        codes = np.where(truth == TRUE, value, np.where((truth == UNKNOWN) & could_differ, np.int32(0), codes))
    reason = np.full(count, Missing.UNREADABLE, dtype=np.int32)  # all is known, and no entry fits
    for base in reversed(devices.plan.base_facts((fact,))):
        missing = devices.missing(base)
        reason = np.where(missing >= 0, missing, reason).astype(np.int32)
    codes = np.where(codes == 0, reason, codes).astype(np.int32)
    return FactColumn(pool, codes, codes.copy(), np.full(count, NO_RECORD, dtype=np.int64))
