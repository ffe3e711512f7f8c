"""Rules of proxies: what each line says, and what cannot be read as one."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.facts.catalogue import catalogue
from checker.facts.values import read_value
from checker.inventory.read import ReadOptions
from checker.inventory.rule_lines import UNREAD_RULE, read_rule
from checker.model.outcome import Missing
from tests.inventory.records import read_one, refusal, rows

PLAIN = "allow-list/patterns.txt"
AS_LIST = ReadOptions(read_as={PLAIN: "allow-list"})


def said(text: str) -> list[tuple[str, str, str]]:
    """Return host, port and result of each attempt, all of which are of the method of rules."""
    assert text != UNREAD_RULE
    found: list[dict[str, Any]] = json.loads(text)
    assert {attempt["method"] for attempt in found} == {"allow-list"}
    return [(attempt["host"], attempt["port"], attempt["result"]) for attempt in found]


ALLOWED, DENIED = "not_tested", "blocked"
RULES: dict[tuple[str, str], list[tuple[str, str, str]]] = {
    ("a.example", "allow"): [("a.example", "443", ALLOWED), ("a.example", "80", ALLOWED)],
    ("a.example", ""): [("a.example", "443", ALLOWED), ("a.example", "80", ALLOWED)],
    ("A.Example.", "deny"): [("a.example", "443", DENIED), ("a.example", "80", DENIED)],
    ("a.example:8443", "deny"): [("a.example", "8443", DENIED)],
    ("https://a.example/*", "deny"): [("a.example", "443", DENIED)],
    ("http://a.example", "deny"): [("a.example", "80", DENIED)],
    ("*.a.example", "deny"): [("*.a.example", "443", DENIED), ("*.a.example", "80", DENIED)],
    ("https://.a.example", "deny"): [("a.example", "443", DENIED), ("*.a.example", "443", DENIED)],
    ("https://a.example/part/*", "deny"): [("a.example", "443", ALLOWED)],
    ("https://a.example", "bypass_inspection"): [("a.example", "443", ALLOWED)],
}


@pytest.mark.parametrize(("rule", "attempts"), RULES.items(), ids=lambda case: str(case)[:40])
def test_a_rule_is_of_these_hosts_and_ports(rule: tuple[str, str], attempts: list[tuple[str, str, str]]) -> None:
    assert said(read_rule(*rule)) == attempts


@pytest.mark.parametrize(
    "pattern",
    ["", "^https://([a-z]+)\\.example", "a b.example", "a.example:0", "a.example:70000", "ftp://a.example",
     "user@a.example", "https://a.example/?q=1", "[::1]", "a..example", "/only/a/path"],
)  # fmt: skip
def test_what_is_no_host_is_not_guessed(pattern: str) -> None:
    assert read_rule(pattern, "deny") == UNREAD_RULE


@given(st.text(max_size=60), st.text(max_size=10) | st.sampled_from(["allow", "deny", "bypass_inspection"]))
def test_any_text_is_attempts_that_the_catalogue_reads_or_no_rule(pattern: str, action: str) -> None:
    text = read_rule(pattern, action)

    assert text == UNREAD_RULE or isinstance(read_value(text, catalogue()["url.tests"]), tuple)
    assert read_value(UNREAD_RULE, catalogue()["url.tests"]) is Missing.UNREADABLE


def test_the_native_form_says_site_and_rule() -> None:
    records = read_one("allow-list/valid.csv")
    found = [(row.get("name"), said(row["url.tests"])[0]) for row in rows("allow-list/valid.csv")]

    assert (records.file.format, records.file.of_sites, records.file.founds) == ("allow-list", True, False)
    assert found == [
        ("site 01", ("*.endpoint.security.microsoft.com", "443", ALLOWED)),
        ("site 01", ("smartscreen.microsoft.com", "443", ALLOWED)),
        ("site 01", ("*.blob.core.windows.net", "443", ALLOWED)),
        ("site 02", ("*.endpoint.security.microsoft.com", "443", DENIED)),
        ("ring-1", ("crl.microsoft.com", "80", ALLOWED)),
        ("site 77", ("crl.microsoft.com", "80", ALLOWED)),
        (None, ("*.microsoft.com", "443", DENIED)),
        ("*", ("go.microsoft.com", "443", ALLOWED)),
    ]
    assert records.file.unmapped == ("source",)


def test_json_lines_say_the_same() -> None:
    found = [(row["name"], said(row["url.tests"])) for row in rows("allow-list/valid.jsonl")]

    assert [site for site, _ in found] == ["site 01", "site 02"]
    assert found[1][1] == [("www.microsoft.com", "443", ALLOWED)]  # a path: no rule for the host


def test_a_plain_list_is_read_as_the_user_says() -> None:
    found = rows(PLAIN, AS_LIST)

    assert [(row["row"], row["line"], row.get("name")) for row in found] == [
        (1, 3, None),
        (2, 4, None),
        (3, 5, None),
        (4, 6, None),
    ]
    assert [said(row["url.tests"])[0][0] for row in found] == [
        "*.endpoint.security.microsoft.com", "smartscreen.microsoft.com", "go.microsoft.com", "crl.microsoft.com"
    ]  # fmt: skip


def test_a_native_file_is_read_as_such_when_the_user_says_so() -> None:
    path = "allow-list/valid.csv"

    assert rows(path, ReadOptions(read_as={path: "allow-list"})) == rows(path)


REPAIR = "\n  hint: repair or remove the record, or set such records aside with --bad-rows skip"
MESSAGES = {
    "allow-list/sentence.txt": ":2: record 2 is no pattern of a host" + REPAIR,
}


@pytest.mark.parametrize(("path", "message"), MESSAGES.items())
def test_what_is_no_rule_stops_the_run(path: str, message: str) -> None:
    assert refusal(path, ReadOptions(read_as={path: "allow-list"})) == f"{path}{message}"


def test_or_is_set_aside() -> None:
    path = "allow-list/regular-expression.csv"
    records = read_one(path, ReadOptions(bad_rows="skip"))

    assert ([item.row for item in records.rejected], records.rows) == ([2], 2)
