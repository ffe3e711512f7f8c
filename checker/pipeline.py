"""The whole story: load → read → identify → judge → report. Start reading here.

    load      rules, exceptions and waves to a plan                 loading.py, packs/
    read      export files to records                               inventory/
    identify  records to devices, by their keys                     inventory/identify.py
    judge     records of each device to outcomes and verdicts       engine/, decide/
    redact    names to pseudonyms, if asked for                     redact/
    report    verdicts to files and a summary                       reporters/

Nothing below the command line looks at the clock, the network, the environment or chance: the as-of day comes in with
the options, so the same files give the same bytes.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

import polars as pl

from checker.decide import summary
from checker.decide.baseline import since
from checker.decide.engines import Engine, Local
from checker.decide.judge import Judgements, Run, judge
from checker.decide.ledger import set_future_aside, tally_inputs
from checker.decide.nothing import refuse_nothing_judged
from checker.decide.one import outcomes_of
from checker.decide.reading_notices import rejected_notices, undated_notices
from checker.decide.rollout import Rollout
from checker.decide.steps import step_notes
from checker.decide.systems import DESCRIBING
from checker.decide.tables import Wanted
from checker.engine.records import Records, gather_records
from checker.engine.site_rules import FACT, SITE_FACTS
from checker.errors import InputError, Problem
from checker.inventory.identified import Identified
from checker.inventory.identify import identify
from checker.inventory.join_notices import join_notices
from checker.inventory.mapping import ProductMapping
from checker.inventory.read import ReadOptions, read_inventory
from checker.loading import Loaded, load
from checker.model.notes import FileNote
from checker.model.plan import Plan
from checker.model.record import FileRecords
from checker.model.result import Manner, Result
from checker.options import Options, Progress
from checker.redact.pseudonyms import Pseudonyms
from checker.redact.result import recognised, redacted
from checker.reporters.assessors.one_device import find_device
from checker.reporters.terminal.devices import FEW

LOCAL = Local()


@contextmanager
def check(options: Options, progress: Progress | None = None, engine: Engine = LOCAL) -> Iterator[Result]:
    """Judge an inventory; the result's tables live in a folder that goes with the context.

    ``engine`` reads the files and runs the buckets: this process, unless another is given.

    Raises:
        CheckerError: with every problem of the rules, the attestations or the inputs.
    """
    progress = progress or Progress()
    progress.begin("rules")
    loaded = load(options)
    progress.begin("read")
    inputs = read(options, loaded, progress, engine)
    with TemporaryDirectory(prefix="mde-readiness-") as folder:
        gathered = gather(options, loaded, inputs, progress)
        for item in inputs:
            item.forget()
        result = judge_and_summarise(options, loaded, gathered, Path(folder), progress, engine)
        if options.redact_key:
            progress.begin("redact")
            result = redacted(result, Pseudonyms(options.redact_key), loaded.plan.pack.rules, Path(folder))
        yield result


def read(options: Options, loaded: Loaded, progress: Progress, engine: Engine = LOCAL) -> list[FileRecords]:
    """Return the records of all inputs, in an order that does not depend on how they were given."""
    return read_facts(options, loaded.formats, _facts(options, loaded.plan, loaded.current), progress, engine)


def _facts(options: Options, plan: Plan, current: Plan | None) -> frozenset[str]:
    """Return the facts that a run reads: those that are judged, and those by which its devices are described."""
    describing = frozenset(DESCRIBING) if "devices" in options.outputs else frozenset[str]()
    judged = plan.wanted() | (current.wanted() if current else frozenset())
    placing = frozenset(SITE_FACTS) if FACT in judged else frozenset[str]()  # for rules of proxies, if any are given
    return judged | placing | describing


def read_facts(
    options: Options,
    formats: Mapping[str, ProductMapping],
    wanted: frozenset[str],
    progress: Progress,
    engine: Engine = LOCAL,
) -> list[FileRecords]:
    """Return the records of all inputs with these facts, in an order that does not depend on how they were given."""
    inputs = read_inventory(
        options.inventory,
        ReadOptions(
            read_as=options.read_as,
            observed=options.observed,
            date_order=options.date_order,
            bad_rows=options.bad_rows,
            wanted=wanted,
            progress=progress.read,
            formats=formats,
            elsewhere=options.elsewhere,
            device_of=options.device_of,
        ),
        engine.reading,
    )
    ordered = sorted(inputs, key=lambda item: (item.file.path, item.file.sha256))
    return [records for item in ordered for records in (item, *item.apart)]


@dataclass(frozen=True, slots=True)
class Gathered:
    """The records of all inputs in columns, and which device each is of."""

    inputs: Sequence[FileRecords]
    future: Sequence[int]  # of each input how many records are of days to come
    identified: Identified
    records: Records


def gather(options: Options, loaded: Loaded, inputs: Sequence[FileRecords], progress: Progress) -> Gathered:
    """Return the records by device; what was observed after the as-of day is set aside.

    Raises:
        InputError: there is no device.
    """
    progress.begin("identify")
    future = set_future_aside(inputs, loaded.plan)
    identified = identify(inputs)
    if not len(identified.device_ids):
        raise InputError(
            Problem(", ".join(options.inventory), "holds no device to judge", no_device_hint(inputs, future))
        )
    facts = _facts(options, loaded.plan, loaded.current)
    return Gathered(inputs, future, identified, gather_records(inputs, identified, loaded.plan.specs, facts))


def judge_and_summarise(
    options: Options,
    loaded: Loaded,
    gathered: Gathered,
    folder: Path,
    progress: Progress,
    engine: Engine = LOCAL,
) -> Result:
    """Judge every device, and add it all up."""
    plan, current, inputs, records = loaded.plan, loaded.current, gathered.inputs, gathered.records
    run = Run(plan, records, folder, _wanted(options, few=records.devices <= FEW), current, options.batch_size)
    progress.begin("judge")
    judgements = judge(run, progress.of(records.devices), engine.judge)
    progress.begin("summarise")
    inputs_told = tally_inputs(
        inputs, gathered.future, gathered.identified.device, judgements.out_of_scope, judgements.applied
    )
    if not options.gating:
        refuse_nothing_judged(
            ", ".join(options.inventory), judgements, plan, options.gate, (options.wave, options.waves)
        )
    summed = summary.Run(
        plan=plan,
        current=current,
        inputs=inputs_told,
        gate=options.gate,
        rollout=_rollout(options, loaded, records, judgements, folder),
        waivers=loaded.waivers,
        wave=options.wave,
        notices=(*_reading_notices(options, inputs, plan), *join_notices(gathered.identified)),
        tailoring=loaded.tailoring,
        files=loaded.files,
        shipped=loaded.shipped,
        tables=tuple(FileNote(kind, path) for kind, path in options.tables),
    )
    tables = judgements.tables
    return Result(
        summary.summarise(summed, judgements),
        tables.table("devices"),
        tables.table("findings"),
        tables.cases,
        plan=tables.table("plan"),
        steps=step_notes(plan),
        baseline=options.baseline,
        rejected=tuple(row for item in inputs for row in item.rejected),
        manner=Manner(device=options.device),
        controls=loaded.controls,
        device=_device(options, run, judgements, engine) if options.device else None,
    )


def _device(options: Options, run: Run, judgements: Judgements, engine: Engine) -> pl.DataFrame:
    """Return every outcome of the device that was asked for; it is looked up among the devices that are written."""
    row = find_device(judgements.tables.table("devices"), options.device)
    records, place, lists = engine.alone(run, cast("int", run.records.device_ids.index_of(row["device_id"])))
    return outcomes_of(run.plan, records, place, lists, options.gate.phase)


def _wanted(options: Options, *, few: bool) -> Wanted:
    """Return which tables are built; that of a few devices is, since the summary shows them one by one."""
    return Wanted(
        devices="devices" in options.outputs or few,
        places="places" in options.outputs,
        findings="findings" in options.outputs,
        cases="cases" in options.outputs,
        plan="plan" in options.outputs,
        all_outcomes=options.all_outcomes,
        partial=bool(options.select or options.ignore),
        phase=options.gate.phase,
        wave=options.wave,
    )


def _rollout(options: Options, loaded: Loaded, records: Records, judgements: Judgements, folder: Path) -> Rollout:
    """Return what the gates look at besides what was judged."""
    baseline, waves = options.baseline, loaded.waves.items
    if baseline and options.redact_key:
        names = [wave.name for wave in waves]
        baseline = recognised(baseline, Pseudonyms(options.redact_key), records, names, folder)
    before = {
        wave.name: since(baseline, records, wave.name)
        for wave, after in pairwise(waves)
        if baseline and (after.gate.previous.none_lost or after.gate.previous.ids_unchanged)
    }
    gated = options.wave if options.gating else ""
    return Rollout(judgements, before, baseline, loaded.named_profile, bool(options.select or options.ignore), gated)


def _reading_notices(options: Options, inputs: Sequence[FileRecords], plan: Plan) -> Iterator[str]:
    yield from rejected_notices(inputs)
    yield from undated_notices(inputs, plan.require_dates)
    yield from beside_notices(options, inputs)


def beside_notices(options: Options, inputs: Sequence[FileRecords]) -> list[str]:
    """Return the notices on files of folders that were not read; those of the first run, if it is done again."""
    return sorted({*options.unread, *(notice for item in inputs for notice in item.beside)})


def no_device_hint(inputs: Sequence[FileRecords], future: Sequence[int]) -> str:
    """Return what to give where the inputs hold no device; of each ``future`` many records were of days to come."""
    if sum(future):
        return "every record was observed after the as-of day: is --as-of right?"
    if inputs and not any(item.file.founds for item in inputs):
        return "these files are evidence about devices; give an inventory (hunting, machines, portal export) with them"
    if nameless := [item.file.path for item in inputs if item.file.place_names]:
        return f"{nameless[0]} names no device: --device-of {nameless[0]}=NAME says which it is of"
    return "the files have no records with a device id or a name"
