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


class Bar:
    """A bar for the stage that is under way; one that is nowhere shown if there is no ``progress``."""

    def __init__(self, progress: "Progress | None", size: int) -> None:
        self._progress, self._size = progress, size
        self._task: TaskID | None = None

    def told(self, stage: Callable[[str], None] | None = None) -> Told:
        """Return who is told how far a run is: this bar, if it is shown, and ``stage`` of each stage that begins."""
        return Told(self.read, self.judged, stage) if self._progress is not None else Told(stage=stage)

    def read(self, done: int) -> None:
        """Add bytes that were just read."""
        self._at("reading", self._size, lambda progress, task: progress.advance(task, done))

    def judged(self, done: int, devices: int) -> None:
        """Tell how many of the devices are judged by now."""
        self._at("judging", devices, lambda progress, task: progress.update(task, completed=done))

    def _at(self, stage: str, total: int, move: "Callable[[Progress, TaskID], None]") -> None:
        progress = self._progress
        if progress is None:
            return
        if self._task is None or progress.tasks[0].description != stage:
            if self._task is not None:
                progress.remove_task(self._task)
            self._task = progress.add_task(stage, total=total)
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
