"""What a pipeline does with the result: exit code and reason."""

from dataclasses import dataclass
from typing import Literal

from checker.decide.tally import Tally
from checker.model.outcome import Outcome, Phase, Severity
from checker.model.plan import Plan
from checker.model.rule import Rule

FailOn = Literal["blocker", "major", "minor", "never"]
RANKS = {Severity.BLOCKER: 3, Severity.MAJOR: 2, Severity.MINOR: 1, Severity.INFO: 0}
THRESHOLDS = {"blocker": 3, "major": 2, "minor": 1}


@dataclass(frozen=True, slots=True)
class Gate:
    """Which outcomes count for the exit code."""

    phase: str = "prerequisite"  # prerequisite | verification | all
    fail_on: FailOn = "blocker"
    allow_unknown: bool = False


def shown_in(rule: Rule, phase: str) -> bool:
    """Return True if a rule belongs to the phase that is shown and counted."""
    return phase == "all" or rule.phase == Phase(phase)


def counted_rules(plan: Plan, gate: Gate) -> list[Rule]:
    """Return the rules whose outcomes count for the exit code; with ``never`` those that could."""
    least = THRESHOLDS.get(gate.fail_on, 0)
    return [rule for rule in plan.pack.rules if shown_in(rule, gate.phase) and RANKS[rule.severity] >= least]


def exit_of(plan: Plan, tally: Tally, gate: Gate) -> tuple[int, str]:
    """Return 1 if a counted rule fails anywhere, else 3 if one is unknown, else 0; and why, in a phrase.

    Counted are unwaived outcomes of the shown phase, at or above ``fail_on``, on judged devices whose route they bind.
    """
    if gate.fail_on == "never":
        return 0, "--fail-on never: nothing fails the run"
    counted = counted_rules(plan, gate)
    for outcome, code, verbs in (
        (Outcome.FAIL, 1, ("fails", "fail")),
        (Outcome.UNKNOWN, 3, ("is unknown", "are unknown")),
    ):
        devices = [int(tally.rules[rule.id].binding[outcome]) for rule in counted]
        rules = sum(number > 0 for number in devices)
        if not rules:
            continue
        most = max(devices)
        on = f"{most:,} device{'s' if most > 1 else ''}"
        reason = f"{rules:,} {_rules(gate, rules)} {verbs[rules > 1]}, on {f'up to {on} each' if rules > 1 else on}"
        if code == 3 and gate.allow_unknown:
            return 0, f"{reason}; --allow-unknown lets that pass"
        return code, reason
    return 0, f"no {_rules(gate, 1)} fails or is unknown where it counts"


def _rules(gate: Gate, count: int) -> str:
    rules = "rules" if count > 1 else "rule"
    return f"{gate.fail_on} {rules}" if gate.fail_on == "blocker" else f"{rules} of severity {gate.fail_on} or above"
