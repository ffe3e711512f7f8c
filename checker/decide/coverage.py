"""How much of what the rules ask the inputs carry: coverage per fact, and the rules that nothing can decide."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from checker.engine.columns import Bucket, open_bucket
from checker.engine.pool import Pool
from checker.engine.records import Records, buckets
from checker.engine.select import resolve
from checker.facts.attempts import is_policy
from checker.model.fact import Attempt
from checker.model.outcome import Missing
from checker.model.plan import Plan


@dataclass(frozen=True, slots=True)
class FactCoverage:
    """One base fact: on how many devices it has a value, why not on the others, and who reads it."""

    fact: str
    known: int
    missing: tuple[tuple[Missing, int], ...]
    rules: tuple[str, ...]
    carried_by: str
    default: str | None
    ruled: int = 0  # of the devices without a value: those of which only rules of a proxy speak, which prove nothing
    conflict: tuple[str, str] | None = None  # a device of which sources differ, the first by id, and what they say


@dataclass(frozen=True, slots=True)
class Undecidable:
    """A rule that reads facts which no input carries."""

    rule: str
    phase: str
    severity: str
    facts: tuple[str, ...]


def coverage(plan: Plan, records: Records) -> tuple[FactCoverage, ...]:
    """Return the coverage of every base fact that the plan reads, the best covered first."""
    pools: dict[str, Pool] = {}
    facts = sorted(plan.wanted())
    counts = {fact: np.zeros(len(Missing) + 1, dtype=np.int64) for fact in facts}
    lists = resolve(records, plan.selections)
    conflicts: dict[str, tuple[str, str]] = {}
    ruled = dict.fromkeys(facts, 0)
    for first, last in buckets(records):
        bucket = open_bucket(plan, records, first, last, pools, lists)
        for fact in facts:
            counts[fact] += np.bincount(bucket.missing(fact) + 1, minlength=len(Missing) + 1)
            ruled[fact] += int(np.count_nonzero(only_ruled(bucket, fact)))
            if fact not in conflicts and (found_one := _conflict(bucket, fact)):
                conflicts[fact] = found_one
    readers = _readers(plan)
    found = [
        FactCoverage(
            fact,
            int(counts[fact][0]) - ruled[fact],
            tuple((missing, int(counts[fact][missing + 1])) for missing in Missing if counts[fact][missing + 1]),
            readers.get(fact, ()),
            plan.specs[fact].carried_by,
            plan.specs[fact].default,
            ruled[fact],
            conflicts.get(fact),
        )
        for fact in facts
    ]
    return tuple(sorted(found, key=lambda item: (-item.known, item.fact)))


def only_ruled(bucket: Bucket, fact: str) -> npt.NDArray[np.bool_]:
    """Tell of which devices all that is said of a fact are rules of proxies: nobody tried anything."""
    if bucket.plan.specs[fact].type != "attempts":
        return np.zeros(bucket.devices, dtype=np.bool_)
    column = bucket.column(fact)
    codes, places = np.unique(column.codes, return_inverse=True)
    told = [column.pool.cells[code] for code in codes.tolist()]
    alone = [isinstance(cell, tuple) and all(isinstance(it, Attempt) and is_policy(it) for it in cell) for cell in told]
    return np.array(alone, dtype=np.bool_)[places]


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
