"""A progress bar over the bytes of the inputs, on a terminal that is wanted to show one."""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

from checker.errors import CheckerError
from checker.inventory.given import files_given


@contextmanager
def progress_bar(
    wanted: bool | None, inventory: Sequence[str], elsewhere: Mapping[str, str] = MappingProxyType({})
) -> Iterator[Callable[[int], None] | None]:
    """Yield what to call with the number of bytes just read; None where no bar is shown (a pipe, unless asked for)."""
    terminal = sys.stderr is not None and sys.stderr.isatty()  # None: closed before the run
    if not (terminal if wanted is None else wanted and sys.stderr is not None):
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("reading"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("read", total=_size(inventory, elsewhere))
        yield lambda done: progress.update(task, advance=done)


def _size(inventory: Sequence[str], elsewhere: Mapping[str, str]) -> int:
    """Return the bytes of all files as they lie, packed or not."""
    try:
        files = files_given(inventory, elsewhere)
        return sum(Path(elsewhere.get(file, file)).stat().st_size for file in files)
    except (CheckerError, OSError):  # reading them says why
        return 0
