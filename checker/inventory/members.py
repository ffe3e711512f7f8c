"""What is told of a file that was given, and of the members that it holds if it is packed."""

from pathlib import Path
from typing import Final

from checker.errors import InputError, Problem

SHOWN_NAMES: Final = 5  # members that a notice names


def stamp(place: Path) -> tuple[int, int]:
    """Return by what a change of a file shows: its size, and when it was last written to."""
    found = place.stat()
    return found.st_size, found.st_mtime_ns


def refuse_changed(path: str, place: Path, before: tuple[int, int]) -> None:
    """Raise :class:`InputError` if the file was changed since it had that stamp."""
    if stamp(place) != before:
        raise InputError(Problem(path, "changed while it was read", "read it again when nothing writes to it"))
