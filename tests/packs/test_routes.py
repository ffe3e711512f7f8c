"""routes.yaml: what the loader makes of it, and which way devices go, step by step (``routes_cases.yaml``).

What is wrong with a routes.yaml is shown by fixtures/packs/invalid/bad-routes (test_loader.py).
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from checker.engine.rows import Device, Reading, route, truth
from checker.facts.values import read_value
from checker.model.condition import ALWAYS, NEVER
from checker.model.outcome import Phase
from checker.model.plan import Plan
from checker.model.rule import Pack
from checker.model.truth import Truth
from checker.packs.build import build_pack, read_pack_files
from checker.packs.cases import CASE_DAY
from checker.packs.compile import compile_plan
from checker.packs.library import DEFAULT_PACK, find_pack, shipped_packs

EVERY_KEY = Path(__file__).parents[2] / "fixtures/packs/valid/every-key"


@cache
def plan_of(name: str, profile: str) -> Plan:
    folder, shown = find_pack(name)
    return compile_plan(build_pack(read_pack_files(folder, shown), profile, CASE_DAY), CASE_DAY)


def walk(plan: Plan, facts: dict[str, object]) -> tuple[str, list[str]]:
    """Return a device's route and its steps: those of the route whose condition is TRUE, in the order of the route."""
    texts = {fact: str(value) for fact, value in facts.items()}
    device = Device(plan, {fact: Reading(read_value(text, plan.specs[fact]), (text,)) for fact, text in texts.items()})
    chosen = route(device)
    if chosen is None:
        return "undetermined", []
    steps = {step.id: step for step in plan.pack.steps}
    return chosen.id, [name for name in chosen.steps if truth(device, steps[name].when, defaults=True) is Truth.TRUE]


def written_out(names: list[Any]) -> Iterator[str]:
    for name in names:
        if isinstance(name, list):
            yield from written_out(name)
        else:
            yield name


CASES: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "routes_cases.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_which_way_a_device_goes(case: dict[str, Any]) -> None:
    went, steps = walk(plan_of(DEFAULT_PACK, case.get("profile", "seed")), case["facts"])

    assert (went, steps) == (case["route"], list(written_out(case["steps"])))


# --- what holds of every pack that ships


def every_profile(name: str) -> Iterator[Pack]:
    folder, shown = find_pack(name)
    yield from (plan_of(name, profile).pack for profile in read_pack_files(folder, shown).profiles)


@pytest.mark.parametrize("name", shipped_packs())
def test_every_route_has_steps_and_every_step_a_route(name: str) -> None:
    for pack in every_profile(name):
        assert [row.id for row in pack.routes if not row.steps] == []
        assert {step.id for step in pack.steps} == {step for row in pack.routes for step in row.steps}


@pytest.mark.parametrize("name", shipped_packs())
def test_steps_are_told_in_whole_sentences(name: str) -> None:
    for pack in every_profile(name):
        assert [text for step in pack.steps for text in step.does if not text.endswith(".")] == []


@pytest.mark.parametrize("name", shipped_packs())
def test_a_route_that_moves_devices_says_how_to_verify_it(name: str) -> None:
    for pack in every_profile(name):
        phases = {rule.id: rule.phase for rule in pack.rules}
        for row in pack.routes:
            assert {phases[rule] for rule in row.verify} <= {Phase.VERIFICATION}, row.id
            assert not row.moves or not pack.verified_by or pack.verified_by in row.verify, row.id


@pytest.mark.parametrize("name", shipped_packs())
def test_the_last_route_takes_the_rest(name: str) -> None:
    for pack in every_profile(name):
        assert [row.id for row in pack.routes if row.when == ALWAYS] == [pack.routes[-1].id]


# --- what the loader makes of routes.yaml


@pytest.fixture(scope="module")
def older() -> Pack:
    return build_pack(read_pack_files(EVERY_KEY, "every-key"), "older", CASE_DAY)


@pytest.fixture(scope="module")
def newer() -> Pack:
    return build_pack(read_pack_files(EVERY_KEY, "every-key"), "newer", CASE_DAY)


def test_a_profile_chooses_steps_and_verification(older: Pack, newer: Pack) -> None:
    assert [(row.id, row.steps, row.verify) for row in older.routes] == [
        ("done", ("close",), ()),
        ("go", ("apply-by-script", "restart"), ("every.proof",)),  # every.platform is a rule of the newer one
    ]
    assert [(row.id, row.steps, row.verify) for row in newer.routes] == [
        ("done", ("close",), ()),
        ("old", (), ()),
        ("go", ("apply-by-script", "apply-newly", "restart"), ("every.proof",)),  # overridden
    ]
    assert {row.id: row.blockers for row in older.routes}["go"] == ("every.agent", "every.update")


def test_a_step_is_kept_as_written(older: Pack, newer: Pack) -> None:
    script, restart, close = older.steps

    assert script.does == ("Copy the script to the device.", "Run it as administrator.")
    assert script.commands == ("made-onboarding.cmd",)
    assert newer.steps[0].commands == ("made-onboarding.cmd /new", "echo done")
    assert str(script.place) == "every-key/routes.yaml:23:9"
    assert (restart.when, restart.does, restart.looks_like) == (ALWAYS, ("Restart the device.",), "The device is back.")
    assert restart.query == "DeviceInfo\n| summarize arg_max(Timestamp, *) by DeviceId"
    assert close.sources == ("page",)


def test_tools_have_limits_of_their_own_or_by_parameter(older: Pack) -> None:
    assert [(tool.id, tool.most_devices) for tool in older.tools] == [
        ("local-script", 10),
        ("jamf", 7),
        ("intune", None),
    ]
    assert older.whole_fleet not in (ALWAYS, NEVER)


def test_a_pack_with_routes_only(tmp_path: Path) -> None:
    smallest = EVERY_KEY.parent / "smallest"
    pack = build_pack(read_pack_files(smallest, "smallest"), "seed", CASE_DAY)

    assert (pack.steps, pack.tools, pack.whole_fleet) == ((), (), NEVER)
    assert [(row.id, row.steps, row.verify, row.blockers) for row in pack.routes] == [("go", (), (), ())]


def test_the_bytes_of_routes_yaml_count_in_the_hash_of_the_pack(tmp_path: Path) -> None:
    for path in EVERY_KEY.glob("*.yaml"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    before = read_pack_files(tmp_path).sha256
    (tmp_path / "routes.yaml").write_bytes((EVERY_KEY / "routes.yaml").read_bytes() + b"# more\n")

    assert before == read_pack_files(EVERY_KEY).sha256 != read_pack_files(tmp_path).sha256
