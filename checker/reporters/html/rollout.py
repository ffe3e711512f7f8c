"""What the page says of waves and gates, of what unlocks most, and of who answers for what."""

from typing import Any, Final

from checker.model.notes import AttestationNote, WaiverNote, WaveNote
from checker.model.result import Summary
from checker.reporters.breakdown import READINESS
from checker.reporters.shown import gated_wave
from checker.reporters.terminal.rollout import smallest
from checker.reporters.waiver_words import flags
from checker.reporters.wording import visible

MARKS: Final = {
    "PROMOTE": "good", "HOLD": "bad", "UNDETERMINED": "open", "MET": "good", "MISSED": "bad",
}  # fmt: skip


def context(summary: Summary) -> dict[str, Any]:
    """Return what the templates need of waves, gates, waivers and statements."""
    gated = gated_wave(summary)
    return {
        "gated": gated,
        "waves": (gated,) if gated else summary.waves,
        "marks": MARKS,
        "adds_up": adds_up(summary),
        "by_readiness": by_readiness,
        "smallest": smallest,
        "waivers": sorted(summary.waivers, key=lambda note: (not flags(note), -note.used_on, note.id)),
        "troubles": troubles,
        "lasting": lasting,
    }


def by_readiness(wave: WaveNote) -> dict[str, int]:
    """Return the devices of a wave by READINESS."""
    return {name: wave.devices[name.lower()] for name in READINESS}


def adds_up(summary: Summary) -> bool:
    """Return whether the judged devices of all waves, and those in none, are those of the report.

    They are not where the report speaks of one wave only.
    """
    judged = sum(wave.devices["total"] - wave.devices["out_of_scope"] for wave in summary.waves)
    return judged + summary.no_wave == summary.devices["total"] - summary.devices["out_of_scope"]


def troubles(note: WaiverNote) -> tuple[str, ...]:
    """Return what is wrong with a waiver besides its state, which stands beside it."""
    return flags(note) if note.state == "active" else flags(note)[1:]


def lasting(note: AttestationNote | WaiverNote) -> str:
    """Return from when to when a statement or a waiver holds, in words."""
    if isinstance(note, WaiverNote):
        return visible(f"{note.created} to {note.expires}")
    until = f" to {note.valid_until}" if note.valid_until else ""
    return visible(f"{note.attested}{until}") if note.attested else ""
