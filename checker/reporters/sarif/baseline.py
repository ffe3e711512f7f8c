"""What is new since an earlier result: SARIF's ``baselineState``, by device, rule and outcome.

| state | one by one | by rule and outcome |
|---|---|---|
| ``new`` | not a problem then | none then |
| ``unchanged`` | the same problem with the same message | as many then |
| ``updated`` | the same problem with another message | another number then |
| ``absent`` | a problem then, no longer or of another outcome now; added from the baseline | some then, none now |

A fact that no input carries gives one finding for the whole fleet: where that was so in one of the results only, what
is UNKNOWN in both is neither new nor gone. An earlier result holds problems only: a PASS is ``unchanged`` where its
device was there and had no problem with the rule, else ``new``; what counts passes or does not apply, of many devices,
is ``unchanged``.
"""

from typing import Final

import polars as pl

from checker.model.outcome import Outcome
from checker.model.result import Result
from checker.reporters.sarif.groups import Key, run_of
from checker.reporters.sarif.runs import Slot
from checker.reporters.shown import DETAIL_LIMIT, limited_to

_KEY: Final = ("device_id", "rule_id", "outcome")
_PROBLEMS: Final = (Outcome.FAIL.name, Outcome.UNKNOWN.name)


def with_states(result: Result, rows: pl.DataFrame) -> pl.DataFrame:
    """Return outcomes of devices with the column ``state``; null in all of them where there is no baseline."""
    if result.baseline is None:
        return rows.with_columns(state=pl.lit(None, pl.String))
    findings, rule, unknown = result.baseline.findings.scan(), pl.col("rule_id"), pl.col("outcome") == "UNKNOWN"
    mine = rows.lazy().select("device_id").unique()
    then = findings.select(*_KEY, pl.col("message").fill_null("").alias("then")).join(mine, on="device_id").unique(_KEY)
    devices = result.baseline.devices.scan().select("device_id", "failed", "unknown").join(mine, on="device_id")
    once = findings.filter(pl.col("device_id") == "").select("rule_id", pl.col("message").fill_null("").alias("fleet"))
    spread = findings.filter(pl.col("device_id") != "", unknown).select("rule_id").unique().with_columns(spread=True)
    on_fleet, was_unknown = pl.col("device_id") == "", pl.col("unknown").list.contains(rule)
    had = (
        pl.when(on_fleet)
        .then(pl.col("fleet").is_not_null())
        .otherwise(pl.col("failed").list.contains(rule) | was_unknown)
    )
    # it stood for the device, too, in other words: these make no update
    before = pl.coalesce("then", pl.when(unknown & was_unknown & pl.col("fleet").is_not_null()).then("message"))
    before = pl.coalesce(before, pl.when(unknown & on_fleet & pl.col("spread").is_not_null()).then(pl.lit("")))
    problem = _compared(before.is_null(), before == pl.col("message").fill_null(""))
    state = (
        pl.when(pl.col("outcome").is_in(_PROBLEMS))
        .then(problem)
        .otherwise(_compared(had.fill_null(value=True), pl.lit(value=True)))
    )
    return (
        rows.lazy()
        .join(then, on=_KEY, how="left", maintain_order="left")
        .join(devices.unique("device_id"), on="device_id", how="left", maintain_order="left")
        .join(once.unique("rule_id"), on="rule_id", how="left", maintain_order="left")
        .join(spread, on="rule_id", how="left", maintain_order="left")
        .with_columns(state=state)
        .drop("then", "failed", "unknown", "fleet", "spread")
        .collect()
    )


def _compared(absent: pl.Expr, same: pl.Expr) -> pl.Expr:
    return pl.when(absent).then(pl.lit("new")).when(same).then(pl.lit("unchanged")).otherwise(pl.lit("updated"))


def with_absent(result: Result, rows: pl.DataFrame, rules: list[str], slots: tuple[Slot, ...]) -> pl.DataFrame:
    """Return the rows and below them the baseline's problems of these rules that are none of them.

    Of what would be more than is shown one by one, only one more comes back.
    """
    if result.baseline is None:
        return rows
    unknown, now = pl.col("outcome") == "UNKNOWN", rows.select(_KEY)
    fleet = now.filter(unknown).with_columns(device_id=pl.lit("")).unique()
    once = now.filter(unknown, pl.col("device_id") == "")["rule_id"].to_list()
    gone = _earlier(result, rules).join(pl.concat([now, fleet]).lazy(), on=_KEY, how="anti", maintain_order="left")
    gone = gone.filter(~(unknown & pl.col("rule_id").is_in(once) & pl.col("here").is_not_null()))
    found = gone.with_columns(state=pl.lit("absent"), run=run_of(slots)).head(DETAIL_LIMIT + 1 - rows.height).collect()
    return pl.concat([rows, found.select([pl.col(name).cast(kind) for name, kind in rows.schema.items()])])


def earlier_groups(result: Result, rules: list[str], slots: tuple[Slot, ...]) -> dict[Key, int]:
    """Return how many devices had each problem: by run, rule, outcome, and whether a waiver covered it."""
    devices = pl.col("devices").clip(1).sum()  # a finding about the tenant is of no device and counts once
    key = ("run", "rule_id", "outcome", "covered")
    rows = _earlier(result, rules).with_columns(run=run_of(slots), covered=pl.col("waived").is_not_null())
    table = rows.group_by(key).agg(devices.alias("number")).sort(key).collect()
    return {(run, rule, outcome, covered): number for run, rule, outcome, covered, number in table.iter_rows()}


def _earlier(result: Result, rules: list[str]) -> pl.LazyFrame:
    """Return the baseline's problems with the places and waves of their devices; in a wave's run only the wave's.

    The wave of a device is the one of today; that of the baseline counts where the device is gone.
    """
    assert result.baseline is not None  # noqa: S101 (the callers looked)
    columns = ("device_id", "wave", "file", "line")
    then = result.baseline.devices.scan().select(columns).unique("device_id")
    now = result.devices.scan().select("device_id", pl.col("wave").alias("now"), pl.lit(value=True).alias("here"))
    wave = pl.when(pl.col("here").fill_null(value=False)).then("now").otherwise("wave")
    rows = (
        result.baseline.findings.scan()
        .filter(pl.col("rule_id").is_in(rules), pl.col("outcome").is_in(_PROBLEMS))
        .join(then, on="device_id", how="left", maintain_order="left")
        .join(now.unique("device_id"), on="device_id", how="left", maintain_order="left")
        .with_columns(wave=wave)
    )
    only = limited_to(result.summary)
    once = (pl.col("device_id") == "") & (pl.col("devices") == 0)  # of the tenant; others may be about other waves only
    return rows.filter((pl.col("wave") == only) | once) if only else rows
