"""``plan``: each device's path, its next steps in order, and how to see that they worked."""

import sys
from typing import Any

import click

from checker.cli.echo import width
from checker.cli.given import filled, single
from checker.cli.options import shared
from checker.cli.run import judged, running, show_text, tell_written
from checker.cli.stdout import quietly
from checker.errors import Problem, UsageError

UNDECIDED = 3  # a plan on a supposition proves nothing, as everywhere


@click.command(epilog="Example: mde-readiness plan hunting.csv --tool intune -o plan:plan.xlsx")
@shared
@running
@single(
    "--tool",
    metavar="TOOL",
    default="",
    callback=filled,
    help="Tool that will apply the package to every device: intune …",
)
@single("--wave", metavar="NAME", default="", callback=filled, help="Plan only the devices of this wave.")
def plan(**given: Any) -> None:  # noqa: ANN401
    """Plan the move of INVENTORY…: prints every group of devices with its steps; -o plan:FILE writes each device's.

    Exit codes: 0; 3 where values were supposed; 2 usage, input or rules cannot be used.
    """
    from checker.reporters.plan.summary import render

    if given["tool"] and given["waves"]:
        raise UsageError(Problem("--tool", "and --waves exclude each other", "the waves name a tool for each wave"))
    given = quietly(given)
    with judged(given, frozenset({"plan"}), tool=given["tool"], wave=given["wave"]) as result:
        text, simulated = "" if given["quiet"] else render(result, width()), bool(result.summary.simulated)
    show_text(text)
    tell_written(given)
    sys.exit(UNDECIDED if simulated else 0)
