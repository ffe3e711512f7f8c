"""``waves suggest``: draft the waves of a rollout."""

from typing import Any

import click

from checker.cli.echo import echo
from checker.cli.given import filled, single
from checker.cli.options import inventory_options, shared
from checker.cli.progress import progress_bar
from checker.errors import Problem, UsageError
from checker.packs.routes import tool_words
from checker.yaml_nodes import did_you_mean

MOST_PILOT = 1_000  # more is a ring (design choice)


@click.command("suggest", epilog="Example: mde-readiness waves suggest hunting.csv --tool intune > waves.yaml")
@shared
@single("--pilot", metavar="N", type=click.IntRange(5, MOST_PILOT), help="Devices that the pilot shall have.")
@single("--tool", metavar="TOOL", default="", callback=filled, help="Tool that will apply the package: intune …")
@click.option("--progress/--no-progress", default=None, help="Show a progress bar; on a terminal if left out.")
def suggest_waves(**given: Any) -> None:  # noqa: ANN401
    """Draft waves from INVENTORY…: a small and varied pilot, growing rings of READY devices, the rest.

    The draft is a file of waves, on standard output. Exit codes: 0, or 2 where no device is READY, or usage, input or
    rules cannot be used.
    """
    from dataclasses import replace

    from checker.drafts.waves import Wishes, suggest

    _refuse(given)
    options = replace(inventory_options(given), tool=given["tool"])
    with progress_bar(given["progress"], options.inventory, options.elsewhere) as bar:
        draft = suggest(options, Wishes(given["pilot"], given["tool"]), bar.told())
    echo(draft, "utf-8", exact=True)  # as files of waves are read, whatever the terminal's own encoding


def _refuse(given: dict[str, Any]) -> None:
    problems = []
    if given["assume"]:
        problems.append(Problem("--assume", "is refused: nothing is READY on a supposition", "use it with check"))
    if given["waves"]:
        problems.append(Problem("--waves", "is refused: this drafts the waves", "check them with waves lint"))
    if given["tool"] and given["tool"] not in tool_words():
        hint = did_you_mean(given["tool"], tool_words()) or f"one of: {', '.join(tool_words())}"
        problems.append(Problem(f"--tool {given['tool']}", "is no tool", hint))
    if problems:
        raise UsageError(problems)
