"""Judges again what evidence is about, by its own rules and exceptions, and tells the first difference of the results.

Nothing of the machine takes part but the inputs that are given: a run that would read anything else is refused.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any, Final

import polars as pl

from checker.compare.reports import json_of, read_report
from checker.errors import InputError, Problem
from checker.evidence.members import RESULT, Difference, unpacked, whole_json
from checker.evidence.opening import Evidence
from checker.evidence.originals import BASELINE
from checker.evidence.recorded import from_values
from checker.inventory.unread import is_notice
from checker.model.notes import FileNote, InputTally
from checker.model.result import DEVICE_COLUMNS, FINDING_COLUMNS, Baseline, Summary, Table
from checker.options import Options, Progress
from checker.pipeline import check as run_check
from checker.reporters.evidence.archive import write_result
from checker.reporters.evidence.statement import Member

GOVERNING: Final = ("tailoring", "attestations", "waivers", "waves", "mapping")
READ_AGAIN: Final = ("pack", *GOVERNING, *BASELINE)
HELD: Final = frozenset({"devices", "findings", "cases", "plan", "controls"})  # of what a run may build
_TABLES: Final = ("baseline-devices", "baseline-findings")
_ROWS: Final = 50_000  # compared at a time
_NAMED: Final = ("device_id", "rule_id")  # columns by which a row is told


@contextmanager
def judged_again(
    evidence: Evidence, members: tuple[Member, ...], told: Summary, places: Mapping[str, str], progress: Progress
) -> Iterator[Path]:
    """Give a folder with the result of the same run over inputs that lie at these places, by their names in the report.

    Raises:
        CheckerError: the run cannot be done again: something that it read is not there.
    """
    with (
        unpacked(evidence, members, READ_AGAIN) as read,
        TemporaryDirectory(prefix="mde-readiness-") as made,
    ):
        options = _options(evidence, members, read, told, places)
        with run_check(options, progress) as result:
            write_result(result, Path(made))
        yield Path(made)


def _options(
    evidence: Evidence, members: tuple[Member, ...], read: Path, told: Summary, places: Mapping[str, str]
) -> Options:
    run = whole_json(evidence, "run.json")
    where = f"{evidence.path}: run.json"
    try:
        options = from_values(run["options"])
    except (KeyError, TypeError, ValueError):
        what = "does not say how the run was told"
        raise InputError(Problem(where, what, "evidence of a redacted result cannot be judged again")) from None
    elsewhere = {member.shown: str(read / member.path) for member in members if member.kind in GOVERNING}
    elsewhere[options.pack] = _pack(members, read)
    named = (options.pack, options.tailoring, options.attestations, options.waivers, options.waves, *options.mapping)
    if missing := [name for name in named if name and name not in elsewhere]:
        raise InputError(Problem(where, f"names {', '.join(missing)}, which is not in the evidence"))
    return replace(
        options,
        inventory=given_again(told.inputs),
        outputs=options.outputs & HELD,
        elsewhere={**elsewhere, **places},
        unread=tuple(text for text in told.notices if is_notice(text)),
        baseline=_baseline(members, read),
    )


def given_again(inputs: Sequence[InputTally]) -> tuple[str, ...]:
    """Return the files that were given, each as often as it was: an archive once for all of its members."""
    times = Counter((tally.given, tally.path) for tally in inputs)
    found: dict[str, int] = {}
    for (given, _), count in times.items():
        found[given] = max(found.get(given, 0), count)
    return tuple(path for path, count in found.items() for _ in range(count))


def _pack(members: tuple[Member, ...], read: Path) -> str:
    """Put the files of the pack where they have the names that they had; return the folder."""
    folder = read / "pack-again"
    folder.mkdir()
    for member in members:
        if member.kind == "pack":
            name = PurePosixPath(member.shown).name
            if not name.endswith(".yaml") or "\\" in name or ":" in name or "\0" in name:
                raise InputError(Problem(member.path, "is no file of a rule pack"))
            (read / member.path).rename(folder / name)
    return str(folder)


def _baseline(members: tuple[Member, ...], read: Path) -> Baseline | None:
    """Return the earlier result with which the run was compared."""
    report = next((member for member in members if member.kind == "baseline"), None)
    if report is None:
        return None
    tables = {
        kind: Table(columns, (part,), pl.scan_parquet(part, glob=False).select(pl.len()).collect().item())
        for kind, columns in (("devices", DEVICE_COLUMNS), ("findings", FINDING_COLUMNS))
        if (part := read / BASELINE[f"baseline-{kind}"]).is_file()
    }
    if len(tables) < len(_TABLES):
        raise InputError(Problem(report.path, "is there without its tables of devices and findings"))
    waves = read_report(str(read / report.path)).waves
    files = tuple(FileNote(member.kind, member.shown, member.sha256) for member in members if member.kind in _TABLES)
    return Baseline(report.shown, tables["findings"], tables["devices"], waves, sha256=report.sha256, files=files)


def compared(members: tuple[Member, ...], was: Path, is_now: Path) -> Iterator[Difference]:
    """Yield the first difference in each file of two results; ``was`` holds the evidence's.

    Tables come first, since the report names them by SHA-256, and what differs in them differs there, too.
    """
    names = [member.path for member in members if member.kind in RESULT]
    made = [path.name for path in sorted(is_now.iterdir())]
    for name in sorted({*names, *made}, key=lambda it: (it == "report.json", it)):
        if name not in made:
            yield Difference(name, "is not made by the run when it is done again")
        elif name not in names:
            yield Difference(name, "is made by the run when it is done again, and was not")
        elif _sha256(was / name) != _sha256(is_now / name):
            yield Difference(name, _first(was / name, is_now / name))


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _first(was: Path, is_now: Path) -> str:
    """Return the first difference of two files of the same name that are not the same."""
    if was.suffix == ".parquet":
        return first_row(was, is_now) or "holds the same rows in other bytes: another release of polars wrote it?"
    old, new = (json_of(path.read_bytes(), path.name) for path in (was, is_now))
    return first_value(old, new) or "says the same in other bytes"


def first_value(was: object, is_now: object, path: str = "") -> str:
    """Return the JSON path of the first value that differs, and both; nothing if all are the same."""
    if isinstance(was, dict) and isinstance(is_now, dict):
        for key in dict.fromkeys([*was, *is_now]):
            if found := first_value(was.get(key, _NOTHING), is_now.get(key, _NOTHING), f"{path}.{key}"):
                return found
        return ""
    if isinstance(was, list) and isinstance(is_now, list):
        for place in range(max(len(was), len(is_now))):
            old, new = (side[place] if place < len(side) else _NOTHING for side in (was, is_now))
            if found := first_value(old, new, f"{path}[{place}]"):
                return found
        return ""
    if type(was) is type(is_now) and was == is_now:
        return ""
    return f"${path} was {_kind_or_value(was)}, is {_kind_or_value(is_now)}"


def first_row(was: Path, is_now: Path) -> str:
    """Return the first row that differs, by device and rule, with the column and both values; nothing if none does."""
    old, new = (pl.scan_parquet(path, glob=False) for path in (was, is_now))
    if old.collect_schema() != new.collect_schema():
        return "has other columns"
    start = 0
    while True:
        rows = [frame.slice(start, _ROWS).collect() for frame in (old, new)]
        if not any(frame.height for frame in rows):
            return ""
        if not rows[0].equals(rows[1]):
            return _row(rows[0], rows[1], start)
        start += _ROWS


def _row(old: pl.DataFrame, new: pl.DataFrame, start: int) -> str:
    for was, is_now in zip(old.iter_rows(named=True), new.iter_rows(named=True), strict=False):
        for column, value in was.items():
            if value != is_now[column]:
                return f"{_whose(was)}: {column} was {_shown(value)}, is {_shown(is_now[column])}"
    longer, verb = (old, "was there, and is not") if old.height > new.height else (new, "is there, and was not")
    row = longer.row(min(old.height, new.height), named=True)
    return f"row {start + min(old.height, new.height) + 1:,}, {_whose(row)}: {verb}"


def _whose(row: Mapping[str, Any]) -> str:
    return " ".join(f"{name.removesuffix('_id')} {row[name] or '(the fleet)'}" for name in _NAMED if name in row)


class _Nothing:
    """Stands for a value that is not there."""

    def __repr__(self) -> str:
        return "nothing"


_NOTHING: Final = _Nothing()


def _kind_or_value(value: object) -> str:
    """Return a value as it is shown; of what may nest as deep as its author liked only the kind."""
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    return _shown(value)


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 200 else f"{text[:199]}…"
