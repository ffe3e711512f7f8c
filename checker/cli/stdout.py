"""``-o KIND:-``: one report on standard output, from a temporary file, once it is whole."""

import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import click

from checker.cli.echo import printing
from checker.errors import Problem, UsageError
from checker.reporters.kinds import KINDS
from checker.reporters.outputs import is_standard_output, split_spec

BINARY: Final = ("evidence", "workbook")  # kinds that no terminal shows


class StandardOutput:
    """What the options of a run ask to be written on standard output, if anything."""

    def __init__(self, specs: Sequence[str], ci: str = "none") -> None:
        """Find the report that goes there.

        Raises:
            UsageError: there is more than one, or nobody could tell it from what is printed for a CI server, or a
                terminal cannot show it.
        """
        self.specs = tuple(specs)  # with a file in the place of standard output
        self._file: Path | None = None
        found = [spec for spec in specs if is_standard_output(spec)]
        if not found:
            return
        _refuse(found, ci)
        kind, _ = split_spec(found[0])
        if len(KINDS.get(kind, ())) != 1:  # nothing says what to write: who reads the specs says so
            return
        folder = click.get_current_context().with_resource(TemporaryDirectory(prefix="mde-readiness-"))
        self._file = Path(folder, "standard-output").resolve()
        self.specs = tuple(f"{kind}:{self._file}" if spec == found[0] else spec for spec in specs)

    def holds(self, path: Path) -> bool:
        """Return whether a report that is written to this path goes there."""
        return path == self._file

    def send(self) -> None:
        """Print the report, which is written by now.

        Raises:
            OutputError: it cannot be written.
            BrokenPipeError: nobody reads it any more.
        """
        if self._file is None:
            return
        with printing("the report on standard output cannot be written: {}"), self._file.open("rb") as report:
            sys.stdout.flush()
            binary = getattr(sys.stdout, "buffer", None)
            if binary is None:  # closed, which refuses, or a stand-in that takes text alone
                sys.stdout.write(report.read().decode())
            else:
                shutil.copyfileobj(report, binary)
            sys.stdout.flush()


def quietly(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options, quiet where a report goes to standard output."""
    return {**given, "quiet": given["quiet"] or any(map(is_standard_output, given["output"]))}


def _refuse(found: Sequence[str], ci: str) -> None:
    problems = [
        Problem(f"--output {spec}", "standard output takes one report", "write the others to files")
        for spec in found[1:]
    ]
    if ci != "none":
        problems.append(Problem(f"--ci {ci}", f"is told on standard output, as {found[0]} is", "write it to a file"))
    kind, _ = split_spec(found[0])
    if kind in BINARY and sys.stdout is not None and sys.stdout.isatty():
        problems.append(Problem(f"--output {found[0]}", "is nothing for a terminal to show", "pipe it, or name a file"))
    if problems:
        raise UsageError(problems)
