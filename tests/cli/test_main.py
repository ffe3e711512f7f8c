"""The exit code is right whatever printing does, and what is printed cannot act."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import GOOD, Ran

Run = Callable[..., Ran]
Write = Callable[..., Path]
NAMES_ALL = "a folder, or a pattern in quotes, names all files in it"
LONG = "x" * 300
posix = pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a shell and /dev/full")


def shell(arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = ["sh", "-c", f"{sys.executable} -m checker {arguments}"]  # what the shell does to the streams is tested
    root = str(Path(__file__).parent.parent.parent)
    env = {**os.environ, "PYTHONPATH": root}
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)


@posix
@pytest.mark.parametrize("stderr", ["2>/dev/full", "2>&-"])
def test_a_mistake_that_cannot_be_printed_is_exit_2_all_the_same(tmp_path: Path, stderr: str) -> None:
    assert shell(f"check absent.csv {stderr}", tmp_path).returncode == 2


@posix
@pytest.mark.parametrize(
    ("stdout", "reason"), [(">/dev/full", "No space left on device"), (">&-", "standard output is closed")]
)
def test_a_summary_that_cannot_be_printed_is_told(export: Write, tmp_path: Path, stdout: str, reason: str) -> None:
    export(GOOD)
    ran = shell(f"check hunting.csv -o r.json {stdout}", tmp_path)
    assert ran.returncode == 2
    assert ran.stderr == f"the summary cannot be written: {reason}; the reports are written\n"
    assert (tmp_path / "r.json").stat().st_size


def test_a_line_break_in_a_name_cannot_forge_a_message(run: Run) -> None:
    assert run("check", "a\nexit 0\x1b[2J.csv").err == "a\\nexit 0\\x1b[2J.csv: does not exist\n"


def test_click_shows_what_it_refuses_visibly(run: Run) -> None:
    ran = run("check", "--\x1b[2J\u202e")
    assert ran.code == 2
    assert "No such option '--\\x1b[2J\\u202e'." in ran.err


@pytest.mark.parametrize(
    ("option", "said"),
    [
        (("--pack", LONG), f"{LONG}: cannot be read: File name too long\n"),
        (("--attestations", LONG), f"{LONG}: cannot be read: File name too long\n"),
        (
            ("-o", f"json:{LONG}"),
            f"--output json:{LONG}: cannot be written: File name too long\n  hint: name another file\n",
        ),
        (
            ("--read-as", f"machines={LONG}"),
            f"--read-as {LONG}: is no file of this inventory\n  hint: given: {{given}}; {NAMES_ALL}\n",
        ),
    ],
)
def test_a_name_that_is_too_long_is_a_problem(run: Run, export: Write, option: tuple[str, str], said: str) -> None:
    path = export(GOOD)
    ran = run("check", path, *option)
    assert (ran.code, ran.err) == (2, said.format(given=path))


def test_an_input_whose_name_is_too_long_is_a_problem(run: Run, tmp_path: Path) -> None:
    for more in ((), ("-o", tmp_path / "r.json")):
        ran = run("check", LONG, *more)
        assert ran.code == 2
        assert ran.err.startswith(LONG)
        assert "Traceback" not in ran.err


def test_a_moment_before_the_calendar_of_utc_is_no_date(run: Run, export: Write) -> None:
    path = export(GOOD)
    ran = run("check", path, "--observed", f"{path}=0001-01-01T00:00+14:00")
    assert ran.code == 2
    assert "'0001-01-01T00:00+14:00' is no date\n  hint: write it as 2026-11-22 or 2026-11-22T14:30Z\n" in ran.err


def test_a_rule_file_is_no_output(run: Run, export: Write, tmp_path: Path) -> None:
    pack = tmp_path / "mypack"
    pack.mkdir()
    (pack / "pack.yaml").write_text("rules of somebody")
    ran = run("check", export(GOOD), "--pack", pack, "-o", f"json:{pack}/pack.yaml")
    hint = "inputs are never written over: name another file"
    assert ran.err == f"--output json:{pack}/pack.yaml: is the input {pack}/pack.yaml\n  hint: {hint}\n"
    assert (ran.code, (pack / "pack.yaml").read_text()) == (2, "rules of somebody")


def test_a_name_that_is_not_utf_8_is_a_problem_spelled_visibly(run: Run) -> None:
    ran = run("check", "bad\udcff.csv")
    assert (ran.code, ran.err) == (2, "bad\\udcff.csv: the name is not UTF-8\n  hint: rename it\n")
