"""The Spark engine: reads files in tasks, and judges buckets in tasks, between which the driver identifies on keys.

    read      a task a file (or some small ones)      keys go to the driver, facts stay where they are, persisted
    identify  on the driver, as everywhere            the device of each record
    cut       a task a few chunks of records          each record goes to the bucket of its device
    judge     a task a bucket                         tallies go to the driver, and parts of the tables that are wanted

Every step asks the package's own code; nothing here knows of rules. A task that is lost is done again: reading gives
the same chunks if the file is the same, which its digest tells.
"""

import pickle
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import polars as pl

from checker.decide.adding import add_found
from checker.decide.judge import Found, Run
from checker.engine.records import Records, buckets
from checker.engine.select import Lists
from checker.engine.site_rules import FACT
from checker.errors import InputError, OutputError, Problem
from checker.inventory.given import expanded
from checker.inventory.read import Read, Reading, ReadOptions, read_split_logs
from checker.inventory.split_logs import Logs
from checker.model.record import FileRecords
from checker.model.result import PART
from checker.spark import tasks
from checker.spark.given import LARGEST, is_table, is_uri, shared_out, size_of
from checker.spark.held import Held, Kept, device_of, held
from checker.spark.pieces import facts_of

TOGETHER = 250_000  # records: enough that what each bucket gets of them is worth a message, few enough to hold


class Cluster(Protocol):
    """Where tasks run, and where what they give is kept in between (``cluster.py``)."""

    @property
    def tasks_at_once(self) -> int:
        """How many tasks run at once, at least 1."""

    def listed(self, uri: str) -> list[tuple[str, int]]:
        """Return the files at a URI, or below it, with their sizes; raise InputError if there are none."""

    def read(self, reads: "Reads") -> Iterator[tasks.Row]:
        """Read each share, URI and table in a task, keep what comes of it, and yield it without the facts."""

    def judge(self, job: "Job") -> Iterator[tasks.Row]:
        """Cut what was kept into buckets, judge each in a task, and yield what comes of it, in any order."""

    def pieces(self, bucket: int) -> list[tasks.Row]:
        """Return the pieces of a bucket that was judged, its head first, then by file and chunk."""


@dataclass(frozen=True, slots=True)
class Reads:
    """What a cluster is told to have read, each by its number among what was given."""

    shares: int  # of files that tasks open themselves
    files: tasks.Rows
    uris: dict[str, int]  # files that Spark reaches
    tables: dict[str, int]  # that Spark knows by name
    options: ReadOptions
    together: int


@dataclass(frozen=True, slots=True)
class Job:
    """What a cluster is told to have judged."""

    numbers: list[tuple[Any, ...]]  # as tasks.NUMBERS: what the driver found out about each chunk
    heads: list[tuple[Any, ...]]  # as tasks.PIECE: one for each bucket
    pieces: list[tuple[Any, ...]]  # likewise: of records that the driver has whole
    cut: tasks.Rows
    judging: tasks.Judging


class SparkEngine:
    """Reads and judges in the tasks of a cluster: one engine for one run. ``together`` records go as one message."""

    def __init__(self, cluster: Cluster, together: int = TOGETHER) -> None:
        self._cluster, self._together = cluster, together
        self._held = Held()
        self._sizes: dict[str, int] = {}  # of files at URIs
        self.reading = Reading(self._find, self._read_all)

    def _find(self, paths: Sequence[str], elsewhere: Mapping[str, str]) -> tuple[list[str], list[Problem]]:
        """Return the files that paths name, tables and files at URIs as they are named, and what is wrong with them."""
        files, problems = expanded([path for path in paths if not (is_table(path) or is_uri(path))], elsewhere)
        for uri in filter(is_uri, paths):
            try:
                self._sizes.update(self._cluster.listed(uri))
            except InputError as error:
                problems += error.problems
        large, mount = "has {:,} MiB, and Spark hands over 2,047 at most", "mount its folder on all machines"
        problems += [
            Problem(path, large.format(size >> 20), mount) for path, size in self._sizes.items() if size > LARGEST
        ]
        return [*files, *self._sizes, *dict.fromkeys(filter(is_table, paths))], problems

    def _read_all(self, files: Sequence[str], options: ReadOptions) -> Read:
        """Read every file in a task; return the keys of its records: the facts stay on the cluster."""
        if not files:
            return [], []
        told, options = options.progress, replace(options, progress=None)
        uris = {file: number for number, file in enumerate(files) if file in self._sizes}
        tables = {file: number for number, file in enumerate(files) if is_table(file)}
        plain = [number for number, file in enumerate(files) if file not in uris and file not in tables]
        lie = {files[at]: str(Path(options.elsewhere.get(files[at], files[at])).absolute()) for at in plain}
        options = replace(options, elsewhere=lie)  # tasks work in other folders than the driver
        sizes = [size_of(lie[files[number]]) for number in plain]
        shares = [[plain[at] for at in share] for share in shared_out(sizes, self._cluster.tasks_at_once)]
        if told:
            told(0)  # Spark has started, and reading begins
        work = tasks.read_files(files, shares, options, self._together)
        self._held = held(self._cluster.read(Reads(len(shares), work, uris, tables, options, self._together)))
        spoken_of = {given for given, _ in self._held.members} | set(self._held.failed)
        silent = [file for number, file in enumerate(files) if number not in spoken_of]
        self._held.problems += [Problem(file, "holds no records", "is it the right table?") for file in silent]
        if told:
            told(sum(sizes))
        if all(problem.unknown for problem in self._held.problems):
            self._read_split_logs(options, {*uris.values(), *tables.values()})
        return self._held.read, self._held.problems

    def _read_split_logs(self, options: ReadOptions, remote: Collection[int]) -> None:
        """Read logs of a device that lie in several files again, here and whole, so that each says what all say.

        Raises:
            InputError: one is among the ``remote`` files, which Spark alone can reach, or it changed meanwhile.
        """
        logs = Logs()
        for member in self._held.members.values():
            for machine in member.logs:
                logs.paths.setdefault(machine, set()).add(member.records.file.path)
        split = {path for paths in logs.split() for path in paths}
        again = {at: each for at, each in self._held.members.items() if each.records.file.path in split}
        what, hint = "holds a part of a log of which other files hold parts, too", "give them as files of a folder"
        far = [Problem(each.records.file.path, what, hint) for (given, _), each in again.items() if given in remote]
        if far:
            raise InputError(far)
        read: list[FileRecords] = [member.records for member in again.values()]
        read_split_logs(read, replace(options, logs=logs))
        for member, item in zip(again.values(), read, strict=True):
            member.records = Kept(item.file, item.frames, item.rejected, whole=True)

    def judge(self, run: Run, found: Found, done: Callable[[int], None]) -> None:
        """Judge every bucket in a task, and add up what comes of them in the order of device ids."""
        apart: dict[int, Found] = {}
        parts: dict[tuple[int, str], Path] = {}
        finished = 0
        heads = list(_heads(run.records, run.batch))
        cut = tasks.cut_by_bucket(run.batch)
        job = Job(list(self._numbers(run.records)), heads, list(self._pieces(run)), cut, self._judging(run))
        for row in self._cluster.judge(job):
            if row["kind"] == tasks.PROBLEMS:
                raise InputError(pickle.loads(row["content"]))  # noqa: S301 - from one of this run's tasks
            if row["kind"] == tasks.FOUND_ALL:
                apart[row["bucket"]] = pickle.loads(row["content"])  # noqa: S301
                finished += row["rows"]
                done(finished)
            else:
                parts[row["bucket"], row["kind"]] = _written(run.folder, row)
        for number in range(len(heads)):
            of_bucket = apart.pop(number)
            for kind, places in of_bucket.tables.parts.items():
                places += [parts[number, kind]] if (number, kind) in parts else []
            add_found(found, of_bucket)

    def alone(self, run: Run, place: int) -> tuple[Records, int, Lists]:
        """Return the records of the device's bucket, its place there, and what lists mean there."""
        head, *pieces = self._cluster.pieces(place // run.batch)
        told = tasks.Head.unpacked(head["content"])
        return self._judging(run).opened(told, pieces), place - told.first, tasks.lists_within(run.lists, told)

    def _numbers(self, records: Records) -> Iterator[tuple[Any, ...]]:
        """Yield for each chunk the number of its file, what its digest must be, and the device of each record."""
        devices = device_of(records)
        for (given, member), each, file in self._held.of_files(records):
            if each.records.whole:
                continue
            for part, content in enumerate(each.devices(devices[records.starts[file] :])):
                yield given, member, part, file, each.digest, each.records.file.path, bytearray(content)

    def _pieces(self, run: Run) -> Iterator[tuple[Any, ...]]:
        """Yield what buckets get of records that the driver has whole; rules for sites go to all buckets instead."""
        devices, starts = device_of(run.records), run.records.starts
        for _, each, file in self._held.of_files(run.records):
            item = each.records
            if not item.whole or item.file.of_sites or not item.frames:
                continue
            frame = pl.concat(item.frames)
            mine = devices[starts[file] : starts[file] + frame.height]
            row = {
                "file": file,
                "part": 0,
                "digest": "",
                "expected": "",
                "devices": mine.tobytes(),
                "facts": facts_of(frame),
            }
            for piece in tasks.cut_by_bucket(run.batch)(iter([row])):
                yield piece["bucket"], piece["file"], piece["part"], bytearray(piece["content"])

    def _judging(self, run: Run) -> tasks.Judging:
        records = run.records
        devices = device_of(records)
        of_sites = {}
        for _, member, number in self._held.of_files(records):
            if member.records.file.of_sites:
                first = int(records.starts[number])
                height = sum(frame.height for frame in member.records.frames)
                of_sites[number] = member.records.frames, devices[first : first + height], first
        facts = frozenset(records.codes) | ({FACT} if FACT in records.pools else frozenset())
        return tasks.Judging(run.plan, run.current, run.wanted, run.absent, run.lists, facts, records.files, of_sites)


def _heads(records: Records, size: int) -> Iterator[tuple[int, int, int, bytearray]]:
    aliases = records.aliases
    of_device = aliases["device"].to_numpy()
    for number, (first, last) in enumerate(buckets(records, size)):
        begin, end = np.searchsorted(of_device, (first, last))
        mine = aliases.slice(begin, end - begin).with_columns(pl.col("device") - first)
        head = tasks.Head(first, records.device_ids.slice(first, last - first), mine)
        yield number, tasks.HEADER, 0, bytearray(head.packed())


def _written(folder: Path, row: Mapping[str, Any]) -> Path:
    """Put a part of a table that a task gave where the others are."""
    path = folder / f"{row['kind']}-{row['bucket']:05d}{PART}"
    try:
        path.write_bytes(row["content"])
    except OSError as error:
        hint = "make room there, or let TMPDIR name another folder"
        problem = Problem(str(folder), f"temporary tables cannot be written: {error.strerror or error}", hint)
        raise OutputError(problem) from error
    return path
