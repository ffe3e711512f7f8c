"""Says which records are undated or could not be read, and what to do; ``redact/sentences.py`` knows the forms."""

import os
from collections.abc import Iterable, Iterator, Sequence

from checker.model.record import FileRecords

UNDATED_NAMED = 3  # files with undated records that have a notice each


def undated_notices(inputs: Sequence[FileRecords], require_dates: bool) -> Iterator[str]:
    """Yield a notice for each file with records of unknown age; one for all where there are many such files."""
    counts = {item.file.path: sum(frame["observed"].null_count() for frame in item.frames) for item in inputs}
    undated = {path: count for path, count in counts.items() if count}
    effect = "stale by --require-dates" if require_dates else "never stale; --require-dates makes them so"
    if len(undated) > UNDATED_NAMED:
        first, folder = next(iter(undated)), _folder_of(undated)
        rows = f"{sum(undated.values()):,} rows of {len(undated):,} files are undated, first {first}"
        yield f"{folder}: {rows}, so {effect}, and --observed {folder}=DATE dates them."
        return
    for path, count in undated.items():
        rows = "row is" if count == 1 else "rows are"
        yield f"{path}: {count:,} {rows} undated, so {effect}, and --observed {path}=DATE dates them."


def rejected_notices(inputs: Sequence[FileRecords]) -> Iterator[str]:
    """Yield a notice for each file of which rows were set aside: how many, and why the first one was."""
    for item in inputs:
        if item.rejected:
            rows = "1 row" if len(item.rejected) == 1 else f"{len(item.rejected):,} rows"
            first = min(item.rejected, key=lambda each: (each.line, each.row))
            told = f"set aside {rows} that cannot be read: line {first.line:,} {first.reason}"
            yield f"{item.file.path}: {told}; -o rejected:FILE.csv writes them all."


def _folder_of(paths: Iterable[str]) -> str:
    """Return the folder in which files lie, as ``--observed`` takes it; a word for it if they have none in common."""
    try:
        return os.path.commonpath(list(paths)) or "."
    except ValueError:  # absolute and relative paths, or those of several drives
        return "FOLDER"
