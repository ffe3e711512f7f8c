"""What lies beside exports is named and left out; what a user says of folders and patterns is said of their files."""

import shutil
import sys
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.inventory.given import names, said_of
from checker.inventory.read import ReadOptions, read_inventory
from checker.inventory.unread import is_notice
from tests.inventory.records import refusal

VALID = "advanced-hunting/valid.csv"
UNDATED = "mdatp-health/linux.txt"
DAY = datetime(2026, 11, 20)  # noqa: DTZ001 - as records hold it
JUNK = {
    "notes.txt": b"Call Nora about the proxies, she knows.\nThen wait.\n",
    "README.md": b"# Exports\n\nSome *text*\n",
    "desktop.ini": b"\r\n[.ShellClassInfo]\r\nIconResource=C:\\WINDOWS\\System32\\SHELL32.dll,4\r\n",
    "empty.csv": b"",
    "noise.bin": bytes(range(32)) * 40,
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with an export and what else lies in folders."""
    shutil.copy(VALID, tmp_path / "hunting.csv")
    for name, content in JUNK.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / ".DS_Store").write_bytes(b"\0\0\0\1Bud1")
    return tmp_path


def beside(*paths: object) -> list[str]:
    return [notice for item in read_inventory([str(path) for path in paths]) for notice in item.beside]


def test_files_of_a_folder_in_no_known_format_are_told_in_one_notice(folder: Path) -> None:
    named = ", ".join(f"{folder}/{name}" for name in sorted(JUNK))
    told = f"{folder}: 5 files are in no format that is known, and not read: {named}."
    assert beside(folder) == [told]
    assert beside(f"{folder}/*") == [told.replace(f"{folder}: ", f"{folder}/*: ")]
    assert is_notice(told)


def test_what_can_be_made_readable_says_how(folder: Path) -> None:
    for name in JUNK:
        (folder / name).unlink()
    (folder / "Thumbs.db").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500)
    (told,) = beside(folder)
    assert told == (
        f"{folder}/Thumbs.db: not read, for it is an old Excel workbook, one with a password, or a Thumbs.db of"
        " Windows: save a workbook as CSV, or as .xlsx without a password."
    )
    assert is_notice(told)


def test_an_event_log_says_what_to_install(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in JUNK:
        (folder / name).unlink()
    shutil.copy("sense-events/saved.evtx", folder / "Sense.evtx")
    monkeypatch.setitem(sys.modules, "evtx", None)
    (told,) = beside(folder)
    assert told.startswith(
        f"{folder}/Sense.evtx: not read, for it is an event log (EVTX), for which a library is missing"
    )
    assert "pip install 'mde-readiness[evtx]'" in told
    assert "pip install 'mde-readiness[evtx]'" in refusal(folder / "Sense.evtx")


@pytest.mark.parametrize("name", JUNK)
def test_a_file_given_by_name_is_refused(name: str, folder: Path) -> None:
    assert refusal(folder / name).startswith(f"{folder / name}: is ")
    with pytest.raises(Exception, match=name):
        read_inventory([str(folder), str(folder / name)])


def test_a_folder_of_which_nothing_is_known_is_refused_whatever_else_is_read(folder: Path) -> None:
    (folder / "hunting.csv").unlink()
    told = refusal(folder)
    assert all(name in told for name in JUNK)
    with pytest.raises(Exception, match=r"notes\.txt: is in no format"):
        read_inventory([str(folder), VALID])


def test_a_damaged_export_in_a_folder_stops_the_run(folder: Path) -> None:
    shutil.copy("advanced-hunting/short-row.csv", folder / "short.csv")
    assert refusal(folder).startswith(f"{folder}/short.csv:3: ")


def test_a_date_is_said_of_a_folder_of_a_pattern_and_of_the_nearest(tmp_path: Path) -> None:
    for name in ("a/x.txt", "a/b/y.txt", "c.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(UNDATED, tmp_path / name)

    def times(**said: datetime) -> list[datetime | None]:
        paths = {f"{tmp_path}/{name}": time for name, time in said.items()}
        return [item.frames[0]["observed"][0] for item in read_inventory([str(tmp_path)], ReadOptions(observed=paths))]

    other = datetime(2026, 11, 1)  # noqa: DTZ001
    assert times(a=DAY) == [DAY, DAY, None]
    assert times(**{"a": DAY, "a/b": other}) == [other, DAY, None]
    assert times(**{"*.txt": DAY}) == [None, None, DAY]
    assert times(**{"**/*.txt": DAY}) == [DAY, DAY, DAY]
    assert times(**{"*": DAY, "c.txt": other}) == [DAY, DAY, other]


def test_what_is_named_but_not_read_is_told_with_what_is(tmp_path: Path) -> None:
    shutil.copy(UNDATED, tmp_path / "health.txt")
    assert refusal(tmp_path, ReadOptions(observed={f"{tmp_path}/heelth.txt": DAY})) == (
        f"{tmp_path}/heelth.txt: is named by --observed but not read\n"
        f"  hint: did you mean {tmp_path}/health.txt?; a folder or a pattern names all files in it:"
        " --observed FOLDER=DATE"
    )
    assert "what is read: " in refusal(tmp_path, ReadOptions(observed={"x": DAY}))
    assert "is named by" in refusal(tmp_path, ReadOptions(observed={f"{tmp_path}/*.csv": DAY}))


words = st.text("ab*?[", min_size=1, max_size=3)


@given(st.lists(words, min_size=1, max_size=4))
def test_a_path_names_itself_and_what_lies_in_it_whatever_its_letters(parts: list[str]) -> None:
    path = "/".join(parts)
    assert names(path, path)
    assert names(path, f"{path}/x")
    assert said_of(f"{path}/x", {path: 1}) == 1


@pytest.mark.parametrize(
    ("pattern", "path", "fits"),
    [
        ("a/*", "a/b", True),
        ("a/*", "a/b/c", True),
        ("a/*", "a", False),
        ("a/*.csv", "a/b.txt", False),
        ("a/*.csv", "a/b/c.csv", False),
        ("a/**/*.csv", "a/b/c.csv", True),
        ("a/**/*.csv", "a/c.csv", True),
        ("a/**", "b/c", False),
        ("./a", "a/b", True),
        ("/x/a", "/x/a/b", True),
        ("a", "ab", False),
    ],
)
def test_a_pattern_goes_part_by_part(pattern: str, path: str, fits: bool) -> None:
    assert names(pattern, path) is fits
