"""Who reads the files and who runs the buckets: the one seam between one process and many machines.

An engine hands files to ``inventory/read.py`` and buckets to ``decide/judge.py`` and gives back what they give, in the
order of device ids. It knows nothing of rules: the same inputs give the same results whoever runs them.
"""

from collections.abc import Callable
from typing import Protocol

from checker.decide.judge import Found, Run, judge_here
from checker.engine.records import Records
from checker.engine.select import Lists
from checker.inventory.read import Reading


class Engine(Protocol):
    """What the pipeline asks of an engine.

    Records that it reads hold their keys; what they say of facts it may keep to itself (``Records.codes`` has no codes
    then), except of files that are rules for sites: those are for the devices of any bucket.
    """

    @property
    def reading(self) -> Reading:
        """How files are found and read."""

    def judge(self, run: Run, found: Found, done: Callable[[int], None]) -> None:
        """Judge every bucket, and add to ``found`` what comes of it; ``done`` is told how many devices are finished."""

    def alone(self, run: Run, place: int) -> tuple[Records, int, Lists]:
        """Return records with all facts of the device at a place, its place among them, and what lists mean there."""


class Local:
    """Reads and judges in this process."""

    reading = Reading()

    def judge(self, run: Run, found: Found, done: Callable[[int], None]) -> None:
        """Judge bucket after bucket."""
        judge_here(run, found, done)

    def alone(self, run: Run, place: int) -> tuple[Records, int, Lists]:
        """Return the records as they are: all facts are there."""
        return run.records, place, run.lists
