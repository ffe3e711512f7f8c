"""What a run found: tallies over the whole, and tables of devices and findings in device id order.

Tables are Arrow schemas held as Parquet parts on disk, so that memory does not grow with the number of findings. Every
reporter is a function of a :class:`Result`; none of them counts, filters or reads a rule again.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

import polars as pl

from checker.model.notes import (
    NO_CONTROLS,
    ActionNote,
    AttestationNote,
    ControlMap,
    FileNote,
    InputTally,
    PackNote,
    RuleTally,
    StepNote,
    Unlock,
    WaiverNote,
    WaveNote,
)
from checker.model.provenance import Provenance
from checker.model.record import Rejected

PSEUDONYMS: Final = (
    "Names of devices, people, groups, tags, domains, waves, waivers and files, ids and free texts are pseudonyms "
    "(key {}): the same name has the same pseudonym wherever that key was used."
)
EVIDENCE = pl.Struct(
    {
        "fact": pl.String(),
        "value": pl.String(),  # as the export spells it; null if missing
        "missing": pl.String(),  # a model.outcome.Missing name; null if there is a value
        "file": pl.String(),  # input or attestations file; null if no record carries the fact
        "row": pl.UInt32(),
        "column": pl.String(),
        "observed": pl.Datetime("us"),  # UTC; null if undated
    }
)

FINDING_COLUMNS: dict[str, pl.DataType] = {
    "device_id": pl.String(),  # empty for a finding about the whole fleet or the tenant
    "device_name": pl.String(),
    "rule_id": pl.String(),
    "phase": pl.String(),
    "severity": pl.String(),
    "outcome": pl.String(),
    "waived": pl.String(),  # id of the waiver; null if none
    "message": pl.String(),
    "devices": pl.UInt32(),  # how many devices it stands for: 1, or N where no input carries the fact, 0 for the tenant
    "evidence": pl.List(EVIDENCE),
    "simulated": pl.Boolean(),  # made with --assume
}

DEVICE_COLUMNS: dict[str, pl.DataType] = {
    "device_id": pl.String(),
    "device_name": pl.String(),
    "aliases": pl.List(pl.String()),
    "os": pl.String(),  # what people call its system; null where nothing tells
    "group": pl.String(),  # device group; null where none is known
    "readiness": pl.String(),
    "by": pl.String(),  # measured | attested | waived for READY; simulated where it would be; why, for OUT_OF_SCOPE
    "wave": pl.String(),  # null in no wave, and without waves
    "route": pl.String(),
    "path": pl.String(),
    "verification": pl.String(),
    "failed": pl.List(pl.String()),
    "unknown": pl.List(pl.String()),
    "waived": pl.List(pl.String()),
    "undetermined_by": pl.List(pl.String()),
    "next_steps": pl.List(pl.String()),
    "file": pl.String(),  # where the device's newest founding record stands
    "row": pl.UInt32(),
    "line": pl.UInt32(),
    "simulated": pl.Boolean(),
}

PLAN_COLUMNS: dict[str, pl.DataType] = {
    "device_id": pl.String(),
    "device_name": pl.String(),
    "wave": pl.String(),
    "tool": pl.String(),
    "readiness": pl.String(),
    "route": pl.String(),
    "path": pl.String(),
    "next_steps": pl.List(pl.String()),  # ids: actions, facts to settle (``settle os.ubr``), steps of the route
    "verification": pl.String(),
    "verify": pl.List(pl.String()),  # rules that show whether it worked
    "simulated": pl.Boolean(),
}


PART: Final = ".arrow"  # ending of a part that a run writes; Parquet takes four times as long to write


def write_part(frame: pl.DataFrame, path: Path) -> None:
    """Write a part of a table, whose name ends with PART."""
    frame.write_ipc(path, compression="zstd")


def scan_part(path: Path) -> pl.LazyFrame:
    """Return a part of a table without reading it: what a run wrote, or a Parquet file that somebody gave."""
    return pl.scan_ipc(path, glob=False) if path.suffix == PART else pl.scan_parquet(path, glob=False)


@dataclass(frozen=True, slots=True)
class Table:
    """A table on disk, in parts that are each sorted and follow one another by device id."""

    columns: dict[str, pl.DataType]
    parts: tuple[Path, ...]
    rows: int

    def frames(self) -> Iterator[pl.DataFrame]:
        """Yield the parts one by one."""
        for part in self.parts:
            yield scan_part(part).collect()

    def scan(self) -> pl.LazyFrame:
        """Return the whole table without reading it."""
        return pl.concat(map(scan_part, self.parts)) if self.parts else pl.LazyFrame(schema=self.columns)


@dataclass(frozen=True, slots=True)
class Summary:
    """The whole result in numbers: what the JSON report and the terminal show."""

    tool_version: str
    as_of: date
    profile: str
    packs: tuple[PackNote, ...]
    guidance: tuple[str, ...]  # the two guidance lines
    inputs: tuple[InputTally, ...]
    devices: dict[str, int]  # total, ready, not_ready, undetermined, migrated, out_of_scope
    device_side: dict[str, int]  # clear, not_ready, undecided: judged by device and plan blockers alone
    site_side: tuple[str, ...]  # site blockers that nothing could assess
    site_unlocks: int  # devices that would be READY if the site side were settled
    by: dict[str, int]  # READY by measured, attested, waived
    scope: dict[str, int]  # OUT_OF_SCOPE by reason
    verification: dict[str, int]
    paths: dict[str, int]
    routes: dict[str, int]
    rules: tuple[RuleTally, ...]
    unlocks: tuple[Unlock, ...]  # most devices first
    attestations: tuple[AttestationNote, ...]
    assumptions: tuple[str, ...]
    notices: tuple[str, ...]
    phase: str  # the phase that is shown and counted for the exit code
    exit_code: int  # 0, 1 or 3 (design of exit codes: docs/outputs.md)
    exit_reason: str
    partial: bool = False  # --select or --ignore left rules out
    ready_paths: dict[str, int] = field(default_factory=dict)  # how many devices of each path are READY
    waves: tuple[WaveNote, ...] = ()
    wave: str = ""  # the wave to which reports and exit code are limited
    no_wave: int = 0  # judged devices in no wave
    waivers: tuple[WaiverNote, ...] = ()
    unwaived: dict[str, int] = field(default_factory=dict)  # devices by readiness as if there were no waivers
    actions: tuple[ActionNote, ...] = ()  # what unlocks most, for all that the report speaks of
    tailoring: tuple[str, ...] = ()  # what was changed of the pack, and why
    simulated: tuple[str, ...] = ()  # what was supposed with --assume
    governed_by: tuple[FileNote, ...] = ()  # attestations, waivers, waves, tailoring, mappings …
    tables: tuple[FileNote, ...] = ()  # tables written beside the report, relative to it
    unknown_allowed: bool = False  # --allow-unknown: UNKNOWN does not count for the exit code
    fail_on: str = "minor"  # --fail-on; the strictest here, so that a value not set hides nothing
    redacted: str = ""  # mark of the key with which names were made pseudonyms; empty: names are as they were read

    @property
    def pseudonyms(self) -> str:
        """What a reader is told where names are pseudonyms, the first of the notices then; empty where they are not."""
        return PSEUDONYMS.format(self.redacted) if self.redacted else ""


@dataclass(frozen=True, slots=True)
class Baseline:
    """What an earlier result said, to compare with: its problems, by device and rule."""

    path: str
    findings: Table
    devices: Table
    waves: tuple[str, ...] = ()  # names of the waves that it knows
    sha256: str = ""  # of the report, as it was read
    redacted: str = ""  # mark of the key with which its names were made pseudonyms
    files: tuple[FileNote, ...] = ()  # its tables as its report names them: ``baseline-devices`` …


@dataclass(frozen=True, slots=True)
class Manner:
    """How reports are to be written, whatever they say."""

    excel_safe: bool = False  # CSV for Excel: formulas defused, with a byte order mark
    device: str = ""  # id, name or alias of the device that a report of one device is about


@dataclass(frozen=True, slots=True)
class Result:
    """A summary and its tables."""

    summary: Summary
    devices: Table
    findings: Table  # FAIL and UNKNOWN; every outcome with --all-outcomes
    cases: pl.DataFrame | None = field(default=None)  # every outcome, where there are at most 5,000 PASS, FAIL, UNKNOWN
    plan: Table = Table(PLAN_COLUMNS, (), 0)
    steps: tuple[StepNote, ...] = ()  # everything that a plan's next_steps and verify may name
    baseline: Baseline | None = None
    manner: Manner = Manner()
    rejected: tuple[Rejected, ...] = ()  # malformed rows that were set aside; none where a result was read back
    controls: ControlMap = NO_CONTROLS
    device: pl.DataFrame | None = None  # every outcome of the one device that was asked for, as findings
    provenance: Provenance = field(default_factory=Provenance)  # how the run was told, and what it read; for evidence
