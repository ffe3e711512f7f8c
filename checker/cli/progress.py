"""Tells on a terminal how far a run is: bytes read, then devices judged, with their rate and the time that is left."""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from checker.errors import CheckerError
from checker.inventory.given import files_given
from checker.options import Progress as Told

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

UNMEASURED = {"identify": "identifying", "judge": "judging"}  # stages of which nothing is known when they begin


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

    def _at(self, stage: str, total: int | None, move: "Callable[[Progress, TaskID], None] | None" = None) -> None:
        """Show a stage from its beginning, without a share if its ``total`` is not known, and move its bar."""
        progress = self._progress
        if progress is None:
            return
        if self._task is None or progress.tasks[0].description != stage:
            if self._task is not None:
                progress.remove_task(self._task)
            self._task = progress.add_task(stage, total=total)
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
    from rich.filesize import decimal
    from rich.progress import BarColumn, Progress, Task, TaskProgressColumn, TextColumn, TimeRemainingColumn
    from rich.text import Text

    class Rate(TextColumn):
        """How much is done a second: bytes, or devices."""

        def render(self, task: Task) -> Text:
            speed = int(task.finished_speed or task.speed or 0)
            if not speed:
                return Text("")
            return Text(f"{decimal(speed)}/s" if task.description == "reading" else f"{speed:,} devices/s")

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), Rate(""), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        yield Bar(progress, _size(inventory, elsewhere))


def _size(inventory: Sequence[str], elsewhere: Mapping[str, str]) -> int:
    """Return the bytes of all files as they lie, packed or not."""
    try:
        files = files_given(inventory, elsewhere)
        return sum(Path(elsewhere.get(file, file)).stat().st_size for file in files)
    except (CheckerError, OSError):  # reading them says why
        return 0
