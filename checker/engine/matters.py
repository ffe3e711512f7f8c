"""Which facts could decide a condition on a device: not those beside which something else has decided it.

What is asked of Windows alone waits on a Mac for no build of Windows.
"""

from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt

from checker.engine.truths import FALSE, TRUE, Facts, truths_of
from checker.model.condition import All, AnyOf, Condition, Not, Test

Mask = npt.NDArray[np.bool_]


def mattering(devices: Facts, conditions: Iterable[Condition]) -> Mapping[str, Mask]:
    """Return for each fact of the conditions the devices on which a value of it could decide one of them."""
    found: dict[str, Mask] = {}
    everywhere = np.ones(devices.devices, dtype=np.bool_)
    for condition in conditions:
        _note(devices, condition, everywhere, found)
    return found


def _note(devices: Facts, condition: Condition, where: Mask, found: dict[str, Mask]) -> None:
    match condition:
        case Test():
            for fact in devices.plan.base_facts(condition.facts):
                found[fact] = found[fact] | where if fact in found else where
        case All(parts) | AnyOf(parts):
            decided = FALSE if isinstance(condition, All) else TRUE
            open_parts = [truths_of(devices, part, defaults=True) != decided for part in parts]
            for place, part in enumerate(parts):
                beside = where
                for other, is_open in enumerate(open_parts):
                    beside = beside if other == place else beside & is_open
                if beside.any():
                    _note(devices, part, beside, found)
        case Not(part):
            _note(devices, part, where, found)
