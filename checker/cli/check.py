"""``check``: judge an inventory, print the summary, write the reports, exit by the result."""

import errno
import sys
from dataclasses import replace
from typing import Any

import click

from checker.cli.options import inventory_options, shared
from checker.cli.progress import progress_bar
from checker.decide.exit import Gate
from checker.errors import OutputError, Problem
from checker.packs.library import find_pack
from checker.pipeline import Progress
from checker.pipeline import check as run_check
from checker.reporters.outputs import Output, parse_outputs, write_all
from checker.reporters.summary import print_rich, render_plain


@click.command(epilog="Example: mde-readiness check hunting.csv urls.csv -o junit.xml -o findings:findings.parquet")
@shared
@click.option(
    "-o",
    "--output",
    multiple=True,
    metavar="[KIND:]FILE",
    help="Write a report: .xml .sarif .json, or findings:FILE.parquet, devices:FILE.ndjson … May be repeated.",
)
@click.option(
    "--select", metavar="RULE", multiple=True, help="Judge only these rules (sc.url-* works); never READY then."
)
@click.option("--ignore", metavar="RULE", multiple=True, help="Leave these rules out; never READY then.")
@click.option(
    "--phase",
    type=click.Choice(["prerequisite", "verification", "all"]),
    default="prerequisite",
    show_default=True,
    help="What is shown, and counted for the exit code.",
)
@click.option(
    "--fail-on",
    type=click.Choice(["blocker", "major", "minor", "never"]),
    default="blocker",
    show_default=True,
    help="Least severity that fails the run.",
)
@click.option("--allow-unknown", is_flag=True, help="Exit 0 where only unknowns are left (3 otherwise).")
@click.option("--all-outcomes", is_flag=True, help="Write PASS and NOT_APPLICABLE to findings, too.")
@click.option("--quiet", is_flag=True, help="Print no summary.")
@click.option("--progress/--no-progress", default=None, help="Show a progress bar; on a terminal if left out.")
def check(**given: Any) -> None:  # noqa: ANN401
    """Judge INVENTORY… (export files or folders) and exit by the result.

    Exit codes: 0 nothing counted fails; 1 a rule fails; 3 none fails, but one is unknown; 2 usage, input or rules
    cannot be used, or nothing was judged.
    """
    rule_files = find_pack(given["pack"])[0].glob("*.yaml") if given["output"] else ()
    outputs = parse_outputs(given["output"], (*given["inventory"], *filter(None, [given["attestations"]]), *rule_files))
    options = replace(
        inventory_options(given),
        select=given["select"],
        ignore=given["ignore"],
        gate=Gate(given["phase"], given["fail_on"], given["allow_unknown"]),
        all_outcomes=given["all_outcomes"],
        outputs=_tables(outputs),
    )
    with progress_bar(given["progress"], options.inventory) as advance, run_check(options, Progress(advance)) as result:
        write_all(result, outputs)
        summary = result.summary
    if not given["quiet"]:
        try:
            _print(summary)
        except BrokenPipeError:
            raise
        except OSError as error:
            reason = error.strerror or str(error)
            raise OutputError(
                Problem("", f"the summary cannot be written: {reason}; the reports are written")
            ) from error
    sys.exit(summary.exit_code)


def _tables(outputs: tuple[Output, ...]) -> frozenset[str]:
    """Return which tables the outputs read, so that the run builds no others."""
    needs = {
        "junit": {"cases"},
        "sarif": {"findings", "places"},
        "sarif-full": {"cases", "findings", "places"},
        "json": set(),
        "findings": {"findings"},
        "devices": {"devices"},
    }
    return frozenset(table for output in outputs for table in needs[output.kind])


def _print(summary: Any) -> None:  # noqa: ANN401
    """Print the summary: with colour and layout on a terminal, plain in a pipe."""
    if sys.stdout is None:  # closed before the run, and then Python gives none
        raise OSError(errno.EBADF, "standard output is closed")
    if sys.stdout.isatty():
        from rich.console import Console

        print_rich(summary, Console())
    else:
        click.echo(render_plain(summary), nl=False)
