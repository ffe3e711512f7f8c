"""Tallies to the :class:`Summary` that every report shows."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from checker import __version__
from checker.decide.exit import Gate, exit_of
from checker.decide.judge import Judgements
from checker.decide.tally import MOST_VALUES, RuleCount
from checker.decide.verdict import is_gate
from checker.model.outcome import About, Outcome, Readiness
from checker.model.plan import Plan
from checker.model.result import (
    AttestationNote,
    InputTally,
    PackNote,
    RuleTally,
    SourceNote,
    Summary,
    Unlock,
)
from checker.model.rule import Rule

OLD_READING_DAYS = 180  # half a year: Microsoft's pages on this changed at least twice a year from 2023 to 2026


@dataclass(frozen=True, slots=True)
class Run:
    """What a summary tells of a run besides its tallies."""

    plan: Plan
    current: Plan | None
    inputs: tuple[InputTally, ...]
    gate: Gate
    partial: bool
    notices: tuple[str, ...]
    shipped: bool  # False: the pack is not one that ships with the tool


def summarise(run: Run, judgements: Judgements) -> Summary:
    """Return the summary of a run."""
    plan, tally = run.plan, judgements.tally
    total = sum(tally.readiness.values())
    rules = tuple(_rule_tally(plan, rule, tally.rules[rule.id], judgements) for rule in plan.pack.rules)
    code, reason = exit_of(plan, tally, run.gate)
    return Summary(
        tool_version=__version__,
        as_of=plan.as_of,
        profile=plan.pack.profile.id,
        packs=(
            PackNote(
                plan.pack.id,
                plan.pack.title,
                plan.pack.version,
                plan.pack.profile.id,
                plan.pack.profile.date,
                plan.pack.sha256,
            ),
        ),
        guidance=_guidance(run, judgements),
        inputs=run.inputs,
        devices={"total": total, **{name.value.lower(): tally.readiness[name] for name in Readiness}},
        device_side={name: tally.device_side[name] for name in ("clear", "not_ready", "undecided")},
        site_side=_site_side(plan, tally.rules),
        site_unlocks=tally.site_unlocks,
        by={name: tally.by[name] for name in ("measured", "attested", "waived")},
        scope=dict(sorted(tally.scope.items())),
        verification=dict(sorted(tally.verification.items())),
        paths=_sorted(tally.paths),
        ready_paths=_sorted(tally.ready_paths),
        routes=_sorted(tally.routes),
        rules=rules,
        unlocks=_unlocks(plan, tally.undetermined_by, tally.rules),
        attestations=_attestations(plan, judgements),
        assumptions=_assumptions(plan, judgements),
        notices=(*run.notices, *_notices(run)),
        phase=run.gate.phase,
        exit_code=code,
        exit_reason=reason,
        partial=run.partial,
        fail_on=run.gate.fail_on,
        unknown_allowed=run.gate.allow_unknown,
    )


def _sorted(counts: Counter[str]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _rule_tally(plan: Plan, rule: Rule, count: RuleCount, judgements: Judgements) -> RuleTally:
    sources = {source.id: source for source in plan.pack.sources}
    values = sorted(count.values.items(), key=lambda item: (-item[1], item[0]))[:MOST_VALUES]
    return RuleTally(
        id=rule.id,
        title=rule.title,
        phase=rule.phase.value,
        severity=rule.severity.value,
        about=rule.about.value,
        action=rule.action,
        remediation=rule.remediation,
        sources=tuple(
            SourceNote(name, sources[name].title, sources[name].url, sources[name].date.isoformat())
            for name in rule.sources
        ),
        passed=int(count.outcomes[Outcome.PASS]),
        failed=int(count.outcomes[Outcome.FAIL]),
        unknown=int(count.outcomes[Outcome.UNKNOWN]),
        not_applicable=int(count.outcomes[Outcome.NOT_APPLICABLE]),
        waived=0,
        not_exported=judgements.not_exported[rule.id],
        histogram=tuple(values),
        failing=tuple(count.failing),
        unknowing=tuple(count.unknowing),
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
    if run.current is None:
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
    line = f"Under {current.pack.profile.id} (read {read}): {fails:,} of the READY devices fail"
    line += f": {named}" if named else ""
    return line + (f"; {unknown:,} more are unknown." if unknown else ".")


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


def _attestations(plan: Plan, judgements: Judgements) -> tuple[AttestationNote, ...]:
    return tuple(
        AttestationNote(
            fact=word.fact,
            value=word.value,
            by=word.by,
            evidence=word.evidence,
            attested=word.attested.isoformat(),
            valid_until=word.valid_until.isoformat(),
            used_on=judgements.tally.attested[place],
            contradicted_on=judgements.tally.contradicted[place],
        )
        for place, word in enumerate(plan.attestations)
    )


def _assumptions(plan: Plan, judgements: Judgements) -> tuple[str, ...]:
    """Return the defaults that stand in for facts that this run's inputs and attestations do not state."""
    stated = judgements.carried | {word.fact for word in plan.attestations}
    read = plan.wanted()
    return tuple(
        f"{name} = {spec.default}: {spec.meaning}"
        for name, spec in plan.specs.items()
        if spec.default is not None and name in read and name not in stated
    )


def _notices(run: Run) -> Sequence[str]:
    plan = run.plan
    found = []
    for word in plan.attestations:
        if word.valid_until < plan.as_of:
            found.append(
                f"The attestation of {word.fact} at {word.where} expired on {word.valid_until.isoformat()} "
                "and fills nothing."
            )
    for item in run.inputs:
        if item.future:
            found.append(f"{item.path}: set aside {_rows(item.future)} observed after {plan.as_of.isoformat()}.")
        if item.unmatched:
            found.append(f"{item.path}: {_rows(item.unmatched)} of no device.")
        if item.rejected:
            found.append(f"{item.path}: set aside {_rows(item.rejected)} that cannot be read.")
    return found


def _rows(number: int) -> str:
    return f"{number:,} row" if number == 1 else f"{number:,} rows"
