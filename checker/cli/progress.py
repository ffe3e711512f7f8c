"""Tells on a terminal how far a run is: bytes read, devices judged, reports written; rate and time that is left."""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from checker.errors import CheckerError
from checker.inventory.given import files_given
from checker.options import Progress as Told

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress, TaskID

UNMEASURED = {"identify": "identifying", "judge": "judging"}  # stages of which nothing is known when they begin
BAR = 40  # characters of the bar, where there is room
WIDE = 80  # columns of a terminal from which the bar has the length that it is meant to have; it is shorter in others …
ROOM_FOR_RATE = 60  # … and there is no rate in those that are narrower than this, so that the time is never cut


class Bar:
    """A bar for the stage that is under way; one that is nowhere shown if there is no ``progress``."""

    def __init__(self, progress: "Progress | None", size: int) -> None:
        self._progress, self._size = progress, size
        self._task: TaskID | None = None

    def told(self, stage: Callable[[str], None] | None = None) -> Told:
        """Return who is told how far a run is: this bar, if it is shown, and ``stage`` of each stage that begins."""
        if self._progress is None:
            return Told(stage=stage)

        def begin(name: str) -> None:
            if stage:
                stage(name)
            if name in UNMEASURED:
                self._at(UNMEASURED[name], None)

        return Told(self.read, self.judged, begin)

    def starting(self) -> None:
        """Tell that Spark is being started."""
        self._at("starting Spark", None)

    def read(self, done: int) -> None:
        """Add bytes that were just read; with none, tell that reading begins."""
        total = (self._size or None) if done else None  # not known, before a cluster has told of the first
        self._at("reading", None, lambda progress, task: progress.update(task, advance=done, total=total))

    def judged(self, done: int, devices: int) -> None:
        """Tell how many of the devices are judged by now."""
        self._at("judging", devices, lambda progress, task: progress.update(task, completed=done, total=devices))

    def writing(self, kind: str, number: int, reports: int) -> None:
        """Tell which report is being written: the how manieth of how many."""

        def move(progress: "Progress", task: "TaskID") -> None:
            progress.update(task, description=f"writing {kind} {number}/{reports}", completed=number - 1)

        self._at("writing", reports, move)

    def _at(self, stage: str, total: int | None, move: "Callable[[Progress, TaskID], None] | None" = None) -> None:
        """Show a stage from its beginning, without a share if its ``total`` is not known, and move its bar."""
        progress = self._progress
        if progress is None:
            return
        if self._task is None or progress.tasks[0].fields["stage"] != stage:
            if self._task is not None:
                progress.remove_task(self._task)
            self._task = progress.add_task(stage, total=total, stage=stage)
        if move:
            move(progress, self._task)


@contextmanager
def progress_bar(
    wanted: bool | None, inventory: Sequence[str], elsewhere: Mapping[str, str] = MappingProxyType({})
) -> Iterator[Bar]:
    """Yield a bar: shown on a terminal, or where it is asked for; gone at the end."""
    terminal = sys.stderr is not None and sys.stderr.isatty()  # None: closed before the run
    if not (terminal if wanted is None else wanted and sys.stderr is not None):
        yield Bar(None, 0)
        return
    from rich.console import Console

    with fitting(Console(stderr=True)) as progress:
        yield Bar(progress, _size(inventory, elsewhere))


def fitting(console: "Console") -> "Progress":
    """Return a display that fits the console, however wide it is by now."""
    from rich.filesize import decimal
    from rich.progress import (
        BarColumn,
        Progress,
        ProgressColumn,
        Task,
        TaskProgressColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )
    from rich.table import Column, Table
    from rich.text import Text

    class Rate(TextColumn):
        """How much is done a second: bytes, or devices; of reports nobody can tell."""

        def render(self, task: Task) -> Text:
            speed = int(task.finished_speed or task.speed or 0)
            if not speed or task.fields["stage"] == "writing":
                return Text("")
            return Text(f"{decimal(speed)}/s" if task.fields["stage"] == "reading" else f"{speed:,} devices/s")

    class Time(ProgressColumn):
        """The time that is left; of reports, which differ, the time that they have taken."""

        max_refresh = 0.5
        left, taken = TimeRemainingColumn(), TimeElapsedColumn()

        def render(self, task: Task) -> Text:
            return (self.taken if task.fields["stage"] == "writing" else self.left).render(task)

    bar, rate = BarColumn(), Rate("")
    columns = (TextColumn("{task.description}"), bar, TaskProgressColumn(), rate, Time(Column(no_wrap=True)))

    class Fitting(Progress):
        """Gives up length, then columns, where the terminal is narrow."""

        def make_tasks_table(self, tasks: Iterable[Task]) -> Table:
            bar.bar_width = BAR if console.width >= WIDE else None  # none: what the others leave
            self.columns = tuple(item for item in columns if item is not rate or console.width >= ROOM_FOR_RATE)
            return super().make_tasks_table(tasks)

    return Fitting(console=console, transient=True)


def _size(inventory: Sequence[str], elsewhere: Mapping[str, str]) -> int:
    """Return the bytes of all files as they lie, packed or not."""
    try:
        files = files_given(inventory, elsewhere)
        return sum(Path(elsewhere.get(file, file)).stat().st_size for file in files)
    except (CheckerError, OSError):  # reading them says why
        return 0
