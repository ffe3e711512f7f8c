"""Tallies to the :class:`Summary` that every report shows."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from checker import __version__
from checker.decide.exit import Gate, exit_of
from checker.decide.judge import Judgements
from checker.decide.rollout import (
    Rollout,
    members,
    simulation,
    statement_notes,
    statement_notices,
    waiver_notes,
    wave_notes,
    wave_notices,
)
from checker.decide.sources import source_notes, thresholds
from checker.decide.tally import MOST_VALUES, RuleCount
from checker.decide.unlock import rank
from checker.decide.verdict import SIMULATED, is_gate
from checker.engine.select import NO_WAVE
from checker.model.notes import FileNote, InputTally, PackNote, RuleTally, Unlock, WaveNote
from checker.model.outcome import About, Decision, Outcome, Readiness
from checker.model.plan import Kind, Plan
from checker.model.result import Summary
from checker.model.rule import Pack, Rule
from checker.model.waiver import Waivers
from checker.packs.words import in_words

DECIDED = {Decision.PROMOTE: 0, Decision.HOLD: 1, Decision.UNDETERMINED: 3}
OLD_READING_DAYS = 180  # half a year: Microsoft's pages on this changed at least twice a year from 2023 to 2026


@dataclass(frozen=True, slots=True)
class Run:
    """What a summary tells of a run besides its tallies."""

    plan: Plan
    current: Plan | None
    inputs: tuple[InputTally, ...]
    gate: Gate
    rollout: Rollout
    waivers: Waivers
    wave: str  # to which reports are limited
    notices: tuple[str, ...]
    tailoring: tuple[str, ...]
    files: tuple[FileNote, ...]  # that govern the run
    shipped: bool  # False: the pack is not one that ships with the tool
    tables: tuple[FileNote, ...] = ()  # written with the report


def summarise(run: Run, judgements: Judgements) -> Summary:
    """Return the summary of a run."""
    plan, tally = run.plan, judgements.tally
    total = sum(tally.readiness.values())
    rules = tuple(_rule_tally(plan, rule, tally.rules[rule.id], judgements) for rule in plan.pack.rules)
    waves = wave_notes(plan, run.rollout)
    code, reason = _exit(run, judgements, waves)
    return Summary(
        tool_version=__version__,
        as_of=plan.as_of,
        profile=plan.pack.profile.id,
        packs=(_pack_note(plan.pack),),
        guidance=_guidance(run, judgements),
        inputs=run.inputs,
        devices=_readiness(total, tally.readiness),
        device_side={name: tally.device_side[name] for name in ("clear", "not_ready", "undecided")},
        site_side=_site_side(plan, tally.rules),
        site_unlocks=tally.site_unlocks,
        by={name: tally.by[name] for name in ("measured", "attested", "waived", *_simulated(plan))},
        scope=dict(sorted(tally.scope.items())),
        verification=dict(sorted(tally.verification.items())),
        paths=_sorted(tally.paths),
        ready_paths=_sorted(tally.ready_paths),
        routes=_sorted(tally.routes),
        rules=rules,
        unlocks=_unlocks(plan, tally.undetermined_by, tally.rules),
        attestations=statement_notes(plan, judgements, Kind.ATTESTED),
        assumptions=_assumptions(run, judgements),
        notices=(*_notices(run, judgements), *run.notices),
        phase=run.gate.phase,
        exit_code=code,
        exit_reason=reason,
        partial=run.rollout.partial,
        fail_on=run.gate.fail_on,
        unknown_allowed=run.gate.allow_unknown,
        waves=waves,
        wave=run.wave,
        no_wave=members(judgements, tally.waves[NO_WAVE]).judged if NO_WAVE in tally.waves else 0,
        waivers=waiver_notes(plan, run.waivers, judgements),
        unwaived=_readiness(total, tally.unwaived),
        actions=rank(plan, [(judgements.verdicts[number], size) for number, size in sorted(tally.verdicts.items())]),
        tailoring=run.tailoring,
        simulated=simulation(plan, judgements),
        governed_by=run.files,
        tables=run.tables,
    )


def _readiness(total: int, counts: Counter[str]) -> dict[str, int]:
    return {"total": total, **{name.value.lower(): counts[name] for name in Readiness}}


def _simulated(plan: Plan) -> tuple[str, ...]:
    return (SIMULATED,) if plan.simulated else ()


def _pack_note(pack: Pack) -> PackNote:
    return PackNote(pack.id, pack.title, pack.version, pack.profile.id, pack.profile.date, pack.sha256)


def _exit(run: Run, judgements: Judgements, waves: Sequence[WaveNote]) -> tuple[int, str]:
    """Return the exit code and why: by the gate of the wave that this run decides, else by the rules."""
    for wave in waves:
        if wave.gated:
            return DECIDED[Decision(wave.decision)], f"{wave.decision}: {wave.reason}"
    code, reason = exit_of(run.plan, judgements.tally, run.gate)
    if code == 0 and run.plan.simulated:
        return 3, f"{reason}; a simulation (--assume) proves nothing"
    return code, reason


def _sorted(counts: Counter[str]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _rule_tally(plan: Plan, rule: Rule, count: RuleCount, judgements: Judgements) -> RuleTally:
    values = sorted(count.values.items(), key=lambda item: (-item[1], item[0]))[:MOST_VALUES]
    return RuleTally(
        id=rule.id,
        title=rule.title,
        phase=rule.phase.value,
        severity=rule.severity.value,
        about=rule.about.value,
        action=rule.action,
        remediation=rule.remediation,
        sources=source_notes(plan.pack, rule.sources),
        passed=int(count.outcomes[Outcome.PASS]),
        failed=int(count.outcomes[Outcome.FAIL]),
        unknown=int(count.outcomes[Outcome.UNKNOWN]),
        not_applicable=int(count.outcomes[Outcome.NOT_APPLICABLE]),
        waived=int(count.waived.sum()),
        waived_failed=int(count.waived[Outcome.FAIL]),
        not_exported=judgements.not_exported[rule.id],
        histogram=tuple(values),
        failing=tuple(count.failing),
        unknowing=tuple(count.unknowing),
        applies_to=in_words(rule.applies_to),
        requires=in_words(rule.require),
        thresholds=thresholds(plan.pack, rule),
    )


def _guidance(run: Run, judgements: Judgements) -> tuple[str, ...]:
    """Return which guidance was judged by, and what the newest one says of the READY devices."""
    plan = run.plan
    profile = plan.pack.profile
    age = (plan.as_of - profile.date).days
    when = f"{age:,} days before the as-of date" if age >= 0 else f"{-age:,} days after the as-of date"
    first = f"Judged by Microsoft's guidance of {_guidance_name(profile.id, profile.date)} ({when})."
    if not run.shipped:
        pack = f"{plan.pack.id} {plan.pack.version}, not as shipped (sha256 {plan.pack.sha256[:12]}…)"
        first = f"Judged by the pack {pack}, guidance of {_guidance_name(profile.id, profile.date)} ({when})."
    later = [each for each in plan.pack.profiles if plan.as_of < each.date and each.date > profile.date]
    if run.current is None and later:
        lines = [first, f"Under {later[-1].id}: not compared, since that guidance is of {later[-1].date}, a later day."]
    elif run.current is None:
        lines = [first, f"This is the newest guidance in the pack (read {profile.read.isoformat()})."]
    else:
        lines = [first, _under_current(run.current, judgements)]
    newest = run.current.pack.profile if run.current else profile
    if (plan.as_of - newest.read).days > OLD_READING_DAYS:
        days = (plan.as_of - newest.read).days
        lines.append(f"Warning: the guidance was last read {days:,} days before the as-of date; look for a newer pack.")
    return tuple(lines)


def _guidance_name(profile: str, day: date) -> str:
    return profile if profile[:4].isdigit() else day.isoformat()


def _under_current(current: Plan, judgements: Judgements) -> str:
    read = current.pack.profile.read.isoformat()
    fails, unknown = judgements.current_devices["fail"], judgements.current_devices["unknown"]
    rules = _sorted(Counter({name: count for name, count in judgements.current_fails.items() if count}))
    named = ", ".join(f"{name} {count:,}" for name, count in list(rules.items())[:5])
    if not judgements.tally.readiness[Readiness.READY]:
        return f"Under {current.pack.profile.id} (read {read}): not compared, since no device is READY."
    verb = "fails" if fails == 1 else "fail"
    line = f"Under {current.pack.profile.id} (read {read}): {fails:,} of the READY devices {verb}"
    line += f": {named}" if named else ""
    return line + (f"; {unknown:,} more {'is' if unknown == 1 else 'are'} unknown." if unknown else ".")


def _site_side(plan: Plan, counts: Mapping[str, RuleCount]) -> tuple[str, ...]:
    return tuple(
        rule.id
        for rule in plan.device_rules
        if is_gate(rule) and rule.about is About.SITE and counts[rule.id].binding[Outcome.UNKNOWN]
    )


def _unlocks(plan: Plan, facts: Counter[str], counts: Mapping[str, RuleCount]) -> tuple[Unlock, ...]:
    """Return, per missing fact, how many undetermined devices wait for it, and which blockers read it."""
    found = []
    gates = [rule for rule in plan.device_rules if is_gate(rule) and counts[rule.id].binding[Outcome.UNKNOWN]]
    for fact, devices in sorted(facts.items(), key=lambda item: (-item[1], item[0])):
        rules = tuple(rule.id for rule in gates if fact in plan.base_facts(plan.rule_facts(rule)))
        spec = plan.specs[fact]
        found.append(Unlock(fact, spec.carried_by, spec.about, devices, rules))
    return tuple(found)


def _assumptions(run: Run, judgements: Judgements) -> tuple[str, ...]:
    """Return the defaults that stand in for facts that this run's inputs and statements do not state."""
    plan = run.plan
    said = (word for word in plan.statements if (word.wave == run.wave if word.wave else word.devices.everyone))
    stated = judgements.carried | {word.fact for word in said}
    read = plan.wanted()
    return tuple(
        f"{name} = {spec.default}: {spec.meaning}"
        for name, spec in plan.specs.items()
        if spec.default is not None and name in read and name not in stated
    )


def _notices(run: Run, judgements: Judgements) -> Sequence[str]:
    plan = run.plan
    found = [*statement_notices(plan, judgements), *wave_notices(plan, judgements)]
    for item in run.inputs:
        if item.future:
            found.append(f"{item.path}: set aside {_rows(item.future)} observed after {plan.as_of.isoformat()}.")
        if item.unmatched:
            found.append(f"{item.path}: {_rows(item.unmatched)} of no device.")
    return found


def _rows(number: int) -> str:
    return f"{number:,} row" if number == 1 else f"{number:,} rows"
