"""Several observations of one fact become one text that says no more than they do."""

import json
from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.facts.catalogue import catalogue
from checker.facts.values import merge_texts, read_value
from checker.model.fact import Attempt, SetValue
from checker.model.outcome import Missing

UNREADABLE = Missing.UNREADABLE
HOST = "edr-eus.us.endpoint.security.microsoft.com"
MEMBERS = st.lists(st.text(max_size=4), max_size=4)
SET_TEXTS = st.one_of(
    MEMBERS.map(json.dumps),
    MEMBERS.map(lambda members: json.dumps({"open": members})),
    st.sampled_from(["", "-", "[1", "System.String[]", "kb1"]),
)
ATTEMPT = st.fixed_dictionaries(
    {"host": st.sampled_from(["a.example", "B.example."]), "method": st.sampled_from(["mdatp", "tnc"])},
    optional={"via": st.sampled_from(["direct", "wpad"]), "status": st.sampled_from([200, 407]), "port": st.just("80")},
)
ATTEMPT_TEXTS = st.one_of(st.lists(ATTEMPT, max_size=4).map(json.dumps), st.sampled_from(["", "[1", "[[]]"]))


@given(st.sampled_from(["updates.kbs", "device.tags"]), st.lists(SET_TEXTS, max_size=4), st.randoms())
def test_a_union_of_sets_minds_no_order(fact: str, texts: list[str], random: object) -> None:
    spec = catalogue()[fact]
    shuffled = list(texts)
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    assert merge_texts(shuffled, spec) == merge_texts(texts, spec)


@given(st.sampled_from(["updates.kbs", "device.tags"]), st.lists(SET_TEXTS, max_size=4))
def test_a_union_loses_no_member_and_claims_no_completeness(fact: str, texts: list[str]) -> None:
    spec = catalogue()[fact]
    merged = read_value(merge_texts(texts, spec), spec)
    values = [read_value(text, spec) for text in texts]

    sets = [value for value in values if isinstance(value, SetValue)]
    if isinstance(merged, SetValue):
        assert merged.members == frozenset().union(*(value.members for value in sets))
        assert not merged.closed or UNREADABLE not in values
    else:
        assert not any(value.members for value in sets)


@given(st.lists(SET_TEXTS, min_size=1, max_size=4), st.lists(ATTEMPT_TEXTS, min_size=1, max_size=4))
def test_merging_twice_is_merging_once(sets: list[str], tries: list[str]) -> None:
    for fact, texts in (("updates.kbs", sets), ("device.tags", sets), ("url.tests", tries)):
        once = merge_texts(texts, catalogue()[fact])
        assert merge_texts([once], catalogue()[fact]) == once
        assert merge_texts([once, once], catalogue()[fact]) == once


@given(
    st.one_of(SET_TEXTS.map(lambda text: ("updates.kbs", text)), ATTEMPT_TEXTS.map(lambda text: ("url.tests", text)))
)
def test_merging_one_text_keeps_its_value(case: tuple[str, str]) -> None:
    fact, text = case
    spec = catalogue()[fact]

    assert read_value(merge_texts([text], spec), spec) == read_value(text, spec)


@pytest.mark.parametrize(
    ("texts", "merged"),
    [
        (['["b"]', '["A"]'], '["a", "b"]'),
        (['["b"]', '{"open": ["a"]}'], '["a", "b"]'),
        (['{"open": ["b"]}', '{"open": ["a"]}'], '{"open": ["a", "b"]}'),
        (['["b"]', "System.Object[]"], '{"open": ["b"]}'),
        (["[1", "System.Object[]"], "System.Object[]"),
        (["", "-"], ""),
        (["", "[1"], "[1"),
        ([], ""),
    ],
)
def test_unions(texts: list[str], merged: str) -> None:
    assert merge_texts(texts, catalogue()["updates.kbs"]) == merged


def test_a_blank_that_is_a_statement_completes_a_union() -> None:
    assert merge_texts(["", '{"open": ["a"]}'], catalogue()["device.tags"]) == '["a"]'


def test_newer_attempts_replace_older_ones_and_join_others() -> None:
    spec = catalogue()["url.tests"]
    old = [{"host": HOST, "method": "mdatp", "result": "blocked"}, {"host": HOST, "method": "tnc", "result": "blocked"}]
    new = [{"host": HOST, "method": "mdatp", "result": "reachable"}]

    merged = json.loads(merge_texts([json.dumps(old), "", json.dumps(new)], spec))

    assert [(entry["method"], entry["result"]) for entry in merged] == [("mdatp", "reachable"), ("tnc", "blocked")]
    assert merged[0] == asdict(Attempt(HOST, 443, "", "mdatp", "", "reachable", 0, ""))


def test_attempts_that_cannot_be_read_settle_nothing_for_the_others() -> None:
    spec = catalogue()["url.tests"]
    good = json.dumps([{"host": HOST, "method": "mdatp", "result": "reachable"}])

    assert read_value(merge_texts([good, "[{}]"], spec), spec) is UNREADABLE
