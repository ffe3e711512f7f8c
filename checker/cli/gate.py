"""``gate``: may this wave go?"""

import sys
from typing import Any

import click

from checker.cli.ci import ci_option, tell
from checker.cli.given import filled, single
from checker.cli.options import shared
from checker.cli.run import judged, running, show, tell_written
from checker.cli.stdout import quietly
from checker.errors import Problem, UsageError
from checker.reporters.terminal.lines import Shown


@click.command(
    epilog="Example: mde-readiness gate --waves waves.yaml --wave pilot hunting.csv -o junit.xml -o gate.json"
)
@shared
@running
@ci_option
@single("--wave", metavar="NAME", default="", callback=filled, help="The wave to decide; needed.")
def gate(**given: Any) -> None:  # noqa: ANN401
    """Decide whether a wave of INVENTORY… may go: PROMOTE, HOLD or UNDETERMINED, each criterion with its figure.

    Exit codes: 0 PROMOTE; 1 HOLD; 3 UNDETERMINED; 2 usage, input or rules cannot be used.
    """
    if given["assume"]:
        raise UsageError(Problem("--assume", "is refused: no wave goes on a supposition", "use it with check or plan"))
    if not given["waves"]:
        raise UsageError(
            Problem("gate", "lacks --waves", "the YAML file of the waves: see mde-readiness rules schema waves")
        )
    given = quietly(given)
    with judged(given, wave=given["wave"], gating=True) as result:
        summary = result.summary
    if not given["quiet"]:
        show(summary, Shown(bool(given["output"])))
    tell_written(given)
    tell(given["ci"], summary, given["output"])
    sys.exit(summary.exit_code)
