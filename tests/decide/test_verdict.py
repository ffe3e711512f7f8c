"""The truth table of verdicts (verdicts.yaml): scope, route and outcomes to what a device's row says."""

from enum import Enum
from typing import Any

import pytest

from checker.decide.verdict import Judgement, decide
from checker.model.outcome import Outcome, Readiness, Verification
from checker.model.plan import Plan
from checker.packs.build import build_pack
from checker.packs.compile import compile_plan
from tests.decide.cases import cases
from tests.engine.packs import AS_OF, pack_files, rule

RULES = {
    "agent": rule(0, {"agent.version": {"at_least": "10.8040"}}, id="made.agent", action="update-agent"),
    "update": rule(0, {"os.ubr": {"at_least": "1"}}, id="made.update", action="update-agent"),
    "network": rule(0, {"url.tests": {"reaches": "a.example"}}, id="made.network", about="site", action="open-network"),
    "tool": rule(0, {"plan.tool": "intune"}, id="made.tool", about="plan", action="choose-tool"),
    "legacy": {
        **rule(0, {"os.build": "17134"}, id="made.legacy", action="offboard"),
        "routes": ["offboard-then-onboard"],
    },
    "disk": rule(0, {"hardware.disk_mb": {"at_least": "1"}}, id="made.disk", severity="major"),
    "proof": rule(0, {"connectivity.type": "streamlined"}, id="made.proof", severity="blocker", phase="verification"),
}
ROUTES = (
    {"id": "migrated", "title": "Done", "when": {"connectivity.type": "streamlined"}, "readiness": "MIGRATED"},
    {"id": "unsupported", "title": "No way", "when": {"os.build": "10240"}, "readiness": "NOT_READY"},
    {"id": "offboard-then-onboard", "title": "Off and on", "when": {"os.build": "17134"}, "moves": "true"},
    {"id": "automatic", "title": "By itself", "when": {"onboarding.status": "onboarded"}, "stops": "true"},
    {"id": "offboard", "title": "Off", "when": {"os.build": "1"}, "moves": "true", "blockers": ["made.tool"]},
    {"id": "reonboard", "title": "Again", "moves": "true"},
)


@pytest.fixture(scope="module")
def plan() -> Plan:
    files = pack_files(list(RULES.values()), ROUTES, verified_by="made.proof")
    return compile_plan(build_pack(files, "seed", AS_OF), AS_OF)


@pytest.mark.parametrize("case", cases("verdicts.yaml"), ids=lambda case: case["says"])
def test_the_verdict_is(case: dict[str, Any], plan: Plan) -> None:
    routes = {route.id: route for route in plan.pack.routes}
    judgement = Judgement(
        scope=case.get("scope", ""),
        route=None if case["route"] == "none" else routes[case["route"]],
        outcomes=tuple(Outcome[case["outcomes"].get(name, "NOT_APPLICABLE")] for name in RULES),
        attested=tuple(name in case.get("attested", ()) for name in RULES),
        missing=frozenset(case.get("missing", ())),
        waived=frozenset(f"made.{name}" for name in case.get("waived", ())),
        attested_route=case.get("attested_route", False),
        supposed=case.get("supposed", False),
        proven=frozenset(case.get("proven", ())),
    )
    assert case["outcomes"].keys() <= RULES.keys()

    verdict = decide(plan, judgement, case.get("partial", False))

    assert {key: plain(getattr(verdict, key)) for key in case["expect"]} == case["expect"]


def plain(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    return list(value) if isinstance(value, tuple) else value


def test_every_readiness_verification_and_kind_of_path_is_shown() -> None:
    shown = {(key, str(value)) for case in cases("verdicts.yaml") for key, value in case["expect"].items()}
    paths = ("update-first", "open-network", "undetermined", *(route["id"] for route in ROUTES))

    assert {("readiness", name.value) for name in Readiness} <= shown
    assert {("verification", name.value) for name in Verification} <= shown
    assert {("path", name) for name in paths} <= shown
