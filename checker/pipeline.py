"""The whole story: load → read → identify → judge → report. Start reading here.

    load      rule pack and attestations to a plan                  packs/
    read      export files to records                               inventory/
    identify  records to devices, by their keys                     inventory/identify.py
    judge     records of each device to outcomes and verdicts       engine/, decide/
    report    verdicts to files and a summary                       reporters/

Nothing below the command line looks at the clock, the network, the environment or chance: the as-of day comes in with
the options, so the same files give the same bytes.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import numpy as np

from checker.decide import summary
from checker.decide.coverage import FactCoverage, Undecidable, coverage, undecidable
from checker.decide.exit import Gate, counted_rules
from checker.decide.judge import Judgements, Run, Wanted, judge
from checker.decide.ledger import set_future_aside, tally_inputs
from checker.engine.columns import open_bucket, scope_of
from checker.engine.records import buckets, gather_records
from checker.errors import InputError, Problem, UsageError
from checker.inventory.identify import Unmatched, identify
from checker.inventory.read import ReadOptions, read_inventory
from checker.model.outcome import Outcome
from checker.model.plan import Plan
from checker.model.record import FileRecords
from checker.model.result import InputTally, Result
from checker.model.rule import Pack
from checker.packs.attestations import read_attestations
from checker.packs.build import build_pack, read_pack_files
from checker.packs.compile import DEFAULT_MAX_AGE_DAYS, compile_plan
from checker.packs.library import DEFAULT_PACK, find_pack, packs_folder
from checker.yaml_nodes import did_you_mean

CURRENT = "current"  # the profile against which every run is compared, where a pack has it


@dataclass(frozen=True, slots=True)
class Options:
    """Everything that a run is told; the command line fills it once."""

    inventory: tuple[str, ...]
    as_of: date
    pack: str = DEFAULT_PACK
    profile: str = "seed"
    attestations: str = ""
    max_age_days: int = DEFAULT_MAX_AGE_DAYS
    require_dates: bool = False
    observed: Mapping[str, datetime] = field(default_factory=dict)
    read_as: Mapping[str, str] = field(default_factory=dict)
    bad_rows: Literal["stop", "skip"] = "stop"
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    gate: Gate = field(default_factory=Gate)
    all_outcomes: bool = False
    outputs: frozenset[str] = frozenset(
        {"devices", "findings", "cases"}
    )  # tables that somebody will read; "places": devices of few findings


@dataclass(frozen=True, slots=True)
class Progress:
    """Who is told how far a run is; nobody, unless a terminal shows it."""

    read: Callable[[int], None] | None = None  # bytes read
    judged: Callable[[int], None] | None = None  # devices judged


@contextmanager
def check(options: Options, progress: Progress | None = None) -> Iterator[Result]:
    """Judge an inventory; the result's tables live in a folder that goes with the context.

    Raises:
        CheckerError: with every problem of the rules, the attestations or the inputs.
    """
    progress = progress or Progress()
    plan, current = load(options)
    inputs = read(options, plan, current, progress)
    with TemporaryDirectory(prefix="mde-readiness-") as folder:
        yield judge_and_summarise(options, (plan, current), inputs, Path(folder), progress)


@dataclass(frozen=True, slots=True)
class Inspection:
    """How the inputs were read, and how far they go."""

    inputs: tuple[FileRecords, ...]
    tallies: tuple[InputTally, ...]
    devices: int
    coverage: tuple[FactCoverage, ...]
    undecidable: tuple[Undecidable, ...]


def inspect(options: Options) -> Inspection:
    """Return how an inventory is read and what it covers, without judging it.

    Raises:
        CheckerError: with every problem of the rules, the attestations or the inputs.
    """
    plan, _ = load(options)
    inputs = read(options, plan, None, Progress())
    future = set_future_aside(inputs, plan)
    identified = identify(inputs)
    records = gather_records(inputs, identified, plan.specs, plan.wanted())
    outside = np.zeros(len(identified.device_ids), dtype=np.bool_)
    for first, last in buckets(records):
        outside[first:last] = scope_of(open_bucket(plan, records, first, last, {})) >= 0
    return Inspection(
        tuple(inputs),
        tally_inputs(inputs, future, identified.device, outside),
        len(identified.device_ids),
        coverage(plan, records),
        undecidable(plan, records),
    )


def load(options: Options) -> tuple[Plan, Plan | None]:
    """Return the plan, and that of the newest guidance if it is another one."""
    folder, shown = find_pack(options.pack)
    files = read_pack_files(folder, shown)
    plan = _plan(options, build_pack(files, options.profile, options.as_of))
    if CURRENT not in files.profiles or plan.pack.profile.id == CURRENT:
        return plan, None
    return plan, _plan(options, build_pack(files, CURRENT, options.as_of))


def _plan(options: Options, pack: Pack) -> Plan:
    plan = compile_plan(_chosen(pack, options), options.as_of, options.max_age_days, options.require_dates)
    if not options.attestations:
        return plan
    words = read_attestations(Path(options.attestations), options.attestations, options.as_of)
    return replace(plan, attestations=words, attestations_file=options.attestations)


def _chosen(pack: Pack, options: Options) -> Pack:
    """Return the pack with the rules that --select and --ignore leave; a name may end in ``*``."""
    names = [rule.id for rule in pack.rules]
    problems = [
        Problem(f"--{kind} {wish}", "names no rule", did_you_mean(wish, names))
        for kind, wishes in (("select", options.select), ("ignore", options.ignore))
        for wish in wishes
        if not any(_fits(name, wish) for name in names)
    ]
    if problems and pack.profile.id != CURRENT:
        raise UsageError(problems)
    kept = tuple(
        rule
        for rule in pack.rules
        if (not options.select or any(_fits(rule.id, wish) for wish in options.select))
        and not any(_fits(rule.id, wish) for wish in options.ignore)
    )
    return replace(pack, rules=kept)


def _fits(name: str, wish: str) -> bool:
    return name.startswith(wish[:-1]) if wish.endswith("*") else name == wish


def read(options: Options, plan: Plan, current: Plan | None, progress: Progress) -> list[FileRecords]:
    """Return the records of all inputs, in an order that does not depend on how they were given."""
    wanted = plan.wanted() | (current.wanted() if current else frozenset())
    inputs = read_inventory(
        options.inventory,
        ReadOptions(
            read_as=options.read_as,
            observed=options.observed,
            bad_rows=options.bad_rows,
            wanted=wanted,
            progress=progress.read,
        ),
    )
    return sorted(inputs, key=lambda item: (item.file.path, item.file.sha256))


def judge_and_summarise(
    options: Options, plans: tuple[Plan, Plan | None], inputs: Sequence[FileRecords], folder: Path, progress: Progress
) -> Result:
    """Identify the records, judge every device, and add it all up."""
    plan, current = plans
    future = set_future_aside(inputs, plan)
    identified = identify(inputs)
    if not len(identified.device_ids):
        raise InputError(
            Problem(", ".join(options.inventory), "holds no device to judge", _no_device_hint(inputs, future))
        )
    wanted = plan.wanted() | (current.wanted() if current else frozenset())
    records = gather_records(inputs, identified, plan.specs, wanted)
    partial = bool(options.select or options.ignore)
    run = Run(
        plan,
        records,
        folder,
        Wanted(
            devices="devices" in options.outputs,
            places="places" in options.outputs,
            findings="findings" in options.outputs,
            cases="cases" in options.outputs,
            all_outcomes=options.all_outcomes,
            partial=partial,
            phase=options.gate.phase,
        ),
        current,
    )
    judgements = judge(run, progress.judged)
    tallies = tally_inputs(inputs, future, identified.device, judgements.out_of_scope)
    _refuse_nothing_judged(options, plan, judgements)
    notices = (*_undated_notices(inputs, plan), *_unmatched_notices(identified.unmatched))
    shipped = find_pack(options.pack)[0].parent == packs_folder()
    told = summary.Run(plan, current, tallies, options.gate, partial, notices, shipped)
    return Result(summary.summarise(told, judgements), judgements.devices, judgements.findings, judgements.cases)


def _undated_notices(inputs: Sequence[FileRecords], plan: Plan) -> Iterator[str]:
    """Yield one notice for each file with records of unknown age."""
    for item in inputs:
        undated = sum(frame["observed"].null_count() for frame in item.frames)
        if undated:
            rows = "row is" if undated == 1 else "rows are"
            effect = "stale by --require-dates" if plan.require_dates else "never stale; --require-dates makes them so"
            path = item.file.path
            yield f"{path}: {undated:,} {rows} undated, so {effect}, and --observed {path}=DATE dates them."


def _unmatched_notices(unmatched: Sequence[Unmatched]) -> tuple[str, ...]:
    """Return one notice for each reason, naming the first few keys."""
    found = []
    for reason in sorted({item.reason for item in unmatched}):
        keys = [item.key for item in unmatched if item.reason == reason and item.key]
        named = ", ".join(keys[:5]) + (f" and {len(keys) - 5:,} more" if len(keys) > 5 else "")
        found.append(f"Records of no device ({reason}){': ' + named if named else ''}.")
    return tuple(found)


def _no_device_hint(inputs: Sequence[FileRecords], future: Sequence[int]) -> str:
    if sum(future):
        return "every record was observed after the as-of day: is --as-of right?"
    if inputs and not any(item.file.founds for item in inputs):
        return "these files are evidence about devices; give an inventory (hunting, machines, portal export) with them"
    return "the files have no records with a device id or a name"


def _refuse_nothing_judged(options: Options, plan: Plan, judgements: Judgements) -> None:
    """Refuse a run that would end well because nothing that counts for its end was judged."""
    judged = len(judgements.out_of_scope) - int(judgements.out_of_scope.sum())
    counts = judgements.tally.rules
    rules = counted_rules(plan, options.gate)
    outcomes = sum(int(counts[rule.id].outcomes[: Outcome.NOT_APPLICABLE].sum()) for rule in rules)
    if judged and outcomes:
        return
    what, hint = "every device is out of scope", ""
    if judged:
        what = f"no rule of phase {options.gate.phase} that counts with --fail-on {options.gate.fail_on} applies"
        hint = "choose other rules, another --phase, or a lower --fail-on"
    raise InputError(Problem(", ".join(options.inventory), f"nothing was judged: {what}", hint))
