"""Texts become values, or the reason why there is none; nothing is guessed and nothing raises."""

import json
from collections.abc import Mapping
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from checker.facts.catalogue import catalogue
from checker.facts.values import Value, read_value
from checker.model.fact import Attempt, KnownNone, SetValue
from checker.model.outcome import Missing

BLANK, UNREADABLE = Missing.BLANK, Missing.UNREADABLE
HOST = "edr-eus.us.endpoint.security.microsoft.com"
FACTS = st.sampled_from(sorted(catalogue()))


def read(fact: str, text: str) -> Value | Missing:
    return read_value(text, catalogue()[fact])


def attempts_of(*entries: Mapping[str, object]) -> Value | Missing:
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
