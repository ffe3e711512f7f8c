"""What ``check``, ``gate`` and ``plan`` have in common: reports to write, rules to leave out, a run to show."""

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import click

from checker.cli.echo import echo, harmless, printing
from checker.cli.engine import engine_of, engine_options
from checker.cli.given import filled, single
from checker.cli.options import governing_files, inventory_options
from checker.cli.progress import progress_bar
from checker.cli.redacting import hushed, key_asked, redacting, refuse_other_names
from checker.cli.sealing import SEALING, refuse_unsealed, sealed
from checker.cli.stdout import StandardOutput
from checker.cli.stop import STOP
from checker.cli.timings import Timings
from checker.engine.records import BUCKET
from checker.inventory.given import expanded
from checker.model.result import Baseline, Result, Summary
from checker.options import LEAST_BATCH, MOST_BATCH, Options
from checker.packs.library import find_pack
from checker.pipeline import check as run_check
from checker.reporters.outputs import Output, check_device, parse_outputs, write_all
from checker.reporters.terminal.lines import WHOLE, Shown
from checker.reporters.terminal.summary import print_rich, render_plain
from checker.reporters.wording import visible

Command = Callable[..., Any]

# Which tables each kind of output reads, so that a run builds no others.
NEEDS: dict[str, frozenset[str]] = {
    "junit": frozenset({"cases"}),
    "sarif": frozenset({"findings", "places"}),
    "sarif-full": frozenset({"cases", "findings", "places"}),
    "json": frozenset({"controls"}),
    "html": frozenset({"devices", "findings"}),
    "markdown": frozenset(),
    "gitlab": frozenset({"findings", "places"}),
    "findings": frozenset({"findings"}),
    "devices": frozenset({"devices"}),
    "actions": frozenset({"devices"}),
    "plan": frozenset({"plan"}),
    "rejected": frozenset(),
    "workbook": frozenset({"devices", "findings"}),
    "oscal": frozenset({"controls", "findings"}),
    "xccdf": frozenset({"controls", "devices"}),
    "evidence": frozenset({"devices", "findings", "cases", "plan", "controls"}),
}
BY_WAVE = ("sarif", "sarif-full", "gitlab")  # kinds that tell the findings of each wave apart, by the table of devices
TABLES = ("devices", "findings", "plan")  # kinds that belong to a result, and are named by its JSON report …
READ_BACK = (".parquet", ".ndjson")  # … where they are spelled so that all of it can be read back
SUMMARY = "the summary cannot be written: {}; the reports are written"

EXCEL_SAFE = click.option(
    "--excel-safe", is_flag=True, help="Write CSV for Excel: formulas defused, with a byte order mark; else exact."
)
RUNNING = (
    click.option(
        "-o",
        "--output",
        multiple=True,
        metavar="[KIND:]FILE",
        help="Write a report: .html .md .xlsx .xml .sarif .json .zip, or findings:FILE.parquet, devices:FILE.ndjson, "
        "actions:FILE.csv, oscal:FILE …; json:- is standard output. May be repeated.",
    ),
    single(
        "--baseline",
        type=click.Path(path_type=str),
        default="",
        callback=filled,
        help="JSON report of an earlier run, to compare with.",
    ),
    click.option(
        "--select", metavar="RULE", multiple=True, help="Judge only these rules (sc.url-* works); never READY then."
    ),
    click.option("--ignore", metavar="RULE", multiple=True, help="Leave these rules out; never READY then."),
    EXCEL_SAFE,
    *SEALING,
    click.option("--quiet", is_flag=True, help="Print nothing."),
    click.option("--progress/--no-progress", default=None, help="Show a progress bar; on a terminal if left out."),
    single(
        "--batch-size",
        metavar="DEVICES",
        type=click.IntRange(LEAST_BATCH, MOST_BATCH),
        default=BUCKET,
        show_default=True,
        help="Devices judged together: fewer take less memory, and more time.",
    ),
    click.option("--timings", is_flag=True, help="Print on stderr where the time went."),
)


def running(command: Command) -> Command:
    """Add the options of every command that judges and reports."""
    command = redacting(engine_options(command))
    for option in reversed(RUNNING):
        command = option(command)
    return command


@contextmanager
def judged(given: Mapping[str, Any], more: frozenset[str] = frozenset(), **settings: Any) -> Iterator[Result]:  # noqa: ANN401
    """Judge as the options say, write every report, and yield the result; ``more`` tables are built, too.

    Raises:
        CheckerError: with every problem of options, rules, inputs or outputs.
    """
    timings = Timings()
    with hushed(given["redact"]):
        standard = StandardOutput(given["output"], given.get("ci", "none"))
        options, outputs = _told({**given, "output": standard.specs}, more, settings)
        if any(output.kind == "json" and standard.holds(output.path) for output in outputs):
            options = replace(options, tables=())  # nothing lies beside it
    with (
        hushed(given["redact"]),
        progress_bar(given["progress"], options.inventory, options.elsewhere) as bar,
        engine_of(given, bar.starting) as engine,
        run_check(options, bar.told(timings.begin), engine) as result,
    ):
        timings.begin("reports")
        result = replace(result, manner=replace(result.manner, excel_safe=given["excel_safe"]))
        seals = any(output.kind == "evidence" for output in outputs)

        def begun(kind: str, number: int) -> None:
            timings.begin(f"report {kind}")
            bar.writing(kind, number, len(outputs))

        write_all(sealed(result, options, given) if seals else result, outputs, begun)
        STOP.written = bool(outputs)
        yield result
    standard.send()
    if given["timings"]:
        timings.tell()


def _told(
    given: Mapping[str, Any], more: frozenset[str], settings: Mapping[str, Any]
) -> tuple[Options, tuple[Output, ...]]:
    """Return what a run is told, and the reports that it writes."""
    asked, key = inventory_options(given), key_asked(given)
    baseline = _earlier(given["baseline"], asked.as_of)
    refuse_other_names(baseline, key)
    outputs = _outputs(given, baseline)
    device = given.get("device", "")
    check_device(outputs, device)
    kinds = {output.kind for output in outputs}
    refuse_unsealed(given, kinds)
    if given["waves"] and not kinds.isdisjoint(BY_WAVE):
        more |= {"devices"}
    options = replace(
        asked,
        select=given["select"],
        ignore=given["ignore"],
        outputs=more.union(*(NEEDS[output.kind] for output in outputs)),
        tables=_beside(outputs),
        baseline=baseline,
        device=device,
        redact_key=key,
        batch_size=given["batch_size"],
        **settings,
    )
    return options, outputs


def _outputs(given: Mapping[str, Any], baseline: Baseline | None) -> tuple[Output, ...]:
    rule_files = find_pack(given["pack"])[0].glob("*.yaml") if given["output"] else ()
    earlier: tuple[str | Path, ...] = ()
    if baseline:
        earlier = (baseline.path, *baseline.devices.parts, *baseline.findings.parts)
    patterns = [path for path in given["inventory"] if not os.path.lexists(path)] if given["output"] else []
    named = expanded(patterns, {})[0]  # what is wrong with them, reading tells
    read = (*given["inventory"], *named, *governing_files(given), *earlier, *rule_files)
    return parse_outputs(given["output"], (*read, given["redact_key"]) if given["redact"] else read)


def _beside(outputs: tuple[Output, ...]) -> tuple[tuple[str, str], ...]:
    """Return the tables that are written with the JSON report, as paths from its folder."""
    report = next((output.path for output in outputs if output.kind == "json"), None)
    if report is None:
        return ()
    tables = [output for output in outputs if output.kind in TABLES and output.path.suffix.lower() in READ_BACK]
    found = ((output.kind, os.path.relpath(output.path, report.parent)) for output in tables)
    return tuple((kind, Path(path).as_posix()) for kind, path in found)


def _earlier(report: str, as_of: date) -> Baseline | None:
    """Return an earlier result to compare with; its tables are read where they lie."""
    if not report:
        return None
    from checker.compare.baseline import read_baseline

    return read_baseline(report, as_of)


def show(summary: Summary, shown: Shown = WHOLE) -> None:
    """Print the summary: with colour and layout on a terminal, plain in a pipe."""
    if not sys.stdout.isatty():
        show_text(render_plain(summary, shown))
        return
    from rich.console import Console

    with printing(SUMMARY):
        print_rich(summary, Console(), shown)


def tell_written(given: Mapping[str, Any]) -> None:
    """Say on a terminal which reports were written, a line each; a pipe has the exit code for that."""
    if given["quiet"] or not sys.stdout.isatty():
        return
    for spec in given["output"]:
        kind, colon, file = spec.partition(":")
        click.echo(harmless(f"written: {visible(file if colon and kind in NEEDS else spec)}"), err=True)


def show_text(text: str) -> None:
    """Print a text that is a report of its own."""
    echo(text, refusal=SUMMARY)
