"""``explain``: the same files, read and judged as ``check`` does, for one device or one rule."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

import numpy as np
import polars as pl

from checker.decide.coverage import not_exported
from checker.decide.judge import conclude
from checker.decide.ledger import set_future_aside
from checker.decide.signatures import Book
from checker.decide.tables import Wanted
from checker.engine.columns import open_bucket
from checker.engine.judged import judge_columns
from checker.engine.records import Records, gather_records
from checker.engine.select import Lists, resolve
from checker.errors import InputError, Problem, UsageError
from checker.explain.device import Asked, Decided, explain_device
from checker.explain.histogram import rule_histogram
from checker.inventory.identify import identify
from checker.loading import Loaded, load
from checker.model.explanation import Explanation, RuleHistogram
from checker.model.plan import Kind, Plan
from checker.model.rule import Rule
from checker.options import Options, Progress
from checker.pipeline import read
from checker.yaml_nodes import did_you_mean

MOST_NAMED = 20  # devices named where a name means several
MOST_COMPARED = 20_000  # names with one beginning that are compared with one that nobody has, which is slow


@dataclass(frozen=True, slots=True)
class Fleet:
    """An inventory that was read and identified, ready to be judged device by device."""

    loaded: Loaded
    records: Records
    lists: Lists  # what the lists of waivers, waves and statements mean
    partial: bool  # rules were left out


def explain(options: Options, device: str, asked: Asked | None = None) -> Explanation:
    """Return why a device came out as it did; it is named by its id, another key, or a name that only it goes by.

    Raises:
        CheckerError: with every problem of the rules, the attestations or the inputs; or if there is no such device.
    """
    asked = asked or Asked()
    loaded = load(options)
    asked = replace(asked, only=_named_rules(loaded.plan, asked.only))
    fleet = _open(options, loaded)
    return explain_at(fleet, find_device(fleet.records, device), asked)


def histogram(options: Options, rule: str, limit: int = 30) -> RuleHistogram:
    """Return the values of a rule's facts over the fleet, each with the outcome of the rule.

    Raises:
        CheckerError: with every problem of the rules, the attestations or the inputs; or if there is no such rule.
    """
    loaded = load(options)
    known = {each.id: each for each in loaded.plan.pack.rules}
    if rule not in known:
        raise UsageError(_no_rule(loaded.plan, rule, known))
    fleet = _open(options, loaded)
    told = rule_histogram(loaded.plan, fleet.records, known[rule], fleet.lists, limit)
    return replace(told, remarks=_remarks(loaded))


def open_fleet(options: Options) -> Fleet:
    """Return an inventory that was read as ``check`` reads it; raise CheckerError with every problem."""
    return _open(options, load(options))


def explain_at(fleet: Fleet, place: int, asked: Asked) -> Explanation:
    """Return why the device at a place of the fleet came out as it did; ``asked.only`` are ids of its rules."""
    plan, records = fleet.loaded.plan, fleet.records
    judged = judge_columns(open_bucket(plan, records, place, place + 1, {}, fleet.lists))
    absent = {rule.id: not_exported(plan, records, plan.rule_facts(rule)) for rule in plan.pack.rules}
    _, governed, verdicts = conclude(judged, absent, Wanted(partial=fleet.partial), Book())
    decided = Decided(judged, governed, verdicts.distinct[0])
    return replace(explain_device(decided, asked), remarks=_remarks(fleet.loaded))


def _open(options: Options, loaded: Loaded) -> Fleet:
    plan = loaded.plan
    inputs = read(options, replace(loaded, current=None), Progress())
    set_future_aside(inputs, plan)
    identified = identify(inputs)
    if not len(identified.device_ids):
        hint = "give an inventory (hunting, machines, portal export); is --as-of right?"
        raise InputError(Problem(", ".join(options.inventory), "holds no device to explain", hint))
    records = gather_records(inputs, identified, plan.specs, plan.wanted())
    return Fleet(loaded, records, resolve(records, plan.selections), bool(options.select or options.ignore))


def _remarks(loaded: Loaded) -> tuple[str, ...]:
    """Return what makes the run another one than the pack and the files alone would give."""
    assumed = [word for word in loaded.plan.statements if word.kind is Kind.ASSUMED]
    simulated = [f"SIMULATION: {word.fact} is supposed to be {word.value}; nothing here is a proof" for word in assumed]
    return (*simulated, *loaded.tailoring)


def _named_rules(plan: Plan, wishes: Iterable[str]) -> frozenset[str]:
    """Return the device rules that were asked for by name; a name may end in ``*``."""
    rules: dict[str, Rule] = {rule.id: rule for rule in plan.device_rules}
    found: set[str] = set()
    problems = []
    for wish in sorted(wishes):
        fitting = [name for name in rules if name == wish or (wish.endswith("*") and name.startswith(wish[:-1]))]
        found.update(fitting)
        if not fitting:
            problems.append(_no_rule(plan, wish, rules))
    if problems:
        raise UsageError(problems)
    return frozenset(found)


def _no_rule(plan: Plan, wish: str, known: Iterable[str]) -> Problem:
    if any(rule.id == wish for rule in plan.once_rules):
        return Problem(wish, "is judged once per run, not on a device", f"explain --rule {wish} INVENTORY… tells it")
    if any(note.id == wish for note in plan.pack.notes):
        return Problem(wish, "is a note: it has no outcome", f"rules show {wish} prints it")
    where = f"there is no such rule in {plan.pack.id}, profile {plan.pack.profile.id}"
    return Problem(wish, where, did_you_mean(wish, known))


def find_device(records: Records, text: str) -> int:
    """Return the place of the device with this id, key or name (whole, or up to the first dot), without case.

    Raises:
        UsageError: if no device, or more than one, goes by it.
    """
    wanted = text.strip().casefold().rstrip(".")
    keys = _keys(records)
    for kind in ("id", "name", "short"):
        places = keys.filter(pl.col("kind") == kind, pl.col("key") == wanted)["device"].unique().sort()
        if len(places) == 1:
            return int(places[0])
        if len(places) > 1:
            raise UsageError(_several(records, text, places.to_list()))
    raise UsageError(Problem(text, "no device goes by this id or name", _nearest(wanted, keys)))


def _keys(records: Records) -> pl.DataFrame:
    """Return every key of every device, folded: ids and aliases, whole names, names up to the first dot."""
    devices = np.arange(records.devices, dtype=np.int64)
    owner = np.repeat(devices, np.diff(records.ends, prepend=0))
    ids = pl.DataFrame({"key": records.device_ids, "device": devices})
    aliases = records.aliases.select(key=pl.col("alias").str.replace("^[a-z]+:", ""), device=pl.col("device"))
    whole = records.aliases.select(key="alias", device="device")
    bare = ids.with_columns(pl.col("key").str.replace("^[a-z]+:", ""))
    found = pl.concat([ids, bare, *(each.cast({"device": pl.Int64}) for each in (aliases, whole))])
    names = pl.DataFrame({"key": records.name.gather(records.order), "device": owner}).drop_nulls()
    names = names.with_columns(pl.col("key").str.strip_chars().str.to_lowercase().str.strip_chars_end(".")).unique()
    short = names.with_columns(pl.col("key").str.split(".").list.first())
    kinds = (("id", found.with_columns(pl.col("key").str.to_lowercase())), ("name", names), ("short", short))
    return pl.concat([frame.select("key", "device", kind=pl.lit(kind)) for kind, frame in kinds])


def _several(records: Records, text: str, places: Sequence[int]) -> Problem:
    ids = [str(records.device_ids[place]) for place in places]
    named = ", ".join(ids[:MOST_NAMED]) + (f" and {len(ids) - MOST_NAMED:,} more" if len(ids) > MOST_NAMED else "")
    return Problem(text, f"{len(ids):,} devices go by this name", f"give one of their ids: {named}")


def _nearest(wanted: str, keys: pl.DataFrame) -> str:
    """Return a hint that names devices whose names are much like the one that was asked for."""
    names = keys.filter(pl.col("kind") != "id")["key"].unique().sort()
    for length in range(len(wanted), 0, -1):  # those that begin most like it first: a fleet's names begin alike
        alike = names.filter(names.str.starts_with(wanted[:length])).head(MOST_COMPARED)
        near = get_close_matches(wanted, alike.to_list(), n=3, cutoff=0.6)
        if near:
            return f"did you mean {' or '.join(near)}?"
    return "check -o devices:FILE.ndjson lists the devices"
