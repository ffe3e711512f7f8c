"""What is supposed says of which devices, and never two values of one fact of the same device."""

from datetime import date

import pytest

from checker.errors import Problem, UsageError
from checker.packs.suppositions import read_suppositions

AS_OF = date(2026, 11, 23)
APART = [
    ("{os.build: 19045}", "{os.build: 22631}"),
    ("{os.build: [19045, 19044]}", "{os.build: {at_least: 20000}}"),
    ("{os.build: {less_than: 20000}}", "{os.build: {at_least: 20000}}"),
    ("{os.build: {more_than: 20000}}", "{os.build: {at_most: 20000}}"),
    ("{device.group: Oslo}", "{not: {device.group: Oslo}}"),
    ("{device.group: Oslo}", "{device.group: {not_equals: OSLO}}"),
    ("{device.group: Oslo, os.build: 19045}", "{device.group: Bergen}"),
    ("{agent.version: 10.8}", "{agent.version: {at_least: 10.9}}"),
]
TOGETHER = [
    ("{os.build: 19045}", "{os.build: 19045}"),
    ("{os.build: 19045}", "{device.group: Bergen}"),
    ("{os.build: [19045, 20001]}", "{os.build: {at_least: 20000}}"),
    ("{os.build: {at_most: 20000}}", "{os.build: {at_least: 20000}}"),
    ("{os.build: {at_least: 10000}}", "{os.build: {at_least: 20000}}"),
    ("{device.tags: {contains: a}}", "{device.tags: {contains: b}}"),
    ("{device.group: Oslo}", "{device.group: {matches: '^OSLO$'}}"),
    ("{any: [{os.build: 19045}, {device.group: Oslo}]}", "{os.build: 22631}"),
    ("{device.name: {equals: {fact: device.group}}}", "{device.name: b}"),
]


def problems_of(*given: str) -> list[Problem]:
    with pytest.raises(UsageError) as raised:
        read_suppositions(given, AS_OF)
    return list(raised.value.problems)


@pytest.mark.parametrize(("one", "other"), APART)
def test_two_values_of_different_devices(one: str, other: str) -> None:
    for first, second in ((one, other), (other, one)):
        given = (f"os.ubr=1 where {first}", f"os.ubr=2 where {second}")
        assert [word.value for word in read_suppositions(given, AS_OF)] == ["1", "2"]


@pytest.mark.parametrize(("one", "other"), TOGETHER)
def test_two_values_where_a_device_can_be_meant_by_both(one: str, other: str) -> None:
    for first, second in ((one, other), (other, one)):
        (problem,) = problems_of(f"os.ubr=1 where {first}", f"os.ubr=2 where {second}")
        assert problem.where == f"--assume os.ubr=2 where {second}"
        assert problem.what == "'os.ubr' is supposed twice, and a device can be meant by both"
        assert f"the first is --assume 'os.ubr=1 where {first}'" in problem.hint


def test_two_values_of_all_devices() -> None:
    assert len(problems_of("os.ubr=1", "os.ubr=2")) == 1
    assert len(problems_of("os.ubr=1", "os.ubr=2 where {os.build: 19045}")) == 1


def test_the_same_value_twice_and_two_facts_are_no_matter() -> None:
    assert len(read_suppositions(("os.ubr=1", "os.ubr=1.0", "os.build=19045"), AS_OF)) == 3


@pytest.mark.parametrize(
    ("given", "what"),
    [
        ("os.ubr=1 where ", "the condition after 'where' is empty: is a variable not set?"),
        ("os.ubr=1 where", "the condition after 'where' is empty: is a variable not set?"),
        ("device.group=Oslo where", "the condition after 'where' is empty: is a variable not set?"),
        ("os.ubr=1 where {}", "after 'where' stands a condition"),
        ("os.ubr=", "the value is empty: is a variable not set?"),
        ("os.ubr= where {os.build: 19045}", "the value is empty: is a variable not set?"),
        ("device.vdi=", "the value is empty: is a variable not set?"),
        ("", "must be FACT=VALUE"),
        (
            "tenant.licences=plan2 where {os.build: 19045}",
            "'tenant.licences' is about the tenant: it is the same for every device",
        ),
        ("os.ubr=1 where " + "- " * 30_000, "is nested more than 60 deep"),
        ("os.ubr=1 where [a", "is not YAML: did not find expected ',' or ']'"),
    ],
)
def test_what_says_nothing_is_refused(given: str, what: str) -> None:
    assert [problem.what for problem in problems_of(given)] == [what]
