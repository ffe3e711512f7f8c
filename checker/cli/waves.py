"""``waves lint · suggest``: check and draft files of waves."""

from collections.abc import Iterator
from pathlib import Path

import click

from checker.cli.lazy import LazyGroup
from checker.cli.lint_files import counted, lint_files, lint_options
from checker.cli.options import as_of_day
from checker.packs.build import read_pack_files
from checker.packs.library import find_pack
from checker.packs.waves import read_waves

LATER = {"suggest": ("checker.cli.waves_suggest", "suggest_waves", "Draft waves from the devices that are READY.")}


@click.group(cls=LazyGroup, later=LATER, epilog="Example: mde-readiness waves lint waves.yaml")
def waves() -> None:
    """Check and draft the waves of a rollout."""


@waves.command("lint", epilog="Example: mde-readiness waves lint waves.yaml --pack defender-for-business")
@lint_options
def lint_waves(files: tuple[str, ...], pack: str, as_of: str | None) -> None:
    """Check files of waves: every problem, with file, line and column."""
    rules, day = read_pack_files(*find_pack(pack)), as_of_day(as_of)

    def told_of(name: str) -> Iterator[str]:
        found = read_waves(Path(name), name, rules.rule_ids, rules.profiles, day, rules.note_ids)
        yield f"{name}: {counted(len(found.items), 'wave')}, no problem"

    lint_files(files, told_of)
