"""Arguments that cannot mean anything are refused when a rule is read, with what to write instead."""

# ruff: noqa: S104 - 0.0.0.0 is a version

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.facts.catalogue import catalogue
from checker.operators import OPERATORS, ArgumentProblem

LEAVES = st.one_of(
    st.none(), st.text(max_size=6), st.sampled_from(["1.2", "2026-11-23", "true", "a.b", "443", "\ud800"])
)
RAW = st.recursive(
    LEAVES,
    lambda raw: st.one_of(
        st.lists(raw, max_size=3),
        st.dictionaries(st.sampled_from(["hosts", "port", "key", "table", "column", "at_least", "matching", "x"]), raw),
    ),
    max_leaves=6,
)


def problem(fact: str, operator: str, raw: object) -> tuple[str, str]:
    with pytest.raises(ArgumentProblem) as caught:
        OPERATORS[operator].argument(raw, catalogue()[fact])
    return caught.value.what, caught.value.hint


@pytest.mark.parametrize(
    ("fact", "operator", "raw", "what", "hint"),
    [
        ("agent.version", "at_least", "101.24022.*", "'101.24022.*' is no version", "without *"),
        ("agent.version", "at_least", "", "empty", "exists"),
        ("agent.version", "at_least", None, "empty", "exists"),
        ("agent.version", "at_least", "0.0.0.0", "'0.0.0.0' is no version", ""),
        ("agent.version", "at_least", ["1.2"], "needs one value, not a list", ""),
        ("agent.version", "at_least", {"fast": "os.build"}, "needs one value, not a mapping", ""),
        ("agent.built", "at_least", "101.23052.1", "is no date", "2026-11-23"),
        ("device.booted_at", "before", "23/11/2026", "is no time", "2026-11-23"),
        ("os.build", "equals", "19,045", "is no number", "thousands"),
        ("device.excluded", "equals", "maybe", "is no flag", "true or false"),
        ("device.host_id", "equals", "-", "stands for no value", "exists"),
        ("os.family", "equals", "widnows", "'widnows' is no value of os.family", "did you mean 'windows'?"),
        ("os.family", "one_of", ["widnows", "macos", "linx"], "'widnows' is no value of os.family; 'linx'", "'linux'?"),
        ("os.family", "one_of", "windows", "needs a list, not 'windows'", "[a, b]"),
        ("os.family", "one_of", None, "needs a list, not nothing", "[a, b]"),
        ("os.family", "none_of", [], "the list is empty", ""),
        ("os.build", "between", ["2", "1"], "'2' is more than '1'", "least value first"),
        ("os.build", "between", ["1"], "needs two values, not 1", "[least, greatest]"),
        ("os.build", "between", ["1", "x"], "'x' is no number", ""),
        ("os.build", "between", "1", "needs a list", "[least, greatest]"),
        ("device.name", "starts_with", " ", "needs one value", ""),
        ("device.name", "matches", "(?=a)", "look-ahead", ""),
        ("device.name", "matches", r"(a)\1", "backreferences are not supported", ""),
        ("device.name", "matches", "(", "unclosed group", ""),
        ("device.name", "matches", "a{99999999}", "size limit", ""),
        (
            "device.name",
            "host_matches",
            "https://contoso.example/a",
            "is no host pattern",
            "only the host: contoso.example",
        ),
        ("device.name", "host_matches", "contoso.example:443", "is no host pattern", "only the host: contoso.example"),
        ("device.name", "host_matches", "a..example", "is no host pattern", ""),
        ("device.name", "host_matches", "*", "would fit any host", "*.contoso.example"),
        ("device.name", "host_matches", ["*.*", "a b"], "would fit any host; 'a b' is no host", ""),
        ("device.tags", "contains", [], "needs one value", ""),
        ("device.tags", "contains_any", "pilot", "needs a list", ""),
        ("device.tags", "contains_all", [""], "empty", ""),
        ("device.tags", "count", "3", "needs a mapping", "at_least"),
        ("device.tags", "count", {"matching": "a"}, "lacks at_least or at_most", ""),
        ("device.tags", "count", {"at_lest": "1"}, "no key 'at_lest'", "did you mean 'at_least'?"),
        ("device.tags", "count", {"at_least": "-1"}, "no whole number", ""),
        ("device.tags", "count", {"at_least": "3", "at_most": "2"}, "at_least 3 is more than at_most 2", ""),
        ("device.tags", "count", {"at_least": "1", "matching": "("}, "unclosed group", ""),
        ("device.last_seen", "within_days", "1.5", "no whole number from 0", ""),
        ("device.last_seen", "within_days", "99999", "to 36500", ""),
        ("device.last_seen", "within_days", "²", "no whole number", ""),
        ("url.tests", "reaches", [], "the list is empty", ""),
        ("url.tests", "reaches", {"host": "a.example"}, "no key 'host'", "did you mean 'hosts'?"),
        ("url.tests", "reaches", {"port": "443"}, "lacks 'hosts'", ""),
        ("url.tests", "reaches", {"hosts": "a.example", "port": "0"}, "from 1 to 65535", ""),
        ("os.ubr", "at_least_by", "$wu", "needs a mapping", "key"),
        ("os.ubr", "at_least_by", {"key": "os.build", "table": "$wu"}, "lacks 'column'", ""),
        ("os.ubr", "at_least_by", {"key": "os.build", "table": "wu", "column": "ubr"}, "no table parameter", "$wu"),
        ("os.ubr", "at_least_by", {"key": [], "table": "$wu", "column": "ubr"}, "the list is empty", ""),
        ("device.group", "exists", "maybe", "neither true nor false", ""),
    ],
)
def test_the_problem_says_what_and_how(fact: str, operator: str, raw: object, what: str, hint: str) -> None:
    said, advised = problem(fact, operator, raw)

    assert what in said
    assert hint in advised


@given(st.sampled_from(sorted(OPERATORS)), RAW)
def test_any_yaml_is_read_or_refused_and_what_is_read_can_be_a_key(operator: str, raw: object) -> None:
    spec = next(spec for spec in catalogue().values() if spec.type in OPERATORS[operator].types)

    with suppress(ArgumentProblem):
        hash(OPERATORS[operator].argument(raw, spec))
