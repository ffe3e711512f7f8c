"""``verify``: check evidence, and judge again what it is about."""

import sys

import click

from checker import __version__
from checker.cli.echo import echo
from checker.cli.given import filled, single
from checker.cli.progress import progress_bar
from checker.reporters.wording import visible


@click.command(epilog="Example: mde-readiness verify evidence.zip --key pub.pem exports/")
@click.argument("evidence", type=click.Path(path_type=str))
@click.argument("inventory", nargs=-1, type=click.Path(path_type=str))
@single(
    "--key",
    metavar="PUB",
    type=click.Path(path_type=str),
    default="",
    callback=filled,
    help="Public key (ed25519, PEM) that must have signed it.",
)
@click.option("--replay", is_flag=True, help="Judge again the inputs that are in the evidence.")
@click.option("--progress/--no-progress", default=None, help="Show a progress bar; on a terminal if left out.")
def verify(evidence: str, inventory: tuple[str, ...], key: str, *, replay: bool, progress: bool | None) -> None:
    """Check EVIDENCE, a ZIP file or a folder: its files, statement and signature.

    With the INVENTORY of the run, or --replay, it is judged again by the rules and exceptions in the evidence, and must
    come out the same, byte for byte. Exit codes: 0 all that was checked is as it should be; 1 something differs; 2 the
    evidence cannot be used.
    """
    from checker.errors import Problem, UsageError
    from checker.evidence.verify import Asked, Verdict
    from checker.evidence.verify import verify as checks

    if inventory and replay:
        raise UsageError(Problem("--replay", "and INVENTORY exclude each other", "name one of them"))
    differs = False
    with progress_bar(progress, inventory) as bar:
        for check in checks(evidence, Asked(__version__, key, inventory, replay, bar.told())):
            differs = differs or check.verdict is Verdict.DIFFERS
            echo(f"{check.verdict:<13}{visible(check.what)}\n")
    sys.exit(int(differs))
