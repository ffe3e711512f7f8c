"""Laws that hold between operators, for any values."""

import json
from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from checker.facts.catalogue import catalogue
from checker.facts.values import read_value
from checker.model.fact import KnownNone, SetValue
from checker.model.outcome import Missing
from checker.model.truth import Truth
from checker.operators import OPERATORS
from checker.operators.compare import (
    at_least,
    at_most,
    between,
    equals,
    less_than,
    more_than,
    none_of,
    not_equals,
    one_of,
)
from checker.operators.dates import after, before, within_days
from checker.operators.hosts import fits, host_of, host_pattern
from checker.operators.reach import reaches
from checker.operators.sets import Count, contains, contains_all, contains_any, count

VERSIONS = st.lists(st.integers(0, 3), min_size=1, max_size=4).map(lambda parts: ".".join(str(part) for part in parts))
NUMBERS = st.one_of(st.integers(-3, 3).map(str), st.sampled_from(["1.5", "2.0", "-0.5"]))
DAYS = st.dates(date(2026, 1, 1), date(2026, 1, 4)).map(date.isoformat)
TIMES = st.datetimes(datetime.fromisoformat("2026-01-01"), datetime.fromisoformat("2026-01-03")).map(
    lambda time: time.isoformat() + "Z"
)
ORDERED = st.one_of(
    st.tuples(st.just("av.engine"), VERSIONS, VERSIONS),
    st.tuples(st.just("agent.version"), VERSIONS, VERSIONS),
    st.tuples(st.just("os.build"), NUMBERS, NUMBERS),
    st.tuples(st.just("device.last_seen"), st.one_of(DAYS, TIMES), DAYS),
    st.tuples(st.just("device.booted_at"), st.one_of(DAYS, TIMES), st.one_of(DAYS, TIMES)),
)
SCALARS = st.one_of(
    ORDERED,
    st.tuples(st.just("device.group"), st.text(), st.text()),
    st.tuples(st.just("os.role"), st.sampled_from(["client", "Server"]), st.sampled_from(["client", "server"])),
    st.tuples(st.just("device.excluded"), st.sampled_from(["1", "no"]), st.sampled_from(["true", "false"])),
)
SETS = st.builds(SetValue, st.frozensets(st.sampled_from("abcd")), st.booleans())
LABEL = st.text("ab", min_size=1, max_size=3)
HOST = st.lists(LABEL, min_size=1, max_size=4).map(".".join)
STATUS = st.sampled_from([0, 200, 403, 404, 407])
ATTEMPT = st.fixed_dictionaries(
    {
        "host": st.sampled_from(["a.contoso.example", "b.contoso.example"]),
        "method": st.sampled_from(["analyzer", "mdatp", "tnc", "curl", "policy", "own"]),
        "via": st.sampled_from(["direct", "wpad", ""]),
        "result": st.sampled_from(["reachable", "blocked", "not_tested", ""]),
        "status": STATUS,
    }
)


def value_and_argument(case: tuple[str, str, str], operator: str = "equals") -> tuple[Any, Any]:
    fact, text, raw = case
    spec = catalogue()[fact]
    value, other = read_value(text, spec), read_value(raw, spec)
    assume(not isinstance(value, Missing) and not isinstance(other, Missing | KnownNone))
    return value, OPERATORS[operator].argument(raw, spec)


@given(SCALARS)
def test_not_equals_and_none_of_mirror_equals_and_one_of(case: tuple[str, str, str]) -> None:
    value, argument = value_and_argument(case)

    assert not_equals(value, argument) is equals(value, argument).negated()
    assert none_of(value, frozenset({argument})) is one_of(value, frozenset({argument})).negated()
    assert one_of(value, frozenset({argument})) is equals(value, argument)


@given(ORDERED)
def test_exactly_one_of_less_equal_and_more_holds(case: tuple[str, str, str]) -> None:
    value, argument = value_and_argument(case)
    truths = [test(value, argument) for test in (less_than, equals, more_than)]

    assert sorted(truths) == [Truth.FALSE, Truth.FALSE, Truth.TRUE]
    assert at_least(value, argument) is less_than(value, argument).negated()
    assert at_most(value, argument) is more_than(value, argument).negated()


@given(ORDERED)
def test_before_and_after_are_less_and_more(case: tuple[str, str, str]) -> None:
    value, argument = value_and_argument(case)

    assert before(value, argument) is less_than(value, argument)
    assert after(value, argument) is more_than(value, argument)


@given(ORDERED, st.data())
def test_between_is_at_least_the_first_and_at_most_the_last(case: tuple[str, str, str], data: st.DataObject) -> None:
    value, low = value_and_argument(case)
    _, high = value_and_argument((case[0], case[1], data.draw(st.sampled_from([case[2], case[1]]))))

    assert between(value, (low, high)) is min(at_least(value, low), at_most(value, high))


@given(VERSIONS, VERSIONS, st.integers(0, 3))
def test_trailing_zeros_of_an_argument_never_matter(text: str, raw: str, zeros: int) -> None:
    value, argument = value_and_argument(("av.engine", text, raw))
    _, longer = value_and_argument(("av.engine", text, raw + ".0" * zeros))

    for name in ("equals", "at_least", "at_most", "more_than", "less_than"):
        assert OPERATORS[name].test(value, argument) is OPERATORS[name].test(value, longer)


@given(st.dates(date(2026, 1, 1), date(2026, 3, 1)), st.integers(0, 40))
def test_within_days_is_between_two_days(day: date, days: int) -> None:
    as_of = date(2026, 2, 1)

    assert within_days(day, (days, as_of)) is between(day, (as_of - timedelta(days=days), as_of))


@given(SETS, st.frozensets(st.sampled_from("abcd"), min_size=1))
def test_contains_all_and_any_are_the_least_and_the_greatest(value: SetValue, wanted: frozenset[str]) -> None:
    assert contains_all(value, wanted) == min(contains(value, member) for member in wanted)
    assert contains_any(value, wanted) == max(contains(value, member) for member in wanted)


@given(SETS, st.frozensets(st.sampled_from("abcd")), st.integers(0, 4), st.integers(0, 4))
def test_more_members_never_flip_what_an_open_list_decided(
    value: SetValue, more: frozenset[str], low: int, high: int
) -> None:
    part, whole = SetValue(value.members, closed=False), SetValue(value.members | more, closed=True)

    for argument in (Count(None, low, None), Count(None, None, high), Count("a|b", low, high)):
        assert count(part, argument) in (Truth.UNKNOWN, count(whole, argument))
    for member in "abcd":
        assert contains(part, member) in (Truth.UNKNOWN, contains(whole, member))


@given(st.frozensets(st.sampled_from("abcd")))
def test_known_none_is_the_empty_complete_list(wanted: frozenset[str]) -> None:
    none, empty = KnownNone(), SetValue(frozenset())

    assert contains_any(none, wanted) is contains_any(empty, wanted)
    assert contains_all(none, wanted) is contains_all(empty, wanted)
    assert count(none, Count(None, 1, None)) is count(empty, Count(None, 1, None))
    assert all(OPERATORS["exists"].test(none, flag) is OPERATORS["exists"].test(empty, flag) for flag in (True, False))


@given(SCALARS)
def test_known_none_meets_no_test_but_the_negative_ones(case: tuple[str, str, str]) -> None:
    _, argument = value_and_argument(case)
    none = KnownNone()

    assert equals(none, argument) is one_of(none, frozenset({argument})) is Truth.FALSE
    assert equals(argument, none) is Truth.FALSE
    assert {test(none, argument) for test in (at_least, at_most, more_than, less_than, before, after)} == {Truth.FALSE}
    assert {test(argument, none) for test in (at_least, at_most, more_than, less_than)} == {Truth.FALSE}
    assert between(none, (argument, argument)) is within_days(none, (1, date(2026, 1, 1))) is Truth.FALSE


@given(HOST, st.lists(LABEL, max_size=2))
def test_a_host_fits_itself_and_its_subdomains_fit_the_star(host: str, labels: list[str]) -> None:
    below = ".".join([*labels, host])

    assert fits(host_pattern(host), below) is (not labels)
    assert fits(host_pattern(f"*.{host}"), below) is bool(labels)
    assert not fits(host_pattern(f"*.{host}"), f"x{host}") or host.startswith("x")
    assert not fits(host_pattern(f"*.{host}"), f"{below}.evil.example")


@given(HOST)
def test_a_host_is_found_however_it_is_written(host: str) -> None:
    for text in (host, f"{host}.", f"{host}:443", f"https://{host.upper()}/a.b?c=d#e", f"http://user:pass@{host}:80"):
        assert host_of(text) == host


@given(st.text())
def test_any_text_has_a_host_or_none(text: str) -> None:
    assert isinstance(host_of(text), str)


@given(st.lists(ATTEMPT, min_size=1, max_size=5), st.sampled_from(["*.contoso.example", "a.contoso.example"]))
def test_reaches_takes_no_weak_evidence(entries: list[dict[str, Any]], pattern: str) -> None:
    spec = catalogue()["url.tests"]
    argument = OPERATORS["reaches"].argument(pattern, spec)
    weak = [entry for entry in entries if entry["method"] in ("tnc", "curl")]
    strong = [entry for entry in entries if entry not in weak]
    everything, without = (read_value(json.dumps(part), spec) for part in (entries, strong))

    with_weak = reaches(everything, argument)  # type: ignore[arg-type]
    assert with_weak is (Truth.UNKNOWN if isinstance(without, Missing) else reaches(without, argument))  # type: ignore[arg-type]


@given(st.lists(ATTEMPT, min_size=1, max_size=5))
def test_a_device_without_an_answer_reaches_nothing(entries: list[dict[str, Any]]) -> None:
    spec = catalogue()["url.tests"]
    silent = [{**entry, "status": 0, "result": "not_tested"} for entry in entries]

    truth = reaches(read_value(json.dumps(silent), spec), OPERATORS["reaches"].argument("*.contoso.example", spec))  # type: ignore[arg-type]
    assert truth is Truth.UNKNOWN
