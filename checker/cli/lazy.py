"""A command group whose commands are imported when they are called, so that ``--help`` is quick."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

# command -> module, name of the click command in it, its line in the help
Later = Mapping[str, tuple[str, str, str]]


class LazyGroup(click.Group):
    """A group that knows some of its commands by name and imports them one at a time."""

    def __init__(self, *args: Any, later: Later, **settings: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **settings)
        self.later = later

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the command names: those that are here first, then the others in the order of the table."""
        return [*self.commands, *self.later]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command; None if there is none of that name."""
        if cmd_name not in self.later:
            return super().get_command(ctx, cmd_name)
        module, name, _ = self.later[cmd_name]
        command: click.Command = getattr(import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the table of commands without importing any."""
        here = [(name, command.get_short_help_str(formatter.width)) for name, command in self.commands.items()]
        with formatter.section("Commands"):
            formatter.write_dl([*here, *((name, line) for name, (_, _, line) in self.later.items())])
