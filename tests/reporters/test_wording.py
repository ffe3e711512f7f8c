"""Text, counts and shares are spelled so that nothing acts, nothing hides and nothing is rounded into a lie."""

import sys
import unicodedata
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.reporters.wording import HIDDEN, count, device_label, evidence_line, sentence, share, timestamp, visible

ANY_TEXT = st.text(st.characters(exclude_categories=()))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("pc-1.contoso.example", "pc-1.contoso.example"),
        ("\x1b[31m", "\\x1b[31m"),
        ("a\nb\r\tc", "a\\nb\\r\\tc"),
        ("\x7f\x85\x9b", "\\x7f\\x85\\x9b"),
        ("\u202egnp", "\\u202egnp"),
        ("\u2028\u2066", "\\u2028\\u2066"),
        ("\ud800", "\\ud800"),
        ("\ufffe\ufeff", "\\ufffe\\ufeff"),
        ("\U0001fffe", "\\U0001fffe"),
        ("a\U000e0041\U000e007f", "a\\U000e0041\\U000e007f"),
        ("Büro-Gerät 工作站 😀", "Büro-Gerät 工作站 😀"),
        ("می\u200cخواهم", "می\u200cخواهم"),
    ],
)
def test_what_acts_or_hides_is_spelled_out_and_all_else_stays(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(ANY_TEXT)
def test_visible_text_has_no_control_characters_and_can_be_encoded(text: str) -> None:
    shown = visible(text)
    assert not {unicodedata.category(character) for character in shown} & {"Cc", "Cs", "Zl", "Zp"}
    assert not {unicodedata.bidirectional(character) for character in shown} & {
        "RLO",
        "LRO",
        "RLE",
        "LRE",
        "RLI",
        "FSI",
    }
    assert shown.encode().decode() == shown
    assert visible(shown) == shown


def test_nothing_that_hides_counts_as_printable() -> None:
    every = map(chr, range(sys.maxunicode + 1))
    assert [character for character in every if HIDDEN.match(character) and character.isprintable()] == []


def test_long_text_is_cut_visibly() -> None:
    assert visible("x" * 100, 10) == "x" * 9 + "…"
    assert visible("x" * 10, 10) == "x" * 10


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [
        (0, 10, "0.0 %"),
        (10, 10, "100.0 %"),
        (1234, 50_000, "2.5 %"),
        (1, 1_000_000, "<0.1 %"),
        (999_999, 1_000_000, ">99.9 %"),
        (0, 0, "-"),
    ],
)
def test_only_none_is_none_and_only_all_is_all(part: int, whole: int, said: str) -> None:
    assert share(part, whole) == said


def test_counts_have_separators_and_the_right_noun() -> None:
    assert count(1_234_567) == "1,234,567"
    assert count(1, "device") == "1 device"
    assert count(0, "device") == "0 devices"
    assert count(1_000, "device") == "1,000 devices"


def test_a_message_becomes_one_whole_sentence() -> None:
    assert sentence("Agent is old") == "Agent is old."
    assert sentence("Agent is old.") == "Agent is old."
    assert sentence("two\nlines") == "two\\nlines."


def test_a_device_is_named_by_id_and_name_unless_they_are_the_same() -> None:
    assert device_label("id-1", "pc-1") == "id-1 (pc-1)"
    assert device_label("pc-1", "pc-1") == "pc-1"
    assert device_label("id-1", "") == device_label("id-1", None) == "id-1"
    assert len(device_label("id-1", "x" * 10_000)) == 500


def test_a_time_keeps_its_decimals_and_says_its_zone() -> None:
    assert timestamp(datetime.fromisoformat("2026-11-20T10:30:00")) == "2026-11-20T10:30:00Z"
    assert timestamp(datetime.fromisoformat("2026-11-20T10:30:00.000005")) == "2026-11-20T10:30:00.000005Z"


def test_evidence_says_value_or_why_there_is_none_and_where_it_was_read() -> None:
    place = {"file": "a.csv", "row": 3, "column": "V", "observed": None}
    assert (
        evidence_line({"fact": "agent.version", "value": "20.10", "missing": None, **place})
        == "agent.version = 20.10 (a.csv, row 3, column V)"
    )
    nothing = dict.fromkeys(("value", "file", "row", "column", "observed"))
    assert evidence_line({"fact": "url.tests", "missing": "NOT_EXPORTED", **nothing}) == "url.tests: not exported"
