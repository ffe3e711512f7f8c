"""What one text says of a fact, by the options of a mapping."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.facts.attempts import is_answered, is_system, read_attempts
from checker.inventory.cells import SEPARATOR, cell, fold
from checker.inventory.mapping import PARTS, FactReading, Part
from checker.inventory.mapping_files import mappings
from checker.inventory.patterns import read_pattern
from checker.model.fact import Attempt
from checker.model.outcome import Missing
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
    pattern = read_pattern(r"Build \d+\.(\d*)")
    assert says("22H2 (Build 22621.1105)", pattern=pattern) == "1105"
    assert says("22H2", pattern=pattern) is None
    assert says("Build 1.", pattern=pattern) == ""
    assert says("x", pattern=read_pattern("x|(y)")) is None


LISTS = {
    ("json", '["b","a","b"]'): '["a","b"]',
    ("json", "[]"): "[]",
    ("json", "plain"): '["plain"]',
    ("json", '[{"key": "GROUP", "value": "ring"}, null, 7]'): '["7","ring"]',
    ("json", '["broken'): '["broken',
    ("json", "[" * 50_000): "[" * 50_000,
    ("comma", "b, a;a"): '["a","b"]',
    ("lines", "b, c\na\n"): '["a","b, c"]',
    ("kbs", "5083769"): '["KB5083769"]',
    ("kbs", "2 Hotfix(s) Installed.,[01]: kb2919355,[02]: KB5006738"): '["KB2919355","KB5006738"]',
    ("kbs", "SKB50067381, 12345"): "SKB50067381, 12345",
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
    return says(SEPARATOR.join(parts), parts=tuple(Part((name,)) for name in PARTS))


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
    ],
)
def test_the_port_is_the_one_given_or_that_of_the_scheme(url: str, port: str, expected: int) -> None:
    assert f'"port":{expected},' in (attempt(url, port, "", "", "", "", "") or "")


@pytest.mark.parametrize("url", ["", "NULL"])
def test_no_url_is_a_blank(url: str) -> None:
    assert attempt(url, "", "", "", "", "", "") == ""


@pytest.mark.parametrize(
    "url",
    [
        "https://",
        "https://[broken",
        "h.example:port",
        "https://alice:S3c/ret@host/",
        "https://alice:123/ret@host/",
        "https://alice:S3c?ret@host/",
        "https://alice:S3c#ret@host/",
        "alice:S3cret@host:99999/",
        "https://alice:S3c ret@host:99999/",
        "alice S3cret host",
        f"https://h.example:{'9' * 5_000}/",
    ],
)
def test_of_a_url_that_cannot_be_read_nothing_is_kept(url: str) -> None:
    mark = attempt(url, "", "mdatp", "", "reachable", "200", "")

    assert mark == "(a URL that cannot be read)"
    assert read_attempts(mark) is Missing.UNREADABLE


@pytest.mark.parametrize(
    "url", ["alice:S3cret@h.example", "https://alice:S3c@ret@h.example/", "x://alice:S3 c@h.example"]
)
def test_credentials_end_at_the_last_at_sign(url: str) -> None:
    text = attempt(url, "", "", "", "", "", "") or ""

    assert '"host":"h.example"' in text
    assert "alice" not in text


def tried(**columns: str) -> Attempt | Missing:
    """Return the attempt that a row gives: mdatp reached its host, where the columns do not say otherwise."""
    row = {"url": "https://h.example/", "port": "", "method": "mdatp", "via": "", "result": "reachable"}
    text = attempt(*{**row, "status": "", "error": "", **columns}.values())
    found = read_attempts(text or "")
    return found if isinstance(found, Missing) else found[0]


@pytest.mark.parametrize(
    ("text", "status"), [("407.0", 407), ("200", 200), ("000", 0), ("0.0", 0), ("", 0), ("N/A", 0)]
)
def test_a_status_is_a_number_also_as_a_spreadsheet_writes_it(text: str, status: int) -> None:
    assert getattr(tried(status=text), "status", None) == status


@pytest.mark.parametrize(
    "status",
    ["403 Forbidden", "5xx", "-1", "#REF!", "407.5", "1000", "\u0664\u0660\u0667", "no: http://a:b@c", "9" * 5_000],
)
def test_a_status_that_cannot_be_read_is_not_taken_for_none(status: str) -> None:
    assert tried(status=status) is Missing.UNREADABLE


@pytest.mark.parametrize("port", ["all", "-1", "443.5", "65536", "9" * 5_000])
def test_a_port_that_cannot_be_read_is_not_taken_for_the_usual_one(port: str) -> None:
    assert tried(port=port) is Missing.UNREADABLE


@pytest.mark.parametrize(
    ("result", "read"),
    [
        ("Reachable", "reachable"),
        ("TLS error", "tls_error"),
        ("not-tested", "not_tested"),
        ("Blocked by proxy 10.1.2.3", "conflicting"),
        ("timeout", "conflicting"),
        ("", ""),
    ],
)
@pytest.mark.parametrize("status", ["", "200", "302"])
def test_only_the_known_word_for_an_answer_is_one(result: str, read: str, status: str) -> None:
    found = tried(result=result, status=status)

    assert isinstance(found, Attempt)
    assert (found.result, is_answered(found)) == (read, read == "reachable")


@pytest.mark.parametrize(
    ("method", "via", "strong"),
    [
        *((method, "", True) for method in ("analyzer", "Analyzer-Cert", "mdatp", "SENSE", "system")),
        *((method, "direct", False) for method in ("", "simulated", "wget", "curl.exe", "mock", "x" * 25, "a:b@c")),
        *(("mdatp", via, True) for via in ("direct", "System proxy", "WPAD", "named-proxy", "unknown")),
        *(("mdatp", via, False) for via in ("other", "mocked", "http://alice:S3cret@proxy")),
    ],
)
def test_only_known_methods_on_known_ways_are_the_systems(method: str, via: str, strong: bool) -> None:
    found = tried(method=method, via=via)

    assert isinstance(found, Attempt)
    assert is_system(found) is strong
    assert "S3cret" not in found.via


@pytest.mark.parametrize(
    ("error", "kept"),
    [
        ("curl: (60) SSL certificate problem for alice", "curl 60"),
        ("curl 7 at first, then curl error 35", "curl 35"),
        ("60", "curl 60"),
        ("curl/7.60.0: timed out after 3560 ms", "timeout"),
        ("Could not resolve host: intranet.contoso.example", "dns"),
        ("Connection refused by 10.0.0.1", "refused"),
        ("connection reset", "reset"),
        ("certificate of CN=Alice Example", "certificate"),
        ("TLS alert", "tls"),
        ("no way through http://me:pw@proxy", "proxy"),
        ("alice@contoso.example was here", ""),
        ("curl" * 10_000, ""),
    ],
)
def test_of_an_error_one_word_is_kept(error: str, kept: str) -> None:
    assert getattr(tried(error=error), "error", None) == kept


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/edr/commands/test?sig=1#x", "/edr/commands/test"),
        ("/a_b/c-d/e.f/", "/a_b/c-d/e.f/"),
        ("/a/b/c/d", ""),
        ("/Users/Alice", ""),
        ("/0f8fad5b-d9cb-469f-a165-70867728950e", ""),
        ("/x/0f8fad5bd9cb469fa16570867728950e", ""),
        ("/%61lice", ""),
    ],
)
def test_of_a_path_only_a_short_plain_one_is_kept(path: str, kept: str) -> None:
    assert getattr(tried(url=f"https://h.example{path}"), "path", None) == kept


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
