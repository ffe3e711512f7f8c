"""One table in every shape that exporters, Excel and PowerShell give it."""

import codecs
from collections.abc import Callable
from pathlib import Path

import pytest

from checker.inventory.read import ReadOptions
from tests.inventory.records import HEADER, hunting, read_one, refusal, rows

VALID = Path("advanced-hunting/valid.csv")
A = "a" * 40 + ",ws-1,Windows11,22631,10.8760.22631.5608"
B = "b" * 40 + ",ws-2,Windows10,19045,10.8790.19045.5608"


def utf16(text: str, codec: str = "utf-16-le", mark: bytes = codecs.BOM_UTF16_LE) -> bytes:
    return mark + text.encode(codec)


VARIANTS: dict[str, Callable[[str], bytes]] = {
    "utf-8 with a byte order mark": lambda text: codecs.BOM_UTF8 + text.encode(),
    "a byte order mark that was read as cp1252 and saved": lambda text: "ï»¿".encode() + text.encode(),
    "utf-16 little endian": utf16,
    "utf-16 big endian": lambda text: utf16(text, "utf-16-be", codecs.BOM_UTF16_BE),
    "utf-16 little endian without a mark": lambda text: utf16(text, mark=b""),
    "utf-16 big endian without a mark": lambda text: utf16(text, "utf-16-be", b""),
    "line feeds alone": lambda text: text.replace("\r\n", "\n").encode(),
    "carriage returns alone": lambda text: text.replace("\r\n", "\r").encode(),
    "no end of the last line": lambda text: text.removesuffix("\r\n").encode(),
    "blank lines at the end": lambda text: (text + "\r\n\r\n").encode(),
}


@pytest.mark.parametrize("variant", VARIANTS)
def test_encodings_and_line_ends_change_nothing(variant: str, tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_bytes(VARIANTS[variant](VALID.read_bytes().decode()))
    assert rows(path) == rows(VALID)


@pytest.mark.parametrize(("delimiter", "name"), [(";", "semicolon"), ("\t", "tab"), ("|", "bar")])
def test_the_delimiter_is_the_one_that_gives_known_titles(delimiter: str, name: str, tmp_path: Path) -> None:
    path = tmp_path / "export.txt"
    path.write_text("\n".join(line.replace(",", delimiter) for line in (HEADER, A, B)))
    records = read_one(path)
    assert records.rows == 2
    assert records.file.why.startswith(f"CSV, {name}, UTF-8; has DeviceId")


@pytest.mark.parametrize("before", ["sep=,\r\n", '"sep=,"\r\n', "#TYPE Selected.Thing\r\n", '"#TYPE x"\r\n', "\r\n"])
def test_what_stands_before_the_header_is_passed_over_but_counted(before: str, tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text(before + HEADER + "\r\n" + A + "\r\n", newline="")
    assert [row["line"] for row in rows(path)] == [3]


def test_titles_match_without_case_and_marks_that_are_not_seen(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text("\u200edeviceid,DEVICENAME,OsPlatform,osbuild,clientversion\n" + A + "\n")
    assert rows(path)[0]["os.build"] == "22631"


def test_an_old_code_page_is_read_with_a_notice() -> None:
    records = read_one("advanced-hunting/windows-1252.csv")
    assert rows("advanced-hunting/windows-1252.csv")[0]["name"] == "genève-01.corp.contoso.example"
    assert records.file.notices == ("is not UTF-8 and was read as Windows-1252: names with accents may be wrong",)
    assert records.file.why.startswith("CSV, comma, CP1252")


def test_a_code_page_that_shows_only_late_in_the_file_is_read_too(tmp_path: Path) -> None:
    path = hunting(tmp_path, *[A] * 3000)
    path.write_bytes(path.read_bytes() + B.replace("ws-2", "genève").encode("cp1252"))
    assert rows(path)[-1]["name"] == "genève"


def test_a_console_s_code_page_is_read_where_windows_1252_has_no_letter(tmp_path: Path) -> None:
    path = hunting(tmp_path, A)
    path.write_bytes(path.read_bytes() + B.replace("ws-2", "zürich").encode("cp850"))
    assert rows(path)[-1]["name"] == "zürich"
    assert read_one(path).file.notices == (
        "is not UTF-8 and was read as code page 850: names with accents may be wrong",
    )


def test_titles_that_come_again_are_no_record(tmp_path: Path) -> None:
    found = rows(hunting(tmp_path, A, HEADER, B))
    assert [(row["name"], row["line"]) for row in found] == [("ws-1", 2), ("ws-2", 4)]


def test_bytes_that_are_no_text_in_any_way_are_refused(tmp_path: Path) -> None:
    path = hunting(tmp_path, A)
    path.write_bytes(path.read_bytes() + b"\x81\xb0,x,,,\r\n")
    assert f"{path}:3: byte 0x81 is not UTF-8" in refusal(path)


def test_half_a_character_of_utf_16_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_bytes(utf16(f"{HEADER}\r\n{A}\r\n")[:-1])
    assert f"{path}:2: byte 0x0a is not UTF-16-LE" in refusal(path)


def test_rows_and_lines_are_right_around_quoted_line_ends(tmp_path: Path) -> None:
    quoted = A.replace("ws-1", '"ws\r\n\r\n1"')
    found = rows(hunting(tmp_path, B, quoted, B, quoted, B))
    assert [(row["row"], row["line"]) for row in found] == [(1, 2), (2, 3), (3, 6), (4, 7), (5, 10)]
    assert found[1]["name"] == "ws\r\n\r\n1"


def test_lines_are_right_after_a_header_of_two_lines(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text(f'{HEADER},"Note\nof two lines"\n{A},x\n{B},y\n')
    assert [row["line"] for row in rows(path)] == [3, 4]


def test_quotes_commas_and_spaces_in_cells_are_kept(tmp_path: Path) -> None:
    path = hunting(tmp_path, A.replace("ws-1", '"a ""quoted"", name"'), B.replace("ws-2", "  ws-2 "))
    assert [row["name"] for row in rows(path)] == ['a "quoted", name', "ws-2"]


def test_a_blank_line_between_records_is_no_record(tmp_path: Path) -> None:
    found = rows(hunting(tmp_path, A, "", B))
    assert [(row["row"], row["line"]) for row in found] == [(1, 2), (2, 4)]


def test_a_column_without_a_title_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text(f"{HEADER},,\n{A},,\n")
    records = read_one(path)
    assert (records.rows, records.file.unmapped) == (1, ())


def test_the_first_problems_are_told_and_the_others_counted(tmp_path: Path) -> None:
    path = hunting(tmp_path, A, *["short,row"] * 1234, B)
    message = refusal(path)
    assert message.count("too few") == 10
    assert message.endswith(f"{path}: has 1,224 more records that cannot be read")


def test_every_bad_record_is_set_aside_and_the_good_ones_keep_their_numbers(tmp_path: Path) -> None:
    path = hunting(tmp_path, "short,row", A, '"x"y,,,,', B, ",,,,,too long")
    records = read_one(path, ReadOptions(bad_rows="skip"))
    assert [(bad.row, bad.line, bad.text) for bad in records.rejected] == [
        (1, 2, "…,…"),
        (3, 4, "(10 characters)"),
        (5, 6, ",,,,,…"),
    ]
    assert [row["row"] for row in rows(path, ReadOptions(bad_rows="skip"))] == [2, 4]
    assert records.rows == 5


@pytest.mark.parametrize("columns", [5_000, 150_000])
@pytest.mark.parametrize("end", ["", "\r\n"])
def test_a_header_is_read_whole_or_refused(columns: int, end: str, tmp_path: Path) -> None:
    titles = HEADER + "".join(f",c{number:09}" for number in range(columns))
    path = tmp_path / "wide.csv"
    path.write_text(f"{titles}\n{A}{',' * columns}{end}", encoding="utf-8")
    if columns > 100_000:
        too_long = ":1: has a header of more than 1,024 KiB\n  hint: leave out columns that are not read"
        assert refusal(path) == f"{path}{too_long}"
    else:
        assert read_one(path).rows == 1


def test_a_header_that_a_quote_keeps_open_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "open.csv"
    path.write_text(f'{HEADER},"' + "a line\n" * 20_000 + f'"\n{A},\n', encoding="utf-8")
    assert refusal(path).startswith(f"{path}:1: has a header of more than 64 KiB")


@pytest.mark.parametrize("row", ["x," * 2500, '"x"' + "y," * 2500])
def test_what_is_set_aside_is_shown_in_a_thousand_characters(row: str, tmp_path: Path) -> None:
    records = read_one(hunting(tmp_path, A, row), ReadOptions(bad_rows="skip"))
    assert records.rejected[0].text in ("…," * 500, f"({len(row) + 2:,} characters)")


def test_a_quoted_field_that_swallows_lines_names_the_last_of_them(tmp_path: Path) -> None:
    assert "has text after a closing quote (the quoted field goes on to line 3)" in refusal(
        hunting(tmp_path, A.replace("ws-1", '"ws-1'), B.replace("ws-2", 'ws"2'))
    )


def test_a_field_of_megabytes_is_a_quote_that_was_never_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("checker.inventory.csv_strict.LONGEST_FIELD", 100)
    path = hunting(tmp_path, A, A.replace("ws-1", '"ws-1'), *[B] * 10)
    assert f"{path}:3: a quote that opens in this record is never closed" in refusal(path)
