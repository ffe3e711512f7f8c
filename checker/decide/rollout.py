"""Tallies to what reports say of the rollout: waves and their gates, waivers, statements, and what unlocks most."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np

from checker.decide.baseline import Since
from checker.decide.criteria import Context, Members
from checker.decide.gate import decide_wave
from checker.decide.judge import Judgements
from checker.decide.tally import WaveCount
from checker.engine.select import NO_WAVE, Listed
from checker.model.notes import AttestationNote, Example, WaiverNote, WaveNote
from checker.model.outcome import Outcome
from checker.model.plan import Kind, Plan, Statement
from checker.model.result import Baseline
from checker.model.rule import Rule
from checker.model.selection import Selection
from checker.model.waiver import Waiver, Waivers

SOON_DAYS = 30  # a waiver that ends within a month is reported, so that it is renewed or mended in time (design choice)
NAMED = 5  # how many devices a notice names
NOTHING = Listed(np.zeros(0, dtype=np.int64), (), ())  # what no list means


@dataclass(frozen=True, slots=True)
class Rollout:
    """What the gates look at besides what was judged."""

    judgements: Judgements
    since: Mapping[str, Since | None]  # wave -> what became of its devices since the baseline
    baseline: Baseline | None
    named_profile: bool
    partial: bool
    gated: str  # the wave that this run decides


def members(judgements: Judgements, count: WaveCount) -> Members:
    """Return the devices of a wave."""
    return Members(tuple((judgements.verdicts[number], size) for number, size in sorted(count.verdicts.items())))


def wave_notes(plan: Plan, rollout: Rollout) -> tuple[WaveNote, ...]:
    """Return every wave with its gate, in their order."""
    counts = rollout.judgements.tally.waves
    of_wave = [members(rollout.judgements, counts[place]) for place in range(len(plan.waves))]
    fleet = sum(each.judged for each in (*of_wave, members(rollout.judgements, counts.get(NO_WAVE, WaveCount()))))
    notes = []
    for place, wave in enumerate(plan.waves):
        before = place - 1
        since = rollout.since.get(plan.waves[before].name) if place else None
        profile = plan.pack.profile
        context = Context(
            fleet_judged=fleet,
            unsure=counts[place].unsure,
            missing=_missing(rollout.judgements, wave.devices),
            whole_fleet=counts[place].whole_fleet,
            perhaps_whole=counts[place].perhaps_whole,
            once=_once(plan, rollout.judgements),
            previous=of_wave[before] if place else None,
            previous_wave=plan.waves[before] if place else None,
            lost=since.lost if since else None,
            changed=since.changed if since else None,
            baseline=_compared(rollout.baseline, plan.waves[before].name, since),
            profile=profile.id,
            named_profile=rollout.named_profile or wave.profile == profile.id,
            guidance_date=profile.date,
            as_of=plan.as_of,
            simulated=plan.simulated,
            partial=rollout.partial,
        )
        note = decide_wave(plan, wave, of_wave[place], context)
        notes.append(replace(note, gated=wave.name == rollout.gated))
    return tuple(notes)


def _once(plan: Plan, judgements: Judgements) -> tuple[tuple[Rule, Outcome], ...]:
    """Return how the rules about the tenant and the fleet came out, as far as no waiver covers that."""
    found = []
    for rule in plan.once_rules:
        counts = judgements.tally.rules[rule.id].binding
        found += [(rule, outcome) for outcome in Outcome if counts[outcome]]
    return tuple(found)


def _missing(judgements: Judgements, devices: Selection) -> tuple[str, ...]:
    """Return what a list names, and is no device's or several devices'."""
    listed = judgements.lists.get(devices.listed, NOTHING)
    return (*listed.unmatched, *listed.ambiguous)


def _compared(baseline: Baseline | None, wave: str, since: Since | None) -> str:
    """Return with what a wave was compared, or why nothing of it can be compared with an earlier report."""
    if baseline is None:
        return "give an earlier report of that wave with --baseline"
    if wave not in baseline.waves:
        return f"{baseline.path} knows no wave '{wave}': it was made without it"
    return f"since {baseline.path}" if since else f"{baseline.path} has no judged device of wave '{wave}'"


def wave_notices(plan: Plan, judgements: Judgements) -> Iterator[str]:
    """Yield which devices are of several waves, which of none, and lists that name nobody."""
    counts = judgements.tally.waves
    for place, wave in enumerate(plan.waves):
        count = counts[place]
        if count.several_devices:
            named, go = _named(count.several, count.several_devices), "goes" if count.several_devices == 1 else "go"
            yield f"Wave {wave.name}: {named} would be of a later wave, too, and {go} with this one."
        if count.unsure:
            yield f"Wave {wave.name}: of {_devices(count.unsure)} it is not known whether they belong to it."
        yield from _list_notices(f"Wave {wave.name}", wave.devices, judgements)
    if NO_WAVE in counts:
        left = members(judgements, counts[NO_WAVE]).judged
        if left:
            yield f"In no wave: {_named(counts[NO_WAVE].examples, left)}."


def _list_notices(who: str, devices: Selection, judgements: Judgements) -> Iterator[str]:
    listed = judgements.lists.get(devices.listed)
    for names, what in (
        ((listed.unmatched, "no device is"), (listed.ambiguous, "several devices are")) if listed else ()
    ):
        if names:
            yield f"{who}: {what} called {_some(names)}."


def waiver_notes(plan: Plan, waivers: Waivers, judgements: Judgements) -> tuple[WaiverNote, ...]:
    """Return every waiver and what it did."""
    tally = judgements.tally
    rules = {rule.id for rule in plan.pack.rules}
    notes = []
    for place, waiver in enumerate(plan.waivers):
        notes.append(
            WaiverNote(
                id=waiver.id,
                rule=waiver.rule,
                accepts="fail" if waiver.accepts_fail else "unknown",
                reason=waiver.reason,
                owner=waiver.owner,
                approver=waiver.approver,
                ticket=waiver.ticket,
                created=waiver.created.isoformat(),
                expires=waiver.expires.isoformat(),
                place=str(waiver.place),
                state=_state(plan, waiver),
                devices=tally.waiver_devices[place],
                used_on=tally.waiver_outcomes[place],
                broad=tally.waiver_fleet[place] > waivers.broad.of(tally.judged),
                unused=waiver.in_force(plan.as_of) and place not in tally.waiver_used,
                unknown_rule=waiver.rule not in rules,
                unmatched=_missing(judgements, waiver.devices),
            )
        )
    return tuple(notes)


def _state(plan: Plan, waiver: Waiver) -> str:
    if waiver.created > plan.as_of:
        return "future"
    if waiver.expires < plan.as_of:
        return "expired"
    return "expiring" if waiver.expires - plan.as_of <= timedelta(days=SOON_DAYS) else "active"


def statement_notes(plan: Plan, judgements: Judgements, kind: Kind) -> tuple[AttestationNote, ...]:
    """Return every statement of a kind and what it did."""
    tally = judgements.tally
    return tuple(
        AttestationNote(
            fact=word.fact,
            value=word.value,
            by=word.by,
            evidence=word.evidence,
            attested=word.attested.isoformat(),
            valid_until=word.valid_until.isoformat(),
            used_on=tally.stated[place],
            contradicted_on=tally.contradicted[place],
            kind=word.kind.name.lower(),
            place=word.where,
            state=_state_of(plan, word),
            devices=tally.spoken[place],
        )
        for place, word in enumerate(plan.statements)
        if word.kind is kind
    )


def _state_of(plan: Plan, word: Statement) -> str:
    if word.attested > plan.as_of:
        return "future"
    return "active" if word.in_force(plan.as_of) else "expired"


def statement_notices(plan: Plan, judgements: Judgements) -> Iterator[str]:
    """Yield what is wrong with statements: expired, naming nobody, or against what is stated otherwise."""
    for fact, devices in sorted(judgements.tally.clashes.items()):
        if devices:
            yield f"Statements of {fact} disagree on {_devices(devices)}: there it is not known."
    for place, word in enumerate(plan.statements):
        who = f"The {_kind(word)} {word.fact} at {word.where}"
        if word.attested > plan.as_of:
            yield f"{who} is of {word.attested.isoformat()}, after the as-of day, and fills nothing."
        elif not word.in_force(plan.as_of):
            yield f"{who} expired on {word.valid_until.isoformat()} and fills nothing."
        elif word.kind is Kind.PLANNED and judgements.tally.contradicted[place]:
            yield f"{who} is against another value on {_devices(judgements.tally.contradicted[place])}."
        yield from _list_notices(who, word.devices, judgements)


def _kind(word: Statement) -> str:
    return {Kind.ATTESTED: "attestation of", Kind.PLANNED: "plan for", Kind.ASSUMED: "supposition of"}[word.kind]


def simulation(plan: Plan, judgements: Judgements) -> tuple[str, ...]:
    """Return what was supposed, and on how many devices."""
    return tuple(
        f"{note.fact} = {note.value}, supposed on {_devices(note.devices)}"
        for note in statement_notes(plan, judgements, Kind.ASSUMED)
    )


def _named(examples: list[Example], number: int) -> str:
    return f"{_devices(number)} ({_some([example.device_name for example in examples], number)})"


def _some(names: tuple[str, ...] | list[str], number: int = 0) -> str:
    rest = (number or len(names)) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {rest:,} more" if rest > 0 else "")


def _devices(number: int) -> str:
    return f"{number:,} device{'' if number == 1 else 's'}"
