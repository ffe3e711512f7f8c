"""What records say: words, keys, blanks and times, whatever the file that they came from."""

from pathlib import Path

import polars as pl
import pytest

from checker.inventory.mapping_files import load_mappings
from checker.inventory.read import ReadOptions
from tests.inventory.records import facts, hunting, moment, read_one, rows

VALID = "advanced-hunting/valid.csv"


def test_only_the_wanted_facts_are_read() -> None:
    records = read_one(VALID, ReadOptions(wanted=frozenset(("os.build", "no.such.fact"))))
    assert list(records.file.columns) == ["os.build"]
    found = rows(VALID, ReadOptions(wanted=frozenset(("os.build",))))
    assert [facts(row) for row in found] == [
        facts({k: v for k, v in row.items() if k == "os.build"}) for row in rows(VALID)
    ]


def test_a_fact_that_no_record_states_is_not_carried(tmp_path: Path) -> None:
    path = tmp_path / "types.csv"
    path.write_text("DeviceName,ConnectivityType,Timestamp\nws-1,Streamlined,2026-11-17T15:46:54Z\n")
    records = read_one(path)
    assert set(records.file.columns) == {"device.last_seen", "connectivity.evidence"}


def test_doubtful_dates_give_one_notice_a_file_and_leave_their_rows_undated() -> None:
    path = "advanced-hunting/local-dates.csv"
    assert read_one(path).file.notices == (
        (
            "1 record is undated: a date such as '05/12/2026 6:41:32 PM' may be day/month or month/day, and the column "
            "has both orders, such as '13/03/2026, 3:40:13.988 pm' and '2/24/2026 3:45 PM'; "
            "export it again with dates in one form"
        ),
        f"1 record is undated: the text of its time is in no form that is known; --observed {path}=DATE dates them",
        "times such as '05/05/2026 6:41:32 PM' name no time zone and were read as UTC",
    )
    times = [row.get("observed") for row in rows(path)]
    assert times[0] == moment("2026-04-15 11:09:27")
    assert [place for place, time in enumerate(times) if time is None] == [6, 8, 9]
    assert rows(path)[6]["device.last_seen"] == "05/12/2026 6:41:32 PM"  # unreadable, and said to be


def test_a_word_that_no_table_knows_is_passed_on_as_it_stands(tmp_path: Path) -> None:
    found = rows(hunting(tmp_path, "a" * 40 + ",x,VxWorks,6,1.0"))
    assert found[0]["os.family"] == "VxWorks"
    assert "os.build" not in found[0]


def test_ids_are_folded_and_what_is_no_id_is_no_key_and_told(tmp_path: Path) -> None:
    ids = ["A" * 40, " Short-ID ", "N/A", "unknown", "0", "#N/A", "0" * 40, "g" * 40]
    path = hunting(tmp_path, *(f"{text},x,Windows11,1,1" for text in ids))
    assert [row.get("mde_id") for row in rows(path)] == ["a" * 40, *[None] * 7]
    (notice,) = read_one(path).file.notices
    told = "6 device ids are not of 40 hexadecimal digits (or all zeros) and are not used; "
    assert notice == told + "the rows go by their other keys"


@pytest.mark.parametrize("word", ["None", "NaN", "0", "False", "unknown", "#N/A", "0" * 40])
def test_a_word_for_no_other_device_is_a_blank(word: str, tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text(f"DeviceId,OSPlatform,HostDeviceId,MergedToDeviceId\n{'a' * 40},Linux,{word},{word}\n")
    (row,) = rows(path)
    assert (row["device.host_id"], row["device.merged_to"]) == ("", "")


def test_a_notice_quotes_no_time_that_may_hold_a_name_or_an_address(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    for text in ("CONTOSO\\alice 203.0.113.77", "203.0.113.77"):
        path.write_text(f"DeviceId,ClientVersion,Timestamp\n{'a' * 40},1.0,{text}\n")
        assert "203.0.113.77" not in str(read_one(path).file.notices)


@pytest.mark.parametrize("minutes", ["99999999999999999", "-5", "soon"])
def test_an_age_that_is_none_leaves_the_record_undated(minutes: str, tmp_path: Path) -> None:
    path = tmp_path / "health.json"
    path.write_text(
        f'{{"edrMachineId": "{"a" * 40}", "appVersion": "1", "definitionsVersion": "1",'
        f' "definitionsUpdated": "1776251367000", "definitionsUpdatedMinutesAgo": "{minutes}"}}'
    )
    assert "observed" not in rows(path)[0]


BLANKS = ["", " ", "NULL", "null", "N/A", "-", "{}", '""""""']


@pytest.mark.parametrize("blank", BLANKS)
def test_the_forms_of_a_blank_state_a_blank(blank: str, tmp_path: Path) -> None:
    assert rows(hunting(tmp_path, "a" * 40 + f",x,Windows11,22631,{blank}"))[0]["agent.version"] == ""


def test_records_of_many_tables_share_their_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("checker.inventory.source.BLOCK", 2000)
    monkeypatch.setattr("checker.inventory.csv_files.BLOCKS_IN_A_TABLE", 2)
    lines = [
        f"{place:040x},ws-{place},Windows1{place % 2},{22000 + place % 300},10.8760.{place}.1" for place in range(900)
    ]
    records = read_one(hunting(tmp_path, *lines))
    assert len(records.frames) > 5
    whole = pl.concat(records.frames)
    assert whole["row"].to_list() == list(range(1, 901))
    assert whole["os.build"].cast(pl.String).to_list() == [str(22000 + place % 300) for place in range(900)]
    assert whole["agent.version"].cast(pl.String).to_list() == [f"10.8760.{place}.1" for place in range(900)]


def test_tags_that_some_json_records_lack_are_not_said_of_them(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    path.write_text(
        '[{"DeviceId": "a", "ClientVersion": "1", "DeviceManualTags": "[\\"x\\"]"},'
        ' {"DeviceId": "b", "ClientVersion": "1", "DeviceDynamicTags": null}, {"DeviceId": "c", "ClientVersion": "1"}]'
    )
    assert [row.get("device.tags") for row in rows(path)] == ['["x"]', "", None]


def test_the_entra_id_of_no_device_is_none(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    ids = ["00000000-0000-0000-0000-000000000000", "0098C183-A6F8-5CE4-96BF-FD35DEE6FACA"]
    path.write_text("DeviceId,AadDeviceId,ClientVersion\n" + "".join(f"{'a' * 40},{entra},1.0\n" for entra in ids))
    assert [row.get("entra_id") for row in rows(path)] == [None, ids[1].lower()]


@pytest.mark.parametrize("platform", ["", "Unknown", "Windows11"])
def test_a_build_counts_where_the_system_is_windows_or_not_stated(platform: str, tmp_path: Path) -> None:
    assert rows(hunting(tmp_path, f"{'a' * 40},x,{platform},22631,1.0"))[0]["os.build"] == "22631"


def test_a_mapping_says_which_sets_may_lack_members(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "fixes.yaml").write_text(
        "{id: fixes, title: Fixes, reads: [csv], founds: false, signature: {all: [[Fix]]}, keys: {name: [Name]},"
        " facts: {updates.kbs: {from: Fix, shape: comma, set: open}}}"
    )
    monkeypatch.setattr("checker.inventory.read.mappings", lambda: load_mappings(tmp_path))
    path = tmp_path / "fixes.csv"
    path.write_text('Name,Fix\nws-1,"KB2, KB1"\n')
    file = read_one(path).file
    assert file.open_sets == {"updates.kbs"}
    assert not file.founds
    assert rows(path)[0]["updates.kbs"] == '["KB1","KB2"]'
