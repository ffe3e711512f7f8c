"""Texts become values, or the reason why there is none; nothing is guessed and nothing raises."""

# ruff: noqa: DTZ001, S104 - times are naive UTC here, and 0.0.0.0 is a version

import json
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from checker.facts.catalogue import catalogue
from checker.facts.values import Value, merge_texts, read_value
from checker.model.fact import Attempt, KnownNone, SetValue
from checker.model.outcome import Missing

BLANK, UNREADABLE = Missing.BLANK, Missing.UNREADABLE
HOST = "edr-eus.us.endpoint.security.microsoft.com"
FACTS = st.sampled_from(sorted(catalogue()))
PARTS = st.lists(st.integers(0, 10**18 - 1), min_size=1, max_size=7).filter(any)
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


def read(fact: str, text: str) -> Value | Missing:
    return read_value(text, catalogue()[fact])


def attempts_of(*entries: dict[str, object]) -> Value | Missing:
    return read("url.tests", json.dumps(entries))


@pytest.mark.parametrize("text", ["", "  ", "\t\n", "NULL", "null", "N/A", "n/a", "-", " - ", "{}"])
def test_a_blank_is_missing_or_known_none_as_the_catalogue_says(text: str) -> None:
    for name, spec in catalogue().items():
        assert read(name, text) == (KnownNone() if spec.blank_is_none else BLANK)


@pytest.mark.parametrize(
    ("fact", "text", "value"),
    [
        ("device.name", " SRV-01.Contoso.example ", "SRV-01.Contoso.example"),
        ("device.group", "{not json", "{not json"),
        ("device.vdi", "none", "none"),
        ("onboarding.status", "CanBeOnboarded", "can-be-onboarded"),
        ("onboarding.status", "can_be - onboarded", "can-be-onboarded"),
        ("sensor.health", "No sensor data", "no-sensor-data"),
        ("sensor.health", "Unknown", UNREADABLE),
        ("os.build", "19045.0", 19045),
        ("os.build", "-1", -1),
        ("hardware.cores", "1.50", Decimal("1.5")),
        ("os.build", "19,045", UNREADABLE),
        ("os.build", "19 045", UNREADABLE),
        ("os.build", "1e5", UNREADABLE),
        ("os.build", "1234567890123456789", UNREADABLE),
        ("os.build", "１９０４５", UNREADABLE),
    ],
)
def test_words_texts_and_numbers(fact: str, text: str, value: object) -> None:
    assert read(fact, text) == value
    assert type(read(fact, text)) is type(value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *((text, True) for text in ("true", "True", "TRUE", "1", "yes", "Yes", "$true", "enabled", "on", " ON ")),
        *((text, False) for text in ("false", "False", "FALSE", "0", "no", "No", "$False", "disabled", "off")),
        *((text, UNREADABLE) for text in ("Unknown", "2", "y", "truefalse", "[]")),
    ],
)
def test_flags(text: str, value: object) -> None:
    assert read("device.excluded", text) is value


@pytest.mark.parametrize(
    ("fact", "text", "value"),
    [
        ("av.engine", "1.1.19900.2", (1, 1, 19900, 2)),
        ("av.engine", "01.1.0", (1, 1)),
        ("av.engine", "1.2.3.4.5.6.7.8", (1, 2, 3, 4, 5, 6, 7, 8)),
        ("av.engine", "1.2.3.4.5.6.7.8.9", UNREADABLE),
        ("av.engine", "1" * 18, (int("1" * 18),)),
        ("av.engine", "1" * 19, UNREADABLE),
        ("av.engine", "0.0.0.0", BLANK),
        ("av.engine", "0", BLANK),
        *(
            ("av.engine", text, UNREADABLE)
            for text in ("1..2", ".1", "1.", "1,2", "v1.2", "1.2b1", "1!2.0", "1.2-0", "١.٢")
        ),
        ("av.platform", "4.18.24070.5-0", (4, 18, 24070, 5)),
        ("av.platform", "4.18.24070.5-beta", UNREADABLE),
        ("av.platform", "0.0.0.0-0", BLANK),
        ("os.kernel", "5.15.0-91-generic", (5, 15, 0, 91)),
        ("os.kernel", "3.10.0-327.el7.x86_64", (3, 10, 0, 327)),
        ("os.kernel", "3.10.0-327", (3, 10, 0, 327)),
        ("os.kernel", "5.15.153.1-microsoft-standard-WSL2", (5, 15, 153, 1)),
        ("os.kernel", "5.15.153.1-2-microsoft", (5, 15, 153, 1)),
        ("os.kernel", "6.1.21-v8+", (6, 1, 21)),
        ("os.kernel", "6.8.0", (6, 8)),
        ("os.kernel", "Linux 6.8.0", UNREADABLE),
        ("os.kernel", "6.8.0.x86_64", UNREADABLE),
        ("agent.version", "10.8040.19041.1466", (10, 8040, 19041, 1466)),
        ("agent.version", "101.23052.0004", (101, 23052, 4)),
        ("agent.version", "20.123052.4.0", (101, 23052, 4)),
        ("agent.version", "30.123052.0009.0", (101, 23052, 9)),
        ("agent.version", "30.124022.0001.0", (101, 24022, 1)),
        ("agent.version", "30.12408.2.0", (101, 24080, 2)),
        ("agent.version", "101.2408.0000", (101, 24080)),
        ("agent.version", "101.2413.1", (101, 2413, 1)),  # there is no 13th month
        ("agent.version", "101.98.30", (101, 98, 30)),
        ("agent.version", "20.223052.4.0", UNREADABLE),
        ("agent.version", "30", UNREADABLE),
        ("agent.version", "20.98.30", UNREADABLE),
    ],
)
def test_versions(fact: str, text: str, value: object) -> None:
    assert read(fact, text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("101.23052.0004", date(2023, 5, 1)),
        ("101.24127.3", date(2024, 12, 1)),
        ("20.126052.16.0", date(2026, 5, 1)),
        ("101.2408.0000", date(2024, 8, 1)),
        ("101.98.30", date(2023, 6, 1)),
        ("100.90.27", date(2023, 6, 1)),
        ("101.24137.3", UNREADABLE),
        ("101.240802.3", UNREADABLE),
        ("10.8040.19041.1466", BLANK),
        ("101", BLANK),
        ("0.0.0.0", BLANK),
        ("soon", UNREADABLE),
        ("2026-05-01", date(2026, 5, 1)),  # as an attestation states it
    ],
)
def test_the_month_of_an_agent(text: str, value: object) -> None:
    assert read("agent.built", text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2026-02-24", datetime(2026, 2, 24)),
        ("2026-02-24T15:45:07Z", datetime(2026, 2, 24, 15, 45, 7)),
        ("2026-02-24 15:45", datetime(2026, 2, 24, 15, 45)),
        ("2026-02-24T15:45:07.9862755Z", datetime(2026, 2, 24, 15, 45, 7, 986275)),
        ("2026-02-24T01:45:07+02:00", datetime(2026, 2, 23, 23, 45, 7)),
        ("2026-02-24T23:45:07-0130", datetime(2026, 2, 25, 1, 15, 7)),
        ("2026-02-24 15:45:07 UTC", datetime(2026, 2, 24, 15, 45, 7)),
        ("1712756068000", datetime(2024, 4, 10, 13, 34, 28)),
        ("Apr 10, 2024 at 01:34:28 PM", datetime(2024, 4, 10, 13, 34, 28)),
        ("Apr 10, 2024 at 12:34:28 AM", datetime(2024, 4, 10, 0, 34, 28)),
        ("Apr 10, 2024 at 12:34:28 PM", datetime(2024, 4, 10, 12, 34, 28)),
        ("May 7, 2024 6:41:25.321\u202fPM", datetime(2024, 5, 7, 18, 41, 25, 321000)),
        ("September 7, 2024 18:41", datetime(2024, 9, 7, 18, 41)),
        ("Sept 7, 2024", datetime(2024, 9, 7)),
        ("0001-01-01T00:00:00", BLANK),
        *(
            (text, UNREADABLE)
            for text in (
                "03/04/2024", "24.02.2026", "2026-02-30", "2026-2-4", "20260224", "2026-W08-2", "2026-02-24T24:00:00Z",
                "2026-02-24T15:60:00Z", "2026-02-24T15:45:00+15:00", "2026-02-24T15:45:00+01:60", "171275606800",
                "17127560680000", "Mai 7, 2024", "Apr 31, 2024", "Apr 10, 2024 at 13:34:28 PM",
                "Apr 10, 2024 at 00:34:28 AM", "0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-14:00", "today",
            )
        ),
    ],
)  # fmt: skip
def test_dates_and_times(text: str, value: object) -> None:
    assert read("device.booted_at", text) == value
    day = value.date() if isinstance(value, datetime) else value
    assert read("device.last_seen", text) == day
    assert type(read("device.last_seen", text)) is type(day)


@pytest.mark.parametrize(
    ("text", "members", "closed"),
    [
        ('["KB1", " kb2 ", "", null]', {"kb1", "kb2"}, True),
        ('{"open": ["KB1"]}', {"kb1"}, False),
        ('{"open": []}', set(), False),
        ("[35, 60.5]", {"35", "60.5"}, True),
        ("[]", set(), True),
        (" KB1, KB2 ", {"kb1, kb2"}, True),
        ('"KB1"', {"kb1"}, True),
    ],
)
def test_sets(text: str, members: set[str], closed: bool) -> None:
    assert read("updates.kbs", text) == SetValue(frozenset(members), closed)
    if closed and not members:
        assert read("device.tags", text) == KnownNone()
    else:
        assert read("device.tags", text) == SetValue(frozenset(members), closed)


@pytest.mark.parametrize(
    "text",
    ["System.Object[]", "System.String[]", "[1", '{"open": "KB1"}', '{"closed": []}', '{"open": [], "more": 1}', "[[]]",
     "[{}]", "[true]", "[NaN]", '"KB1', '["\\ud800"]', "[" * 100_000],
)  # fmt: skip
def test_what_is_no_set(text: str) -> None:
    assert read("updates.kbs", text) is UNREADABLE


def test_attempts_are_folded_sorted_and_filled_up() -> None:
    b = {
        "host": "B.example.",
        "method": "Invoke WebRequest",
        "via": "System-Proxy",
        "result": "TLS error",
        "error": " x ",
    }
    a: dict[str, object] = {"host": "a.example", "port": "80", "path": "/T", "status": 404, "via": None}

    assert attempts_of(b, a) == (
        Attempt("a.example", 80, "/T", "", "", "", 404, ""),
        Attempt("b.example", 443, "", "invoke-webrequest", "system_proxy", "tls_error", 0, "x"),
    )


def test_the_last_attempt_of_a_host_port_method_and_way_counts() -> None:
    first: dict[str, object] = {"host": HOST, "path": "/a", "status": 200}
    last: dict[str, object] = {"host": HOST, "path": "/b", "status": 407}

    assert attempts_of(first, last) == attempts_of(last)
    assert attempts_of(last, first) == attempts_of(first)
    assert len(list(attempts_of(first, last | {"via": "wpad"}))) == 2  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    ["x", "{}x", "3", '"a"', "[1]", "[null]", "[{}]", '[{"host": " "}]', '[{"host": 1.5, "status": []}]',
     '[{"host": "a", "port": 0}]', '[{"host": "a", "port": 65536}]', '[{"host": "a", "port": "443.0"}]',
     '[{"host": "a", "status": "ok"}]', '[{"host": "a", "status": 1000}]', '[{"host": "a", "status": -1}]',
     '[{"host": "a", "http_status": 403}]', '[{"host": "a", "result": true}]', '{"open": []}'],
)  # fmt: skip
def test_attempts_half_understood_are_not_read(text: str) -> None:
    assert read("url.tests", text) is UNREADABLE


def test_no_attempts_are_a_blank() -> None:
    assert [read(fact, "[]") for fact in ("url.tests", "site.tls_inspection", "site.proxy_auth")] == [BLANK] * 3


@given(FACTS, st.text())
@example("os.kernel", "1-" + "1-" * 5000)
@example("updates.kbs", "[" * 100_000)
@example("url.tests", '[{"host": ' + "9" * 5000 + "}]")
@example("device.last_seen", "9999999999999")
def test_reading_never_raises(fact: str, text: str) -> None:
    hash(read(fact, text))


@given(FACTS, st.from_regex(r"[\[\]{}\"0-9.:,TZ/ +-]{0,20}", fullmatch=True))
def test_reading_what_looks_like_a_value_never_raises(fact: str, text: str) -> None:
    hash(read(fact, text))


@given(PARTS, st.integers(0, 4))
def test_trailing_zeros_never_matter(parts: list[int], zeros: int) -> None:
    text = ".".join(str(part) for part in parts)
    longer = ".".join([text] + ["0"] * min(zeros, 8 - len(parts)))

    for fact in ("av.engine", "av.platform", "os.kernel"):
        assert read(fact, longer) == read(fact, text)


@given(PARTS, PARTS)
def test_versions_compare_part_by_part_padded_with_zeros(left: list[int], right: list[int]) -> None:
    first, second = (read("av.engine", ".".join(str(part) for part in parts)) for parts in (left, right))
    padded = [parts + [0] * (7 - len(parts)) for parts in (left, right)]

    assert (first < second) == (padded[0] < padded[1])  # type: ignore[operator]
    assert (first == second) == (padded[0] == padded[1])


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
    assert read(fact, merge_texts([text], catalogue()[fact])) == read(fact, text)


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
