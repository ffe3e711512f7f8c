"""Where a result comes from: how its run was told, what it ran on, and the files that it read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Original:
    """A file that a run read, where it lies, and the SHA-256 that its content must still have."""

    kind: str  # pack | tailoring | attestations | waivers | waves | mapping | baseline | input
    member: str  # its name in evidence
    shown: str  # its name in the report
    path: Path
    sha256: str


@dataclass(frozen=True, slots=True)
class Provenance:
    """What it takes to run again; empty for a result that was read back."""

    command: tuple[str, ...] = ()  # the command line as it was given
    options: Mapping[str, Any] = field(default_factory=dict)  # the same, parsed, as JSON values
    versions: Mapping[str, str] = field(default_factory=dict)  # of Python and the libraries
    originals: tuple[Original, ...] = ()  # what evidence holds of them
    sign: Callable[[bytes], bytes] | None = None  # statement -> DSSE envelope; the same bytes for the same bytes
