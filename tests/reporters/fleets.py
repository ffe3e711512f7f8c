"""Invented fleets: a small one in which every outcome occurs, a large one, and one with hostile names."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from checker.model.notes import SourceNote
from tests.exports import device_id as device_id  # which these fleets are known by

INPUT = "exports/devices 2026-11.csv"
LEARN = "https://learn.microsoft.com/defender-endpoint"
SOURCE = SourceNote(
    "migrate-devices-streamlined",
    "Migrate devices to streamlined connectivity",
    f"{LEARN}/migrate-devices-streamlined",
    "2023-09-20",
)


@dataclass(frozen=True)
class Spec:
    """A rule for a result to be built with."""

    id: str
    title: str
    severity: str = "blocker"
    phase: str = "prerequisite"
    about: str = "device"
    remediation: str = "Update the agent, then export again."
    not_exported: tuple[str, ...] = ()


@dataclass(frozen=True)
class Fleet:
    """Devices by id, and for each rule the outcome of each device (missing: NOT_APPLICABLE)."""

    names: dict[str, str]
    outcomes: dict[Spec, dict[str, str]]  # rule -> device id -> outcome; "" stands for the whole fleet
    waived: dict[tuple[str, str], str] = field(default_factory=dict)  # (rule id, device id) -> waiver
    messages: dict[tuple[str, str], str] = field(default_factory=dict)
    waves: dict[str, str] = field(default_factory=dict)  # device id -> wave


AGENT = Spec("sc.macos-agent-min", "The macOS agent supports streamlined connectivity")
SENSE = Spec("sc.sense-min", "The sensor supports streamlined connectivity", remediation="Install KB5006738 or later.")
URLS = Spec(
    "sc.streamlined-urls",
    "The streamlined URLs answer",
    about="site",
    remediation="Open *.endpoint.security.microsoft.com on port 443.",
    not_exported=("url.tests",),
)
STALE = Spec("sc.last-seen", "The device was seen lately", severity="minor", remediation="Switch the device on.")
LIVE = Spec("pm.verified", "The device reports through the streamlined domain", "major", "verification")
PROXY = Spec("sc.proxy-hint", "The proxy setting holds no password", "info", "advice")
TENANT = Spec("sc.cloud", "The tenant is in a supported cloud", about="tenant", remediation="Wait for support.")


def fleet(names: Sequence[str] = ("pc-1", "pc-2", "pc-3", "pc-4")) -> Fleet:
    """Return four devices on which everything occurs that can."""
    one, two, three, four = (device_id(number) for number in range(1, 5))
    return Fleet(
        dict(zip((one, two, three, four), (f"{name}.contoso.example" for name in names), strict=True)),
        {
            AGENT: {one: "PASS", two: "FAIL", three: "FAIL"},
            SENSE: {one: "PASS", two: "PASS", three: "UNKNOWN", four: "UNKNOWN"},
            URLS: {"": "UNKNOWN"},
            STALE: {one: "FAIL", two: "PASS", three: "PASS", four: "UNKNOWN"},
            LIVE: {one: "FAIL", two: "UNKNOWN"},
            PROXY: {},
            TENANT: {"": "PASS"},
        },
        waived={(AGENT.id, three): "W-12", (SENSE.id, four): "W-13"},
    )


def large_fleet(size: int = 3_000) -> Fleet:
    """Return a fleet of which too many devices fail to be named one by one."""
    keys = [device_id(number) for number in range(1, size + 1)]
    failing = {key: "FAIL" if number % 4 else "PASS" for number, key in enumerate(keys)}
    return Fleet(
        {key: f"pc-{number}.contoso.example" for number, key in enumerate(keys, start=1)},
        {
            AGENT: failing,
            SENSE: dict.fromkeys(keys, "FAIL"),
            STALE: dict.fromkeys(keys, "UNKNOWN"),
            URLS: {"": "UNKNOWN"},
        },
        waived={(SENSE.id, key): "W-1" for key in keys[:12]},
    )


HOSTILE = (
    "\x1b[31mred\x07\x00",
    "‮gnp.exe]]><b>&amp;",
    "[link](https://evil.example) {0} \ufffe\u2028",
    "::error file=x::\n\r\t=1+1|`code`",
)
