"""Which UNKNOWNs wait for facts that no input carries: those that knowing these facts could decide."""

import numpy as np
import numpy.typing as npt

from checker.engine.pool import Truths
from checker.engine.truths import FALSE, TRUE, UNKNOWN, Facts, truths_of
from checker.model.condition import All, AnyOf, Condition, Not, Test
from checker.model.outcome import Missing
from checker.model.rule import Rule
from checker.model.truth import Truth


def waiting_for(devices: Facts, rule: Rule, absent: frozenset[str]) -> npt.NDArray[np.bool_]:
    """Return, for each device, whether a rule that is UNKNOWN would be decided if tests on ``absent`` facts were.

    Every such test is supposed TRUE, then FALSE. A device on which neither decides the rule waits for something else.
    """
    found = np.zeros(devices.devices, dtype=np.bool_)
    for supposed in (Truth.TRUE, Truth.FALSE):
        applies = _suppose(devices, rule.applies_to, absent, supposed)
        requires = _suppose(devices, rule.require, absent, supposed)
        found |= np.maximum(2 - applies, requires) != UNKNOWN
    return found


def _suppose(devices: Facts, condition: Condition, absent: frozenset[str], supposed: Truth) -> Truths:
    match condition:
        case Test():
            found = truths_of(devices, condition, defaults=True)
            # where something is read, or stated of some devices, that is what counts
            asked = [devices.missing(fact) >= 0 for fact in condition.facts]
            absent_here = [
                devices.missing(fact) == Missing.NOT_EXPORTED
                for fact in absent.intersection(devices.plan.base_facts(condition.facts))
            ]
            if not absent_here:
                return found
            waits = np.logical_or.reduce(asked) & np.logical_or.reduce(absent_here)
            return np.where(waits, np.uint8(supposed), found)
        case All(parts):
            found = np.full(devices.devices, TRUE, dtype=np.uint8)
            for part in parts:
                found = np.minimum(found, _suppose(devices, part, absent, supposed))
            return found
        case AnyOf(parts):
            found = np.full(devices.devices, FALSE, dtype=np.uint8)
            for part in parts:
                found = np.maximum(found, _suppose(devices, part, absent, supposed))
            return found
        case Not(part):
            return 2 - _suppose(devices, part, absent, supposed)
        case _:
            return truths_of(devices, condition, defaults=True)
