"""Tests on the distinct values of a fact: those of many ordered values are searched for, and come out as one by one."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.engine import pool
from checker.engine.cells import truth_of
from checker.engine.groups import group
from checker.engine.pool import Pool
from checker.errors import Place
from checker.facts.catalogue import catalogue
from checker.facts.values import read_value
from checker.model.condition import Test as Asked
from checker.operators import OPERATORS

part = st.integers(0, 12).map(str)
TEXTS: dict[str, st.SearchStrategy[str]] = {
    "av.engine": st.lists(part, min_size=1, max_size=4).map(".".join) | st.sampled_from(["", "0.0", "n/a", "x"]),
    "os.ubr": st.integers(-3, 40).map(str) | st.sampled_from(["", "2.5", "many"]),
    "agent.expires": st.dates().map(str) | st.sampled_from(["", "2026-13-40"]),
}
STEPS = [
    (name, fact)
    for name, operator in OPERATORS.items()
    for fact in TEXTS
    if operator.steps and catalogue()[fact].type in operator.types
]


@pytest.mark.parametrize(("operator", "fact"), STEPS)
@given(data=st.data())
def test_where_the_truth_of_ordered_values_changes_is_found(operator: str, fact: str, data: st.DataObject) -> None:
    spec = catalogue()[fact]
    texts = data.draw(st.lists(TEXTS[fact], max_size=30, unique=True))
    argument = read_value(data.draw(TEXTS[fact].filter(lambda text: is_value(text, fact))), spec)
    asked = Asked(fact, operator, argument, Place("made", 1, 1))
    found = Pool(spec, texts)
    if len(texts) > 2:
        found.conflict((pool.REASONS, pool.REASONS + 1))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pool, "MANY", 1)
        many = found.truths(asked)
    assert many.tolist() == [truth_of(asked, (cell,)) for cell in found.cells]


def is_value(text: str, fact: str) -> bool:
    return pool._reason(read_value(text, catalogue()[fact])) < 0


def test_some_operators_step() -> None:
    assert {name for name, _ in STEPS} >= {"at_least", "at_most", "more_than", "less_than", "before", "after"}


@given(st.lists(st.lists(st.integers(0, 3), min_size=5, max_size=5), max_size=4), st.integers(1, 10**18))
def test_places_are_one_group_if_they_agree_in_all_columns(columns: list[list[int]], most: int) -> None:
    codes = [np.array(column, dtype=np.int64) for column in columns]
    groups = group([(column, max(most, 4)) for column in codes], 5)
    told: dict[tuple[Any, ...], set[int]] = {}
    for place in range(5):
        told.setdefault(tuple(int(column[place]) for column in codes), set()).add(int(groups.place[place]))
    assert all(len(numbers) == 1 for numbers in told.values())
    assert len(set().union(*told.values())) == len(told) == len(groups)
    assert [int(groups.place[first]) for first in groups.first] == list(range(len(groups)))
    assert all(int(groups.first[number]) <= place for place, number in enumerate(groups.place))
