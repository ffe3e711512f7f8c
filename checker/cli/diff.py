"""``diff``: what changed between two results, with the evidence of both."""

import sys

import click

from checker.cli.given import single


@click.command(epilog="Example: mde-readiness diff monday/report.json friday/report.json --format markdown")
@click.argument("old", type=click.Path(path_type=str))
@click.argument("new", type=click.Path(path_type=str))
@single("--format", "form", type=click.Choice(["text", "markdown", "json"]), default="text", show_default=True)
@single(
    "--limit",
    metavar="N",
    type=click.IntRange(0),
    help="List so many of each kind: 20 if left out, 1,000 in JSON; 0 lists all. Counts are always whole.",
)
def diff(old: str, new: str, form: str, limit: int | None) -> None:
    """Compare two results: the JSON reports OLD and NEW, with the tables that were written beside them.

    Tells which devices are newly ready, regressed, appeared, disappeared or have another id, and which rules are
    fixed, still failing, newly failing or cannot be compared. Exit codes: 0 nothing regressed; 1 a device regressed
    or a rule newly fails; 2 a result cannot be used.
    """
    from checker.cli.echo import echo, width
    from checker.cli.redacting import refuse_other_keys
    from checker.compare.diff import compare
    from checker.compare.results import read_results

    results = read_results(old, new)
    refuse_other_keys(*results)
    difference = compare(*results)
    if form == "json":
        from checker.compare.diff_json import json_text

        shown = json_text(difference, 1_000 if limit is None else limit)
    else:
        from checker.compare.diff_parts import parts_of
        from checker.compare.parts import markdown, text

        parts = parts_of(difference, 20 if limit is None else limit)
        shown = markdown(parts) if form == "markdown" else text(parts, width())
    echo(shown, "utf-8" if form == "json" else sys.stdout.encoding, exact=form == "json")
    sys.exit(difference.exit_code())
