"""``inspect``: how each file was recognised and read, what it covers, and which rules nothing can decide."""

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from checker.cli.echo import PIPED, echo, width
from checker.cli.options import inventory_options, shared
from checker.decide.coverage import FactCoverage, Undecidable
from checker.decide.settling import Settling
from checker.errors import Problem, UsageError
from checker.inspection import Inspection
from checker.inspection import inspect as run_inspect
from checker.inventory.secrets import titles_shown
from checker.model.notes import InputTally
from checker.model.outcome import Missing
from checker.model.record import FileRecords
from checker.reporters.terminal.folding import folded
from checker.reporters.wording import count, visible

SHOWN_JOINS = 12
ARROW = " → "
NO_RULE = "  (for waves, waivers and attestations)"  # behind a fact that no rule reads


@click.command(epilog="Example: mde-readiness inspect hunting.csv machines.json")
@shared
@click.option(
    "--draft-mapping",
    is_flag=True,
    help="Write a first mapping for an export of your own, from the titles of its columns; no value is shown.",
)
def inspect(**given: Any) -> None:  # noqa: ANN401
    """Show how INVENTORY… is read: format and why, column → fact, coverage per fact, rules that stay undecided."""
    if given["draft_mapping"]:
        echo(_draft(given), "utf-8", exact=True)  # as mappings are read, whatever the terminal's own encoding
        return
    room = width() or PIPED
    for line in lines_of(run_inspect(inventory_options(given))):
        shown = visible(line)
        for part in [shown] if ARROW in shown else folded(shown, room):  # columns and facts stand in a table
            echo(f"{part}\n")


def _draft(given: dict[str, Any]) -> str:
    from checker.drafts.mapping import draft_mapping
    from checker.inventory.own_mappings import all_mappings, read_own_mappings

    if len(given["inventory"]) > 1:
        raise UsageError(Problem("--draft-mapping", "is of one file", "inspect --draft-mapping FILE"))
    own = read_own_mappings([(Path(file), file) for file in given["mapping"]])
    return draft_mapping(given["inventory"][0], all_mappings(own))


def lines_of(found: Inspection) -> Iterator[str]:
    """Yield what an inspection says, line by line."""
    for item, tally in zip(found.inputs, found.tallies, strict=True):
        yield from _file(item, tally, found.asked)
    yield from _joins(found.joins)
    if found.unread:
        yield "Not read:"
        yield from (f"  {line}" for line in found.unread)
        yield ""
    if found.told:
        yield "Of no device, or told by place:"
        yield from (f"  {line}" for line in found.told)
        yield ""
    yield f"Coverage: {count(found.devices, 'device')}"
    yield from _coverage(found.coverage, found.devices)
    yield ""
    yield from _undecided(found.undecidable)
    if not found.devices:
        yield ""
        yield "No file founds a device: give an inventory (hunting, machines, portal export) with these."
    yield from _settling(found.settling)


def _file(item: FileRecords, tally: InputTally, asked: Collection[str]) -> Iterator[str]:
    file = item.file
    yield f"{file.path}: {file.format}"
    if file.why:
        yield f"  recognised by {file.why}"
    parts = [f"{count(tally.rows, 'row')} = {count(tally.devices, 'device')}"]
    for name in ("merged", "out_of_scope", "unmatched", "rejected", "future"):
        if number := getattr(tally, name):
            parts.append(f"{number:,} {name.replace('_', ' ')}")
    yield "  " + " + ".join(parts)
    width = max((len(title) for title in (*file.keys.values(), *file.columns.values())), default=0)
    for key, title in file.keys.items():
        yield f"    {title.ljust(width)}  → {key} (key)"
    for fact, title in sorted(file.columns.items(), key=lambda pair: pair[1]):
        yield f"    {title.ljust(width)}  → {fact}{'' if fact in asked else NO_RULE}"
    if file.unmapped:
        yield f"    not read: {titles_shown(file.unmapped, [*file.keys.values(), *file.columns.values()])}"
    for notice in file.notices:
        yield f"  note: {notice}"
    yield ""


def _joins(joins: Sequence[tuple[tuple[str, ...], int]]) -> Iterator[str]:
    """Yield which formats know devices together, where there are several."""
    if len({name for formats, _ in joins for name in formats}) < 2:
        return
    yield "Joined: devices by the formats that know them"
    width = max(len(f"{known:,}") for _, known in joins)
    for formats, known in joins[:SHOWN_JOINS]:
        yield f"  {known:{width},}  {' + '.join(formats)}{' only' if len(formats) == 1 else ''}"
    if len(joins) > SHOWN_JOINS:
        rest = joins[SHOWN_JOINS:]
        yield f"  {sum(known for _, known in rest):{width},}  in {len(rest):,} other ways"
    yield ""


def _coverage(facts: Sequence[FactCoverage], devices: int) -> Iterator[str]:
    width = max((len(item.fact) for item in facts), default=0)
    absent = [item for item in facts if item.missing == ((Missing.NOT_EXPORTED, devices),)]
    for item in facts:
        if item not in absent:
            said = [f"{number:,} {_word(missing)}" for missing, number in item.missing]
            said += [f"{item.ruled:,} only by rules of a proxy, which prove nothing"] if item.ruled else []
            reasons = ", ".join(said)
            share = 100 * item.known / devices if devices else 0.0
            yield f"  {item.fact.ljust(width)}  {share:5.1f} %  {reasons}".rstrip()
            if item.conflict:
                device, values = item.conflict
                yield f"  {' ' * width}           for example {device}: {values} (explain shows where from)"
    if absent:
        yield ""
        yield "No file carries these; what would:"
        for item in absent:
            how = f"assumed to be {item.default}" if item.default else item.carried_by
            yield f"  {item.fact.ljust(width)}  {how}"


def _undecided(rules: Sequence[Undecidable]) -> Iterator[str]:
    if not rules:
        yield "Every fact that a rule asks for is carried by a file."
        return
    yield f"{len(rules)} rules may stay undecided where they apply, for want of facts that no file carries:"
    width = max(len(item.rule) for item in rules)
    for item in sorted(rules, key=lambda item: (item.phase != "prerequisite", item.severity != "blocker", item.rule)):
        yield f"  {item.rule.ljust(width)}  {item.severity.ljust(7)}  {', '.join(item.facts)}"


def _settling(exports: Sequence[Settling]) -> Iterator[str]:
    """Yield the one export of the fleet, and the one made on each device, that would settle most."""
    fleet, own = ([each for each in exports if each.per_device is per_device] for per_device in (False, True))
    for where, found in (("One more export", fleet), ("One more, made on each device,", own)):
        if found:
            best = found[0]
            total = sum(number for _, number in best.rules)
            yield ""
            yield f"{where} would settle most: {best.title} ({best.format})"
            of = f"{total:,} open {'outcome' if total == 1 else 'outcomes'} on {count(best.devices, 'device')}"
            yield f"  {of}, {best.blockers:,} of them of blockers:"
            yield f"  {', '.join(rule for rule, _ in best.rules)}"


def _word(missing: Missing) -> str:
    return missing.name.lower().replace("_", " ")
