"""Waves are read in their order; percentages are slices that never share a device; a gate asks for what it says."""

import hashlib
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.model.outcome import Severity
from checker.model.wave import Criteria, Limit, Previous, Waves
from checker.packs.waves import read_waves
from tests.packs.governed import AS_OF, EXAMPLES, PACK, Row, edited, refused, rows, said


def read(path: Path, shown: str = "waves.yaml") -> Waves:
    return read_waves(path, shown, PACK.rule_ids, PACK.profiles, AS_OF, PACK.note_ids)


def made(tmp_path: Path, *devices: str) -> str:
    """Return a file of waves with these devices."""
    return "waves:\n" + "\n".join(f"  - {{name: w{number}, devices: {text}}}" for number, text in enumerate(devices))


def percent(amount: str) -> Limit:
    return Limit(Decimal(amount), percent=True)


@pytest.mark.parametrize("row", rows("waves"), ids=lambda row: row["name"])
def test_each_defect_is_said(row: Row, tmp_path: Path) -> None:
    assert said(read, edited("waves", row), tmp_path) == row["says"]


@pytest.mark.parametrize("row", rows("waves"), ids=lambda row: row["name"])
def test_the_schema_refuses_what_a_schema_can(row: Row) -> None:
    assert refused("waves", edited("waves", row)) == (row.get("schema") != "accepts")


def test_the_schema_accepts_the_example() -> None:
    assert not refused("waves", (EXAMPLES / "waves.yaml").read_text(encoding="utf-8"))


def test_the_example() -> None:
    waves = read(EXAMPLES / "waves.yaml")
    pilot, laboratory, *rings = waves.items

    assert waves.sha256 == hashlib.sha256((EXAMPLES / "waves.yaml").read_bytes()).hexdigest()
    assert [wave.name for wave in waves.items] == ["pilot", "laboratory", "ring-1", "ring-2", "everyone-else"]
    assert (pilot.tool, pilot.most_devices, pilot.starts) == ("local-script", 10, date(2026, 11, 16))
    assert len(pilot.devices.listed) == 3
    assert (laboratory.profile, laboratory.profile_reason) == (
        "current",
        "The laboratory's firewall was opened by the list of 2026.",
    )
    assert [wave.devices.share for wave in waves.items] == [
        None,
        None,
        (0, 1_000),
        (1_000, 4_000),
        (4_000, 10_000),
    ]
    assert str(rings[0].place) == "waves.yaml:22:5"


def test_the_gates_of_the_example() -> None:
    pilot, laboratory, ring, _, last = (wave.gate for wave in read(EXAMPLES / "waves.yaml").items)
    none, five = Limit(Decimal(0), percent=False), percent("5")

    assert pilot.fail == ((Severity.BLOCKER, none), (Severity.MAJOR, none))
    assert (pilot.ready, pilot.devices) == (percent("100"), 3)
    assert laboratory == Criteria(
        ready=percent("95"),
        fail=((Severity.BLOCKER, none), (Severity.MAJOR, five)),
        must_have_data=("sc.url-core", "sc.platform-min"),
        must_not_fail=("sc.no-tls-inspection",),
        previous=Previous(percent("90"), soak_days=7, none_lost=True, ids_unchanged=True),
    )
    assert ring.fail[2] == (Severity.MINOR, Limit(Decimal(25), percent=False))
    assert ring.unknown == ((Severity.BLOCKER, percent("2.5")),)
    assert (ring.guidance_days, last) == (1200, Criteria())


@pytest.mark.parametrize(
    ("written", "shown"), [("95 %", "95 %"), ("95%", "95 %"), ("99.5 %", "99.5 %"), ("0 %", "0 %"), ("1200", "1,200")]
)
def test_an_amount_is_a_share_or_a_number_of_devices(tmp_path: Path, written: str, shown: str) -> None:
    (tmp_path / "made.yaml").write_text(f"waves: [{{name: one, devices: all, gate: {{ready: {written}}}}}]")

    assert str(read(tmp_path / "made.yaml").items[0].gate.ready) == shown


@given(st.lists(st.integers(1, 10_000), min_size=1, max_size=8))
def test_percentages_are_slices_one_after_the_other(tmp_path_factory: pytest.TempPathFactory, parts: list[int]) -> None:
    folder = tmp_path_factory.mktemp("waves")
    text = made(folder, *(f"{{percent: {Decimal(part) / 100} %}}" for part in parts))
    if sum(parts) > 10_000:
        assert "% of the devices\n  hint: 100 % at most together" in said(read, text, folder)
        return
    (folder / "made.yaml").write_text(text)
    shares = [wave.devices.share or (0, 0) for wave in read(folder / "made.yaml").items]

    assert [end - begin for begin, end in shares] == parts
    assert [begin for begin, _ in shares] == [0, *(end for _, end in shares[:-1])]


WINDOWS, LABORATORY = "{where: {os.family: windows}}", "{where: {device.group: Laboratory}}"
BOTH, EITHER = (
    "{where: {device.group: Laboratory, os.family: windows}}",
    "{where: {any: [{os.family: windows}, {device.group: Laboratory}]}}",
)


@pytest.mark.parametrize(
    ("devices", "empty"),
    [
        ((WINDOWS, LABORATORY), []),
        ((WINDOWS, WINDOWS), [1]),
        ((BOTH, WINDOWS), []),
        ((WINDOWS, BOTH), [1]),
        (("{where: {os.family: [windows, macos]}}", WINDOWS), [1]),
        (("{where: {os.family: [windows]}}", WINDOWS), [1]),
        ((WINDOWS, "{where: {os.family: [windows, macos]}}"), []),
        ((EITHER, WINDOWS), []),
        ((EITHER, EITHER), [1]),
        ((WINDOWS, "all"), []),
        (("all", WINDOWS), [1]),
        (("all", "all"), [1]),
        (("{listed: [a]}", "all"), []),
        ((WINDOWS, "{where: {os.family: windows}, listed: [a]}"), [1]),
        (("{where: {os.family: windows}, listed: [a]}", WINDOWS), []),
        (("{percent: 5 %}", "{percent: 5 %}"), []),
        (("{percent: 5 %}", "all"), [0]),
        (("{percent: 5 %}", WINDOWS), []),
        ((WINDOWS, "{where: {os.family: windows}, percent: 5 %}"), [1]),
        (("{where: {os.family: windows}, percent: 5 %}", WINDOWS), [0]),
        ((WINDOWS, LABORATORY, BOTH, "all", BOTH), [2, 4]),
    ],
)
def test_a_wave_to_which_another_leaves_nobody(tmp_path: Path, devices: tuple[str, ...], empty: list[int]) -> None:
    text = made(tmp_path, *devices)
    if not empty:
        (tmp_path / "made.yaml").write_text(text)
        assert len(read(tmp_path / "made.yaml").items) == len(devices)
        return
    told = said(read, text, tmp_path).splitlines()
    lines = [int(line.split(":")[1]) - 2 for line in told if "takes all the devices" in line]

    assert (lines, len(told)) == (empty, 2 * len(empty))


@pytest.mark.parametrize("text", ["", "waves:\n", "- name: one\n"])
def test_a_file_that_holds_no_waves(tmp_path: Path, text: str) -> None:
    assert said(read, text, tmp_path).splitlines()[0] in (
        "file:1:1: a file of waves must be a mapping (key: value)",
        "file:1:7: 'waves' must be a list of at least one wave",
    )


def test_the_same_file_says_the_same_twice() -> None:
    assert read(EXAMPLES / "waves.yaml") == read(EXAMPLES / "waves.yaml")
