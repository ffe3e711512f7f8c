"""What unlocks most: rankings, and the smallest set of actions against all sets there are."""

from collections.abc import Sequence
from itertools import chain, combinations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.decide.unlock import MOST_EXACT, SETTLE, need_of, rank, smallest
from checker.decide.verdict import Verdict
from checker.model.notes import ActionNote, ActionSet
from tests.decide.made import made_plan, made_verdict

PLAN = made_plan()

READY = made_verdict()
AGENT = made_verdict("NOT_READY", ["agent", "disk"], needs=(["update-agent"], []))
UPDATE = made_verdict("NOT_READY", ["update"], needs=(["update-agent"], []))
BOTH = made_verdict("NOT_READY", ["agent", "network"], needs=(["update-agent", "open-network"], []))
NETWORK = made_verdict("UNDETERMINED", [], ["network"], needs=([], ["url.tests"]))
MIXED = made_verdict("NOT_READY", ["agent"], ["network", "disk"], needs=(["update-agent"], ["url.tests"]))
NO_WAY = (
    made_verdict("NOT_READY", ["agent"]),  # on a route that no action makes READY
    made_verdict("NOT_READY", ["agent"], ["network"], needs=([], ["url.tests"])),  # a FAIL, and no route
    made_verdict("MIGRATED", needs=(["update-agent"], [])),
    made_verdict("OUT_OF_SCOPE", needs=(["update-agent"], [])),
    made_verdict("READY", needs=(["update-agent"], [])),
    made_verdict("UNDETERMINED"),  # by rules that were left out: nothing is there to do
)


def needing(*names: str) -> Verdict:
    """Return a device that needs these; those that begin with ? are facts."""
    actions = [name for name in names if not name.startswith("?")]
    facts = [name[1:] for name in names if name.startswith("?")]
    return made_verdict("NOT_READY" if actions else "UNDETERMINED", needs=(actions, facts))


# --- ranking


def test_actions_are_ranked_by_what_they_do_alone_then_by_who_needs_them() -> None:
    counts = [(READY, 50), (AGENT, 3), (UPDATE, 2), (BOTH, 9), (NETWORK, 5), (MIXED, 1)]

    assert rank(PLAN, counts) == (
        ActionNote("update-agent", "Mend agent.", 5, 15, ("agent", "update")),
        ActionNote(f"{SETTLE}url.tests", "export or attest url.tests (the client analyzer)", 5, 6, ("network",)),
        ActionNote("open-network", "Mend network.", 0, 9, ("network",)),
    )


def test_the_rules_behind_an_action_are_those_that_fail() -> None:
    (note,) = rank(PLAN, [(UPDATE, 1)])

    assert (note.what, note.rules) == ("Mend update.", ("update",))


def test_a_fact_that_no_export_carries_can_be_attested_only() -> None:
    (note,) = rank(PLAN, [(needing("?tenant.licences"), 1)])

    assert (note.what, note.rules) == ("attest tenant.licences", ())


@pytest.mark.parametrize("verdict", [READY, *NO_WAY])
def test_devices_that_nothing_here_makes_ready_are_not_counted(verdict: Verdict) -> None:
    assert need_of(verdict) == frozenset()
    assert rank(PLAN, [(verdict, 7)]) == ()
    assert smallest([(verdict, 7), (AGENT, 1)], 8) == ActionSet(("update-agent",), 1, True, False, False)


@given(st.randoms())
def test_the_order_of_verdicts_does_not_matter(random: Random) -> None:
    counts = [(READY, 50), (AGENT, 3), (UPDATE, 2), (BOTH, 9), (NETWORK, 5), (MIXED, 1)]
    shuffled = random.sample(counts, len(counts))

    assert rank(PLAN, shuffled) == rank(PLAN, counts)
    assert smallest(shuffled, 12) == smallest(counts, 12)


# --- the smallest set


@pytest.mark.parametrize("wanted", [0, -3])
def test_where_nothing_is_wanted_there_is_no_set(wanted: int) -> None:
    assert smallest([(AGENT, 3)], wanted) is None


def test_two_actions_that_only_help_together_are_found() -> None:
    counts = [(needing("a"), 4), (needing("b", "c"), 9), (needing("d"), 4)]

    assert smallest(counts, 9) == ActionSet(("b", "c"), 9, True, True, False)
    assert smallest(counts, 8) == ActionSet(("b", "c"), 9, True, True, False)
    assert smallest(counts, 4) == ActionSet(("a",), 4, True, True, False)


def test_what_is_known_goes_before_what_has_to_be_found_out() -> None:
    """Whatever is found out may turn out badly, so it waits even where it would help more devices."""
    counts = [(needing("?x"), 90), (needing("a"), 4), (needing("b"), 5)]

    assert smallest(counts, 4) == ActionSet(("b",), 5, True, True, False)
    assert smallest(counts, 6) == ActionSet((f"{SETTLE}x",), 90, True, True, True)


def test_where_all_is_not_enough_all_is_named() -> None:
    counts = [(needing("b", "?x"), 2), (needing("a"), 4)]

    assert smallest(counts, 7) == ActionSet(("a", "b", f"{SETTLE}x"), 6, True, False, True)
    assert smallest([], 7) == ActionSet((), 0, True, False, False)


def test_up_to_twenty_actions_the_answer_is_exact() -> None:
    """Three pairs that share their actions: greed sees less in each than in a single action, together they are more."""
    pairs = [(needing(*pair), 18) for pair in combinations("abc", 2)]
    singles = [(needing(f"s{number:02}"), 10) for number in range(MOST_EXACT - 3)]

    assert smallest([*pairs, *singles], 54) == ActionSet(("a", "b", "c"), 54, True, True, False)
    assert MOST_EXACT == 20
    beyond = smallest([*pairs, *singles, (needing("t"), 1)], 54)
    assert beyond == ActionSet(("s00", "s01", "s02", "s03", "s04", "s05"), 60, False, True, False)


def test_greed_gives_back_what_it_turns_out_not_to_need() -> None:
    """The first step takes a, which helps four devices; the second b and c, which are enough without it."""
    others = [(needing(f"z{number:02}"), 1) for number in range(MOST_EXACT)]
    counts = [(needing("a"), 4), (needing("b", "c"), 6), *others]

    assert smallest(counts, 6) == ActionSet(("b", "c"), 6, False, True, False)


# --- against all sets

FEW = ("a", "b", "c", "d", "?e", "?f", "?g", "h")
MANY = tuple(f"{'?' if number % 3 == 0 else ''}n{number:02}" for number in range(60))


def fleets(names: Sequence[str], least: int = 0) -> st.SearchStrategy[list[tuple[Verdict, int]]]:
    needs = st.lists(st.sampled_from(names), min_size=0, max_size=4, unique=True)
    groups = st.tuples(needs.map(lambda need: needing(*need)), st.integers(1, 9))
    return st.lists(groups, min_size=least, max_size=max(least, 10))


def by_trying_all(counts: list[tuple[Verdict, int]], wanted: int) -> ActionSet:
    """Return the best of all subsets, in the words of the contract."""
    needs = [(need_of(verdict), devices) for verdict, devices in counts if need_of(verdict)]
    actions = sorted(frozenset(chain.from_iterable(need for need, _ in needs)))
    found = []
    for size in range(len(actions) + 1):
        for names in combinations(actions, size):
            devices = sum(devices for need, devices in needs if need <= set(names))
            settling = sum(name.startswith(SETTLE) for name in names)
            if devices >= wanted:
                found.append((size, settling, -devices, names))
    if not found:
        settles = any(name.startswith(SETTLE) for name in actions)
        return ActionSet(tuple(actions), sum(devices for _, devices in needs), True, False, settles)
    _, settling, fewer, names = min(found)
    return ActionSet(names, -fewer, True, True, settling > 0)


@given(fleets(FEW), st.integers(1, 40))
def test_no_smaller_set_is_enough_and_none_of_that_size_is_better(
    counts: list[tuple[Verdict, int]], wanted: int
) -> None:
    assert smallest(counts, wanted) == by_trying_all(counts, wanted)


@given(fleets(MANY, least=25), st.integers(1, 200))
def test_beyond_twenty_actions_enough_is_found_where_there_is_enough(
    counts: list[tuple[Verdict, int]], wanted: int
) -> None:
    needs = [(need_of(verdict), devices) for verdict, devices in counts if need_of(verdict)]
    every = frozenset(chain.from_iterable(need for need, _ in needs))

    found = smallest(counts, wanted)

    assert found is not None
    assert found.enough == (sum(devices for _, devices in needs) >= wanted)
    assert found.enough == (found.devices >= wanted)
    assert found.devices == sum(devices for need, devices in needs if need <= set(found.actions))
    assert set(found.actions) <= every
    assert found.exact == (len(every) <= MOST_EXACT or not found.enough)
    if found.enough:
        less = [frozenset(found.actions) - {action} for action in found.actions]
        assert all(sum(devices for need, devices in needs if need <= few) < wanted for few in less)
