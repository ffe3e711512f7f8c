"""What a check found, as notebooks and services hold it."""

import os
from contextlib import ExitStack
from functools import cached_property
from types import TracebackType
from typing import Self

import polars as pl

from checker.errors import Problem, UsageError
from checker.library.settings import Path_
from checker.library.wording import in_words_of_the_library
from checker.model.result import Result, Summary, Table

STATES = ("ready", "not_ready", "undetermined", "migrated", "out_of_scope")  # of devices, in the order of reports


class Checked:
    """What a check found. Its tables lie in a temporary folder until it is closed, or nobody holds it any more.

    ``summary`` is the whole in numbers, with the exit code that the command line would give; it stays.
    """

    def __init__(self, result: Result, read: tuple[str, ...], held: ExitStack) -> None:
        self.summary: Summary = result.summary
        self._result = result
        self._read = read  # paths of what the run read, which no report may be written over
        self._held = held
        self._closed = False

    @property
    def result(self) -> Result:
        """The tables part by part, and all else that reports tell.

        Raises:
            UsageError: it is closed.
        """
        if self._closed:
            hint = (
                "take frames and write reports before it is closed, within the with block; frames that were taken stay"
            )
            raise UsageError(Problem("", "the result is closed, and its tables are gone", hint))
        return self._result

    @cached_property
    def devices(self) -> pl.DataFrame:
        """Each device with readiness, path and what is next: the columns of docs/outputs.md."""
        return _whole(self.result.devices)

    @cached_property
    def findings(self) -> pl.DataFrame:
        """Each FAIL and UNKNOWN with message and evidence; every outcome with ``all_outcomes``."""
        return _whole(self.result.findings)

    @cached_property
    def plan(self) -> pl.DataFrame:
        """Each judged device with its steps, in order."""
        return _whole(self.result.plan)

    def write(self, *outputs: Path_) -> None:
        """Write reports, all or none; each ``FILE`` or ``KIND:FILE`` as after ``-o``.

        Raises:
            UsageError: what is asked for cannot be, or the result is closed.
            OutputError: one of them cannot be written; all old files stay.
        """
        from checker.reporters.outputs import parse_outputs, write_all

        result = self.result
        with in_words_of_the_library(()):
            write_all(result, parse_outputs([os.fspath(output) for output in outputs], self._read))

    def close(self) -> None:
        """Remove the tables; frames that were asked for stay."""
        self._closed = True
        self._held.close()

    def __repr__(self) -> str:
        found, tables = self.summary.devices, self._result
        states = ", ".join(f"{found[name]:,} {name.replace('_', ' ')}" for name in STATES if found.get(name))
        rows = f"devices {tables.devices.rows:,}, findings {tables.findings.rows:,}, plan {tables.plan.rows:,}"
        told = f"<Checked as of {self.summary.as_of}: {found['total']:,} devices ({states}); tables: {rows}"
        return f"{told}; closed>" if self._closed else f"{told}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def _whole(table: Table) -> pl.DataFrame:
    return pl.concat([pl.DataFrame(schema=table.columns), *table.frames()])
