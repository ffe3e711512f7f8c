"""What a wave is asked, one criterion after the other: each with its limit, its figure, and whether that is met."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from checker.decide.limits import NOBODY, Asked, Span, at_least, at_most
from checker.decide.verdict import Verdict, is_gate
from checker.model.notes import CriterionNote
from checker.model.outcome import Met, Outcome, Phase, Readiness, Severity, Verification
from checker.model.plan import Plan
from checker.model.rule import Rule
from checker.model.wave import Limit, Wave

SURE = (Readiness.READY, Readiness.MIGRATED)
ON_NONE = Limit(Decimal(0), percent=False)
NAMED = 5  # how many devices or criteria a sentence names


@dataclass(frozen=True, slots=True)
class Members:
    """The devices of a wave: their distinct verdicts, and how many have each; those out of scope are among them."""

    counts: tuple[tuple[Verdict, int], ...]

    @property
    def total(self) -> int:
        """How many devices there are."""
        return sum(devices for _, devices in self.counts)

    @property
    def judged(self) -> int:
        """How many are in scope; shares are of these."""
        return self.number(lambda _: True)

    def number(self, holds: Callable[[Verdict], bool]) -> int:
        """Return of how many judged devices something holds."""
        judged = (each for each in self.counts if each[0].readiness is not Readiness.OUT_OF_SCOPE)
        return sum(devices for verdict, devices in judged if holds(verdict))


@dataclass(frozen=True, slots=True)
class Context:
    """What a gate looks at besides the verdicts of the wave's own devices."""

    fleet_judged: int  # judged devices of the whole fleet
    unsure: int  # devices of which it is not known whether they are of the wave
    missing: tuple[str, ...]  # listed ids and names that are no device's, or several devices'
    whole_fleet: int  # devices of the wave that can move only with the whole fleet
    perhaps_whole: int  # devices of the wave of which that is not known
    once: tuple[tuple[Rule, Outcome], ...]  # how the rules about tenant and fleet came out, waived ones left out
    previous: Members | None  # devices of the wave before; None for the first wave
    previous_wave: Wave | None
    lost: tuple[str, ...] | None  # of the wave before, gone since the baseline; None: there is nothing to compare with
    baseline: str  # what it was compared with, or why there is nothing
    changed: tuple[str, ...] | None  # likewise, with another id now
    profile: str  # by which the run was judged
    named_profile: bool  # the wave or the tailoring names it with a reason
    guidance_date: date
    as_of: date
    simulated: bool = False  # --assume supposed values
    partial: bool = False  # --select or --ignore left rules out


def is_ready(verdict: Verdict) -> bool:
    """Return True for what counts as READY or MIGRATED."""
    return verdict.readiness in SURE


def verified(word: Verification) -> Callable[[Verdict], bool]:
    """Return what tells the devices of that verification."""
    return lambda verdict: verdict.verification is word


def first_of(names: Sequence[str], mark: str = ", ") -> str:
    """Return the first few names, and how many more there are."""
    more = f" and {len(names) - NAMED:,} more" if len(names) > NAMED else ""
    return mark.join(names[:NAMED]) + more


def _devices(number: int) -> str:
    return f"{number:,} device{'' if number == 1 else 's'}"


def _met(holds: bool) -> Met:
    return Met.MET if holds else Met.MISSED


def criteria(plan: Plan, wave: Wave, members: Members, context: Context) -> Iterator[CriterionNote]:
    """Yield every criterion that is asked of the wave, always in this order.

    A wave with a profile of its own is decided by that only: what it would show under another one says nothing.
    """
    if wave.profile and wave.profile != context.profile:
        why = f"run `gate` for this wave: it is then judged by {wave.profile}"
        figure = f"judged by {context.profile}"
        yield CriterionNote("profile", "Profile of the wave", wave.profile, figure, Met.UNDETERMINED, why)
        return
    yield from _sizes(plan, wave, members, context)
    if wave.gate.ready:
        sure = members.number(is_ready)
        open_ = members.number(lambda verdict: verdict.readiness is Readiness.UNDETERMINED)
        span = Span(sure, sure + open_, members.judged)
        why = ", ".join((*([f"{_devices(open_)} undetermined"] if open_ else ()), *_rests_on(members)))
        yield at_least(Asked("ready", "READY or MIGRATED", wave.gate.ready), span, why)
    yield from _severities(plan, wave, members, context)
    yield from _once(context)
    yield from _named_rules(plan, wave, members)
    yield from _previous(wave, context)
    yield from _run(wave, context)


def _sizes(plan: Plan, wave: Wave, members: Members, context: Context) -> Iterator[CriterionNote]:
    judged, least = members.judged, wave.gate.devices
    figure = f"{judged:,}"
    why = f"of {_devices(context.unsure)} it is not known whether they belong to the wave" if context.unsure else ""
    met = _met(judged >= least) if judged else Met.UNDETERMINED
    yield CriterionNote("devices", "Judged devices", f"at least {least:,}", figure if judged else NOBODY, met, why)
    if wave.devices.listed:
        asked, lost = len(wave.devices.listed), len(context.missing)
        met = Met.UNDETERMINED if lost else Met.MET
        figure_listed = f"{asked - lost:,} of {asked:,}"
        yield CriterionNote(
            "listed", "Listed devices found", f"all {asked:,}", figure_listed, met, first_of(context.missing)
        )
    of_tool = next((tool.most_devices for tool in plan.pack.tools if tool.id == wave.tool), None)
    most = of_tool if wave.most_devices is None else wave.most_devices
    if most is not None:
        why = f"the tool {wave.tool} serves at most {of_tool:,}" if of_tool is not None else ""
        yield CriterionNote(
            "most_devices", "Devices of one tool", f"at most {most:,}", figure, _met(judged <= most), why
        )
    if context.whole_fleet or context.perhaps_whole:
        fleet = context.fleet_judged
        why = f"{_devices(context.whole_fleet)} of it can move only with all others: onboarding is automatic"
        met = _met(judged >= fleet)
        if not context.whole_fleet:
            why = f"of {_devices(context.perhaps_whole)} it is not known whether onboarding is automatic"
            met = Met.MET if judged >= fleet else Met.UNDETERMINED
        yield CriterionNote("whole_fleet", "The whole fleet at once", f"all {_devices(fleet)}", figure, met, why)


def _rests_on(members: Members) -> Iterator[str]:
    """Yield how many of the devices that are READY or MIGRATED are so by a person's word only."""
    for by, words in (("attested", "by attestation"), ("waived", "by waiver")):
        number = members.number(lambda verdict, by=by: is_ready(verdict) and verdict.by == by)  # type: ignore[misc]
        if number:
            yield f"{number:,} {words}"


def _once(context: Context) -> Iterator[CriterionNote]:
    """Yield the blockers about tenant and fleet, which hold for every device of the wave or for none."""
    for rule, outcome in context.once:
        if is_gate(rule) and outcome is not Outcome.NOT_APPLICABLE:
            met = {Outcome.PASS: Met.MET, Outcome.FAIL: Met.MISSED}.get(outcome, Met.UNDETERMINED)
            what = f"Blocker about the {rule.about}"
            yield CriterionNote(f"once.{rule.id}", what, "PASS", outcome.name, met, rule.title)


def _severities(plan: Plan, wave: Wave, members: Members, context: Context) -> Iterator[CriterionNote]:
    """Yield the most devices on which prerequisites of a severity fail; then on which they are unknown, as counted."""
    for severity, limit in wave.gate.fail:
        rules = _prerequisites(plan, severity)
        once = _worst(context, severity)
        span = _failing(members, rules)
        low = members.judged if once is Outcome.FAIL else span.low
        span = Span(low, members.judged if once else span.high, members.judged)
        asked = Asked(f"fail.{severity}", f"FAIL of a {severity} prerequisite", limit)
        yield at_most(asked, span, _unknown(span) or _about_all(once))
    for severity, limit in wave.gate.unknown:
        once = _worst(context, severity)
        span = _unknowing(members, _prerequisites(plan, severity))
        if once is Outcome.UNKNOWN:
            span = Span(members.judged, members.judged, members.judged)
        asked = Asked(f"unknown.{severity}", f"UNKNOWN of a {severity} prerequisite", limit)
        yield at_most(asked, span, _about_all(once if once is Outcome.UNKNOWN else None))


def _worst(context: Context, severity: Severity) -> Outcome | None:
    """Return FAIL or UNKNOWN where a prerequisite about tenant or fleet of that severity is so, FAIL before UNKNOWN."""
    found = {
        outcome for rule, outcome in context.once if rule.phase is Phase.PREREQUISITE and rule.severity is severity
    }
    return Outcome.FAIL if Outcome.FAIL in found else Outcome.UNKNOWN if Outcome.UNKNOWN in found else None


def _about_all(once: Outcome | None) -> str:
    return f"a rule about the tenant or the fleet is {once.name}: it counts on every device" if once else ""


def _prerequisites(plan: Plan, severity: Severity) -> frozenset[str]:
    rules = (rule for rule in plan.device_rules if rule.phase is Phase.PREREQUISITE and rule.severity is severity)
    return frozenset(rule.id for rule in rules)


def _failing(members: Members, rules: frozenset[str]) -> Span:
    """Return on how many devices one of the rules fails; at most also those where none does and one is unknown."""
    low = members.number(lambda verdict: not rules.isdisjoint(verdict.open_fails))
    high = members.number(lambda verdict: not rules.isdisjoint((*verdict.open_fails, *verdict.open_unknowns)))
    return Span(low, high, members.judged)


def _unknowing(members: Members, rules: frozenset[str]) -> Span:
    number = members.number(lambda verdict: not rules.isdisjoint(verdict.open_unknowns))
    return Span(number, number, members.judged)


def _unknown(span: Span) -> str:
    return f"not known of {_devices(span.high - span.low)}" if span.high > span.low else ""


def _named_rules(plan: Plan, wave: Wave, members: Members) -> Iterator[CriterionNote]:
    """Yield one criterion for each rule that must have data, or must not fail, on any device."""
    judged = {rule.id for rule in plan.device_rules}
    for name in wave.gate.must_have_data:
        asked = Asked(f"must_have_data.{name}", f"UNKNOWN of {name}", ON_NONE)
        span = _unknowing(members, frozenset((name,)))
        yield at_most(asked, span) if name in judged else _not_judged(plan, name, asked)
    for name in wave.gate.must_not_fail:
        asked = Asked(f"must_not_fail.{name}", f"FAIL of {name}", ON_NONE)
        span = _failing(members, frozenset((name,)))
        yield at_most(asked, span, _unknown(span)) if name in judged else _not_judged(plan, name, asked)


def _not_judged(plan: Plan, name: str, asked: Asked) -> CriterionNote:
    """Return a criterion on a rule that was judged on no device: that nothing was found proves nothing."""
    once = any(rule.id == name for rule in plan.once_rules)
    why = "it is judged once for all, not on devices" if once else "this run does not judge that rule"
    return CriterionNote(asked.id, asked.title, f"at most {asked.limit}", "not judged", Met.UNDETERMINED, why)


def _previous(wave: Wave, context: Context) -> Iterator[CriterionNote]:
    """Yield what the wave before must show. Where it has no device, or is not known, nothing of it is met."""
    asked, before, members = wave.gate.previous, context.previous_wave, context.previous or Members(())
    nobody = (
        "" if members.judged else "no device of the wave before was judged" if before else "there is no wave before"
    )
    if asked.verified:
        sure = members.number(verified(Verification.VERIFIED))
        span = Span(sure, sure + members.number(verified(Verification.UNVERIFIED)), members.judged)
        title = "VERIFIED of the wave before"
        attested = members.number(lambda verdict: verdict.verified_by == "attested")
        why = ", ".join(filter(None, (_unknown(span), f"{attested:,} by attestation" if attested else "")))
        yield at_least(Asked("previous.verified", title, asked.verified), span, nobody or why)
    if asked.soak_days is not None:
        yield _soak(asked.soak_days, nobody, context)
    without = nobody or context.baseline
    for wanted, id_, title, names in (
        (asked.none_lost, "previous.lost", "Lost devices of the wave before", context.lost),
        (asked.ids_unchanged, "previous.changed", "Changed ids in the wave before", context.changed),
    ):
        if wanted and names:
            yield CriterionNote(id_, title, "none", f"{len(names):,}", Met.MISSED, first_of(names))
        elif wanted:
            known = names is not None and not nobody
            met = Met.MET if known else Met.UNDETERMINED
            yield CriterionNote(id_, title, "none", "none" if known else "not known", met, without)


def _soak(least: int, nobody: str, context: Context) -> CriterionNote:
    """Return whether the wave before started long enough ago."""
    starts = context.previous_wave.starts if context.previous_wave else None
    days = (context.as_of - starts).days if starts else None
    figure, why = "not known", nobody or "the wave before states no start"
    met = Met.UNDETERMINED
    if starts and days is not None:
        figure, why = f"{days:,} days" if days >= 0 else "not started", nobody or f"its start: {starts.isoformat()}"
        met = Met.MISSED if days < least else Met.UNDETERMINED if nobody else Met.MET
    return CriterionNote("previous.soak", "Days since the wave before", f"at least {least:,} days", figure, met, why)


def _run(wave: Wave, context: Context) -> Iterator[CriterionNote]:
    """Yield what is asked of the run: guidance that is not outdated, the wave's own profile, all rules, no ifs."""
    days = (context.as_of - context.guidance_date).days
    why = f"profile {context.profile} is named with a reason" if context.named_profile else ""
    met = _met(context.named_profile or days <= wave.gate.guidance_days)
    limit = f"at most {wave.gate.guidance_days:,} days"
    yield CriterionNote("guidance", "Age of the guidance", limit, f"{days:,} days", met, why)
    if context.partial:
        why = "--select or --ignore left some out"
        yield CriterionNote("all_rules", "Rules judged", "all", "some", Met.UNDETERMINED, why)
    if context.simulated:
        why = "--assume supposed values; nothing here is a proof"
        yield CriterionNote("measured", "Supposed values", "none", "some", Met.UNDETERMINED, why)
