"""``sample``: draw devices for an audit from evidence."""

from io import BytesIO
from pathlib import Path

import click

from checker.cli.echo import echo
from checker.cli.given import filled, single


@click.command(epilog="Example: mde-readiness sample evidence.zip --n 25 --seed 2026-Q4 -o sample.csv")
@click.argument("evidence", type=click.Path(path_type=str))
@single("--n", "size", metavar="N", type=click.IntRange(1, 10_000), default=25, show_default=True, help="Devices.")
@single("--seed", metavar="SEED", required=True, callback=filled, help="Any text; the same one draws the same devices.")
@single(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(path_type=str),
    default="",
    callback=filled,
    help="Write it, as .csv, .md or .ndjson; Markdown is printed if left out.",
)
def sample(evidence: str, size: int, seed: str, output: str) -> None:
    """Draw devices from EVIDENCE (or a JSON report with its tables), stratified by wave, readiness and path.

    Each comes with everything that was found and where it was read, and with room for what the auditor sees. Exit
    codes: 0; 2 the evidence cannot be used.
    """
    from checker.errors import Problem, UsageError
    from checker.evidence.members import result_in
    from checker.evidence.sample import draw
    from checker.reporters import atomic
    from checker.reporters.evidence.sample import WRITERS

    ending = Path(output).suffix.lower() if output else ".md"
    if ending not in WRITERS:
        what = f"no sample is written as {ending or 'a file without ending'}"
        raise UsageError(Problem(f"-o {output}", what, f"one of {', '.join(WRITERS)}"))
    if output and Path(evidence).resolve() in (place := Path(output).resolve(), *place.parents):
        raise UsageError(Problem(f"-o {output}", "is the evidence, or lies in it", "write it elsewhere"))
    with result_in(evidence) as result:
        found = draw(result, evidence, size, seed)
    if output:
        with atomic.together([Path(output)]) as (stream,), atomic.naming(Path(output)):
            WRITERS[ending](found, stream)
        return
    page = BytesIO()
    WRITERS[ending](found, page)
    echo(page.getvalue().decode())
