"""Devices by system, group and wave: each is counted once, and the sums are the summary's."""

from pathlib import Path

import pytest

from checker.reporters.breakdown import READINESS, Share, counts, largest
from tests.reporters.fleets import HOSTILE, fleet
from tests.reporters.results import build


@pytest.mark.parametrize("column", ["os", "group", "wave", "path", "readiness"])
def test_every_device_is_counted_once(column: str, tmp_path: Path) -> None:
    result = build(tmp_path, fleet(HOSTILE))

    shares = counts(result, column)

    assert sum(share.total for share in shares) == result.devices.rows > 0
    assert all(sum(share.counts.values()) == share.total for share in shares)
    assert len({share.value for share in shares}) == len(shares)


def test_the_largest_stands_first_and_equal_ones_by_value(tmp_path: Path) -> None:
    shares = counts(build(tmp_path, fleet()), "readiness")

    assert list(shares) == sorted(shares, key=lambda share: (-share.total, share.value or "\U0010ffff"))
    assert all(share.counts[share.value or ""] == share.total for share in shares)


def _share(value: str, total: int) -> Share:
    return Share(value, total, dict.fromkeys(READINESS, 0) | {"READY": total})


@pytest.mark.parametrize(
    ("totals", "limit", "named", "others", "hidden"),
    [
        ((), 2, 0, 0, 0),
        ((5, 3), 2, 2, 0, 0),
        ((5, 3, 1), 2, 3, 0, 0),  # one more is named, not hidden
        ((5, 3, 2, 1), 2, 2, 3, 2),
    ],
)
def test_the_rest_is_one_row(totals: tuple[int, ...], limit: int, named: int, others: int, hidden: int) -> None:
    first, rest, how_many = largest([_share(str(n), total) for n, total in enumerate(totals)], limit)

    assert (len(first), rest.total if rest else 0, how_many) == (named, others, hidden)
    assert sum(share.counts["READY"] for share in (*first, *([rest] if rest else []))) == sum(totals)
