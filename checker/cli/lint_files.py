"""What the commands that lint files of waves, waivers and attestations share."""

from collections.abc import Callable, Iterable
from typing import Any

import click

from checker.cli.echo import echo
from checker.cli.given import each_filled, filled, single
from checker.errors import CheckerError, Problem
from checker.packs.library import DEFAULT_PACK

Command = Callable[..., Any]

LINT_OPTIONS = (
    click.argument("files", metavar="FILE...", nargs=-1, required=True, callback=each_filled),
    single(
        "--pack",
        default=DEFAULT_PACK,
        callback=filled,
        show_default=True,
        help="Pack whose rules it names: a shipped name or a folder.",
    ),
    single("--as-of", metavar="DATE", help="Lint as of this day (UTC); today if left out."),
)


def lint_options(command: Command) -> Command:
    """Add the files to lint, the pack whose rules they may name, and the day."""
    for option in reversed(LINT_OPTIONS):
        command = option(command)
    return command


def lint_files(files: Iterable[str], told_of: Callable[[str], Iterable[str]]) -> None:
    """Print what is told of each file.

    Raises:
        CheckerError: with the problems of all files, once the good ones are told of.
    """
    problems: list[Problem] = []
    for name in files:
        try:
            lines = "".join(f"{line}\n" for line in told_of(name))
        except CheckerError as error:
            problems.extend(error.problems)
        else:
            echo(lines)
    if problems:
        click.echo(counted(len(problems), "problem"), err=True)
        raise CheckerError(problems)


def counted(count: int, noun: str) -> str:
    """Return a number of things in words: ``1 wave``, ``2 waves``."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
