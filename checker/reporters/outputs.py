"""Which reports to write where: ``-o`` options are parsed here; every format stands in ``kinds.py``.

Example:
    -o junit.xml -o problems.sarif -o report.json -o sarif-full:all.sarif -o findings:findings.parquet
"""

import errno
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from checker.errors import OutputError, Problem, UsageError
from checker.model.result import Result
from checker.reporters import atomic
from checker.reporters.kinds import BARE, FOLDERS, KINDS, ONE_DEVICE, Write, WriteFolder

Begun = Callable[[str, int], None]

STANDARD_OUTPUT: Final = ("-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1")
_TABLE_ENDINGS: Final = (".csv", ".ndjson", ".parquet")  # a bare .xlsx is the workbook


@dataclass(frozen=True, slots=True)
class Output:
    """One report to write: its kind, where it goes and how it is written."""

    kind: str
    path: Path  # resolved: a link is followed, not replaced
    write: Write  # as a file
    folder: WriteFolder | None = None  # as a folder, if that is asked for


@dataclass(frozen=True, slots=True)
class _Read:
    """A file or folder that the run reads: as messages show it, and resolved."""

    shown: str
    path: Path
    folder: bool


def parse_outputs(specs: Sequence[str], inputs: Iterable[str | Path] = ()) -> tuple[Output, ...]:
    """Return the outputs that ``-o`` options ask for.

    Args:
        specs: the options as given, ``FILE`` or ``KIND:FILE``.
        inputs: every file and folder that the run reads; none of them, and no file below them, by whatever link, may
            be written over or into.

    Raises:
        UsageError: with all problems: an ending or a table without a kind, an output that is an input or in one, that
            is another output, that is no plain file, or whose folder cannot be written to.
    """
    outputs: list[Output] = []
    problems: list[Problem] = []
    read = list(_read_files(inputs)) if specs else []
    for spec in specs:
        found = _output(spec, read, outputs)
        if isinstance(found, Problem):
            problems.append(found)
        else:
            outputs.append(found)
    if problems:
        raise UsageError(problems)
    return tuple(outputs)


def split_spec(spec: str) -> tuple[str, str]:
    """Return kind and file of an option; the kind is empty where only the ending says it."""
    prefix, colon, rest = spec.partition(":")
    return (prefix, rest) if colon and prefix in KINDS else ("", spec)


def is_standard_output(spec: str) -> bool:
    """Return whether an option names standard output, which the command line writes."""
    return split_spec(spec)[1] in STANDARD_OUTPUT


def check_device(outputs: Iterable[Output], device: str) -> None:
    """Check that reports of one device are asked for if, and only if, a device is named.

    Raises:
        UsageError: a report lacks its device, or a device its report.
    """
    kinds = [output.kind for output in outputs if output.kind in ONE_DEVICE]
    if kinds and not device:
        hint = "name it: check --device DEVICE, or report RESULT --device DEVICE"
        raise UsageError(Problem(f"--output {kinds[0]}", "tells of one device", hint))
    if device and not kinds:
        wanted = " or ".join(f"-o {kind}:FILE" for kind in ONE_DEVICE)
        raise UsageError(Problem(f"--device {device}", "is of no use: no report tells of one device", f"add {wanted}"))


def write_all(result: Result, outputs: Sequence[Output], begun: Begun = lambda _kind, _number: None) -> None:
    """Write every output, or none: see :func:`checker.reporters.atomic.together`.

    Args:
        result: what to tell.
        outputs: where, and as what.
        begun: is told the kind of the report that comes next, and the how manieth it is, from 1.

    Raises:
        OutputError: one of them cannot be written; all old files stay.
    """
    files = [output for output in outputs if not output.folder]
    folders = [(output, output.folder) for output in outputs if output.folder]
    with ExitStack() as made, atomic.together([output.path for output in files]) as streams:
        for number, (output, stream) in enumerate(zip(files, streams, strict=True), start=1):
            begun(output.kind, number)
            with atomic.naming(output.path):
                output.write(result, stream)
        places = [made.enter_context(atomic.NewFolder(output.path)) for output, _ in folders]
        for number, ((output, fill), place) in enumerate(zip(folders, places, strict=True), start=len(files) + 1):
            begun(output.kind, number)
            with atomic.naming(output.path):
                fill(result, place.filling)
        for place in places:
            place.settle()


def _output(spec: str, read: Iterable[_Read], others: Iterable[Output]) -> Output | Problem:
    try:
        found = _parse(spec)
        if isinstance(found, Problem):
            return found
        if clash := _clash(spec, found, read, others):
            return clash
        atomic.try_place(found.path)
        return found
    except OutputError as error:
        (refused,) = error.problems
        return Problem(_where(spec), refused.what, refused.hint)
    except OSError as error:  # a folder that may not be entered, a name that is too long
        return Problem(_where(spec), f"cannot be written: {error.strerror or error}", "name another file")


def _read_files(inputs: Iterable[str | Path]) -> Iterator[_Read]:
    """Yield everything that the run reads: files, folders, and what lies in folders, links followed.

    What cannot be looked at is left out: nothing can be read from there either, and reading says so.
    """
    for given in inputs:
        folders = [str(given)]
        seen: set[str] = set()
        while folders:
            shown = folders.pop()
            real = os.path.realpath(shown)
            yield _Read(shown, Path(real), folder := os.path.isdir(real))  # noqa: PTH112 (Path of Python 3.11 may raise)
            if folder and real not in seen:
                seen.add(real)
                with suppress(OSError):
                    folders += sorted((f"{shown}/{item.name}" for item in Path(real).iterdir()), reverse=True)


def _parse(spec: str) -> Output | Problem:
    kind, name = split_spec(spec)
    if refused := _no_file(spec, kind, name):
        return refused
    if kind in FOLDERS and name.endswith(("/", os.sep)):
        return Output(kind, Path(os.path.realpath(name)), next(iter(KINDS[kind].values())), FOLDERS[kind])
    ending = next((bare for bare in BARE if name.lower().endswith(bare)), Path(name).suffix.lower())
    prefix = spec.partition(":")[0]
    if not kind and (ending in _TABLE_ENDINGS or (BARE.get(ending) == "workbook" and _meant(prefix))):
        return Problem(_where(spec), f"a {ending} file may hold any table: say which", _table_choices(prefix))
    if not kind and ending not in BARE:
        return Problem(_where(spec), f"no report is written as {ending or 'a file without ending'}", _choices())
    kind = kind or BARE[ending]
    writers = KINDS[kind]
    if len(writers) > 1 and ending not in writers:
        wanted = " or ".join(f"{kind}:FILE{known}" for known in writers)
        if not ending and kind in FOLDERS:
            wanted = f"{spec}/ for a folder of Parquet files, or {wanted}"
        return Problem(_where(spec), f"{kind}: is not written as {ending or 'a file without ending'}", wanted)
    return Output(
        kind, Path(os.path.realpath(name)), writers[ending] if len(writers) > 1 else next(iter(writers.values()))
    )


def _no_file(spec: str, kind: str, name: str) -> Problem | None:
    """Return why there cannot be a file of this name, if so."""
    if not name:
        return Problem(_where(spec), "names no file", _choices())
    if name in STANDARD_OUTPUT:
        if not kind or len(KINDS[kind]) > 1:
            what = "standard output has no ending that says what to write"
            one = ", ".join(f"{single}:-" for single, writers in KINDS.items() if len(writers) == 1)
            return Problem(_where(spec), what, f"one of {one}; ./- is a file of that name")
        return Problem(_where(spec), "is standard output, and no file", "name a file; ./- is one of that name")
    there = Path(name)
    if there.exists() and not (there.is_file() or there.is_dir()):  # asked of the name: a pipe has no resolved path
        return Problem(_where(spec), "is there already and is no plain file", "name a file, or - for standard output")
    return None


def _clash(spec: str, output: Output, inputs: Iterable[_Read], others: Iterable[Output]) -> Problem | None:
    """Return why the file may not be written, if so."""
    if output.path.is_symlink():  # a resolved path that still is a link leads round in a circle
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
    if there := _taken(spec, output):
        return there
    for read in inputs:
        if read.folder and read.path in output.path.parents:
            hint = "the next run would read it: write it elsewhere"
            return Problem(_where(spec), f"lies in the input {read.shown}", hint)
        if _same(output.path, read.path):
            hint = "inputs are never written over: name another file"
            return Problem(_where(spec), f"is the input {read.shown}", hint)
    if any(_inside(output, other) or _inside(other, output) for other in others):
        return Problem(_where(spec), "lies in a folder that another output makes, or is it", "write them side by side")
    if any(_same(output.path, other.path) for other in others):
        return Problem(_where(spec), "is the file of another output", "give each output a file of its own")
    return None


def _taken(spec: str, output: Output) -> Problem | None:
    """Return why what lies in the place already keeps the output from being written there, if so."""
    if output.folder and output.path.is_dir():
        if any(output.path.iterdir()):
            hint = "name a new one for each run, by its day say: files of two runs are never mixed"
            return Problem(_where(spec), "is a folder that holds something", hint)
    elif output.folder and output.path.exists():
        return Problem(_where(spec), "is there already and is no folder", "name a new folder")
    elif output.path.is_dir() and output.kind in FOLDERS:
        ending = list(KINDS[output.kind])[-1]
        return Problem(_where(spec), "is a folder", f"end it with /, or name a file: {output.kind}:FILE{ending}")
    elif output.path.is_dir():
        return Problem(_where(spec), "is there already and is no plain file", "name a file")
    return None


def _inside(output: Output, other: Output) -> bool:
    return other.folder is not None and other.path in output.path.parents


def _same(one: Path, other: Path) -> bool:
    """Return whether two resolved paths are one file, by whatever hard links or spellings they go."""
    if one == other:
        return True
    with suppress(OSError):
        return one.samefile(other)
    return False


def _where(spec: str) -> str:
    return f"--output {spec}"


def _choices() -> str:
    bare = ", ".join(f"FILE{ending}" for ending in BARE if ending.count(".") == 1)
    return f"one of {bare}, or KIND:FILE with KIND one of {', '.join(KINDS)}"


def _table_choices(prefix: str) -> str:
    near = _meant(prefix)
    meant = f"did you mean '{near}:'? " if near else ""
    return f"{meant}one of " + ", ".join(f"{kind}:FILE{ending}" for kind in _tables() for ending in KINDS[kind])


def _tables() -> list[str]:
    return [kind for kind, writers in KINDS.items() if len(writers) > 1]


def _meant(prefix: str) -> str:
    """Return the table that a prefix is a slip of; empty if of none."""
    return next(iter(get_close_matches(prefix, _tables(), n=1)), "")
