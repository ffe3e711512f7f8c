"""Files, folders and what a user says of them."""

import shutil
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from checker.errors import InputError
from checker.inventory.mapping import ProductMapping
from checker.inventory.mapping_files import mappings
from checker.inventory.read import ReadOptions, read_inventory
from checker.model.record import RECORD_COLUMNS, fact_dtype
from tests.inventory.records import read_one, refusal, rows

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


def test_progress_is_told_every_byte() -> None:
    seen: list[int] = []
    read_inventory([VALID, "machines-api/valid.json"], ReadOptions(progress=seen.append))
    assert sum(seen) == sum(Path(path).stat().st_size for path in (VALID, "machines-api/valid.json"))


def test_a_file_without_records_is_read() -> None:
    records = read_one("advanced-hunting/header-only.csv")
    assert (records.rows, records.file.format) == (0, "advanced-hunting")


def test_a_file_that_cannot_be_opened_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("checker.inventory.read.open_source", refuse)
    assert refusal(VALID) == f"{VALID}: cannot be read: Permission denied"


def test_a_nul_in_json_is_damage(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text('{"DeviceId":\n"a\0"}')
    assert f"{path}:2: a NUL byte stands in the text" in refusal(path)
