"""Groups the devices of a bucket by all that a verdict rests on, so that each distinct case is decided once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from checker.decide.governed import Governed, in_force
from checker.decide.verdict import Judgement, Verdict, decide, is_gate, route_facts
from checker.engine.groups import group
from checker.engine.judged import Judged
from checker.engine.matters import mattering
from checker.engine.outcomes import UNDETERMINED, outcome_of, route_of
from checker.engine.select import Mask
from checker.engine.suppose import waiting_for
from checker.model.condition import All, Condition
from checker.model.outcome import Outcome
from checker.model.plan import Kind, Plan

Parts = dict[str, npt.NDArray[np.uint8]]  # of judgements: what it is about, and rows of it
ROUTE = "(route)"  # stands beside the ids of rules
PROVEN = ("READY", "MIGRATED", "VERIFIED")  # what a device may be without suppositions
Proof = tuple[Mask, Mask, Mask]  # where it is so, in that order


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
    outcomes = judged.outcomes[:, judged.alike.first]
    for place, rule in enumerate(judged.bucket.plan.device_rules):
        unknown = outcomes[place] == Outcome.UNKNOWN
        if facts[rule.id] and unknown.any():
            waits = waiting_for(judged.sample, rule, frozenset(facts[rule.id]))
            devices[rule.id] = (unknown & waits)[judged.alike.place]
    return Waiting(facts, devices)


def decide_bucket(judged: Judged, told: tuple[Waiting, Governed, Proof], partial: bool, book: Book) -> Verdicts:
    """Return the verdict of every device of the bucket.

    Args:
        judged: how the rules came out.
        told: which UNKNOWNs wait for what no input carries, what is waived, and what holds without suppositions.
        partial: rules were left out.
        book: keeps the verdicts of a run from bucket to bucket.
    """
    waiting, governed, proof = told
    asked = _asked(judged.bucket.plan)
    kinds = _told_of_kinds(judged, waiting, asked)
    devices = _told_of_devices(judged, governed, proof, asked)
    alike, place = group(_columns(kinds), len(judged.alike)), judged.alike.place
    cases = group([(alike.place[place], len(alike)), *_columns(devices)], judged.bucket.devices)
    numbers = np.zeros(len(cases), dtype=np.int64)
    for at, device in enumerate(cases.first.tolist()):
        parts = _at(kinds, int(place[device])) | _at(devices, device)
        key = b"".join(part.tobytes() for part in parts.values())
        if key not in book.numbers:
            book.add(key, decide(judged.bucket.plan, _judgement(judged.bucket.plan, parts, asked, waiting), partial))
        numbers[at] = book.numbers[key]
    return Verdicts(tuple(book.verdicts[number] for number in numbers.tolist()), cases.place, cases.first, numbers)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the rows of each part of a judgement are about."""

    facts: Sequence[str]
    gates: Sequence[str]
    proofs: Sequence[str]  # what may rest on attestations
    waivable: Sequence[str]  # rules that a waiver in force speaks of


def _asked(plan: Plan) -> _Asked:
    gates = [rule.id for rule in plan.device_rules if is_gate(rule)]
    waivable = {waiver.rule for _, waiver in in_force(plan)}
    return _Asked(
        blocker_facts(plan),
        gates,
        [*gates, plan.pack.verified_by, ROUTE],
        [rule.id for rule in plan.device_rules if rule.id in waivable],
    )


def _told_of_kinds(judged: Judged, waiting: Waiting, asked: _Asked) -> Parts:
    """Return what devices that no test tells apart have in common."""
    first, sample = judged.alike.first, judged.sample
    attested = _attested(judged)
    kinds, nowhere = len(first), np.zeros(len(first), dtype=np.bool_)
    matters = mattering(sample, deciding(judged.bucket.plan))
    waits = {rule: devices[first] for rule, devices in waiting.devices.items()}
    return {
        "scope": _rows([judged.scope[first] + 1], kinds),
        "route": _rows([judged.route[first] - UNDETERMINED], kinds),
        "outcomes": judged.outcomes[:, first],
        "attested": _rows([attested.get(name, nowhere) for name in asked.proofs], kinds),
        "missing": _rows([(sample.missing(fact) >= 0) & matters.get(fact, nowhere) for fact in asked.facts], kinds),
        "waiting": _rows([waits.get(name, nowhere) for name in asked.gates], kinds),
    }


def _told_of_devices(judged: Judged, governed: Governed, proof: Proof, asked: _Asked) -> Parts:
    """Return what else tells devices apart: what is supposed of them, and which of their outcomes are waived."""
    parts: Parts = {}
    if judged.bucket.plan.simulated:
        parts["supposed"] = _rows([_supposed(judged), *proof], judged.bucket.devices)
    if asked.waivable:
        nowhere = np.zeros(judged.bucket.devices, dtype=np.bool_)
        waived = [governed.waives(rule) for rule in asked.waivable]
        parts["waived"] = _rows([nowhere if row is None else row for row in waived], judged.bucket.devices)
    return parts


def _rows(rows: Sequence[npt.NDArray[np.generic]], width: int) -> npt.NDArray[np.uint8]:
    return np.array(rows).astype(np.uint8).reshape(len(rows), width)


def _columns(parts: Parts) -> Iterator[tuple[npt.NDArray[np.uint8], int]]:
    """Yield the rows of all parts as columns of codes; those that say the same everywhere tell nothing apart."""
    for rows in parts.values():
        most = rows.max(axis=1, initial=0)
        for row, size in zip(rows, most.tolist(), strict=True):
            yield row, size + 1


def _at(parts: Parts, place: int) -> Parts:
    return {name: rows[:, place] for name, rows in parts.items()}


def _supposed(judged: Judged) -> npt.NDArray[np.bool_]:
    """Return of which devices something is supposed."""
    bucket = judged.bucket
    found = np.zeros(bucket.devices, dtype=np.bool_)
    for place, word in enumerate(bucket.plan.statements):
        if word.kind is Kind.ASSUMED and place in bucket.spoken:
            found[bucket.spoken[place]] = True
    return found


def _judgement(plan: Plan, parts: Parts, asked: _Asked, waiting: Waiting) -> Judgement:
    """Return all that a device's verdict rests on."""
    scope, route = int(parts["scope"][0]) - 1, int(parts["route"][0]) + UNDETERMINED
    used = _true(asked.proofs, parts["attested"])
    return Judgement(
        scope=plan.scope[scope][0] if scope >= 0 else "",
        route=None if route == UNDETERMINED else plan.pack.routes[route],
        outcomes=tuple(Outcome(value) for value in parts["outcomes"].tolist()),
        attested=tuple(rule.id in used for rule in plan.device_rules),
        missing=_true(asked.facts, parts["missing"]),
        waiting=_true(asked.gates, parts["waiting"]),
        absent=waiting.absent,
        waived=_true(asked.waivable, parts["waived"]) if "waived" in parts else frozenset(),
        attested_route=ROUTE in used,
        supposed="supposed" in parts and bool(parts["supposed"][0]),
        proven=_true(PROVEN, parts["supposed"][1:]) if "supposed" in parts else frozenset(),
    )


def _true(names: Sequence[str], flags: npt.NDArray[np.uint8]) -> frozenset[str]:
    return frozenset(name for name, flag in zip(names, flags.tolist(), strict=True) if flag)


def deciding(plan: Plan) -> list[Condition]:
    """Return the conditions of blockers and stopping routes."""
    rules = [All((rule.applies_to, rule.require)) for rule in plan.device_rules if is_gate(rule)]
    return [*rules, *(route.when for route in plan.pack.routes if route.stops)]


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
    """Return for which kinds blockers, the rule that proves the move and the route came out so by attestations only."""
    bucket, plan = judged.bucket, judged.bucket.plan
    named = {word.fact for word in plan.statements if word.kind is Kind.ATTESTED}
    if not named or bucket.below is Kind.ATTESTED:
        return {}
    read, first = judged.sample.under(Kind.ATTESTED), judged.alike.first
    found: dict[str, Mask] = {}
    for place, rule in enumerate(plan.device_rules):
        wanted = is_gate(rule) or rule.id == plan.pack.verified_by
        if wanted and _reads(plan, plan.rule_facts(rule), named):
            found[rule.id] = outcome_of(read, rule) != judged.outcomes[place][first]
    if any(_reads(plan, route_facts(route), named) for route in plan.pack.routes):
        found[ROUTE] = route_of(read) != judged.route[first]
    return found


def _reads(plan: Plan, facts: tuple[str, ...], named: set[str]) -> bool:
    return not named.isdisjoint((*facts, *plan.base_facts(facts)))
