"""Waves: which devices move together, with which tool, and what a wave must show before it may go."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from checker.errors import Place
from checker.model.outcome import Severity
from checker.model.selection import Selection

GUIDANCE_DAYS = 365  # guidance older than a year needs a reason: Microsoft changed these pages each year since 2023


@dataclass(frozen=True, slots=True)
class Limit:
    """An amount of devices: a share of the judged ones in per cent, or a number."""

    amount: Decimal
    percent: bool

    def __str__(self) -> str:
        return f"{self.amount.normalize():f} %" if self.percent else f"{self.amount:,f}"

    def of(self, devices: int) -> Decimal:
        """Return the limit as a number of devices, of that many judged; not rounded."""
        return self.amount * devices / 100 if self.percent else self.amount


@dataclass(frozen=True, slots=True)
class Previous:
    """What the wave before must show."""

    verified: Limit | None = None  # least share VERIFIED
    soak_days: int | None = None  # least days since it started
    none_lost: bool = False  # no device of it gone from the inventory since the baseline
    ids_unchanged: bool = False  # no device of it with another id than in the baseline


@dataclass(frozen=True, slots=True)
class Criteria:
    """What a wave must show; what is not given is not asked."""

    ready: Limit | None = None  # least READY or MIGRATED
    fail: tuple[tuple[Severity, Limit], ...] = ()  # most devices on which a rule of that severity FAILs
    unknown: tuple[tuple[Severity, Limit], ...] = ()  # likewise UNKNOWN
    devices: int = 1  # least judged devices
    must_have_data: tuple[str, ...] = ()  # rules that are UNKNOWN on no device
    must_not_fail: tuple[str, ...] = ()  # rules that FAIL on no device
    guidance_days: int = GUIDANCE_DAYS  # oldest guidance, where no profile is named with a reason
    previous: Previous = Previous()


@dataclass(frozen=True, slots=True)
class Wave:
    """One step of a rollout."""

    name: str
    devices: Selection
    gate: Criteria
    place: Place
    tool: str = ""  # a word of the fact plan.tool; empty if not stated
    most_devices: int | None = None  # limit of its own; a tool may have one, too
    starts: date | None = None
    profile: str = ""
    profile_reason: str = ""


@dataclass(frozen=True, slots=True)
class Waves:
    """A file of waves, in the order in which they go. A device of several is of the first."""

    file: str
    sha256: str
    items: tuple[Wave, ...]
