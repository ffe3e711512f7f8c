"""Which two halves of a device, one with only its id and one with only its name, a folder tells to be one."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.inventory.identified import UNMATCHED
from checker.inventory.identify import identify
from checker.inventory.read import read_inventory
from checker.model.record import FileRecords
from tests.exports import device_id, entra_id, export

M1, M2 = device_id(1), device_id(2)
E1, E2 = entra_id(1), entra_id(2)
WS_1, WS_2 = "ws-1.contoso.example", "ws-2"
Key = tuple[str | None, str | None, str | None]  # Defender id, Entra id, name
ID, NAME = (M1, None, None), (None, None, WS_1)
FLEET = "fleet.csv"  # the file of this name was not made on a device


@dataclass(frozen=True)
class Scenario:
    """Files of keys, and the devices with the paths of the files that are of them."""

    says: str
    files: Mapping[str, list[Key]]
    devices: Mapping[str, set[str]]


A, B = "pc/sense.reg", "pc/systeminfo.csv"
TWO = {M1: {A}, f"name:{WS_1}": {B}}
ONE = {M1: {A, B}}
SCENARIOS = [
    Scenario("one id and one name in a folder", {A: [ID], B: [NAME]}, ONE),
    Scenario("however many files tell them", {A: [ID], B: [NAME], "pc/c": [NAME, NAME]}, {M1: {A, B, "pc/c"}}),
    Scenario("not beside another name", {A: [ID], B: [NAME], "pc/c": [(None, None, WS_2)]},
             {**TWO, f"name:{WS_2}": {"pc/c"}}),
    Scenario("nor another id", {A: [ID], B: [NAME], "pc/c": [(M2, None, None)]}, {**TWO, M2: {"pc/c"}}),
    Scenario("nor in another folder", {A: [ID], "systeminfo.csv": [NAME], "pc/deep/s.csv": [NAME]},
             {M1: {A}, f"name:{WS_1}": {"systeminfo.csv", "pc/deep/s.csv"}}),
    Scenario("an archive is a folder of all that it holds", {"x.zip/logs/a.reg": [ID], "x.zip/b.csv": [NAME]},
             {M1: {"x.zip/logs/a.reg", "x.zip/b.csv"}}),
    Scenario(
        "and one of many devices a folder of each of its folders",
        {"x.zip/1/a.reg": [ID], "x.zip/1/b.csv": [NAME], "x.zip/2/a.reg": [(M2, None, None)],
         "x.zip/2/b.csv": [(None, None, WS_2)]},
        {M1: {"x.zip/1/a.reg", "x.zip/1/b.csv"}, M2: {"x.zip/2/a.reg", "x.zip/2/b.csv"}},
    ),
    Scenario("not if the id has a name elsewhere", {A: [ID], B: [NAME], FLEET: [(M1, None, WS_2)]},
             {M1: {A, FLEET}, f"name:{WS_1}": {B}}),
    Scenario("nor if the name has an id", {A: [ID], B: [NAME], FLEET: [(M2, None, WS_1)]}, {M1: {A}, M2: {B, FLEET}}),
    Scenario("what the name joined comes along", {A: [ID], B: [NAME], "in/intune.csv": [(None, E1, WS_1)]},
             {M1: {A, B, "in/intune.csv"}}),
    Scenario("but not against another Entra id", {A: [ID], "pc/c": [(M1, E2, None)], B: [(None, E1, WS_1)]},
             {M1: {A, "pc/c"}, f"entra:{E1}": {B}}),
    Scenario("one id beside two names", {A: [ID], B: [NAME], "mac/a": [ID], "mac/b": [(None, None, WS_2)]},
             {M1: {A, "mac/a"}, f"name:{WS_1}": {B}, f"name:{WS_2}": {"mac/b"}}),
    Scenario("one name beside two ids", {A: [ID], B: [NAME], "mac/a": [(M2, None, None)], "mac/b": [NAME]},
             {M1: {A}, M2: {"mac/a"}, f"name:{WS_1}": {B, "mac/b"}}),
    Scenario("a list of a fleet is no half", {A: [ID], "pc/fleet.csv": [NAME]},
             {M1: {A}, f"name:{WS_1}": {"pc/fleet.csv"}}),
    Scenario("a fleet beside them that names others", {A: [ID], B: [NAME], "pc/fleet.csv": [(None, E2, WS_2)]},
             {**TWO, f"entra:{E2}": {"pc/fleet.csv"}}),
]  # fmt: skip


def files_of(keys: Mapping[str, list[Key]]) -> list[FileRecords]:
    titles = ("mde_id", "entra_id", "name")
    named = {path: [dict(zip(titles, key, strict=True)) for key in rows] for path, rows in keys.items()}
    return [export(path, *rows, per_device=not path.endswith(FLEET)) for path, rows in named.items()]


def grouped(inputs: list[FileRecords]) -> dict[str, set[str]]:
    """Return the paths of the files that are of each device."""
    found = identify(inputs)
    paths = [item.file.path for item in inputs for frame in item.frames for _ in range(frame.height)]
    groups: dict[str, set[str]] = {}
    for path, device in zip(paths, found.device.tolist(), strict=True):
        groups.setdefault(found.device_ids[device] if device != UNMATCHED else "", set()).add(path)
    return groups


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.says)
def test_halves_of_a_device(scenario: Scenario) -> None:
    inputs = files_of(scenario.files)
    assert grouped(inputs) == scenario.devices
    assert grouped(inputs[::-1]) == scenario.devices


def test_a_list_of_updates_joins_the_id_beside_it_which_it_could_not_found() -> None:
    hotfix = export("pc/hotfix.csv", {"name": WS_1}, founds=False, per_device=True)
    found = identify([export(A, {"mde_id": M1}, per_device=True), hotfix])
    assert (found.device_ids.to_list(), found.device.tolist()) == ([M1], [0, 0])
    assert found.aliases.to_dicts() == [{"device": 0, "alias": f"name:{WS_1}"}]


def test_a_registry_file_joins_the_names_beside_it(tmp_path: Path) -> None:
    for name in ("sense-registry/streamlined.reg", "get-hotfix/selected.csv"):
        (tmp_path / Path(name).name).write_bytes(Path(name).read_bytes())
    both = identify(read_inventory([str(tmp_path)]))
    alone = [identify(read_inventory([str(file)])) for file in sorted(tmp_path.iterdir())]
    assert sum(len(found.device_ids) for found in alone) == 1  # the list of updates founds none
    assert both.device_ids.to_list() == ["c5c712e1f2d899fd9751924c87e66e284378e6b2"]


PLACES = ("a/1", "a/2", "b/1", "b/2", "x.zip/1", "x.zip/in/1", "x.zip/in/2")
keys = st.tuples(
    st.none() | st.sampled_from([M1, M2]),
    st.none() | st.sampled_from([E1, E2]),
    st.none() | st.sampled_from([WS_1, "ws-1", WS_2]),
)
layouts = st.dictionaries(st.sampled_from([*PLACES, "a/fleet.csv"]), st.lists(keys, min_size=1, max_size=2), min_size=1)


@settings(max_examples=200, deadline=None)
@given(layouts, st.randoms(use_true_random=False))
def test_halves_join_whatever_the_order_and_never_two_ids(layout: dict[str, list[Key]], random: Random) -> None:
    inputs = files_of(layout)
    found = grouped(inputs)
    random.shuffle(inputs)
    assert grouped(inputs) == found
    rows: list[dict[str, Any]] = [row for item in inputs for row in item.frames[0].iter_rows(named=True)]
    result = identify(inputs)
    for row, device in zip(rows, result.device.tolist(), strict=True):
        assert row["mde_id"] in (None, result.device_ids[device] if device != UNMATCHED else None)


@given(st.permutations(PLACES[:2]), st.sampled_from([WS_1, WS_2]))
def test_alone_in_their_folder_two_halves_are_always_one(places: list[str], name: str) -> None:
    layout: dict[str, list[Key]] = {places[0]: [ID], places[1]: [(None, None, name)]}
    assert grouped(files_of(layout)) == {M1: {*places}}
