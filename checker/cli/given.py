"""What an option may be given: one value, unless it says otherwise, and none that is empty."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import click
from click.core import ParameterSource


class Single(click.Option):
    """An option of one value that is refused, with all values, when it is given more than once."""

    def add_to_parser(self, parser: Any, ctx: click.Context) -> None:  # noqa: ANN401
        """Let the parser keep every value that is given, not the last alone."""
        self.multiple = True
        super().add_to_parser(parser, ctx)
        self.multiple = False

    def consume_value(self, ctx: click.Context, opts: Mapping[str, Any]) -> tuple[Any, ParameterSource]:
        """Return the one value; refuse more."""
        given = opts.get(self.name or "")
        if isinstance(given, list):
            if len(given) > 1:
                told = ", ".join(repr(value) for value in given)
                raise click.BadParameter(f"is given more than once: {told}; say which", ctx, self)
            opts = {**opts, self.name or "": given[0]}
        return super().consume_value(ctx, opts)


single = partial(click.option, cls=Single)


def filled(context: click.Context, option: click.Parameter, value: str) -> str:
    """Return what an option says; refuse an empty text, which a variable that is not set leaves behind."""
    if value == "" and context.get_parameter_source(option.name or "") is not ParameterSource.DEFAULT:
        raise click.BadParameter("is empty: is a variable not set?", context, option)
    return value


def each_filled(context: click.Context, argument: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    """Return the files or folders that are given; refuse an empty name."""
    if "" in values:
        raise click.BadParameter("a name is empty: is a variable not set?", context, argument)
    return values
