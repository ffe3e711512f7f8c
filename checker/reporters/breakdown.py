"""Counts devices by what a column says of them: by operating system, by device group, by wave."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from checker.model.result import Result

READINESS: Final = ("READY", "NOT_READY", "UNDETERMINED", "MIGRATED", "OUT_OF_SCOPE")


@dataclass(frozen=True, slots=True)
class Share:
    """The devices of which a column says one thing."""

    value: str | None  # None: nothing tells
    total: int
    counts: dict[str, int]  # by each of READINESS


def counts(result: Result, column: str) -> tuple[Share, ...]:
    """Return the devices by a text column of the table of devices, most devices first, equal ones by value.

    The totals add up to ``result.devices.rows``. Only two columns of the table are ever in memory, part by part.
    """
    if not result.devices.parts:
        return ()
    found = (
        result.devices.scan()
        .group_by(column)
        .agg(pl.len().alias("total"), *((pl.col("readiness") == name).sum().alias(name) for name in READINESS))
        .sort("total", column, descending=[True, False], nulls_last=True)
        .collect()
    )
    return tuple(
        Share(row[column], row["total"], {name: row[name] for name in READINESS}) for row in found.iter_rows(named=True)
    )


def largest(shares: Sequence[Share], limit: int) -> tuple[tuple[Share, ...], Share | None, int]:
    """Return the first shares, the rest as one (None if there is no rest), and how many values that one holds."""
    rest = shares[limit:]
    if len(rest) <= 1:  # one value left over is shorter to name than to hide
        return tuple(shares), None, 0
    others = Share(
        None, sum(each.total for each in rest), {name: sum(each.counts[name] for each in rest) for name in READINESS}
    )
    return tuple(shares[:limit]), others, len(rest)
