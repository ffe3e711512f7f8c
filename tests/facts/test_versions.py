"""Versions are read as their fact numbers them, and compare part by part."""

# ruff: noqa: S104 - 0.0.0.0 is a version

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.facts.catalogue import catalogue
from checker.facts.values import Value, read_value
from checker.model.outcome import Missing

BLANK, UNREADABLE = Missing.BLANK, Missing.UNREADABLE
PARTS = st.lists(st.integers(0, 10**18 - 1), min_size=1, max_size=7).filter(any)


def read(fact: str, text: str) -> Value | Missing:
    return read_value(text, catalogue()[fact])


@pytest.mark.parametrize(
    ("fact", "text", "value"),
    [
        ("av.engine", "1.1.19900.2", (1, 1, 19900, 2)),
        ("av.engine", "01.1.0", (1, 1)),
        ("av.engine", "1.2.3.4.5.6.7.8", (1, 2, 3, 4, 5, 6, 7, 8)),
        ("av.engine", "1.2.3.4.5.6.7.8.9", UNREADABLE),
        ("av.engine", "1" * 18, (int("1" * 18),)),
        ("av.engine", "1" * 19, UNREADABLE),
        ("av.engine", "0.0.0.0", UNREADABLE),
        ("av.engine", "0", UNREADABLE),
        *(
            ("av.engine", text, UNREADABLE)
            for text in ("1..2", ".1", "1.", "1,2", "v1.2", "1.2b1", "1!2.0", "1.2-0", "١.٢")
        ),
        ("av.platform", "4.18.24070.5-0", (4, 18, 24070, 5)),
        ("av.platform", "4.18.24070.5-beta", UNREADABLE),
        ("av.platform", "0.0.0.0-0", UNREADABLE),
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
        ("101.240122.3", UNREADABLE),
        ("10.8040.19041.1466", BLANK),
        ("101", BLANK),
        ("0.0.0.0", UNREADABLE),
        ("not installed", UNREADABLE),
        ("soon", UNREADABLE),
        ("2026-05-01", date(2026, 5, 1)),  # as an attestation states it
    ],
)
def test_the_month_of_an_agent(text: str, value: object) -> None:
    assert read("agent.built", text) == value


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
