"""The fast engine: judges a bucket of devices at once, each kind of device on one that stands for it.

Every test runs on the distinct values of a fact and is looked up by code, so operators exist once, as plain functions
(``engine/rows.py`` is the same judgement device by device, in plain Python; property tests hold the two equal). Most
devices of a fleet come out alike in every test: what follows from the tests is worked out once for all of them.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from checker.engine.alike import Sample, alike
from checker.engine.columns import Bucket
from checker.engine.groups import Groups
from checker.engine.outcomes import outcome_of, route_of, scope_of


@dataclass(slots=True)
class Judged:
    """How a bucket came out; arrays run over its devices, rows over ``plan.device_rules``."""

    bucket: Bucket
    alike: Groups  # devices that no test tells apart
    sample: Sample  # the first of each kind
    scope: npt.NDArray[np.int16]  # -1 in scope, else the place of the reason in plan.scope
    route: npt.NDArray[np.int16]  # place in plan.pack.routes, or UNDETERMINED
    outcomes: npt.NDArray[np.uint8]  # [rule, device]


def judge_columns(bucket: Bucket) -> Judged:
    """Return scope, route and the outcome of every device rule for every device of the bucket."""
    groups = alike(bucket)
    sample = Sample(bucket, groups.first)
    outcomes = np.empty((len(bucket.plan.device_rules), len(groups)), dtype=np.uint8)
    for place, rule in enumerate(bucket.plan.device_rules):
        outcomes[place] = outcome_of(sample, rule)
    scope, route = scope_of(sample)[groups.place], route_of(sample)[groups.place]
    return Judged(bucket, groups, sample, scope, route, outcomes[:, groups.place])
