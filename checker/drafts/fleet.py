"""What waves are drafted from: a judged fleet, and its READY devices with all by which a pilot can be varied."""

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt
import polars as pl

from checker.engine.cells import Cell, Conflict
from checker.engine.columns import Bucket, open_bucket
from checker.engine.records import Records, buckets, gather_records
from checker.engine.select import resolve
from checker.engine.truths import FALSE, TRUE, truths_of
from checker.loading import Loaded, load
from checker.model.condition import facts_of
from checker.model.fact import KnownNone, SetValue
from checker.model.outcome import Missing, Readiness
from checker.model.plan import Plan
from checker.model.result import Result, Summary
from checker.model.rule import Pack, Rule
from checker.options import Options, Progress
from checker.packs.routes import TOOL_FACT
from checker.pipeline import gather, judge_and_summarise, read_facts
from checker.reporters.wording import visible

FACTS = ("os.family", "os.role", "os.distribution", "os.build", "os.version", "device.group", "device.tags")
KINDS = {"windows": "Windows client", "macos": "macOS", "linux": "Linux"}  # os.family -> in words, servers aside
BETWEEN = "\x1f"  # the unit separator, between the tags of a device
PLAIN = "^[!-~]([ -~]*[!-~])?$"  # printable ASCII, no space at its ends


@dataclass(frozen=True, slots=True)
class Fleet:
    """What a draft is made from. ``ready`` has a row for each READY device, sorted by device_id.

    Its columns: device_id, name, route, kind (of device, in words), unlisted (the stated tool is not listed for it),
    and system, group, site and tag, by which a pilot can be varied: a value, or null.
    """

    pack: Pack
    as_of: date
    named_profile: bool  # a tailoring names the profile with a reason
    summary: Summary
    ready: pl.DataFrame
    whole: bool  # there are devices that move with the whole fleet or not at all


def read_fleet(options: Options, progress: Progress) -> Fleet:
    """Judge an inventory as ``check`` does and describe its READY devices.

    Raises:
        CheckerError: with every problem of the rules or the inputs.
    """
    loaded = replace(load(options), current=None)
    plan = loaded.plan
    wanted = plan.wanted() | frozenset(FACTS)
    inputs = read_facts(options, loaded.formats, wanted, progress)
    with TemporaryDirectory(prefix="mde-readiness-") as folder:
        wishes = replace(options, outputs=frozenset({"devices"}))
        gathered = gather(wishes, loaded, inputs, progress)
        result = judge_and_summarise(wishes, loaded, gathered, Path(folder), progress)
        ready = _ready(result)
    records = gather_records(inputs, gathered.identified, plan.specs, wanted)
    described, whole = _describe(loaded, records, ready)
    return Fleet(plan.pack, plan.as_of, loaded.named_profile, result.summary, described, whole)


def _ready(result: Result) -> pl.DataFrame:
    """Return the READY devices whose ids a list in YAML can hold: nothing in them hides or acts."""
    kept = [
        frame.filter(pl.col("readiness") == Readiness.READY).select("device_id", "route", name="device_name")
        for frame in result.devices.frames()
    ]
    ready = pl.concat(kept)
    odd = ready["device_id"].filter(~ready["device_id"].str.contains(PLAIN)).to_list()
    unfit = [name for name in odd if visible(name) != name or name.strip().casefold() != name.lower()]
    return ready.filter(~pl.col("device_id").is_in(unfit))


def _describe(loaded: Loaded, records: Records, ready: pl.DataFrame) -> tuple[pl.DataFrame, bool]:
    """Return the READY devices with their columns, and whether a device moves only with the whole fleet."""
    plan = loaded.plan
    lists, rules = resolve(records, plan.selections), _rules_of_tools(plan)
    frames, whole = [], False
    for first, last in buckets(records):
        bucket = open_bucket(plan, records, first, last, {}, lists)
        whole = whole or bool((truths_of(bucket, plan.pack.whole_fleet, defaults=False) == TRUE).any())
        facts = {fact: _texts(bucket, fact) for fact in FACTS}
        described = pl.DataFrame({"device_id": bucket.ids, "unlisted": _unlisted(bucket, rules), **facts})
        joined = described.join(ready, on="device_id", how="inner")
        frames.append(joined.select("device_id", "name", "route", "unlisted", **_columns()))
    return pl.concat(frames).sort("device_id"), whole


def _rules_of_tools(plan: Plan) -> list[Rule]:
    """Return the rules that ask whether a tool fits a device: of the tool, and of nothing but the device besides."""
    asked = [(rule, frozenset(facts_of(rule.require))) for rule in plan.device_rules]
    return [
        rule
        for rule, facts in asked
        if TOOL_FACT in facts and all(plan.specs[fact].about == "device" for fact in facts - {TOOL_FACT})
    ]


def _unlisted(bucket: Bucket, rules: list[Rule]) -> npt.NDArray[np.bool_]:
    found = np.zeros(bucket.devices, dtype=bool)
    for rule in rules:
        applies = truths_of(bucket, rule.applies_to, defaults=True) == TRUE
        found |= applies & (truths_of(bucket, rule.require, defaults=True) == FALSE)
    return found


def _columns() -> dict[str, pl.Expr]:
    version = pl.coalesce("os.build", "os.version")
    family, distribution, is_server = pl.col("os.family"), pl.col("os.distribution"), pl.col("os.role") == "server"
    server = pl.when(is_server).then(pl.lit("server"))  # three builds are of clients, too
    system = pl.concat_str(family, server, distribution, version, separator=" ", ignore_nulls=True)
    name = pl.col("name").str.to_lowercase().str.strip_chars(" .")
    kind = family.replace_strict(KINDS, default=family)
    return {
        "kind": pl.when(is_server & (family == "windows")).then(pl.lit("Windows Server")).otherwise(kind),
        "system": pl.when(family.is_not_null()).then(system),
        "group": pl.col("device.group"),
        "site": name.str.splitn(".", 2).struct[1],
        "tag": pl.col("device.tags"),
    }


def _texts(bucket: Bucket, fact: str) -> pl.Series:
    column = bucket.column(fact)
    words = [_text(cell, text) for cell, text in zip(column.pool.cells, column.pool.texts, strict=True)]
    return pl.Series(words, dtype=pl.String).gather(column.codes)


def _text(cell: Cell, text: str | None) -> str | None:
    """Return a value as text; None where there is none that counts."""
    if isinstance(cell, Missing | Conflict | KnownNone):
        return None
    if isinstance(cell, SetValue):
        return BETWEEN.join(sorted(cell.members)) or None
    return (text or "").strip() or None
