"""What files are packed in: the same records as unpacked, in bounded space, and accounted for as they were given."""

import gzip
import hashlib
import os
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from backports import zstd

from checker.errors import InputError
from checker.inventory import archives, parquet_files, read, unpack, workbook_size
from checker.inventory.read import ReadOptions, read_inventory
from checker.inventory.typed import BEYOND, LAST_DAY, texts
from checker.model.record import FileRecords
from tests.inventory.records import facts, moment, read_one, refusal, rows, rows_of

VALID = "advanced-hunting/valid.csv"
HEALTH = "mdatp-health/linux.txt"
PACKED = Path("packed")
BOMB = 80 << 20
SURE = "\n  hint: unpack it, if you know that it is none, and give its files"


@pytest.fixture(autouse=True)
def _nothing_is_left_behind(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    folder = tmp_path_factory.mktemp("temporary")
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield
    assert list(folder.iterdir()) == []


def zipped(path: Path, members: dict[str, bytes]) -> str:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return str(path)


def outcome(path: Path) -> tuple[list[dict[str, Any]], str]:
    """Return the records of a file, or why it is refused."""
    try:
        return rows(path), ""
    except InputError as error:
        return [], str(error)


def sha256(path: str | Path) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


PACKERS: dict[str, Callable[[bytes], bytes]] = {"gzip": gzip.compress, "zstd": zstd.compress}


@pytest.mark.parametrize("how", PACKERS)
@pytest.mark.parametrize("path", [VALID, HEALTH, "machines-api/pages.json", "url-tests/valid.jsonl"])
def test_a_packed_text_says_what_it_says_unpacked(how: str, path: str, tmp_path: Path) -> None:
    packed = tmp_path / "export"
    packed.write_bytes(PACKERS[how](Path(path).read_bytes()))
    assert rows(packed) == rows(path)
    file = read_one(packed).file
    assert (file.path, file.packed_in) == (str(packed), "")
    assert (file.sha256, file.content) == (sha256(packed), sha256(path))


def test_streams_one_after_another_are_one_text(tmp_path: Path) -> None:
    whole = Path(VALID).read_bytes()
    for how, pack in PACKERS.items():
        packed = tmp_path / how
        packed.write_bytes(pack(whole[:700]) + pack(whole[700:]))
        assert rows(packed) == rows(VALID)


def test_members_are_told_by_archive_and_path_and_others_are_named() -> None:
    (found,) = read_inventory(["packed/collected.zip"])
    assert found.file.path == "packed/collected.zip/ws-0142/health.txt"  # the archive has backslashes
    assert found.file.packed_in == "packed/collected.zip"
    assert found.file.sha256 == sha256("packed/collected.zip")
    assert rows_of(found) == rows(HEALTH)
    assert found.file.notices[-1] == (
        "3 members are in no format that is known, and not read: packed/collected.zip/ws-0142/MDEClientAnalyzer.htm, "
        "packed/collected.zip/ws-0142/EventLogs/sense.etl, packed/collected.zip/ws-0142/empty.log"
    )


def test_archives_and_streams_in_one_another_are_read(tmp_path: Path) -> None:
    inner = Path(zipped(tmp_path / "inner.zip", {"health.txt": Path(HEALTH).read_bytes()})).read_bytes()
    members = {"a/devices.csv.gz": gzip.compress(Path(VALID).read_bytes()), "b.zip": inner}
    outer = tmp_path / "outer.zip.gz"
    outer.write_bytes(gzip.compress(Path(zipped(tmp_path / "outer.zip", members)).read_bytes()))
    found = read_inventory([str(outer)])
    assert [item.file.path for item in found] == [f"{outer}/a/devices.csv.gz", f"{outer}/b.zip/health.txt"]
    assert [item.rows for item in found] == [9, 1]
    assert {item.file.sha256 for item in found} == {sha256(outer)}


def test_a_workbook_says_what_the_csv_says() -> None:
    expected, found = rows(VALID), rows("packed/hunting.xlsx")
    assert [facts(row) for row in found] == [facts(row) for row in expected]
    for row, same in zip(found, expected, strict=True):
        time = same.get("observed")
        assert row.get("observed") == (time.replace(microsecond=0) if time else None)
    assert [row["row"] for row in found] == list(range(1, 10))
    assert [row["line"] for row in found] == [2, 3, 4, 5, 7, 8, 9, 10, 11]  # the fifth row below the header is blank
    assert "has 2 sheets, of which the first was read" in read_one("packed/hunting.xlsx").file.notices


def test_parquet_says_what_the_csv_says() -> None:
    found = rows("packed/hunting.parquet")
    assert [facts(row) for row in found] == [facts(row) for row in rows(VALID)]
    assert {row["os.build"] for row in found if "os.build" in row} >= {"22631"}  # a column of floats


def test_typed_columns_become_texts_as_csv_has_them() -> None:
    time = datetime(2026, 11, 20, 15, 45, 1, 123000, UTC)
    frame = pl.DataFrame(
        {
            "float": [19045.0, 20.25, None, float("nan"), 2.0**60],
            "bool": [True, False, None, None, None],
            "zoned": pl.Series([time, None, None, None, None], dtype=pl.Datetime("ns", "Europe/Berlin")),
            "naive": pl.Series([time.replace(tzinfo=None)] + [None] * 4, dtype=pl.Datetime("us")),
            "day": pl.Series([time.date()] + [None] * 4),
            "list": [["pilot", 'ring "1"'], [], None, None, None],
            "struct": [{"a": 1, "b": None}, None, None, None, None],
            "bytes": [b"text", None, None, None, None],
            "other bytes": [b"text", b"\xff\0", None, None, None],
            "span": [timedelta(days=1, seconds=3)] + [None] * 4,
            "far day": pl.Series([2**31 - 1, -(2**31) + 1, LAST_DAY, None, None], dtype=pl.Int32).cast(pl.Date),
            "far": pl.Series([2**62, -(2**62), 0, None, None]).cast(pl.Datetime("ms", "UTC")),
            "nothing": [None] * 5,
        }
    )
    assert texts(frame).row(0, named=True) == {
        "float": "19045",
        "bool": "true",
        "zoned": "2026-11-20T15:45:01.123Z",
        "naive": "2026-11-20T15:45:01.123",
        "day": "2026-11-20",
        "list": '["pilot","ring \\"1\\""]',
        "struct": '{"a":1,"b":null}',
        "bytes": "text",
        "other bytes": "text",
        "span": "P1DT3S",
        "far day": BEYOND,
        "far": BEYOND,
        "nothing": "",
    }
    assert texts(frame)["float"].to_list()[1:4] == ["20.25", "", ""]
    assert texts(frame)["other bytes"].to_list()[:3] == ["text", "(binary ff00)", ""]
    assert texts(frame)["far day"].to_list()[1:] == [BEYOND, "9999-12-31", "", ""]
    assert texts(frame)["far"].to_list()[1:] == [BEYOND, "1970-01-01T00:00:00Z", "", ""]
    assert texts(frame)["list"].to_list() == ['["pilot","ring \\"1\\""]', "[]", "", "", ""]


def test_a_parquet_file_of_many_row_groups_keeps_its_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet_files, "BATCH", 7)
    pl.concat([pl.read_csv(VALID, infer_schema=False)] * 5).write_parquet(tmp_path / "x", row_group_size=4)
    found = rows(tmp_path / "x")
    assert [row["row"] for row in found] == list(range(1, 46))
    assert [facts(row) for row in found] == [facts(row) for row in rows(VALID)] * 5


def test_what_is_said_of_an_archive_is_said_of_its_members(tmp_path: Path) -> None:
    software = Path("unknown/processes.csv").read_bytes()
    path = zipped(tmp_path / "x.zip", {"a.csv": software, "b.csv": software + b"\r\n"})
    both = read_inventory([path], ReadOptions(read_as={path: "advanced-hunting"}))
    assert [item.file.format for item in both] == ["advanced-hunting"] * 2
    (one,) = read_inventory([path], ReadOptions(read_as={f"{path}/b.csv": "advanced-hunting"}))
    assert one.file.path == f"{path}/b.csv"
    day = moment("2026-11-20")
    dated = read_inventory(["packed/collected.zip"], ReadOptions(observed={"./packed/collected.zip": day}))
    assert rows_of(dated[0])[0]["observed"] == day
    told = refusal(path, ReadOptions(read_as={path: "advanced-hunting", f"{path}/c.csv": "advanced-hunting"}))
    assert told.startswith(f"{path}/c.csv: is named by --read-as but not read\n  hint: did you mean {path}/")


def test_a_defect_in_a_member_is_no_member_of_unknown_format(tmp_path: Path) -> None:
    members = {"a.csv": Path(VALID).read_bytes(), "b.csv": Path("advanced-hunting/short-row.csv").read_bytes()}
    path = zipped(tmp_path / "x.zip", members)
    assert refusal(path).startswith(f"{path}/b.csv:3: record 2 has 3 fields, too few")


def test_the_same_export_packed_and_plain_is_told() -> None:
    plain, packed = read_inventory([VALID, "packed/hunting.csv.gz"])
    assert plain.file.notices == ()
    assert packed.file.notices == (f"has the same content as {VALID}: its records are read twice",)
    first, again = read_inventory(["packed/portal.zip"] * 2)
    assert "is given twice: its records are read twice" in (*first.file.notices, *again.file.notices)


@pytest.mark.parametrize(
    "path", [VALID, "packed/hunting.csv.gz", "packed/collected.zip", "packed/hunting.xlsx", "packed/hunting.parquet"]
)
def test_progress_adds_up_to_the_bytes_of_the_file(path: str) -> None:
    told: list[int] = []
    read_inventory([path], ReadOptions(progress=told.append))
    assert sum(told) == Path(path).stat().st_size


def test_progress_of_an_archive_goes_on_member_by_member(tmp_path: Path) -> None:
    content = os.urandom(50_000)
    path = Path(zipped(tmp_path / "x.zip", {"a": content, "b": content}))
    told: list[int] = []
    share = unpack.Share(told.append, path.stat().st_size)
    sums = []
    for leaf in unpack.leaves(str(path), path):
        share.of(leaf)(25_000)
        sums.append(sum(told) / path.stat().st_size)
        share.of(leaf)(0)
    assert sums == [pytest.approx(0.25, abs=0.01), pytest.approx(0.5, abs=0.01)]


def test_a_member_lies_on_the_disk_no_longer_than_it_is_read(tmp_path: Path) -> None:
    inner = gzip.compress(b"inner")
    path = Path(zipped(tmp_path / "x.zip", {"a": b"1", "b.gz": inner, "c": b"2"}))
    places: list[Path] = []
    for leaf in unpack.leaves(str(path), path):
        assert [place for place in places if place.exists()] == []
        assert len(list(leaf.place.parent.iterdir())) <= 2  # a stream in a member: both
        places.append(leaf.place)
    assert len(places) == 3


class TestBombs:
    @pytest.mark.parametrize("how", PACKERS)
    def test_a_stream_that_unpacks_to_far_more(self, how: str, tmp_path: Path) -> None:
        path = tmp_path / "x"
        path.write_bytes(PACKERS[how](bytes(BOMB)))
        what = "unpacks to more than 100 times its size: a bomb, not an export"
        assert refusal(path) == f"{path}: {what}{SURE}"

    def test_a_member_that_unpacks_to_far_more(self, tmp_path: Path) -> None:
        path = zipped(tmp_path / "x.zip", {"x.csv": bytes(BOMB)})
        what = "has a member that unpacks to more than 100 times its size: a bomb, not an export"
        assert refusal(path) == f"{path}: {what}{SURE}"

    def test_a_member_that_lies_about_its_size(self, tmp_path: Path) -> None:
        path = Path(zipped(tmp_path / "x.zip", {"x.csv": bytes(BOMB)}))
        path.write_bytes(path.read_bytes().replace(struct.pack("<I", BOMB), struct.pack("<I", 99)))
        assert "x.zip/x.csv: is damaged: it cannot be unpacked" in refusal(path)

    def test_all_members_together(self, tmp_path: Path) -> None:
        whole = Path(VALID).read_bytes()
        path = tmp_path / "x.gz"
        path.write_bytes(gzip.compress(whole))
        room = unpack._Room(tmp_path, 1 << 40, size=2000)
        with pytest.raises(InputError, match="unpacks to more than"), gzip.open(path) as stream:
            unpack._spill(iter([stream.read()]), tmp_path / "out", "x.gz", room, lambda: 1)

    @pytest.mark.parametrize("inner", [False, True])
    def test_members_of_which_none_is_large_alone(
        self, inner: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(archives, "LARGE", 100_000)
        content = b"DeviceId,DeviceName\n" + bytes(99_000)
        packed = gzip.compress(content) if inner else content
        path = zipped(tmp_path / "x.zip", {f"{number}.csv": packed for number in range(9)})
        assert "unpacks to more than 100 times its size: a bomb, not an export" in refusal(path)

    def test_members_that_overlap(self, tmp_path: Path) -> None:
        content = os.urandom(5000)
        path = Path(zipped(tmp_path / "x.zip", {"a.csv": content}))
        raw = path.read_bytes()
        start = raw.index(b"PK\x01\x02")
        end = raw.index(b"PK\x05\x06")
        entry = raw[start:end]
        entries = b"".join(entry.replace(b"a.csv", name) for name in (b"a.csv", b"b.csv", b"c.csv"))
        tail = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 3, 3, len(entries), start, 0)
        path.write_bytes(raw[:start] + entries + tail)
        assert refusal(path).startswith(f"{path}: has members that overlap: a bomb, not an export")

    def test_too_many_members(self, tmp_path: Path) -> None:
        path = zipped(tmp_path / "x.zip", {f"{number}.csv": b"" for number in range(archives.MOST_MEMBERS + 1)})
        assert refusal(path).startswith(f"{path}: has more than 10,000 members")

    def test_a_directory_that_would_fill_the_memory(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(archives, "_ENTRIES", 5)
        path = zipped(tmp_path / "x.zip", {f"{number}.csv": b"" for number in range(6)})
        assert refusal(path).startswith(f"{path}: has more than 10,000 members")

    def test_a_name_that_is_too_long(self, tmp_path: Path) -> None:
        path = zipped(tmp_path / "x.zip", {"x" * 10_000: b"a"})
        assert refusal(path).startswith(f"{path}: '{'x' * 80}' … has a name of 10,000 characters\n")

    def test_two_members_of_one_name(self, tmp_path: Path) -> None:
        path = zipped(tmp_path / "x.zip", {"a/b.csv": b"a", "a\\b.csv": b"b"})
        assert refusal(path).startswith(f"{path}: has two members of the same name")


def lying(path: Path, content: bytes, size: int) -> Path:
    """Write an archive whose directory says of a member that it is its beginning alone."""
    zipped(path, {"a.csv": content})
    raw = bytearray(path.read_bytes())
    entry = raw.rindex(b"PK\x01\x02")
    raw[entry + 16 : entry + 20] = struct.pack("<I", zlib.crc32(content[:size]))
    raw[entry + 24 : entry + 28] = struct.pack("<I", size)
    path.write_bytes(raw)
    return path


class TestArchivesThatHideRows:
    def test_a_directory_that_tells_only_the_beginning_of_a_member(self, tmp_path: Path) -> None:
        content = Path(VALID).read_bytes()
        path = lying(tmp_path / "x.zip", content, content.index(b"\n", 300) + 1)
        assert refusal(path).startswith(f"{path}/a.csv: is damaged: it cannot be unpacked, or is not what was packed")

    @pytest.mark.parametrize("name", ["hunting.xlsx", "portal.zip"])
    def test_bytes_around_an_archive(self, name: str, tmp_path: Path) -> None:
        raw, path = (PACKED / name).read_bytes(), tmp_path / "x"
        other = Path(zipped(tmp_path / "other", {"a.csv": Path(VALID).read_bytes()})).read_bytes()
        for before, after, where in [
            (b"PK\x03\x04" + b"junk" * 99, b"", "before its first member"),
            (other, b"", "before its first member"),
            (b"", b"junk", "after its end"),
            (b"", b"\0", "after its end"),
        ]:
            path.write_bytes(before + raw + after)
            what = f"has bytes {where}: two archives joined, or one that is damaged"
            assert refusal(path) == f"{path}: {what}\n  hint: export or pack it again"

    def test_an_archive_with_a_comment_is_read(self, tmp_path: Path) -> None:
        path = tmp_path / "x.zip"
        path.write_bytes((PACKED / "portal.zip").read_bytes())
        with zipfile.ZipFile(path, "a") as archive:
            archive.comment = b"of contoso.example"
        assert rows(path) == rows("packed/portal.zip")


def rewritten(path: Path, part: str, change: Callable[[bytes], bytes]) -> str:
    """Write a workbook again with one part changed, packed as well as before."""
    with zipfile.ZipFile(PACKED / "hunting.xlsx") as old:
        return zipped(path, {n: change(old.read(n)) if n == part else old.read(n) for n in old.namelist()})


class TestWorkbooks:
    @pytest.mark.parametrize(
        "cell",
        [
            b'<c r="XFD1048576"><v>1</v></c>',
            b"<c r='XFD1048576'><v>1</v></c>",
            b'<c\n\tr = "XFD1048576"><v>1</v></c>',
            b"<c s=\"0\"  r= 'xfd1048576'><v>1</v></c>",
            b'<x:c r="XFD1048576"><x:v>1</x:v></x:c>',
            b'<c r="A4294967290"><v>1</v></c>',
            b'<c r="ZZZZZZ1"><v>1</v></c>',
            b"<c " + b" " * 300_000 + b'r="XFD1048576"><v>1</v></c>',
        ],
    )
    def test_a_cell_far_from_the_table_is_seen_however_it_is_spelled(self, cell: bytes, tmp_path: Path) -> None:
        path = rewritten(
            tmp_path / "x.xlsx", "xl/worksheets/sheet1.xml", lambda sheet: sheet.replace(b"</row>", cell + b"</row>", 1)
        )
        assert refusal(path).startswith(f"{path}: has a sheet of ")

    def test_cells_of_one_long_text(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(workbook_size, "MOST_TEXT", 20 << 20)
        part = "xl/sharedStrings.xml"
        path = rewritten(tmp_path / "x.xlsx", part, lambda text: text.replace(b"Windows11", b"x" * (12 << 20), 1))
        assert "has a sheet of more cells and text than can be read" in refusal(path)

    def test_a_first_sheet_without_anything(self, tmp_path: Path) -> None:
        pl.DataFrame({"": []}).write_excel(tmp_path / "x.xlsx", include_header=False)
        assert refusal(tmp_path / "x.xlsx") == (
            f"{tmp_path}/x.xlsx: has an empty first sheet\n  hint: put the table on the first sheet"
        )

    def test_a_damaged_sheet(self, tmp_path: Path) -> None:
        path = rewritten(tmp_path / "x.xlsx", "xl/workbook.xml", lambda text: text[: len(text) // 2])
        assert refusal(path) == (
            f"{path}: is an Excel workbook that is cut off or damaged\n  hint: save it again, or save it as CSV"
        )

    def test_other_office_files_are_told(self, tmp_path: Path) -> None:
        path = zipped(tmp_path / "x.xlsb", {"xl/workbook.bin": b"a"})
        assert refusal(path).startswith(f"{path}: is a binary Excel workbook\n")


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"\xd0\xcf\x11\xe0" + bytes(99), "is an old Excel workbook, one with a password, or a Thumbs.db of Windows"),
        (b"7z\xbc\xaf\x27\x1c" + bytes(99), "is a 7-Zip archive"),
        (b"Rar!\x1a\x07" + bytes(99), "is a RAR archive"),
        (b"BZh9" + bytes(99), "is packed with bzip2"),
        (b"\xfd7zXZ\0" + bytes(99), "is packed with xz"),
        (b"MSCF" + bytes(99), "is a cabinet archive"),
        (b"%PDF-1.7\n", "is a PDF document"),
        (b"a.csv" + bytes(252) + b"ustar" + bytes(99), "is a tar archive"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "is no text, and of no other form that is known"),
    ],
)
def test_what_is_no_export_is_told(content: bytes, what: str, tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(content)
    assert refusal(tmp_path / "x").startswith(f"{tmp_path}/x: {what}\n  hint: ")


def test_parquet_that_claims_more_rows_than_anything_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet_files, "MOST_ROWS", 5)
    assert "claims to have 9 rows and" in refusal("packed/hunting.parquet")


def parquet(path: Path, **columns: list[Any]) -> str:
    """Write a hunting export with some of its columns changed."""
    frame = pl.read_csv(VALID, infer_schema=False)
    frame.with_columns(**{title: pl.Series(values) for title, values in columns.items()}).write_parquet(path)
    return str(path)


@pytest.mark.parametrize("wrap", [lambda text: text, lambda text: [text]])
def test_parquet_of_one_long_text_in_many_rows_is_refused_before_it_is_in_memory(
    wrap: Callable[[str], Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet_files, "LARGE", 5 << 20)
    monkeypatch.setattr(parquet_files, "FIRST_BATCH", 2)
    path = parquet(tmp_path / "x", DeviceName=[wrap("a" * 1_000_000)] * 9)
    assert refusal(path).startswith(f"{path}: holds more than 5 MiB, and more than 50 times its size: a bomb")


def test_parquet_with_a_column_twice_names_it(tmp_path: Path) -> None:
    path = Path(parquet(tmp_path / "x"))
    path.write_bytes(path.read_bytes().replace(b"OSPlatform", b"DeviceName"))
    assert refusal(path) == f"{path}: has columns of the same name: 'DeviceName'\n  hint: rename or remove all but one"


def test_bytes_that_are_no_text_are_told_as_such_and_change_no_other_cell(tmp_path: Path) -> None:
    """Read as hexadecimal digits, revision "100" was 313030, which passes."""
    spelled = [b"100", b"\x99", *[None] * 7]
    (item,) = read_inventory([parquet(tmp_path / "x", OsBuildRevision=spelled)])
    assert pl.concat(item.frames)["os.ubr"].cast(pl.String).to_list()[:3] == ["100", "(binary 99)", ""]


def test_parquet_with_lists_of_bytes_names_the_column(tmp_path: Path) -> None:
    path = parquet(tmp_path / "x", OSPlatform=[[b"\xff"]] * 9)
    assert refusal(path) == (
        f"{path}: has lists of bytes in column 'OSPlatform'\n  hint: export the column as text, or without it"
    )


def test_damaged_parquet_is_refused_wherever_it_is_damaged(tmp_path: Path) -> None:
    raw = (PACKED / "hunting.parquet").read_bytes()
    path = tmp_path / "x.parquet"
    for place in range(4, len(raw) - 8, 211):
        path.write_bytes(raw[:place] + bytes(255 - byte for byte in raw[place : place + 9]) + raw[place + 9 :])
        _, told = outcome(path)
        assert not told or told.startswith(f"{path}: ")


@pytest.mark.parametrize("ending", [b"", b'"'])
def test_a_line_without_end_is_refused_in_bounded_memory(ending: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(Path(VALID).read_bytes() + ending + b"x" * (24 << 20))
    told = refusal(path)
    assert told.startswith((f"{path}:11: begins a record of more than 16 MiB", f"{path}:11: a quote that opens"))


def test_a_line_without_end_is_not_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    with path.open("wb") as file:
        file.write(Path(VALID).read_bytes() + b"x" * (1 << 20))
        file.truncate(200 << 20)  # takes no space on the disk
    told: list[int] = []
    assert "begins a record of more than 16 MiB" in refusal(path, ReadOptions(progress=told.append))
    assert sum(told) < 64 << 20


def test_a_text_that_is_read_whole_is_bounded(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    with path.open("wb") as file:
        file.write(Path(HEALTH).read_bytes() * 99)
        file.truncate(2 << 30)  # takes no space on the disk
    assert "has 2,048 MiB, more than a file of its format can have" in refusal(path)


@pytest.mark.parametrize("path", [VALID, "packed/hunting.csv.gz", "packed/hunting.xlsx"])
def test_a_file_that_changes_while_it_is_read_is_refused(
    path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "copy"
    copy.write_bytes(Path(path).read_bytes())
    really = read._read_members

    def meanwhile(path: str, place: Path, options: ReadOptions, only: str) -> list[FileRecords]:
        found = really(path, place, options, only)
        with place.open("ab") as file:
            file.write(b"\n")
        return found

    monkeypatch.setattr(read, "_read_members", meanwhile)
    hint = "read it again when nothing writes to it"
    assert refusal(copy) == f"{copy}: changed while it was read\n  hint: {hint}"


def test_utf_16_is_read_in_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from checker.inventory import source

    monkeypatch.setattr(source, "BLOCK", 333)  # cuts characters in two
    path = tmp_path / "x.csv"
    path.write_bytes(Path(VALID).read_text(encoding="utf-8").encode("utf-16"))
    assert rows(path) == rows(VALID)
    path.write_bytes(path.read_bytes()[:-1])
    assert "is not UTF-16-LE" in refusal(path)


def test_whatever_is_cut_off_or_flipped_is_refused_or_read_whole(tmp_path: Path) -> None:
    """A checksum guards what is packed: no byte can be another without being noticed, unless it says nothing."""
    expected = rows("packed/portal.zip")
    raw = (PACKED / "portal.zip").read_bytes()
    path = tmp_path / "portal.zip"
    for place in range(0, len(raw), 7):
        for damaged in (raw[:place], raw[:place] + bytes([raw[place] ^ 0x55]) + raw[place + 1 :]):
            path.write_bytes(damaged)
            found, told = outcome(path)
            assert found == expected or told.startswith(str(path))
