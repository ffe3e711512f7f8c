"""A file of just as many rows as its source returns at most may lack some: a notice says so, and the file is read."""

from pathlib import Path

import pytest

from checker.inventory.mapping_files import mappings
from checker.inventory.read import ReadOptions
from tests.inventory.records import HEADER, read_one

TITLES = {
    "advanced-hunting": HEADER,
    "hunting-network": "DeviceId,DeviceName,ActionType,RemoteUrl,RemotePort,InitiatingProcessFileName",
    "machines-api": None,
}


def said(rows: int) -> str:
    """Return the notice on a file of so many rows."""
    return (
        f"has exactly {rows:,} rows, at which its source cuts results off: others may be missing; ask for fewer at a "
        "time (one row a device, a part of the devices), and give all files"
    )


def written(path: Path, product: str, rows: int) -> Path:
    """Write an export of a product of so many devices."""
    titles = TITLES[product]
    if titles:
        blank = "," * (titles.count(",") - 1)
        path.write_text(titles + "\n" + "".join(f"{row:040x},ws-{row}{blank}\n" for row in range(1, rows + 1)))
    else:
        machine = (
            '{{"id":"{:040x}","computerDnsName":"ws-{}","onboardingStatus":"Onboarded","osPlatform":"Windows11"}}\n'
        )
        path.write_text("".join(machine.format(row, row) for row in range(1, rows + 1)))
    return path


@pytest.mark.parametrize("rows", [9_999, 10_000, 10_001, 30_000, 30_001, 100_000])
def test_a_file_of_as_many_rows_as_hunting_returns_says_so(rows: int, tmp_path: Path) -> None:
    read = read_one(written(tmp_path / "hunting.csv", "advanced-hunting", rows))
    assert (read.rows, read.file.format) == (rows, "advanced-hunting")
    assert read.file.notices == ((said(rows),) if rows in (10_000, 30_000, 100_000) else ())


@pytest.mark.parametrize(("product", "rows"), [("hunting-network", 30_000), ("machines-api", 10_000)])
def test_other_sources_have_limits_of_their_own(product: str, rows: int, tmp_path: Path) -> None:
    read = read_one(written(tmp_path / "export", product, rows))
    assert (read.file.format, read.file.notices) == (product, (said(rows),))


def test_rows_that_are_set_aside_count(tmp_path: Path) -> None:
    path = written(tmp_path / "hunting.csv", "advanced-hunting", 9_999)
    path.write_text(path.read_text() + "one cell too few,ws-x\n")
    read = read_one(path, ReadOptions(bad_rows="skip"))
    assert (len(read.rejected), read.file.notices) == (1, (said(10_000),))


def test_every_hunting_table_has_the_limits_of_hunting() -> None:
    hunting = [
        product for product in mappings().values() if "DeviceId" in str(product.signature) and "hunting" in product.id
    ]
    assert len(hunting) == 7
    assert {product.cut_at for product in hunting} == {(10_000, 30_000, 100_000)}
