"""Dates and times are read where only one reading is possible."""

# ruff: noqa: DTZ001 - times are naive UTC here

from datetime import date, datetime

import pytest

from checker.facts.catalogue import catalogue
from checker.facts.values import Value, read_value
from checker.model.outcome import Missing

BLANK, UNREADABLE = Missing.BLANK, Missing.UNREADABLE


def read(fact: str, text: str) -> Value | Missing:
    return read_value(text, catalogue()[fact])


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
    ("name", "day"),
    [
        ("WindowsDefenderATPOffboardingPackage_valid_until_2026-12-01.zip", date(2026, 12, 1)),
        (r"C:\Temp\WindowsDefenderATPOffboardingScript_valid_until_2026-12-01.cmd", date(2026, 12, 1)),
        ("WindowsDefenderATPOffboardingPackage_valid_until_2026-12-01 (1).ZIP", date(2026, 12, 1)),
        ("package_valid_until_2026-13-01.zip", Missing.UNREADABLE),
        ("package_valid_until_2026-12-01.zip.exe", Missing.UNREADABLE),
        ("package_valid_until_YYYY-MM-DD.zip", Missing.UNREADABLE),
        ("valid_until_2026-12-01", Missing.UNREADABLE),
        ("2026-12-01.zip", Missing.UNREADABLE),
    ],
)
def test_a_package_says_in_its_name_until_when_it_may_run(name: str, day: date | Missing) -> None:
    assert read_value(name, catalogue()["plan.offboard_package_valid_until"]) == day


def test_the_day_itself_is_read_as_well() -> None:
    assert read_value("2026-12-01", catalogue()["plan.offboard_package_valid_until"]) == date(2026, 12, 1)
