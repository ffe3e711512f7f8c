"""The tool for notebooks and services: files or data frames in, frames and reports out.

    from datetime import date
    from checker import check

    with check(["hunting.csv", "urls.csv"], as_of=date(2026, 11, 23)) as checked:
        print(checked.summary.devices)
        print(checked.devices.filter(readiness="NOT_READY"))
        checked.write("report.html")

It is the same run as that of the command line: the same rules, messages and reports. Nothing here looks at a clock, so
the day as of which is judged is always said.
"""

import os
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Literal, Protocol, Self, TypedDict, Unpack, runtime_checkable

import polars as pl

from checker.decide.exit import Gate
from checker.errors import Problem, UsageError
from checker.inventory.date_order import Order
from checker.inventory.own_mappings import all_mappings, read_own_mappings
from checker.inventory.read import ReadOptions
from checker.inventory.read import read_inventory as read_files
from checker.model.record import RECORD_COLUMNS
from checker.model.result import Result, Summary, Table
from checker.model.rule import Pack
from checker.options import Options
from checker.packs.build import build_pack, read_pack_files
from checker.packs.library import find_pack, shipped_packs
from checker.pipeline import check as run

GATE = ("phase", "fail_on", "allow_unknown")  # what sets the exit code, and which rules findings show
TABLES = frozenset({"devices", "findings", "plan", "cases", "controls"})


@runtime_checkable
class Frame(Protocol):
    """A table of any library that hands it over through the Arrow C interface: Polars, pandas, PyArrow, DuckDB."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Return the table as a stream of Arrow record batches."""


Path_ = str | os.PathLike[str]
Inventory = Path_ | Frame | Sequence[Path_ | Frame] | Mapping[str, Path_ | Frame]


class Reading(TypedDict, total=False):
    """How inputs are read; each is the option of the command line of that name."""

    mapping: Sequence[Path_]
    read_as: Mapping[str, str]
    observed: Mapping[str, datetime]
    date_order: Mapping[str, Order]
    device_of: Mapping[str, str]
    bad_rows: Literal["stop", "skip"]


class Settings(Reading, total=False):
    """What a run is told besides; each is the option of the command line of that name."""

    pack: Path_
    profile: str
    tailoring: Path_
    attestations: Path_
    waivers: Path_
    waves: Path_
    wave: str
    tool: str
    assume: Sequence[str]
    max_age_days: int
    require_dates: bool
    select: Sequence[str]
    ignore: Sequence[str]
    all_outcomes: bool
    phase: Literal["prerequisite", "verification", "all"]
    fail_on: Literal["blocker", "major", "minor", "never"]
    allow_unknown: bool


@dataclass
class Checked:
    """What a check found. Its tables lie in a temporary folder until it is closed, or nobody holds it any more."""

    result: Result
    _held: ExitStack = field(repr=False)

    @property
    def summary(self) -> Summary:
        """The whole in numbers, and the exit code that the command line would give."""
        return self.result.summary

    @cached_property
    def devices(self) -> pl.DataFrame:
        """Each device with readiness, path and what is next: the columns of docs/outputs.md."""
        return _whole(self.result.devices)

    @cached_property
    def findings(self) -> pl.DataFrame:
        """Each FAIL and UNKNOWN with message and evidence; every outcome with ``all_outcomes``."""
        return _whole(self.result.findings)

    @cached_property
    def plan(self) -> pl.DataFrame:
        """Each judged device with its steps, in order."""
        return _whole(self.result.plan)

    def write(self, *outputs: str) -> None:
        """Write reports, all or none; each ``FILE`` or ``KIND:FILE`` as after ``-o``.

        Raises:
            UsageError: what is asked for cannot be.
            OutputError: one of them cannot be written; all old files stay.
        """
        from checker.reporters.outputs import parse_outputs, write_all

        write_all(self.result, parse_outputs(outputs, [item.path for item in self.summary.inputs]))

    def close(self) -> None:
        """Remove the tables; frames that were asked for stay."""
        self._held.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def check(inventory: Inventory, *, as_of: date, **settings: Unpack[Settings]) -> Checked:
    """Judge an inventory as ``mde-readiness check`` does, every rule of every phase.

    Args:
        inventory: files, folders, patterns or frames; of a mapping, the names by which they are told.
        as_of: the day (UTC) as of which is judged.
        settings: what the command line's options say; see :class:`Settings`.

    Raises:
        CheckerError: with every problem of the rules, of what governs the run, or of the inputs.
    """
    with ExitStack() as held:
        names, elsewhere = _given(inventory, held)
        told = _texts(settings)
        gate = Gate(**{name: told.pop(name) for name in GATE if name in told})  # type: ignore[arg-type]
        given = {"inventory": names, "as_of": as_of, "elsewhere": elsewhere, "outputs": TABLES, "gate": gate, **told}
        result = held.enter_context(run(Options(**given)))  # type: ignore[arg-type]
        return Checked(result, held.pop_all())


def read_inventory(inventory: Inventory, **settings: Unpack[Reading]) -> pl.DataFrame:
    """Return the records of an inventory, one for each row, unjudged and not yet joined.

    The columns are ``file``, ``format``, those of :data:`checker.model.record.RECORD_COLUMNS`, and one for each fact
    that any file carries, as the export spells it: null where a row says nothing of it, empty where it states a blank.

    Raises:
        CheckerError: with every problem of the inputs.
    """
    said = _texts({name: value for name, value in settings.items() if name != "mapping"})
    with ExitStack() as held:
        names, elsewhere = _given(inventory, held)
        own = read_own_mappings([(Path(file), os.fspath(file)) for file in settings.get("mapping", ())])
        files = read_files(names, ReadOptions(elsewhere=elsewhere, formats=all_mappings(own), **said))  # type: ignore[arg-type]
    frames = [
        frame.with_columns(pl.col(pl.Categorical).cast(pl.String)).select(
            pl.lit(item.file.path).alias("file"), pl.lit(item.file.format).alias("format"), pl.all()
        )
        for item in files
        for frame in item.frames
    ]
    schema = {"file": pl.String(), "format": pl.String(), **RECORD_COLUMNS}
    return pl.concat([pl.DataFrame(schema=schema), *frames], how="diagonal")


def load_packs(*folders: Path_, as_of: date, profile: str = "seed") -> dict[str, Pack]:
    """Return rule packs by their ids: those that ship with the tool, and those of ``folders``.

    Raises:
        RuleError: with every problem of a pack.
    """
    found = {}
    for name in (*shipped_packs(), *(os.fspath(folder) for folder in folders)):
        pack = build_pack(read_pack_files(*find_pack(name)), profile, as_of)
        found[pack.id] = pack
    return found


def _given(inventory: Inventory, held: ExitStack) -> tuple[tuple[str, ...], dict[str, str]]:
    """Return the names of all inputs, and where those lie that have another name; ``held`` keeps frames as files."""
    if not isinstance(inventory, Mapping | Sequence) or isinstance(inventory, str):
        inventory = [inventory]
    named = isinstance(inventory, Mapping)
    pairs = inventory.items() if isinstance(inventory, Mapping) else [("", item) for item in inventory]
    names: list[str] = []
    elsewhere: dict[str, str] = {}
    for number, (name, item) in enumerate(pairs, start=1):
        if isinstance(item, str | os.PathLike):
            names.append(name if named else os.fspath(item))
            elsewhere |= {name: os.fspath(item)} if named else {}
            continue
        names.append(name or f"frame-{number}")
        place = Path(held.enter_context(TemporaryDirectory(prefix="mde-readiness-")), "frame.parquet")
        _kept(item, names[-1]).write_parquet(place)
        elsewhere[names[-1]] = str(place)
    return tuple(names), elsewhere


def _kept(item: object, name: str) -> pl.DataFrame:
    if isinstance(item, pl.LazyFrame):
        return item.collect()
    if isinstance(item, pl.DataFrame):
        return item
    if not isinstance(item, Frame):
        hint = "give a path, or a frame of Polars, PyArrow, DuckDB or pandas 2.2 and later"
        raise UsageError(Problem(name, f"is neither a file nor a table: {type(item).__name__}", hint))
    return pl.DataFrame(item)


def _texts(settings: Mapping[str, object]) -> dict[str, object]:
    """Return settings as options have them: paths as texts, sequences as tuples."""
    found: dict[str, object] = {}
    for name, value in settings.items():
        if isinstance(value, os.PathLike):
            found[name] = os.fspath(value)
        elif isinstance(value, Sequence) and not isinstance(value, str):
            found[name] = tuple(os.fspath(item) for item in value)
        else:
            found[name] = value
    return found


def _whole(table: Table) -> pl.DataFrame:
    return pl.concat([pl.DataFrame(schema=table.columns), *table.frames()])
