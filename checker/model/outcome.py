"""The words of a judgement: outcome of a rule, readiness and verification of a device."""

from enum import IntEnum, StrEnum


class Outcome(IntEnum):
    """What a rule says of its subject. A waiver annotates FAIL or UNKNOWN, it never rewrites it."""

    PASS = 0
    FAIL = 1
    UNKNOWN = 2
    NOT_APPLICABLE = 3


class Missing(IntEnum):
    """Why there is no value. Missing is never a guess and never a pass."""

    NOT_EXPORTED = 0  # no record of the device carries the fact
    BLANK = 1  # a record carries it, empty
    UNREADABLE = 2  # a value that the fact's type cannot read
    CONFLICTING = 3  # different values that nothing decides between
    STALE = 4  # older than --max-age


class Severity(StrEnum):
    """How much a FAIL weighs; a blocker decides readiness."""

    BLOCKER = "blocker"
    MAJOR = "major"
    MINOR = "minor"
    INFO = "info"


class Phase(StrEnum):
    """When a rule matters: before the move, after it, or as advice on how to do it."""

    PREREQUISITE = "prerequisite"
    VERIFICATION = "verification"
    ADVICE = "advice"


class About(StrEnum):
    """Whose evidence settles a rule; tenant and fleet rules are judged once per run."""

    DEVICE = "device"
    SITE = "site"
    PLAN = "plan"
    TENANT = "tenant"
    FLEET = "fleet"


class Readiness(StrEnum):
    """Whether a device can move."""

    READY = "READY"
    NOT_READY = "NOT_READY"
    UNDETERMINED = "UNDETERMINED"
    MIGRATED = "MIGRATED"
    OUT_OF_SCOPE = "OUT_OF_SCOPE"


class Verification(StrEnum):
    """Whether the move is proven to have worked."""

    VERIFIED = "VERIFIED"
    NOT_VERIFIED = "NOT_VERIFIED"
    UNVERIFIED = "UNVERIFIED"


class Decision(StrEnum):
    """Whether a wave may go."""

    PROMOTE = "PROMOTE"
    HOLD = "HOLD"
    UNDETERMINED = "UNDETERMINED"


class Met(StrEnum):
    """Whether a criterion of a gate is met."""

    MET = "MET"
    MISSED = "MISSED"
    UNDETERMINED = "UNDETERMINED"
