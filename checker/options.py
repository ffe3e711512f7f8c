"""Everything that a run is told; the command line fills it once."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Literal

from checker.decide.exit import Gate
from checker.engine.records import BUCKET
from checker.inventory.date_order import Order
from checker.model.result import Baseline
from checker.packs.compile import DEFAULT_MAX_AGE_DAYS
from checker.packs.library import DEFAULT_PACK

# Days before and after these must be days, too; and exports have no date before the first (design choice).
FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(2999, 12, 31)
MOST_AGE_DAYS = 3650  # in which an observation may still count (design choice)
LEAST_BATCH, MOST_BATCH = 1_024, 1_048_576  # devices judged together: fewer cost time, more cost memory


@dataclass(frozen=True, slots=True)
class Options:
    """What to judge, by which rules and exceptions, as of which day, and what somebody will read of it."""

    inventory: tuple[str, ...]
    as_of: date
    pack: str = DEFAULT_PACK
    profile: str = "seed"  # the pack's first, unless the tailoring or the gated wave names another
    tailoring: str = ""
    attestations: str = ""
    waivers: str = ""
    waivers_sha256: str = ""  # what the file's SHA-256 must be; empty: not pinned
    waves: str = ""
    mapping: tuple[str, ...] = ()  # files of mappings for exports that only the user has
    wave: str = ""  # to which reports and exit code are limited; empty: all devices
    gating: bool = False  # decide the wave: its gate sets the exit code
    tool: str = ""  # a word of plan.tool, for every device
    assume: tuple[str, ...] = ()  # FACT=VALUE [where {condition}]
    baseline: Baseline | None = None
    redact_key: bytes = b""  # key of the pseudonyms in everything that is told; empty: names are told
    max_age_days: int = DEFAULT_MAX_AGE_DAYS
    require_dates: bool = False
    observed: Mapping[str, datetime] = field(default_factory=dict)
    date_order: Mapping[str, Order] = field(default_factory=dict)  # by file; "": of all others
    read_as: Mapping[str, str] = field(default_factory=dict)
    device_of: Mapping[str, str] = field(default_factory=dict)  # file -> device of its records that name none
    bad_rows: Literal["stop", "skip"] = "stop"
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    gate: Gate = field(default_factory=Gate)
    all_outcomes: bool = False
    batch_size: int = BUCKET  # devices judged together: bounds memory, and changes no answer
    device: str = ""  # id, name or alias of the device whose every outcome somebody will read
    # what somebody will read: devices, findings, cases, plan, controls; "places": devices of few findings
    outputs: frozenset[str] = frozenset({"devices", "findings", "cases"})
    tables: tuple[tuple[str, str], ...] = ()  # kind and path, relative to the report, of tables written with it
    # where pack, governing files and inputs lie now, by the names under which this run tells of them; for a run that is
    # done again elsewhere
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    unread: tuple[str, ...] = ()  # notices of the first run on files that it did not read, for one that is done again

    def place(self, name: str) -> Path:
        """Return where a file lies that is given, and shown, by this name."""
        return Path(self.elsewhere.get(name, name))


def digits_of_sha256(text: str) -> str:
    """Return the digits of a SHA-256 as people write it, also behind ``sha256:``; an empty text if it is none."""
    digits = text.lower().removeprefix("sha256:")
    return digits if re.fullmatch(r"[0-9a-f]{64}", digits) else ""


@dataclass(frozen=True, slots=True)
class Progress:
    """Who is told how far a run is; nobody, unless a terminal shows it."""

    read: Callable[[int], None] | None = None  # bytes read
    judged: Callable[[int, int], None] | None = None  # devices judged so far, and how many there are
    stage: Callable[[str], None] | None = None  # name of the stage that begins

    def begin(self, stage: str) -> None:
        """Tell that a stage of the run begins; what was before it has ended."""
        if self.stage:
            self.stage(stage)

    def of(self, devices: int) -> Callable[[int], None]:
        """Return what is told how many of these devices are judged so far."""
        return lambda done: self.judged(done, devices) if self.judged else None
