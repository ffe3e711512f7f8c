"""Ctrl-C and its like end a run in order, wherever it is: one line, the right exit code, every old file as it was."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from checker.cli.stop import SIGNALS
from checker.inventory import ahead
from tests.cli.conftest import GOOD, Ran

ROOT = Path(__file__).parents[2]
Run = Callable[..., Ran]
Write = Callable[..., Path]
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs signals")
NAMES = [signal.Signals(number).name for number in SIGNALS]


def asked(number: int = signal.SIGINT) -> None:
    """Ask this process to stop, as a terminal does."""
    os.kill(os.getpid(), number)
    for _ in range(10):  # Python handles signals between two turns, too
        pass


def stopping(*_given: object, **_more: object) -> Any:  # noqa: ANN401
    asked()


def as_an_error(*_given: object, **_more: object) -> None:
    """What a library makes of it that calls us and lets no other errors out."""
    try:
        asked()
    except BaseException as stopped:
        raise ValueError(str(stopped)) from None


def twice(*_given: object, **_more: object) -> None:
    """What Polars does: it raises its own, and Python tells of the signal while the run unwinds."""
    try:
        raise KeyboardInterrupt
    finally:
        asked()


@pytest.mark.parametrize("name", NAMES)
def test_a_signal_stops_the_run_in_order(
    run: Run, export: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    number = getattr(signal, name)
    before, hook = signal.getsignal(number), sys.unraisablehook
    monkeypatch.setattr("json.dumps", lambda *_given, **_more: asked(number))
    (tmp_path / "r.json").write_text("old")
    ran = run("check", export(GOOD), "-o", tmp_path / "r.json")
    assert (ran.code, ran.err) == (128 + number, "stopped; no report was written\n")
    assert sorted(item.name for item in tmp_path.iterdir()) == ["hunting.csv", "r.json"]
    assert (tmp_path / "r.json").read_text() == "old"
    assert (signal.getsignal(number), sys.unraisablehook) == (before, hook)


@pytest.mark.parametrize("manner", [stopping, as_an_error, twice])
@pytest.mark.parametrize(
    "stage",
    [
        "checker.inventory.csv_files._groups",  # made in a thread, used in this one
        "checker.cli.run._told",
        "checker.cli.run.run_check",
        "checker.pipeline.judge",
        "checker.cli.run.write_all",
        "checker.reporters.atomic._settle",
        "checker.reporters.atomic._keep_beside",
    ],
)
def test_ctrl_c_at_any_stage_is_one_line(
    run: Run,
    export: Write,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    stage: str,
    manner: Callable[..., None],
) -> None:
    monkeypatch.setattr(stage, manner)
    ran = run("check", export(GOOD), "-o", tmp_path / "r.json", "-o", tmp_path / "r.xml")
    assert (ran.code, ran.err) == (130, "stopped; no report was written\n")
    assert [item.name for item in tmp_path.iterdir()] == ["hunting.csv"]


def test_ctrl_c_where_python_lets_nothing_out_stops_the_run_all_the_same(
    run: Run, export: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An object that is removed swallows whatever is raised in it; the stop comes again."""

    class Removed:
        def __del__(self) -> None:
            asked()

    def goes_on(*_given: object, **_more: object) -> None:
        Removed()
        while True:
            pass

    monkeypatch.setattr("checker.cli.stop.AGAIN", 0.01)
    monkeypatch.setattr("checker.cli.run.write_all", goes_on)
    ran = run("check", export(GOOD), "-o", tmp_path / "r.json")
    assert (ran.code, ran.err) == (130, "stopped; no report was written\n")


def test_ctrl_c_while_a_reader_is_left_is_one_line(
    run: Run, export: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The user of what is read ahead stops; while its thread is waited for, Python tells of the signal again."""

    def wait(_futures: list[Future[object]]) -> None:
        asked()

    def left(blocks: Iterator[object], *_given: object) -> Iterator[object]:
        yield from ahead.ahead(blocks)
        raise KeyboardInterrupt

    monkeypatch.setattr(ahead, "wait", wait)
    monkeypatch.setattr("checker.inventory.csv_files.ahead", left)
    ran = run("check", export(GOOD), "-o", tmp_path / "r.json")
    assert (ran.code, ran.err) == (130, "stopped; no report was written\n")


def test_after_the_reports_are_written_it_says_so(
    run: Run, export: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("checker.cli.check.show", stopping)
    ran = run("check", export(GOOD), "-o", tmp_path / "r.json")
    assert (ran.code, ran.err) == (130, "stopped; the reports are written\n")
    assert (tmp_path / "r.json").stat().st_size


@pytest.mark.parametrize("module", ["checker.cli.main", "click", "checker.pipeline", "checker.inventory.csv_files"])
def test_ctrl_c_while_modules_load_is_one_line(module: str, export: Write, tmp_path: Path) -> None:
    """The import of a module stops the process as a terminal would."""
    export(GOOD)
    ran = process(
        "class Stop:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        f"        if name == {module!r}: os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Stop())\n",
        tmp_path,
    )
    assert (ran.returncode, ran.stderr) == (130, "stopped; no report was written\n")


def test_ctrl_c_in_a_text_that_is_executed_ends_by_no_signal(export: Write, tmp_path: Path) -> None:
    """Python remembers a KeyboardInterrupt that leaves such a text, and ends the process by the signal."""
    export(GOOD)
    ran = process(
        "import checker.cli.check as module\n"
        "module.show = lambda *given: exec('os.kill(os.getpid(), signal.SIGINT)\\nfor n in range(99): pass')\n",
        tmp_path,
    )
    assert (ran.returncode, ran.stderr) == (130, "stopped; no report was written\n")


def test_ctrl_c_while_python_leaves_changes_nothing(export: Write, tmp_path: Path) -> None:
    export(GOOD)
    ran = process("import atexit\natexit.register(lambda: os.kill(os.getpid(), signal.SIGINT))\n", tmp_path)
    assert (ran.returncode, ran.stderr) == (3, "")
    assert "UNDETERMINED" in ran.stdout


def process(prepared: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a check in a process of its own, after some lines of Python."""
    code = (
        f"import os, runpy, signal, sys\n{prepared}"
        "sys.argv = ['mde-readiness', 'check', 'hunting.csv', '--as-of', '2026-11-23']\n"
        "runpy.run_module('checker', run_name='__main__')\n"
    )
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-c", code], cwd=folder, env=env, capture_output=True, text=True, check=False
    )
