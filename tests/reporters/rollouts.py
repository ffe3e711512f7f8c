"""Invented rollouts: a fleet with waves and waivers, a gate over one of the waves, a simulation."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from checker.model.notes import ActionNote, ActionSet, AttestationNote, CriterionNote, FileNote, WaiverNote, WaveNote
from checker.model.result import Result

from .fleets import AGENT, SENSE, Fleet, device_id, fleet
from .results import build

CRITERIA = (
    CriterionNote("devices", "Judged devices", "at least 1", "2", "MET"),
    CriterionNote(
        "ready", "READY or MIGRATED", "at least 95 %", "50.0 % (1 of 2, up to 100 %)", "UNDETERMINED", "1 undetermined"
    ),
    CriterionNote("fail.blocker", "FAIL of a blocker prerequisite", "at most 0", "1", "MISSED"),
    CriterionNote("guidance", "Age of the guidance", "at most 365 days", "1,160 days", "MET", "named with a reason"),
)
UPDATE = ActionNote("update-agent", "Update the agent, then export again.", 1, 2, (AGENT.id,))
SETTLE = ActionNote(
    "settle url.tests", "export or attest url.tests (URL-reachability file)", 0, 2, ("sc.streamlined-urls",)
)
SMALLEST = ActionSet(("update-agent", "settle url.tests"), 37, exact=True, enough=True, settles=True)
PILOT = WaveNote(
    name="pilot",
    tool="local-script",
    starts="2026-11-09",
    devices={"total": 2, "ready": 1, "not_ready": 1, "undetermined": 0, "migrated": 0, "out_of_scope": 0},
    verification={"VERIFIED": 0, "NOT_VERIFIED": 1, "UNVERIFIED": 1},
    decision="HOLD",
    reason="1 of 4 criteria is missed (FAIL of a blocker prerequisite: 1, asked at most 0).",
    criteria=CRITERIA,
    actions=(UPDATE, SETTLE),
    smallest=SMALLEST,
)
RING = WaveNote(
    name="ring-1",
    tool="",
    starts="",
    devices={"total": 2, "ready": 0, "not_ready": 0, "undetermined": 1, "migrated": 0, "out_of_scope": 1},
    verification={"VERIFIED": 1, "NOT_VERIFIED": 0, "UNVERIFIED": 0},
    decision="PROMOTE",
    reason="All 2 criteria are met.",
    criteria=(CRITERIA[0], CRITERIA[3]),
    actions=(),
    smallest=None,
)


def waiver(number: int, **changes: Any) -> WaiverNote:  # noqa: ANN401 (of any field)
    """Return a waiver that is as it should be, but for the changes."""
    base = WaiverNote(
        id=f"W-{number}",
        rule=AGENT.id if number == 12 else SENSE.id,
        accepts="fail",
        reason="Replaced in December.",
        owner="A. Owner",
        approver="B. Approver",
        ticket=f"CHG-{number}",
        created="2026-10-01",
        expires="2027-03-31",
        place=f"waivers.yaml:{number}:3",
        state="active",
        devices=1,
        used_on=1,
        broad=False,
    )
    return replace(base, **changes)


WAIVERS = (
    waiver(12),
    waiver(13, accepts="unknown", state="expiring", expires="2026-12-01"),
    waiver(14, state="expired", expires="2026-10-31", used_on=0),
    waiver(15, used_on=0, unused=True, broad=True, devices=3, unmatched=("pc-9", "pc-8", "pc-7", "pc-6")),
    waiver(16, rule="sc.agent", unknown_rule=True, used_on=0, unused=True),
)
GOVERNED: dict[str, Any] = {
    "waves": (PILOT, RING),
    "no_wave": 1,
    "waivers": WAIVERS,
    "unwaived": {"total": 5, "ready": 0, "not_ready": 2, "undetermined": 2, "migrated": 0, "out_of_scope": 1},
    "by": {"measured": 0, "attested": 0, "waived": 1},
    "actions": (UPDATE, SETTLE),
    "tailoring": ("sc.last-seen is minor instead of major: laptops are away for months.",),
    "governed_by": (FileNote("waivers", "gates/waivers.yaml", "12" * 32), FileNote("waves", "waves.yaml", "34" * 32)),
    "tables": (FileNote("devices", "devices.parquet"),),
    "attestations": (
        AttestationNote(
            fact="plan.tool",
            value="intune",
            by="A. Owner",
            evidence="CHG-7",
            attested="2026-11-01",
            valid_until="2026-11-20",
            used_on=0,
            contradicted_on=0,
            place="attestations.yaml:3",
            state="expired",
            devices=4,
        ),
    ),
}


def in_waves(made: Fleet, names: Sequence[str] = ("pilot", "ring-1", "pilot", "")) -> Fleet:
    """Return the fleet with its devices in waves, in turn; in none where the name is empty."""
    turns = {key: names[number % len(names)] for number, key in enumerate(made.names)}
    return replace(made, waves={key: name for key, name in turns.items() if name})


def rollout(folder: Path, made: Fleet | None = None, *, detail: bool = True, **changes: object) -> Result:
    """Return the result of a check with waves, waivers and tailoring."""
    return build(folder, in_waves(made or fleet()), detail=detail, **(GOVERNED | changes))


def gate(folder: Path, **changes: Any) -> Result:  # noqa: ANN401 (of any field)
    """Return the result of a gate over the pilot, which holds it back."""
    wave = replace(PILOT, gated=True, **changes)
    whole = fleet()
    one, two = device_id(1), device_id(2)
    mine = {
        rule: {key: out for key, out in found.items() if key in ("", one, two)}
        for rule, found in whole.outcomes.items()
    }
    made = replace(whole, names={key: whole.names[key] for key in (one, two)}, outcomes=mine, waived={})
    codes = {"PROMOTE": 0, "HOLD": 1, "UNDETERMINED": 3}
    told: dict[str, Any] = {
        "waves": (wave, RING),
        "wave": wave.name,
        "devices": wave.devices,
        "exit_code": codes[wave.decision],
        "exit_reason": f"{wave.decision}: {wave.reason}",
    }
    return build(folder, in_waves(made, ("pilot",)), **(GOVERNED | told))


def simulation(folder: Path) -> Result:
    """Return the result of a run that supposes a value."""
    supposed = ("agent.version = 101.23052.0004, supposed on 2 devices",)
    return rollout(folder, simulated=supposed, exit_code=3, exit_reason="a simulation (--assume) proves nothing")
