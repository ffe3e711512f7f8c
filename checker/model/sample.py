"""A sample of devices for an audit: which strata there are, how many of each were drawn, and the devices in full."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

STRATA = ("wave", "readiness", "path")  # columns of the table of devices by which a sample is stratified


@dataclass(frozen=True, slots=True)
class Stratum:
    """Devices of the same wave, readiness and path."""

    wave: str  # empty: in none
    readiness: str
    path: str
    devices: int
    drawn: int


@dataclass(frozen=True, slots=True)
class Drawn:
    """A device of the sample: its row of the table of devices, and its findings as rows of theirs."""

    device: Mapping[str, Any]
    findings: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample, and what it takes to draw it again."""

    source: str  # the evidence, as it was given
    sha256: str  # over the ids of its devices, a line each: with seed and size they make the sample
    as_of: date
    seed: str
    strata: tuple[Stratum, ...]  # largest first
    drawn: tuple[Drawn, ...]  # in the order of the strata, then of the draw
    whole: bool  # every outcome of the devices is told, PASS, too
    fleet: tuple[Mapping[str, Any], ...]  # findings about the whole fleet or the tenant: they stand for each device
