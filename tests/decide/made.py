"""A small plan and verdicts of made-up devices, as gates and rankings take them."""

from collections.abc import Sequence
from datetime import date

from checker.decide.verdict import Verdict
from checker.errors import Place
from checker.model.condition import ALWAYS, Condition, Test
from checker.model.fact import FactSpec
from checker.model.outcome import About, Phase, Readiness, Severity, Verification
from checker.model.plan import Plan
from checker.model.rule import Message, Pack, Profile, Rule, Tool

AS_OF = date(2026, 11, 23)
GUIDANCE = date(2026, 9, 22)
HERE = Place("made.yaml", 1, 1)
PREREQUISITE, VERIFICATION = Phase.PREREQUISITE, Phase.VERIFICATION
BLOCKER, MAJOR = Severity.BLOCKER, Severity.MAJOR


def made_rule(name: str, action: str, fact: str, severity: Severity = BLOCKER, phase: Phase = PREREQUISITE) -> Rule:
    asks: Condition = Test(fact, "exists", True, HERE)
    about = About.TENANT if name == "tenant" else About.DEVICE
    message = Message(("It does not hold.",))
    remedy = f"Mend {name}."
    return Rule(name, name, phase, severity, about, ALWAYS, asks, message, action, remedy, (), (), (), (), HERE)


RULES = (
    made_rule("agent", "update-agent", "agent.version"),
    made_rule("update", "update-agent", "os.ubr"),
    made_rule("network", "open-network", "url.tests"),
    made_rule("disk", "clean-up", "hardware.disk_mb", MAJOR),
    made_rule("proof", "restart", "connectivity.type", BLOCKER, VERIFICATION),
    made_rule("tenant", "buy", "tenant.licences"),
)
FACTS = {
    "agent.version": "the machines export",
    "os.ubr": "hunting",
    "url.tests": "the client analyzer",
    "hardware.disk_mb": "Intune",
    "connectivity.type": "hunting",
    "tenant.licences": "",
}


def made_plan(rules: Sequence[Rule] = RULES) -> Plan:
    profile = Profile("2023-09", "Made up", GUIDANCE, AS_OF)
    pack = Pack(
        id="made",
        title="Made for a test",
        version="1.0.0",
        profile=profile,
        profiles=(profile,),
        sources=(),
        parameters=(),
        rules=tuple(rules),
        notes=(),
        routes=(),
        verified_by="proof",
        sha256="0" * 64,
        tools=(Tool("local-script", "Local script", 10, ()), Tool("intune", "Intune", None, ())),
    )
    specs = {name: FactSpec(name, "text", "device", "Made up", carried_by=words) for name, words in FACTS.items()}
    return Plan(pack, specs, (), (), AS_OF, 28, require_dates=False)


def made_verdict(
    readiness: str = "READY",
    fails: Sequence[str] = (),
    unknowns: Sequence[str] = (),
    verification: str = "UNVERIFIED",
    needs: tuple[Sequence[str], Sequence[str]] = ((), ()),
) -> Verdict:
    """Return a verdict of which gates and rankings read the arguments only; ``needs``: actions and facts."""
    actions, waits_for = needs
    return Verdict(
        readiness=Readiness(readiness),
        by=None,
        route="reonboard",
        path="reonboard",
        verification=Verification(verification),
        failed=(),
        unknown=(),
        waived=(),
        undetermined_by=(),
        device_side="clear",
        site_would_unlock=False,
        open_fails=tuple(fails),
        open_unknowns=tuple(unknowns),
        actions=tuple(actions),
        waits_for=tuple(waits_for),
        unwaived=Readiness(readiness),
        verified_by="measured" if verification == "VERIFIED" else None,
    )
