"""Judges all devices, bucket by bucket, into tables on disk and tallies in memory."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from checker.decide.coverage import not_exported
from checker.decide.devices import device_rows
from checker.decide.exit import shown_in
from checker.decide.findings import finding_rows
from checker.decide.names import Names, names_of
from checker.decide.signatures import Verdicts, Waiting, decide_bucket, waiting_in
from checker.decide.tally import Tally, binding, count_rules, count_verdicts, new_tally
from checker.decide.verdict import Verdict, is_gate
from checker.engine.coalesce import ATTESTED
from checker.engine.columns import Judged, judge_columns, open_bucket, outcome_of, route_of
from checker.engine.once import once_bucket
from checker.engine.pool import Pool
from checker.engine.records import Records, buckets
from checker.errors import OutputError, Problem
from checker.model.outcome import Outcome, Readiness
from checker.model.plan import Plan
from checker.model.result import DEVICE_COLUMNS, FINDING_COLUMNS, Table
from checker.model.rule import Rule

MOST_CASES = 5_000  # above this JUnit and SARIF speak of rules, not devices (Buildkite's cap on cases in a file)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the outputs of a run need, so that nothing else is built."""

    devices: bool = True
    places: bool = False  # devices, but only as long as findings are few enough to be shown one by one
    findings: bool = True
    cases: bool = True  # every outcome, as long as there are few
    all_outcomes: bool = False
    partial: bool = False
    phase: str = "all"  # findings and lists of rules hold this phase; everything is judged whatever it is


@dataclass(slots=True)
class Run:
    """A run while its buckets are judged."""

    plan: Plan
    records: Records
    folder: Path  # where the parts of the tables are written
    wanted: Wanted
    current: Plan | None = None  # the newest guidance, for the second guidance line
    pools: dict[str, Pool] = field(default_factory=dict)
    current_pools: dict[str, Pool] = field(default_factory=dict)
    findings: list[Path] = field(default_factory=list)
    devices: list[Path] = field(default_factory=list)
    rows: Counter[str] = field(default_factory=Counter)
    cases: list[pl.DataFrame] | None = field(default_factory=list)
    verdicts: dict[bytes, Verdict] = field(default_factory=dict)  # decided so far, by all that they rest on
    current_fails: Counter[str] = field(default_factory=Counter)
    current_devices: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Judgements:
    """What judging gives: tallies, tables, and a flag per device that is out of scope."""

    tally: Tally
    devices: Table
    findings: Table
    cases: pl.DataFrame | None
    out_of_scope: npt.NDArray[np.bool_]
    not_exported: dict[str, tuple[str, ...]]  # rule -> facts that no input carries
    carried: frozenset[str]  # facts that some input carries
    current_fails: Counter[str]
    current_devices: Counter[str]  # READY devices that fail, or are unknown, under the newest guidance


def judge(run: Run, done: Callable[[int], None] | None = None) -> Judgements:
    """Judge every device of the run; ``done`` is told how many devices are finished."""
    tally = new_tally(run.plan)
    absent = {rule.id: not_exported(run.plan, run.records, run.plan.rule_facts(rule)) for rule in run.plan.pack.rules}
    scopes = []
    for first, last in buckets(run.records):
        judged = judge_columns(open_bucket(run.plan, run.records, first, last, run.pools))
        waiting = waiting_in(judged, absent)
        verdicts = decide_bucket(judged, waiting, run.wanted.partial, run.verdicts)
        names = names_of(judged)
        count_verdicts(tally, verdicts)
        count_rules(tally, judged, verdicts, waiting, names)
        _count_attested(tally, judged)
        _compare_with_current(run, judged, verdicts)
        _write_findings(run, judged, waiting, names)
        if run.wanted.devices or (run.wanted.places and run.rows["findings"] <= MOST_CASES):
            _write(run, "devices", run.devices, device_rows(judged, verdicts, names, run.wanted.phase))
        scopes.append(judged.scope >= 0)
        if done:
            done(last)
    _judge_once(run, tally)
    _write_fleet_findings(run, tally, absent)
    return Judgements(
        tally=tally,
        devices=Table(DEVICE_COLUMNS, tuple(run.devices), run.rows["devices"]),
        findings=Table(FINDING_COLUMNS, tuple(run.findings), run.rows["findings"]),
        cases=_all_cases(run),
        out_of_scope=np.concatenate(scopes) if scopes else np.zeros(0, dtype=np.bool_),
        not_exported=absent,
        carried=frozenset(run.records.codes),
        current_fails=run.current_fails,
        current_devices=run.current_devices,
    )


def _write_findings(run: Run, judged: Judged, waiting: Waiting, names: Names) -> None:
    """Write the bucket's findings, and keep every outcome while there are few enough to show one by one."""
    _drop_cases_if_many(run, judged)
    written: list[pl.DataFrame] | None = [] if run.wanted.findings else None
    findings = set(Outcome) if run.wanted.all_outcomes else {Outcome.FAIL, Outcome.UNKNOWN}
    in_scope = judged.scope < 0
    for place, rule in enumerate(judged.bucket.plan.device_rules):
        if not shown_in(rule, run.wanted.phase):
            continue
        for outcome in findings if run.cases is None else Outcome:
            here = (judged.outcomes[place] == outcome) & in_scope
            own = here if outcome in findings else np.zeros_like(here)
            if outcome is Outcome.UNKNOWN and not run.wanted.all_outcomes:
                own = own & ~waiting.devices.get(rule.id, np.False_)
            for wanted, kept in ((own, written), (here, run.cases)):
                if kept is not None and wanted.any():
                    devices = np.flatnonzero(wanted)
                    kept.append(finding_rows(judged.bucket, rule, outcome, devices, names.names(devices)))
    if written:
        _write(run, "findings", run.findings, _sorted(written))


def _drop_cases_if_many(run: Run, judged: Judged) -> None:
    """Give up keeping every outcome once there are too many, or where nobody wants them."""
    if run.cases is None:
        return
    rules = [shown_in(rule, run.wanted.phase) for rule in judged.bucket.plan.device_rules]
    cases = judged.outcomes[rules] != Outcome.NOT_APPLICABLE
    run.rows["cases"] += int(np.count_nonzero(cases & (judged.scope < 0)))
    if run.rows["cases"] > MOST_CASES or not run.wanted.cases:
        run.cases = None


def _sorted(frames: list[pl.DataFrame]) -> pl.DataFrame:
    return pl.concat(frames).sort("device", "rule", maintain_order=True).select(list(FINDING_COLUMNS))


def _all_cases(run: Run) -> pl.DataFrame | None:
    if run.cases is None:
        return None
    return _sorted(run.cases) if run.cases else pl.DataFrame(schema=FINDING_COLUMNS)


def _write(run: Run, kind: str, parts: list[Path], frame: pl.DataFrame) -> None:
    path = run.folder / f"{kind}-{len(parts):05d}.parquet"
    _write_part(frame, path)
    parts.append(path)
    run.rows[kind] += frame.height


def _write_part(frame: pl.DataFrame, path: Path) -> None:
    try:
        frame.write_parquet(path, compression="lz4", statistics=False)
    except (OSError, pl.exceptions.ComputeError) as error:
        hint = "make room there, or let TMPDIR name another folder"
        raise OutputError(Problem(str(path.parent), f"temporary tables cannot be written: {error}", hint)) from error


def _judge_once(run: Run, tally: Tally) -> None:
    """Judge the rules about the tenant and the fleet, on what was attested alone."""
    bucket = once_bucket(run.plan)
    for rule in run.plan.once_rules:
        outcome = int(outcome_of(bucket, rule)[0])
        tally.rules[rule.id].outcomes[outcome] += 1
        tally.rules[rule.id].binding[outcome] += 1


def _write_fleet_findings(run: Run, tally: Tally, absent: dict[str, tuple[str, ...]]) -> None:
    """Write one finding per rule that no input lets anyone decide, and those about tenant and fleet."""
    rows = []
    for rule in run.plan.pack.rules:
        if not shown_in(rule, run.wanted.phase):
            continue
        count = tally.rules[rule.id].outcomes
        waiting = 0 if run.wanted.all_outcomes else tally.rules[rule.id].waiting
        if rule.once:
            for outcome in (Outcome.FAIL, Outcome.UNKNOWN):
                if count[outcome]:
                    rows.append(_fleet_row(run.plan, rule, outcome, absent[rule.id], 0))
        elif waiting:
            rows.append(_fleet_row(run.plan, rule, Outcome.UNKNOWN, absent[rule.id], waiting))
    if not rows:
        return
    frame = pl.DataFrame(rows, schema=FINDING_COLUMNS)
    if run.wanted.findings:
        # an empty device id sorts before every other: the fleet's findings come first
        path = run.folder / "findings-fleet.parquet"
        _write_part(frame, path)
        run.findings.insert(0, path)
        run.rows["findings"] += frame.height


def _fleet_row(plan: Plan, rule: Rule, outcome: Outcome, facts: tuple[str, ...], devices: int) -> dict[str, object]:
    message = f"{rule.title}: not met."
    if outcome is Outcome.UNKNOWN:
        names = ", ".join(facts) or ", ".join(plan.base_facts(plan.rule_facts(rule)))
        message = f"Not known for want of {names}: no input carries it." if facts else f"Not known for want of {names}."
    return {
        "device_id": "",
        "device_name": "",
        "rule_id": rule.id,
        "phase": rule.phase.value,
        "severity": rule.severity.value,
        "outcome": outcome.name,
        "waived": None,
        "message": message,
        "devices": devices,
        "evidence": [
            {
                "fact": fact,
                "value": None,
                "missing": "NOT_EXPORTED",
                "file": None,
                "row": None,
                "column": None,
                "observed": None,
            }
            for fact in facts
        ],
    }


def _count_attested(tally: Tally, judged: Judged) -> None:
    for place, word in enumerate(judged.bucket.plan.attestations):
        used = judged.bucket.column(word.fact).record == ATTESTED - place
        tally.attested[place] += int(np.count_nonzero(used & (judged.scope < 0)))
        tally.contradicted[place] += judged.bucket.contradicted.get(place, 0)


def _compare_with_current(run: Run, judged: Judged, verdicts: Verdicts) -> None:
    """Count, among READY devices, what fails or is unknown under the newest guidance."""
    if run.current is None:
        return
    ready_group = np.array([verdict.readiness is Readiness.READY for verdict in verdicts.distinct], dtype=np.bool_)
    ready = ready_group[verdicts.place]
    if not ready.any():
        return
    shared = {name: column for name, column in judged.bucket.columns.items() if not run.plan.specs[name].derived}
    bucket = replace(judged.bucket, plan=run.current, columns=shared, truths={}, pools=run.current_pools)
    fails = np.zeros(bucket.devices, dtype=np.bool_)
    unknown = np.zeros(bucket.devices, dtype=np.bool_)
    route = route_of(bucket)
    for rule in run.current.device_rules:
        if is_gate(rule):
            outcomes = outcome_of(bucket, rule)
            counted = ready & binding(run.current, rule)[route]
            failing = counted & (outcomes == Outcome.FAIL)
            run.current_fails[rule.id] += int(np.count_nonzero(failing))
            fails |= failing
            unknown |= counted & (outcomes == Outcome.UNKNOWN)
    run.current_devices["fail"] += int(np.count_nonzero(fails))
    run.current_devices["unknown"] += int(np.count_nonzero(unknown & ~fails))
