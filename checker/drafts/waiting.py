"""Which facts about site, plan, tenant and fleet the prerequisites wait for, of whatever severity, and on how many."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import reduce

import numpy as np
import numpy.typing as npt

from checker.decide.tally import binding
from checker.engine.columns import Bucket, open_bucket
from checker.engine.judged import Judged, judge_columns
from checker.engine.pool import Truths
from checker.engine.records import Records, buckets
from checker.engine.select import resolve
from checker.engine.truths import FALSE, TRUE, truths_of
from checker.model.condition import All, AnyOf, Condition, Constant, Not, Test, facts_of
from checker.model.outcome import Missing, Outcome, Phase
from checker.model.plan import Plan
from checker.model.rule import Rule

Mask = npt.NDArray[np.bool_]
Found = tuple[str, int, tuple[str, ...]]  # fact, devices that wait for it, rules that read it and are UNKNOWN there


def of_prerequisites(plan: Plan, records: Records) -> tuple[Found, ...]:
    """Return every fact, device facts aside, that a prerequisite which is UNKNOWN on a judged device waits for."""
    devices: defaultdict[str, int] = defaultdict(int)
    rules: defaultdict[str, dict[str, None]] = defaultdict(dict)
    lists = resolve(records, plan.selections)
    for first, last in buckets(records):
        judged = judge_columns(open_bucket(plan, records, first, last, {}, lists))
        masks: dict[str, Mask] = {}
        for rule, fact, mask in _waiting(judged):
            if mask.any():
                masks[fact] = masks.get(fact, np.zeros_like(mask)) | mask
                rules[fact][rule.id] = None
        for fact, mask in masks.items():
            devices[fact] += int(np.count_nonzero(mask))
    return tuple((fact, number, tuple(rules[fact])) for fact, number in devices.items())


def _waiting(judged: Judged) -> Iterator[tuple[Rule, str, Mask]]:
    """Yield rules with a fact and the devices on which the rule waits for it."""
    plan = judged.bucket.plan
    for rule, outcomes in zip(plan.device_rules, judged.outcomes, strict=True):
        if rule.phase is not Phase.PREREQUISITE:
            continue
        unknown = (judged.scope < 0) & (outcomes == Outcome.UNKNOWN) & binding(plan, rule)[judged.route]
        if unknown.any():
            for fact, mask in _settling(judged.bucket, rule, unknown):
                if plan.specs[fact].about != "device":
                    yield rule, fact, mask


def _settling(bucket: Bucket, rule: Rule, unknown: Mask) -> Iterator[tuple[str, Mask]]:
    """Yield facts without a value, and defaults that a person's word could better; else what is known too weakly."""
    plan, open_ = bucket.plan, unknown.copy()
    for fact in plan.base_facts(plan.rule_facts(rule)):
        missing = bucket.missing(fact)
        if plan.specs[fact].default is None:
            mask = unknown & (missing >= 0)
        else:
            mask = unknown & (missing == Missing.NOT_EXPORTED) & _would_pass(bucket, rule, fact)
        open_ &= ~mask
        yield fact, mask
    asked = plan.base_facts(facts_of(rule.require))
    for fact in [fact for fact in asked if plan.specs[fact].type == "attempts"]:  # of attempts more can be made
        yield fact, open_


def _would_pass(bucket: Bucket, rule: Rule, fact: str) -> Mask:
    """Return the devices on which the requirement would be met if the fact were as its tests ask, or as they do not."""
    as_asked, otherwise = (_supposed(bucket, rule.require, fact, truth) for truth in (TRUE, FALSE))
    met: Mask = (as_asked == TRUE) | (otherwise == TRUE)
    return met


def _supposed(bucket: Bucket, condition: Condition, fact: str, truth: np.uint8) -> Truths:
    match condition:
        case Test():
            known = truths_of(bucket, condition, defaults=True)
            meant = fact in bucket.plan.base_facts(condition.facts)
            return np.where(bucket.missing(fact) >= 0, truth, known) if meant else known
        case All(parts):
            return _fold(np.minimum, (_supposed(bucket, part, fact, truth) for part in parts), bucket, TRUE)
        case AnyOf(parts):
            return _fold(np.maximum, (_supposed(bucket, part, fact, truth) for part in parts), bucket, FALSE)
        case Not(part):
            return 2 - _supposed(bucket, part, fact, truth)
        case Constant():
            return truths_of(bucket, condition, defaults=True)


def _fold(join: np.ufunc, parts: Iterable[Truths], bucket: Bucket, start: np.uint8) -> Truths:
    found: Truths = reduce(join, parts, np.full(bucket.devices, start, dtype=np.uint8))
    return found
