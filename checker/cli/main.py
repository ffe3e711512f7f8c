"""The command group. A command's module is imported when it is called, so that ``--help`` is quick."""

import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import StringIO
from typing import Any

import click

from checker import __version__
from checker.cli.echo import harmless, prepare_streams
from checker.cli.lazy import Later, LazyGroup
from checker.cli.stop import STOP, StoppedError
from checker.errors import CheckerError, Problem
from checker.reporters.wording import visible

COMMANDS: Later = {
    "check": ("checker.cli.check", "check", "Judge an inventory: summary, reports, exit code."),
    "gate": ("checker.cli.gate", "gate", "Decide whether a wave may go: PROMOTE, HOLD or UNDETERMINED."),
    "plan": ("checker.cli.plan", "plan", "Plan the move: path, steps and verification of each device."),
    "inspect": (
        "checker.cli.inspect",
        "inspect",
        "Show how files are read, what they cover, and what stays undecided.",
    ),
    "query": ("checker.cli.query", "query", "Print the hunting query whose export carries all that hunting can give."),
    "explain": ("checker.cli.explain", "explain", "Tell why a device, or a rule over the fleet, came out as it did."),
    "diff": ("checker.cli.diff", "diff", "Compare two results: what regressed, what is fixed, what came and went."),
    "trend": ("checker.cli.trend", "trend", "Show the share of each readiness over many results."),
    "report": ("checker.cli.report", "report", "Write reports of a result, in any format, without its inventory."),
    "verify": ("checker.cli.verify", "verify", "Check evidence: files, statement, signature, and the run itself."),
    "sample": ("checker.cli.sample", "sample", "Draw devices for an audit from evidence, the same for the same seed."),
    "redact": ("checker.cli.redact", "redact", "Write exports with pseudonyms, to be attached to a bug report."),
    "rules": ("checker.cli.rules", "rules", "List, show, lint and test the rules."),
    "waves": ("checker.cli.waves", "waves", "Draft and check the waves of a rollout."),
    "waivers": ("checker.cli.waivers", "waivers", "Check waivers: the outcomes that somebody accepts until a day."),
    "attest": (
        "checker.cli.attest",
        "attest",
        "Draft and check attestations: facts that somebody vouches for.",
    ),
}
BUG = 70  # exit code of an error of ours (EX_SOFTWARE of sysexits.h)
USAGE = 2  # exit code for usage, input and rules that cannot be used


@contextmanager
def _read() -> Iterator[None]:
    """End with 2 if the reader closes the pipe: click would make it 1, which here says that something fails.

    What Polars raises on Ctrl-C is passed by click, too, which would print an empty line first.
    """
    try:
        yield
    except KeyboardInterrupt as error:
        raise StoppedError from error
    except BrokenPipeError as error:
        raise click.exceptions.Exit(USAGE) from error


class _Commands(LazyGroup):
    """All commands, and the two steps in which click prints for them."""

    def make_context(self, *given: Any, **more: Any) -> click.Context:  # noqa: ANN401
        with _read():
            return super().make_context(*given, **more)

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401
        with _read():
            return super().invoke(ctx)


@click.group(
    cls=_Commands,
    later=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Example: mde-readiness check export.csv -o junit.xml -o problems.sarif",
)
@click.version_option(__version__, prog_name="mde-readiness")
def commands() -> None:
    """Tell which devices can move to Defender for Endpoint streamlined connectivity, and what stands in the way."""


def main() -> None:
    """Run the command line; a user's mistake is printed in full and exits with 2."""
    _hold_closed()
    prepare_streams()
    with STOP.orderly():
        code = _run()
        _settle_streams()
    sys.exit(code)


def _run() -> int:
    """Return the exit code of the command; it does not hang on whether the messages can be printed."""
    try:
        code: int | None = commands.main(standalone_mode=False)  # none, where a command just ends
    except SystemExit as done:
        return int(done.code or 0)
    except (click.exceptions.Abort, StoppedError):
        return STOP.end()
    except (click.ClickException, CheckerError, OSError) as error:
        if STOP.number:  # which was taken for an error on its way out
            return STOP.end()
        for text in _texts(error):
            _say(text)
        return USAGE
    except Exception:
        if STOP.number:
            return STOP.end()
        # not a user's mistake: show where, and exit with a code that no pipeline takes for a verdict
        _say(traceback.format_exc())
        _say("this is a bug in mde-readiness; please report it with the lines above")
        return BUG
    return code or 0


def _texts(error: click.ClickException | CheckerError | OSError) -> Iterator[str]:
    """Yield what a mistake, or a refusal of the operating system, says: nothing in it acts on the terminal."""
    if isinstance(error, CheckerError):
        # a problem on one line and its hint on another; no line break of a file's content gets through
        for each in error.problems:
            yield str(Problem(visible(each.where), visible(each.what), visible(each.hint)))
    elif isinstance(error, OSError):  # a full disk, a path that cannot be used: no bug
        named = visible(os.fsdecode(error.filename)) if isinstance(error.filename, str | bytes) else ""
        yield str(Problem(named, f"cannot be used: {visible(error.strerror or str(error))}"))
    else:
        shown = StringIO()
        error.show(shown)
        yield "\n".join(visible(line.expandtabs()) for line in shown.getvalue().splitlines())


def _say(text: str) -> None:
    """Print to standard error, if anything can be printed there."""
    with suppress(OSError):
        click.echo(harmless(text), err=True)


def _hold_closed() -> None:
    """Open what stands for a closed standard stream as nothing, so that no report gets its number by chance."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)


def _settle_streams() -> None:
    """Flush the standard streams; let go of what cannot be, which Python would try again and exit with 120."""
    for stream in (sys.stdout, sys.stderr):
        if stream is None:  # closed before the run
            continue
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
