"""What the outcomes of its rules mean for one device: readiness, path, verification and what to do next."""

from collections.abc import Sequence
from dataclasses import dataclass

from checker.model.condition import facts_of
from checker.model.outcome import About, Outcome, Phase, Readiness, Severity, Verification
from checker.model.plan import Plan
from checker.model.rule import Route, Rule

UNDETERMINED_ROUTE = "undetermined"
UPDATE_FIRST, OPEN_NETWORK = "update-first", "open-network"


@dataclass(frozen=True, slots=True)
class Judgement:
    """All that a verdict rests on; devices with equal judgements have equal verdicts."""

    scope: str  # reason why the device is out of scope; empty if it is judged
    route: Route | None  # None: undetermined
    outcomes: tuple[Outcome, ...]  # one for each of plan.device_rules
    attested: tuple[bool, ...]  # for each rule, whether it read an attested value
    missing: frozenset[str]  # facts of blockers without a value, and of the routes where none was found
    waiting: frozenset[str] = frozenset()  # UNKNOWN rules that facts which no input carries would decide
    absent: frozenset[str] = frozenset()  # those facts


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a device's row in the reports says."""

    readiness: Readiness
    by: str | None
    route: str
    path: str
    verification: Verification
    failed: tuple[str, ...]
    unknown: tuple[str, ...]
    undetermined_by: tuple[str, ...]
    next_steps: tuple[str, ...]
    device_side: str  # clear | not_ready | undecided, by blockers about device and plan alone
    site_would_unlock: bool  # only blockers about the site keep it from READY


def binds(rule: Rule, route: Route | None) -> bool:
    """Return True if a rule's outcome counts on a route: not where the route is its remedy.

    After the move what verifies it counts, and nothing else; where the device stays as it is, nothing is verified.
    """
    if route is None:
        return True
    if route.readiness == Readiness.MIGRATED:
        return rule.phase is Phase.VERIFICATION
    if route.readiness == Readiness.NOT_READY and rule.phase is Phase.VERIFICATION:
        return False
    return route.id not in rule.routes


def counted(rule: Rule, route: Route | None, outcome: Outcome) -> Outcome:
    """Return as what an outcome counts: a FAIL is UNKNOWN while the route is not known that could be its remedy."""
    return Outcome.UNKNOWN if route is None and rule.routes and outcome is Outcome.FAIL else outcome


def is_gate(rule: Rule) -> bool:
    """Return True for the rules that decide readiness: blockers of the prerequisite phase."""
    return rule.phase is Phase.PREREQUISITE and rule.severity is Severity.BLOCKER


def decide(plan: Plan, judgement: Judgement, partial: bool = False) -> Verdict:
    """Return the verdict; ``partial`` says that rules were left out, so READY cannot be claimed."""
    rules = plan.device_rules
    route = judgement.route
    name = route.id if route else UNDETERMINED_ROUTE
    failed = tuple(rule.id for rule, outcome in zip(rules, judgement.outcomes, strict=True) if outcome is Outcome.FAIL)
    unknown = tuple(
        rule.id for rule, outcome in zip(rules, judgement.outcomes, strict=True) if outcome is Outcome.UNKNOWN
    )
    if judgement.scope:
        return Verdict(
            Readiness.OUT_OF_SCOPE, judgement.scope, "", "", Verification.UNVERIFIED, (), (), (), (), "", False
        )
    gates = [
        (rule, counted(rule, route, outcome), attested)
        for rule, outcome, attested in zip(rules, judgement.outcomes, judgement.attested, strict=True)
        if is_gate(rule) and binds(rule, route)
    ]
    readiness = _readiness(route, [outcome for _, outcome, _ in gates], partial)
    site_unknown = [rule for rule, outcome, _ in gates if outcome is Outcome.UNKNOWN and rule.about is About.SITE]
    all_unknown = [rule for rule, outcome, _ in gates if outcome is Outcome.UNKNOWN]
    return Verdict(
        readiness=readiness,
        by=_by(readiness, gates),
        route=name,
        path=_path(route, gates),
        verification=_verification(plan, judgement.outcomes),
        failed=failed,
        unknown=unknown,
        undetermined_by=_undetermined_by(
            plan, judgement, readiness, [rule for rule in all_unknown if rule.id in unknown]
        ),
        next_steps=_next_steps(route, gates),
        device_side=_device_side(route, gates),
        site_would_unlock=readiness is Readiness.UNDETERMINED
        and route is not None
        and bool(site_unknown)
        and len(site_unknown) == len(all_unknown),
    )


def _readiness(route: Route | None, outcomes: Sequence[Outcome], partial: bool) -> Readiness:
    if route and route.readiness == Readiness.MIGRATED:
        return Readiness.MIGRATED
    if (route and route.readiness == Readiness.NOT_READY) or Outcome.FAIL in outcomes:
        return Readiness.NOT_READY
    if route is None or partial or Outcome.UNKNOWN in outcomes or Outcome.PASS not in outcomes:
        return Readiness.UNDETERMINED
    return Readiness.READY


def _by(readiness: Readiness, gates: Sequence[tuple[Rule, Outcome, bool]]) -> str | None:
    """Return on what READY rests: one attested value among the passing blockers makes it attested."""
    if readiness is not Readiness.READY:
        return None
    return "attested" if any(attested for _, outcome, attested in gates if outcome is Outcome.PASS) else "measured"


def _path(route: Route | None, gates: Sequence[tuple[Rule, Outcome, bool]]) -> str:
    """Return the next thing to do: what stands in the way of the route, or the route itself."""
    if route is None:
        return UNDETERMINED_ROUTE
    if not route.moves:
        return route.id
    site = {outcome for rule, outcome, _ in gates if rule.about is About.SITE}
    device = {outcome for rule, outcome, _ in gates if rule.about is not About.SITE}
    if Outcome.FAIL in device:
        return UPDATE_FIRST
    if Outcome.FAIL in site:
        return OPEN_NETWORK
    return UNDETERMINED_ROUTE if Outcome.UNKNOWN in device else route.id


def _next_steps(route: Route | None, gates: Sequence[tuple[Rule, Outcome, bool]]) -> tuple[str, ...]:
    """Return the actions that clear the way; the route, where that is clear or the route itself is the change."""
    if route and route.readiness == Readiness.MIGRATED:
        return ()
    outcomes = {outcome for _, outcome, _ in gates}
    clear = outcomes <= {Outcome.PASS, Outcome.NOT_APPLICABLE}
    if route and (route.readiness == Readiness.NOT_READY or clear):
        return (route.id,)
    return tuple(dict.fromkeys(rule.action for rule, outcome, _ in gates if outcome is Outcome.FAIL))


def _verification(plan: Plan, outcomes: Sequence[Outcome]) -> Verification:
    for rule, outcome in zip(plan.device_rules, outcomes, strict=True):
        if rule.id == plan.pack.verified_by:
            if outcome is Outcome.PASS:
                return Verification.VERIFIED
            return Verification.NOT_VERIFIED if outcome is Outcome.FAIL else Verification.UNVERIFIED
    return Verification.UNVERIFIED


def _undetermined_by(
    plan: Plan, judgement: Judgement, readiness: Readiness, unknown: Sequence[Rule]
) -> tuple[str, ...]:
    if readiness is not Readiness.UNDETERMINED:
        return ()
    facts = [fact for rule in unknown for fact in _waits_for(plan, judgement, rule)]
    if judgement.route is None:
        read = [fact for route in plan.pack.routes if route.stops for fact in plan.base_facts(route_facts(route))]
        facts += [fact for fact in read if fact in judgement.missing]
    return tuple(dict.fromkeys(fact for fact in facts if plan.specs[fact].default is None))


def _waits_for(plan: Plan, judgement: Judgement, rule: Rule) -> Sequence[str]:
    """Return the missing facts of an UNKNOWN rule; all that it requires where values are there but decide nothing."""
    read = plan.base_facts(plan.rule_facts(rule))
    missing = [
        fact
        for fact in read
        if fact in judgement.missing
        and plan.specs[fact].default is None
        and (fact in judgement.absent) == (rule.id in judgement.waiting)
    ]
    if missing:
        return missing
    asked = plan.base_facts(facts_of(rule.require))  # values are there, and too weak: of attempts more can be made
    return tuple(fact for fact in asked if plan.specs[fact].type == "attempts") or asked


def route_facts(route: Route) -> tuple[str, ...]:
    """Return the facts that a route's condition reads."""
    return facts_of(route.when)


def _device_side(route: Route | None, gates: Sequence[tuple[Rule, Outcome, bool]]) -> str:
    outcomes = [outcome for rule, outcome, _ in gates if rule.about is not About.SITE]
    if route and route.readiness == Readiness.MIGRATED:
        return "clear"
    if (route and route.readiness == Readiness.NOT_READY) or Outcome.FAIL in outcomes:
        return "not_ready"
    return "undecided" if route is None or Outcome.UNKNOWN in outcomes else "clear"
