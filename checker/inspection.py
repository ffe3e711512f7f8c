"""How the inputs were read and how far they go, without judging them: what ``inspect`` shows."""

from dataclasses import dataclass, replace

import numpy as np

from checker.decide.coverage import FactCoverage, Undecidable, coverage, joins, undecidable
from checker.decide.ledger import set_future_aside, tally_inputs
from checker.decide.settling import Settling, settling
from checker.engine.coalesce import applied_rules
from checker.engine.columns import open_bucket
from checker.engine.outcomes import scope_of
from checker.engine.records import buckets, gather_records
from checker.engine.select import resolve
from checker.errors import InputError, Problem
from checker.inventory.identify import identify
from checker.inventory.join_notices import join_notices
from checker.loading import load
from checker.model.notes import InputTally
from checker.model.record import FileRecords
from checker.options import Options, Progress
from checker.pipeline import beside_notices, no_device_hint, read_facts

NAMED_IN_INSPECT = 20  # parties of no device, for each reason


@dataclass(frozen=True, slots=True)
class Inspection:
    """How the inputs were read, and how far they go."""

    inputs: tuple[FileRecords, ...]
    tallies: tuple[InputTally, ...]
    devices: int
    joins: tuple[tuple[tuple[str, ...], int], ...]  # formats that know devices together, and how many devices
    coverage: tuple[FactCoverage, ...]
    undecidable: tuple[Undecidable, ...]
    settling: tuple[Settling, ...]  # exports that nobody gave and that would settle outcomes, the best first
    asked: frozenset[str]  # the facts that rules and routes read; others serve waves, waivers and attestations
    told: tuple[str, ...] = ()  # what is of no device, and what is of one by the place of its file
    unread: tuple[str, ...] = ()  # which files of folders are not read


def inspect(options: Options) -> Inspection:
    """Return how an inventory is read and what it covers, without judging it.

    Every fact is read that a column maps to, whether or not anything asks for it.

    Raises:
        CheckerError: with every problem of the rules, the attestations or the inputs.
    """
    loaded = load(options)
    plan = loaded.plan
    every = frozenset(name for name, spec in plan.specs.items() if not spec.derived)
    inputs = read_facts(options, loaded.formats, every, Progress())
    if not any(frame.height for item in inputs for frame in item.frames):
        raise InputError(
            Problem(", ".join(options.inventory), "holds no device to inspect", no_device_hint(inputs, ()))
        )
    future = set_future_aside(inputs, plan)
    identified = identify(inputs)
    records = gather_records(inputs, identified, plan.specs, plan.wanted())
    outside = np.zeros(len(identified.device_ids), dtype=np.bool_)
    lists = resolve(records, plan.selections)
    for first, last in buckets(records):
        outside[first:last] = scope_of(open_bucket(plan, records, first, last, {}, lists)) >= 0
    given = frozenset(item.file.format for item in inputs)
    return Inspection(
        tuple(_with_apart(item) for item in inputs if not item.file.apart),
        tally_inputs(inputs, future, identified.device, outside, applied_rules(records, plan)),
        len(identified.device_ids),
        joins(records),
        coverage(plan, records),
        undecidable(plan, records),
        settling(plan, records, given, loaded.formats.values()),
        replace(plan, statements=(), waivers=(), waves=()).wanted(),
        tuple(join_notices(identified, NAMED_IN_INSPECT)),
        tuple(beside_notices(options, inputs)),
    )


def _with_apart(item: FileRecords) -> FileRecords:
    """Return the records of a file with all the columns that were read, also those of other times."""
    apart = {fact: title for each in item.apart for fact, title in each.file.columns.items()}
    return replace(item, file=replace(item.file, columns={**item.file.columns, **apart}))
