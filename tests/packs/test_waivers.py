"""Waivers are read whole or refused with every problem; nobody approves his own; each ends within the horizon."""

import hashlib
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from checker.errors import RuleError
from checker.model.condition import All
from checker.model.selection import EVERYONE
from checker.model.waiver import HORIZON_DAYS, Waivers
from checker.model.wave import Limit
from checker.packs.waivers import read_waivers
from tests.packs.governed import AS_OF, EXAMPLES, PACK, Row, edited, refused, rows, said

LEAST = """\
waivers:
  - {id: W-1, rule: sc.url-crl, devices: all, reason: Mirrored., owner: OWNER, approver: APPROVER, ticket: CHG-1,
     created: 2026-11-02, expires: EXPIRES}
"""


def read(path: Path, shown: str = "waivers.yaml") -> Waivers:
    return read_waivers(path, shown, PACK.rule_ids, AS_OF, PACK.note_ids)


def least(tmp_path: Path, owner: str = "Aoife", approver: str = "Nora", expires: str = "2026-12-01") -> Path:
    text = LEAST.replace("OWNER", owner).replace("APPROVER", approver).replace("EXPIRES", expires)
    (tmp_path / "made.yaml").write_text(text, encoding="utf-8")
    return tmp_path / "made.yaml"


@pytest.mark.parametrize("row", rows("waivers"), ids=lambda row: row["name"])
def test_each_defect_is_said(row: Row, tmp_path: Path) -> None:
    assert said(read, edited("waivers", row), tmp_path) == row["says"]


@pytest.mark.parametrize("row", rows("waivers"), ids=lambda row: row["name"])
def test_the_schema_refuses_what_a_schema_can(row: Row) -> None:
    assert refused("waivers", edited("waivers", row)) == (row.get("schema") != "accepts")


def test_the_schema_accepts_the_example() -> None:
    assert not refused("waivers", (EXAMPLES / "waivers.yaml").read_text(encoding="utf-8"))


def test_the_example_in_order_of_ids() -> None:
    waivers = read(EXAMPLES / "waivers.yaml")
    first, second, third = waivers.items

    assert [waiver.id for waiver in waivers.items] == ["W-2026-009", "W-2026-014", "W-2026-015"]
    assert (waivers.file, waivers.broad) == ("waivers.yaml", Limit(Decimal(5), percent=True))
    assert waivers.sha256 == hashlib.sha256((EXAMPLES / "waivers.yaml").read_bytes()).hexdigest()
    assert [waiver.accepts_fail for waiver in waivers.items] == [False, True, True]
    assert first.devices.listed == ("ws-osl-017.contoso.example", "5f2c8a1e9b7d4c3f6a0e8d2b1c4f7a9e3d6b5c80")
    assert isinstance(second.devices.where, All)
    assert third.devices == EVERYONE
    assert (second.owner, second.approver, second.ticket) == (
        "Aoife Byrne, endpoint management",
        "Nora Lind, security",
        "CHG-20311",
    )
    assert str(second.place) == "waivers.yaml:5:5"


def test_ids_order_waivers_not_their_days_or_places(tmp_path: Path) -> None:
    one = least(tmp_path).read_text(encoding="utf-8")
    earlier = one.replace("waivers:\n", "").replace("W-1", "W-2").replace("2026-11-02", "2026-10-02")
    (tmp_path / "made.yaml").write_text(one.replace("waivers:\n", f"waivers:\n{earlier}"), encoding="utf-8")

    assert [waiver.id for waiver in read(tmp_path / "made.yaml").items] == ["W-1", "W-2"]


def test_both_days_count() -> None:
    waiver = read(EXAMPLES / "waivers.yaml").items[0]
    days = [date(2026, 9, 30), date(2026, 10, 1), date(2026, 12, 15), date(2026, 12, 16)]

    assert [waiver.in_force(day) for day in days] == [False, True, True, False]


def test_one_of_the_future_and_an_expired_one_are_kept(tmp_path: Path) -> None:
    path = least(tmp_path, expires="2026-11-02")
    for day in (date(2026, 1, 1), date(2026, 11, 2), date(2030, 1, 1)):
        assert len(read_waivers(path, "made", PACK.rule_ids, day).items) == 1


@pytest.mark.parametrize(("expires", "refused"), [("2027-11-02", False), ("2027-11-03", True)])
def test_the_horizon_is_a_year_where_the_file_names_none(tmp_path: Path, expires: str, refused: bool) -> None:
    path = least(tmp_path, expires=expires)

    assert HORIZON_DAYS == 365
    if refused:
        assert "longer than 365" in said(read, path.read_text(), tmp_path)
    else:
        assert read(path).items[0].expires == date(2027, 11, 2)


@pytest.mark.parametrize(
    ("owner", "approver", "same"),
    [
        ("Nora Lind", "nora lind", True),
        ("Nora Lind", "  Nora   Lind  ", True),
        ("Nora Lind", "Ｎｏｒａ Lind", True),
        ("Straße", "STRASSE", True),
        ("Nora Lind", "Nora Lund", False),
    ],
)
def test_nobody_approves_what_he_owns(tmp_path: Path, owner: str, approver: str, same: bool) -> None:
    path = least(tmp_path, f'"{owner}"', f'"{approver}"')
    if same:
        assert "is owner and approver" in said(read, path.read_text(encoding="utf-8"), tmp_path)
    else:
        assert read(path).items[0].approver == approver


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "file:1:1: a file of waivers must be a mapping (key: value)"),
        ("- id: W-1\n", "file:1:1: a file of waivers must be a mapping (key: value)"),
        ("waivers: [\n", "file:2:1: is not YAML: did not find expected node content"),
        ("{}\n", "file:1:1: a file of waivers lacks 'waivers'"),
    ],
)
def test_a_file_that_holds_no_waivers(tmp_path: Path, text: str, problem: str) -> None:
    assert said(read, text, tmp_path) == problem


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match=r"gone.yaml: cannot be read: No such file or directory"):
        read(tmp_path / "gone.yaml", "gone.yaml")
