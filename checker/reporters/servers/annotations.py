"""What a pipeline shows beside its log: at most ten problems, the heaviest first, each on the line of its first device.

| | in a gate | else |
|---|---|---|
| error | a criterion that is MISSED | a rule that FAILs and counts for the exit code |
| warning | a criterion that is UNDETERMINED, a rule that FAILs | a rule that is UNKNOWN and counts, another FAIL |
| notice | the last of ten: how many more there are | the same |

A simulation begins with a warning that says so. Waived outcomes are no problems.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from checker.model.notes import CriterionNote, Example, RuleTally, WaveNote
from checker.model.outcome import Decision, Met, Severity
from checker.model.result import Summary
from checker.reporters.shown import (
    SEVERITIES,
    counts_for_exit,
    gated_wave,
    how_many,
    shown_rules,
    simulation,
    unknown_is_error,
    weigh,
)
from checker.reporters.wording import device_label, visible

MOST: Final = 10  # GitHub shows ten of a kind for each step, and drops the others without a word
LONGEST: Final = 1_000  # characters of a message


class Level(StrEnum):
    """How loud a problem is."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True)
class Annotation:
    """One problem: visible text on one line, and where its first device stands, if it is about one."""

    level: Level
    title: str
    text: str
    place: Example | None = None


def annotations(summary: Summary) -> tuple[Annotation, ...]:
    """Return the problems, errors first; beyond ten the last one says how many more there are."""
    found = sorted(_all(summary), key=lambda each: list(Level).index(each.level))
    if len(found) <= MOST:
        return tuple(found)
    rest = len(found) - MOST + 1
    more = Annotation(Level.NOTICE, "more problems", f"{rest:,} more problems: see the summary and the reports")
    return (*found[: MOST - 1], more)


def _all(summary: Summary) -> Iterator[Annotation]:
    for text in simulation(summary):
        yield _annotation(Level.WARNING, "simulation", text)
    gated = gated_wave(summary)
    if gated is not None:
        yield from _criteria(gated)
    for rule in sorted(
        shown_rules(summary), key=lambda rule: (SEVERITIES.index(Severity(rule.severity)), -rule.failed)
    ):
        yield from _rule(summary, rule, gated=gated is not None)


def _criteria(wave: WaveNote) -> Iterator[Annotation]:
    """Yield what keeps a wave from going; a decision that no criterion shows says why itself."""
    levels = {Met.MISSED: Level.ERROR, Met.UNDETERMINED: Level.WARNING}
    against = [note for note in wave.criteria if Met(note.met) in levels]
    for note in against:
        yield _annotation(levels[Met(note.met)], f"wave {wave.name}: {note.id}", _criterion(note))
    if not against and Decision(wave.decision) is not Decision.PROMOTE:
        level = Level.ERROR if Decision(wave.decision) is Decision.HOLD else Level.WARNING
        yield _annotation(level, f"wave {wave.name}", f"{wave.decision}: {wave.reason}")


def _criterion(note: CriterionNote) -> str:
    why = f": {note.why}" if note.why else ""
    return f"{note.met}: {note.title}, limit {note.limit}, figure {note.figure}{why}"


def _rule(summary: Summary, rule: RuleTally, *, gated: bool) -> Iterator[Annotation]:
    weight = weigh(rule)
    if weight.failed:
        counts = counts_for_exit(summary, rule.severity) and not gated
        text = f"{rule.title}: {how_many(rule, rule.failed, 'fail')}"
        yield _told(Level.ERROR if counts else Level.WARNING, rule.id, _with_first(text, rule.failing), rule.failing)
    if weight.unknown and unknown_is_error(summary, rule.severity) and not gated:
        text = f"{rule.title}: {how_many(rule, rule.unknown, 'are unknown')}"
        yield _told(Level.WARNING, rule.id, _with_first(text, rule.unknowing), rule.unknowing)


def _with_first(text: str, examples: tuple[Example, ...]) -> str:
    if not examples:
        return f"{text}."
    return f"{text}. First: {device_label(examples[0].device_id, examples[0].device_name)}."


def _told(level: Level, title: str, text: str, examples: tuple[Example, ...]) -> Annotation:
    place = next((example for example in examples if example.file), None)
    return Annotation(level, visible(title, LONGEST), visible(text, LONGEST), place)


def _annotation(level: Level, title: str, text: str) -> Annotation:
    return _told(level, title, text, ())
