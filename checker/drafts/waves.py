"""``waves suggest``: waves drafted from the READY devices: a small and varied pilot, growing rings, then the rest."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from checker.drafts.fleet import BETWEEN, Fleet, read_fleet
from checker.drafts.pilot import Alike, pilot_of
from checker.engine.select import WHOLE, shares_of
from checker.errors import InputError, Problem
from checker.model.result import Summary
from checker.model.wave import GUIDANCE_DAYS
from checker.options import Options, Progress
from checker.packs.scaffold import quoted
from checker.reporters.wording import count, visible

DIMENSIONS = {  # column -> what a person calls it
    "system": "operating system version (os.family, os.role, os.build or os.version)",
    "group": "device group (device.group)",
    "site": "site (the device's name after its first dot)",
    "tag": "tag (device.tags), since all names share one domain",
}
MOST_VALUES = 200  # a dimension of more values would make the pilot a ring (design choice)
RINGS = (10, 30, 60)  # per cent of what the pilot leaves: each at least twice the one before it
LEAST_FOR_RINGS = 50  # devices: below, a ring of 10 % would have fewer than the pilot
MOST_LISTED = 2_000  # READY devices: more would make a file that nobody reads (design choice)
NAMED = 3  # how many actions an error names


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the user asked of the draft."""

    pilot: int | None = None  # devices; None: as few as show every value, and at least LEAST_PILOT
    tool: str = ""  # a word of plan.tool


def suggest(options: Options, wishes: Wishes, progress: Progress | None = None) -> str:
    """Return a file of waves, with comments: a pilot and rings of READY devices by their ids, then all the others.

    Of more than MOST_LISTED READY devices only the pilot is listed: the rings take percentages of all the others.

    Raises:
        CheckerError: with every problem of the rules or the inputs; or if no device is READY.
    """
    fleet = read_fleet(options, progress or Progress())
    if fleet.ready.is_empty():
        what = (
            "no READY device has an id that can be listed" if fleet.summary.devices["ready"] else "no device is READY"
        )
        raise InputError(Problem(", ".join(options.inventory), what, _hint(fleet.summary)))
    dimensions = dimensions_of(fleet.ready)
    chosen = pilot_of(alike(fleet.ready, dimensions), wishes.pilot)
    lines = [*_head(fleet, dimensions, chosen), "waves:", *_pilot(fleet, dimensions, chosen, wishes.tool)]
    if len(fleet.ready) > MOST_LISTED:
        lines += _shared_rings(fleet, len(chosen), wishes.tool)
    else:
        lines += _listed_rings(fleet, chosen, wishes.tool)
    return "\n".join([*lines, ""])


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


def rings_of(ids: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Return growing rings of devices: RINGS per cent, told by their ids for ever; below LEAST_FOR_RINGS one ring."""
    ordered = sorted(ids)
    if len(ordered) < LEAST_FOR_RINGS:
        return (tuple(ordered),) if ordered else ()
    shares = shares_of(pl.Series(ordered, dtype=pl.String)).tolist()
    ends = [sum(RINGS[: place + 1]) * WHOLE // 100 for place in range(len(RINGS))]
    rings: list[list[str]] = [[] for _ in RINGS]
    for name, share in zip(ordered, shares, strict=True):
        rings[next(place for place, end in enumerate(ends) if share < end)].append(name)
    return tuple(tuple(ring) for ring in rings if ring)


def _hint(summary: Summary) -> str:
    """Return what stands most in the way."""
    most = sorted(summary.actions, key=lambda each: (-each.needed_on, each.action))[:NAMED]
    actions = [f"{each.action} ({count(each.needed_on, 'device')})" for each in most]
    if actions:
        return f"what most of them need: {', '.join(actions)}; check tells the rest"
    words = [f"{number:,} {name.upper()}" for name, number in summary.devices.items() if number and name != "total"]
    return f"no action makes one READY: {', '.join(words)}"


def _head(fleet: Fleet, dimensions: dict[str, int], chosen: Sequence[str]) -> Iterator[str]:
    devices, judged = fleet.summary.devices, _judged(fleet)
    others = ", ".join(f"{devices[name]:,} {name.upper()}" for name in ("migrated", "not_ready", "undetermined"))
    yield f"# A draft of mde-readiness waves suggest, as of {fleet.as_of}: change it, then check it with waves lint."
    yield f"# {devices['ready']:,} of {count(judged, 'judged device')} are READY ({others})."
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
        yield f"# The guidance is {_age(fleet):,} days old: a gate asks for {GUIDANCE_DAYS}, or why it is still right."
    if fleet.whole:
        yield "# Devices onboard automatically here, all at once: a wave of only some of them is on HOLD."


def _shown(fleet: Fleet, name: str, chosen: Sequence[str]) -> set[str]:
    return _values(_of(fleet, chosen)[name])


def _of(fleet: Fleet, ids: Iterable[str]) -> pl.DataFrame:
    return fleet.ready.filter(pl.col("device_id").is_in(list(ids)))


def _judged(fleet: Fleet) -> int:
    return fleet.summary.devices["total"] - fleet.summary.devices["out_of_scope"]


def _pilot(fleet: Fleet, dimensions: Iterable[str], chosen: Sequence[str], tool: str) -> Iterator[str]:
    usual = _usual_route(fleet)
    other = Counter(route for route in _of(fleet, chosen)["route"] if route != usual)
    yield "  - name: pilot"
    if other:
        routes = ", ".join(f"{name} ({count(number, 'device')})" for name, number in sorted(other.items()))
        yield f"    # Besides {usual}, which most READY devices take, the pilot shows other routes: {routes}."
        yield "    # Their steps differ (a device may have to be offboarded or installed first): plan prints them."
    yield from _listed(fleet, chosen, dimensions)
    yield from _settings(fleet, tool, chosen)
    if _is_old(fleet):
        fresh = [each.id for each in fleet.pack.profiles if (fleet.as_of - each.date).days <= GUIDANCE_DAYS]
        newer = f", or run gate with --profile {fresh[-1]}" if fresh else ""
        yield "    # Until then this gate, like each below, is on HOLD for `guidance`, whatever the devices are like:"
        yield f"    # name the profile with your reason (uncomment the line above){newer}."
    yield f"    gate: {{ready: 100 %, fail: {{blocker: 0}}, devices: {len(chosen)}}}"


def _usual_route(fleet: Fleet) -> str:
    """Return the route that most READY devices take."""
    return str(min(Counter(fleet.ready["route"]).items(), key=lambda item: (-item[1], item[0]))[0])


def _listed(fleet: Fleet, ids: Iterable[str], dimensions: Iterable[str]) -> Iterator[str]:
    """Yield the devices of a wave by their ids, each with what it is, and its route if that is not the usual one."""
    usual = _usual_route(fleet)
    yield "    devices:"
    yield "      listed:"
    for row in _of(fleet, ids).select("device_id", "route", "name", *dimensions).iter_rows():
        told = [visible(text.replace(BETWEEN, ", "), 60) for text in row[2:] if text]
        told += [f"route {row[1]}"] if row[1] != usual else []
        yield f"        - {quoted(row[0])}" + (f"  # {'; '.join(told)}" if told else "")


def _listed_rings(fleet: Fleet, chosen: Sequence[str], tool: str) -> Iterator[str]:
    """Yield rings of the READY devices that the pilot leaves, then a wave of all that are not READY yet."""
    rings = rings_of(sorted(set(fleet.ready["device_id"]) - set(chosen)))
    for number, ids in enumerate(rings, start=1):
        yield ""
        yield f"  - name: ring-{number}  # {count(len(ids), 'READY device')}, told by their ids"
        yield from _listed(fleet, ids, ())
        yield from _settings(fleet, tool, ids)
        yield from _gate(first=number == 1)
    rest = _judged(fleet) - len(chosen) - sum(map(len, rings))
    if rest:
        yield ""
        yield "  - name: the-rest"
        yield f"    # All others, now {count(rest, 'device')}: not READY yet, migrated already, or new later."
        yield "    # Its gate waits until they are mended; those that are READY before may go in rings of their own."
        yield "    devices: {percent: 100 %}"
        yield from _settings(fleet, tool, None)
        yield from _gate(first=not rings)


def _shared_rings(fleet: Fleet, pilot: int, tool: str) -> Iterator[str]:
    """Yield rings of all devices that the pilot leaves, by percentages."""
    rest, ready = _judged(fleet) - pilot, len(fleet.ready)
    yield ""
    yield f"  # The rings take all others by percentages, since {ready:,} READY devices are too many to list."
    yield f"  # So they hold devices that are not READY yet, too: of these {rest:,} now {ready - pilot:,} are READY."
    yield "  # The gate of a ring is on HOLD until 95 % of it are READY: mend the fleet first, as check tells, or put"
    yield "  # what is READY into the first rings by a condition of your own (devices: {where: ...})."
    for number, percent in enumerate(RINGS, start=1):
        yield ""
        yield f"  - name: ring-{number}"
        yield f"    devices: {{percent: {percent} %}}  # about {rest * percent // 100:,} of {rest:,}, told by their ids"
        yield from _settings(fleet, tool, None)
        yield from _gate(first=number == 1)


def _gate(first: bool) -> Iterator[str]:
    verified = 90 if first else 95  # a pilot of five to ten has no device to spare at 95 %
    yield "    gate:"
    yield "      ready: 95 %"
    yield f"      previous: {{verified: {verified} %, soak_days: 7, none_lost: true, ids_unchanged: true}}"


def _settings(fleet: Fleet, tool: str, ids: Sequence[str] | None) -> Iterator[str]:
    """Yield tool, start and profile of a wave: what cannot be known yet as comments to fill in."""
    most = next((each.most_devices for each in fleet.pack.tools if each.id == tool), None)
    if not tool:
        yield "    # tool: intune  # or another: it decides steps and limits"
    elif most is None or (ids is not None and len(ids) <= most):
        yield from _unlisted(fleet, tool, ids or ())
        yield f"    tool: {tool}"
    else:
        yield f"    # tool: {tool} serves at most {count(most, 'device')} at once, so choose another"
    yield "    # starts: YYYY-MM-DD"
    if _is_old(fleet):
        yield f"    # profile: {{name: {quoted(fleet.pack.profile.id)}, reason: say why this guidance is right}}"


def _unlisted(fleet: Fleet, tool: str, ids: Sequence[str]) -> Iterator[str]:
    """Yield a comment on the devices of a list for which the guidance does not list the tool."""
    kinds = Counter(_of(fleet, ids).filter("unlisted")["kind"].fill_null("unknown system"))
    if kinds:
        told = ", ".join(f"{number:,} {kind}" for kind, number in sorted(kinds.items()))
        yield f"    # {tool} is not listed for {count(kinds.total(), 'device')} of this wave: {told}."
        yield "    # Give them a wave with a tool that is; plan tells which are."


def _is_old(fleet: Fleet) -> bool:
    return not fleet.named_profile and _age(fleet) > GUIDANCE_DAYS


def _age(fleet: Fleet) -> int:
    return (fleet.as_of - fleet.pack.profile.date).days
