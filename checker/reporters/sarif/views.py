"""Which results each run of a SARIF file has: one by one while there are at most 5,000, else by rule and outcome."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

import polars as pl

from checker.model.outcome import Outcome
from checker.model.result import Result
from checker.reporters.sarif.baseline import earlier_groups, with_absent, with_states
from checker.reporters.sarif.groups import Group, Key, all_groups, problem_groups, run_of, split
from checker.reporters.sarif.results import Sheet, device_result, rule_result
from checker.reporters.sarif.rules import Listed
from checker.reporters.sarif.runs import Slot, slots, together
from checker.reporters.shown import DETAIL_LIMIT, shown_rules


@dataclass(frozen=True, slots=True)
class View:
    """What of a result one run shows: the rules in the order of their numbers, and the results, to be read once."""

    slot: Slot
    listed: tuple[Listed, ...]
    results: Iterator[dict[str, Any]]
    total: int  # outcomes that the results stand for
    shown: int  # results
    truncated: bool = False  # one result per rule: devices have none of their own
    merged: bool = False  # the waves are in one run, since nobody kept which devices are whose


def problems(result: Result) -> list[View]:
    """Return, run by run, the FAIL that no waiver covers, and the UNKNOWN of blockers and of what counts."""
    summary = result.summary
    rules = shown_rules(summary)
    groups = problem_groups(summary, rules)
    listed = (*map(Listed, rules), *(group.listed for group in groups if group.listed.unknown))
    sheet = Sheet(result, listed, slots(summary), full=False)
    rows = _problem_rows(result, listed)
    if rows.height > DETAIL_LIMIT:
        return _by_rule(sheet, groups)
    return _by_device(sheet, _placed(sheet, rows), ())


def full(result: Result) -> list[View]:
    """Return every outcome with its kind; NOT_APPLICABLE once for each rule, since it says nothing of a device."""
    summary = result.summary
    rules = shown_rules(summary)
    groups = all_groups(rules)
    sheet = Sheet(result, tuple(map(Listed, rules)), slots(summary), full=True)
    if result.cases is None:
        return _by_rule(sheet, groups)
    ids = [rule.id for rule in rules]
    rows = result.cases.filter(pl.col("rule_id").is_in(ids), pl.col("outcome") != Outcome.NOT_APPLICABLE.name)
    rows = with_absent(result, with_states(result, _placed(sheet, rows)), ids, sheet.slots)
    if rows.height > DETAIL_LIMIT:
        return _by_rule(sheet, groups)
    rest = tuple(group for group in groups if group.outcome is Outcome.NOT_APPLICABLE)
    return _by_device(sheet, rows, rest)


def _by_device(sheet: Sheet, rows: pl.DataFrame, rest: tuple[Group, ...]) -> list[View]:
    views = []
    for run, slot in enumerate(sheet.slots):
        mine = rows.filter(pl.col("run") == run)
        groups = [group for group in rest if group.run == run]
        results = chain(_device_results(sheet, mine), _rule_results(sheet, groups, {}))
        total = mine.height + sum(group.number for group in groups)
        views.append(View(slot, sheet.listed, results, total, mine.height + len(groups)))
    return views


def _by_rule(sheet: Sheet, groups: tuple[Group, ...]) -> list[View]:
    """Return a result for each rule and outcome: in the runs of the waves, where it is known which devices are whose.

    NOTE: the table of devices is not kept for every run; a wave counted without it would look as if it had no problem.
    """
    result = sheet.result
    merged = len(sheet.slots) > 1 and result.devices.rows < sheet.summary.devices["total"]
    runs = together(sheet.summary) if merged else sheet.slots
    whole = replace(sheet, slots=runs)
    earlier: dict[Key, int] = {}
    if sheet.full and result.baseline is not None:
        earlier = earlier_groups(result, [listed.id for listed in sheet.listed], runs)
    parts = split(result, groups, runs)
    views = []
    for run, slot in enumerate(runs):
        mine = [group for group in parts if group.run == run]
        mine += _gone(whole, earlier, {group.key for group in mine}, run)
        results, total = _rule_results(whole, mine, earlier), sum(group.number for group in mine)
        views.append(View(slot, sheet.listed, results, total, len(mine), truncated=True, merged=merged))
    return views


def _gone(sheet: Sheet, earlier: dict[Key, int], mine: set[Key], run: int) -> Iterator[Group]:
    """Yield what the baseline has and this run has not any more."""
    for key, number in earlier.items():
        if key[0] == run and key not in mine:
            _, listed = sheet.find(key[1])
            yield Group(listed, Outcome[key[2]], number, waived=key[3], run=run, gone=True)


def _device_results(sheet: Sheet, rows: pl.DataFrame) -> Iterator[dict[str, Any]]:
    for row in rows.iter_rows(named=True):
        yield device_result(sheet, row)


def _rule_results(sheet: Sheet, groups: list[Group], earlier: dict[Key, int]) -> Iterator[dict[str, Any]]:
    for group in groups:
        yield rule_result(sheet, group, earlier)


def _problem_rows(result: Result, listed: tuple[Listed, ...]) -> pl.DataFrame:
    """Return the findings that are problems, one more than are shown at most."""
    failing = [entry.rule.id for entry in listed if not entry.unknown]
    unknown = [entry.rule.id for entry in listed if entry.unknown]
    outcome, rule = pl.col("outcome"), pl.col("rule_id")
    fails = (outcome == Outcome.FAIL.name) & rule.is_in(failing)
    missing = (outcome == Outcome.UNKNOWN.name) & rule.is_in(unknown)
    chosen = result.findings.scan().filter(pl.col("waived").is_null(), fails | missing)
    as_listed = rule + pl.when(outcome == Outcome.UNKNOWN.name).then(pl.lit(".unknown")).otherwise(pl.lit(""))
    return chosen.head(DETAIL_LIMIT + 1).with_columns(rule_id=as_listed, state=pl.lit(None, pl.String)).collect()


def _placed(sheet: Sheet, rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with the file and line of their device's record, and the number of the run where they stand."""
    places = sheet.result.devices.scan().select("device_id", "wave", "file", "line")
    wanted = rows.lazy().select("device_id").unique()
    found = places.join(wanted, on="device_id", how="semi").collect()
    placed = rows.join(found, on="device_id", how="left", maintain_order="left")
    return placed.with_columns(run=run_of(sheet.slots))
