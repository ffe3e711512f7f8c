"""What notebooks and services give as an inventory: names of files, and frames, which are kept as files for a run."""

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol, cast, runtime_checkable

import polars as pl

from checker.errors import Problem, UsageError
from checker.inventory.given import posix
from checker.inventory.native import PANIC
from checker.library.settings import Path_, text

SHOWN_COLUMNS = 5  # that a message names
OF = "give a path, or a frame of Polars, PyArrow, DuckDB or pandas 2.2 and later"


@runtime_checkable
class Frame(Protocol):
    """A table of any library that hands it over through the Arrow C interface: Polars, pandas, PyArrow, DuckDB."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Return the table as a stream of Arrow record batches."""


Input = Path_ | Frame | pl.LazyFrame
Inventory = Input | Sequence[Input] | Mapping[str, Input]


@dataclass
class Given:
    """The inputs of a run by their names."""

    names: list[str] = field(default_factory=list)
    elsewhere: dict[str, str] = field(default_factory=dict)  # name -> where it lies, if that is elsewhere
    frames: set[str] = field(default_factory=set)  # names of those that are frames
    files: list[str] = field(default_factory=list)  # paths of all others


def given(inventory: object, held: ExitStack, problems: list[Problem]) -> Given:
    """Return all inputs, and note what is wrong with them; ``held`` keeps frames as files."""
    found = Given()
    for number, (name, item) in enumerate(_named(inventory, problems), start=1):
        try:
            if isinstance(item, str | os.PathLike):
                path = text("inventory" if name else f"inventory[{number - 1}]", item)
                found.files.append(path)
                found.names.append(name or path)
                found.elsewhere |= {name: path} if name else {}
                continue
            name = name or f"frame-{number}"
            place = Path(held.enter_context(TemporaryDirectory(prefix="mde-readiness-")), "frame.parquet")
            _kept(item, name).write_parquet(place)
            found.frames.add(name)
            found.names.append(name)
            found.elsewhere[name] = str(place)
        except UsageError as error:
            problems += error.problems
    twice = [name for name, count in Counter(found.names).items() if count > 1 and name in found.elsewhere]
    problems += [Problem(name, "is the name of two inputs", "give a mapping with a name for each") for name in twice]
    return found


def _named(inventory: object, problems: list[Problem]) -> list[tuple[str, object]]:
    """Return the items with the names that a mapping gives them; note where there is none, or a name is none."""
    if isinstance(inventory, Mapping):
        odd = [name for name in inventory if not isinstance(name, str) or not name.strip()]
        problems += [Problem(f"inventory: {name!r}", "is no name of an input", "name it with a text") for name in odd]
        items = [(posix(name), item) for name, item in inventory.items() if name not in odd]
    elif isinstance(inventory, Sequence) and not isinstance(inventory, str | bytes):
        items = [("", item) for item in inventory]
    else:
        items = [("", inventory)]
    if not items and not problems:
        problems.append(Problem("inventory", "is empty", "give files, folders or frames"))
    return items


def _kept(item: object, name: str) -> pl.DataFrame:
    """Return a frame of any library as one of Polars, a named index as columns.

    Raises:
        UsageError: it is no frame, or one that cannot be taken.
    """
    if not isinstance(item, Frame | pl.LazyFrame):
        raise UsageError(Problem(name, f"is neither a file nor a table: {type(item).__name__}", OF))
    if twice := [title for title, count in Counter(_titles(item)).items() if count > 1]:
        what = f"has columns of the same name: {_some(twice)}"
        raise UsageError(Problem(name, what, "rename or remove all but one"))
    try:
        frame = _taken(item)
    # NOTE: what a library of the user's makes of its own frame can be any error; its text can hold what is in cells.
    except BaseException as error:
        if not isinstance(error, Exception) and type(error).__name__ != PANIC:
            raise
        raise UsageError(_why_not(item, name, error)) from error
    if odd := [title for title, dtype in frame.schema.items() if dtype == pl.Object]:
        raise UsageError(_mixed(odd, name))
    return frame


def _taken(item: Frame | pl.LazyFrame) -> pl.DataFrame:
    if isinstance(item, pl.LazyFrame):
        return item.collect()
    if isinstance(item, pl.DataFrame):
        return item
    if levels := _index(item):
        item = item.reset_index(level=levels)  # type: ignore[attr-defined]
    return pl.DataFrame(cast("Any", item))


def _index(item: object) -> list[object]:
    """Return the names of the index of a pandas frame; Polars would drop it, and with it what identifies devices."""
    return [level for level in getattr(getattr(item, "index", None), "names", ()) if level is not None]


def _titles(item: object) -> Iterator[str]:
    """Yield the names of a frame's columns and of its index, as far as its library tells them."""
    if isinstance(item, pl.LazyFrame | pl.DataFrame):
        return
    for level in _index(item):
        yield str(level)
    told = item.columns if hasattr(item, "columns") and hasattr(item, "index") else None
    for title in getattr(getattr(item, "schema", None), "names", ()) if told is None else told:
        yield str(title)


def _why_not(item: object, name: str, error: BaseException) -> Problem:
    """Return why a frame cannot be taken: the columns that cannot, where those can be tried one by one."""
    if hasattr(item, "index") and hasattr(item, "columns"):
        if odd := [str(title) for title in item.columns if not _can_be_taken(item[[title]])]:  # type: ignore[index]
            return _mixed(odd, name)
    return Problem(name, f"cannot be taken as a table ({type(error).__name__})", OF)


def _can_be_taken(column: Frame) -> bool:
    try:
        pl.DataFrame(cast("Any", column))
    except Exception:  # as above: whatever it is, this column is the one
        return False
    return True


def _mixed(titles: Sequence[str], name: str) -> Problem:
    what = f"has values of no one type in {'column' if len(titles) == 1 else 'columns'} {_some(titles)}"
    return Problem(name, what, "give them as text, with None where there is nothing (pandas: read with dtype=str)")


def _some(titles: Sequence[str]) -> str:
    more = len(titles) - SHOWN_COLUMNS
    shown = ", ".join(f"'{title}'" for title in titles[:SHOWN_COLUMNS])
    return shown + (f" and {more:,} more" if more > 0 else "")
