"""``report``: any report of a result that was written before, from its files alone."""

import click

from checker.cli.ci import ci_option, tell
from checker.cli.echo import harmless
from checker.cli.given import filled, single

CASE_BY_CASE = {"junit", "sarif-full"}  # kinds that tell every device of a small fleet
BY_RULE = "JUnit and sarif-full tell rules, where the run told devices; evidence (-o evidence.zip) has them"


@click.command(epilog="Example: mde-readiness report out/report.json -o out/problems.sarif -o out/junit.xml")
@click.argument("result", type=click.Path(path_type=str))
@click.option(
    "-o",
    "--output",
    multiple=True,
    metavar="[KIND:]FILE",
    help="Write a report, as `check` does; without any the summary is printed. May be repeated.",
)
@single("--device", metavar="DEVICE", default="", callback=filled, help="Id, name or alias, for reports of one device.")
@click.option("--excel-safe", is_flag=True, help="Write CSV for Excel: formulas defused, with a byte order mark.")
@ci_option
def report(result: str, output: tuple[str, ...], device: str, ci: str, *, excel_safe: bool) -> None:
    """Write reports of RESULT: evidence, or a JSON report with the tables devices and findings beside it as Parquet.

    Nothing is judged again: every number is as it was. Exit codes: 0; 2 the result cannot be used. Write a result with
    `check … -o report.json -o devices:devices.parquet -o findings:findings.parquet`.
    """
    from dataclasses import replace

    from checker.cli.run import show
    from checker.cli.stdout import StandardOutput
    from checker.cli.stop import STOP
    from checker.errors import InputError, Problem, UsageError
    from checker.evidence.members import result_in
    from checker.evidence.opening import is_evidence
    from checker.model.result import Manner
    from checker.reporters.outputs import check_device, parse_outputs, write_all
    from checker.reporters.shown import told_by_device
    from checker.reporters.terminal.devices import device_rows
    from checker.reporters.terminal.lines import Shown
    from checker.stored.result import files_of

    read = (result,) if is_evidence(result) or not output else files_of(result)
    standard = StandardOutput(output, ci)
    outputs = parse_outputs(standard.specs, read)
    check_device(outputs, device)
    wanted = {wish.kind for wish in outputs}
    if "evidence" in wanted:
        raise UsageError(Problem("-o", "evidence is written by the run itself", "check … -o evidence.zip"))
    with result_in(result) as found:
        if "plan" in wanted and not found.plan.parts:
            hint = "write it in the run itself, or beside the report: -o plan:plan.parquet"
            raise InputError(Problem(result, "names no Parquet table of the plan", hint))
        if "rejected" in wanted and any(entry.rejected for entry in found.summary.inputs):
            what, hint = "counts the rejected rows, and has not kept them", "write them in the run itself"
            raise InputError(Problem(result, what, hint))
        if found.cases is None and wanted & CASE_BY_CASE and told_by_device(found.summary):
            click.echo(harmless(f"note: {result}: has no outcomes of each device: {BY_RULE}"), err=True)
        write_all(replace(found, manner=Manner(excel_safe, device)), outputs)
        STOP.written = bool(outputs)
        standard.send()
        if not outputs:
            show(found.summary, Shown(devices=device_rows(found)))
        tell(ci, found.summary, output)
