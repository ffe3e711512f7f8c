"""Why a device, or a rule, came out as it did: what ``explain`` shows, as texts and numbers."""

from dataclasses import dataclass
from datetime import date, datetime

from checker.model.notes import SourceNote, ThresholdNote


@dataclass(frozen=True, slots=True)
class Tree:
    """A part of a condition, and its truth on the device."""

    words: str
    truth: str  # a model.truth.Truth name
    here: str = ""  # what the device has; of single tests only
    parts: tuple["Tree", ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """What one record says of a fact, and where it was read."""

    value: str
    file: str
    row: int
    column: str
    observed: datetime | None  # UTC; None: undated


@dataclass(frozen=True, slots=True)
class FactNote:
    """What is known of a fact of the device, and whence."""

    fact: str
    value: str  # as the export spells it; empty if there is none
    missing: str  # a model.outcome.Missing name; empty where there is a value
    because: str = ""  # whose word it is, or why it has no place: attested, assumed, told from other facts
    told: tuple[Told, ...] = ()  # the records that it rests on, the newest first
    untold: int = 0  # how many more there are
    told_from: tuple[Tree, ...] = ()  # of a derived fact: the entries that were tried
    warning: str = ""  # where somebody's word says otherwise


@dataclass(frozen=True, slots=True)
class RuleStory:
    """One rule on the device: how it came out, and why."""

    id: str
    title: str
    phase: str
    severity: str
    about: str
    outcome: str
    message: str
    applies_to: Tree | None  # None: to every device
    require: Tree
    facts: tuple[FactNote, ...]
    thresholds: tuple[ThresholdNote, ...]
    settles: tuple[str, ...]  # of an UNKNOWN: what would decide it
    remarks: tuple[str, ...]  # waived, not binding on the route, resting on a default
    action: str
    remediation: str
    sources: tuple[SourceNote, ...]


@dataclass(frozen=True, slots=True)
class RouteRow:
    """One row of the route table, as far as it was searched."""

    id: str
    title: str
    truth: str
    effect: str  # taken | not this one | passed over | ends the search
    tree: Tree


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why one device came out as it did."""

    device_id: str
    device_name: str
    aliases: tuple[str, ...]
    records: tuple[tuple[str, tuple[int, ...]], ...]  # file -> rows that speak of it
    judged_by: str
    as_of: date
    scope: str  # why it is never judged; empty if it is
    scope_tree: Tree | None
    readiness: str
    by: str
    route: str
    path: str
    verification: str
    wave: str  # empty in none
    undetermined_by: tuple[str, ...]
    routes: tuple[RouteRow, ...]
    facts: tuple[FactNote, ...]  # those on which scope (where it is out) and route rest
    rules: tuple[RuleStory, ...]
    phase: str  # of the rules that were asked for; empty if they were asked for by name
    left_out: tuple[tuple[str, int], ...]  # outcome -> rules of the phase that are not told
    remarks: tuple[str, ...] = ()  # simulated, tailored: what else the run was judged by


@dataclass(frozen=True, slots=True)
class ValueCount:
    """How many devices have a value of a fact and an outcome of the rule."""

    value: str
    outcome: str
    devices: int


@dataclass(frozen=True, slots=True)
class FactHistogram:
    """The values of one fact over the fleet, the most frequent first."""

    fact: str
    lines: tuple[ValueCount, ...]
    more_values: int  # lines that are not shown
    more_devices: int


@dataclass(frozen=True, slots=True)
class RuleHistogram:
    """How a rule came out over the fleet, by the values of its facts."""

    id: str
    title: str
    phase: str
    severity: str
    about: str
    judged_by: str
    as_of: date
    applies_to: str  # in words, on one or more lines; empty: to every device
    require: str
    thresholds: tuple[ThresholdNote, ...]
    judged: int  # devices; 1 for a rule about the tenant or the fleet
    out_of_scope: int
    outcomes: tuple[tuple[str, int], ...]
    facts: tuple[FactHistogram, ...]
    sources: tuple[SourceNote, ...]
    remarks: tuple[str, ...] = ()
