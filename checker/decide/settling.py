"""Which export that nobody gave would settle most: of the outcomes that are open because a fact is not exported.

Counted on devices: that one device has a fact does not hide that a thousand others lack it.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from checker.decide.coverage import only_ruled
from checker.engine.columns import Bucket, open_bucket
from checker.engine.outcomes import scope_of
from checker.engine.records import Records, buckets
from checker.engine.select import resolve
from checker.engine.truths import FALSE, truths_of
from checker.inventory.mapping import ProductMapping
from checker.model.outcome import Missing
from checker.model.plan import Plan
from checker.model.rule import Rule

FAMILY = "os.family"

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Settling:
    """An export, and what it would settle: rules that lack a fact on a device, all of which the export carries."""

    format: str
    title: str
    per_device: bool  # made on each device, not one file for the fleet
    rules: tuple[tuple[str, int], ...]  # with the number of devices on which it would settle them, the most first
    blockers: int  # outcomes of blockers of the phase prerequisite among them
    devices: int


@dataclass(frozen=True, slots=True)
class _Kinds:
    """Devices that are alike: how many, and of each kind which rules may apply and which facts it lacks."""

    counts: npt.NDArray[np.int64]
    applies: Flags  # [rule, kind]
    lacks: Flags  # [fact, kind]
    family: tuple[str, ...]  # of each kind; "" if not known


def settling(
    plan: Plan, records: Records, given: Collection[str], products: Iterable[ProductMapping]
) -> tuple[Settling, ...]:
    """Return the exports that would settle an outcome, those first that settle most blockers, then most of all.

    An export of the fleet of a format that is given is none of them; one that is made on devices may be made on more.
    """
    rules = [(rule, plan.base_facts(plan.rule_facts(rule))) for rule in plan.device_rules]
    facts = sorted({fact for _, needed in rules for fact in needed if not plan.specs[fact].default})
    kinds = list(_kinds(plan, records, [rule for rule, _ in rules], facts))
    found = []
    for product in products:
        if product.id not in given or product.per_device:
            settled, devices = _settled(plan, product, rules, facts, kinds)
            if devices:
                found.append(_told(product, [rule for rule, _ in rules], settled, devices))
    return tuple(sorted(found, key=lambda it: (-it.blockers, -sum(count for _, count in it.rules), it.format)))


def _told(product: ProductMapping, rules: Sequence[Rule], settled: npt.NDArray[np.int64], devices: int) -> Settling:
    counted = [(rule, int(count)) for rule, count in zip(rules, settled, strict=True) if count]
    blockers = sum(count for rule, count in counted if rule.severity == "blocker" and rule.phase == "prerequisite")
    named = sorted(((rule.id, count) for rule, count in counted), key=lambda pair: (-pair[1], pair[0]))
    return Settling(product.id, product.title, product.per_device, tuple(named), blockers, devices)


def _kinds(plan: Plan, records: Records, rules: Sequence[Rule], facts: Sequence[str]) -> Iterable[_Kinds]:
    """Yield the kinds of devices of each bucket: a rule over a fleet is then asked of few kinds, not of each device."""
    lists = resolve(records, plan.selections)
    for first, last in buckets(records):
        bucket = open_bucket(plan, records, first, last, {}, lists)
        inside = scope_of(bucket) < 0
        applies = [truths_of(bucket, rule.applies_to, defaults=True) != FALSE for rule in rules]
        lacks = [(bucket.missing(fact) == Missing.NOT_EXPORTED) | only_ruled(bucket, fact) for fact in facts]
        family, names = _families(bucket)
        bits = np.packbits(np.array([*applies, *lacks])[:, inside], axis=0)
        columns = np.vstack([family[inside].astype(np.uint8), bits])
        distinct, counts = np.unique(columns, axis=1, return_counts=True)
        flags = np.unpackbits(distinct[1:], axis=0, count=len(rules) + len(facts)).astype(np.bool_)
        yield _Kinds(counts, flags[: len(rules)], flags[len(rules) :], tuple(names[code] for code in distinct[0]))


def _families(bucket: Bucket) -> tuple[npt.NDArray[np.int64], list[str]]:
    """Return the place of each device's system among the systems, and these."""
    column = bucket.column(FAMILY)
    codes, places = np.unique(column.codes, return_inverse=True)
    cells = [column.pool.cells[code] for code in codes.tolist()]
    return places, [cell if isinstance(cell, str) else "" for cell in cells]


def _settled(
    plan: Plan,
    product: ProductMapping,
    rules: Sequence[tuple[Rule, Collection[str]]],
    facts: Sequence[str],
    kinds: Iterable[_Kinds],
) -> tuple[npt.NDArray[np.int64], int]:
    """Return on how many devices an export would settle each rule, and on how many any."""
    carried = product.facts.keys()
    brings = np.array([fact in carried or plan.specs[fact].view_of in carried for fact in facts])
    needed = np.array([[fact in of_rule for fact in facts] for _, of_rule in rules])
    systems = _systems(product)
    settled, devices = np.zeros(len(rules), dtype=np.int64), 0
    for each in kinds:
        mine = np.array([not systems or not family or family in systems for family in each.family], dtype=np.bool_)
        lacking = needed.astype(np.int64) @ each.lacks
        left = (needed & ~brings).astype(np.int64) @ each.lacks
        would = each.applies & (lacking > 0) & (left == 0) & mine
        settled += would @ each.counts
        devices += int(each.counts[would.any(axis=0)].sum())
    return settled, devices


def _systems(product: ProductMapping) -> frozenset[str]:
    """Return the operating systems of which a product's exports can tell; none if they tell of no system."""
    words = product.facts[FAMILY].words if FAMILY in product.facts else ()
    return frozenset(word for _, word in words if word)
