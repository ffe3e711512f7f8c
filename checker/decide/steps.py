"""What to do with each device, in order: clear the way, find out what is not known, then take the route's steps."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from checker.decide.evidence import texts_of
from checker.decide.governed import Governed
from checker.decide.names import Names
from checker.decide.signatures import Verdicts
from checker.decide.unlock import SETTLE
from checker.decide.verdict import Verdict
from checker.engine.groups import group
from checker.engine.judged import Judged
from checker.engine.outcomes import UNDETERMINED
from checker.engine.truths import TRUE, truths_of
from checker.model.notes import SourceNote, StepNote
from checker.model.outcome import Outcome, Verification
from checker.model.plan import Plan
from checker.model.result import PLAN_COLUMNS
from checker.model.rule import Route

AGAIN = "plan-again"  # what stands between what clears the way and the way itself


@dataclass(frozen=True, slots=True)
class Steps:
    """The distinct plans of a bucket, and for each device the place of its own."""

    ahead: tuple[tuple[str, ...], ...]  # ids: actions, facts to settle, steps of the route
    after: tuple[tuple[str, ...], ...]  # ids of the rules that will show whether it worked, and do not yet
    place: npt.NDArray[np.int64]

    def column(self) -> pl.Series:
        """Return the next steps of each device."""
        return pl.Series("next_steps", self.ahead, dtype=pl.List(pl.String)).gather(self.place)


def steps_of(judged: Judged, verdicts: Verdicts) -> Steps:
    """Return what to do with every device of a bucket; a step is taken where its condition is TRUE."""
    bucket, plan = judged.bucket, judged.bucket.plan
    steps = plan.pack.steps
    taken = [truths_of(judged.sample, step.when, defaults=True) == TRUE for step in steps]
    alike, kind = group([(row, 2) for row in taken], len(judged.alike)), judged.alike.place
    told_apart = [(verdicts.place, len(verdicts.distinct)), (alike.place[kind], len(alike))]
    cases = group(told_apart, bucket.devices)
    ahead, after = [], []
    for device in cases.first.tolist():
        route = int(judged.route[device])
        chosen = None if route == UNDETERMINED else plan.pack.routes[route]
        todo = {step.id for step, row in zip(steps, taken, strict=True) if row[kind[device]]}
        found = verdicts.distinct[int(verdicts.place[device])]
        ahead.append(_ahead(found, chosen, todo))
        open_ = {
            rule.id
            for rule, outcome in zip(plan.device_rules, judged.outcomes[:, device].tolist(), strict=True)
            if outcome in (Outcome.FAIL, Outcome.UNKNOWN)
        }
        proven = not found.route or found.verification is Verification.VERIFIED
        after.append(tuple(name for name in chosen.verify if name in open_) if chosen and not proven else ())
    return Steps(tuple(ahead), tuple(after), cases.place)


def _ahead(verdict: Verdict, route: Route | None, todo: set[str]) -> tuple[str, ...]:
    if not verdict.route:  # out of scope
        return ()
    first = (*verdict.actions, *(f"{SETTLE}{fact}" for fact in verdict.waits_for))
    steps = tuple(name for name in route.steps if name in todo) if route else ()
    return (*first, AGAIN, *steps) if first else steps


def wave_names(plan: Plan, governed: Governed) -> pl.Series:
    """Return the name of each device's wave; null in none."""
    names = pl.Series([*(wave.name for wave in plan.waves), None], dtype=pl.String)
    return names.gather(np.where(governed.wave < 0, len(plan.waves), governed.wave))


def plan_rows(judged: Judged, verdicts: Verdicts, governed: Governed, names: Names, steps: Steps) -> pl.DataFrame:
    """Return the plan of the shown judged devices of a bucket."""
    bucket, plan = judged.bucket, judged.bucket.plan
    devices = np.flatnonzero(governed.shown & (judged.scope < 0))
    told = [verdicts.distinct[place] for place in range(len(verdicts.distinct))]
    of_verdict = pl.DataFrame(
        {
            "readiness": [verdict.readiness.value for verdict in told],
            "route": [verdict.route for verdict in told],
            "path": [verdict.path for verdict in told],
            "verification": [verdict.verification.value for verdict in told],
        }
    )[verdicts.place[devices]]
    default = plan.specs["plan.tool"].default or ""
    tool = texts_of(bucket.column("plan.tool"), devices).fill_null(default)
    return of_verdict.with_columns(
        device_id=names.ids(devices),
        device_name=names.names(devices),
        wave=wave_names(plan, governed).gather(devices),
        tool=tool,
        next_steps=steps.column().gather(devices),
        verify=pl.Series(steps.after, dtype=pl.List(pl.String)).gather(steps.place[devices]),
        simulated=pl.lit(plan.simulated),
    ).select(list(PLAN_COLUMNS))


def step_notes(plan: Plan) -> tuple[StepNote, ...]:
    """Return everything that a plan may name: actions, facts to settle, steps of routes, rules that verify."""
    sources = {
        source.id: SourceNote(source.id, source.title, source.url, source.date.isoformat())
        for source in plan.pack.sources
    }
    found: dict[str, StepNote] = {}
    for rule in plan.pack.rules:
        named = tuple(sources[name] for name in rule.sources)
        title, _, rest = rule.remediation.partition(". ")
        found.setdefault(rule.action, StepNote(rule.action, title.rstrip("."), (rest,) if rest else (), sources=named))
        found.setdefault(rule.id, StepNote(rule.id, rule.title, sources=named))
    for fact in sorted(plan.wanted()):
        spec = plan.specs[fact]
        title = f"Find out {fact} ({spec.carried_by})" if spec.carried_by else f"Find out {fact}"
        found.setdefault(f"{SETTLE}{fact}", StepNote(f"{SETTLE}{fact}", title, (spec.meaning,)))
    found[AGAIN] = StepNote(
        AGAIN,
        "Stop: export the device again and plan anew",
        ("Go on with the steps below only when the device is READY.",),
    )
    for step in plan.pack.steps:
        found[step.id] = StepNote(
            step.id,
            step.title,
            step.does,
            step.commands,
            step.query,
            step.looks_like,
            tuple(sources[name] for name in step.sources),
        )
    return tuple(found.values())
