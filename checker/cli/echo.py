"""Prints text whatever the stream can encode: what it cannot stands there as an escape."""

import click


def echo(text: str, encoding: str) -> None:
    r"""Print text that ends its own lines; a character that the encoding has not is spelled ``\u2192``.

    Names in inventories may hold lone surrogates, which no encoding has; in JSON they become JSON's own escapes.
    """
    click.echo(text.encode(encoding, "backslashreplace"), nl=False)
