"""``--timings`` tells where the time went; a bar tells how far a run is. Neither touches what the command prints."""

import io
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.progress import Progress, TextColumn

from checker.cli.progress import Bar
from tests.cli.conftest import GOOD, OLD, Ran

Run = Callable[..., Ran]
Write = Callable[..., Path]
DAY = ("--as-of", "2026-11-23")
STAGES = ["rules", "read", "identify", "judge", "summarise", "reports"]


def test_every_stage_and_report_is_told_on_stderr(run: Run, export: Write, tmp_path: Path) -> None:
    files = [f"-o={tmp_path / name}" for name in ("junit.xml", "report.json")]
    ran = run("check", export(GOOD), *DAY, "--quiet", "--timings", *files)
    told = [line.rsplit(maxsplit=2)[0].strip() for line in ran.err.splitlines()[1:-1]]
    assert told == ["start", *STAGES, "report junit", "report json"]
    assert ran.err.splitlines()[-1].startswith("all")
    assert not ran.out


def test_nothing_is_told_unless_it_is_asked_for(run: Run, export: Write) -> None:
    assert run("check", export(OLD), *DAY).err == ""


def test_other_commands_tell_it_too(run: Run, export: Write) -> None:
    assert "judge" in run("plan", export(GOOD), *DAY, "--timings").err


def test_the_bar_goes_from_bytes_read_to_devices_judged() -> None:
    progress = Progress(TextColumn("{task.description}"), console=Console(file=io.StringIO()))
    bar = Bar(progress, 200)
    bar.read(50)
    bar.read(100)
    assert [(task.description, task.completed, task.total) for task in progress.tasks] == [("reading", 150, 200)]
    bar.judged(3, 10)
    assert [(task.description, task.completed, task.total) for task in progress.tasks] == [("judging", 3, 10)]


def test_a_bar_that_nobody_sees_is_told_nothing() -> None:
    told = Bar(None, 0).told()
    assert told.read is None
    assert told.judged is None
