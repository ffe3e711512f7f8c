"""How much of what the rules ask the inputs carry: coverage per fact, and the rules that nothing can decide."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from checker.engine.columns import Bucket, open_bucket
from checker.engine.pool import Pool
from checker.engine.records import Records, buckets
from checker.engine.rows import Device, Reading, truth
from checker.engine.select import resolve
from checker.inventory.mapping import ProductMapping
from checker.model.condition import Condition
from checker.model.outcome import Missing
from checker.model.plan import Plan
from checker.model.truth import Truth

FAMILY = "os.family"


@dataclass(frozen=True, slots=True)
class FactCoverage:
    """One base fact: on how many devices it has a value, why not on the others, and who reads it."""

    fact: str
    known: int
    missing: tuple[tuple[Missing, int], ...]
    rules: tuple[str, ...]
    carried_by: str
    default: str | None
    conflict: tuple[str, str] | None = None  # a device of which sources differ, the first by id, and what they say


@dataclass(frozen=True, slots=True)
class Undecidable:
    """A rule that reads facts which no input carries."""

    rule: str
    phase: str
    severity: str
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Settling:
    """An export that nobody gave: the rules of which every lacking fact is among those that it carries."""

    format: str
    title: str
    per_device: bool  # made on each device, not one file for the fleet
    rules: tuple[str, ...]
    blockers: int  # of those rules


def coverage(plan: Plan, records: Records) -> tuple[FactCoverage, ...]:
    """Return the coverage of every base fact that the plan reads, the best covered first."""
    pools: dict[str, Pool] = {}
    facts = sorted(plan.wanted())
    counts = {fact: np.zeros(len(Missing) + 1, dtype=np.int64) for fact in facts}
    lists = resolve(records, plan.selections)
    conflicts: dict[str, tuple[str, str]] = {}
    for first, last in buckets(records):
        bucket = open_bucket(plan, records, first, last, pools, lists)
        for fact in facts:
            counts[fact] += np.bincount(bucket.missing(fact) + 1, minlength=len(Missing) + 1)
            if fact not in conflicts and (found_one := _conflict(bucket, fact)):
                conflicts[fact] = found_one
    readers = _readers(plan)
    found = [
        FactCoverage(
            fact,
            int(counts[fact][0]),
            tuple((missing, int(counts[fact][missing + 1])) for missing in Missing if counts[fact][missing + 1]),
            readers.get(fact, ()),
            plan.specs[fact].carried_by,
            plan.specs[fact].default,
            conflicts.get(fact),
        )
        for fact in facts
    ]
    return tuple(sorted(found, key=lambda item: (-item.known, item.fact)))


def _conflict(bucket: Bucket, fact: str) -> tuple[str, str] | None:
    """Return the first device of a bucket of which sources say different things, and what they say."""
    differing = np.flatnonzero(bucket.missing(fact) == Missing.CONFLICTING)
    if not len(differing):
        return None
    column, device = bucket.column(fact), int(differing[0])
    return bucket.ids[device], column.pool.texts[int(column.shown[device])] or ""


def joins(records: Records) -> tuple[tuple[tuple[str, ...], int], ...]:
    """Return how many devices are known by which formats together, the most frequent first."""
    formats = sorted({file.format for file in records.files})
    place = np.array([formats.index(file.format) for file in records.files], dtype=np.int64)
    known = np.zeros((len(formats), records.devices), dtype=np.bool_)
    starts = np.concatenate([[0], records.ends[:-1]]) if records.devices else np.zeros(0, dtype=np.int64)
    of_record = place[records.file_of[records.order]]
    for number in range(len(formats)):
        known[number] = np.add.reduceat(of_record == number, starts) > 0 if records.devices else False
    together, counts = np.unique(known, axis=1, return_counts=True)
    found = [
        (tuple(name for name, has in zip(formats, together[:, at], strict=True) if has), int(counts[at]))
        for at in range(len(counts))
    ]
    return tuple(sorted(found, key=lambda item: (-item[1], item[0])))


def undecidable(plan: Plan, records: Records) -> tuple[Undecidable, ...]:
    """Return the rules on devices that read a fact which no input carries and nobody assumes."""
    found = []
    for rule in plan.device_rules:
        lacking = not_exported(plan, records, plan.rule_facts(rule))
        if lacking:
            found.append(Undecidable(rule.id, rule.phase.value, rule.severity.value, lacking))
    return tuple(found)


def settling(
    plan: Plan, open_rules: Sequence[Undecidable], given: frozenset[str], products: Iterable[ProductMapping]
) -> tuple[Settling, ...]:
    """Return the exports, none of a format that is given, that would settle a rule: those that settle most first.

    An export settles no rule that does not apply to the operating systems of its devices.
    """
    scopes = {rule.id: rule.applies_to for rule in plan.device_rules}
    found = []
    for product in products:
        carried, systems = product.facts.keys(), _systems(product)
        rules = [
            rule
            for rule in open_rules
            if all(_says(plan, fact, carried) for fact in rule.facts)
            and (not systems or any(_may_apply(plan, scopes[rule.rule], system) for system in systems))
        ]
        if rules and product.id not in given:
            blockers = sum(rule.severity == "blocker" and rule.phase == "prerequisite" for rule in rules)
            names = tuple(rule.rule for rule in rules)
            found.append(Settling(product.id, product.title, product.per_device, names, blockers))
    return tuple(sorted(found, key=lambda item: (-item.blockers, -len(item.rules), item.format)))


def _systems(product: ProductMapping) -> frozenset[str]:
    """Return the operating systems of which a product's exports can tell; none if they tell of no system."""
    words = product.facts[FAMILY].words if FAMILY in product.facts else ()
    return frozenset(word for _, word in words if word)


def _may_apply(plan: Plan, condition: Condition, system: str) -> bool:
    device = Device(plan, {FAMILY: Reading(system)})
    return truth(device, condition, defaults=True) is not Truth.FALSE


def _says(plan: Plan, fact: str, carried: Collection[str]) -> bool:
    return fact in carried or plan.specs[fact].view_of in carried


def not_exported(plan: Plan, records: Records, facts: tuple[str, ...]) -> tuple[str, ...]:
    """Return those base facts behind ``facts`` that no input carries and nobody states of every device or assumes."""
    stated = {word.fact for word in plan.statements if word.devices.everyone and not word.wave}
    return tuple(
        fact
        for fact in plan.base_facts(facts)
        if fact not in records.codes
        and fact not in stated
        and not plan.specs[fact].default
        and not (plan.specs[fact].view_of and plan.specs[fact].view_of in records.codes)
    )


def _readers(plan: Plan) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for rule in plan.device_rules:
        for fact in plan.base_facts(plan.rule_facts(rule)):
            found[fact] = (*found.get(fact, ()), rule.id)
    return found
