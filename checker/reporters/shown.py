"""What of a result a report shows: the rules of the shown phase, by what they count for, in how much detail."""

from dataclasses import dataclass
from typing import Final

from checker.model.notes import RuleTally, WaveNote
from checker.model.outcome import Severity
from checker.model.result import Summary
from checker.reporters.wording import count, share

# Buildkite refuses a file of more results and GitHub keeps no more alerts of one run; a person reads far fewer.
DETAIL_LIMIT: Final = 5_000

SEVERITIES: Final = tuple(Severity)  # heaviest first

SETTLE: Final = "settle "  # begins an action that finds a fact out instead of changing the device
AGAIN: Final = "plan-again"  # stands between what clears the way and the way itself

VERBS: Final = {"pass": "passes", "fail": "fails", "are unknown": "is unknown"}  # of many -> of one


@dataclass(frozen=True, slots=True)
class Weight:
    """How often a rule came out FAIL and UNKNOWN, apart by whether a waiver covers it."""

    failed: int
    unknown: int
    waived_failed: int
    waived_unknown: int

    @property
    def waived(self) -> int:
        """How many outcomes a waiver covers."""
        return self.waived_failed + self.waived_unknown


def weigh(rule: RuleTally) -> Weight:
    """Return the rule's FAIL and UNKNOWN, waived ones apart; never more waived of one kind than there are."""
    waived_failed = max(rule.waived_failed, rule.waived - rule.unknown)
    waived_unknown = rule.waived - waived_failed
    return Weight(rule.failed - waived_failed, rule.unknown - waived_unknown, waived_failed, waived_unknown)


def shown_rules(summary: Summary) -> tuple[RuleTally, ...]:
    """Return the rules of the shown phase in the order of the summary; advice is shown with ``all`` only."""
    return tuple(rule for rule in summary.rules if summary.phase in ("all", rule.phase))


def told_by_device(summary: Summary) -> bool:
    """Tell whether a run has so few outcomes that JUnit and sarif-full tell those of every device."""
    return sum(rule.passed + rule.failed + rule.unknown for rule in shown_rules(summary)) <= DETAIL_LIMIT


def scope_name(summary: Summary) -> str:
    """Return what was judged as ``pack/profile``: the same for every run of the same plan, so that histories join."""
    packs = "+".join(pack.id for pack in summary.packs)
    profiles = "+".join(dict.fromkeys(pack.profile for pack in summary.packs))
    return f"{packs}/{profiles}"


def suite_name(summary: Summary) -> str:
    """Return the scope's name, another one for a simulation, so that it joins no history of what was measured."""
    return f"{scope_name(summary)}.simulated" if summary.simulated else scope_name(summary)


def simulation(summary: Summary) -> tuple[str, ...]:
    """Return what was supposed, one sentence each, none of which can be taken for a measurement."""
    return tuple(f"SIMULATION: {text.rstrip('.')}; nothing here is a proof" for text in summary.simulated)


def gated_wave(summary: Summary) -> WaveNote | None:
    """Return the wave that this run decides, if it is a gate."""
    return next((wave for wave in summary.waves if wave.gated), None)


def limited_to(summary: Summary) -> str:
    """Return the only wave that the result speaks of; empty if it speaks of the whole fleet."""
    gated = gated_wave(summary)
    return summary.wave if gated is None else gated.name


def counts_for_exit(summary: Summary, severity: str) -> bool:
    """Return whether outcomes of this severity count for the exit code at all (``--fail-on``)."""
    if summary.fail_on == "never":
        return False
    return SEVERITIES.index(Severity(severity)) <= SEVERITIES.index(Severity(summary.fail_on))


def unknown_is_error(summary: Summary, severity: str) -> bool:
    """Return whether an UNKNOWN of this severity makes a pipeline stop."""
    return counts_for_exit(summary, severity) and not summary.unknown_allowed


def how_many(rule: RuleTally, number: int, verb: str) -> str:
    """Return ``1,234 of 50,000 devices fail (2.5 %)``, or of the tenant or fleet that it does; nothing for none.

    The whole is what the rule applies to, as far as known: its PASS, FAIL and UNKNOWN.
    """
    if not number:
        return ""
    if rule.about in ("tenant", "fleet"):
        return f"the {rule.about} {VERBS[verb]}"
    applicable = rule.passed + rule.failed + rule.unknown
    return f"{number:,} of {count(applicable, 'device')} {verb} ({share(number, applicable)})"
