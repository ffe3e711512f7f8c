"""May a wave go? What its criteria say together: promote, hold or undetermined."""

from collections import Counter
from collections.abc import Sequence
from math import ceil

from checker.decide.criteria import Context, Members, criteria, first_of, is_ready, verified
from checker.decide.unlock import rank, smallest
from checker.model.notes import CriterionNote, WaveNote
from checker.model.outcome import Decision, Met, Readiness, Verification
from checker.model.plan import Plan
from checker.model.wave import Wave


def decide_wave(plan: Plan, wave: Wave, members: Members, context: Context) -> WaveNote:
    """Return what the gate of a wave says, with what would lift the wave over its least share READY."""
    asked = tuple(criteria(plan, wave, members, context))
    decision = _decision(asked)
    readiness: Counter[Readiness] = Counter()
    for verdict, devices in members.counts:
        readiness[verdict.readiness] += devices
    least = wave.gate.ready
    wanted = ceil(least.of(members.judged)) - members.number(is_ready) if least else 0
    return WaveNote(
        name=wave.name,
        tool=wave.tool,
        starts=wave.starts.isoformat() if wave.starts else "",
        devices={"total": members.total, **{word.value.lower(): readiness[word] for word in Readiness}},
        verification={word.value: members.number(verified(word)) for word in sorted(Verification)},
        decision=decision,
        reason=_reason(decision, asked),
        criteria=asked,
        actions=rank(plan, members.counts),
        smallest=smallest(members.counts, wanted),
    )


def _decision(criteria: Sequence[CriterionNote]) -> Decision:
    """Return what follows from the criteria; where no device was judged the number of devices is undetermined."""
    found = {note.met for note in criteria}
    if Met.MISSED in found:
        return Decision.HOLD
    return Decision.UNDETERMINED if Met.UNDETERMINED in found else Decision.PROMOTE


def _reason(decision: Decision, criteria: Sequence[CriterionNote]) -> str:
    """Return one sentence that names the criteria that decide."""
    if decision is Decision.PROMOTE:
        return f"All {len(criteria)} criteria are met."
    met, verb = (Met.MISSED, "missed") if decision is Decision.HOLD else (Met.UNDETERMINED, "undetermined")
    deciding = [note.id for note in criteria if note.met == met]
    of_all = f"{len(deciding)} of {len(criteria)} criteria {'is' if len(deciding) == 1 else 'are'} {verb}"
    return f"{of_all}: {first_of(deciding)}."
