"""Judges all devices, bucket by bucket, into tables on disk and tallies in memory.

Who runs the buckets is the engine's business (``decide/engines.py``): each gives what ``judge_bucket`` adds to a
:class:`Found`, and founds add up in the order of device ids.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from checker.decide.coverage import not_exported
from checker.decide.governed import NO_WAIVER, Governed, covering, covering_once, govern
from checker.decide.names import names_of
from checker.decide.signatures import Book, Proof, Verdicts, Waiting, decide_bucket, waiting_in
from checker.decide.tables import Tables, Wanted
from checker.decide.tally import Tally, binding, count_governed, count_rules, count_verdicts, count_waves, new_tally
from checker.decide.verdict import Verdict, is_gate
from checker.engine.coalesce import applied_in
from checker.engine.columns import open_bucket
from checker.engine.judged import Judged, judge_columns
from checker.engine.once import once_bucket
from checker.engine.outcomes import outcome_of, route_of
from checker.engine.pool import Pool
from checker.engine.records import BUCKET, Records, buckets
from checker.engine.select import Lists, resolve
from checker.model.outcome import Outcome, Readiness, Verification
from checker.model.plan import Kind, Plan
from checker.model.rule import Rule


@dataclass
class Run:
    """What buckets are judged by, and what is asked of them."""

    plan: Plan
    records: Records
    folder: Path  # where the parts of the tables are written
    wanted: Wanted
    current: Plan | None = None  # the newest guidance, for the second guidance line
    batch: int = BUCKET  # devices judged together
    pools: dict[str, Pool] = field(default_factory=dict)
    current_pools: dict[str, Pool] = field(default_factory=dict)

    @cached_property
    def absent(self) -> dict[str, tuple[str, ...]]:
        """For each rule the facts that no input carries."""
        return {rule.id: not_exported(self.plan, self.records, self.plan.rule_facts(rule)) for rule in self.rules}

    @cached_property
    def lists(self) -> Lists:
        """What the lists of waivers, waves and statements mean."""
        return resolve(self.records, self.plan.selections)

    @property
    def rules(self) -> tuple[Rule, ...]:
        """All rules of the plan."""
        return self.plan.pack.rules

    @cached_property
    def unchanged(self) -> dict[str, int]:
        """Rules that the newest guidance has as they are, with their places: their outcomes need no second look."""
        if self.current is None:
            return {}
        told_otherwise = {one.spec.name for one in self.plan.derived if one not in self.current.derived}
        places = {rule.id: place for place, rule in enumerate(self.plan.device_rules)}
        return {
            rule.id: places[rule.id]
            for rule in self.current.device_rules
            if rule.id in places
            and self.plan.device_rules[places[rule.id]] == rule
            and told_otherwise.isdisjoint(self.plan.rule_facts(rule))
        }


@dataclass(frozen=True, slots=True)
class Judgements:
    """What judging gives: tallies, tables, and a flag per device that is out of scope."""

    tally: Tally
    verdicts: tuple[Verdict, ...]  # by their numbers in the tally
    tables: Tables
    out_of_scope: npt.NDArray[np.bool_]
    not_exported: dict[str, tuple[str, ...]]  # rule -> facts that no input carries
    carried: frozenset[str]  # facts that some input carries
    lists: Lists  # what the lists of waivers, waves and statements mean
    current_fails: Counter[str]
    current_devices: Counter[str]  # READY devices that fail, or are unknown, under the newest guidance
    applied: frozenset[int] = frozenset()  # records that are rules of a proxy for at least one device


Buckets = Callable[[Run, "Found", Callable[[int], None]], None]  # judges all, and adds what was found in device order


@dataclass
class Found:
    """What the buckets so far give: what another bucket gives adds up with it, the devices in order."""

    tally: Tally
    tables: Tables
    book: Book = field(default_factory=Book)
    out_of_scope: list[npt.NDArray[np.bool_]] = field(default_factory=list)  # flags of the devices, bucket by bucket
    current_fails: Counter[str] = field(default_factory=Counter)
    current_devices: Counter[str] = field(default_factory=Counter)
    applied: set[int] = field(default_factory=set)  # records that are rules of a proxy for one of the devices


def nothing_found(run: Run) -> Found:
    """Return what no bucket gives."""
    return Found(new_tally(run.plan), Tables(run.folder, run.wanted))


def judge_here(run: Run, found: Found, done: Callable[[int], None]) -> None:
    """Judge every bucket in this process, one after the other; ``done`` is told how many devices are finished."""
    for first, last in buckets(run.records, run.batch):
        judge_bucket(run, first, last, found)
        done(last)


def judge_bucket(run: Run, first: int, last: int, found: Found) -> None:
    """Judge the devices ``first`` up to, not including, ``last``, and add what comes of it."""
    judged = judge_columns(open_bucket(run.plan, run.records, first, last, run.pools, run.lists))
    waiting, governed, verdicts = conclude(judged, run.absent, run.wanted, found.book)
    names, tally = names_of(judged), found.tally
    count_verdicts(tally, verdicts, governed.shown)
    count_rules(tally, judged, verdicts, waiting, governed, names)
    count_governed(tally, judged, governed)
    count_waves(tally, judged, verdicts, governed, names)
    _compare_with_current(run, found, judged, verdicts, governed)
    found.tables.add(judged, verdicts, waiting, governed, names)
    found.out_of_scope.append(judged.scope >= 0)
    found.applied |= applied_in(run.records, judged.bucket.part, run.plan)


def judge(run: Run, done: Callable[[int], None] | None = None, all_buckets: Buckets = judge_here) -> Judgements:
    """Judge every device of the run; ``done`` is told how many devices are finished."""
    found = nothing_found(run)
    all_buckets(run, found, done or (lambda _: None))
    _judge_once(run, found.tally)
    found.tables.add_fleet(run.plan, found.tally, run.absent)
    scopes = found.out_of_scope
    return Judgements(
        tally=found.tally,
        verdicts=tuple(found.book.verdicts),
        tables=found.tables,
        out_of_scope=np.concatenate(scopes) if scopes else np.zeros(0, dtype=np.bool_),
        not_exported=run.absent,
        carried=frozenset(run.records.codes),
        lists=run.lists,
        current_fails=found.current_fails,
        current_devices=found.current_devices,
        applied=frozenset(found.applied),
    )


def conclude(
    judged: Judged, absent: dict[str, tuple[str, ...]], wanted: Wanted, book: Book
) -> tuple[Waiting, Governed, Verdicts]:
    """Return what the outcomes of a bucket mean; ``absent`` are the facts of each rule that no input carries.

    What a device is without any supposition (``--assume``) it stays; none is made READY, MIGRATED or VERIFIED by one.
    """
    waiting, governed = waiting_in(judged, absent), govern(judged, wanted.wave)
    nothing = np.zeros(judged.bucket.devices, dtype=np.bool_)
    proof = (nothing, nothing, nothing)
    if judged.bucket.plan.simulated and judged.bucket.below is None:
        read = judge_columns(judged.bucket.under(Kind.ASSUMED))
        proof = _proof(conclude(read, absent, wanted, book)[2])
    return waiting, governed, decide_bucket(judged, (waiting, governed, proof), wanted.partial, book)


def _proof(verdicts: Verdicts) -> Proof:
    """Return which devices are READY, MIGRATED and VERIFIED by these verdicts."""
    told = [
        (
            verdict.readiness is Readiness.READY,
            verdict.readiness is Readiness.MIGRATED,
            verdict.verification is Verification.VERIFIED,
        )
        for verdict in verdicts.distinct
    ]
    ready, migrated, verified = np.array(told, dtype=np.bool_).T
    return ready[verdicts.place], migrated[verdicts.place], verified[verdicts.place]


def _judge_once(run: Run, tally: Tally) -> None:
    """Judge the rules about the tenant and the fleet, on what was stated alone."""
    bucket = once_bucket(run.plan)
    for rule in run.plan.once_rules:
        outcome = Outcome(int(outcome_of(bucket, rule)[0]))
        count, waiver = tally.rules[rule.id], covering_once(bucket, rule, outcome)
        count.outcomes[outcome] += 1
        count.binding[outcome] += waiver == NO_WAIVER
        count.waived[outcome] += waiver != NO_WAIVER
        if waiver != NO_WAIVER:
            count.waiver = waiver
            tally.waiver_outcomes[waiver] += 1
            tally.waiver_used.add(waiver)


def _compare_with_current(run: Run, found: Found, judged: Judged, verdicts: Verdicts, governed: Governed) -> None:
    """Count, among READY devices, what fails or is unknown under the newest guidance and no waiver covers."""
    if run.current is None:
        return
    ready_group = np.array([verdict.readiness is Readiness.READY for verdict in verdicts.distinct], dtype=np.bool_)
    ready = np.flatnonzero(ready_group[verdicts.place] & governed.shown)
    if not len(ready):
        return
    bucket = judged.bucket.again(run.current, run.current_pools)
    fails, unknown = np.zeros(len(ready), dtype=np.bool_), np.zeros(len(ready), dtype=np.bool_)
    route = route_of(bucket)[ready]
    for rule in run.current.device_rules:
        if is_gate(rule):
            known = run.unchanged.get(rule.id)
            everywhere = outcome_of(bucket, rule) if known is None else judged.outcomes[known]
            outcomes = everywhere[ready]
            counted = binding(run.current, rule)[route]
            if rule.id in governed.spoken:
                counted = counted & (covering(run.plan, rule, everywhere, governed.spoken)[ready] == NO_WAIVER)
            failing = counted & (outcomes == Outcome.FAIL)
            found.current_fails[rule.id] += int(np.count_nonzero(failing))
            fails |= failing
            unknown |= counted & (outcomes == Outcome.UNKNOWN)
    found.current_devices["fail"] += int(np.count_nonzero(fails))
    found.current_devices["unknown"] += int(np.count_nonzero(unknown & ~fails))
