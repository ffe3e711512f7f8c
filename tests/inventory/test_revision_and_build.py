"""Who tells the revision of a build tells the build in the same record: a revision alone means nothing."""

from pathlib import Path

from checker.inventory.mapping_files import mappings
from checker.inventory.read import read_inventory

HEADER = "Device,Property,Value\n"


def builds(tmp_path: Path, rows: str) -> list[tuple[str | None, str | None]]:
    """Return build and revision of each record of CMPivot's rows."""
    file = tmp_path / "pivot.csv"
    file.write_text(HEADER + rows)
    (read,) = read_inventory([str(file)])
    facts = [name for name in ("os.build", "os.ubr") if name in read.file.columns]
    frame = read.frames[0].select(facts)
    return [(row.get("os.build"), row.get("os.ubr")) for row in frame.iter_rows(named=True)]


def test_cmpivots_row_of_the_revision_has_the_build_of_its_device(tmp_path: Path) -> None:
    rows = (
        "ws-1,UBR,6456\nWS-1 ,CurrentBuildNumber,19045\nws-2,CurrentBuild,17763\nws-2,UBR,1\nws-1,CurrentBuild,19045\n"
    )
    assert builds(tmp_path, rows) == [
        ("19045", "6456"), ("19045", None), ("17763", None), ("17763", "1"), ("19045", None)
    ]  # fmt: skip


def test_no_build_stands_beside_it_where_the_rows_of_a_device_tell_none_or_two(tmp_path: Path) -> None:
    rows = "ws-1,UBR,6456\nws-2,CurrentBuild,19045\nws-3,UBR,1\nws-3,CurrentBuild,1\nws-3,CurrentBuild,2\n"
    assert builds(tmp_path, rows) == [(None, "6456"), ("19045", None), (None, "1"), ("1", None), ("2", None)]
    assert builds(tmp_path, "ws-1,UBR,6456\nws-1,CurrentBuild, \n") == [(None, "6456"), ("", None)]


def test_the_portals_version_tells_both(tmp_path: Path) -> None:
    file = tmp_path / "devices.csv"
    header = "Device ID,Device Name,OS Platform,OS Version,Onboarding Status,Last device update\n"
    row = f"{'0' * 39}1,ws-1,Windows11,22H2 (Build 22621.1105),Onboarded,2026-11-20T10:00:00Z\n"
    file.write_text(header + row)
    (read,) = read_inventory([str(file)])
    assert read.frames[0].select("os.build", "os.ubr").rows() == [("22621", "1105")]


def test_every_mapping_that_gives_a_revision_gives_the_build() -> None:
    for product in mappings().values():
        assert ("os.ubr" in product.facts) <= ("os.build" in product.facts), product.id
