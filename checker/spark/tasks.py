"""What tasks do: read files, cut records by bucket, judge a bucket. All that is done is the package's own code.

A task gets and gives Arrow batches of a few rows; what a row is about stands in plain columns, its content as bytes.
"""

import pickle
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, groupby
from operator import itemgetter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import polars as pl

from checker import __version__
from checker.decide.judge import Run, judge_bucket, nothing_found
from checker.decide.tables import Wanted
from checker.engine.records import Records, gather_records
from checker.engine.select import Listed, Lists
from checker.errors import CheckerError, Problem
from checker.inventory.identified import UNMATCHED, Identified
from checker.inventory.read import Read, ReadOptions, read_file
from checker.inventory.split_logs import Logs
from checker.model.plan import Plan
from checker.model.record import FileRecords, InputFile
from checker.spark.pieces import AT, DEVICE, chunks, facts_of, keys_of, packed, unpacked

if TYPE_CHECKING:
    import pyarrow as pa

Row = dict[str, Any]
Batches = Iterable["pa.RecordBatch"]
Rows = Callable[[Iterator[Row]], Iterator[Row]]

# Rows between tasks, as Spark spells schemas.
CHUNK = "given int, member int, part int, digest string, meta binary, keys binary, facts binary"
NUMBERS = "given int, member int, part int, file int, expected string, path string, devices binary"
PIECE = "bucket int, file int, part int, content binary"
FOUND = "bucket int, kind string, rows long, content binary"

NO_BUCKET = NO_MEMBER = -1  # of rows that tell of problems
HEADER = -1  # in place of a file: what is known of a bucket besides its records
PROBLEMS, FOUND_ALL = "problems", "found"  # kinds of rows; the others are tables
CHANGED = "changed while it was read", "read it again when nothing writes to it"


@dataclass(frozen=True, slots=True)
class Head:
    """The devices of a bucket: place of the first, ids, and the keys under which records joined them."""

    first: int
    ids: pl.Series
    aliases: pl.DataFrame

    def packed(self) -> bytes:
        """Return it as bytes."""
        return pickle.dumps((self.first, packed(self.ids.to_frame()), packed(self.aliases)))

    @classmethod
    def unpacked(cls, content: bytes) -> "Head":
        """Return what was packed."""
        first, ids, aliases = pickle.loads(content)  # noqa: S301 - from this run's driver
        return cls(first, unpacked(ids).to_series(), unpacked(aliases))


def on_rows(work: Rows, schema: str) -> Callable[[Batches], Iterator["pa.RecordBatch"]]:
    """Return work on rows as Spark wants it: on Arrow batches; each row that it gives is a batch of its own."""
    version = __version__

    def on_batches(batches: Batches) -> Iterator["pa.RecordBatch"]:
        _refuse_other_version(version)
        return batches_of(work(row for batch in batches for row in batch.to_pylist()), schema)

    return on_batches


def batches_of(rows: Iterable[Row], schema: str) -> Iterator["pa.RecordBatch"]:
    """Yield each row as a batch of its own; ``schema`` as Spark spells it."""
    import pyarrow as pa

    types = {"int": pa.int32(), "long": pa.int64(), "string": pa.string(), "binary": pa.binary()}
    fields = [(name, types[kind]) for name, kind in (field.split() for field in schema.split(", "))]
    for row in rows:
        yield pa.RecordBatch.from_pylist([row], schema=pa.schema(fields))


def _refuse_other_version(version: str) -> None:
    if version != __version__:
        what = f"mde-readiness {__version__} is installed on the workers, and {version} where the run was started"
        raise RuntimeError(what)


def read_files(files: Sequence[str], shares: Sequence[Sequence[int]], options: ReadOptions, together: int) -> Rows:
    """Return what reads the files of the shares that it is given by number, each whole, in chunks of so many rows."""

    def work(rows: Iterator[Row]) -> Iterator[Row]:
        for row in rows:
            for given in shares[row["id"]]:
                yield from _read(given, files[given], options, together)

    return work


def read_content(uris: dict[str, int], options: ReadOptions, together: int) -> Rows:
    """Return what reads files that Spark hands over as bytes: what it can reach, and Python cannot."""

    def work(rows: Iterator[Row]) -> Iterator[Row]:
        for row in rows:
            with TemporaryDirectory(prefix="mde-readiness-") as folder:
                place = Path(folder) / "file"
                place.write_bytes(row["content"])
                there = replace(options, elsewhere={row["path"]: str(place)})
                yield from _read(uris[row["path"]], row["path"], there, together)

    return work


def _read(given: int, path: str, options: ReadOptions, together: int) -> Iterator[Row]:
    alone = replace(options, logs=Logs())
    return chunk_rows(given, read_file(path, alone), together, alone.logs)


def chunk_rows(given: int, read: Read, together: int, logs: Logs | None = None) -> Iterator[Row]:
    """Yield what was read of a file: of each member its chunks, the first with what is known of it; or its problems.

    What a member says of other times than its own follows it as further members.
    """
    found, problems = read
    nothing = dict.fromkeys(("digest", "keys", "facts"))
    if problems:
        yield {"given": given, "member": NO_MEMBER, "part": 0, **nothing, "meta": pickle.dumps(problems)}
    told_together = logs.paths if logs else {}
    for member, item in enumerate(part for each in found for part in (each, *each.apart)):
        frames = chunks(item.frames, together)
        machines = tuple(machine for machine, paths in told_together.items() if item.file.path in paths)
        meta = pickle.dumps((item.file, item.rejected, machines))
        row = {"given": given, "member": member, "digest": item.file.content or item.file.sha256}
        for part, frame in enumerate(frames or [None]):
            told = meta if not part else None
            if frame is None:
                yield {**row, "part": part, "meta": told, "keys": None, "facts": None}
                continue
            keys = keys_of(frame)
            if item.file.of_sites:  # rules are for the devices of any bucket, so the driver keeps them whole
                keys, facts = pl.concat([frame, keys.select(AT)], how="horizontal"), None
            else:
                facts = facts_of(frame)
            yield {**row, "part": part, "meta": told, "keys": packed(keys), "facts": facts}


def cut_by_bucket(size: int) -> Rows:
    """Return what cuts chunks into buckets of so many devices; ``devices`` are those of all records of a chunk."""

    def work(rows: Iterator[Row]) -> Iterator[Row]:
        for row in rows:
            devices = np.frombuffer(row["devices"], dtype=np.int32)
            frame = unpacked(row["facts"])
            if row["digest"] != row["expected"] or frame.height != len(devices):
                yield _problem_row(Problem(row["path"], *CHANGED))
                continue
            kept = np.flatnonzero(devices != UNMATCHED)
            bucket = devices[kept] // size
            for number in np.unique(bucket).tolist():
                mine = kept[bucket == number]
                piece = frame[mine].with_columns(pl.Series(DEVICE, devices[mine] - number * size))
                yield {"bucket": number, "file": row["file"], "part": row["part"], "content": packed(piece)}

    return work


def _problem_row(problem: Problem) -> Row:
    """Return a piece that tells what keeps the run from going on."""
    return {"bucket": NO_BUCKET, "file": HEADER, "part": 0, "content": pickle.dumps((problem,))}


@dataclass(frozen=True)
class Judging:
    """What every task that judges needs besides the records of its buckets."""

    plan: Plan
    current: Plan | None
    wanted: Wanted
    absent: dict[str, tuple[str, ...]]
    lists: Lists
    facts: frozenset[str]
    files: tuple[InputFile, ...]
    of_sites: dict[int, tuple[list[pl.DataFrame], npt.NDArray[np.int32], int]]  # file -> records, devices, first record

    def __call__(self, rows: Iterator[Row]) -> Iterator[Row]:
        """Yield what each bucket gives: a Found, and the parts of its tables."""
        for bucket, pieces in groupby(rows, key=itemgetter("bucket")):
            first = next(pieces)
            content = first["content"]
            if bucket != NO_BUCKET:
                try:
                    yield from self._judged(bucket, Head.unpacked(content), pieces)  # noqa: B031 - used once
                    continue
                except CheckerError as error:
                    content = pickle.dumps(error.problems)
            yield {"bucket": bucket, "kind": PROBLEMS, "rows": 0, "content": content}

    def _judged(self, bucket: int, head: Head, pieces: Iterator[Row]) -> Iterator[Row]:
        first = next(pieces, None)
        if first is None:  # a bucket has records: other rows tell why there are none
            return
        records = self.opened(head, chain([first], pieces))
        with TemporaryDirectory(prefix="mde-readiness-") as folder:
            run = Run(self.plan, records, Path(folder), self.wanted, self.current)
            run.absent, run.lists = self.absent, lists_within(self.lists, head)
            found = nothing_found(run)
            judge_bucket(run, 0, records.devices, found)
            for kind, parts in found.tables.parts.items():
                for part in parts:
                    rows = found.tables.rows[kind]
                    yield {"bucket": bucket, "kind": kind, "rows": rows, "content": part.read_bytes()}
                parts.clear()
        found.applied = self._over_all(found.applied, records.starts)
        yield {"bucket": bucket, "kind": FOUND_ALL, "rows": len(head.ids), "content": pickle.dumps(found)}

    def opened(self, head: Head, pieces: Iterable[Row]) -> Records:
        """Return the records of one bucket, its devices counted from its first."""
        inputs = [FileRecords(file) for file in self.files]
        device: list[list[npt.NDArray[np.int32]]] = [[] for _ in self.files]
        for piece in pieces:
            frame = unpacked(piece["content"])
            device[piece["file"]].append(frame[DEVICE].to_numpy())
            inputs[piece["file"]].frames.append(frame.drop(DEVICE))
        for number, (frames, devices, _) in self.of_sites.items():
            mine = devices - head.first
            inputs[number].frames += frames
            device[number].append(np.where((mine >= 0) & (mine < len(head.ids)), mine, UNMATCHED).astype(np.int32))
        of_record = np.concatenate([part for parts in device for part in parts])
        return gather_records(inputs, Identified(head.ids, of_record, head.aliases), self.plan.specs, self.facts)

    def _over_all(self, applied: set[int], starts: npt.NDArray[np.int64]) -> set[int]:
        """Return the applied rules as records of the whole run."""
        moved = set()
        for number, (frames, _, first) in self.of_sites.items():
            begin, height = int(starts[number]), sum(frame.height for frame in frames)
            moved |= {at - begin + first for at in applied if begin <= at < begin + height}
        return moved


def lists_within(lists: Lists, head: Head) -> Lists:
    """Return what lists mean in a bucket, counted from its first device."""
    found = {}
    for names, listed in lists.items():
        mine = listed.devices - head.first
        found[names] = Listed(mine[(mine >= 0) & (mine < len(head.ids))], listed.unmatched, listed.ambiguous)
    return found
