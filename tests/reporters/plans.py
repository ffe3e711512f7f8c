"""Made-up plans: who goes which way by which steps, with tables on disk as a real run's."""

from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import polars as pl

from checker.model.notes import SourceNote, StepNote
from checker.model.result import PLAN_COLUMNS, Result, Table
from checker.reporters.kinds import Write

from .fleets import LEARN, SOURCE, device_id, fleet
from .results import build

PACKAGE = SourceNote(
    "configure-streamlined", "Onboarding with streamlined connectivity", f"{LEARN}/onboard", "2023-09-20"
)
UPDATE = StepNote(
    "update-agent",
    "Update the agent with Microsoft AutoUpdate",
    ("Update the agent with Microsoft AutoUpdate", "Then export again"),
    ('./msupdate --install --apps "WDAV00"',),
    sources=(SOURCE,),
)
SETTLE = StepNote("settle os.ubr", "Find out os.ubr", ("Export it by advanced hunting, or attest it",))
APPLY = StepNote(
    "apply-package",
    "Apply the streamlined package with the local script",
    ("Download it in the portal, under Settings, Endpoints, Onboarding",),
    ("cd /d %TEMP%\nWindowsDefenderATPLocalOnboardingScript.cmd",),
    looks_like="the script says that onboarding went well",
    sources=(PACKAGE, SOURCE),
)
RESTART = StepNote(
    "restart-service",
    "Restart the service",
    commands=(
        "launchctl unload /Library/LaunchDaemons/com.contoso.fresno.plist",
        "launchctl load /Library/LaunchDaemons/com.contoso.fresno.plist",
    ),
)
VERIFIED = StepNote(
    "pm.verified",
    "The device reports through the streamlined domain",
    query="DeviceInfo\n| where OnboardingStatus == 'Onboarded'\n\n| summarize arg_max(Timestamp, *) by DeviceId",
    looks_like="ConnectivityType is Streamlined",
    sources=(SOURCE,),
)
Changes = dict[str, Any]
STEPS = (UPDATE, SETTLE, APPLY, RESTART, VERIFIED)


def row(number: int, name: str | None = None, **changes: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return a device of a plan: one that is READY and applies the package, unless said otherwise."""
    return {
        "device_id": device_id(number),
        "device_name": f"pc-{number}.contoso.example" if name is None else name,
        "wave": "pilot",
        "tool": "local-script",
        "readiness": "READY",
        "route": "reonboard",
        "path": "reonboard",
        "next_steps": ["apply-package", "restart-service"],
        "verification": "UNVERIFIED",
        "verify": ["pm.verified"],
        "simulated": False,
    } | changes


WAITS: Changes = {"path": "undetermined", "readiness": "UNDETERMINED", "next_steps": ["settle os.ubr"]}
FAILS: Changes = {"path": "update-first", "readiness": "NOT_READY", "next_steps": ["update-agent", "apply-package"]}
GONE: Changes = {
    "readiness": "OUT_OF_SCOPE",
    "route": "",
    "path": "",
    "next_steps": [],
    "verify": [],
    "wave": None,
    "tool": None,
}
DONE: Changes = {
    "readiness": "MIGRATED",
    "route": "migrated",
    "path": "migrated",
    "next_steps": [],
    "verification": "VERIFIED",
}


def some_rows() -> list[dict[str, Any]]:
    """Return devices of two waves and of none, of every kind."""
    return [
        row(1),
        row(2, **FAILS),
        row(3),
        row(4, **(WAITS | {"wave": "broad", "tool": None})),
        row(5, **(FAILS | {"wave": "broad"})),
        row(6, **GONE),
        row(7, **(DONE | {"wave": None})),
    ]


def plan(folder: Path, rows: Sequence[dict[str, Any]], *, parts: int = 2, **changes: Any) -> Result:  # noqa: ANN401
    """Return a result with a plan; ``changes`` replace values of its summary."""
    base = build(folder / "base", fleet(), **changes)
    frame = pl.DataFrame(rows, schema=PLAN_COLUMNS)
    size = max(1, -(-frame.height // parts))
    paths = []
    for start in range(0, frame.height, size):
        paths.append(folder / f"plan-{start:08d}.parquet")
        frame[start : start + size].write_parquet(paths[-1])
    return replace(base, plan=Table(PLAN_COLUMNS, tuple(paths), frame.height), steps=STEPS)


def written(write: Write, result: Result) -> bytes:
    """Return what a report writes."""
    stream = BytesIO()
    write(result, stream)
    return stream.getvalue()
