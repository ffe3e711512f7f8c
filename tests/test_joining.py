"""Joining loses nothing and decides nothing by chance: random fleets of many sources, split, repeated and shuffled."""

from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from checker.inventory.identified import UNMATCHED
from checker.inventory.identify import identify
from checker.inventory.rule_lines import read_rule
from checker.model.record import FileRecords
from tests.exports import Row, device_id, entra_id, export
from tests.test_properties import EDR, MDAV, READY, SURE, judged, slowly, told, tried

SHORT = ("ws-1", "ws-2", "ws-3")
# What the records of a source carry, and what its file is. Own ids are of one system in a file.
SOURCES: Mapping[str, Mapping[str, Any]] = {
    "hunting": {"founds": True},
    "intune": {"founds": True},
    "configmgr": {"founds": True},
    "mdatp": {"founds": True, "per_device": True},
    "tests": {"founds": False, "per_device": True},
    "cmdb": {"founds": True, "secondary": True},
    "rules": {"founds": False, "of_sites": True, "keys": {"site": "site_or_group"}},
}
maybe = st.booleans()
numbers = st.integers(1, 3)
names = st.sampled_from(
    [*SHORT, *(f"{short}.contoso.example" for short in SHORT), "ws-1.lab.contoso.example", "unknown"]
)


@st.composite
def rows_of(draw: st.DrawFn, source: str) -> Row:
    """Return a record of a source about one of a few devices, under some of their keys."""
    at = draw(numbers)
    keys: dict[str, Any] = {"name": draw(st.none() | names)}
    match source:
        case "hunting":
            group = draw(st.sampled_from(["Oslo", "Lyon"]))
            return {"mde_id": device_id(at), "entra_id": entra_id(at) if draw(maybe) else None, **keys, **READY,
                    "device.group": group}  # fmt: skip
        case "intune":
            return {
                **keys,
                "entra_id": draw(st.none() | numbers.map(entra_id)),
                "own_id": f"intune:{at}",
                "os.ubr": "3448",
            }
        case "configmgr":
            return {**keys, "own_id": f"configmgr:{at}", "os.build": draw(st.sampled_from(["19045", "14393"]))}
        case "mdatp":
            return {**keys, "agent.version": "10.8560.19041.1"}
        case "tests":
            return {**keys, "url.tests": tried(draw(st.sampled_from([EDR, MDAV])))}
        case "cmdb":
            return {**keys, "os.family": draw(st.sampled_from(["windows", "linux"]))}
        case _:
            site = draw(st.sampled_from(["oslo", "lyon", "*", "nowhere", None]))
            return {"name": site, "url.tests": read_rule(f"*{MDAV[4:]}", draw(st.sampled_from(["allow", "deny"])))}


@st.composite
def fleets(draw: st.DrawFn) -> dict[str, list[Row]]:
    found = {source: draw(st.lists(rows_of(source), max_size=4)) for source in SOURCES}
    return {**found, "hunting": [SURE, *found["hunting"]]}


def files(fleet: Mapping[str, Sequence[Row]], name: str = "whole") -> list[FileRecords]:
    return [export(f"{name}-{source}", *rows, **SOURCES[source]) for source, rows in fleet.items() if rows]


@slowly
@given(fleets(), st.randoms(use_true_random=False), st.data())
def test_splits_shuffles_repeats_and_names_of_files_change_nothing(
    fleet: dict[str, list[Row]],
    random: Any,  # noqa: ANN401
    data: st.DataObject,
) -> None:
    whole = told(judged(*files(fleet)))

    shuffled = [*files({source: random.sample(rows, len(rows)) for source, rows in fleet.items()}, "other")]
    random.shuffle(shuffled)
    assert told(judged(*shuffled)) == whole
    repeated = {source: [*rows, *random.sample(rows, len(rows))] for source, rows in fleet.items()}
    assert told(judged(*files(repeated))) == whole
    assert told(judged(*files(fleet), *files(fleet, "again"))) == whole
    parts: list[FileRecords] = []
    for source, rows in fleet.items():
        split: dict[int, list[Row]] = {}
        for row in rows:
            split.setdefault(data.draw(st.integers(0, 2)), []).append(row)
        parts += [each for at, part in split.items() for each in files({source: part}, f"part-{at}")]
    assert told(judged(*parts)) == whole


@slowly
@given(fleets())
def test_every_row_is_accounted_for(fleet: dict[str, list[Row]]) -> None:
    inputs = files(fleet)
    summary, devices, _ = judged(*inputs)

    for item in summary.inputs:
        assert item.rows == len(fleet[item.path.removeprefix("whole-")])
        assert item.rows == (
            item.devices + item.merged + item.out_of_scope + item.unmatched + item.rejected + item.future
        )
        assert min(item.devices, item.merged, item.out_of_scope, item.unmatched) >= 0
    identified = identify(inputs)
    lost = sum(item.records for item in identified.unmatched)
    of_rules = len(fleet["rules"])
    assert lost + of_rules == identified.device.tolist().count(UNMATCHED)
    assert sum(item.unmatched for item in summary.inputs) <= lost + of_rules
    assert sum(identified.parties.values()) == len(identified.unmatched)
    assert len(devices) == len(identified.device_ids)


@settings(slowly, max_examples=150)
@given(fleets())
def test_ids_of_the_service_never_merge_and_own_ids_only_by_a_stronger_key(fleet: dict[str, list[Row]]) -> None:
    inputs = files(fleet)
    identified = identify(inputs)
    rows = [row for item in inputs for frame in item.frames for row in frame.iter_rows(named=True)]
    of_device: dict[int, list[dict[str, Any]]] = {}
    for row, device in zip(rows, identified.device.tolist(), strict=True):
        if device != UNMATCHED:
            of_device.setdefault(device, []).append(row)
    for members in of_device.values():
        assert len({row["mde_id"] for row in members if row["mde_id"]}) <= 1
        for system in ("intune:", "configmgr:"):
            mine = [row for row in members if (row["own_id"] or "").startswith(system)]
            if len({row["own_id"] for row in mine}) > 1:
                assert any(row["entra_id"] for row in mine)
