"""``trend``: the share of each readiness over many reports, as a small chart."""

import sys

import click

from checker.cli.given import single


@click.command(epilog="Example: mde-readiness trend reports/*.json")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=str))
@single("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def trend(files: tuple[str, ...], form: str) -> None:
    """Show how the shares of READY, MIGRATED, UNDETERMINED and NOT_READY went over the JSON reports FILE….

    Reports are put in order of their as-of days; a mark shows where the pack, its profile, the phase, the wave or a
    file that governs the run (attestations, waivers, waves, tailoring) changed, since a step there may be none of the
    devices. Exit codes: 0; 2 a report cannot be used.
    """
    from checker.cli.echo import echo, width
    from checker.compare.trend import json_text, read_reports, text

    reports = read_reports(files)
    encoding = sys.stdout.encoding
    if form == "json":
        echo(json_text(reports), "utf-8", exact=True)
    else:
        echo(text(reports, ascii_only=not _can_draw(encoding), width=width()), encoding)


def _can_draw(encoding: str) -> bool:
    try:
        "█▓▒░◂→".encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
