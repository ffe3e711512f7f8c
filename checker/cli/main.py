"""The command group. A command's module is imported when it is called, so that ``--help`` is quick."""

import sys
import traceback
from importlib import import_module

import click

from checker import __version__
from checker.errors import CheckerError

# command -> module with a click command of the same name, and its line in the help
COMMANDS = {
    "check": ("checker.cli.check", "Judge an inventory: summary, reports, exit code."),
    "inspect": ("checker.cli.inspect", "Show how files are read: format, columns, coverage, what stays undecided."),
    "rules": ("checker.cli.rules", "List, show, lint and test the rules."),
}
BUG = 70  # exit code of an error of ours (EX_SOFTWARE of sysexits.h)
USAGE = 2  # exit code for usage, input and rules that cannot be used


class Commands(click.Group):
    """A group that knows its commands by name and imports them one at a time."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the command names in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Return a command; None if there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(COMMANDS[cmd_name][0]), cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the table of commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.command(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Example: mde-readiness check export.csv -o junit.xml -o problems.sarif",
)
@click.version_option(__version__, prog_name="mde-readiness")
def commands() -> None:
    """Tell which devices can move to Defender for Endpoint streamlined connectivity, and what stands in the way."""


def main() -> None:
    """Run the command line; a user's mistake is printed in full and exits with 2."""
    try:
        commands.main(standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("stopped; no report was written", err=True)
        sys.exit(130)
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(USAGE)
    except CheckerError as error:
        for problem in error.problems:
            click.echo(visible(str(problem)), err=True)
        sys.exit(USAGE)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(USAGE)
    except Exception:
        # not a user's mistake: show where, and exit with a code that no pipeline takes for a verdict
        traceback.print_exc()
        click.echo("this is a bug in mde-readiness; please report it with the lines above", err=True)
        sys.exit(BUG)


def visible(text: str) -> str:
    """Return a text with control characters shown, so that a file's content cannot drive the terminal."""
    return "".join(char if char == "\n" or char.isprintable() else f"\\x{ord(char):02x}" for char in text)
