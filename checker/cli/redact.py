"""``redact``: exports with pseudonyms, to be shown to people who may not know the names."""

from pathlib import Path
from typing import Any

import click

from checker.cli.given import each_filled, filled, single
from checker.cli.redacting import hushed, key_in, key_option


@click.command(epilog="Example: mde-readiness redact hunting.csv urls.csv -o for-the-bug-report/")
@click.argument("inventory", nargs=-1, required=True, type=click.Path(path_type=str), callback=each_filled)
@single(
    "-o",
    "--output",
    metavar="FILE|FOLDER",
    required=True,
    type=click.Path(path_type=str),
    callback=filled,
    help="Where to: a file for one export; else, or ending in /, a folder, in which files get pseudonyms, too.",
)
@key_option
@click.option("--read-as", metavar="FORMAT=FILE", multiple=True, help="Read a file as this format, as `check` does.")
@click.option(
    "--mapping",
    metavar="FILE",
    type=click.Path(path_type=str),
    multiple=True,
    callback=each_filled,
    help="Mapping of your own, as `check` takes it; the words that it spells out stay.",
)
def redact(**given: Any) -> None:  # noqa: ANN401
    """Write INVENTORY… (export files or folders) again with pseudonyms: same format, columns, rows and defects.

    Whatever is not known to name nobody is replaced. With the key of `check --redact` devices get the same pseudonyms.
    What cannot be parsed is refused. Exit codes: 0; 2 something cannot be used, and nothing is written.
    """
    from checker.cli.echo import echo
    from checker.cli.options import formats_given
    from checker.cli.stdin import kept_standard_input
    from checker.inventory.own_mappings import read_own_mappings
    from checker.redact.export import redacted_exports
    from checker.redact.pseudonyms import Pseudonyms
    from checker.reporters import atomic

    names = Pseudonyms(key_in(given["redact_key"]))
    with hushed(wanted=True):
        kept = kept_standard_input(given["inventory"])
        read_as = formats_given(given["read_as"], given["inventory"])
        own = read_own_mappings([(Path(file), file) for file in given["mapping"]])
        writers = redacted_exports(given["inventory"], read_as, names, own, kept)
    folder = given["output"].endswith("/") or Path(given["output"]).is_dir() or len(writers) > 1
    written = [path.removesuffix(".gz").removesuffix(".zst") for path in writers]  # they are written unpacked
    places = [Path(given["output"], names.file(path)) if folder else Path(given["output"]) for path in written]
    _refuse_reading(places, [*writers, given["redact_key"], *given["mapping"]], given["inventory"])
    with atomic.together(places) as streams:
        for write, stream in zip(writers.values(), streams, strict=True):
            write(stream)
    for place in places:
        echo(f"{place}\n")


def _refuse_reading(places: list[Path], files: list[str], given: tuple[str, ...]) -> None:
    """Refuse to write over an input or the key, or into a folder that is read: a later run would take it for one."""
    from checker.reporters.outputs import parse_outputs

    parse_outputs([f"json:{place}" for place in places], (*files, *given))
