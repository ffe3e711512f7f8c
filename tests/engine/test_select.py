"""Whom lists, conditions and shares mean, and which wave a device belongs to."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.engine.columns import Bucket, open_bucket
from checker.engine.records import Records, gather_records
from checker.engine.select import NO_WAVE, resolve
from checker.errors import Place
from checker.inventory.identify import identify
from checker.model.plan import Kind, Plan, Statement
from checker.model.selection import Selection
from checker.model.wave import Criteria, Wave
from checker.packs.compile import compile_plan
from tests.engine.packs import AS_OF, condition, pack, rule
from tests.exports import device_id, export

GROUPS = {"a.contoso.example": "Pilot", "b.contoso.example": "Ring", "b.fabrikam.example": "Ring", "c": None}


def wave(name: str, devices: Selection, tool: str = "") -> Wave:
    return Wave(name, devices, Criteria(), Place("waves.yaml", 1, 1), tool)


def made(plan: Plan, groups: dict[str, str | None] = GROUPS) -> Bucket:
    """Return the devices, numbered from 1 in the order of their names."""
    rows = [
        {"mde_id": device_id(at), "name": name, "device.group": group}
        for at, (name, group) in enumerate(groups.items(), 1)
    ]
    records = gathered(plan, rows)
    return open_bucket(plan, records, 0, records.devices, {}, resolve(records, plan.selections))


def gathered(plan: Plan, rows: Sequence[Mapping[str, str | None]]) -> Records:
    inputs = [export("made", *rows)]
    return gather_records(inputs, identify(inputs), plan.specs, plan.wanted() | {"device.group", "plan.tool"})


def plan_with(*waves: Wave, statements: tuple[Statement, ...] = ()) -> Plan:
    plan = compile_plan(pack([rule(0, {"plan.tool": "intune"})]), AS_OF)
    return replace(plan, waves=waves, statements=statements)


@pytest.mark.parametrize(
    ("listed", "meant", "unmatched", "ambiguous"),
    [
        (("a.contoso.example",), [0], (), ()),
        (("a",), [0], (), ()),
        ((device_id(2),), [1], (), ()),
        (("b.fabrikam.example",), [2], (), ()),
        (("b",), [], (), ("b",)),
        (("c", "gone"), [3], ("gone",), ()),
        (("a", device_id(1)), [0], (), ()),
    ],
    ids=["whole name", "short name", "id", "name of one of two", "name of two", "one unknown", "twice the same"],
)
def test_a_list_means(
    listed: tuple[str, ...], meant: list[int], unmatched: tuple[str, ...], ambiguous: tuple[str, ...]
) -> None:
    bucket = made(plan_with(wave("one", Selection(listed=listed))))
    found = bucket.lists[listed]

    assert found.devices.tolist() == meant
    assert (found.unmatched, found.ambiguous) == (unmatched, ambiguous)
    assert [at for at, inside in enumerate(bucket.chosen(Selection(listed=listed)).tolist()) if inside] == meant


def test_a_name_that_two_devices_ever_had_is_no_ones() -> None:
    """A renamed device and its successor: meaning either would be a guess."""
    plan = plan_with(wave("one", Selection(listed=("kiosk",))))
    rows = [
        {"mde_id": device_id(1), "name": "kiosk"},
        {"mde_id": device_id(1), "name": "kiosk-old"},
        {"mde_id": device_id(2), "name": "kiosk"},
    ]
    records = gathered(plan, rows)

    assert resolve(records, plan.selections)["kiosk",].ambiguous == ("kiosk",)


def test_a_condition_means_those_of_whom_it_is_true() -> None:
    pilot = Selection(condition({"device.group": "Pilot"}))

    assert made(plan_with(wave("one", pilot))).chosen(pilot).tolist() == [True, False, False, False]
    others = Selection(condition({"device.group": {"not_equals": "Pilot"}}))
    assert made(plan_with(wave("one", others))).chosen(others).tolist() == [False, True, True, False]


def test_condition_and_list_must_both_hold() -> None:
    both = Selection(condition({"device.group": "Ring"}), listed=("a", "b.contoso.example"))

    assert made(plan_with(wave("one", both))).chosen(both).tolist() == [False, True, False, False]


def test_a_device_of_several_waves_is_of_the_first_and_marked() -> None:
    ring = Selection(condition({"device.group": "Ring"}))
    waves = made(plan_with(wave("named", Selection(listed=("b.contoso.example",))), wave("ring", ring))).waves

    assert waves.place.tolist() == [NO_WAVE, 0, 1, NO_WAVE]
    assert waves.several.tolist() == [False, True, False, False]


def test_what_is_not_known_is_told() -> None:
    pilot = Selection(condition({"device.group": "Pilot"}))
    waves = made(plan_with(wave("first", pilot), wave("rest", Selection(listed=("a", "c"))))).waves

    assert waves.unsure.tolist() == [NO_WAVE, NO_WAVE, NO_WAVE, 0], "c is of the second wave, and perhaps of the first"
    alone = made(plan_with(wave("first", pilot))).waves
    assert alone.unsure.tolist() == [NO_WAVE, NO_WAVE, NO_WAVE, 0]


def test_shares_take_what_no_condition_or_list_takes() -> None:
    half = [Selection(share=(0, 5_000)), Selection(share=(5_000, 10_000))]
    pilot = Selection(condition({"device.group": "Pilot"}))
    waves = made(plan_with(wave("low", half[0]), wave("high", half[1]), wave("pilot", pilot))).waves

    assert waves.place[0] == 2, "though two waves with shares stand before it"
    assert not waves.several.any()
    assert (waves.place != NO_WAVE).all()


@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_a_share_is_told_by_the_id_alone(low: int, high: int) -> None:
    share = Selection(share=(min(low, high), max(low, high)))
    bucket = made(plan_with(wave("part", share)))

    low, high = sorted((low, high))
    expected = [low <= crc32(name.encode()) * 10_000 // 2**32 < high for name in bucket.ids]
    assert bucket.chosen(share).tolist() == expected


def test_shares_are_near_what_they_say() -> None:
    plan = plan_with(wave("tenth", Selection(share=(0, 1_000))))
    groups: dict[str, str | None] = {f"ws-{number}": None for number in range(4_000)}

    assert 320 <= made(plan, groups).chosen(Selection(share=(0, 1_000))).sum() <= 480


def test_the_tool_of_a_wave_is_that_of_its_devices() -> None:
    ring = wave("ring", Selection(condition({"device.group": "Ring"})), "intune")
    bucket = made(plan_with(ring, statements=(planned("intune", "ring"),)))
    column = bucket.column("plan.tool")

    assert [column.pool.texts[code] for code in column.shown.tolist()] == [None, "intune", "intune", None]
    assert bucket.spoken[0].tolist() == [1, 2]


def planned(tool: str, name: str) -> Statement:
    return Statement("plan.tool", tool, "", "", AS_OF, AS_OF, "waves.yaml", 1, kind=Kind.PLANNED, wave=name)


def test_an_attested_tool_is_not_overruled_by_the_wave() -> None:
    word = Statement("plan.tool", "jamf", "Nora Lind", "CHG-1", AS_OF, AS_OF, "words.yaml", 1, Selection(listed=("a",)))
    everyone = wave("all", Selection(), "intune")
    bucket = made(plan_with(everyone, statements=(word, planned("intune", "all"))))
    column = bucket.column("plan.tool")

    assert [column.pool.texts[code] for code in column.shown.tolist()] == ["jamf", "intune", "intune", "intune"]
    assert bucket.contradicted[1].tolist() == [0]


def test_attestations_that_disagree_settle_nothing() -> None:
    words = tuple(
        Statement("device.group", name, "Nora Lind", "CHG-1", AS_OF, AS_OF, "words.yaml", line)
        for line, name in enumerate(("Ring", "Pilot"))
    )
    for ordered in (words, words[::-1]):
        bucket = made(plan_with(statements=ordered))
        column = bucket.column("device.group")
        assert column.pool.texts[int(column.codes[3])] == "Pilot | Ring", "whatever their order"
        assert column.pool.texts[int(column.shown[0])] == "Pilot", "what was read stays"


def test_a_supposition_stands_in_place_of_what_was_read() -> None:
    where = Selection(condition({"device.group": "Ring"}))
    word = Statement("device.group", "Pilot", "", "", AS_OF, AS_OF, "--assume", 0, where, Kind.ASSUMED)
    column = made(plan_with(statements=(word,))).column("device.group")

    assert [column.pool.texts[code] for code in column.shown.tolist()] == ["Pilot", "Pilot", "Pilot", None]
