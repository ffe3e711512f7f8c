"""The cases of a wave's gate in a JUnit file: one per criterion.

| criterion | of the wave that the run decides | of other waves |
|---|---|---|
| MET | a case without children | the same |
| MISSED | ``failure`` with the criterion's id as type | ``skipped``: the run exits by its rules |
| UNDETERMINED | ``error`` of type ``undetermined`` | ``skipped`` |
"""

from collections.abc import Iterator
from dataclasses import replace

from checker.model.notes import CriterionNote, WaveNote
from checker.model.outcome import Decision, Met
from checker.model.result import Summary
from checker.reporters.junit.cases import Case, Verdict, distinct
from checker.reporters.shown import suite_name
from checker.reporters.wording import visible

UNDETERMINED = "undetermined"


def gate_name(summary: Summary, wave: WaveNote) -> str:
    """Return the name of the wave's suite, the same in every run of the same plan."""
    return f"{suite_name(summary)}.gate.{wave.name}"


def gate_cases(summary: Summary, wave: WaveNote) -> tuple[Case, ...]:
    """Return a case per criterion; a gate that does not promote is never green, whatever its criteria say."""
    classname = gate_name(summary, wave).replace("/", ".")
    names = distinct([visible(note.id) for note in wave.criteria])
    cases = [_criterion_case(note, classname, name) for note, name in zip(wave.criteria, names, strict=True)]
    if all(case.verdict is Verdict.PASSED for case in cases):
        cases.extend(_decision_case(wave, classname))
    return tuple(cases) if wave.gated else tuple(map(_told, cases))


def _criterion_case(note: CriterionNote, classname: str, name: str) -> Case:
    met = Met(note.met)
    message = f"limit {note.limit}, figure {note.figure}" + (f": {note.why}" if note.why else "")
    if met is Met.MET:
        return Case(classname, name, Verdict.PASSED)
    if met is Met.MISSED:
        return Case(classname, name, Verdict.FAILURE, note.id, message, (note.title, message))
    return Case(classname, name, Verdict.ERROR, UNDETERMINED, message, (note.title, message))


def _decision_case(wave: WaveNote, classname: str) -> Iterator[Case]:
    """Yield the case of a decision that no criterion shows, as where a wave has no devices, or no criteria."""
    decision = Decision(wave.decision)
    if decision is Decision.HOLD:
        yield Case(classname, "decision", Verdict.FAILURE, "hold", wave.reason, (wave.reason,))
    elif decision is Decision.UNDETERMINED:
        yield Case(classname, "decision", Verdict.ERROR, UNDETERMINED, wave.reason, (wave.reason,))
    elif not wave.criteria:
        yield Case(classname, "decision", Verdict.PASSED)


def _told(case: Case) -> Case:
    """Return the case of a wave that this run does not decide: it says what stands against it, and stops nothing."""
    words = {Verdict.FAILURE: Met.MISSED, Verdict.ERROR: Met.UNDETERMINED}
    if case.verdict not in words:
        return case
    message = f"{words[case.verdict]}: {case.message} (this run does not decide the wave)"
    return replace(case, verdict=Verdict.SKIPPED, type="", message=message)
