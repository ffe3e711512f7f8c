"""``-``: standard input, kept in a temporary file while the command runs, so that it can be read like a file."""

import shutil
import sys
from collections.abc import Collection
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from checker.errors import InputError, Problem, UsageError
from checker.inventory.given import STANDARD_INPUT

_KEPT = f"{__name__}.kept"


def kept_standard_input(inventory: Collection[str]) -> dict[str, str]:
    """Return where standard input lies now, by the name that it goes by; nothing if the inventory does not name it.

    Raises:
        UsageError: nothing is piped into the command.
        InputError: it cannot be read, or not be kept.
    """
    if STANDARD_INPUT not in inventory:
        return {}
    context = click.get_current_context()
    if _KEPT not in context.meta:
        if sys.stdin is None or sys.stdin.isatty():  # None: closed before the run
            raise UsageError(
                Problem(
                    STANDARD_INPUT, "is standard input, and nothing is piped into it", "pipe an export into the command"
                )
            )
        place = Path(context.with_resource(TemporaryDirectory(prefix="mde-readiness-")), "standard-input")
        try:
            with place.open("wb") as file:
                shutil.copyfileobj(sys.stdin.buffer, file)
        except OSError as error:
            what = f"cannot be read, or not be kept in a temporary file: {error.strerror or error}"
            raise InputError(Problem(STANDARD_INPUT, what)) from error
        context.meta[_KEPT] = str(place)
    return {STANDARD_INPUT: context.meta[_KEPT]}
