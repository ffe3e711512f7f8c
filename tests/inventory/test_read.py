"""Files, folders and what a user says of them."""

import shutil
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import polars as pl
import pytest

from checker.errors import InputError
from checker.inventory.mapping import ProductMapping
from checker.inventory.mapping_files import mappings
from checker.inventory.read import ReadOptions, read_inventory
from checker.model.record import RECORD_COLUMNS, fact_dtype
from tests.inventory.records import facts, hunting, moment, read_one, refusal, rows

VALID = "advanced-hunting/valid.csv"
UNDATED = "mdatp-health/linux.txt"
DAY = datetime(2026, 11, 20, tzinfo=UTC)


def test_every_frame_has_the_columns_and_types_of_a_record() -> None:
    for path in (VALID, "machines-api/pages.json", UNDATED, "url-tests/valid.jsonl"):
        records = read_one(path)
        for frame in records.frames:
            assert frame.columns == [*RECORD_COLUMNS, *records.file.columns]
            assert {name: frame.schema[name] for name in RECORD_COLUMNS} == RECORD_COLUMNS
            assert all(frame.schema[name] == fact_dtype(name) for name in records.file.columns)


def test_a_file_tells_how_it_was_recognised_and_what_was_not_read() -> None:
    file = read_one("portal-devices/semicolon.csv").file
    assert file.format == "portal-devices"
    assert file.why == (
        "CSV, semicolon, UTF-8; has Device ID, Device Name, Onboarding Status, Health Status, Exposure Level, "
        "OS Platform"
    )
    assert file.keys == {"mde_id": "Device ID", "name": "Device Name", "observed": "Last device update"}
    assert file.columns["os.role"] == "OS Platform"
    assert file.unmapped[:3] == ("Domain", "First Seen", "Is AAD Joined")
    assert (file.founds, file.per_device) == (True, False)


def test_a_fact_of_several_columns_names_them_all() -> None:
    assert read_one(VALID).file.columns["device.tags"] == "DeviceManualTags, DeviceDynamicTags, RegistryDeviceTag"


def test_the_digest_is_of_the_bytes_as_they_stand(tmp_path: Path) -> None:
    import hashlib

    for content in (
        Path(VALID).read_bytes(),
        Path(VALID).read_text().encode("utf-16"),
        b"\xef\xbb\xbf" + Path(VALID).read_bytes(),
    ):
        path = tmp_path / "copy.csv"
        path.write_bytes(content)
        assert read_one(path).file.sha256 == hashlib.sha256(content).hexdigest()


def test_a_name_tells_nothing(tmp_path: Path) -> None:
    path = tmp_path / "machines.json"
    shutil.copy(VALID, path)
    assert read_one(path).file.format == "advanced-hunting"


def test_a_folder_is_all_its_files_in_order(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    for name in ("c.csv", "b/x.csv", "a.csv", ".hidden"):
        shutil.copy(VALID, tmp_path / name)
    read = read_inventory([str(tmp_path)])
    assert [Path(records.file.path).relative_to(tmp_path).as_posix() for records in read] == [
        "a.csv",
        "b/x.csv",
        "c.csv",
    ]


def test_all_problems_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "nothing").mkdir()
    with pytest.raises(InputError) as error:
        read_inventory(["no-such.csv", str(tmp_path / "nothing"), VALID])
    assert [problem.what for problem in error.value.problems] == ["does not exist", "is a folder without files"]
    with pytest.raises(InputError) as error:
        read_inventory(["advanced-hunting/short-row.csv", VALID, "machines-api/truncated.json", "unknown/empty.csv"])
    assert [problem.where for problem in error.value.problems] == [
        "advanced-hunting/short-row.csv:3",
        "machines-api/truncated.json:47",
        "unknown/empty.csv",
    ]


def test_a_file_given_twice_is_read_twice_and_told(tmp_path: Path) -> None:
    copy = tmp_path / "copy.csv"
    shutil.copy(VALID, copy)
    first, second, third = read_inventory([VALID, VALID, str(copy)])
    assert first.file.notices == ()
    assert second.file.notices == ("is given twice: its records are read twice",)
    assert third.file.notices == (f"has the same content as {VALID}: its records are read twice",)
    assert first.rows == second.rows == third.rows == 9


def test_read_as_settles_a_file_that_fits_nothing() -> None:
    path = "unknown/software.csv"
    records = read_one(path, ReadOptions(read_as={path: "advanced-hunting"}))
    assert records.file.format == "advanced-hunting"
    assert rows(path, ReadOptions(read_as={f"./{path}": "advanced-hunting"}))[0]["os.family"] == "windows"


def test_read_as_is_refused_where_it_cannot_be() -> None:
    path = "unknown/phone-list.csv"
    assert refusal(path, ReadOptions(read_as={path: "huntng"})) == (
        f"{path}: there is no format 'huntng'\n"
        "  hint: one of: advanced-hunting, machines-api, mdatp-health-json, mdatp-health, portal-devices, url-tests"
    )
    assert refusal(path, ReadOptions(read_as={path: "url-tests"})) == (
        f"{path}: cannot be read as url-tests: it has none of its columns"
    )
    assert refusal(path, ReadOptions(read_as={path: "mdatp-health"})) == (
        f"{path}: cannot be read as mdatp-health: it is CSV, semicolon"
    )
    assert refusal(VALID, ReadOptions(read_as={"other.csv": "url-tests"})) == (
        "other.csv: is named by --read-as but not read"
    )


def test_a_file_that_fits_two_mappings_is_not_guessed(monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    twin: ProductMapping = replace(mappings()["advanced-hunting"], id="twin")
    both = {**mappings(), "twin": twin}
    monkeypatch.setattr("checker.inventory.read.mappings", lambda: both)
    message = refusal("advanced-hunting/header-only.csv")
    assert message == (
        "advanced-hunting/header-only.csv: could be advanced-hunting and twin (CSV, comma; columns: DeviceId,"
        " DeviceName, OSPlatform, OSBuild, ClientVersion)\n"
        "  hint: say which: --read-as advanced-hunting=advanced-hunting/header-only.csv"
    )


@pytest.mark.parametrize("time", [DAY, DAY.replace(tzinfo=None), DAY.astimezone(timezone(timedelta(hours=5)))])
def test_observed_dates_the_records_that_have_no_time(time: datetime) -> None:
    records = read_one(UNDATED, ReadOptions(observed={UNDATED: time}))
    assert records.exported_at == time
    assert records.frames[0]["observed"].to_list() == [DAY.replace(tzinfo=None)]
    dated = read_one(VALID, ReadOptions(observed={VALID: time}))
    assert dated.frames[0]["observed"].to_list() == read_one(VALID).frames[0]["observed"].to_list()
    assert refusal(VALID, ReadOptions(observed={UNDATED: time})) == f"{UNDATED}: is named by --observed but not read"


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


def test_progress_is_told_every_byte() -> None:
    seen: list[int] = []
    read_inventory([VALID, "machines-api/valid.json"], ReadOptions(progress=seen.append))
    assert sum(seen) == sum(Path(path).stat().st_size for path in (VALID, "machines-api/valid.json"))


def test_doubtful_dates_give_one_notice_a_file_and_leave_their_rows_undated() -> None:
    path = "advanced-hunting/local-dates.csv"
    assert read_one(path).file.notices == (
        (
            "1 record is undated: a time such as '05/12/2026 6:41:32 PM' may be day/month or month/day; "
            f"--observed {path}=DATE dates them"
        ),
        f"1 record is undated: a time such as 'soon' is in no form that is known; --observed {path}=DATE dates them",
        "times such as '05/05/2026 6:41:32 PM' name no time zone and were read as UTC",
    )
    times = [row.get("observed") for row in rows(path)]
    assert times[0] == moment("2026-04-15 11:09:27")
    assert [place for place, time in enumerate(times) if time is None] == [6, 8, 9]
    assert rows(path)[6]["device.last_seen"] == "05/12/2026 6:41:32 PM"  # unreadable, and said to be


def test_a_file_without_records_is_read() -> None:
    records = read_one("advanced-hunting/header-only.csv")
    assert (records.rows, records.file.format) == (0, "advanced-hunting")


def test_a_word_that_no_table_knows_is_passed_on_as_it_stands(tmp_path: Path) -> None:
    found = rows(hunting(tmp_path, "a" * 40 + ",x,VxWorks,6,1.0"))
    assert found[0]["os.family"] == "VxWorks"
    assert "os.build" not in found[0]


def test_ids_are_folded_and_kept_when_they_are_none(tmp_path: Path) -> None:
    found = rows(hunting(tmp_path, "A" * 40 + ",x,Windows11,1,1", " Short-ID ,x,Windows11,1,1", "N/A,x,Windows11,1,1"))
    assert [row.get("mde_id") for row in found] == ["a" * 40, "short-id", None]


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


def test_a_file_that_cannot_be_opened_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("checker.inventory.read.open_source", refuse)
    assert refusal(VALID) == f"{VALID}: cannot be read: Permission denied"


def test_tags_that_some_json_records_lack_are_not_said_of_them(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    path.write_text(
        '[{"DeviceId": "a", "ClientVersion": "1", "DeviceManualTags": "[\\"x\\"]"},'
        ' {"DeviceId": "b", "ClientVersion": "1", "DeviceDynamicTags": null}, {"DeviceId": "c", "ClientVersion": "1"}]'
    )
    assert [row.get("device.tags") for row in rows(path)] == ['["x"]', "", None]


def test_a_nul_in_json_is_damage(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text('{"DeviceId":\n"a\0"}')
    assert f"{path}:2: a NUL byte stands in the text" in refusal(path)


def test_the_entra_id_of_no_device_is_none(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    ids = ["00000000-0000-0000-0000-000000000000", "0098C183-A6F8-5CE4-96BF-FD35DEE6FACA"]
    path.write_text("DeviceId,AadDeviceId,ClientVersion\n" + "".join(f"{'a' * 40},{entra},1.0\n" for entra in ids))
    assert [row.get("entra_id") for row in rows(path)] == [None, ids[1].lower()]
