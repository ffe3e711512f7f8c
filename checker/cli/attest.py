"""``attest --lint · --draft``: check files of attestations, or draft one."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from checker.cli.echo import echo
from checker.cli.lint_files import counted, lint_files
from checker.cli.options import as_of_day, inventory_options, shared
from checker.cli.progress import progress_bar
from checker.errors import Problem, UsageError
from checker.packs.attestations import read_attestations

OF_LINT = ("inventory", "lint", "as_of")


@click.command(epilog="Example: mde-readiness attest --draft hunting.csv > attestations.yaml")
@shared
@click.option("--lint", is_flag=True, help="Check the files as attestations: every problem, with file, line, column.")
@click.option("--draft", is_flag=True, help="Write the attestations that would settle most devices of INVENTORY….")
@click.option("--progress/--no-progress", default=None, help="Show a progress bar; on a terminal if left out.")
def attest(**given: Any) -> None:  # noqa: ANN401
    """Check files of attestations (--lint FILE…), or draft one from INVENTORY… (--draft).

    Attestations are facts that somebody vouches for until a day. A draft has the facts that devices wait for, and none
    of the values: who knows them fills them in.
    """
    if given["lint"] == given["draft"]:
        raise UsageError(Problem("attest", "must be told what to do", "say --lint or --draft, not both"))
    if given["lint"]:
        source = click.get_current_context().get_parameter_source
        _refuse(name for name in given if name not in OF_LINT and source(name) is not ParameterSource.DEFAULT)
        _lint(given["inventory"], given["as_of"])
    else:
        _draft(given)


def _refuse(names: Iterable[str]) -> None:
    problems = [Problem(f"--{name.replace('_', '-')}", "has no use with --lint", "leave it out") for name in names]
    if problems:
        raise UsageError(problems)


def _lint(files: tuple[str, ...], as_of: str | None) -> None:
    day = as_of_day(as_of)

    def told_of(name: str) -> Iterator[str]:
        found = read_attestations(Path(name), name, day)
        yield f"{name}: {counted(len(found.items), 'attestation')}, no problem"
        for word in found.items:
            if word.valid_until < day:
                yield f"{word.where}: {word.fact} was valid until {word.valid_until}"
            if word.attested > day:
                yield f"{word.where}: {word.fact} is attested on {word.attested}, a day to come"

    lint_files(files, told_of)


def _draft(given: dict[str, Any]) -> None:
    from checker.drafts.attestations import draft

    if given["assume"]:
        raise UsageError(
            Problem("--assume", "is refused: nobody vouches for a supposition", "use it with check or plan")
        )
    options = inventory_options(given)
    with progress_bar(given["progress"], options.inventory, options.elsewhere) as bar:
        text = draft(options, bar.told())
    echo(text, "utf-8", exact=True)  # as files of attestations are read, whatever the terminal's own encoding
