"""The tables of a run: devices, findings, cases and the plan, written part by part while buckets are judged."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import numpy as np
import polars as pl

from checker.decide.cases import Devices, cases_of
from checker.decide.devices import device_rows
from checker.decide.exit import shown_in
from checker.decide.findings import finding_rows, fleet_row
from checker.decide.governed import Governed
from checker.decide.names import Names
from checker.decide.signatures import Verdicts, Waiting
from checker.decide.steps import plan_rows, steps_of
from checker.decide.tally import Tally
from checker.engine.judged import Judged
from checker.engine.select import Mask
from checker.errors import OutputError, Problem
from checker.model.outcome import Outcome
from checker.model.plan import Plan
from checker.model.result import DEVICE_COLUMNS, FINDING_COLUMNS, PART, PLAN_COLUMNS, Table, write_part
from checker.model.rule import Rule

MOST_CASES = 5_000  # above this JUnit and SARIF speak of rules, not devices (Buildkite's cap on cases in a file)
COLUMNS = {"devices": DEVICE_COLUMNS, "findings": FINDING_COLUMNS, "plan": PLAN_COLUMNS}
NOTHING_WAITS: Mapping[str, Mask] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the outputs of a run need, so that nothing else is built."""

    devices: bool = True
    places: bool = False  # devices, but only as long as findings are few enough to be shown one by one
    findings: bool = True
    cases: bool = True  # every outcome, as long as there are few
    plan: bool = False
    all_outcomes: bool = False
    partial: bool = False
    phase: str = "all"  # findings and lists of rules hold this phase; everything is judged whatever it is
    wave: str = ""  # everything written is of this wave's devices; empty: of all


@dataclass(slots=True)
class Tables:
    """What is written so far; every part is sorted, and they follow one another by device id."""

    folder: Path
    wanted: Wanted
    parts: dict[str, list[Path]] = field(default_factory=lambda: {kind: [] for kind in COLUMNS})
    rows: Counter[str] = field(default_factory=Counter)
    kept: list[pl.DataFrame] | None = field(default_factory=list)  # every outcome, while there are few enough

    def table(self, kind: str) -> Table:
        """Return a table as far as it is written."""
        return Table(COLUMNS[kind], tuple(self.parts[kind]), self.rows[kind])

    @property
    def cases(self) -> pl.DataFrame | None:
        """Every outcome, or None if there are too many, or nobody wants them."""
        if self.kept is None:
            return None
        return pl.concat(self.kept) if self.kept else pl.DataFrame(schema=FINDING_COLUMNS)

    def add(self, judged: Judged, verdicts: Verdicts, waiting: Waiting, governed: Governed, names: Names) -> None:
        """Write what a bucket has for each table."""
        self._add_findings(judged, waiting, governed, names)
        if not (self._wants_devices or self.wanted.plan):
            return
        steps = steps_of(judged, verdicts)
        if self._wants_devices:
            rows = device_rows(judged, verdicts, governed, names, (steps, self.wanted.phase))
            self._write("devices", rows)
        if self.wanted.plan:
            self._write("plan", plan_rows(judged, verdicts, governed, names, steps))

    @property
    def _wants_devices(self) -> bool:
        """Whether those of the last bucket are written."""
        return self.wanted.devices or (self.wanted.places and self.rows["findings"] <= MOST_CASES)

    def add_tables(self, other: "Tables") -> None:
        """Take the parts about the next devices, which were written elsewhere."""
        self.rows["cases"] += other.rows["cases"]
        if self.rows["cases"] > MOST_CASES or other.kept is None:
            self.kept = None
        if self.kept is not None:
            self.kept += other.kept or ()
        for kind in ("findings", "devices", "plan"):
            if kind != "devices" or self._wants_devices:  # which hangs on the findings, these included
                self.parts[kind] += other.parts[kind]
                self.rows[kind] += other.rows[kind]

    def _add_findings(self, judged: Judged, waiting: Waiting, governed: Governed, names: Names) -> None:
        """Write the bucket's findings, and keep every outcome while there are few enough to show one by one."""
        shown = governed.shown & (judged.scope < 0)
        self._drop_cases_if_many(judged, shown)
        if self.kept is not None:
            every = cases_of(self._parts(judged, shown, Outcome))
            self.kept.append(finding_rows(judged.bucket, every, (names, governed)))
        if self.wanted.all_outcomes:
            cases = cases_of(self._parts(judged, shown, Outcome))
        else:
            cases = cases_of(self._parts(judged, shown, (Outcome.FAIL, Outcome.UNKNOWN), waiting.devices))
        if self.wanted.findings and len(cases):
            self._write("findings", finding_rows(judged.bucket, cases, (names, governed)))

    def _parts(
        self, judged: Judged, shown: Mask, outcomes: Iterable[Outcome], waiting: Mapping[str, Mask] = NOTHING_WAITS
    ) -> Iterator[tuple[Rule, Outcome, Devices]]:
        """Yield the shown devices by rule and outcome; a fleet's finding speaks of UNKNOWNs that wait for a fact."""
        of_kinds = judged.outcomes[:, judged.alike.first]
        for place, rule in enumerate(judged.bucket.plan.device_rules):
            if not shown_in(rule, self.wanted.phase):
                continue
            for outcome in outcomes:
                if not (of_kinds[place] == outcome).any():
                    continue
                here = (judged.outcomes[place] == outcome) & shown
                if outcome is Outcome.UNKNOWN and rule.id in waiting:
                    here &= ~waiting[rule.id]
                yield rule, outcome, np.flatnonzero(here)

    def _drop_cases_if_many(self, judged: Judged, shown: Mask) -> None:
        """Give up keeping every outcome once there are too many, or where nobody wants them."""
        if self.kept is None:
            return
        rules = [shown_in(rule, self.wanted.phase) for rule in judged.bucket.plan.device_rules]
        cases = judged.outcomes[rules] != Outcome.NOT_APPLICABLE
        self.rows["cases"] += int(np.count_nonzero(cases & shown))
        if self.rows["cases"] > MOST_CASES or not self.wanted.cases:
            self.kept = None

    def add_fleet(self, plan: Plan, tally: Tally, absent: dict[str, tuple[str, ...]]) -> None:
        """Write one finding per rule (and waiver) that no input lets anyone decide, and those about tenant and fleet.

        An empty device id sorts before every other: these findings come first.
        """
        rows = []
        for rule in plan.pack.rules:
            if not shown_in(rule, self.wanted.phase):
                continue
            count = tally.rules[rule.id]
            if rule.once:
                outcomes = [outcome for outcome in (Outcome.FAIL, Outcome.UNKNOWN) if count.outcomes[outcome]]
                rows += [fleet_row(plan, rule, outcome, absent[rule.id], (0, count.waiver)) for outcome in outcomes]
            elif not self.wanted.all_outcomes:
                waiting = sorted((waiver, devices) for waiver, devices in count.waiting.items() if devices)
                rows += [
                    fleet_row(plan, rule, Outcome.UNKNOWN, absent[rule.id], (devices, waiver))
                    for waiver, devices in waiting
                ]
        if rows and self.wanted.findings:
            self._write("findings", pl.DataFrame(rows, schema=FINDING_COLUMNS), first=True)

    def _write(self, kind: str, frame: pl.DataFrame, first: bool = False) -> None:
        path = self.folder / f"{kind}-{'fleet' if first else f'{len(self.parts[kind]):05d}'}{PART}"
        try:
            write_part(frame, path)
        except (OSError, pl.exceptions.ComputeError) as error:
            hint = "make room there, or let TMPDIR name another folder"
            raise OutputError(
                Problem(str(path.parent), f"temporary tables cannot be written: {error}", hint)
            ) from error
        self.parts[kind].insert(0 if first else len(self.parts[kind]), path)
        self.rows[kind] += frame.height
