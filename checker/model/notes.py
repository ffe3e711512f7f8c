"""What reports say of the parts of a run: rules, controls, inputs, packs, waves, waivers, attestations, steps."""

from dataclasses import dataclass
from datetime import date


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
class ThresholdNote:
    """What a rule compares with: a parameter's value under the profile, and who says so."""

    parameter: str
    value: str
    meaning: str
    source: SourceNote


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
    applies_to: str = ""  # condition in words, one line for each part; "always" if it applies to every device
    requires: str = ""  # likewise
    thresholds: tuple[ThresholdNote, ...] = ()  # what it compares with, under the profile


@dataclass(frozen=True, slots=True)
class InputTally:
    """The ledger of one file: rows = devices + merged + out_of_scope + unmatched + rejected + future."""

    path: str
    sha256: str  # of the file, or of the one that it is packed in
    format: str
    rows: int
    devices: int  # devices in scope that the file speaks of
    merged: int  # further rows of those devices
    out_of_scope: int  # rows of devices that are never judged
    unmatched: int  # rows of no device: ambiguous, or evidence for an unknown one
    rejected: int  # malformed rows that were set aside
    future: int  # rows observed after the end of the as-of day, set aside
    notices: tuple[str, ...] = ()
    packed_in: str = ""  # path of the file that it is a member of

    @property
    def given(self) -> str:
        """Return the path of the file that was given, which has the SHA-256."""
        return self.packed_in or self.path

    @property
    def whose(self) -> str:
        """Return whose SHA-256 it is, as words behind "SHA-256": nothing if that of the file itself."""
        return f" of {self.packed_in}" if self.packed_in else ""


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
class FileNote:
    """A file that belongs to a report: what it is, where it lies, its SHA-256 (empty for tables written with it)."""

    kind: str
    path: str
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class AttestationNote:
    """A statement (attested, planned, assumed) that was used, or could have been."""

    fact: str
    value: str
    by: str
    evidence: str
    attested: str
    valid_until: str
    used_on: int  # devices on which it filled a gap
    contradicted_on: int  # devices on which a measured value says otherwise
    kind: str = "attested"  # attested | planned | assumed
    place: str = ""  # file:line
    state: str = "active"  # active | expired | future
    devices: int = 0  # devices that it speaks of


@dataclass(frozen=True, slots=True)
class WaiverNote:
    """A waiver and what it did in this run."""

    id: str
    rule: str
    accepts: str  # fail | unknown
    reason: str
    owner: str
    approver: str
    ticket: str
    created: str
    expires: str
    place: str  # file:line:column
    state: str  # active | expiring (within 30 days) | expired | future
    devices: int  # judged devices that it speaks of
    used_on: int  # outcomes that it covers
    broad: bool  # speaks of more devices of the fleet than the file allows without a word
    unused: bool = False  # in force, and covers no outcome of the whole fleet
    unknown_rule: bool = False
    unmatched: tuple[str, ...] = ()  # listed ids and names that are no device's, or several devices'


@dataclass(frozen=True, slots=True)
class ActionNote:
    """One remediation, or fact to settle, and what it would do for a group of devices."""

    action: str  # ``settle FACT`` where something has to be found out
    what: str  # in words
    alone: int  # devices that become READY if only this is done (for ``settle``: if all turns out well)
    needed_on: int  # devices that need it, perhaps with others
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ActionSet:
    """The smallest set of actions that lifts a wave over its limit, or the best there is."""

    actions: tuple[str, ...]
    devices: int  # devices that become READY by it
    exact: bool  # False: found greedily, since there are more than 20 actions
    enough: bool  # False: even all actions together do not reach the limit
    settles: bool  # some of it has to be found out first, and may turn out badly


@dataclass(frozen=True, slots=True)
class CriterionNote:
    """One criterion of a gate: its limit, the wave's figure, and whether that is met."""

    id: str  # ready, fail.blocker, previous.verified, …; the same in every run
    title: str
    limit: str
    figure: str
    met: str  # a model.outcome.Met
    why: str = ""  # what a person should know about it


@dataclass(frozen=True, slots=True)
class WaveNote:
    """A wave: who is in it, what its gate says, and what would lift it over."""

    name: str
    tool: str
    starts: str
    devices: dict[str, int]  # total, ready, not_ready, undetermined, migrated, out_of_scope
    verification: dict[str, int]
    decision: str  # a model.outcome.Decision
    reason: str
    criteria: tuple[CriterionNote, ...]
    actions: tuple[ActionNote, ...]
    smallest: ActionSet | None  # None: the wave needs none, or has no least share READY
    gated: bool = False  # the wave that this run decides


@dataclass(frozen=True, slots=True)
class Unlock:
    """What would settle a fact that nobody exported: where it stands, and how many devices wait for it."""

    fact: str
    carried_by: str
    about: str
    devices: int  # undetermined devices on which it is missing
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StepNote:
    """A step, an action or a verification as a plan shows it."""

    id: str
    title: str
    does: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    query: str = ""
    looks_like: str = ""
    sources: tuple[SourceNote, ...] = ()


@dataclass(frozen=True, slots=True)
class ControlEvidence:
    """Rules whose outcomes are evidence on a control (or on none), and why."""

    rules: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class ControlNote:
    """A control of a catalogue, by the id that the catalogue's OSCAL file gives it, and what is evidence on it."""

    id: str
    title: str
    evidence: tuple[ControlEvidence, ...]

    @property
    def rules(self) -> tuple[str, ...]:
        """The rules that are evidence on it, each once."""
        return tuple(dict.fromkeys(rule for each in self.evidence for rule in each.rules))


@dataclass(frozen=True, slots=True)
class ControlMap:
    """Which controls the rules of a pack are evidence on, and which rules are on none."""

    controls: tuple[ControlNote, ...] = ()
    unmapped: tuple[ControlEvidence, ...] = ()


NO_CONTROLS = ControlMap()
