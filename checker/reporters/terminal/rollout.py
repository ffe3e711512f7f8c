"""What the summary says of the rollout: simulation, gate, waves, what unlocks most, waivers, tailoring."""

from collections.abc import Sequence
from typing import Final

from checker.model.notes import ActionSet, CriterionNote, WaiverNote, WaveNote
from checker.model.outcome import Decision, Met
from checker.model.result import Summary
from checker.reporters.shown import SETTLE, gated_wave, simulation
from checker.reporters.terminal.parts import Mark, Row, Section
from checker.reporters.waiver_words import answerable, flags
from checker.reporters.wording import count, visible

WAVES_SHOWN: Final = 12
ACTIONS_SHOWN: Final = 8
WAIVERS_SHOWN: Final = 12
_WORDS: Final = 60  # characters of a remediation in a row, as in the table of rules
_SHORT: Final = 40  # characters of a name that a person gave: more would leave no room for the rest

_DECIDED: Final = {Decision.PROMOTE: Mark.GOOD, Decision.HOLD: Mark.BAD, Decision.UNDETERMINED: Mark.OPEN}
_AGAINST: Final = {Decision.HOLD: Met.MISSED, Decision.UNDETERMINED: Met.UNDETERMINED}  # what decides so
_MET: Final = {Met.MET: Mark.GOOD, Met.MISSED: Mark.BAD, Met.UNDETERMINED: Mark.OPEN}


def simulated(summary: Summary) -> Section:
    """Return what was supposed, loud enough that nobody takes the rest for a proof."""
    return Section("", tuple(Row((visible(line),), Mark.BAD) for line in simulation(summary)))


def tailored(summary: Summary) -> Section:
    """Return what was changed of the pack, and why."""
    return Section("Tailored", tuple(Row((visible(line),), Mark.OPEN) for line in summary.tailoring))


def rollout(summary: Summary) -> Section:
    """Return the gate of the wave that is decided, or else the waves one by one."""
    wave = gated_wave(summary)
    return _waves(summary) if wave is None else _gate(wave)


def _gate(wave: WaveNote) -> Section:
    title = f"Gate of wave '{visible(wave.name, _SHORT)}'"
    decided = Row((f"{wave.decision}: {visible(wave.reason)}",), _DECIDED[Decision(wave.decision)])
    rows = tuple(_criterion(note) for note in wave.criteria)
    return Section(title, (decided,), ("criterion", "limit", "verdict", "figure"), rows)


def _criterion(note: CriterionNote) -> Row:
    figure = "; ".join(text for text in (note.figure, note.why) if text)
    return Row((visible(note.id, _SHORT), visible(note.limit, _SHORT), note.met, visible(figure)), _MET[Met(note.met)])


def _waves(summary: Summary) -> Section:
    rows = tuple(_wave(note) for note in summary.waves[:WAVES_SHOWN])
    more = len(summary.waves) - len(rows)
    lines = [Row((f"… and {count(more, 'more wave')}, see the report",))] if more > 0 else []
    if summary.waves and summary.no_wave:
        verb = "is" if summary.no_wave == 1 else "are"
        lines.append(Row((f"{count(summary.no_wave, 'judged device')} {verb} in no wave",), Mark.OPEN))
    headings = ("wave", "devices>", "ready>", "migrated>", "verified>", "decision")
    return Section("Waves", tuple(lines), headings, rows, clip=True)


def _wave(note: WaveNote) -> Row:
    """Return a wave's numbers, and its decision with the criteria that decide; the report has their figures."""
    judged = note.devices["total"] - note.devices["out_of_scope"]
    numbers = (judged, note.devices["ready"], note.devices["migrated"], note.verification.get("VERIFIED", 0))
    decision = Decision(note.decision)
    deciding = [visible(found.id) for found in note.criteria if found.met == _AGAINST.get(decision)]
    said = f"{decision}: {', '.join(deciding)}" if deciding else decision.value
    return Row((visible(note.name, _SHORT), *map(count, numbers), said), _DECIDED[decision])


def unlocking(summary: Summary) -> Section:
    """Return what makes most devices READY; for the wave that is decided the smallest set of it, too."""
    shown = summary.actions[:ACTIONS_SHOWN]
    rows = tuple(
        Row((visible(note.action, _SHORT), count(note.alone), count(note.needed_on), visible(note.what, _WORDS)))
        for note in shown
    )
    more = len(summary.actions) - len(shown)
    lines = [Row((f"… and {count(more, 'more action')}, see the report",))] if more > 0 else []
    wave = gated_wave(summary)
    if wave is not None and wave.smallest is not None:
        found = wave.smallest
        mark = Mark.BAD if not found.enough else Mark.OPEN if found.settles else Mark.GOOD
        lines.append(Row((smallest(found),), mark))
    headings = ("action", "ready if only this>", "needed on>", "what")
    return Section("What unlocks most", tuple(lines), headings, rows, clip=True)


def smallest(found: ActionSet) -> str:
    """Return the smallest set of actions as one sentence, with what it promises and how it was found."""
    fix = [visible(action) for action in found.actions if not action.startswith(SETTLE)]
    settle = [visible(action.removeprefix(SETTLE)) for action in found.actions if action.startswith(SETTLE)]
    parts = [f"{verb} {_listed(names)}" for verb, names in (("fix", fix), ("settle", settle)) if names]
    todo = " and ".join(parts) or "nothing to do"
    enough = "enough for its least share READY" if found.enough else "not enough for its least share READY"
    how = "smallest set, exact" if found.exact else "found step by step, a smaller set may exist"
    hope = ", if what is settled turns out well" if found.settles else ""
    gain = f"{count(found.devices, 'more device')} READY{hope}"
    return f"{todo[0].upper()}{todo[1:]}: {gain}, {enough} ({how if found.enough else 'all actions together'})"


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def waived(summary: Summary) -> Section:
    """Return the waivers, those that need somebody first, and what the devices would be without them."""
    ordered = sorted(summary.waivers, key=lambda note: (not flags(note), -note.used_on, note.id))
    rows = tuple(_waiver(note) for note in ordered[:WAIVERS_SHOWN])
    more = len(ordered) - len(rows)
    lines = [Row((f"… and {count(more, 'more waiver')}, see the report",))] if more > 0 else []
    if summary.waivers and "ready" in summary.unwaived:
        ready, by, without = summary.devices["ready"], summary.by.get("waived", 0), summary.unwaived["ready"]
        lines.append(Row((f"READY {count(ready)}, of which {count(by)} by waivers; without waivers {count(without)}",)))
    return Section("Waivers", tuple(lines), ("waiver", "rule", "used on>", "until", "owner → approver"), rows)


def _waiver(note: WaiverNote) -> Row:
    told = flags(note)
    last = "; ".join((answerable(note), *told))
    cells = (visible(note.id, _SHORT), visible(note.rule, _SHORT), count(note.used_on), visible(note.expires), last)
    return Row(cells, Mark.OPEN if told else Mark.PLAIN)
