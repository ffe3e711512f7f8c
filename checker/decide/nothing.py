"""Refuses a run that would end well because nothing that counts for its end was judged."""

from checker.decide.exit import Gate, counted_rules
from checker.decide.judge import Judgements
from checker.errors import InputError, Problem
from checker.model.outcome import Outcome
from checker.model.plan import Plan


def refuse_nothing_judged(
    inventory: str, judgements: Judgements, plan: Plan, gate: Gate, limited: tuple[str, str]
) -> None:
    """Raise :class:`InputError` where no outcome counts; ``limited``: the wave that reports speak of, and its file."""
    judged = len(judgements.out_of_scope) - int(judgements.out_of_scope.sum())
    counts = judgements.tally.rules
    outcomes = sum(int(counts[rule.id].outcomes[: Outcome.NOT_APPLICABLE].sum()) for rule in counted_rules(plan, gate))
    if judged and outcomes:
        return
    wave, waves = limited
    what, hint = "every device is out of scope", ""
    if judged and wave and not sum(judgements.tally.verification.values()):
        what, hint = f"no judged device is of wave '{wave}'", f"look at its devices in {waves}"
    elif judged:
        what = f"no rule of phase {gate.phase} that counts with --fail-on {gate.fail_on} applies"
        hint = "choose other rules, another --phase, or a lower --fail-on"
    raise InputError(Problem(inventory, f"nothing was judged: {what}", hint))
