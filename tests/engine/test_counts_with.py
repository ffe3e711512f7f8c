"""A revision counts only beside the build of its own record: each line holds in both engines."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.engine.cells import Cell, Conflict
from checker.engine.columns import open_bucket
from checker.engine.records import gather_records
from checker.engine.reference import judge_rows
from checker.facts.catalogue import catalogue
from checker.inventory.identify import identify
from checker.model.outcome import Missing
from checker.model.plan import Plan
from checker.packs.compile import compile_plan
from tests.engine.packs import AS_OF, pack, rule
from tests.exports import device_id, export, moment

STALE, MONDAY, TUESDAY, UNDATED = moment("2026-10-25"), moment("2026-11-16"), moment("2026-11-17"), None
CENTRAL, OWN, SECONDARY = "central", "own", "secondary"
Said = tuple[str, datetime | None, str | None, str | None]  # source, time, build, revision
PLAN = compile_plan(pack([rule(0, {"os.ubr": {"exists": "true"}})]), AS_OF)  # asks for the revision alone


@dataclass(frozen=True)
class Scenario:
    """What records say of build and revision, in any order, and what the device's revision is."""

    says: str
    said: Sequence[Said]
    value: Any


SCENARIOS = [
    Scenario("build and revision of one record", [(CENTRAL, MONDAY, "19045", "6456")], 6456),
    Scenario(
        "the revision of another build says nothing",
        [(CENTRAL, MONDAY, "17763", "6414"), (CENTRAL, TUESDAY, "19045", None)],
        Missing.NOT_EXPORTED,
    ),
    Scenario(
        "nor does one without a build",
        [(CENTRAL, MONDAY, "19045", None), (CENTRAL, TUESDAY, None, "6456")],
        Missing.NOT_EXPORTED,
    ),
    Scenario("nor if nobody knows the build", [(CENTRAL, TUESDAY, None, "6456")], Missing.NOT_EXPORTED),
    Scenario("nor with a blank build", [(CENTRAL, TUESDAY, "", "6456")], Missing.NOT_EXPORTED),
    Scenario(
        "an older one of the same build counts",
        [(CENTRAL, MONDAY, "19045", "6456"), (CENTRAL, TUESDAY, "19045", None)],
        6456,
    ),
    Scenario(
        "one build in two spellings", [(CENTRAL, MONDAY, "19045.0", "6456"), (CENTRAL, TUESDAY, "19045", None)], 6456
    ),
    Scenario(
        "the newest of the same build, not the newest",
        [(CENTRAL, MONDAY, "19045", "6"), (OWN, MONDAY, "19045", "7"), (OWN, UNDATED, "17763", "9")],
        7,
    ),
    Scenario(
        "a build that conflicts",
        [(CENTRAL, MONDAY, "19045", "6456"), (CENTRAL, MONDAY, "17763", "6456")],
        Missing.CONFLICTING,
    ),
    Scenario(
        "even if one side tells no revision",
        [(CENTRAL, MONDAY, "17763", "6456"), (CENTRAL, MONDAY, "19045", None)],
        Missing.CONFLICTING,
    ),
    Scenario("a build that is stale", [(CENTRAL, STALE, "19045", "6456")], Missing.STALE),
    Scenario(
        "a build that cannot be read",
        [(CENTRAL, MONDAY, "19045", "6456"), (CENTRAL, TUESDAY, "?", "6456")],
        Missing.UNREADABLE,
    ),
    Scenario(
        "two revisions of one build",
        [(CENTRAL, MONDAY, "19045", "1"), (CENTRAL, MONDAY, "19045", "3")],
        Conflict((1, 3)),
    ),
    Scenario(
        "a secondary source of another build",
        [(SECONDARY, TUESDAY, "17763", "6414"), (CENTRAL, MONDAY, "20348", None)],
        Missing.NOT_EXPORTED,
    ),
    Scenario(
        "a secondary source of the same build",
        [(SECONDARY, TUESDAY, "20348", "6414"), (CENTRAL, MONDAY, "20348", None)],
        6414,
    ),
    Scenario(
        "counts where what a primary one says is of another build",
        [(SECONDARY, MONDAY, "20348", "6414"), (CENTRAL, MONDAY, "17763", "1"), (CENTRAL, TUESDAY, "20348", None)],
        6414,
    ),
    Scenario(
        "a blank is a blank, whatever the build",
        [(CENTRAL, MONDAY, "19045", ""), (CENTRAL, TUESDAY, None, "6456")],
        Missing.BLANK,
    ),
]


def cells_of(said: Sequence[Said], plan: Plan = PLAN) -> tuple[Cell, Cell]:
    """Return the device's revision from the plain engine and from the columnar one."""
    inputs = [export("always", {"mde_id": device_id(1)})]
    for at, (source, time, build, revision) in enumerate(said):
        row = {"mde_id": device_id(1), "observed": time, "os.build": build, "os.ubr": revision}
        stated = {key: value for key, value in row.items() if value is not None}
        inputs.append(export(f"f{at}", stated, per_device=source is OWN, secondary=source is SECONDARY))
    identified = identify(inputs)
    records = gather_records(inputs, identified, plan.specs, plan.wanted())
    column = open_bucket(plan, records, 0, 1, {}).column("os.ubr")
    (row_,) = judge_rows(plan, inputs, identified)
    return row_.device.cell("os.ubr"), column.pool.cells[column.codes[0]]


@pytest.mark.parametrize("turned", [False, True], ids=["as given", "files turned round"])
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.says)
def test_the_revision_is(scenario: Scenario, turned: bool) -> None:
    for cell in cells_of(scenario.said[::-1] if turned else scenario.said):
        if isinstance(scenario.value, Conflict):
            assert isinstance(cell, Conflict)
            assert sorted(cell.candidates) == sorted(scenario.value.candidates)
        else:
            assert (type(cell), cell) == (type(scenario.value), scenario.value)


TOLD = st.tuples(
    st.sampled_from([CENTRAL, OWN, SECONDARY]),
    st.sampled_from([UNDATED, STALE, MONDAY, TUESDAY]),
    st.sampled_from([None, "", "?", "19045", "19045.0", "17763"]),
    st.sampled_from([None, "", "x", "1", "2", "2.0"]),
)


@settings(max_examples=400, deadline=None)
@given(st.lists(TOLD, max_size=4))
def test_both_engines_say_the_same_and_no_revision_comes_from_a_record_of_another_build(said: list[Said]) -> None:
    plain, columnar = cells_of(said)
    if isinstance(plain, Conflict):
        assert isinstance(columnar, Conflict)
        assert sorted(map(repr, columnar.candidates)) == sorted(map(repr, plain.candidates))
    else:
        assert (type(plain), plain) == (type(columnar), columnar)
    if isinstance(plain, int) and not isinstance(plain, Missing):
        pairs = {(build, revision) for _, _, build, revision in said}
        assert any((b, r) in pairs for b in ("19045", "19045.0", "17763") for r in (str(plain), f"{plain}.0"))


def test_a_fact_counts_with_one_that_stands_alone() -> None:
    for name, spec in catalogue().items():
        other = spec.counts_with
        assert not other or not (catalogue()[other].counts_with or catalogue()[other].view_of), name
        assert not other or not (spec.view_of or spec.derived or catalogue()[other].derived), name
