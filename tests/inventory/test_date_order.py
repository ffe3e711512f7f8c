"""A date whose day and month could be swapped is read as its column shows, else as the user says, else not at all."""

import random
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.errors import InputError
from checker.inventory.binding import Column
from checker.inventory.date_order import DateOrder, Order, Waiting
from checker.inventory.read import ReadOptions, read_inventory
from checker.inventory.times import Times, read_times
from tests.inventory.records import ALL, moment, read_one, rows

HEADER = "Device ID,Device Name,OS Platform,Last device update"
COLUMN = Column("Last device update")
ASK = "--date-order {path}=dmy or {path}=mdy settles it"


def portal(tmp_path: Path, *dates: str) -> Path:
    """Write a small export of the portal, one device for each date."""
    path = tmp_path / "portal.csv"
    lines = [f'{place:040x},ws-{place},Windows11,"{text}"' for place, text in enumerate(dates, start=1)]
    path.write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")
    return path


def said(path: Path, order: Order) -> ReadOptions:
    return ReadOptions(date_order={str(path): order})


def times(path: Path, options: ReadOptions = ALL) -> list[str | None]:
    """Return the days on which the records were observed."""
    return [str(row["observed"].date()) if "observed" in row else None for row in rows(path, options)]


@pytest.mark.parametrize(("shows", "day"), [("13/03/2024", "2024-12-05"), ("03/13/2024", "2024-05-12")])
def test_another_date_of_the_column_settles_it_wherever_it_stands(shows: str, day: str, tmp_path: Path) -> None:
    for dates in (["05/12/2024", shows], [shows, "05/12/2024"]):
        path = portal(tmp_path, *dates)
        assert day in times(path)
        assert None not in times(path)
        assert [row["device.last_seen"] for row in rows(path)] == times(path)
        assert [note for note in read_one(path).file.notices if "day/month" in note] == []


def test_where_nothing_shows_the_order_the_record_is_undated_and_a_notice_says_what_settles_it(tmp_path: Path) -> None:
    path = portal(tmp_path, "05/12/2024 3:40 PM", "05/05/2024", "1/2/2024")
    assert times(path) == [None, "2024-05-05", None]
    assert [row["device.last_seen"] for row in rows(path)] == ["05/12/2024 3:40 PM", "2024-05-05", "1/2/2024"]
    assert read_one(path).file.notices == (
        "2 records are undated: a date such as '05/12/2024 3:40 PM' may be day/month or month/day; "
        + ASK.format(path=path),
        "times such as '05/05/2024' name no time zone and were read as UTC",
    )


def test_where_a_column_shows_both_orders_nobody_is_believed(tmp_path: Path) -> None:
    path = portal(tmp_path, "05/12/2024", "13/03/2024", "03/14/2024")
    for options in (ReadOptions(), said(path, "dmy"), said(path, "mdy")):
        assert times(path, options) == [None, "2024-03-13", "2024-03-14"]
        assert read_one(path, options).file.notices[0] == (
            "1 record is undated: a date such as '05/12/2024' may be day/month or month/day, and the column has both "
            "orders, such as '13/03/2024' and '03/14/2024'; export it again with dates in one form"
        )


def test_the_user_says_the_order_of_a_file_or_of_all(tmp_path: Path) -> None:
    path = portal(tmp_path, "05/12/2024", "05.12.2024 15:40:13")
    assert times(path, said(path, "dmy")) == ["2024-12-05"] * 2
    assert times(path, said(path, "mdy")) == ["2024-05-12"] * 2
    assert times(path, ReadOptions(date_order={"": "dmy"})) == ["2024-12-05"] * 2
    assert times(path, ReadOptions(date_order={"": "dmy", str(path): "mdy"})) == ["2024-05-12"] * 2


def test_what_the_column_shows_counts_before_what_the_user_says_of_all(tmp_path: Path) -> None:
    path = portal(tmp_path, "05/12/2024", "03/13/2024")
    assert times(path, ReadOptions(date_order={"": "dmy"})) == ["2024-05-12", "2024-03-13"]


def test_dates_with_another_mark_are_another_form_and_show_nothing(tmp_path: Path) -> None:
    path = portal(tmp_path, "05/12/2024", "13.03.2024")
    assert times(path) == [None, "2024-03-13"]


def test_an_order_said_of_a_file_that_is_not_read_is_refused(tmp_path: Path) -> None:
    path = portal(tmp_path, "05/12/2024")
    with pytest.raises(InputError) as error:
        read_inventory([str(path)], ReadOptions(date_order={"other.csv": "dmy"}))
    assert str(error.value).startswith("other.csv: is named by --date-order but not read\n  hint: what is read: ")


EXPIRING = "edr_machine_id : {id}\napp_version : 101.24022\nproduct_expiration : {date}\n\n"


def test_a_date_that_is_a_fact_is_settled_or_left_unreadable_likewise(tmp_path: Path) -> None:
    path = tmp_path / "health.txt"
    path.write_text(EXPIRING.format(id="a" * 40, date="05/12/2024") + EXPIRING.format(id="b" * 40, date="1/12/2024"))
    assert [row["agent.expires"] for row in rows(path)] == ["05/12/2024", "1/12/2024"]
    assert read_one(path).file.notices == (
        "agent.expires is unreadable in 2 records: a date such as '05/12/2024' may be day/month or month/day; "
        + ASK.format(path=path),
    )
    assert [row["agent.expires"] for row in rows(path, said(path, "dmy"))] == ["2024-12-05", "2024-12-01"]
    path.write_text(EXPIRING.format(id="a" * 40, date="05/12/2024") + EXPIRING.format(id="b" * 40, date="1/13/2024"))
    assert [row["agent.expires"] for row in rows(path)] == ["2024-05-12", "2024-01-13"]
    assert read_one(path).file.notices == ()


def test_a_never_stays_as_it_stands_when_its_order_is_known(tmp_path: Path) -> None:
    path = portal(tmp_path, "01/02/0001", "13/03/2024")
    assert [row["device.last_seen"] for row in rows(path)] == ["01/02/0001", "2024-03-13"]
    assert times(path)[0] == "1970-01-01"


days = st.dates(date(2000, 1, 1), date(2100, 1, 1))


@given(st.lists(days, min_size=1, max_size=12), st.sampled_from(["%d/%m/%Y", "%m/%d/%Y"]), st.randoms())
def test_the_answer_hangs_neither_on_tables_nor_on_the_order_of_rows(
    given_days: list[date], form: str, chance: random.Random
) -> None:
    texts = [day.strftime(form) for day in given_days]
    whole = settled([texts])
    shuffled = chance.sample(range(len(texts)), len(texts))
    tables: list[list[str]] = [[]]
    for place in shuffled:
        tables[-1].append(texts[place])
        if chance.random() < 0.4:
            tables.append([])
    assert settled([table for table in tables if table]) == [whole[place] for place in shuffled]
    for day, read in zip(given_days, whole, strict=True):
        assert read in (None, day), "never another day than was meant"
    if any(day.day > 12 for day in given_days):
        assert whole == given_days


def settled(tables: list[list[str]]) -> list[date | None]:
    """Return the days that the tables of one column of a file give."""
    dates, frames = DateOrder(), []
    for place, texts in enumerate(tables):
        read: Times = read_times(pl.Series(texts))
        frames.append(pl.DataFrame({"observed": read.column, "text of observed": texts}))
        if COLUMN in dates.note({COLUMN: read}):
            dates.wait(Waiting(place, COLUMN, {}))
    return [time.date() if time else None for frame in dates.settle(frames) for time in frame["observed"]]


def test_minutes_that_belong_to_a_time_are_added_when_it_is_settled(tmp_path: Path) -> None:
    path = tmp_path / "health.json"
    record = (
        '{{"edrMachineId": "{id}", "appVersion": "101.24022", "healthIssues": [], "definitionsUpdated": "{date}",'
        ' "definitionsUpdatedMinutesAgo": 90}}\n'
    )
    lines = [record.format(id="a" * 40, date="05/12/2024 10:00"), record.format(id="b" * 40, date="13/12/2024 10:00")]
    path.write_text("".join(lines))
    assert [row["observed"] for row in rows(path)] == [moment("2024-12-05 11:30"), moment("2024-12-13 11:30")]


def test_many_dates_of_one_local_form_are_read_by_column() -> None:
    start = date(2026, 1, 1)
    texts = [
        f"{start + timedelta(days=place % 300):%m/%d/%Y} {place % 12 + 1}:{place % 60:02} PM" for place in range(9_000)
    ]
    read = read_times(pl.Series(texts))
    assert read.column.null_count() == sum(text in set(read.open["text"]) for text in texts)
    assert [order for _, order, _ in read.shown] == ["mdy"]
