"""Compares two results: devices and rules by what became of them, each with the evidence of both."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from checker.compare import devices as of_devices
from checker.compare import outcomes as of_outcomes
from checker.compare.reports import TAILORING, Report, governed_otherwise
from checker.compare.results import Stored

REGRESSION: Final = 1  # exit code where something regressed
_TOLD: Final = {"message": "message", "evidence": "evidence", "waiver": "waived"}  # of a finding, as the lists name it


@dataclass(frozen=True, slots=True)
class Difference:
    """What changed from an old result to a new one."""

    old: Stored
    new: Stored
    caveats: tuple[str, ...]  # why the two cannot be compared throughout
    devices: pl.DataFrame  # as told by compare.devices.tell, without what is judged once
    everything: pl.DataFrame  # the same, with it
    turns: pl.DataFrame  # as told by compare.outcomes.turns

    def device_counts(self) -> dict[str, int]:
        """Return how many devices are of each kind; they add up to all devices of either result."""
        found = dict(self.devices.group_by("kind").len().iter_rows())
        return {kind: found.get(kind, 0) for kind in of_devices.KINDS}

    def renamed(self) -> pl.DataFrame:
        """Return the devices that have another id now, known by their names."""
        return self.devices.filter(pl.col("old_id") != pl.col("new_id"))

    def rule_counts(self) -> pl.DataFrame:
        """Return rule_id, kind, waived and on how many devices; rules about tenant and fleet count once."""
        counts = self.turns.group_by("rule_id", "kind", "waived").agg(pl.col("devices").sum())
        return counts.sort("rule_id", "kind", "waived")

    def turn_counts(self) -> dict[str, tuple[int, int]]:
        """Return for each kind on how many devices a rule is of it, unwaived and waived."""
        found = self.turns.group_by("kind", "waived").agg(pl.col("devices").sum())
        counts = {(kind, waived): devices for kind, waived, devices in found.iter_rows()}
        return {kind: (counts.get((kind, False), 0), counts.get((kind, True), 0)) for kind in of_outcomes.KINDS}

    def exit_code(self) -> int:
        """Return 1 if a device regressed, or a rule fails that did not, or whose waiver is gone, and nothing waives."""
        counts = self.turn_counts()
        failing = counts[of_outcomes.NEWLY_FAILING][0] + counts[of_outcomes.NO_LONGER_WAIVED][0]
        return REGRESSION if self.device_counts()[of_devices.REGRESSED] or failing else 0


def compare(old: Stored, new: Stored) -> Difference:
    """Return what changed between two results."""
    shown = old.report.shown, new.report.shown
    told = of_devices.tell(of_devices.match(of_outcomes.side(old), of_outcomes.side(new)))
    everything = of_outcomes.mark_unexported(told, of_outcomes.turns(told, *shown), new.findings)
    return Difference(
        old,
        new,
        tuple(_caveats(old.report, new.report)),
        everything.filter(pl.col("device_id") != of_outcomes.ONCE),
        everything,
        of_outcomes.turns(everything, *shown),
    )


def _caveats(old: Report, new: Report) -> Iterator[str]:
    """Yield in what the two results were not made alike, so that a change may be none of the devices."""
    if old.as_of > new.as_of:
        yield f"the old result is as of a later day: {old.as_of} → {new.as_of}"
    before, now = ([pack.id for pack in report.packs] for report in (old, new))
    if before != now:
        yield f"another rule pack: {', '.join(before)} → {', '.join(now)}"
    elif old.profiles != new.profiles:
        yield f"another profile, so other thresholds: {old.profiles} → {new.profiles}"
    for was, is_now in zip(old.packs, new.packs, strict=False):
        if was.id == is_now.id and was.sha256 != is_now.sha256:
            versions = f"{was.version} → {is_now.version}" if was.version != is_now.version else f"both {was.version}"
            yield f"the rules of {was.id} changed ({versions})"
    yield from _governing(old, new)
    if old.phase != new.phase:
        yield f"other phases are shown: {old.phase} → {new.phase}"
    if old.wave != new.wave:
        yield f"limited to other waves: {old.wave or 'all'} → {new.wave or 'all'}"
    if old.partial or new.partial:
        which = "both results" if old.partial and new.partial else f"the {'old' if old.partial else 'new'} result"
        yield f"rules were left out of {which} (--select, --ignore)"
    if old.simulated != new.simulated:
        supposed = ("; ".join(report.simulated) or "nothing" for report in (old, new))
        yield f"other things were supposed with --assume: {' → '.join(supposed)}"


def _governing(old: Report, new: Report) -> Iterator[str]:
    """Yield which files govern only one of the results, or say something else; a tailoring by what it changes."""
    files = governed_otherwise(old, new)
    was, is_now = files.pop(TAILORING, ("", ""))
    if old.tailoring != new.tailoring:
        yield "the rules were tailored differently" + (f": {was} → {is_now}" if was else "")
    for kind, (was, is_now) in files.items():
        yield f"other {kind}: {was} → {is_now}"
    silent = [name for name, report in (("old", old), ("new", new)) if report.governed_by is None]
    if len(silent) == 1 and (old.governed_by or new.governed_by):
        yield f"the {silent[0]} result does not say which attestations, waivers and waves governed it"


def devices_of(difference: Difference, kind: str, limit: int) -> pl.DataFrame:
    """Return the first devices of a kind (0: all), with ``rules``: those that are fixed on devices that got better.

    On all others they are those that are open now and were not so before.
    """
    chosen = difference.devices.filter(pl.col("kind") == kind)
    chosen = chosen.head(limit) if limit else chosen
    better = kind in (of_devices.NEWLY_READY, of_devices.NEWLY_VERIFIED)
    turned = pl.col("old") != pl.col("new"), (pl.col("new") == of_outcomes.NEITHER) == better
    rules = (
        difference.turns.filter(*turned).group_by("old_outcomes", "new_outcomes").agg(rules=pl.col("rule_id").sort())
    )
    joined = chosen.join(rules, on=["old_outcomes", "new_outcomes"], how="left", maintain_order="left")
    # NOTE: a device not judged both times may have a pair of texts that others have; of it they say nothing.
    return joined.with_columns(pl.when("judged").then(pl.col("rules").fill_null([])).otherwise([]).alias("rules"))


def turns_of(difference: Difference, limit: int, kinds: Sequence[str] = tuple(of_outcomes.KINDS)) -> pl.DataFrame:
    """Return the first rules on devices of each kind (0: all), in order of device and rule, with both evidences.

    Columns: kind, device_id, old_id, device_name, rule_id, why, waived, and for old and new (prefixed) outcome,
    message, evidence and waiver; a message is null where the tables of that side do not hold the outcome.
    """
    rows = pl.concat([_first_turns(difference, kind, limit) for kind in kinds])
    with_old = _with_findings(rows, difference.old.findings, "old", whole=not limit)
    return _with_findings(with_old, difference.new.findings, "new", whole=not limit).sort("device_id", "rule_id")


def _first_turns(difference: Difference, kind: str, limit: int) -> pl.DataFrame:
    kept = difference.turns.filter(pl.col("kind") == kind)
    pairs = kept.select("old_outcomes", "new_outcomes").unique()
    chosen = difference.everything.filter("judged").drop("kind")
    chosen = chosen.join(pairs, on=pairs.columns, how="semi", maintain_order="left")
    chosen = chosen.head(limit) if limit else chosen  # each of them has one such rule at least
    rows = chosen.join(kept.drop("devices"), on=pairs.columns).sort("device_id", "rule_id")
    return (rows.head(limit) if limit else rows).select(
        "kind",
        "device_id",
        "old_id",
        "new_id",
        pl.col("new_device_name").alias("device_name"),
        "rule_id",
        "why",
        "waived",
        old_outcome="old",
        new_outcome="new",
    )


def _with_findings(rows: pl.DataFrame, findings: pl.LazyFrame, side: str, *, whole: bool) -> pl.DataFrame:
    """Add what a side's findings say: a device's own, else the one that speaks for all devices; its real outcome."""
    key = f"{side}_id"
    told = pl.col("outcome").alias("said"), *(pl.col(name).alias(f"{side}_{to}") for to, name in _TOLD.items())
    own = _own(rows.select("rule_id", device_id=key), findings, whole=whole).select("device_id", "rule_id", *told)
    of_fleet = (pl.col("device_id") == of_outcomes.ONCE) & (pl.col("devices") > 0)
    fleet = findings.filter(of_fleet).select("rule_id", *told).collect(engine="streaming")
    both = rows.join(own, left_on=[key, "rule_id"], right_on=["device_id", "rule_id"], how="left")
    both = both.join(fleet, on="rule_id", how="left", suffix="_fleet")
    columns = ("said", *(f"{side}_{name}" for name in _TOLD))
    outcome = pl.col(f"{side}_outcome")
    stands = pl.col("said").is_null() & (outcome == "UNKNOWN")
    chosen = [pl.when(stands).then(pl.col(f"{name}_fleet")).otherwise(pl.col(name)).alias(name) for name in columns]
    real = pl.when(outcome == of_outcomes.NEITHER).then(pl.coalesce("said", outcome)).otherwise(outcome)
    dropped = ("said", *(f"{name}_fleet" for name in columns))
    return both.with_columns(chosen).with_columns(real.alias(f"{side}_outcome")).drop(dropped)


def _own(wanted: pl.DataFrame, findings: pl.LazyFrame, *, whole: bool) -> pl.DataFrame:
    """Return the findings of these devices and rules that are about the device, or once about tenant or fleet."""
    once = (pl.col("device_id") == of_outcomes.ONCE) & (pl.col("devices") == 0)
    mine = pl.col("device_id") != of_outcomes.ONCE
    if not whole:  # few devices: their range lets Polars pass over most of the file, which is sorted by device
        ids = wanted["device_id"].filter(wanted["device_id"] != of_outcomes.ONCE).unique().sort()
        first, last = pl.lit(ids.min(), dtype=pl.String), pl.lit(ids.max(), dtype=pl.String)
        mine = pl.col("device_id").is_between(first, last) & pl.col("device_id").is_in(ids.to_list())
    kept = (
        findings.filter(these).join(wanted.lazy(), on=wanted.columns, how="semi").collect(engine="streaming")
        for these in (once, mine)
    )
    return pl.concat(kept)
