"""``waivers lint``: check files of waivers."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import click

from checker.cli.lint_files import counted, lint_files, lint_options
from checker.cli.options import as_of_day
from checker.decide.rollout import SOON_DAYS
from checker.model.waiver import Waiver
from checker.packs.build import read_pack_files
from checker.packs.library import find_pack
from checker.packs.waivers import read_waivers
from checker.reporters.wording import visible


@click.group(epilog="Example: mde-readiness waivers lint waivers.yaml")
def waivers() -> None:
    """Check waivers: the outcomes that somebody accepts until a day."""


@waivers.command("lint", epilog="Example: mde-readiness waivers lint waivers.yaml --as-of 2026-12-31")
@lint_options
def lint_waivers(files: tuple[str, ...], pack: str, as_of: str | None) -> None:
    """Check files of waivers, and tell which expire soon.

    Every problem is told with file, line and column; besides, which waivers expired, or expire within 30 days.
    """
    rules, day = read_pack_files(*find_pack(pack)), as_of_day(as_of)

    def told_of(name: str) -> Iterator[str]:
        found = read_waivers(Path(name), name, rules.rule_ids, day, rules.note_ids)
        yield f"{name}: {counted(len(found.items), 'waiver')}, no problem"
        for waiver in found.items:
            state = _state(waiver, day)
            if state:
                yield f"{waiver.place}: {visible(waiver.id)} {state}"

    lint_files(files, told_of)


def _state(waiver: Waiver, day: date) -> str:
    """Return what a person should know of a waiver's days; empty if nothing."""
    if waiver.expires < day:
        return f"expired on {waiver.expires}"
    if day < waiver.created:
        return f"is in force from {waiver.created}"
    return f"expires on {waiver.expires}" if waiver.expires - day <= timedelta(days=SOON_DAYS) else ""
