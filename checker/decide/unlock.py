"""What unlocks most: which remediation makes how many devices READY, and the smallest set that makes enough of them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from checker.decide.verdict import Verdict, is_gate
from checker.model.notes import ActionNote, ActionSet
from checker.model.outcome import Readiness
from checker.model.plan import Plan

Need = frozenset[str]  # actions, and facts to settle, that stand between a device and READY
Counts = Iterable[tuple[Verdict, int]]  # distinct verdicts, and how many devices have each

SETTLE = "settle "  # before the name of a fact that has to be found out
MOST_EXACT = 20  # actions: sums over their 2^20 sets take 8 MiB, and each further action would double that


def need_of(verdict: Verdict) -> Need:
    """Return all that has to be done or found out before a device is READY; nothing if it is, or if that is no way.

    No way leads from a route that is NOT_READY by itself (upgrade first, unsupported), nor from a FAIL without a route.
    """
    mends = verdict.readiness is Readiness.NOT_READY and bool(verdict.actions)
    if not mends and verdict.readiness is not Readiness.UNDETERMINED:
        return frozenset()
    return frozenset((*verdict.actions, *(SETTLE + fact for fact in verdict.waits_for)))


def rank(plan: Plan, counts: Counts) -> tuple[ActionNote, ...]:
    """Return every action that a device needs: first what makes most devices READY alone, then what most need."""
    gates = [rule for rule in plan.device_rules if is_gate(rule)]
    mends = {rule.id: frozenset((rule.action,)) for rule in gates}
    settles = {rule.id: frozenset(SETTLE + fact for fact in plan.base_facts(plan.rule_facts(rule))) for rule in gates}
    alone: Counter[str] = Counter()
    needed: Counter[str] = Counter()
    behind: defaultdict[str, set[str]] = defaultdict(set)
    for verdict, devices in counts:
        need = need_of(verdict)
        for action in need:
            needed[action] += devices
            alone[action] += devices if len(need) == 1 else 0
        for names, leads in ((verdict.open_fails, mends), (verdict.open_unknowns, settles)):
            for name in names:
                for action in need & leads.get(name, frozenset()):
                    behind[action].add(name)
    notes = []
    for action, devices in needed.items():
        rules = tuple(rule.id for rule in gates if rule.id in behind[action])
        notes.append(ActionNote(action, _what(plan, action, rules), alone[action], devices, rules))
    return tuple(sorted(notes, key=lambda note: (-note.alone, -note.needed_on, note.action)))


def _what(plan: Plan, action: str, rules: tuple[str, ...]) -> str:
    """Return an action in words: as the first rule that asks for it says it, or where the fact is to be had."""
    if not action.startswith(SETTLE):
        return next(rule.remediation for rule in plan.device_rules if rule.id in rules)
    fact = action.removeprefix(SETTLE)
    carried_by = plan.specs[fact].carried_by
    return f"export or attest {fact} ({carried_by})" if carried_by else f"attest {fact}"


def smallest(counts: Counts, wanted: int) -> ActionSet | None:
    """Return the smallest set of actions that makes at least so many more devices READY; None if none are wanted.

    Of sets of one size the one counts that leaves least to be found out, then the one that helps most devices, then
    the first in the alphabet. Where all actions together do not make enough, all are returned.
    """
    if wanted <= 0:
        return None
    needs: Counter[Need] = Counter()
    for verdict, devices in counts:
        if need := need_of(verdict):
            needs[need] += devices
    actions = sorted(frozenset().union(*needs))
    enough = needs.total() >= wanted
    exact = not enough or len(actions) <= MOST_EXACT
    chosen = frozenset(actions)
    if enough:
        chosen = _exact(needs, actions, wanted) if exact else _greedy(needs, wanted)
    settles = any(action.startswith(SETTLE) for action in chosen)
    return ActionSet(tuple(sorted(chosen)), _helped(needs, chosen), exact, enough, settles)


def _helped(needs: Mapping[Need, int], chosen: Need) -> int:
    """Return how many devices need nothing else."""
    return sum(devices for need, devices in needs.items() if need <= chosen)


def _exact(needs: Mapping[Need, int], actions: list[str], wanted: int) -> Need:
    """Return the best of all sets; a set is a number with a bit for each action, the first in the alphabet highest."""
    bit = {action: 1 << place for place, action in enumerate(reversed(actions))}
    ready = np.zeros(1 << len(actions), dtype=np.int64)
    for need, devices in needs.items():
        ready[sum(bit[action] for action in need)] += devices
    for place in range(len(actions)):  # adds to every set what its subsets without this bit help
        halves = ready.reshape(-1, 2, 1 << place)
        halves[:, 1] += halves[:, 0]
    settling = sum(bit[action] for action in actions if action.startswith(SETTLE))
    sets = np.flatnonzero(ready >= wanted)
    sets = sets[_least(np.bitwise_count(sets))]
    sets = sets[_least(np.bitwise_count(sets & settling))]
    sets = sets[_least(-ready[sets])]
    best = int(sets.max())  # of sets of one size the greatest number names the first in the alphabet
    return frozenset(action for action in actions if best & bit[action])


def _least(keys: npt.NDArray[Any]) -> npt.NDArray[np.intp]:
    return np.flatnonzero(keys == keys.min())


def _greedy(needs: Mapping[Need, int], wanted: int) -> Need:
    """Return a set that is enough: need by need, that with most devices for each action it adds; then less if it can.

    Needs are looked at as far as they are still open, so that devices with the same rest count together.
    """
    chosen: Need = frozenset()
    rests = Counter(needs)
    while rests[frozenset()] < wanted:
        still_open = (rest for rest in rests if rest)
        best = min(still_open, key=lambda rest: (-Fraction(rests[rest], len(rest)), _settling(rest), sorted(rest)))
        chosen = chosen | best
        rests = _without(rests, best)
    for action in sorted(chosen, key=lambda name: (not name.startswith(SETTLE), name)):
        if _helped(needs, chosen - {action}) >= wanted:
            chosen = chosen - {action}
    return chosen


def _without(rests: Mapping[Need, int], done: Need) -> Counter[Need]:
    left: Counter[Need] = Counter()
    for rest, devices in rests.items():
        left[rest - done] += devices
    return left


def _settling(need: Need) -> int:
    return sum(action.startswith(SETTLE) for action in need)
