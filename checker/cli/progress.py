"""A progress bar over the bytes of the inputs, on a terminal that is wanted to show one."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def progress_bar(wanted: bool | None, inventory: Sequence[str]) -> Iterator[Callable[[int], None] | None]:
    """Yield what to call with the number of bytes just read; None where no bar is shown (a pipe, unless asked for)."""
    terminal = sys.stderr is not None and sys.stderr.isatty()  # None: closed before the run
    if not (terminal if wanted is None else wanted and sys.stderr is not None):
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("reading"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("read", total=sum(_size(Path(path)) for path in inventory))
        yield lambda done: progress.update(task, advance=done)


def _size(path: Path) -> int:
    try:
        if path.is_dir():
            return sum(item.stat().st_size for item in path.rglob("*") if item.is_file())
        return path.stat().st_size if path.is_file() else 0
    except OSError:  # reading it says why
        return 0
