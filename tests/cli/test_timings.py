"""``--timings`` tells where the time went; a bar tells how far a run is. Neither touches what the command prints."""

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console
from rich.progress import Progress, TextColumn
from rich.text import Text

from checker.cli.progress import Bar, fitting
from tests.cli.conftest import GOOD, OLD, Ran

Run = Callable[..., Ran]
Write = Callable[..., Path]
DAY = ("--as-of", "2026-11-23")
STAGES = ["rules", "read", "identify", "judge", "summarise", "reports"]


def test_every_stage_and_report_is_told_on_stderr(run: Run, export: Write, tmp_path: Path) -> None:
    files = [word for name in ("junit.xml", "report.json") for word in ("-o", tmp_path / name)]
    ran = run("check", export(GOOD), *DAY, "--quiet", "--timings", *files)
    told = [line.rsplit(maxsplit=2)[0].strip() for line in ran.err.splitlines()[1:-1]]
    assert told == ["start", *STAGES, "report junit", "report json"]
    assert ran.err.splitlines()[-1].startswith("all")
    assert not ran.out


def test_nothing_is_told_unless_it_is_asked_for(run: Run, export: Write) -> None:
    assert run("check", export(OLD), *DAY).err == ""


def test_other_commands_tell_it_too(run: Run, export: Write) -> None:
    assert "judge" in run("plan", export(GOOD), *DAY, "--timings").err


def test_the_bar_goes_from_bytes_read_to_devices_judged_to_reports_written() -> None:
    progress = Progress(TextColumn("{task.description}"), console=Console(file=io.StringIO()))
    bar = Bar(progress, 200)

    def shown() -> list[tuple[str, float, float | None]]:
        return [(task.description, task.completed, task.total) for task in progress.tasks]

    bar.read(50)
    bar.read(100)
    assert shown() == [("reading", 150, 200)]
    bar.judged(3, 10)
    assert shown() == [("judging", 3, 10)]
    bar.writing("html", 1, 2)
    assert shown() == [("writing html 1/2", 0, 2)]
    bar.writing("plan", 2, 2)
    assert shown() == [("writing plan 2/2", 1, 2)]


@pytest.mark.parametrize("columns", [30, 40, 59, 60, 80, 200])
def test_the_time_is_never_cut(columns: int) -> None:
    """The bar gives up its length, and the rate its place, where the terminal is narrow."""
    clock = iter(range(10_000))
    console = Console(file=io.StringIO(), width=columns, force_terminal=True, get_time=lambda: float(next(clock)))
    progress = fitting(console)
    bar = Bar(progress, 10_000_000_000)

    def line() -> str:
        with console.capture() as shown:
            console.print(progress.make_tasks_table(progress.tasks))
        (only,) = Text.from_ansi(shown.get()).plain.rstrip().splitlines()
        assert len(only) <= columns
        return only

    for done in range(1, 9):
        bar.judged(done * 100_000, 1_000_000)
    assert re.fullmatch(r"judging ━+[╸╺━ ]+ +80% (\d+,\d{3} devices/s)? *\d:\d\d:\d\d", line())
    assert ("devices/s" in line()) == (columns >= 60)
    bar.writing("html", 3, 16)
    assert re.fullmatch(r"writing html 3/16 [╸╺━ ]* 12% +\d:\d\d:\d\d", line())


def test_a_bar_that_nobody_sees_is_told_nothing() -> None:
    told = Bar(None, 0).told()
    assert told.read is None
    assert told.judged is None
