"""The one device that a report is about: found by what people call it, with every outcome of the shown phase."""

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any, Final

import polars as pl

from checker.errors import Problem, UsageError
from checker.model.result import Result, Table
from checker.reporters.shown import shown_rules

MOST_NAMED: Final = 20  # devices named where a name means several
MOST_COMPARED: Final = 20_000  # names that are compared with one that nobody has, which is slow
ONCE: Final = ("tenant", "fleet")  # rules about these have one outcome in a run, and none of a device


def find_device(devices: Table, text: str) -> dict[str, Any]:
    """Return the row of the device with this id, else this name, alias, or name up to the first dot; case aside.

    Raises:
        UsageError: if no device of the table, or more than one, goes by it.
    """
    wanted = text.strip().lower().rstrip(".")
    name = pl.col("device_name").str.strip_chars().str.to_lowercase().str.strip_chars_end(".")
    alias = pl.col("alias").str.to_lowercase().str.replace("^[a-z]+:", "")
    table = devices.scan()
    keys = table.select("device_id", "device_name")
    ways = (
        keys.filter(pl.col("device_id").str.to_lowercase() == wanted),
        keys.filter(name == wanted),
        table.select("device_id", alias="aliases").explode("alias").filter(alias == wanted).unique("device_id"),
        keys.filter(name.str.split(".").list.first() == wanted),
    )
    for way in ways:
        found = way.select("device_id").sort("device_id").head(MOST_NAMED + 1).collect()["device_id"]
        if len(found) == 1:
            return table.filter(pl.col("device_id") == found[0]).collect().row(0, named=True)
        if len(found):
            raise UsageError(_several(text, found.to_list()))
    raise UsageError(Problem(f"--device {text}", "no device goes by this id or name", _nearest(devices, wanted)))


def outcomes_of(result: Result, device_id: str) -> pl.DataFrame:
    """Return the device's findings for every device rule of the shown phase, in the order of the summary.

    They were made for the report, or stand in the tables of a stored result if those hold every outcome.

    Raises:
        UsageError: if the tables hold only its problems.
    """
    rules = [rule.id for rule in shown_rules(result.summary) if rule.about not in ONCE]
    for frame in (result.device, result.cases, result.findings.scan()):
        if frame is None:
            continue
        own = (pl.col("device_id") == device_id) & pl.col("rule_id").is_in(rules)
        found = frame.lazy().filter(own).collect()
        if sorted(found["rule_id"]) == sorted(rules):
            order = pl.Series("rule_id", rules, dtype=pl.String).to_frame()
            return order.join(found, on="rule_id", how="left", maintain_order="left").select(found.columns)
    hint = "judge with --all-outcomes and -o findings:FILE.parquet, or write this report with check --device"
    raise UsageError(Problem(f"--device {device_id}", "the result holds only its problems, not every outcome", hint))


def _several(text: str, ids: Sequence[str]) -> Problem:
    named = ", ".join(ids[:MOST_NAMED]) + (" and more" if len(ids) > MOST_NAMED else "")
    return Problem(f"--device {text}", "several devices go by this name", f"give one of their ids: {named}")


def _nearest(devices: Table, wanted: str) -> str:
    name = pl.col("device_name").str.to_lowercase()
    alike = devices.scan().select(name).filter(name.str.starts_with(wanted[:1])).unique(maintain_order=True)
    near = get_close_matches(wanted, sorted(alike.head(MOST_COMPARED).collect()["device_name"]), n=3)
    return f"did you mean {' or '.join(near)}?" if near else "-o devices:FILE.ndjson lists the devices"
