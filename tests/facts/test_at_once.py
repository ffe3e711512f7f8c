"""Attempts of one moment: their order plays no part, and an answer beside none decides nothing."""

import json
from itertools import permutations

import pytest

from checker.facts.attempts import CONFLICTING
from checker.facts.catalogue import catalogue
from checker.facts.values import merge_at_once, merge_texts, read_value
from checker.model.fact import Attempt
from checker.model.truth import Truth
from checker.operators import OPERATORS

URLS = catalogue()["url.tests"]
HOST = "edr.us.endpoint.security.microsoft.com"


def attempt(result: str, status: str = "", host: str = HOST, **more: str) -> str:
    return json.dumps([{"host": host, "method": "mdatp", "result": result, "status": status, **more}])


REACHED, BLOCKED, OPENED = attempt("reachable", "200"), attempt("blocked"), attempt("tls_error")
ALSO_REACHED, REFUSED, UNTESTED = attempt("reachable", "404"), attempt("reachable", "407"), attempt("not_tested")
ALLOWED, DENIED = attempt("reachable", method="allow-list"), attempt("blocked", method="allow-list")
BUSY = attempt("reachable", "503")
WORSE_WAY = attempt("blocked", via="wpad")
OTHER = attempt("reachable", "200", "mdav.us.endpoint.security.microsoft.com")


@pytest.mark.parametrize(
    ("texts", "results"),
    [
        ([REACHED, BLOCKED], [CONFLICTING]),
        ([REACHED, OPENED], [CONFLICTING]),
        ([REACHED, REFUSED], [CONFLICTING]),
        ([BLOCKED, OPENED], ["tls_error"]),
        ([BLOCKED, BUSY], [CONFLICTING]),
        ([REACHED, ALSO_REACHED], ["reachable"]),
        ([BLOCKED, BLOCKED], ["blocked"]),
        ([UNTESTED, BLOCKED], ["blocked"]),
        ([UNTESTED], ["not_tested"]),
        ([ALLOWED, DENIED], ["blocked"]),
        ([REACHED, WORSE_WAY], ["reachable", "blocked"]),
        ([REACHED, BLOCKED, OTHER], [CONFLICTING, "reachable"]),
    ],
)
def test_what_they_say_together(texts: list[str], results: list[str]) -> None:
    merged = {merge_at_once(order, URLS) for order in permutations(texts)}

    assert len(merged) == 1
    value = read_value(merged.pop(), URLS)
    assert isinstance(value, tuple)
    assert [item.result for item in value if isinstance(item, Attempt)] == results


@pytest.mark.parametrize(
    ("texts", "truth"),
    [
        ([REACHED, BLOCKED], Truth.UNKNOWN),
        ([REACHED, ALSO_REACHED], Truth.TRUE),
        ([BLOCKED, OPENED], Truth.FALSE),
        ([BLOCKED, BUSY], Truth.UNKNOWN),
        ([REACHED, WORSE_WAY], Truth.TRUE),
        ([REACHED, BLOCKED, WORSE_WAY], Truth.UNKNOWN),
    ],
)
def test_whether_the_host_is_reached(texts: list[str], truth: Truth) -> None:
    value = read_value(merge_at_once(texts, URLS), URLS)

    assert OPERATORS["reaches"].test(value, OPERATORS["reaches"].argument(HOST, URLS)) is truth


@pytest.mark.parametrize("fact", ["site.tls_inspection", "site.proxy_auth"])
def test_another_host_that_is_reached_does_not_speak_for_a_conflicting_one(fact: str) -> None:
    conflicting = merge_at_once([REACHED, OPENED, OTHER], URLS)

    assert read_value(conflicting, catalogue()[fact]) == read_value("", catalogue()[fact])
    assert read_value(OTHER, catalogue()[fact]) is False


def test_what_cannot_be_read_makes_the_whole_unreadable_and_one_text_is_canonical() -> None:
    broken = [REACHED, "[{}]", "{"]

    assert {merge_at_once(order, URLS) for order in permutations(broken)} == {"[{}]"}
    assert merge_at_once([REACHED], URLS) == merge_texts([REACHED], URLS)
