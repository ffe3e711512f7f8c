"""``waves suggest``: waves drafted from the devices that are READY: a small and varied pilot, then growing rings."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from checker.drafts.pilot import LEAST_PILOT, Alike, pilot_of
from checker.engine.cells import Cell, Conflict
from checker.engine.columns import Bucket, open_bucket
from checker.engine.records import Records, buckets, gather_records
from checker.engine.select import resolve
from checker.engine.truths import TRUE, truths_of
from checker.errors import InputError, Problem
from checker.inventory.identify import identify
from checker.inventory.read import ReadOptions, read_inventory
from checker.loading import Loaded, load
from checker.model.fact import KnownNone, SetValue
from checker.model.outcome import Missing, Readiness
from checker.model.result import Result, Summary
from checker.model.rule import Pack
from checker.model.wave import GUIDANCE_DAYS
from checker.options import Options
from checker.packs.scaffold import quoted
from checker.pipeline import Progress, judge_and_summarise
from checker.reporters.wording import count, visible

FACTS = ("os.family", "os.role", "os.distribution", "os.build", "os.version", "device.group", "device.tags")
DIMENSIONS = {  # column -> what a person calls it
    "system": "operating system version (os.family, os.role, os.build or os.version)",
    "group": "device group (device.group)",
    "site": "site (the device's name after its first dot)",
    "tag": "tag (device.tags), since all names share one domain",
}
MOST_VALUES = 200  # a dimension of more values would make the pilot a ring (design choice)
RINGS = (10, 30, 60)  # per cent of what the pilot leaves: each at least twice the one before it
LEAST_FOR_RINGS = 50  # devices: below, a ring of 10 % would have fewer than the pilot
PLAIN = "^[!-~]([ -~]*[!-~])?$"  # printable ASCII, no space at its ends
BETWEEN = "\x1f"  # the unit separator, between the tags of a device
NAMED = 3  # how many actions an error names


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the user asked of the draft."""

    pilot: int | None = None  # devices; None: as few as show every value, and at least LEAST_PILOT
    tool: str = ""  # a word of plan.tool


@dataclass(frozen=True, slots=True)
class Fleet:
    """What a draft is made from."""

    pack: Pack
    as_of: date
    named_profile: bool  # a tailoring names the profile with a reason
    summary: Summary
    ready: pl.DataFrame  # device_id, name, and the dimensions: values, or null
    whole: bool  # there are devices that move with the whole fleet or not at all


def suggest(options: Options, wishes: Wishes, progress: Progress | None = None) -> str:
    """Return a file of waves, with comments: a pilot of READY devices by their ids, then rings of all the others.

    Raises:
        CheckerError: with every problem of the rules or the inputs; or if no device is READY.
    """
    fleet = _read(options, progress or Progress())
    if fleet.ready.is_empty():
        what = (
            "no READY device has an id that can be listed" if fleet.summary.devices["ready"] else "no device is READY"
        )
        raise InputError(Problem(", ".join(options.inventory), what, _hint(fleet.summary)))
    dimensions = dimensions_of(fleet.ready)
    chosen = pilot_of(alike(fleet.ready, dimensions), wishes.pilot)
    return "\n".join([*_head(fleet, dimensions, chosen), *_waves(fleet, dimensions, chosen, wishes.tool), ""])


def _read(options: Options, progress: Progress) -> Fleet:
    loaded = replace(load(options), current=None)
    plan = loaded.plan
    wanted = plan.wanted() | frozenset(FACTS)
    reading = ReadOptions(options.read_as, options.observed, options.bad_rows, wanted, progress.read)
    inputs = sorted(read_inventory(options.inventory, reading), key=lambda item: (item.file.path, item.file.sha256))
    with TemporaryDirectory(prefix="mde-readiness-") as folder:
        wishes = replace(options, outputs=frozenset({"devices"}))
        result = judge_and_summarise(wishes, loaded, inputs, Path(folder), progress)
        ready = _ready(result)
    records = gather_records(inputs, identify(inputs), plan.specs, wanted)
    described, whole = _describe(loaded, records, ready)
    return Fleet(plan.pack, plan.as_of, loaded.named_profile, result.summary, described, whole)


def _ready(result: Result) -> pl.DataFrame:
    """Return id and name of the READY devices whose ids a list in YAML can hold: nothing in them hides or acts."""
    kept = [
        frame.filter(pl.col("readiness") == Readiness.READY).select("device_id", name="device_name")
        for frame in result.devices.frames()
    ]
    ready = pl.concat(kept)
    odd = ready["device_id"].filter(~ready["device_id"].str.contains(PLAIN)).to_list()
    unfit = [name for name in odd if visible(name) != name or name.strip().casefold() != name.lower()]
    return ready.filter(~pl.col("device_id").is_in(unfit))


def _describe(loaded: Loaded, records: Records, ready: pl.DataFrame) -> tuple[pl.DataFrame, bool]:
    """Return the READY devices with their dimensions, and whether a device moves only with the whole fleet."""
    plan = loaded.plan
    lists = resolve(records, plan.selections)
    frames, whole = [], False
    for first, last in buckets(records):
        bucket = open_bucket(plan, records, first, last, {}, lists)
        whole = whole or bool((truths_of(bucket, plan.pack.whole_fleet, defaults=False) == TRUE).any())
        facts = {fact: _texts(bucket, fact) for fact in FACTS}
        described = pl.DataFrame({"device_id": bucket.ids, **facts}).join(ready, on="device_id", how="inner")
        frames.append(described.select("device_id", "name", **_columns()))
    return pl.concat(frames).sort("device_id"), whole


def _columns() -> dict[str, pl.Expr]:
    version = pl.coalesce("os.build", "os.version")
    family, distribution = pl.col("os.family"), pl.col("os.distribution")
    server = pl.when(pl.col("os.role") == "server").then(pl.lit("server"))  # three builds are of clients, too
    system = pl.concat_str(family, server, distribution, version, separator=" ", ignore_nulls=True)
    name = pl.col("name").str.to_lowercase().str.strip_chars(" .")
    return {
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


def dimensions_of(ready: pl.DataFrame) -> dict[str, int]:
    """Return by what a pilot can be varied, with the number of values: all that have 2 to MOST_VALUES of them.

    Sites are told by the domains of the names, or, where all share one, by tags.
    """
    counts = {name: len(_values(ready[name])) for name in DIMENSIONS}
    counts.pop("site" if counts["site"] < 2 else "tag")
    return {name: number for name, number in counts.items() if 2 <= number <= MOST_VALUES}


def _values(column: pl.Series) -> set[str]:
    return {value for text in column.drop_nulls().unique() for value in text.split(BETWEEN)}


def alike(ready: pl.DataFrame, dimensions: Iterable[str]) -> tuple[Alike, ...]:
    """Return the devices in groups of the same values."""
    names = list(dimensions)
    grouped = ready.with_columns(_=pl.lit(0)).group_by("_", *names).agg(pl.col("device_id").sort())
    found = []
    for row in grouped.iter_rows(named=True):
        values = frozenset((name, value) for name in names for value in (row[name] or "").split(BETWEEN) if value)
        found.append(Alike(values, tuple(row["device_id"])))
    return tuple(sorted(found, key=lambda each: each.ids))


def _hint(summary: Summary) -> str:
    """Return what stands most in the way."""
    most = sorted(summary.actions, key=lambda each: (-each.needed_on, each.action))[:NAMED]
    actions = [f"{each.action} ({count(each.needed_on, 'device')})" for each in most]
    if actions:
        return f"what most of them need: {', '.join(actions)}; check tells the rest"
    words = [f"{number:,} {name.upper()}" for name, number in summary.devices.items() if number and name != "total"]
    return f"no action makes one READY: {', '.join(words)}"


def _head(fleet: Fleet, dimensions: dict[str, int], chosen: Sequence[str]) -> Iterator[str]:
    devices = fleet.summary.devices
    judged = devices["total"] - devices["out_of_scope"]
    others = ", ".join(f"{devices[name]:,} {name.upper()}" for name in ("migrated", "not_ready", "undetermined"))
    yield f"# A draft of mde-readiness waves suggest, as of {fleet.as_of}: change it, then check it with waves lint."
    yield f"# {devices['ready']:,} of {count(judged, 'judged device')} are READY ({others})."
    yield "# Only READY ones are in the pilot. The rings take all others, ready or not: their gates wait for them."
    missing = {name: number - len(_shown(fleet, name, chosen)) for name, number in dimensions.items()}
    if dimensions:
        yield "# The pilot shows each value of:" if not any(missing.values()) else "# The pilot shows values of:"
    for name, number in dimensions.items():
        less = f", {missing[name]} of them not shown: --pilot is too small for all" if missing[name] else ""
        yield f"#   {DIMENSIONS[name]}: {number} values{less}"
    for name in (name for name in DIMENSIONS if name not in dimensions and (name != "tag" or "site" not in dimensions)):
        number = len(_values(fleet.ready[name]))
        yield f"# Not varied by {DIMENSIONS[name]}: {count(number, 'value')} among the READY devices."
    yield "# Fill in what stands in comments. Soak days count from 'starts' of the wave before."
    yield "# What none_lost and ids_unchanged compare with is an earlier report: gate --baseline EARLIER.json."
    if _is_old(fleet):
        days = (fleet.as_of - fleet.pack.profile.date).days
        yield f"# The guidance is {days:,} days old: a gate asks for {GUIDANCE_DAYS}, or for a reason why it is right."
    if fleet.whole:
        yield "# Devices onboard automatically here, all at once: a wave of only some of them is on HOLD."


def _shown(fleet: Fleet, name: str, chosen: Sequence[str]) -> set[str]:
    return _values(fleet.ready.filter(pl.col("device_id").is_in(list(chosen)))[name])


def _waves(fleet: Fleet, dimensions: Iterable[str], chosen: Sequence[str], tool: str) -> Iterator[str]:
    devices = fleet.summary.devices
    rest = devices["total"] - devices["out_of_scope"] - len(chosen)
    yield "waves:"
    yield "  - name: pilot"
    yield "    devices:"
    yield "      listed:"
    columns = ["device_id", "name", *dimensions]
    for row in fleet.ready.filter(pl.col("device_id").is_in(list(chosen))).select(columns).iter_rows():
        told = "; ".join(visible(text.replace(BETWEEN, ", "), 60) for text in row[1:] if text)
        yield f"        - {quoted(row[0])}" + (f"  # {told}" if told else "")
    yield from _settings(fleet, tool, len(chosen))
    yield f"    gate: {{ready: 100 %, fail: {{blocker: 0}}, devices: {min(LEAST_PILOT, len(chosen))}}}"
    rings = RINGS if rest >= LEAST_FOR_RINGS else (100,) if rest else ()
    for number, percent in enumerate(rings, start=1):
        yield ""
        yield f"  - name: ring-{number}"
        yield f"    devices: {{percent: {percent} %}}  # about {rest * percent // 100:,} of {rest:,}, told by their ids"
        yield from _settings(fleet, tool, None)
        yield "    gate:"
        yield "      ready: 95 %"
        verified = 90 if number == 1 else 95  # a pilot of five to ten has no device to spare at 95 %
        yield f"      previous: {{verified: {verified} %, soak_days: 7, none_lost: true, ids_unchanged: true}}"


def _settings(fleet: Fleet, tool: str, devices: int | None) -> Iterator[str]:
    """Yield tool, start and profile of a wave: what cannot be known yet as comments to fill in."""
    most = next((each.most_devices for each in fleet.pack.tools if each.id == tool), None)
    if not tool:
        yield "    # tool: intune  # or another: it decides steps and limits"
    elif most is None or (devices is not None and devices <= most):
        yield f"    tool: {tool}"
    else:
        yield f"    # tool: {tool} serves at most {count(most, 'device')} at once, so choose another"
    yield "    # starts: YYYY-MM-DD"
    if _is_old(fleet):
        yield f"    # profile: {{name: {quoted(fleet.pack.profile.id)}, reason: say why this guidance is right}}"


def _is_old(fleet: Fleet) -> bool:
    return not fleet.named_profile and (fleet.as_of - fleet.pack.profile.date).days > GUIDANCE_DAYS
