"""How a waiver is told to a person: what it covers, who answers for it until when, and what is wrong with it."""

from collections.abc import Iterator

from checker.model.notes import WaiverNote
from checker.reporters.wording import count, visible

_STATES = {"expired": "expired", "expiring": "expires soon", "future": "not in force yet"}
_NAMED = 3  # listed devices that are no device's, by name; the JSON report has them all


def flags(note: WaiverNote) -> tuple[str, ...]:
    """Return what somebody should see to, each in a few words; nothing for a waiver that is as it should be."""
    return tuple(visible(text) for text in _flags(note))


def _flags(note: WaiverNote) -> Iterator[str]:
    if note.state in _STATES:
        yield _STATES[note.state]
    if note.unknown_rule:
        yield "unknown rule"
    elif note.unused:
        yield "unused"
    if note.broad:
        yield f"broad: speaks of {count(note.devices, 'device')}"
    if note.unmatched:
        more = len(note.unmatched) - _NAMED
        named = ", ".join(note.unmatched[:_NAMED]) + (f" and {more:,} more" if more > 0 else "")
        yield f"unknown device: {named}"


def answerable(note: WaiverNote) -> str:
    """Return who asked and who approved, as ``owner → approver``."""
    return visible(f"{note.owner} → {note.approver}")


def justification(note: WaiverNote) -> str:
    """Return why a finding is accepted, as one sentence that names the record."""
    who = f"owner {note.owner}, approver {note.approver}, ticket {note.ticket}"
    return visible(f"Waived by '{note.id}' ({who}, until {note.expires}): {note.reason}")


def line(note: WaiverNote) -> str:
    """Return the waiver and what it did in this run on one line."""
    said = (
        f"{note.id}: {note.rule}, accepts {note.accepts}, used on {note.used_on:,}, until {note.expires}",
        f"owner {note.owner}, approver {note.approver}, ticket {note.ticket}",
        *flags(note),
    )
    return visible("; ".join(said))
