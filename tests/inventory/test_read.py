"""Files, folders and what a user says of them."""

import shutil
from contextlib import suppress
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
    keys = {"mde_id": "Device ID", "name": "Device Name", "domain": "Domain", "observed": "Last device update"}
    assert file.keys == keys
    assert file.columns["os.role"] == "OS Platform"
    assert file.unmapped[:2] == ("First Seen", "Is AAD Joined")
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
    same = f"has the same content as {copy}: its records are read twice"  # "/tmp/…" comes first, whatever the order
    assert third.file.notices == ()
    assert first.file.notices == second.file.notices == (same,)
    assert [item.file.notices for item in read_inventory([str(copy), VALID])] == [(), (same,)]
    assert first.rows == second.rows == third.rows == 9


def test_read_as_settles_a_file_that_fits_nothing() -> None:
    path = "unknown/processes.csv"
    records = read_one(path, ReadOptions(read_as={path: "advanced-hunting"}))
    assert records.file.format == "advanced-hunting"
    assert rows(path, ReadOptions(read_as={f"./{path}": "advanced-hunting"}))[0]["name"] == "ws-0001"


def test_read_as_is_refused_where_it_cannot_be() -> None:
    path = "unknown/phone-list.csv"
    assert refusal(path, ReadOptions(read_as={path: "huntng"})) == (
        f"{path}: there is no format 'huntng'\n  hint: one of: {', '.join(mappings())}"
    )
    assert refusal(path, ReadOptions(read_as={path: "url-tests"})) == (
        f"{path}: cannot be read as url-tests: it has none of its columns"
    )
    assert refusal(path, ReadOptions(read_as={path: "mdatp-health"})) == (
        f"{path}: cannot be read as mdatp-health: it is CSV, semicolon"
    )
    assert refusal(VALID, ReadOptions(read_as={"other.csv": "url-tests"})) == (
        "other.csv: is named by --read-as but not read\n"
        f"  hint: what is read: {VALID}; a folder or a pattern names all files in it: --read-as FORMAT=FOLDER"
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
    assert records.frames[0]["observed"].to_list() == [DAY.replace(tzinfo=None)]
    dated = read_one(VALID, ReadOptions(observed={VALID: time}))
    assert dated.frames[0]["observed"].to_list() == read_one(VALID).frames[0]["observed"].to_list()
    told = refusal(VALID, ReadOptions(observed={UNDATED: time}))
    assert told.startswith(f"{UNDATED}: is named by --observed but not read\n  hint: what is read: {VALID}; ")


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


def test_what_cannot_be_read_in_a_folder_is_told_and_linked_folders_are_followed(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a.csv").write_bytes(Path(VALID).read_bytes())
    (tmp_path / "in" / "linked").symlink_to(tmp_path / "out")
    (tmp_path / "out" / "loop").symlink_to(tmp_path / "in")
    (file,) = read_inventory([str(tmp_path / "in")])
    assert file.file.path == f"{tmp_path}/in/linked/a.csv"
    (tmp_path / "in" / "gone.csv").symlink_to(tmp_path / "nothing")
    assert refusal(tmp_path / "in") == f"{tmp_path}/in/gone.csv: cannot be read: it is a link to nothing"


def test_a_folder_is_read_once_however_many_links_lead_there(tmp_path: Path) -> None:
    for step in range(40):  # two ways on from each: a million million in all
        (tmp_path / f"d{step}").mkdir()
        for way in "ab":
            (tmp_path / f"d{step}" / way).symlink_to(f"../d{step + 1}")
    (tmp_path / "d40").mkdir()
    (tmp_path / "d40" / "x.csv").write_bytes(Path(VALID).read_bytes())
    (file,) = read_inventory([f"{tmp_path}/d0"])
    assert (file.file.path, file.file.notices) == (f"{tmp_path}/d0/{'a/' * 40}x.csv", ())
    (file,) = read_inventory([str(tmp_path)])
    assert file.rows == 9


def test_a_record_nested_too_deeply_is_told(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    for depth in (980, 1000, 3000, 100_000):
        path.write_text('[{"DeviceId": "a", "ClientVersion": "1", "x": ' + "[" * depth + "]" * depth + "}]")
        with suppress(InputError):  # how deep a record may be is Python's choice; it must never be a traceback
            read_one(path)
    assert "nested too deeply" in refusal(path)


@pytest.mark.parametrize("bad", [b"Ger\xe4t", b"NUL\0"])
def test_a_header_that_is_not_utf_8_moves_no_record(bad: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(b"DeviceId,ClientVersion," + bad + b"\n" + b"a" * 40 + b",10.1,x\n")
    if b"\0" in bad:
        assert f"{path}:1: a NUL byte stands in the text" in refusal(path)
    else:
        assert [row["mde_id"] for row in rows(path)] == ["a" * 40]
        assert read_one(path).file.notices[0].startswith("is not UTF-8 and was read as Windows-1252")


def test_a_long_field_in_a_header_is_no_traceback(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("DeviceId,ClientVersion," + "x" * 200_000 + "\n" + "a" * 40 + ",10.1,x\n")
    assert len(rows(path)) == 1


def test_a_run_of_mdatp_ends_at_a_blank_line_and_before_its_first_key(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    edr, health = 'edr_machine_id : "%s"\n', 'healthy : true\napp_version : "1"\n'
    for between in ("", "\n"):
        path.write_text(edr % ("a" * 40) + between + health + edr % ("b" * 40))
        assert [row.get("agent.version") for row in rows(path)] == [None, "1"]
        assert [row["mde_id"] for row in rows(path)] == ["a" * 40, "b" * 40]


def test_a_name_is_a_fact_where_a_condition_asks_for_it(tmp_path: Path) -> None:
    path = tmp_path / "hunting.csv"
    head = "Timestamp,DeviceId,DeviceName,OSPlatform,OSBuild,ClientVersion,OnboardingStatus"
    row = f"2026-11-20T10:00:00Z,{7:040x},WS-1.contoso.example,Windows11,26100,10.8820.26100.7171,Onboarded"
    path.write_text(f"{head}\n{row}\n")

    (asked,) = read_inventory([str(path)], ReadOptions(wanted=frozenset({"device.name"})))
    (not_asked,) = read_inventory([str(path)], ReadOptions(wanted=frozenset({"os.build"})))

    assert asked.frames[0]["device.name"].to_list() == ["WS-1.contoso.example"]
    assert asked.file.columns["device.name"] == "DeviceName"
    assert "device.name" not in not_asked.file.columns
