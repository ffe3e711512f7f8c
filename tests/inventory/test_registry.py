"""The two texts of the Windows registry: every way in which a value is written, and whatever else may stand there."""

import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.errors import InputError
from checker.inventory.mapping import title_key
from checker.inventory.registry import open_registry
from checker.inventory.source import open_source
from checker.inventory.table import Faults, RawTable

EDITOR = "Windows Registry Editor Version 5.00\r\n\r\n"
KEY = r"SOFTWARE\Contoso"
NAMES = ("One", 'Qu"ote', r"Back\slash")
KNOWN = frozenset(title_key(rf"{KEY}\{name}") for name in (*NAMES, "Two")) | {"host"}
LINE = st.text(st.characters(exclude_characters="\r\n\0\x1a\ufeff", exclude_categories=["Cs"]), max_size=40)
WITHOUT_NUL = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=40)


def read(text: str, path: Path, skip: bool = False) -> tuple[list[dict[str, str]], Faults]:
    """Return the values of each record by name, and the faults."""
    path.write_bytes(b"\xff\xfe" + text.encode("utf-16-le"))
    faults = Faults(path.as_posix(), skip=skip)
    opened = open_registry(open_source(path.as_posix(), lambda _: None), KNOWN, faults)
    tables: list[RawTable] = list(opened.tables(frozenset(opened.titles)))
    rows = [row for table in tables for row in table.columns.to_dicts()]
    return [
        {title.removeprefix(f"{KEY}\\"): text for title, text in row.items() if text is not None} for row in rows
    ], faults


def one(line: str, path: Path) -> dict[str, str]:
    (values,), faults = read(f"{EDITOR}[HKEY_LOCAL_MACHINE\\{KEY}]\r\n{line}\r\n", path)
    assert not faults.count
    return values


def escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def wrapped(line: str, width: int) -> str:
    """Return the line of a value in bytes as the editor writes it: cut behind commas, going on behind a backslash."""
    head, _, rest = line.partition(":")
    parts, cut = rest.split(","), []
    for start in range(0, len(parts), width):
        cut.append(",".join(parts[start : start + width]))
    return head + ":" + ",\\\r\n  ".join(cut)


@given(name=st.sampled_from(NAMES), text=LINE)
def test_a_text_is_read_as_it_was_written(name: str, text: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.getbasetemp() / "text.reg"
    assert one(f'"{escaped(name)}"="{escaped(text)}"', path) == {name: text}


@given(text=WITHOUT_NUL, width=st.integers(1, 30), kind=st.sampled_from(["(1)", "(2)"]))
def test_a_text_in_bytes_is_read_however_it_is_wrapped(
    text: str, width: int, kind: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    raw = (text + "\0").encode("utf-16-le").hex(",")
    assert one(wrapped(f'"One"=hex{kind}:{raw}', width), tmp_path_factory.getbasetemp() / "bytes.reg") == {"One": text}


VALUES = {
    '"One"=dword:00000d78': "3448",
    '"One"=hex(b):00,80,9f,d5,de,b1,9d,01': str(int.from_bytes(bytes.fromhex("00809fd5deb19d01"), "little")),
    '"One"=hex(4):0a,00,00,00': "10",
    '"One"=hex(7):61,00,00,00,62,00,00,00,00,00': '["a", "b"]',
    '"One"=hex:01,02,ff': "(binary)",
    '"One"=hex(0):': "(binary)",
    '"One"="two\r\nlines \\\\\r\nand a quote \\""': 'two\nlines \\\nand a quote "',
}


@pytest.mark.parametrize("line", VALUES)
def test_every_type_of_value(line: str, tmp_path: Path) -> None:
    assert one(line, tmp_path / "x.reg") == {"One": VALUES[line]}


@pytest.mark.parametrize(
    "line",
    [
        '"One"=dword:yes',
        '"One"=hex(2):61,0',
        '"One"=hex(2):61,00,',
        '"One"=hex(2):00,d8',
        '"One"=word',
        '"One"',
        "One=1",
    ],
)
def test_a_broken_line_is_a_fault_of_its_record_and_is_not_kept(line: str, tmp_path: Path) -> None:
    begin = f"{EDITOR}[HKEY_LOCAL_MACHINE\\{KEY}]\r\n"
    text = f'{begin}{line}\r\n"Two"="2"\r\n{begin}"Two"="3"\r\n'
    found, faults = read(text, tmp_path / "x.reg", skip=True)
    assert found == [{"Two": "3"}]
    (rejected,) = faults.rejected
    assert (rejected.row, rejected.line) == (1, 4)
    assert line not in rejected.text


def test_what_is_taken_away_or_of_another_hive_or_not_known_is_no_value(tmp_path: Path) -> None:
    lines = (
        f'"One"=-\r\n"Three"="3"\r\n[HKEY_CURRENT_USER\\{KEY}]\r\n"One"="4"\r\n[HKEY_LOCAL_MACHINE\\{KEY}]\r\n"Two"="2"'
    )
    assert one(lines, tmp_path / "x.reg") == {"Two": "2"}


@pytest.mark.parametrize("line", ['"Three"="no end\r\n"Two"=dword:0', '"Three"=hex:01,\\', '"Three"=hex:01,\\\r\n\r\n'])
def test_a_value_without_an_end_hides_what_follows_and_is_refused(line: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is cut off: the value that begins here has no end"):
        one(line, tmp_path / "x.reg")


def query(*lines: str) -> str:
    return "\r\n".join(["", f"HKEY_LOCAL_MACHINE\\{KEY}", *lines, ""])


QUERIED = {
    "    One    REG_DWORD    0xd78": "3448",
    "    One    REG_QWORD    0x1db3a4b2c6d8000": str(0x1DB3A4B2C6D8000),
    "    One    REG_SZ    two words": "two words",
    "    One    REG_SZ    ": "",
    "    One    REG_MULTI_SZ    a\\0b": '["a", "b"]',
    "    One    REG_BINARY    0102FF": "(binary)",
    "    One    REG_DWORD    many": "many",
    "\tOne\tREG_SZ\tby tabs": "by tabs",
    "    One    REG_SZ    abc\r\ndef\r\nghi": "abcdefghi",
}


@pytest.mark.parametrize("line", QUERIED)
def test_every_type_that_reg_query_prints(line: str, tmp_path: Path) -> None:
    (values,), faults = read(query(line), tmp_path / "x.txt")
    assert values == {"One": QUERIED[line]}
    assert not faults.count


def test_a_prompt_an_error_and_the_end_of_a_search_are_passed_over(tmp_path: Path) -> None:
    text = "\r\nC:\\>reg query HKLM\\x\r\n" + query("    One    REG_SZ    1")
    text += "\r\nEnd of search: 1 match(es) found.\r\n\r\nERROR: The system was unable to find the specified key.\r\n"
    (values,), faults = read(text, tmp_path / "x.txt")
    assert values == {"One": "1"}
    assert not faults.count


def test_a_line_that_is_nothing_is_a_fault(tmp_path: Path) -> None:
    _, faults = read(query("    One    REG_SZ    1", "", "planted"), tmp_path / "x.txt", skip=True)
    (rejected,) = faults.rejected
    assert (rejected.reason, rejected.line) == ("has a line that is neither a key nor a value", 5)
    assert "planted" not in json.dumps(rejected.text)


def test_one_value_told_twice_is_one_and_two_values_are_two_devices(tmp_path: Path) -> None:
    same, faults = read(query("    One    REG_SZ    1") * 2, tmp_path / "x.txt")
    assert (same, faults.count) == ([{"One": "1"}], 0)
    _, faults = read(query("    One    REG_SZ    1") + query("    One    REG_SZ    2"), tmp_path / "x.txt", skip=True)
    assert faults.count == 1


@given(
    lines=st.lists(
        st.sampled_from([f"[HKEY_LOCAL_MACHINE\\{KEY}]", '"One"="1"', '"One"="', "\\", '"', "HKEY_X"]) | LINE
    )
)
def test_whatever_stands_there_is_read_or_refused_in_words(
    lines: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    for begin in (EDITOR, query()):
        with suppress(InputError):
            read(begin + "\r\n".join(lines), tmp_path_factory.getbasetemp() / "any.reg", skip=True)
