"""By which step the package comes to a device: exactly one for every tool and kind of device, as a truth table."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from checker.facts.catalogue import catalogue
from checker.packs.build import read_pack_files
from checker.packs.library import find_pack
from tests.packs.test_routes import plan_of, walk

PATH = Path(__file__).parent / "routes_cases_tools.yaml"
CASES: list[dict[str, Any]] = yaml.safe_load(PATH.read_text(encoding="utf-8"))
TOOLS = catalogue()["plan.tool"].words
APPLY = {
    name: {step for case in CASES if case["pack"] == name for step in case["steps"].values() if step}
    for name in {case["pack"] for case in CASES}
}


def table() -> Iterator[Any]:
    for case in CASES:
        own = [str(case["profile"])] if "profile" in case else read_pack_files(*find_pack(case["pack"])).profiles
        for profile in own:
            for tool in TOOLS:
                yield pytest.param(case, profile, tool, id=f"{case['pack']} {profile}: {case['kind']}, {tool}")


@pytest.mark.parametrize(("case", "profile", "tool"), list(table()))
def test_a_device_gets_the_one_step_of_its_tool(case: dict[str, Any], profile: str, tool: str) -> None:
    expected = case["steps"].get(tool, case["steps"]["other"])
    facts = {fact: value for fact, value in case["facts"].items() if value is not None}
    _, stated = walk(plan_of(case["pack"], profile), {**facts, "plan.tool": tool})

    assert [step for step in stated if step in APPLY[case["pack"]]] == ([expected] if expected else [])


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['pack']}: {case['kind']}")
def test_a_tool_that_no_export_names_counts_as_unstated(case: dict[str, Any]) -> None:
    facts = {fact: value for fact, value in case["facts"].items() if value is not None}
    plan = plan_of(case["pack"], str(case.get("profile", "current")))

    assert walk(plan, facts) == walk(plan, {**facts, "plan.tool": "unstated"})


def test_no_step_that_applies_the_package_is_left_out_of_the_table() -> None:
    plan = plan_of("streamlined-connectivity", "seed")
    named = {step.id for step in plan.pack.steps if step.id.startswith(("apply-", "choose-listed-"))}

    assert named == APPLY["streamlined-connectivity"]
