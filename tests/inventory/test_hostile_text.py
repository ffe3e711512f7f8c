"""Whatever a text, JSON or XML holds, it is read right or refused with a message, and soon."""

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from checker.errors import InputError
from checker.inventory.read import ReadOptions
from tests.inventory.records import HEADER, facts, read_one, refusal, rows

ID = "6f" * 20
RECORD = f'{{"DeviceId":"{ID}","DeviceName":"ws-1","OSPlatform":"Windows11","OSBuild":22631,"ClientVersion":"1"'
WHOLE = "\n  hint: export it again, whole"
REPAIR = "\n  hint: repair or remove the record, or set such records aside with --bad-rows skip"
SKIP = ReadOptions(bad_rows="skip")
ODD_KEYS = {"quote": r"a\"b", "backslash": r"a\\b", "line feed": r"a\nb", "control": r"\u0001", "none": ""}


def put(tmp_path: Path, text: str, name: str = "export") -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode())
    return path


@pytest.mark.parametrize("key", ODD_KEYS.values(), ids=ODD_KEYS)
def test_a_key_of_any_letters_stops_nothing(key: str, tmp_path: Path) -> None:
    path = put(tmp_path, f'{RECORD},"{key}":1}}\n' * 2)
    assert [row["os.build"] for row in rows(path)] == ["22631", "22631"]


@pytest.mark.parametrize("key", ["OSBuild", "other"])
def test_an_object_with_a_key_twice_makes_its_record_one_that_cannot_be_read(key: str, tmp_path: Path) -> None:
    path = put(tmp_path, RECORD.replace("OSBuild", "Old") + f',"{key}":\n{{"k":1,"k":2}}}}')
    assert refusal(path) == f"{path}:1: record 1 has a key twice" + REPAIR


def test_a_record_with_a_key_twice_is_set_aside_alone(tmp_path: Path) -> None:
    other = RECORD.replace(ID, "7a" * 20)
    path = put(tmp_path, f'[{RECORD}}}, {other},\n"x":{{"k":1,"k":2}}}}, {other},"y":{{"k":1}}}}]')
    read = read_one(path, SKIP)
    assert [(one.row, one.line, one.reason) for one in read.rejected] == [(2, 1, "has a key twice")]
    assert read.rows == 3


def test_a_page_with_a_key_twice_beside_its_records_is_refused(tmp_path: Path) -> None:
    path = put(tmp_path, f'{{"stats":\n{{"k":1,"k":2}}, "value":[{RECORD}}}]}}')
    assert refusal(path) == f"{path}:1: has a key twice" + WHOLE


@pytest.mark.parametrize("digits", [19, 20, 40, 4000])
def test_a_number_of_any_size_is_kept_as_it_is_written(digits: int, tmp_path: Path) -> None:
    path = put(tmp_path, (RECORD.replace("22631", "9" * digits) + "}\n") * 2)
    assert {row["os.build"] for row in rows(path)} == {"9" * digits}


def test_half_a_letter_in_a_cell_of_json_leaves_the_cell_as_it_stands(tmp_path: Path) -> None:
    path = put(tmp_path, f'{HEADER},DeviceManualTags\n{ID},ws-1,Windows11,22631,1,"[""\\ud800""]"\n')
    assert facts(rows(path)[0])["device.tags"] == r'["\ud800"]'


@pytest.mark.parametrize("end", ["", "\n", "\n<Event></Event>\n"])
def test_an_end_without_a_beginning_is_no_sound_xml(end: str, tmp_path: Path) -> None:
    path = put(tmp_path, "<Event>\n</Event></records>" + end)
    assert refusal(path).endswith(": is no sound XML: an element ends here that did not begin" + WHOLE)


def test_a_list_of_events_without_any_is_said_to_hold_none(tmp_path: Path) -> None:
    fixture = Path("sense-events/get-winevent.csv").read_text(encoding="utf-8-sig")
    path = put(tmp_path, "".join(fixture.splitlines(keepends=True)[:2]))
    assert refusal(path).startswith(f"{path}: holds no events of SENSE")


QUERY = "HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows Advanced Threat Protection\n    senseId    REG_SZ    "
LONG: dict[str, Callable[[], str]] = {
    "a value of many lines": lambda: "healthy : true\norg_id : x\n" + " ab\n" * 500_000,
    "a value of spaces": lambda: f"healthy : true\norg_id : a{' ' * 500_000}b\n",
    "lines behind a long value of the registry": lambda: QUERY + "a" * 1_000_000 + "\n" + "bcdefgh\n" * 100_000,
    "blank lines behind an object": lambda: "{}" + "\n" * 50_000 + " " * 500_000 + "x",
    "brackets and spaces": lambda: "{" + "} " * 20_000 + " " * 50_000 + "x\n",
}


@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
def test_no_text_is_looked_at_over_and_over(text: Callable[[], str], tmp_path: Path) -> None:
    path = put(tmp_path, text())
    started = time.process_time()
    with suppress(InputError):
        read_one(path)
    assert time.process_time() - started < 10  # a second or less where each character is looked at a few times


def test_a_value_that_a_narrow_terminal_wrapped_is_read_whole(tmp_path: Path) -> None:
    path = put(tmp_path, f'healthy : true\nedr_machine_id : "{ID[:20]}\n  {ID[20:]}"   [managed]\napp_version : 1\n')
    assert rows(path)[0]["mde_id"] == ID


def test_of_a_faulty_record_of_json_only_known_columns_are_shown(tmp_path: Path) -> None:
    path = put(tmp_path, f'{RECORD},"owner":"nora.lind.smith","n":1,"N":2}}\n{RECORD}}}\n')
    (bad,) = read_one(path, SKIP).rejected
    assert bad.text == f"DeviceId: {ID}; DeviceName: …; OSPlatform: Windows11; OSBuild: 22631; ClientVersion: 1"
    assert bad.reason == "has a key twice"


KEY = "jane@contoso.example"
NAMES: dict[str, str] = {
    "twice": f'[{RECORD},"{KEY}":1,"{KEY}":2}}]',
    "twice inside": f'[{RECORD},"by":{{"{KEY}":1,"{KEY}":2}}}}]',
    "twice in a line": f'{RECORD},"{KEY}":1,"{KEY}":2}}\n' * 2,
    "beside a list": f'{{"{KEY}":1,"value":[{RECORD}}}]}}',
    "behind a list": f'{{"value":[{RECORD}}}],"{KEY}":1}}',
    "long": f'[{RECORD},"{"k" * 200_000}":1,"{"k" * 200_000}":2}}]',
}


@pytest.mark.parametrize("text", NAMES.values(), ids=NAMES)
def test_no_message_names_a_key_that_nobody_knows(text: str, tmp_path: Path) -> None:
    said = refusal(put(tmp_path, text))
    assert KEY not in said
    assert len(said) < 1000
