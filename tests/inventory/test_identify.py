"""Which records are one device: a scenario a line, each key table as files would have it, in whatever order."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from random import Random
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.inventory.identified import UNMATCHED, Identified, Unmatched
from checker.inventory.identify import identify
from checker.model.record import FileRecords
from tests.exports import device_id, entra_id, export

M1, M2, M3 = (device_id(number) for number in (1, 2, 3))
E1, E2 = entra_id(1), entra_id(2)
EVIDENCE = "evidence"  # the file of this name may not found devices
FQDN, OTHER_FQDN, SHORT = "ws-1.corp.contoso.example", "ws-1.lab.contoso.example", "ws-1"
WS_2 = "ws-2.contoso.example"
I1, I2, C1 = "intune:0000a1", "intune:0000a2", "configmgr:16777220"
A1, A2 = "azure:/machines/1", "azure:/machines/2"
REPEATING = "repeating"  # the file of this name is of a system that may give one id twice
SECONDARY = "secondary"  # the file of this name is a secondary source
Keys = tuple[str | None, ...]  # Defender id, Entra id, name, own id of a system


@dataclass(frozen=True)
class Scenario:
    """Files of keys; and the devices by id with the records of each, as file and number, aliases and the unmatched."""

    says: str
    files: Mapping[str, list[Keys]]
    devices: Mapping[str, set[str]]
    aliases: Mapping[str, list[str]] = ()  # type: ignore[assignment]
    unmatched: Mapping[str, str] = ()  # type: ignore[assignment]


AMBIGUOUS, UNKNOWN = "ambiguous", "evidence for an unknown device"
ONLY_SECONDARY = "only a secondary source knows it"
SCENARIOS = [
    Scenario(
        "two Defender ids never merge, whatever else they share",
        {"a": [(M1, E1, FQDN)], "b": [(M2, E1, FQDN), (M1, None, None)]},
        {M1: {"a1", "b2"}, M2: {"b1"}},
    ),
    Scenario(
        "a record without a Defender id joins the only device with its Entra id, whatever it is called",
        {"a": [(M1, E1, FQDN), (M2, E2, "ws-2")], "b": [(None, E1, "ws-2")]},
        {M1: {"a1", "b1"}, M2: {"a2"}},
        aliases={M1: [f"entra:{E1}"]},
    ),
    Scenario(
        "a device goes by every Entra id that its records ever had",
        {"a": [(M1, E1, None), (M1, E2, None)], "b": [(None, E1, None), (None, E2, None)]},
        {M1: {"a1", "a2", "b1", "b2"}},
        aliases={M1: [f"entra:{E1}", f"entra:{E2}"]},
    ),
    Scenario(
        "an Entra id that no device has founds one",
        {"a": [(M1, None, "ws-2")], "b": [(None, E1, FQDN), (None, E1, SHORT)]},
        {M1: {"a1"}, f"entra:{E1}": {"b1", "b2"}},
    ),
    Scenario(
        "an Entra id that goes by two names, one of which several devices have, joins none of them, in whatever order",
        {"a": [(M1, None, FQDN), (M1, None, WS_2), (M2, None, WS_2)], "b": [(None, E1, FQDN), (None, E1, WS_2)]},
        {M1: {"a1", "a2"}, M2: {"a3"}, f"entra:{E1}": {"b1", "b2"}},
    ),
    Scenario(
        "an Entra id that several devices have is ambiguous, though the name would fit one of them",
        {"a": [(M1, E1, FQDN), (M2, E1, "ws-2")], "b": [(None, E1, FQDN)]},
        {M1: {"a1"}, M2: {"a2"}},
        unmatched={f"entra:{E1}": AMBIGUOUS},
    ),
    Scenario(
        "what goes with an ambiguous record is ambiguous with it",
        {"a": [(M1, E1, None), (M2, E1, None)], "b": [(None, E1, FQDN)], "c": [(None, None, FQDN)]},
        {M1: {"a1"}, M2: {"a2"}},
        unmatched={f"entra:{E1}": AMBIGUOUS, f"name:{FQDN}": AMBIGUOUS},
    ),
    Scenario(
        "an Entra id of which no Defender record tells joins by full name",
        {"a": [(M1, None, FQDN)], "b": [(None, E1, FQDN)]},
        {M1: {"a1", "b1"}},
        aliases={M1: [f"entra:{E1}"]},
    ),
    Scenario(
        "and by short name, where only one side has the full one",
        {"a": [(M1, None, FQDN)], "b": [(None, E1, SHORT)]},
        {M1: {"a1", "b1"}},
        aliases={M1: [f"entra:{E1}"]},
    ),
    Scenario(
        "a name does not join what two Entra ids keep apart",
        {"a": [(M1, E2, FQDN)], "b": [(None, E1, FQDN)]},
        {M1: {"a1"}, f"entra:{E1}": {"b1"}},
    ),
    Scenario(
        "two Entra ids of one name are two devices, and neither takes the Defender record of that name",
        {"a": [(M1, None, FQDN)], "b": [(None, E1, FQDN), (None, E2, FQDN)]},
        {M1: {"a1"}, f"entra:{E1}": {"b1"}, f"entra:{E2}": {"b2"}},
    ),
    Scenario(
        "nor do two Entra ids join one device by two names that it had",
        {"a": [(M1, None, WS_2), (M1, None, FQDN)], "b": [(None, E1, FQDN), (None, E2, WS_2)]},
        {M1: {"a1", "a2"}, f"entra:{E1}": {"b1"}, f"entra:{E2}": {"b2"}},
    ),
    Scenario(
        "one Entra id whose two names lead to two devices joins neither by name",
        {"a": [(M1, None, FQDN), (M2, None, WS_2)], "b": [(None, E1, FQDN), (None, E1, WS_2)]},
        {M1: {"a1"}, M2: {"a2"}, f"entra:{E1}": {"b1", "b2"}},
    ),
    Scenario(
        "a name alone joins the only device of that full name; case, a final dot and spaces do not matter",
        {"a": [(M1, None, FQDN), (M2, None, OTHER_FQDN)], "b": [(None, None, f" {FQDN.upper()}. ")]},
        {M1: {"a1", "b1"}, M2: {"a2"}},
        aliases={M1: [f"name:{FQDN}"]},
    ),
    Scenario(
        "stronger parties join first, so that weaker ones find one device",
        {"a": [(M1, None, FQDN)], "b": [(None, E1, FQDN)], "c": [(None, None, FQDN)], "d": [(None, None, SHORT)]},
        {M1: {"a1", "b1", "c1", "d1"}},
        aliases={M1: [f"entra:{E1}", f"name:{SHORT}", f"name:{FQDN}"]},
    ),
    Scenario(
        "a full name that several devices have is ambiguous",
        {"a": [(M1, None, FQDN), (M2, None, FQDN)], "b": [(None, None, FQDN)]},
        {M1: {"a1"}, M2: {"a2"}},
        unmatched={f"name:{FQDN}": AMBIGUOUS},
    ),
    Scenario(
        "a short name joins the only device of that short name",
        {"a": [(M1, None, FQDN)], "b": [(None, None, SHORT.upper())]},
        {M1: {"a1", "b1"}},
        aliases={M1: [f"name:{SHORT}"]},
    ),
    Scenario(
        "a short name that several devices have is ambiguous",
        {"a": [(M1, None, FQDN), (M2, None, OTHER_FQDN)], "b": [(None, None, SHORT)]},
        {M1: {"a1"}, M2: {"a2"}},
        unmatched={f"name:{SHORT}": AMBIGUOUS},
    ),
    Scenario(
        "also if one of them is known by its full name alone",
        {"a": [(M1, None, FQDN)], "b": [(None, None, OTHER_FQDN)], "c": [(None, None, SHORT)]},
        {M1: {"a1"}, f"name:{OTHER_FQDN}": {"b1"}},
        unmatched={f"name:{SHORT}": AMBIGUOUS},
    ),
    Scenario(
        "two full names are two devices, though their short name is one",
        {"a": [(M1, None, FQDN)], "b": [(None, None, OTHER_FQDN)]},
        {M1: {"a1"}, f"name:{OTHER_FQDN}": {"b1"}},
    ),
    Scenario(
        "a full name joins the only device that goes by its short name alone",
        {"a": [(M1, None, SHORT)], "b": [(None, None, FQDN)]},
        {M1: {"a1", "b1"}},
        aliases={M1: [f"name:{FQDN}"]},
    ),
    Scenario(
        "two full names that would both do so are devices of their own",
        {"a": [(M1, None, SHORT)], "b": [(None, None, FQDN), (None, None, OTHER_FQDN)]},
        {M1: {"a1"}, f"name:{FQDN}": {"b1"}, f"name:{OTHER_FQDN}": {"b2"}},
    ),
    Scenario(
        "a full name, once it is known through an Entra id, is a stronger key than the short one",
        {"a": [(M1, E1, SHORT)], "b": [(None, E1, OTHER_FQDN)], "c": [(None, None, FQDN)]},
        {M1: {"a1", "b1"}, f"name:{FQDN}": {"c1"}},
        aliases={M1: [f"entra:{E1}"]},
    ),
    Scenario(
        "without any Defender id, names join what Entra ids found",
        {"a": [(None, E1, SHORT)], "b": [(None, None, FQDN)], "c": [(None, None, SHORT)]},
        {f"entra:{E1}": {"a1", "b1", "c1"}},
        aliases={f"entra:{E1}": [f"name:{SHORT}", f"name:{FQDN}"]},
    ),
    Scenario(
        "evidence joins a device by any key",
        {
            "a": [(M1, E1, FQDN)],
            EVIDENCE: [(M1, None, None), (None, E1, None), (None, None, FQDN), (None, None, SHORT)],
        },
        {M1: {"a1", "evidence1", "evidence2", "evidence3", "evidence4"}},
        aliases={M1: [f"entra:{E1}", f"name:{SHORT}", f"name:{FQDN}"]},
    ),
    Scenario(
        "evidence never founds a device, whatever its key",
        {
            "a": [(M1, None, "ws-9")],
            EVIDENCE: [(M2, None, None), (None, E1, None), (None, None, FQDN), (None, None, "ws-2")],
        },
        {M1: {"a1"}},
        unmatched={M2: UNKNOWN, f"entra:{E1}": UNKNOWN, f"name:{FQDN}": UNKNOWN, "name:ws-2": UNKNOWN},
    ),
    Scenario(
        "nor if all records have Defender ids",
        {"a": [(M1, None, None)], EVIDENCE: [(M1, None, None), (M2, None, None)]},
        {M1: {"a1", "evidence1"}},
        unmatched={M2: UNKNOWN},
    ),
    Scenario(
        "a record that may found a device founds the one that evidence has a stronger key for",
        {EVIDENCE: [(M1, None, FQDN)], "b": [(None, None, FQDN)]},
        {M1: {"evidence1", "b1"}},
        aliases={M1: [f"name:{FQDN}"]},
    ),
    Scenario(
        "a record without a key is of no device",
        {"a": [(M1, None, None), (None, None, None), (None, None, " . "), (None, None, ".contoso.example")]},
        {M1: {"a1"}},
        unmatched={"": "no key"},
    ),
    Scenario("no records are no devices", {"a": []}, {}),
    Scenario(
        "a record that has only the exporting system's own id joins the device of that id, whatever it is called",
        {"a": [(M1, E1, FQDN)], "b": [(None, E1, "ws-9", I1)], "c": [(None, None, "ws-8", I1)]},
        {M1: {"a1", "b1", "c1"}},
        aliases={M1: [f"entra:{E1}", I1]},
    ),
    Scenario(
        "an own id that nothing stronger has founds a device, and joins by name what is unique",
        {"a": [(M1, None, FQDN)], "b": [(None, None, SHORT, I1), (None, None, "ws-7", I2)]},
        {M1: {"a1", "b1"}, I2: {"b2"}},
        aliases={M1: [I1]},
    ),
    Scenario(
        "a device enrolled again has two own ids and one Entra id, and is one device",
        {"a": [(M1, E1, FQDN)], "b": [(None, E1, SHORT, I1), (None, E1, SHORT, I2)], "c": [(None, None, None, I2)]},
        {M1: {"a1", "b1", "b2", "c1"}},
        aliases={M1: [f"entra:{E1}", I2]},
    ),
    Scenario(
        "two own ids of one system and one name are two devices, and neither takes the Defender record",
        {"a": [(M1, None, FQDN)], "b": [(None, None, FQDN, I1), (None, None, FQDN, I2)]},
        {M1: {"a1"}, I1: {"b1"}, I2: {"b2"}},
    ),
    Scenario(
        "a name does not join what two own ids of one system keep apart",
        {"a": [(M1, E1, FQDN)], "b": [(None, E1, None, I1)], "c": [(None, None, FQDN, I2)]},
        {M1: {"a1", "b1"}, I2: {"c1"}},
        aliases={M1: [f"entra:{E1}"]},
    ),
    Scenario(
        "own ids of two systems never disagree: both join by name",
        {"a": [(M1, None, FQDN)], "b": [(None, None, FQDN, I1)], "c": [(None, None, SHORT, C1)]},
        {M1: {"a1", "b1", "c1"}},
        aliases={M1: [C1, I1]},
    ),
    Scenario(
        "also without any Defender record",
        {"b": [(None, None, FQDN, I1)], "c": [(None, None, FQDN, C1)], "d": [(None, None, SHORT)]},
        {C1: {"b1", "c1", "d1"}},
        aliases={C1: [I1, f"name:{SHORT}"]},
    ),
    Scenario(
        "an own id that several Defender ids have is ambiguous, though its name would fit a third",
        {"a": [(M1, E1, None), (M2, E2, None), (M3, None, FQDN)], "b": [(M1, None, None, I1), (M2, None, None, I1)],
         "c": [(None, None, FQDN, I1)]},
        {M1: {"a1", "b1"}, M2: {"a2", "b2"}, M3: {"a3"}},
        unmatched={I1: AMBIGUOUS},
    ),
    Scenario(
        "an own id that two servers count alike is no device's, whatever names join",
        {"a": [(M1, None, FQDN), (M2, None, WS_2)], REPEATING: [(None, None, SHORT, C1), (None, None, "ws-2", C1)],
         "repeating-too": [(None, None, None, C1)]},
        {M1: {"a1"}, M2: {"a2"}},
        unmatched={C1: AMBIGUOUS},
    ),
    Scenario(
        "nor does what has a stronger key join by it",
        {"a": [(M1, None, None, C1), (M2, None, None)], REPEATING: [(None, E1, SHORT, C1), (None, E2, "ws-2", C1)]},
        {M1: {"a1"}, M2: {"a2"}, f"entra:{E1}": {"repeating1"}, f"entra:{E2}": {"repeating2"}},
    ),
    Scenario(
        "one name in two spellings, and rows without any, are no two names",
        {"a": [(M1, None, FQDN)],
         REPEATING: [(None, None, "WS-1", C1), (None, None, FQDN, C1), (None, None, None, C1)]},
        {M1: {"a1", "repeating1", "repeating2", "repeating3"}},
        aliases={M1: [C1]},
    ),
    Scenario(
        "a domain makes two names of one",
        {"a": [(M1, None, FQDN)], REPEATING: [(None, None, FQDN, C1), (None, None, OTHER_FQDN, C1)]},
        {M1: {"a1"}},
        unmatched={C1: AMBIGUOUS},
    ),
    Scenario(
        "in a system whose ids are its own a device goes by every name",
        {"a": [(M1, None, FQDN)], "b": [(None, None, SHORT, I1), (None, None, "desktop-7", I1)]},
        {M1: {"a1", "b1", "b2"}},
        aliases={M1: [I1]},
    ),
    Scenario(
        "two own ids of one name in a secondary source could both be the device, and neither is taken for it",
        {"a": [(M1, None, FQDN)], SECONDARY: [(None, None, SHORT, A1), (None, None, SHORT, A2)]},
        {M1: {"a1"}},
        unmatched={A1: AMBIGUOUS, A2: AMBIGUOUS},
    ),
    Scenario(
        "names that stand for none join nothing, and alone are no key",
        {"a": [(M1, None, "localhost"), (M2, None, "Unknown")],
         "b": [(None, None, "LOCALHOST"), (None, None, "unknown"),
         (None, None, "<NA>"), (None, E1, "localhost.localdomain"), (None, None, "None")]},
        {M1: {"a1"}, M2: {"a2"}, f"entra:{E1}": {"b4"}},
        unmatched={"": "no key"},
    ),
    Scenario(
        "a secondary source joins, and founds no device",
        {"a": [(M1, None, FQDN)], SECONDARY: [(None, None, SHORT), (None, None, "ws-3")]},
        {M1: {"a1", "secondary1"}},
        aliases={M1: [f"name:{SHORT}"]},
        unmatched={"name:ws-3": ONLY_SECONDARY},
    ),
    Scenario(
        "what a secondary source and evidence know is evidence for an unknown device",
        {"a": [(M1, None, FQDN)], SECONDARY: [(None, None, "ws-3")], EVIDENCE: [(None, None, "ws-3")]},
        {M1: {"a1"}},
        unmatched={"name:ws-3": UNKNOWN},
    ),
]  # fmt: skip


def files_of(scenario: Scenario) -> list[FileRecords]:
    return [
        export(
            path,
            *(dict(zip(("mde_id", "entra_id", "name", "own_id"), keys, strict=False)) for keys in rows),
            founds=path != EVIDENCE,
            secondary=path == SECONDARY,
            own_ids_repeat=path.startswith(REPEATING),
        )
        for path, rows in scenario.files.items()
    ]


def members(inputs: list[FileRecords], found: Identified) -> dict[str, set[str]]:
    """Return the records of each device by file and row, which shuffling does not change."""
    records = [f"{item.file.path}{row}" for item in inputs for frame in item.frames for row in frame["row"]]
    devices: dict[str, set[str]] = {name: set() for name in found.device_ids}
    for record, device in zip(records, found.device.tolist(), strict=True):
        if device != UNMATCHED:
            devices[found.device_ids[device]].add(record)
    return devices


def aliases(found: Identified) -> dict[str, list[str]]:
    names: dict[str, list[str]] = {}
    for device, alias in found.aliases.iter_rows():
        names.setdefault(found.device_ids[device], []).append(alias)
    return names


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.says)
def test_each_record_finds_its_device(scenario: Scenario) -> None:
    inputs = files_of(scenario)
    found = identify(inputs)

    assert members(inputs, found) == scenario.devices
    assert aliases(found) == dict(scenario.aliases or {})
    assert {item.key: item.reason for item in found.unmatched} == dict(scenario.unmatched or {})
    assert [item.key for item in found.unmatched] == sorted(item.key for item in found.unmatched)


def test_an_ambiguous_party_names_those_that_it_could_join() -> None:
    found = identify([export("a", {"mde_id": M2, "name": FQDN}, {"mde_id": M1, "name": FQDN}, {"name": SHORT})])

    assert found.unmatched == (Unmatched(f"name:{SHORT}", AMBIGUOUS, (M1, M2), 1, (("a", 3),)),)


def test_an_own_id_that_is_given_twice_tells_its_names() -> None:
    rows = ({"own_id": C1, "name": "WS-9"}, {"own_id": C1, "name": FQDN})
    found = identify([export("a", *rows, own_ids_repeat=True)])

    assert found.unmatched == (Unmatched(C1, AMBIGUOUS, (f"name:{FQDN}", "name:ws-9"), 2, (("a", 1), ("a", 2))),)
    assert len(found.device_ids) == 0


def test_two_machines_of_one_name_tell_whose_they_could_be() -> None:
    rows = ({"own_id": A1, "name": SHORT}, {"own_id": A2, "name": SHORT})
    found = identify([export("a", {"mde_id": M1, "name": FQDN}), export("b", *rows, secondary=True)])

    assert [(item.key, item.candidates) for item in found.unmatched] == [(A1, (M1,)), (A2, (M1,))]


def test_keys_that_only_look_alike_by_their_hash_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two texts with one hash are as good as never seen, so they are made up: the first seed gives one hash to all."""
    true_hash = pl.Series.hash
    monkeypatch.setattr(pl.Series, "hash", lambda self, seed=0: true_hash(self, seed) * (1 if seed else 0))
    inputs = [
        export("a", {"mde_id": M1, "name": FQDN}, {"entra_id": E1}),
        export("b", {"name": "ws-9.contoso.example"}),
    ]

    assert members(inputs, identify(inputs)) == {M1: {"a1"}, f"entra:{E1}": {"a2"}, "name:ws-9.contoso.example": {"b1"}}


def test_devices_are_sorted_by_id() -> None:
    found = identify([export("a", {"name": "b"}, {"entra_id": E1}, {"mde_id": M3}, {"name": "a"}, {"mde_id": M1})])

    assert found.device_ids.to_list() == [M1, M3, f"entra:{E1}", "name:a", "name:b"]
    assert found.device.tolist() == [4, 2, 1, 3, 0]


keys = st.tuples(
    st.sampled_from([None, M1, M2]),
    st.sampled_from([None, E1, E2]),
    st.sampled_from([None, FQDN, OTHER_FQDN, SHORT, "ws-2", WS_2, "localhost"]),
)
kinds = st.sampled_from(["inventory", "evidence", "secondary"])
systems = st.sampled_from(["", "intune:", "configmgr:"])  # one for a file, as its mapping has one
files = st.tuples(kinds, systems, st.lists(st.tuples(keys, st.sampled_from([None, "1", "2"])), max_size=4))
inventories = st.lists(files, min_size=1, max_size=4)


@settings(max_examples=150, deadline=None)
@given(inventories, st.randoms(use_true_random=False))
def test_the_order_of_files_and_rows_plays_no_part(
    files: list[tuple[str, str, list[tuple[Keys, str | None]]]], random: Random
) -> None:
    inputs = []
    for number, (kind, system, rows) in enumerate(files):
        made = [(*three, system + own if system and own else None) for three, own in rows]
        only = Scenario("", {f"file-{number}-": made}, {})
        how: dict[str, Any] = {"founds": kind == "inventory", "secondary": kind == "secondary"}
        inputs += [FileRecords(replace(item.file, **how), item.frames) for item in files_of(only)]
    shuffled = [FileRecords(item.file, [shuffle(frame, random) for frame in item.frames]) for item in inputs]
    random.shuffle(shuffled)
    one, other = identify(inputs), identify(shuffled)

    assert members(inputs, one) == members(shuffled, other)
    assert (aliases(one), one.unmatched) == (aliases(other), other.unmatched)
    never_merged(inputs, one)


def shuffle(frame: pl.DataFrame, random: Random) -> pl.DataFrame:
    order = list(range(frame.height))
    random.shuffle(order)
    return frame[order]


def never_merged(inputs: list[FileRecords], found: Identified) -> None:
    """Hold that a record with a Defender id is of that device or of none, and that each has a place or a reason."""
    rows: list[dict[str, Any]] = [
        row for item in inputs for frame in item.frames for row in frame.iter_rows(named=True)
    ]
    for row, device in zip(rows, found.device.tolist(), strict=True):
        if row["mde_id"] and device != UNMATCHED:
            assert found.device_ids[device] == row["mde_id"]
    assert bool(found.unmatched) == (UNMATCHED in found.device.tolist())
