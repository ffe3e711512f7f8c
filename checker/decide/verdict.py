"""What the outcomes of its rules mean for one device: readiness, path, verification and what to do next."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from checker.model.condition import facts_of
from checker.model.outcome import About, Outcome, Phase, Readiness, Severity, Verification
from checker.model.plan import Plan
from checker.model.rule import Route, Rule

UNDETERMINED_ROUTE = "undetermined"
UPDATE_FIRST, OPEN_NETWORK = "update-first", "open-network"
SIMULATED = "simulated"  # READY, had it not been supposed


@dataclass(frozen=True, slots=True)
class Judgement:
    """All that a verdict rests on; devices with equal judgements have equal verdicts."""

    scope: str  # reason why the device is out of scope; empty if it is judged
    route: Route | None  # None: undetermined
    outcomes: tuple[Outcome, ...]  # one for each of plan.device_rules
    attested: tuple[bool, ...]  # for each rule, whether it came out so by an attestation only
    missing: frozenset[str]  # facts of blockers without a value, and of the routes where none was found
    waiting: frozenset[str] = frozenset()  # UNKNOWN rules that facts which no input carries would decide
    absent: frozenset[str] = frozenset()  # those facts
    waived: frozenset[str] = frozenset()  # rules whose FAIL or UNKNOWN a waiver covers
    attested_route: bool = False  # the route, too, is told by an attestation only
    supposed: bool = False  # a value was supposed (--assume)
    proven: frozenset[str] = frozenset()  # of READY, MIGRATED, VERIFIED what the device is without suppositions


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
    waived: tuple[str, ...]
    undetermined_by: tuple[str, ...]
    device_side: str  # clear | not_ready | undecided, by blockers about device and plan alone
    site_would_unlock: bool  # only blockers about the site keep it from READY
    open_fails: tuple[str, ...]  # rules of every phase that FAIL, bind on the route, and no waiver covers
    open_unknowns: tuple[str, ...]  # likewise UNKNOWN
    actions: tuple[str, ...]  # what clears the blockers that FAIL; empty where no action makes the device READY
    waits_for: tuple[str, ...]  # facts that would settle the blockers that are UNKNOWN, whatever the readiness
    unwaived: Readiness  # as if there were no waivers
    verified_by: str | None  # measured | attested, for VERIFIED


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
    if route.blockers and is_gate(rule) and rule.id not in route.blockers:
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
    if judgement.scope:
        return _out_of_scope(judgement.scope)
    route = judgement.route
    counts = _counted(plan, judgement)
    gates = [each for each in counts if is_gate(each.rule)]
    open_gates = [each for each in gates if not each.waived]
    readiness = _readiness(route, gates, partial)
    by = _by(readiness, gates, judgement.attested_route)
    if judgement.supposed and by and readiness.value not in judgement.proven:
        readiness, by = Readiness.UNDETERMINED, SIMULATED
    verification = _verification(plan, judgement)
    all_unknown = [each.rule for each in open_gates if each.outcome is Outcome.UNKNOWN]
    unknown = _named(plan, judgement.outcomes, Outcome.UNKNOWN)
    waits_for = _waits(plan, judgement, [rule for rule in all_unknown if rule.id in unknown])
    return Verdict(
        readiness=readiness,
        by=by,
        route=route.id if route else UNDETERMINED_ROUTE,
        path=_path(route, open_gates),
        verification=verification,
        failed=_named(plan, judgement.outcomes, Outcome.FAIL),
        unknown=unknown,
        waived=tuple(rule.id for rule in plan.device_rules if rule.id in judgement.waived),
        undetermined_by=waits_for if readiness is Readiness.UNDETERMINED else (),
        device_side=_device_side(route, open_gates),
        site_would_unlock=readiness is Readiness.UNDETERMINED
        and route is not None
        and bool(all_unknown)
        and all(rule.about is About.SITE for rule in all_unknown),
        open_fails=tuple(each.rule.id for each in counts if each.outcome is Outcome.FAIL and not each.waived),
        open_unknowns=tuple(each.rule.id for each in counts if each.outcome is Outcome.UNKNOWN and not each.waived),
        actions=_actions(route, open_gates),
        waits_for=waits_for,
        unwaived=_readiness(route, [replace(each, waived=False) for each in gates], partial),
        verified_by=_verified_by(plan, judgement) if verification is Verification.VERIFIED else None,
    )


@dataclass(frozen=True, slots=True)
class _Counted:
    """A rule that binds on the device's route, and as what its outcome counts there."""

    rule: Rule
    outcome: Outcome
    attested: bool
    waived: bool


def _counted(plan: Plan, judgement: Judgement) -> list[_Counted]:
    route = judgement.route
    return [
        _Counted(rule, counted(rule, route, outcome), attested, rule.id in judgement.waived)
        for rule, outcome, attested in zip(plan.device_rules, judgement.outcomes, judgement.attested, strict=True)
        if binds(rule, route)
    ]


def _named(plan: Plan, outcomes: Sequence[Outcome], wanted: Outcome) -> tuple[str, ...]:
    return tuple(rule.id for rule, outcome in zip(plan.device_rules, outcomes, strict=True) if outcome is wanted)


def _out_of_scope(reason: str) -> Verdict:
    return Verdict(
        readiness=Readiness.OUT_OF_SCOPE,
        by=reason,
        route="",
        path="",
        verification=Verification.UNVERIFIED,
        failed=(),
        unknown=(),
        waived=(),
        undetermined_by=(),
        device_side="",
        site_would_unlock=False,
        open_fails=(),
        open_unknowns=(),
        actions=(),
        waits_for=(),
        unwaived=Readiness.OUT_OF_SCOPE,
        verified_by=None,
    )


def _readiness(route: Route | None, gates: Sequence[_Counted], partial: bool) -> Readiness:
    """Return the readiness: a waived FAIL or UNKNOWN does not count, and is no PASS either."""
    outcomes = {each.outcome for each in gates if not each.waived}
    if route and route.readiness == Readiness.MIGRATED:
        return Readiness.MIGRATED
    if (route and route.readiness == Readiness.NOT_READY) or Outcome.FAIL in outcomes:
        return Readiness.NOT_READY
    if route is None or partial or Outcome.UNKNOWN in outcomes or Outcome.PASS not in outcomes:
        return Readiness.UNDETERMINED
    return Readiness.READY


def _by(readiness: Readiness, gates: Sequence[_Counted], attested_route: bool) -> str | None:
    """Return on what READY or MIGRATED rests, the weakest of it: a waiver, an attestation, or what was read."""
    if readiness is Readiness.MIGRATED:
        return "attested" if attested_route else "measured"
    if readiness is not Readiness.READY:
        return None
    if any(each.waived for each in gates):
        return "waived"
    return "attested" if attested_route or any(each.attested for each in gates) else "measured"


def _path(route: Route | None, gates: Sequence[_Counted]) -> str:
    """Return the next thing to do: what stands in the way of the route, or the route itself."""
    if route is None:
        return UNDETERMINED_ROUTE
    if not route.moves:
        return route.id
    site = {each.outcome for each in gates if each.rule.about is About.SITE}
    device = {each.outcome for each in gates if each.rule.about is not About.SITE}
    if Outcome.FAIL in device:
        return UPDATE_FIRST
    if Outcome.FAIL in site:
        return OPEN_NETWORK
    return UNDETERMINED_ROUTE if Outcome.UNKNOWN in device else route.id


def _actions(route: Route | None, gates: Sequence[_Counted]) -> tuple[str, ...]:
    """Return the actions that clear the failing blockers, unless the route itself decides."""
    if route and route.readiness != Readiness.READY:
        return ()
    return tuple(dict.fromkeys(each.rule.action for each in gates if each.outcome is Outcome.FAIL))


def _verification(plan: Plan, judgement: Judgement) -> Verification:
    """Return whether the rule that proves the move holds; by a supposition it never does."""
    for rule, outcome in zip(plan.device_rules, judgement.outcomes, strict=True):
        if rule.id == plan.pack.verified_by:
            if outcome is Outcome.PASS:
                supposed = judgement.supposed and Verification.VERIFIED.value not in judgement.proven
                return Verification.UNVERIFIED if supposed else Verification.VERIFIED
            return Verification.NOT_VERIFIED if outcome is Outcome.FAIL else Verification.UNVERIFIED
    return Verification.UNVERIFIED


def _verified_by(plan: Plan, judgement: Judgement) -> str:
    told = dict(zip((rule.id for rule in plan.device_rules), judgement.attested, strict=True))
    return "attested" if told.get(plan.pack.verified_by) else "measured"


def _waits(plan: Plan, judgement: Judgement, unknown: Sequence[Rule]) -> tuple[str, ...]:
    """Return the facts that would settle these rules, and the route where none was found."""
    route = judgement.route
    if route and route.readiness != Readiness.READY:
        return ()
    facts = [fact for rule in unknown for fact in _waits_for(plan, judgement, rule)]
    if route is None:
        read = [fact for row in plan.pack.routes if row.stops for fact in plan.base_facts(route_facts(row))]
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


def _device_side(route: Route | None, gates: Sequence[_Counted]) -> str:
    outcomes = [each.outcome for each in gates if each.rule.about is not About.SITE]
    if route and route.readiness == Readiness.MIGRATED:
        return "clear"
    if (route and route.readiness == Readiness.NOT_READY) or Outcome.FAIL in outcomes:
        return "not_ready"
    return "undecided" if route is None or Outcome.UNKNOWN in outcomes else "clear"
