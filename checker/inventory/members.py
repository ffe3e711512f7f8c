"""Whether a file that was given changed while it was read."""

from pathlib import Path

from checker.errors import InputError, Problem


def stamp(place: Path) -> tuple[int, int]:
    """Return by what a change of a file shows: its size, and when it was last written to."""
    found = place.stat()
    return found.st_size, found.st_mtime_ns


def refuse_changed(path: str, place: Path, before: tuple[int, int]) -> None:
    """Raise :class:`InputError` if the file was changed since it had that stamp."""
    if stamp(place) != before:
        raise InputError(Problem(path, "changed while it was read", "read it again when nothing writes to it"))
