"""Exit codes: the table (exits.yaml) by counts, and on which devices an outcome counts."""

from pathlib import Path
from typing import Any

import pytest

from checker.decide.exit import Gate, exit_of
from checker.decide.judge import Run, judge
from checker.decide.tables import Wanted
from checker.decide.tally import Tally, new_tally
from checker.engine.records import gather_records
from checker.inventory.identify import identify
from checker.model.outcome import Outcome
from checker.model.plan import Plan
from checker.packs.compile import compile_plan
from tests.decide.cases import cases
from tests.engine.packs import AS_OF, pack, rule
from tests.exports import Row, device_id, export

TEST = {"os.ubr": {"at_least": "2"}}
RULES = [
    *(rule(0, TEST, id=f"made.{severity}", severity=severity) for severity in ("blocker", "major", "minor", "info")),
    rule(0, TEST, id="made.proof", severity="major", phase="verification"),
    rule(0, TEST, id="made.hint", severity="minor", phase="advice"),
]


@pytest.mark.parametrize("case", cases("exits.yaml"), ids=lambda case: case["says"])
def test_the_exit_code_is(case: dict[str, Any]) -> None:
    plan = compile_plan(pack(RULES), AS_OF)
    tally = new_tally(plan)
    for outcome, key in ((Outcome.FAIL, "fails"), (Outcome.UNKNOWN, "unknown")):
        for name, devices in case.get(key, {}).items():
            tally.rules[f"made.{name}"].binding[outcome] = devices
    gate = Gate(case.get("phase", "prerequisite"), case.get("fail_on", "blocker"), case.get("allow_unknown", False))

    code, reason = exit_of(plan, tally, gate)

    assert code == case["code"]
    assert reason == case.get("reason", reason)


# --- on which devices: of those that are judged, those whose route the rule binds

ROUTES = (
    {"id": "migrated", "title": "Done", "when": {"connectivity.type": "streamlined"}, "readiness": "MIGRATED"},
    {"id": "legacy", "title": "Off and on", "stops": "true", "when": {"os.build": "17134"}, "moves": "true"},
    {"id": "reonboard", "title": "Again", "moves": "true"},
)
BOUND = [
    {**rule(0, {"os.ubr": {"at_least": "2"}}, id="made.legacy"), "routes": ["legacy"]},
    rule(0, {"package.applied": "yes"}, id="made.proof", phase="verification"),
    rule(0, {"cloud": "usgov"}, id="made.tenant", about="tenant", severity="minor"),
]
OLD = {"os.ubr": "1", "package.applied": "no"}


def judged(plan: Plan, *rows: Row) -> Tally:
    inputs = [export("made", *({"mde_id": device_id(at), **row} for at, row in enumerate(rows)))]
    records = gather_records(inputs, identify(inputs), plan.specs, plan.wanted())
    return judge(Run(plan, records, Path(), Wanted(devices=False, findings=False, cases=False))).tally


@pytest.mark.parametrize(
    ("says", "row", "codes"),
    [
        ("a FAIL counts", {**OLD, "connectivity.type": "standard", "os.build": "19045"}, (1, 1)),
        ("not where the route is its remedy", {**OLD, "connectivity.type": "standard", "os.build": "17134"}, (0, 1)),
        ("only perhaps where the route is not known", {**OLD, "connectivity.type": "standard"}, (3, 1)),
        ("after the move only what verifies it", {**OLD, "connectivity.type": "streamlined", "os.build": "1"}, (0, 1)),
        ("a device out of scope is not judged", {**OLD, "os.build": "19045", "device.excluded": "yes"}, (0, 0)),
    ],
)
def test_an_outcome_counts_where_it_binds(says: str, row: Row, codes: tuple[int, int]) -> None:
    plan = compile_plan(pack(BOUND, ROUTES), AS_OF)
    tally = judged(plan, row)

    assert tuple(exit_of(plan, tally, Gate(phase))[0] for phase in ("prerequisite", "verification")) == codes, says


def test_a_rule_about_the_tenant_counts_once_on_any_route() -> None:
    plan = compile_plan(pack(BOUND, ROUTES), AS_OF)
    tally = judged(plan, *({"connectivity.type": "streamlined"} for _ in range(3)))

    assert tally.rules["made.tenant"].binding.sum() == tally.rules["made.tenant"].outcomes.sum() == 1
    assert exit_of(plan, tally, Gate(fail_on="minor"))[0] == 1  # the default, commercial, may settle a FAIL
