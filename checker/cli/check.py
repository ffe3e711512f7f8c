"""``check``: judge an inventory, print the summary, write the reports, exit by the result."""

import sys
from typing import Any

import click

from checker.cli.ci import ci_option, tell
from checker.cli.given import filled, single
from checker.cli.options import shared
from checker.cli.run import judged, running, show, tell_written
from checker.cli.stdout import quietly
from checker.decide.exit import Gate
from checker.reporters.terminal.devices import device_rows
from checker.reporters.terminal.lines import Shown


@click.command(epilog="Example: mde-readiness check hunting.csv urls.csv -o junit.xml -o findings:findings.parquet")
@shared
@running
@ci_option
@single(
    "--wave",
    metavar="NAME",
    default="",
    callback=filled,
    help="Limit reports and exit code to the devices of this wave.",
)
@single(
    "--phase",
    type=click.Choice(["prerequisite", "verification", "all"]),
    default="prerequisite",
    show_default=True,
    help="What is shown, and counted for the exit code.",
)
@single(
    "--fail-on",
    type=click.Choice(["blocker", "major", "minor", "never"]),
    default="blocker",
    show_default=True,
    help="Least severity that fails the run.",
)
@single("--device", metavar="DEVICE", default="", callback=filled, help="Id, name or alias, for reports of one device.")
@click.option("--allow-unknown", is_flag=True, help="Exit 0 where only unknowns are left (3 otherwise).")
@click.option("--all-outcomes", is_flag=True, help="Write PASS and NOT_APPLICABLE to findings, too.")
def check(**given: Any) -> None:  # noqa: ANN401
    """Judge INVENTORY… and exit by the result: export files, folders, 'exports/**/*.csv', or - for standard input.

    Exit codes: 0 nothing counted fails; 1 a rule fails; 3 none fails, but one is unknown, or values were supposed; 2
    usage, input or rules cannot be used, or nothing was judged.
    """
    gate = Gate(given["phase"], given["fail_on"], given["allow_unknown"])
    given = quietly(given)
    with judged(given, wave=given["wave"], gate=gate, all_outcomes=given["all_outcomes"]) as result:
        summary, shown = result.summary, Shown(bool(given["output"]), device_rows(result))
    if not given["quiet"]:
        show(summary, shown)
    tell_written(given)
    tell(given["ci"], summary, given["output"])
    sys.exit(summary.exit_code)
