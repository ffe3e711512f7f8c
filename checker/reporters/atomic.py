"""Files that appear whole or not at all: written beside their place, then renamed, all of them together."""

import itertools
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Final, Self

from checker.errors import OutputError, Problem

_HINTS: Final[dict[type[OSError], str]] = {
    PermissionError: "choose a folder that you may write to",
    NotADirectoryError: "a part of the path is a file",
    FileNotFoundError: "choose a folder in which files can be made",
    FileExistsError: "a part of the path is a file",
    IsADirectoryError: "name a file in the folder",
}


@contextmanager
def together(paths: Sequence[Path]) -> Iterator[tuple[BinaryIO, ...]]:
    """Give one stream to write for each path; the files appear when the block ends without an error.

    Until all of them are written and on the disk, every old file stays as it is. On any error, and when the run is
    interrupted, the new ones are removed and the old ones stay, or are put back if the renaming had begun. Missing
    folders are made.

    Raises:
        OutputError: a file cannot be written; the problem names it and says why. What the block itself raises passes
            through.
    """
    with ExitStack() as cleanup:
        written: list[tuple[Path, Path, BinaryIO]] = []
        for path in paths:
            with naming(path):
                temporary, stream = _open_beside(path)
            cleanup.callback(_discard, temporary, stream)
            written.append((path, temporary, stream))
        yield tuple(stream for _, _, stream in written)
        for path, temporary, stream in written:
            with naming(path):
                _settle(stream)
                if path.exists():
                    shutil.copymode(path, temporary)
        _rename_all([(path, temporary) for path, temporary, _ in written], cleanup)


def try_place(path: Path) -> None:
    """Find out, by a file that is gone at once, whether a new file can be made at the path or on the way to it.

    So that nobody learns after a long run that its reports cannot be written. Asking for the rights would not do: root
    has all of them, and what cannot be written to all the same (a mount that is read-only, /proc) knows better.

    Raises:
        OutputError: it cannot; the problem names the path and says why.
    """
    folder = path.parent
    while not folder.exists():
        folder = folder.parent
    with naming(path):
        _discard(*_create_in(folder))


class NewFolder:
    """A folder that appears whole or not at all: it is filled beside its place, and put there by ``settle``.

    Its place must be free, or an empty folder. If the block ends in an error, the folder goes, settled or not.
    """

    def __init__(self, path: Path) -> None:
        self._path, self._settled = path, False
        self.filling = path  # where to write the files, until it is settled

    def __enter__(self) -> Self:
        with naming(self._path):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            for number in itertools.count(1):
                self.filling = self._path.parent / f".mde-readiness-{number}.tmp"
                with suppress(FileExistsError):
                    self.filling.mkdir()
                    break
        return self

    def settle(self) -> None:
        """Put the folder in its place."""
        with naming(self._path):
            if self._path.is_dir():
                self._path.rmdir()  # empty, or this fails
            self.filling.rename(self._path)
            self._settled = True
            _settle_folder(self._path.parent)

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind:
            shutil.rmtree(self._path if self._settled else self.filling, ignore_errors=True)


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Turn a refusal of the operating system into an OutputError about the path."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise OutputError(Problem(str(path), f"cannot be written: {reason}", _HINTS.get(type(error), ""))) from error


def _rename_all(pairs: Sequence[tuple[Path, Path]], cleanup: ExitStack) -> None:
    """Put every new file in its place, or, if one cannot be put there, every old one back in its own."""
    old: dict[Path, Path | None] = {}
    for path, _ in pairs:
        with naming(path):
            old[path] = kept = _keep_beside(path)
        if kept is not None:
            cleanup.callback(_remove, kept)
    begun: list[Path] = []
    try:
        for path, temporary in pairs:
            begun.append(path)
            with naming(path):
                temporary.replace(path)
                _settle_folder(path.parent)
    except BaseException:
        for path in reversed(begun):
            _put_back(path, old[path])
        raise


def _keep_beside(path: Path) -> Path | None:
    """Give the old file a second name in its folder, under which it outlives its replacement; None if there is none."""
    if not path.exists():
        return None
    for number in itertools.count(1):
        kept = path.parent / f".mde-readiness-{number}.tmp"
        if kept.exists():
            continue
        try:
            kept.hardlink_to(path)
        except FileExistsError:
            continue
        except OSError:  # a file system without hard links
            shutil.copy2(path, kept)
        return kept
    raise AssertionError


def _put_back(path: Path, kept: Path | None) -> None:
    """Undo a renaming, begun or done; where that fails, too, the others are still put back."""
    with suppress(OSError):
        if kept is None:
            path.unlink(missing_ok=True)
        else:
            kept.replace(path)


def _open_beside(path: Path) -> tuple[Path, BinaryIO]:
    """Create a file in the folder of the path, which is made if need be."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return _create_in(path.parent)


def _create_in(folder: Path) -> tuple[Path, BinaryIO]:
    """Create a file in a folder, with the rights that a new file gets there."""
    number = 1
    while True:
        # NOTE: the name is short whatever the report's is, so that a name of the greatest length can be written too.
        temporary = folder / f".mde-readiness-{number}.tmp"
        try:
            return temporary, temporary.open("xb")
        except FileExistsError:  # of another output, or of another run
            number += 1


def _settle(stream: BinaryIO) -> None:
    """Bring what was written to the disk, and say so if that fails (a full disk may show up only here)."""
    stream.flush()
    os.fsync(stream.fileno())
    stream.close()


def _settle_folder(folder: Path) -> None:
    """Make the renaming itself last; systems that cannot open folders (Windows) do so on their own."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _discard(temporary: Path, stream: BinaryIO) -> None:
    """Remove the temporary file; after a successful run there is none left."""
    with suppress(OSError):
        stream.close()
    _remove(temporary)


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink(missing_ok=True)
