"""Waivers: an accepted FAIL or UNKNOWN of one rule on some devices, with who answers for it and until when."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from checker.errors import Place
from checker.model.selection import Selection
from checker.model.wave import Limit

HORIZON_DAYS = 365  # longest life of a waiver unless its file says otherwise: one year, so that each is seen again
BROAD = Limit(Decimal(10), percent=True)  # a waiver that speaks of more of the judged devices is reported as broad


@dataclass(frozen=True, slots=True)
class Waiver:
    """One exception. It annotates outcomes; it never changes or hides them."""

    id: str
    rule: str
    devices: Selection
    accepts_fail: bool  # False: UNKNOWN only
    reason: str
    owner: str
    approver: str
    ticket: str
    created: date
    expires: date  # UTC, inclusive
    place: Place

    def in_force(self, day: date) -> bool:
        """Return True on the days from ``created`` to ``expires``, both included."""
        return self.created <= day <= self.expires


@dataclass(frozen=True, slots=True)
class Waivers:
    """A file of waivers, in order of their ids: of several that cover one outcome the first counts."""

    file: str
    sha256: str
    items: tuple[Waiver, ...]
    broad: Limit = BROAD
