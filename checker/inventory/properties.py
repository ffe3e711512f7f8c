"""Tells rows of one property each (Device, Property, Value) what another row of their device says.

CMPivot lists the values of a registry key row by row, and so parts Windows' build from its revision, which means
nothing without it. Within a file a row of the revision is told the build of its device, if rows of the device tell one.
"""

from collections.abc import Iterator
from dataclasses import replace

import polars as pl

from checker.inventory.mapping import title_key
from checker.inventory.table import Opened, RawTable

COLUMNS = ("device", "property", "value")
BUILD = ("currentbuild", "currentbuildnumber")
REVISION = "ubr"
TOLD = "Build beside"  # in rows of the build itself, and in those of the revision


def with_builds(opened: Opened) -> Opened:
    """Return the file with the column ``TOLD`` beside its own."""
    known = {title_key(title): title for title in reversed(opened.titles)}
    if not all(name in known for name in COLUMNS):
        return opened
    titles = [known[name] for name in COLUMNS]

    def tables(wanted: frozenset[str]) -> Iterator[RawTable]:
        raw = list(opened.tables(wanted | set(titles)))
        builds = _builds([_folded(table, titles) for table in raw])
        for table in raw:
            rows = _folded(table, titles).join(builds, on="device", how="left", maintain_order="left")
            is_build, is_revision = pl.col("property").is_in(BUILD), pl.col("property") == REVISION
            told = pl.when(is_build).then("value").when(is_revision).then("build")
            yield replace(table, columns=table.columns.with_columns(rows.select(told.alias(TOLD)).to_series()))

    return replace(opened, titles=(*opened.titles, TOLD), tables=tables)


def _folded(table: RawTable, titles: list[str]) -> pl.DataFrame:
    found = table.columns.select(
        (pl.col(title) if title in table.columns.columns else pl.lit(None, pl.String)).alias(name)
        for name, title in zip(COLUMNS, titles, strict=True)
    )
    return found.with_columns(pl.col("device", "property").str.strip_chars().str.to_lowercase())


def _builds(parts: list[pl.DataFrame]) -> pl.DataFrame:
    """Return the build of each device whose rows tell one, and only one."""
    rows = pl.concat(parts) if parts else pl.DataFrame(schema=dict.fromkeys(COLUMNS, pl.String))
    stated = rows.filter(pl.col("property").is_in(BUILD), pl.col("value").str.strip_chars() != "")
    builds = stated.group_by("device").agg(
        build=pl.col("value").first(), several=pl.col("value").str.strip_chars().n_unique()
    )
    return builds.filter(pl.col("several") == 1).select("device", "build")
