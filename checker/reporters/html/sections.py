"""What the page says of the whole: verdict, denominator, readiness by what, rules; as the templates want it.

Nothing is judged here, and nothing counted that the summary counts: numbers are put beside each other so that a reader
sees that they add up.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from checker.model.notes import InputTally, RuleTally, SourceNote
from checker.model.outcome import Phase, Severity
from checker.model.result import Result, Summary
from checker.reporters.breakdown import READINESS, Share, counts, largest
from checker.reporters.shown import SEVERITIES, gated_wave, limited_to, shown_rules, simulation, suite_name, weigh
from checker.reporters.wording import count, visible

GROUPS_SHOWN: Final = 20  # values of a column, one by one
INPUTS_OPEN: Final = 5  # inputs whose ledger is open at first; with more a reader asks for it
EXAMPLES_SHOWN: Final = 6  # devices of a rule; the table of devices has all of them

PARTIAL: Final = "Rules were left out by --select or --ignore, so that no device is READY by this run."

# What the rows of an input are, in the order of its ledger; they add up to the rows that were read.
LEDGER: Final = ("devices", "merged", "out_of_scope", "unmatched", "rejected", "future")
LEDGER_WORDS: Final = {
    "devices": ("devices", "in scope, one row each"),
    "merged": ("merged", "further rows of those devices"),
    "out_of_scope": ("out of scope", "rows of devices that are never judged"),
    "unmatched": ("unmatched", "rows of no known device, or of several"),
    "rejected": ("rejected", "malformed rows, set aside"),
    "future": ("future", "rows observed after the as-of day, set aside"),
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result in one sentence, how it is marked, and what it rests on."""

    mark: str  # good | bad | open
    word: str
    sentence: str
    reason: str


@dataclass(frozen=True, slots=True)
class Breakdown:
    """Devices by one property, the largest values one by one."""

    title: str
    heading: str
    shares: tuple[Share, ...]
    others: Share | None
    hidden: int  # how many values the others are
    nothing: str  # what to call it where the property is not known


@dataclass(frozen=True, slots=True)
class PhaseRules:
    """The rules of a phase."""

    name: str
    rules: tuple[RuleTally, ...]


def context(result: Result) -> dict[str, Any]:
    """Return what the templates need of the result as a whole."""
    summary = result.summary
    return {
        "verdict": verdict(summary),
        "banners": banners(summary),
        "readiness": {name: summary.devices[name.lower()] for name in READINESS},
        "judged": summary.devices["total"] - summary.devices["out_of_scope"],
        "limited": limited_to(summary),
        "scope": suite_name(summary),
        "ledger": LEDGER,
        "ledger_words": LEDGER_WORDS,
        "rows": total_of(summary.inputs),
        "breakdowns": breakdowns(result),
        "open_rules": open_rules(summary),
        "phases": phases(summary),
        "idle_rules": sorted((rule for rule in summary.rules if not _applied(rule)), key=_weight),
        "shown_ids": {rule.id for rule in shown_rules(summary)},
        "weigh": weigh,
        "inputs_open": INPUTS_OPEN,
        "bibliography": bibliography(summary.rules),
        "examples_shown": EXAMPLES_SHOWN,
    }


def verdict(summary: Summary) -> Verdict:
    """Return the verdict in one sentence: a gate's decision, or how many devices can move."""
    wave = gated_wave(summary)
    numbers = summary.devices
    judged = numbers["total"] - numbers["out_of_scope"]
    mark = {0: "good", 1: "bad"}.get(summary.exit_code, "open")
    words = (("not_ready", "not ready"), ("undetermined", "undetermined"), ("migrated", "already migrated"))
    told = ", ".join(f"{count(numbers[key])} {name}" for key, name in words)
    sentence = f"{count(numbers['ready'])} of {count(judged, 'judged device')} ready to move; {told}."
    if wave is not None:
        return Verdict(mark, wave.decision, f"Wave “{visible(wave.name)}”: {visible(wave.reason)}", sentence)
    word = {0: "Nothing that counts fails", 1: "Something that counts fails"}.get(
        summary.exit_code, "Something that counts is unknown"
    )
    return Verdict(mark, word, sentence, f"Exit code {summary.exit_code}: {visible(summary.exit_reason)}.")


def banners(summary: Summary) -> tuple[tuple[str, str], ...]:
    """Return what must not be missed, as pairs of a word and a sentence: supposed, left out, limited to a wave."""
    found = [("SIMULATION", line.removeprefix("SIMULATION: ")) for line in simulation(summary)]
    if summary.partial:
        found.append(("PARTIAL", PARTIAL))
    if wave := limited_to(summary):
        found.append(("ONE WAVE", f"All numbers are of the devices of wave “{wave}” unless they say otherwise."))
    return tuple(found)


def total_of(inputs: Iterable[InputTally]) -> Mapping[str, int]:
    """Return the ledger of all files together; a device of several files is counted in each."""
    files = tuple(inputs)
    return {name: sum(getattr(file, name) for file in files) for name in ("rows", *LEDGER)}


def breakdowns(result: Result) -> tuple[Breakdown, ...]:
    """Return the devices by wave, operating system and group; what nothing is known of is left out."""
    wanted = (
        ("wave", "By wave", "wave", "in no wave"),
        ("os", "By operating system", "operating system", "not known"),
        ("group", "By device group", "device group", "not known"),
    )
    found = []
    order = [wave.name for wave in result.summary.waves]
    for column, title, heading, nothing in wanted:
        shares = counts(result, column)
        if column == "wave":  # as they roll out, not by size
            shares = tuple(
                sorted(shares, key=lambda each: order.index(each.value) if each.value in order else len(order))
            )
        if any(share.value is not None for share in shares):
            found.append(Breakdown(title, heading, *largest(shares, GROUPS_SHOWN), nothing))
    return tuple(found)


def open_rules(summary: Summary) -> list[RuleTally]:
    """Return the rules of the shown phase that somebody has to act on, the heaviest first."""
    return sorted((rule for rule in shown_rules(summary) if rule.failed or rule.unknown), key=_weight)


def bibliography(rules: Iterable[RuleTally]) -> list[SourceNote]:
    """Return every source of rules and thresholds once, by title."""
    found = {source for rule in rules for source in (*rule.sources, *(note.source for note in rule.thresholds))}
    return sorted(found, key=lambda source: (source.title, source.id, source.url))


def phases(summary: Summary) -> list[PhaseRules]:
    """Return every rule that applies to something, the shown phase first, the heaviest of each first."""
    names = sorted(Phase, key=lambda name: name != summary.phase)
    rules = sorted(filter(_applied, summary.rules), key=_weight)
    return [PhaseRules(name.value, tuple(rule for rule in rules if rule.phase == name)) for name in names]


def _applied(rule: RuleTally) -> bool:
    return bool(rule.passed or rule.failed or rule.unknown)


def _weight(rule: RuleTally) -> tuple[int, int, int, str]:
    return SEVERITIES.index(Severity(rule.severity)), -rule.failed, -rule.unknown, rule.id
