"""Attestations may speak of some devices only; two of one fact must not speak of the same devices and days."""

from pathlib import Path

import pytest

from checker.model.plan import Kind, Statement
from checker.model.selection import EVERYONE
from checker.packs.attestations import read_attestations
from tests.packs.governed import AS_OF, EXAMPLES, Row, edited, refused, rows, said

ENTRY = (
    "- {{fact: site.geo, value: {value}, by: Nora, evidence: CHG-1, attested: {first}, valid_until: {last}"
    ", devices: {devices}}}\n"
)


def read(path: Path, shown: str = "attestations.yaml") -> tuple[Statement, ...]:
    return read_attestations(path, shown, AS_OF).items


@pytest.mark.parametrize("row", rows("attestations"), ids=lambda row: row["name"])
def test_each_defect_is_said(row: Row, tmp_path: Path) -> None:
    assert said(read, edited("attestations", row), tmp_path) == row["says"]


@pytest.mark.parametrize("row", rows("attestations"), ids=lambda row: row["name"])
def test_the_schema_refuses_what_a_schema_can(row: Row) -> None:
    assert refused("attestations", edited("attestations", row)) == (row.get("schema") != "accepts")


def test_the_schema_accepts_the_example() -> None:
    assert not refused("attestations", (EXAMPLES / "attestations.yaml").read_text(encoding="utf-8"))


def test_the_example_says_of_which_devices() -> None:
    words = read(EXAMPLES / "attestations.yaml")

    assert [word.devices.everyone for word in words] == [False, False, True, False, True, True]
    assert words[1].devices.listed == ("ws-osl-001.contoso.example", "ws-osl-002")
    assert {word.kind for word in words} == {Kind.ATTESTED}
    assert words[2].where == "attestations.yaml:16"


@pytest.mark.parametrize(
    ("one", "other", "twice"),
    [
        (("all", "2026-11-01", "2026-11-10"), ("all", "2026-11-10", "2026-11-20"), True),
        (("all", "2026-11-01", "2026-11-10"), ("all", "2026-11-11", "2026-11-20"), False),
        (("all", "2026-11-11", "2026-11-20"), ("all", "2026-11-01", "2026-11-10"), False),
        (("all", "2026-11-01", "2026-11-20"), ("all", "2026-11-05", "2026-11-06"), True),
        (("all", "2026-11-01", "2026-11-10"), ("{listed: [a]}", "2026-11-01", "2026-11-10"), False),
        (("{listed: [A]}", "2026-11-01", "2026-11-10"), ("{listed: [a]}", "2026-11-01", "2026-11-10"), True),
    ],
)
def test_the_same_fact_twice(
    tmp_path: Path, one: tuple[str, str, str], other: tuple[str, str, str], twice: bool
) -> None:
    text = "".join(
        ENTRY.format(value=value, devices=devices, first=first, last=last)
        for value, (devices, first, last) in zip(("eu", "uk"), (one, other), strict=True)
    )
    if twice:
        problem = "file:2:3: 'site.geo' is attested twice\n  hint: the first is at file:1:3"
        assert said(read, text, tmp_path) == problem
        return
    (tmp_path / "made.yaml").write_text(text)
    assert [word.value for word in read(tmp_path / "made.yaml")] == ["eu", "uk"]


def test_all_is_what_leaving_devices_out_means(tmp_path: Path) -> None:
    text = ENTRY.format(value="eu", devices="all", first="2026-11-01", last="2026-11-10")
    (tmp_path / "made.yaml").write_text(text.replace(", devices: all", ""))

    assert read(tmp_path / "made.yaml")[0].devices == EVERYONE
