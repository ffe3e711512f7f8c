"""``explain``: why a device, or a rule over the fleet, came out as it did."""

from pathlib import Path
from typing import Any

import click

from checker.cli.echo import echo, width
from checker.cli.given import single
from checker.cli.options import inventory_options, shared
from checker.errors import Problem, UsageError

LIMIT = 30


@click.command(
    options_metavar="[OPTIONS] [DEVICE]",
    epilog="Example: mde-readiness explain ws-osl-070 hunting.csv urls.csv --only sc.windows-update",
)
@shared
@single("--rule", metavar="RULE", help="Show this rule's values over the fleet; then no DEVICE is given.")
@single("--limit", metavar="N", type=click.IntRange(1), help="With --rule: at most N values of a fact; 30.")
@click.option("--only", metavar="RULE", multiple=True, help="Tell only these rules (sc.url-* works), not the route.")
@single(
    "--phase",
    type=click.Choice(["prerequisite", "verification", "all"]),
    default="prerequisite",
    show_default=True,
    help="Which rules are told of the device.",
)
@click.option("--all-outcomes", is_flag=True, help="Tell the rules that do not apply, too.")
def explain(**given: Any) -> None:  # noqa: ANN401
    """Tell why DEVICE (an id or a name) came out as it did, from INVENTORY…; with --rule, how a rule did everywhere.

    Each rule is shown as a tree: every condition with its truth, the device's value, where that was read, and the
    threshold with its source; for an UNKNOWN what would settle it.
    """
    echo(_fleet(given) if given["rule"] is not None else _device(given))


def _device(given: dict[str, Any]) -> str:
    from checker.explain.device import Asked
    from checker.explain.run import explain as explain_device
    from checker.reporters.terminal.explanation import render_explanation

    device, *inventory = given["inventory"]
    if not inventory:
        hint = "explain DEVICE INVENTORY…, or explain --rule RULE INVENTORY…"
        raise UsageError(
            Problem("explain", f"'{device}' is all that was given: a device and its files are needed", hint)
        )
    if given["limit"] is not None:
        raise UsageError(Problem("--limit", "goes with --rule", "the rules of one device are never cut"))
    options = inventory_options({**given, "inventory": tuple(inventory)})
    asked = Asked(given["phase"], frozenset(given["only"]), given["all_outcomes"])
    try:
        return render_explanation(explain_device(options, device, asked), width())
    except UsageError as error:
        if Path(device).is_file():
            hint = "the first argument is the device: explain DEVICE INVENTORY…"
            raise UsageError([*error.problems, Problem(device, "is a file", hint)]) from error
        raise


def _fleet(given: dict[str, Any]) -> str:
    from checker.explain.run import histogram
    from checker.reporters.terminal.explanation import render_histogram

    if given["only"] or given["all_outcomes"]:
        raise UsageError(Problem("--rule", "tells one rule over the fleet, with every outcome", "leave the others out"))
    first = given["inventory"][0]
    if not Path(first).exists():
        hint = f"with --rule every argument is a file; for one device: explain DEVICE INVENTORY… --only {given['rule']}"
        raise UsageError(Problem(first, "is no file", hint))
    return render_histogram(histogram(inventory_options(given), given["rule"], given["limit"] or LIMIT), width())
