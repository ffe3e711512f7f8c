"""Devices walk to their steps in the Business pack: facts to route, readiness, path and steps, as a truth table."""

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from checker.decide.verdict import UNDETERMINED_ROUTE, Judgement, Verdict, decide
from checker.engine.rows import Device, Reading, outcome, route, truth
from checker.facts.values import read_value
from checker.model.condition import NEVER
from checker.model.plan import Plan
from checker.model.truth import Truth
from checker.packs.build import build_pack, read_pack_files
from checker.packs.cases import CASE_DAY, fact_text
from checker.packs.compile import compile_plan
from checker.packs.library import find_pack
from checker.packs.routes import tool_words
from checker.yaml_nodes import Entries, Problems, parse

PACK = "defender-for-business"
PROFILES = ("2021-11", "current")
CASES: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "routes_cases_business.yaml").read_text(encoding="utf-8")
)
SIX_METHODS = ("endpoint-manager", "local-script", "group-policy", "vdi-script", "configuration-manager", "mdm")
SAID = ("readiness", "path", "verification")
AUTOMATIC = {"plan.automatic_onboarding": "yes"}


@cache
def plan(profile: str) -> Plan:
    return compile_plan(build_pack(read_pack_files(*find_pack(PACK)), profile, CASE_DAY), CASE_DAY)


def device(facts: dict[str, Any], profile: str = PROFILES[0]) -> Device:
    """Return a device of which these facts were read; the others are in no export."""
    problems = Problems()
    node = parse(yaml.safe_dump(facts), "case", problems)
    assert isinstance(node, Entries)
    specs = plan(profile).specs
    texts = {name: fact_text(specs[name], value, problems) for name, value in node.entries.items()}
    problems.raise_if_any()
    return Device(
        plan(profile), {name: Reading(read_value(text, specs[name]), (text,)) for name, text in texts.items()}
    )


def verdict(found: Device) -> Verdict:
    rules = found.plan.device_rules
    outcomes = tuple(outcome(found, rule) for rule in rules)
    return decide(found.plan, Judgement("", route(found), outcomes, (False,) * len(rules), frozenset()))


def steps(found: Device) -> list[str]:
    """Return the steps of the device's route whose condition is TRUE."""
    way = route(found)
    wanted = {step.id: step.when for step in found.plan.pack.steps}
    return [name for name in way.steps if truth(found, wanted[name], defaults=True) is Truth.TRUE] if way else []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_device_walks_to_its_steps(case: dict[str, Any]) -> None:
    found = device(case["facts"], case.get("profile", PROFILES[0]))
    said = verdict(found)

    assert said.route == case["route"]
    assert steps(found) == case["steps"]
    told = {key: case[key] for key in SAID if key in case}
    assert {key: str(getattr(said, key)) for key in told} == told


def test_no_two_cases_have_one_name() -> None:
    assert len({case["name"] for case in CASES}) == len(CASES)


@pytest.mark.parametrize("profile", PROFILES)
def test_every_route_and_every_step_has_a_case(profile: str) -> None:
    ways = {case["route"] for case in CASES}
    taken = {step for case in CASES for step in case["steps"]}

    assert ways == {*(each.id for each in plan(profile).pack.routes), UNDETERMINED_ROUTE}
    assert {step.id for step in plan(profile).pack.steps} <= taken


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("tool", tool_words())
def test_no_chosen_tool_is_asked_to_choose(tool: str, profile: str) -> None:
    for family in ("windows", "macos", "linux"):
        facts = {"os.family": family, "os.role": "client", "os.build": "19045", "plan.tool": tool}
        found = route(device(facts, profile))
        assert found is not None
        assert found.id != "choose-method"


@pytest.mark.parametrize("profile", PROFILES)
def test_the_six_methods_are_tools_and_the_local_script_has_its_limit(profile: str) -> None:
    tools = {tool.id: tool.most_devices for tool in plan(profile).pack.tools}

    assert tools.keys() >= set(SIX_METHODS)
    assert {name: most for name, most in tools.items() if most} == {"local-script": 10}


@pytest.mark.parametrize("profile", PROFILES)
def test_every_way_that_onboards_is_verified(profile: str) -> None:
    verified = {way.id for way in plan(profile).pack.routes if way.verify == ("mdb.onboarded",)}

    assert verified == {*SIX_METHODS, "automatic", "connect-own-tool", "already-onboarded", "choose-method"}


@pytest.mark.parametrize("profile", PROFILES)
def test_automatic_onboarding_is_a_matter_of_the_whole_fleet(profile: str) -> None:
    whole = plan(profile).pack.whole_fleet

    assert whole != NEVER
    assert truth(device(AUTOMATIC, profile), whole, defaults=True) is Truth.TRUE
    assert truth(device({}, profile), whole, defaults=True) is Truth.FALSE


@pytest.mark.parametrize("profile", PROFILES)
def test_what_binds_on_the_way_out_is_the_platform_alone(profile: str) -> None:
    leaving = {"plan.offboards": "yes", "plan.tool": "mdm", "device.enrolled_mdm": "no", "os.edition": "home"}
    platform = {"os.family": "windows", "os.role": "client", "os.build": "19043", "os.ubr": "1"}

    assert verdict(device({**leaving, **platform}, profile)).readiness == "READY"
    assert verdict(device({**leaving, **platform, "os.build": "19046"}, profile)).readiness == "NOT_READY"
