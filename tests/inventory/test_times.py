"""Times in all the forms that exports use; what could be two days is never guessed."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.inventory.times import Times, read_times
from tests.inventory.records import moment

NOON = moment("2026-04-15 11:09:27")
EVENING = moment("2026-04-15 18:41:25")

FORMS = {
    "2026-04-15T11:09:27.1234567Z": NOON.replace(microsecond=123456),
    "2026-04-15T11:09:27Z": NOON,
    "2026-04-15T11:09:27": NOON,
    "2026-04-15T11:09:27.98Z": NOON.replace(microsecond=980000),
    "2026-04-15 11:09:27": NOON,
    "2026-04-15 11:09:27.5": NOON.replace(microsecond=500000),
    "2026-04-15T13:09:27+02:00": NOON,
    "2026-04-15": moment("2026-04-15 00:00:00"),
    "1776251367000": NOON,
    "/Date(1776251367000)/": NOON,
    r"\/Date(1776251367000+0200)\/": NOON,
    "Apr 15, 2026 11:09:27 AM": NOON,
    "April 15, 2026 6:41:25 PM": EVENING,
    "Apr 15, 2026 6:41:25.321 PM": EVENING.replace(microsecond=321000),
    "Apr 15, 2026 18:41:25": EVENING,
    "Apr 15, 2026 at 06:41:25 PM": EVENING,
    "Apr 15, 2026, 6:41:25\u202fPM": EVENING,
    "15 Apr 2026 18:41:25": EVENING,
    "15 april 2026, 6:41:25 p.m.": EVENING,
    "4/15/2026 6:41:25 PM": EVENING,
    "15/04/2026, 6:41:25.000 pm": EVENING,
    "15.04.2026 18:41:25": EVENING,
    "4/15/2026 6:41 PM": EVENING.replace(second=0),
    "4/15/2026 12:00 AM": moment("2026-04-15 00:00:00"),
    "4/15/2026 12:00 PM": moment("2026-04-15 12:00:00"),
    "05/05/2026": moment("2026-05-05 00:00:00"),
    "\u200e4/15/2026 \u200e6:41:25 PM": EVENING,
    "  2026-04-15T11:09:27Z ": NOON,
}


def only(times: Times) -> datetime | None:
    (time,) = times.column.to_list()
    return time  # type: ignore[no-any-return]


@pytest.mark.parametrize("text", FORMS)
def test_a_form_is_read(text: str) -> None:
    times = read_times(pl.Series([text]))
    assert only(times) == FORMS[text]
    assert not times.ambiguous | times.unreadable


@pytest.mark.parametrize("text", ["05/12/2026 6:41:32 PM", "5/12/2026", "12.05.2026 18:00:00", "1-2-2026"])
def test_a_date_that_could_be_two_days_is_not_guessed(text: str) -> None:
    times = read_times(pl.Series([text]))
    assert only(times) is None
    assert times.ambiguous == {text}


@pytest.mark.parametrize(
    "text",
    [
        "soon",
        "2026-13-01",
        "2026-04-15T25:00:00Z",
        "32/33/2026",
        "Foo 15, 2026",
        "4/15/2026 13:00 PM",
        "31 Feb 2026",
        "20260415",
    ],
)
def test_what_is_no_time_is_said_to_be_none(text: str) -> None:
    times = read_times(pl.Series([text]))
    assert only(times) is None
    assert times.unreadable == {text}


@pytest.mark.parametrize("text", ["", "NULL", "{}"])
def test_blanks_are_no_time_and_nothing_to_tell(text: str) -> None:
    times = read_times(pl.Series([text]))
    assert only(times) is None
    assert not times.ambiguous | times.unreadable


NEVER = {
    "0001-01-01T00:00:00Z": moment("1970-01-01"),
    "0001-01-01T00:00:00+02:00": moment("1970-01-01"),
    "1601-01-01": moment("1970-01-01"),
    "1/1/0001 12:00:00 AM": moment("1970-01-01"),
    "/Date(-62135596800000)/": moment("1970-01-01"),
    "1999-12-31": moment("1999-12-31"),
    "9999-12-31T23:59:59Z": moment("2200-01-01"),
}


@pytest.mark.parametrize("text", NEVER)
def test_a_programs_never_is_bounded_so_that_it_is_stale_or_in_the_future(text: str) -> None:
    times = read_times(pl.Series([text]))
    assert only(times) == NEVER[text]
    assert not times.ambiguous | times.unreadable


def test_forms_that_follow_a_users_settings_are_named() -> None:
    texts = ["2026-04-15T11:09:27Z", "1776251367000", "Apr 15, 2026 11:09:27 AM", "4/15/2026 6:41:25 PM"]
    assert read_times(pl.Series(texts)).local == set(texts[2:])


def test_a_null_is_no_time() -> None:
    assert read_times(pl.Series([None, "2026-04-15"], dtype=pl.String)).column.to_list() == [
        None,
        moment("2026-04-15 00:00:00"),
    ]


moments = st.datetimes(moment("1970-01-01 00:00:00"), moment("2200-01-01 00:00:00"))
forms = st.sampled_from(["%Y-%m-%dT%H:%M:%S.%f", "%Y-%m-%dT%H:%M:%S.%f0Z", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%SZ"])


@given(st.lists(moments, min_size=1, max_size=20), forms)
def test_a_column_of_one_iso_form_is_read_at_once_as_text_by_text(times: list[datetime], form: str) -> None:
    texts = [time.strftime(form) for time in times]
    at_once = read_times(pl.Series(texts)).column.to_list()
    one_by_one = read_times(pl.Series([*texts, "Apr 15, 2026 11:09:27 AM"])).column.to_list()[:-1]
    exact = [time if "%f" in form else time.replace(microsecond=0) for time in times]
    assert at_once == one_by_one == exact


@given(st.text(alphabet="0123456789-:TZ. ", min_size=19, max_size=24))
def test_a_regular_shape_is_a_time_only_if_it_is_one(text: str) -> None:
    found = only(read_times(pl.Series([text])))
    if found is not None and text[4] == "-":
        assert found == datetime.fromisoformat(text.strip().replace(" ", "T", 1)).astimezone(UTC).replace(
            tzinfo=None
        ) or (found - datetime.fromisoformat(text.strip().rstrip("Z"))) == timedelta(0)
