"""Outcomes of one rule that are alike, counted: what a SARIF file shows where devices would be too many.

Over the whole fleet the numbers are the summary's. Where each wave has a run, those of the waves are counted from the
tables of findings and devices, and the first run has the rest: devices of no wave, and findings about the whole fleet.
PASS and NOT_APPLICABLE have no findings, so that they stand in the first run for all.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import polars as pl

from checker.model.notes import Example, RuleTally
from checker.model.outcome import Outcome, Severity
from checker.model.result import Result, Summary, scan_part
from checker.reporters.sarif.rules import Listed
from checker.reporters.sarif.runs import Slot, numbers
from checker.reporters.shown import counts_for_exit, how_many, weigh
from checker.reporters.wording import count, device_label, visible

# Devices that the result of a whole rule names; GitHub keeps no more locations of one result.
EXAMPLES_SHOWN: Final = 100
_APART: Final = ", those of waves not counted"
_VERBS: Final = {Outcome.PASS: "pass", Outcome.FAIL: "fail", Outcome.UNKNOWN: "are unknown"}
Key = tuple[int, str, str, bool]  # of a group: run, rule, outcome, and whether waivers cover it

_FINDING: Final = ("device_id", "device_name", "rule_id", "outcome", "waived")
_PLACE: Final = ("device_id", "wave", "file", "line")
_KEY: Final = ("run", "rule_id", "outcome", "covered")


@dataclass(frozen=True, slots=True)
class Group:
    """All outcomes of one rule in one run that are alike."""

    listed: Listed
    outcome: Outcome
    number: int
    waived: bool = False
    examples: tuple[Example, ...] = ()
    run: int = 0
    gone: bool = False  # of the baseline only

    @property
    def key(self) -> Key:
        """What makes it this group and no other."""
        return self.run, self.listed.rule.id, self.outcome.name, self.waived


def problem_groups(summary: Summary, rules: tuple[RuleTally, ...]) -> tuple[Group, ...]:
    """Return the FAIL that no waiver covers, and the UNKNOWN of blockers and of what counts for the exit code."""
    found = []
    for rule in rules:
        weight = weigh(rule)
        if weight.failed:
            found.append(Group(Listed(rule), Outcome.FAIL, weight.failed, examples=rule.failing))
        if weight.unknown and (rule.severity == Severity.BLOCKER or counts_for_exit(summary, rule.severity)):
            found.append(Group(Listed(rule, unknown=True), Outcome.UNKNOWN, weight.unknown, examples=rule.unknowing))
    return tuple(found)


def all_groups(rules: tuple[RuleTally, ...]) -> tuple[Group, ...]:
    """Return every outcome of every rule, waived ones apart."""
    return tuple(group for rule in rules for group in _groups(rule) if group.number)


def _groups(rule: RuleTally) -> Iterator[Group]:
    weight = weigh(rule)
    yield Group(Listed(rule), Outcome.FAIL, weight.failed, examples=rule.failing)
    yield Group(Listed(rule), Outcome.FAIL, weight.waived_failed, waived=True)
    yield Group(Listed(rule), Outcome.UNKNOWN, weight.unknown, examples=rule.unknowing)
    yield Group(Listed(rule), Outcome.UNKNOWN, weight.waived_unknown, waived=True)
    yield Group(Listed(rule), Outcome.PASS, rule.passed)
    yield Group(Listed(rule), Outcome.NOT_APPLICABLE, rule.not_applicable)


def split(result: Result, groups: tuple[Group, ...], slots: tuple[Slot, ...]) -> tuple[Group, ...]:
    """Return the groups of each run, which add up to those given."""
    if len(slots) == 1:
        return groups
    counted, named = _counted(result, slots)
    found = []
    for group in groups:
        rest = group.number
        for run in range(1, len(slots)):
            key = replace(group, run=run).key
            rest -= counted.get(key, 0)
            if key in counted:
                found.append(replace(group, run=run, number=counted[key], examples=named.get(key, ())))
        if rest:
            examples = named.get(group.key, ()) if group.examples else ()
            found.append(replace(group, number=rest, examples=examples))
    return tuple(found)


def _counted(result: Result, slots: tuple[Slot, ...]) -> tuple[dict[Key, int], dict[Key, tuple[Example, ...]]]:
    """Return how many findings of single devices each run has, and the first devices of those not waived."""
    counted: Counter[Key] = Counter()
    named: dict[Key, tuple[Example, ...]] = {}
    example = pl.struct("device_id", "device_name", "file", "line").head(EXAMPLES_SHOWN).alias("examples")
    for rows in _placed(result):
        marked = rows.with_columns(run=run_of(slots), covered=pl.col("waived").is_not_null())
        for *key, number, examples in marked.group_by(_KEY).agg(pl.len(), example).iter_rows():
            run, rule, outcome, covered = key
            found = run, rule, outcome, covered
            counted[found] += number
            if not covered and len(named.get(found, ())) < EXAMPLES_SHOWN:
                more = (
                    Example(x["device_id"], x["device_name"] or "", x["file"] or "", x["line"] or 1) for x in examples
                )
                named[found] = (*named.get(found, ()), *more)[:EXAMPLES_SHOWN]
    return counted, named


def _placed(result: Result) -> Iterator[pl.DataFrame]:
    """Yield the findings of single devices with wave, file and line, part by part: both tables are in id order."""
    parts = iter(result.devices.parts)
    held = pl.DataFrame(schema={name: result.devices.columns[name] for name in _PLACE})
    for part in result.findings.parts:
        rows = scan_part(part).select(_FINDING).filter(pl.col("device_id") != "").collect()
        if not rows.height:
            continue
        last = rows["device_id"][-1]
        while (not held.height or held["device_id"][-1] < last) and (more := next(parts, None)) is not None:
            held = pl.concat([held, scan_part(more).select(_PLACE).collect()])
        yield rows.join(held, on="device_id", how="left", maintain_order="left")
        held = held.filter(pl.col("device_id") >= last)  # a device may go on in the next part


def run_of(slots: tuple[Slot, ...]) -> pl.Expr:
    """Return the number of the run from the column ``wave``."""
    known = numbers(slots) if len(slots) > 1 else {}
    return pl.col("wave").replace_strict(known, default=0, return_dtype=pl.Int64) if known else pl.lit(0, pl.Int64)


def group_text(group: Group, slot: Slot) -> str:
    """Return what is so, on how many devices of how many, and the first of them."""
    rule = group.listed.rule
    if group.gone:
        said = f"{group.outcome.name} on {count(group.number, 'device')} in the baseline, on none now"
    elif group.outcome is Outcome.NOT_APPLICABLE:
        said = f"does not apply to {count(group.number, 'device')}"
    elif slot.waves and not slot.alone:
        said = slot.of(group.number, _VERBS[group.outcome])
    else:
        said = how_many(rule, group.number, _VERBS[group.outcome])
    first = ", ".join(f"'{device_label(entry.device_id, entry.device_name)}'" for entry in group.examples[:3])
    waived = ", waived" if group.waived else ""
    apart = "" if slot.alone or slot.waves or group.outcome not in (Outcome.FAIL, Outcome.UNKNOWN) else _APART
    return f"{visible(rule.title)}: {said}{waived}{apart}." + (f" First: {first}." if first else "")
