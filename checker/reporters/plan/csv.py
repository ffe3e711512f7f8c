"""The plan as CSV (:mod:`checker.reporters.tables.csv`), one row per device, with everything to be done in words."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, BinaryIO, Final

import polars as pl

from checker.model.notes import StepNote
from checker.model.result import Result
from checker.reporters.plan import table
from checker.reporters.tables.csv import write_frames

COLUMNS: Final[dict[str, pl.DataType]] = {
    "device_id": pl.String(),
    "device_name": pl.String(),
    "wave": pl.String(),
    "tool": pl.String(),
    "readiness": pl.String(),
    "simulated": pl.Boolean(),
    "route": pl.String(),
    "path": pl.String(),
    "next_steps": pl.String(),
    "commands": pl.String(),
    "queries": pl.String(),
    "verification": pl.String(),
    "verify": pl.String(),
    "sources": pl.String(),
}


def write(result: Result, stream: BinaryIO) -> None:
    """Write a header and the devices in the order of their ids; several lines in a cell are parted by line feeds."""
    write_frames(_frames(result), COLUMNS, stream, excel_safe=result.manner.excel_safe)


def _frames(result: Result) -> Iterator[pl.DataFrame]:
    steps = table.steps_of(result)
    numbered = _once(table.sentences, steps)
    worded: dict[str, Callable[[Sequence[str]], str | None]] = {
        "commands": _once(table.commands, steps),
        "queries": _once(table.queries, steps),
        "sources": _once(table.sources, steps),
    }
    for frame in result.plan.frames():
        for part in frame.iter_slices(table.ROWS_AT_A_TIME):
            ahead, after = part["next_steps"].to_list(), part["verify"].to_list()
            named = [[*todo, *verify] for todo, verify in zip(ahead, after, strict=True)]
            texts: dict[str, list[Any]] = {
                "next_steps": [numbered(ids) for ids in ahead],
                "verify": [numbered(ids) for ids in after],
                **{name: [words(ids) for ids in named] for name, words in worded.items()},
            }
            yield part.with_columns(pl.Series(name, told, dtype=pl.String) for name, told in texts.items())


def _once(words: Callable[[Sequence[StepNote]], str], steps: table.Steps) -> Callable[[Sequence[str]], str | None]:
    """Return a function from ids to words as a cell holds them: nothing where there are none."""

    def spelled(found: Sequence[StepNote]) -> str:
        # NOTE: only a command of a pack can hold a lone surrogate; what the inventory says is UTF-8 by now.
        return words(found).encode("utf-8", "backslashreplace").decode()

    remembered = table.once_for_each_list(spelled, steps)
    return lambda ids: remembered(ids) or None
