"""What one text says of a fact, by the options of a mapping."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.inventory.cells import SEPARATOR, cell, fold, is_blank
from checker.inventory.mapping import FactReading
from checker.inventory.mapping_files import mappings
from tests.inventory.records import read_one, refusal, rows


def says(text: str, **options: object) -> str | None:
    return cell(FactReading("x", ("X",), **options))(text)  # type: ignore[arg-type]


WORDS = (("can be_onboarded", "can-be-onboarded"), ("win*11*", "eleven"), ("win*", "windows"), ("gone", None))


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("CanBeOnboarded", "can-be-onboarded"),
        ("can-be onboarded", "can-be-onboarded"),
        ("Windows 11", "eleven"),
        ("Windows10", "windows"),
        ("gone", None),
        ("macOS", "macOS"),
        ("", ""),
    ],
)
def test_words_are_folded_and_the_first_that_fits_counts(text: str, word: str | None) -> None:
    assert says(text, words=WORDS) == word


def test_other_words_are_what_the_mapping_says_of_them() -> None:
    assert says("macOS", words=WORDS, otherwise="other") == "other"
    assert says("macOS", words=WORDS, otherwise=None) is None


def test_a_pattern_cuts_its_group_and_says_nothing_where_it_does_not_match() -> None:
    pattern = re.compile(r"Build \d+\.(\d*)")
    assert says("22H2 (Build 22621.1105)", pattern=pattern) == "1105"
    assert says("22H2", pattern=pattern) is None
    assert says("Build 1.", pattern=pattern) == ""


LISTS = {
    ("json", '["b","a","b"]'): '["a","b"]',
    ("json", "[]"): "[]",
    ("json", "plain"): '["plain"]',
    ("json", '[{"key": "GROUP", "value": "ring"}, null, 7]'): '["7","ring"]',
    ("json", '["broken'): '["broken',
    ("json", "[" * 50_000): "[" * 50_000,
    ("comma", "b, a;a"): '["a","b"]',
    ("lines", "b, c\na\n"): '["a","b, c"]',
    ("folded", "Red Hat-Enterprise_Linux"): "redhatenterpriselinux",
    ("text", " as it stands "): "as it stands",
}


@pytest.mark.parametrize(("shape", "text"), LISTS)
def test_a_shape_gives_one_text_for_one_meaning(shape: str, text: str) -> None:
    assert says(text, shape=shape) == LISTS[shape, text]


def test_lists_of_several_columns_are_one_set() -> None:
    joined = SEPARATOR.join(('["a"]', "", "b", '["a","c"]'))
    assert says(joined, shape="json", joined=True) == '["a","b","c"]'
    assert says(SEPARATOR, shape="json", joined=True) == ""
    assert says(SEPARATOR.join(('["a"]', '["broken')), shape="json", joined=True) == '["broken'


@pytest.mark.parametrize("text", ["System.Object[]", "System.String[]"])
def test_a_list_that_was_not_written_out_says_nothing(text: str) -> None:
    assert says(text, shape="json") is None


def attempt(*parts: str) -> str | None:
    return says(SEPARATOR.join(parts), parts=("url",))


def test_a_try_is_one_object_without_secrets() -> None:
    assert attempt("https://user:pw@Host.Example:8443/p?sig=1", "", "Curl", "System Proxy", "TLS error", "", "") == (
        '[{"error":"","host":"host.example","method":"curl","path":"/p","port":8443,"result":"tls_error","status":0,'
        '"via":"system_proxy"}]'
    )
    assert "pw" not in (attempt("h.example", "", "", "", "blocked", "x", "no way through http://me:pw@p") or "")


@pytest.mark.parametrize(
    ("url", "port", "expected"),
    [
        ("http://h.example", "", 80),
        ("https://h.example", "", 443),
        ("h.example", "", 443),
        ("h.example:8080", "", 8080),
        ("h.example", "444", 444),
        ("h.example", "all", 0),
        ("*.h.example", "", 443),
    ],
)
def test_the_port_is_the_one_given_or_that_of_the_scheme(url: str, port: str, expected: int) -> None:
    assert f'"port":{expected},' in (attempt(url, port, "", "", "", "", "") or "")


@pytest.mark.parametrize("url", ["", "NULL", "https://", "https://[broken", "h.example:port"])
def test_a_url_without_a_host_stays_as_it_stands(url: str) -> None:
    assert attempt(url, "", "", "", "", "", "") == ("" if is_blank(url) else url)


@given(st.text())
def test_no_text_stops_a_reading(text: str) -> None:
    for product in mappings().values():
        for reading in product.facts.values():
            cell(reading)(text if not reading.parts else SEPARATOR.join([text.replace(SEPARATOR, "")] * 7))


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_a_long_value_that_a_terminal_wrapped_is_one(tmp_path: Path) -> None:
    path = tmp_path / "health.txt"
    path.write_text('app_version   : "101.23062\n                .0010" [managed]\nhealthy : true\nlicensed\n')
    assert f"{path}:4: record 1 has a line that is no 'key : value'" in refusal(path)
    path.write_text('app_version   : "101.23062\n                .0010" [managed]\nhealthy : true\n\nempty :\n')
    assert rows(path)[0]["agent.version"] == "101.23062.0010"
    assert read_one(path).file.unmapped == ("empty",)


def test_a_day_column_without_any_day_states_blanks(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text("DeviceId,ClientVersion,Timestamp\nx,1,\ny,2,NULL\n")
    assert [row["device.last_seen"] for row in rows(path)] == ["", ""]


def test_records_of_different_shape_in_one_file_keep_their_facts(tmp_path: Path) -> None:
    path = tmp_path / "health.txt"
    path.write_text('app_version : "1.0"\nedr_machine_id : "a"\nedr_machine_id : "b"\nengine_version : "2.0"\n')
    first, second = rows(path)
    assert (first.get("agent.version"), first.get("av.engine")) == ("1.0", None)
    assert (second.get("agent.version"), second.get("av.engine")) == (None, "2.0")


def test_a_test_file_may_leave_out_what_it_does_not_know(tmp_path: Path) -> None:
    path = tmp_path / "tests.csv"
    path.write_text("device,url,result\nws-1,https://h.example/,reachable\n")
    assert rows(path)[0]["url.tests"] == (
        '[{"error":"","host":"h.example","method":"","path":"/","port":443,"result":"reachable","status":0,"via":""}]'
    )
