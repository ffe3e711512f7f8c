"""Which device a file is of that names none: told by the other files of its folder, or by the names of both."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from checker.inventory.identified import Placed
from checker.inventory.identify import identify
from checker.inventory.join_notices import join_notices
from checker.model.record import FileRecords
from tests.exports import device_id, export

M1, M2 = device_id(1), device_id(2)
WS_1, WS_2 = "ws-1.corp.contoso.example", "ws-2.corp.contoso.example"
FLEET: dict[str, list[dict[str, Any]]] = {"fleet.csv": [{"mde_id": M1, "name": WS_1}, {"mde_id": M2, "name": WS_2}]}
NAMELESS: dict[str, Any] = {"agent.version": "10.8760.1"}
TELLS_NOT, MANY = "nothing tells which", "its folder may be of several devices"
AT_ODDS = "its name tells one device and its folder another"


@dataclass(frozen=True)
class Scenario:
    """Files that name devices, files that name none, and the device and reason of each of these."""

    says: str
    named: dict[str, list[dict[str, Any]]]
    placed: dict[str, tuple[str, str]]
    twins: frozenset[str] = field(default_factory=frozenset)  # nameless files of one content


SAY = "name the file or its folder as the device, or say --device-of"
CONTENTS, FILE, FOLDER = "the other files of its folder", "the name of its file", "the name of its folder"
SCENARIOS = [
    Scenario("the only one that the folder names", {"a/health.txt": [{"mde_id": M1}]}, {"a/mp.json": (M1, CONTENTS)}),
    Scenario(
        "by whatever keys its files name it",
        {"a/health.txt": [{"mde_id": M1}], "a/system.csv": [{"name": "WS-1"}]},
        {"a/mp.json": (M1, CONTENTS)},
    ),
    Scenario(
        "no proof is a folder in which two are named",
        {"a/health.txt": [{"mde_id": M1}], "a/system.csv": [{"name": WS_2}]},
        {"a/mp.json": ("", MANY)},
    ),
    Scenario(
        "or one, and one whom nobody knows",
        {"a/health.txt": [{"mde_id": M1}], "a/urls.csv": [{"name": "ws-9"}]},
        {"a/mp.json": ("", MANY)},
    ),
    Scenario("the folder above is none of its", {"health.txt": [{"mde_id": M1}]}, {"a/mp.json": ("", TELLS_NOT)}),
    Scenario("nor the one below", {"a/b/health.txt": [{"mde_id": M1}]}, {"a/mp.json": ("", TELLS_NOT)}),
    Scenario("the name of the file", {}, {"a/ws-1.json": (M1, FILE), f"a/{WS_2.upper()}.json.gz": (M2, FILE)}),
    Scenario("the name of its folder", {}, {"a/ws-1/mp.json": (M1, FOLDER), "a/ws-2.zip/mp.json": (M2, FOLDER)}),
    Scenario("only a whole name", {}, {"a/ws-1-status.json": ("", TELLS_NOT), "ws/mp.json": ("", TELLS_NOT)}),
    Scenario(
        "a file called as another device than its folder tells is of neither",
        {"a/health.txt": [{"mde_id": M1}]},
        {"a/ws-2.json": ("", AT_ODDS)},
    ),
    Scenario(
        "even if its name only begins with that of another",
        {"a/health.txt": [{"mde_id": M1}]},
        {"a/ws-2_status.json": ("", AT_ODDS)},
    ),
    Scenario(
        "or if another file of the folder is called after the device, and it is not",
        {"a/ws-1-health.txt": [{"mde_id": M1}]},
        {"a/ws-9.json": ("", MANY), "a/x/mp.json": ("", TELLS_NOT)},
    ),
    Scenario(
        "in which one that is, is of the device",
        {"a/ws-1-health.txt": [{"mde_id": M1}], "ws-2/ws-2.txt": [{"mde_id": M2}]},
        {"a/ws-1-mp.json": (M1, CONTENTS), "ws-2/mp.json": (M2, FOLDER)},
    ),
    Scenario(
        "two files of one product are of two devices, as likely as not",
        {"a/health.txt": [{"mde_id": M1}]},
        {"a/mp-1.json": ("", MANY), "a/mp-2.json": ("", MANY)},
    ),
    Scenario(
        "but not if they are the same, or their folder says it, too",
        {"a/health.txt": [{"mde_id": M1}], "ws-2/health.txt": [{"mde_id": M2}]},
        {"a/mp.json": (M1, CONTENTS), "a/copy.json": (M1, CONTENTS),
         "ws-2/mp-1.json": (M2, FOLDER), "ws-2/mp-2.json": (M2, FOLDER)},
        twins=frozenset({"a/mp.json", "a/copy.json"}),
    ),
    Scenario(
        "in an archive a file is of what lies below, and above it up to the archive",
        {"in/x.zip/result/analyzer.xml": [{"mde_id": M1}]},
        {"in/x.zip/mp.json": (M1, CONTENTS), "in/x.zip/result/deep/conn.txt": (M1, CONTENTS)},
        twins=frozenset({"in/x.zip/mp.json", "in/x.zip/result/deep/conn.txt"}),
    ),
    Scenario(
        "an archive of many devices tells none of the folder that names none",
        {"x.zip/one/analyzer.xml": [{"mde_id": M1}]},
        {"x.zip/two/mp.json": ("", TELLS_NOT)},
    ),
]  # fmt: skip


def files_of(scenario: Scenario) -> list[FileRecords]:
    evidence = [export(path, *rows, founds=path == "fleet.csv") for path, rows in {**FLEET, **scenario.named}.items()]
    nameless = [
        export(path, NAMELESS, place_names=True, digest="same" if path in scenario.twins else path)
        for path in scenario.placed
    ]
    return [*evidence, *nameless]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.says)
def test_a_file_that_names_no_device_is_of(scenario: Scenario) -> None:
    inputs = files_of(scenario)
    found = identify(inputs)
    expected = tuple(Placed(path, 1, device, why) for path, (device, why) in sorted(scenario.placed.items()))
    assert found.placed == expected
    assert found.device_ids.to_list() == [M1, M2]
    paths = [item.file.path for item in inputs for frame in item.frames for _ in range(frame.height)]
    given = dict(zip(paths, found.device.tolist(), strict=True))
    assert {path: given[path] for path in scenario.placed} == {
        path: [M1, M2].index(device) if device else -1 for path, (device, _) in scenario.placed.items()
    }
    nowhere = sorted(path for path, (device, _) in scenario.placed.items() if not device)
    assert [item.first[0][0] for item in found.unmatched if item.reason == "no key"] == nowhere
    inputs = [*inputs[2:], *inputs[1::-1]]
    assert (identify(inputs).placed, identify(inputs).unmatched) == (found.placed, found.unmatched)


def test_no_place_founds_a_device() -> None:
    found = identify([export("ws-1/mp.json", NAMELESS, place_names=True)])

    assert (found.device_ids.to_list(), [item.device_id for item in found.placed]) == ([], [""])


def test_rows_beside_such_as_name_their_device_are_of_nobody_knows_whom() -> None:
    named = export("ws-1/mp.csv", {"name": "ws-2"}, NAMELESS, place_names=True, founds=False)
    found = identify([export("fleet.csv", *FLEET["fleet.csv"]), named])

    assert found.device.tolist() == [0, 1, 1, -1]
    assert found.placed == (Placed("ws-1/mp.csv", 1, "", MANY),)


def test_two_devices_of_one_short_name_are_called_by_neither() -> None:
    fleet = export("fleet/1.csv", {"mde_id": M1, "name": WS_1}, {"mde_id": M2, "name": "ws-1.lab.contoso.example"})
    found = identify([fleet, export("ws-1.json", NAMELESS, place_names=True)])

    assert found.placed == (Placed("ws-1.json", 1, "", TELLS_NOT),)


def test_the_longest_name_with_which_a_file_begins_counts() -> None:
    fleet = export("fleet.csv", *FLEET["fleet.csv"], {"mde_id": device_id(3), "name": "ws"})
    mine = export("a/health.txt", {"mde_id": M1}, founds=False)
    found = identify([fleet, mine, export("a/ws-1-status.json", NAMELESS, place_names=True)])

    assert found.placed == (Placed("a/ws-1-status.json", 1, M1, CONTENTS),)


def test_the_notices_say_what_was_taken_and_what_to_do() -> None:
    inputs = [export("fleet.csv", *FLEET["fleet.csv"]), export("a/ws-1.json", NAMELESS, place_names=True)]
    inputs.append(export("b/mp.json", NAMELESS, NAMELESS, place_names=True))

    assert list(join_notices(identify(inputs))) == [
        "Records of no device (no key): 2 rows, first b/mp.json row 1.",
        f"a/ws-1.json: 1 row names no device; taken for {M1} by the name of its file.",
        f"b/mp.json: 2 rows name no device, and nothing tells which: {SAY} b/mp.json=NAME.",
    ]
