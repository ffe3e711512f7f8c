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
    "4/15/2026 11:09:27 AM +00:00": NOON,
    "15/04/2026 13:09:27 GMT+2": NOON,
    "4/15/2026 6:09:27 AM UTC-05:00": NOON,
    "Wednesday, April 15, 2026 11:09:27 AM": NOON,
    "Wed, 15 Apr 2026 11:09:27 GMT": NOON,
    "15-Apr-2026 11:09:27": NOON,
    "Sept. 5, 2026": moment("2026-09-05"),
    "2026/04/15 11:09:27": NOON,
    "2026.4.15": moment("2026-04-15"),
    "2026-04-15 11:09:27.1234567": NOON.replace(microsecond=123456),
    "2026-04-15T11:09Z": NOON.replace(second=0),
    "2026-04-15T11:09:27,5+0000": NOON.replace(microsecond=500000),
    "2026-04-15T07:39:27-03:30": NOON,
    "2026-04-15 11:09:27 UTC": NOON,
    "/Date(0)/": moment("1970-01-01"),
    "1776251367": NOON,
    "1776251367.98": NOON,
    "20260415110927.000000+000": NOON,
    "20260415130927.500000+120": NOON.replace(microsecond=500000),
    "20260415060927.000000-300": NOON,
    "134207249670000000": NOON,
    "01DCCCC852DCCD80": NOON,
    "0x01dcccc852dccd80": NOON,
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
    assert not times.open.height
    assert not times.unreadable


@pytest.mark.parametrize(
    "text", ["05/12/2026 6:41:32 PM", "5/12/2026", "12.05.2026 18:00:00", "1-2-2026", "1/2/2026 3:04 PM +02:00"]
)
def test_a_date_that_could_be_two_days_is_not_guessed(text: str) -> None:
    times = read_times(pl.Series([text]))
    assert only(times) is None
    assert times.open["text"].to_list() == [text]
    assert not times.unreadable


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
        "45000.5",
        "2026-04-15T11:09:27+15:00",
        "2026-04-15T11:09:27+02:60",
        "2026-04-15 11:09:27 CEST",
        "4/15/2026 6:41:25 PM PST",
        "15. März 2026",
        "15/04-2026",
        "4/15/26",
        "20260415110927.000000+900",
        "20260415110927.000000+***",
        "29/02/2026",
        "Apr 31, 2026",
        "Aprilish 15, 2026",
        "4/15/2026 0:00 AM",
        "4/15/2026 6:60 PM",
        "١٥/٤/٢٠٢٦",
        "15/4/2026 ١٠:٠٠",
        "1776251367\n4/15/2026",
    ],
)
def test_what_is_no_time_is_said_to_be_none(text: str) -> None:
    times = read_times(pl.Series([text]))
    assert only(times) is None
    assert times.unreadable == {text}


@pytest.mark.parametrize("text", ["", "NULL", "{}", "System.Object[]"])
def test_blanks_are_no_time_and_nothing_to_tell(text: str) -> None:
    times = read_times(pl.Series([text]))
    assert only(times) is None
    assert not times.open.height
    assert not times.unreadable


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
    assert not times.unreadable


def test_forms_that_follow_a_users_settings_are_named() -> None:
    texts = ["2026-04-15T11:09:27Z", "1776251367000", "Apr 15, 2026 11:09:27 AM", "4/15/2026 6:41:25 PM"]
    for text in texts:
        assert bool(read_times(pl.Series([text])).local) == (text in texts[2:])
    assert read_times(pl.Series(texts)).local == frozenset(texts[2:])


def test_a_named_zone_or_an_offset_leaves_nothing_to_be_said_of_zones() -> None:
    texts = ["4/15/2026 6:41:25 PM +02:00", "Wed, 15 Apr 2026 11:09:27 GMT", "20260415110927.000000+000"]
    assert read_times(pl.Series(texts)).local == frozenset()


def test_the_rest_of_a_column_shows_its_order_by_the_mark_between_the_numbers() -> None:
    texts = ["13/05/2026", "14/05/2026", "5.13.2026", "05/12/2026", "5.5.2026", "2026-05-13", "31/04/2026"]
    assert read_times(pl.Series(texts)).shown == ((".", "mdy", "5.13.2026"), ("/", "dmy", "13/05/2026"))


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
