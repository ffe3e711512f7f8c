"""Three-valued logic: FALSE < UNKNOWN < TRUE, and = min, or = max, not = mirror (strong Kleene)."""

from collections.abc import Iterable
from enum import IntEnum


class Truth(IntEnum):
    """Whether a condition holds on a device. The numbers are what the columnar engine computes with."""

    FALSE = 0
    UNKNOWN = 1
    TRUE = 2

    @classmethod
    def of(cls, known: bool) -> "Truth":
        """Return TRUE or FALSE for something that is known."""
        return cls.TRUE if known else cls.FALSE

    def negated(self) -> "Truth":
        """Return the mirror image; UNKNOWN stays UNKNOWN."""
        return Truth(2 - self)


def all_of(truths: Iterable[Truth]) -> Truth:
    """Return the least of the truths; TRUE if there are none."""
    return min(truths, default=Truth.TRUE)


def any_of(truths: Iterable[Truth]) -> Truth:
    """Return the greatest of the truths; FALSE if there are none."""
    return max(truths, default=Truth.FALSE)
