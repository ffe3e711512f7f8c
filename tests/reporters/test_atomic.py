"""Files appear whole and together, or not at all."""

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from checker.errors import OutputError
from checker.reporters.atomic import together


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_nothing_appears_before_all_is_written(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_bytes(b"old")
    with together([one, two]) as (first, second):
        first.write(b"new one")
        second.write(b"new two")
        first.flush()
        assert one.read_bytes() == b"old"
        assert not two.exists()
        before = one.open("rb")
    with before:  # whoever reads the old file meanwhile reads it to its end
        assert before.read() == b"old"
    assert (one.read_bytes(), two.read_bytes()) == (b"new one", b"new two")
    assert names(tmp_path) == ["one", "two"]


@pytest.mark.parametrize("stop", [ValueError, KeyboardInterrupt])
def test_a_run_that_is_stopped_leaves_the_old_file_and_nothing_else(tmp_path: Path, stop: type[BaseException]) -> None:
    one = tmp_path / "one"
    one.write_bytes(b"old")

    def interrupted() -> None:
        with together([one, tmp_path / "two"]) as (first, _):
            first.write(b"half of it")
            raise stop

    with pytest.raises(stop):
        interrupted()
    assert names(tmp_path) == ["one"]
    assert one.read_bytes() == b"old"


def test_a_temporary_file_of_another_run_is_not_touched(tmp_path: Path) -> None:
    other = tmp_path / ".mde-readiness-1.tmp"
    other.write_bytes(b"of another run")
    with together([tmp_path / "one"]) as (stream,):
        stream.write(b"x")
    assert other.read_bytes() == b"of another run"


def test_a_name_of_the_greatest_length_can_be_written(tmp_path: Path) -> None:
    long = tmp_path / ("x" * 255)
    with together([long]) as (stream,):
        stream.write(b"x")
    assert long.exists()


def test_rights_are_those_of_a_new_file_or_of_the_old_one(tmp_path: Path) -> None:
    old, new, plain = tmp_path / "old", tmp_path / "new", tmp_path / "plain"
    old.write_bytes(b"")
    old.chmod(0o640)
    plain.write_bytes(b"")
    with together([old, new]):
        pass
    assert stat.S_IMODE(old.stat().st_mode) == 0o640
    assert new.stat().st_mode == plain.stat().st_mode


def test_a_file_in_the_way_of_a_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    target = tmp_path / "file" / "deeper" / "out.json"
    with pytest.raises(OutputError, match="a part of the path is a file") as error, together([target]):
        pass
    assert str(target) in str(error.value)


def test_a_folder_that_may_not_be_written_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object, **_more: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)  # root, as whom tests may run, is never refused
    with pytest.raises(OutputError, match="Permission denied\n  hint: choose a folder"), together([tmp_path / "one"]):
        pass


def test_a_disk_that_turns_out_full_at_the_end_leaves_all_old_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "one").write_bytes(b"old")

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with (
        pytest.raises(OutputError, match="one: cannot be written: No space left on device"),
        together([tmp_path / "one", tmp_path / "two"]) as (first, _),
    ):
        first.write(b"new")
    assert names(tmp_path) == ["one"]
    assert (tmp_path / "one").read_bytes() == b"old"


@pytest.mark.parametrize("links", [True, False])
def test_a_renaming_that_fails_puts_back_what_was_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    def no_links(*_given: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    if not links:
        monkeypatch.setattr(Path, "hardlink_to", no_links)
    (tmp_path / "one").write_bytes(b"old")
    with (
        pytest.raises(OutputError, match="three: cannot be written: Is a directory"),
        together([tmp_path / name for name in ("one", "two", "three")]) as (first, *_),
    ):
        first.write(b"new")
        monkeypatch.setattr(Path, "replace", _replace_all_but("three", Path.replace))
    assert names(tmp_path) == ["one"]
    assert (tmp_path / "one").read_bytes() == b"old"


def _replace_all_but(name: str, replace: Callable[[Path, Path], Path]) -> Callable[[Path, Path], Path]:
    def refuse(temporary: Path, path: Path) -> Path:
        if path.name == name:
            raise IsADirectoryError(21, "Is a directory")
        return replace(temporary, path)

    return refuse
