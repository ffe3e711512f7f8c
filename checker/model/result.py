"""What a run found: tallies over the whole, and tables of devices and findings in device id order.

Tables are Arrow schemas held as Parquet parts on disk, so that memory does not grow with the number of findings. Every
reporter is a function of a :class:`Result`; none of them counts, filters or reads a rule again.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import polars as pl

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
}

DEVICE_COLUMNS: dict[str, pl.DataType] = {
    "device_id": pl.String(),
    "device_name": pl.String(),
    "aliases": pl.List(pl.String()),
    "readiness": pl.String(),
    "by": pl.String(),  # measured | attested | waived for READY; why, for OUT_OF_SCOPE; else null
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
}


@dataclass(frozen=True, slots=True)
class Table:
    """A table on disk, in parts that are each sorted and follow one another by device id."""

    columns: dict[str, pl.DataType]
    parts: tuple[Path, ...]
    rows: int

    def frames(self) -> Iterator[pl.DataFrame]:
        """Yield the parts one by one."""
        for part in self.parts:
            yield pl.read_parquet(part)


@dataclass(frozen=True, slots=True)
class Example:
    """One device of many, to be named where a report shows only some."""

    device_id: str
    device_name: str
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class SourceNote:
    """A source as reports show it."""

    id: str
    title: str
    url: str
    date: str


@dataclass(frozen=True, slots=True)
class RuleTally:
    """One rule and how it came out over all judged devices (or once, for tenant and fleet rules)."""

    id: str
    title: str
    phase: str
    severity: str
    about: str
    action: str
    remediation: str
    sources: tuple[SourceNote, ...]
    passed: int
    failed: int
    unknown: int
    not_applicable: int
    waived: int
    not_exported: tuple[str, ...]  # facts of the rule that no input carries for any device
    histogram: tuple[tuple[str, int], ...]  # values of the failing devices, most frequent first, at most 20
    failing: tuple[Example, ...]  # the first devices that fail, in device id order, at most 100
    unknowing: tuple[Example, ...]  # the first that are unknown for a reason of their own, likewise
    waived_failed: int = 0  # how many of the waived outcomes are FAIL; the others are UNKNOWN


@dataclass(frozen=True, slots=True)
class InputTally:
    """The ledger of one file: rows = devices + merged + out_of_scope + unmatched + rejected + future."""

    path: str
    sha256: str
    format: str
    rows: int
    devices: int  # devices in scope that the file speaks of
    merged: int  # further rows of those devices
    out_of_scope: int  # rows of devices that are never judged
    unmatched: int  # rows of no device: ambiguous, or evidence for an unknown one
    rejected: int  # malformed rows that were set aside
    future: int  # rows observed after the end of the as-of day, set aside
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PackNote:
    """A pack as reports show it: what was judged, by guidance of which day."""

    id: str
    title: str
    version: str
    profile: str
    guidance_date: date
    sha256: str  # over the pack's files


@dataclass(frozen=True, slots=True)
class AttestationNote:
    """An attestation that was used, or could have been."""

    fact: str
    value: str
    by: str
    evidence: str
    attested: str
    valid_until: str
    used_on: int  # devices on which it filled a gap
    contradicted_on: int  # devices on which a measured value says otherwise


@dataclass(frozen=True, slots=True)
class Unlock:
    """What would settle a fact that nobody exported: where it stands, and how many devices wait for it."""

    fact: str
    carried_by: str
    about: str
    devices: int  # undetermined devices on which it is missing
    rules: tuple[str, ...]


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
    waves: tuple[str, ...] = ()
    waivers: tuple[str, ...] = ()
    unknown_allowed: bool = False  # --allow-unknown: UNKNOWN does not count for the exit code
    fail_on: str = "minor"  # --fail-on; the strictest here, so that a value not set hides nothing


@dataclass(frozen=True, slots=True)
class Result:
    """A summary and its tables."""

    summary: Summary
    devices: Table
    findings: Table  # FAIL and UNKNOWN; every outcome with --all-outcomes
    cases: pl.DataFrame | None = field(default=None)  # every outcome, where there are at most 5,000 PASS, FAIL, UNKNOWN
