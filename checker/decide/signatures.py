"""Groups the devices of a bucket by all that a verdict rests on, so that each distinct case is decided once."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from checker.decide.governed import Governed, in_force
from checker.decide.verdict import Judgement, Verdict, decide, is_gate, route_facts
from checker.engine.columns import UNDETERMINED, Judged, outcome_of, route_of
from checker.engine.select import Mask
from checker.engine.suppose import waiting_for
from checker.model.outcome import Outcome
from checker.model.plan import Kind, Plan

Row = npt.NDArray[np.int16] | npt.NDArray[np.uint8] | npt.NDArray[np.bool_]
ROUTE = "(route)"  # stands beside the ids of rules
PROVEN = ("READY", "MIGRATED", "VERIFIED")  # what a device may be without suppositions
Proof = tuple[Mask, Mask, Mask]  # where it is so, in that order
MIX = 0x9E3779B97F4A7C15  # odd 64-bit constant (golden ratio); groups are verified, so collisions cost time only


@dataclass(slots=True)
class Book:
    """The verdicts of a run, each once, by all that they rest on."""

    verdicts: list[Verdict] = field(default_factory=list)
    numbers: dict[bytes, int] = field(default_factory=dict)

    def add(self, key: bytes, verdict: Verdict) -> None:
        """Keep the verdict that rests on ``key``."""
        self.numbers[key] = len(self.verdicts)
        self.verdicts.append(verdict)


@dataclass(frozen=True, slots=True)
class Verdicts:
    """The distinct verdicts of a bucket, and for each device the place of its own."""

    distinct: tuple[Verdict, ...]
    place: npt.NDArray[np.int64]
    first: npt.NDArray[np.int64]  # one device of each distinct verdict
    numbers: npt.NDArray[np.int64]  # of each distinct verdict in the run's book

    def sizes(self, devices: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
        """Return how many of these devices have each distinct verdict."""
        return np.bincount(self.place[devices], minlength=len(self.distinct))


@dataclass(frozen=True, slots=True)
class Waiting:
    """Which UNKNOWNs of a bucket wait for facts that no input carries: one finding for the fleet tells them all."""

    facts: dict[str, tuple[str, ...]]  # rule -> facts that no input carries
    devices: dict[str, npt.NDArray[np.bool_]]  # rule -> where it waits for them

    @property
    def absent(self) -> frozenset[str]:
        """All facts that no input carries."""
        return frozenset(fact for facts in self.facts.values() for fact in facts)


def waiting_in(judged: Judged, facts: dict[str, tuple[str, ...]]) -> Waiting:
    """Return which UNKNOWNs of a bucket wait for ``facts``, told by rule."""
    devices = {}
    for place, rule in enumerate(judged.bucket.plan.device_rules):
        unknown = judged.outcomes[place] == Outcome.UNKNOWN
        if facts[rule.id] and unknown.any():
            devices[rule.id] = unknown & waiting_for(judged.bucket, rule, frozenset(facts[rule.id]))
    return Waiting(facts, devices)


def decide_bucket(judged: Judged, told: tuple[Waiting, Governed, Proof], partial: bool, book: Book) -> Verdicts:
    """Return the verdict of every device of the bucket.

    Args:
        judged: how the rules came out.
        told: which UNKNOWNs wait for what no input carries, what is waived, and what holds without suppositions.
        partial: rules were left out.
        book: keeps the verdicts of a run from bucket to bucket.
    """
    plan = judged.bucket.plan
    waiting, governed, proof = told
    facts = blocker_facts(plan)
    attested = _attested(judged)
    gates = [rule.id for rule in plan.device_rules if is_gate(rule)]
    waivable = {waiver.rule for _, waiver in in_force(plan)}
    rules = [rule.id for rule in plan.device_rules if rule.id in waivable]
    nowhere = np.zeros(judged.bucket.devices, dtype=np.bool_)
    parts: dict[str, list[Row]] = {
        "scope": [judged.scope],
        "route": [judged.route],
        "supposed": [_supposed(judged), *proof],
        "outcomes": list(judged.outcomes),
        "attested": [attested.get(name, nowhere) for name in (*gates, plan.pack.verified_by, ROUTE)],
        "missing": [judged.bucket.missing(fact) >= 0 for fact in facts],
        "waiting": [waiting.devices.get(name, nowhere) for name in gates],
        "waived": [_or(governed.waives(name), nowhere) for name in rules],
    }
    told_apart = [row for part in parts.values() for row in part]
    rows = np.zeros((len(told_apart), judged.bucket.devices), dtype=np.uint8)
    for at, row in enumerate(told_apart):
        if row is not nowhere:
            rows[at] = row
    first, place = group(rows)
    names = _Names(facts, gates, rules)
    numbers = np.zeros(len(first), dtype=np.int64)
    for at, device in enumerate(first.tolist()):
        key = rows[:, device].tobytes()
        if key not in book.numbers:
            book.add(key, decide(plan, _judgement(judged, device, parts, names, waiting), partial))
        numbers[at] = book.numbers[key]
    return Verdicts(tuple(book.verdicts[number] for number in numbers.tolist()), place, first, numbers)


@dataclass(frozen=True, slots=True)
class _Names:
    """What the rows of a judgement's parts are about."""

    facts: Sequence[str]
    gates: Sequence[str]
    rules: Sequence[str]  # those that a waiver in force speaks of


def _or(found: npt.NDArray[np.bool_] | None, nowhere: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    return nowhere if found is None else found


def _supposed(judged: Judged) -> npt.NDArray[np.bool_]:
    """Return of which devices something is supposed."""
    bucket = judged.bucket
    found = np.zeros(bucket.devices, dtype=np.bool_)
    for place, word in enumerate(bucket.plan.statements):
        if word.kind is Kind.ASSUMED and place in bucket.spoken:
            found[bucket.spoken[place]] = True
    return found


def _judgement(
    judged: Judged,
    device: int,
    parts: dict[str, list[Row]],
    names: _Names,
    waiting: Waiting,
) -> Judgement:
    """Return all that a device's verdict rests on."""
    plan = judged.bucket.plan
    scope, route = int(judged.scope[device]), int(judged.route[device])
    used = _true_at((*names.gates, plan.pack.verified_by, ROUTE), parts["attested"], device)
    return Judgement(
        scope=plan.scope[scope][0] if scope >= 0 else "",
        route=None if route == UNDETERMINED else plan.pack.routes[route],
        outcomes=tuple(Outcome(value) for value in judged.outcomes[:, device].tolist()),
        attested=tuple(rule.id in used for rule in plan.device_rules),
        missing=_true_at(names.facts, parts["missing"], device),
        waiting=_true_at(names.gates, parts["waiting"], device),
        absent=waiting.absent,
        waived=_true_at(names.rules, parts["waived"], device),
        attested_route=ROUTE in used,
        supposed=bool(parts["supposed"][0][device]),
        proven=_true_at(PROVEN, parts["supposed"][1:], device),
    )


def _true_at(names: Sequence[str], rows: Sequence[Row], device: int) -> frozenset[str]:
    return frozenset(name for name, row in zip(names, rows, strict=True) if row[device])


def blocker_facts(plan: Plan) -> tuple[str, ...]:
    """Return the base facts that blockers and stopping routes read."""
    names: list[str] = []
    for rule in plan.device_rules:
        if is_gate(rule):
            names += plan.rule_facts(rule)
    for route in plan.pack.routes:
        if route.stops:
            names += route_facts(route)
    return plan.base_facts(tuple(dict.fromkeys(names)))


def _attested(judged: Judged) -> dict[str, Mask]:
    """Return where blockers, the rule that proves the move and the route came out so by attestations only."""
    bucket, plan = judged.bucket, judged.bucket.plan
    named = {word.fact for word in plan.statements if word.kind is Kind.ATTESTED}
    if not named or bucket.below is Kind.ATTESTED:
        return {}
    read = bucket.under(Kind.ATTESTED)
    found: dict[str, Mask] = {}
    for place, rule in enumerate(plan.device_rules):
        wanted = is_gate(rule) or rule.id == plan.pack.verified_by
        if wanted and _reads(plan, plan.rule_facts(rule), named):
            found[rule.id] = outcome_of(read, rule) != judged.outcomes[place]
    if any(_reads(plan, route_facts(route), named) for route in plan.pack.routes):
        found[ROUTE] = route_of(read) != judged.route
    return found


def _reads(plan: Plan, facts: tuple[str, ...], named: set[str]) -> bool:
    return not named.isdisjoint((*facts, *plan.base_facts(facts)))


def group(rows: npt.NDArray[np.uint8]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return one device of each distinct column of ``rows``, and for each device the place of its group."""
    rows = rows[(rows != rows[:, :1]).any(axis=1)]  # most rows say the same of all devices, and tell none apart
    mixed, part = np.zeros((2, rows.shape[1]), dtype=np.uint64)
    factor = 1
    for row in rows:
        factor = factor * MIX % 2**64 | 1
        np.multiply(row, np.uint64(factor), out=part)
        mixed += part
    _, first, place = np.unique(mixed, return_index=True, return_inverse=True)
    if any((row != row[first][place]).any() for row in rows):
        _, first, place = np.unique(rows, axis=1, return_index=True, return_inverse=True)
    return first.astype(np.int64), place.reshape(-1).astype(np.int64)
