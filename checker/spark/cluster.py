"""A Spark session as the place where tasks run: DataFrames of bytes, worked on by ``mapInArrow`` (Connect has it, too).

Frames are persisted, so that a step that was done is not done again for the next one. What is lost with a machine is.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from functools import cached_property, reduce
from typing import TYPE_CHECKING, Any, Final, Self

from checker.errors import InputError, Problem
from checker.inventory.given import MARKS
from checker.spark import tasks
from checker.spark.engine import Cluster, Job, Reads
from checker.spark.given import TABLE, literal
from checker.spark.session import failing, reason, rows_of, setting
from checker.spark.tables import Columns, known_columns, read_table

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

A_ROW: Final = "spark.sql.execution.arrow.maxRecordsPerBatch"  # rows are large, and a batch holds 2 GiB in a column
ROWS_OF_TABLES: Final = "10000"  # Spark's own number, for rows that are not large
SPREAD: Final = 3  # partitions for each thing where tasks would be idle: hashing then seldom puts two into one
# Bytes of what the driver sends with each of the tasks that run at once, and with all of a group: Spark refuses 128 MiB
# for one task, and there may be fewer tasks than it told.
MESSAGE: Final = 16 << 20
MESSAGES: Final = 96 << 20
CHUNK: Final = ("given", "member", "part")  # what a chunk is known by

NO_FILE_SYSTEM: Final = re.compile(r"No FileSystem for scheme|ClassNotFoundException: Class \S+FileSystem not found")
SCHEME: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://")


class SparkCluster:
    """Runs the tasks of one run on a session, to be used as a context.

    What it persists goes with the context; the session stays, with the settings that it had. Whatever Spark gives up on
    is an EngineError.
    """

    def __init__(self, session: "SparkSession", tasks_at_once: int) -> None:
        self._session, self.tasks_at_once = session, max(1, tasks_at_once)
        self._chunks: DataFrame | None = None
        self._pieces: DataFrame | None = None
        self._open = ExitStack()

    def __enter__(self) -> Self:
        self._open.enter_context(setting(self._session, A_ROW, "1"))
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def listed(self, uri: str) -> list[tuple[str, int]]:
        """Return the files at a URI, or below it, with their sizes; raise InputError if there are none."""
        from py4j.protocol import Py4JError
        from pyspark.errors import PySparkException

        found: list[tuple[str, int]] = []
        if literal(uri) != uri:
            with suppress(PySparkException, Py4JError):  # what is wrong the pattern tells
                found = self._files(literal(uri))
        try:
            found = found or self._files(uri)
        except (PySparkException, Py4JError) as error:
            raise InputError(_problem(uri, "cannot be listed", str(error))) from error
        found = sorted(each for each in found if not each[0].rpartition("/")[2].startswith((".", *MARKS)))
        if not found:
            raise InputError(Problem(uri, "is a folder without files"))
        return found

    def _files(self, uri: str) -> list[tuple[str, int]]:
        there = self._session.read.format("binaryFile").option("recursiveFileLookup", "true").load(uri)
        return [(row["path"], row["length"]) for row in there.select("path", "length").collect()]

    def read(self, reads: Reads) -> Iterator[tasks.Row]:
        """Read each share, URI and table in a task, keep what comes of it, and yield it without the facts."""
        with failing():
            tables = self._tables(reads)  # what is wrong with one is told before anything is read
            read = reduce(lambda one, other: one.union(other), self._readers(reads, tables))
            # Chunks of one large file, which one task read, are spread over all.
            self._chunks = self._kept(read.repartition(SPREAD * self.tasks_at_once, *CHUNK))
            yield from rows_of(self._chunks.drop("facts"))

    def _tables(self, reads: Reads) -> dict[str, Columns]:
        """Return the columns to read of each table; raise InputError with all that is wrong with any."""
        from py4j.protocol import Py4JError
        from pyspark.errors import PySparkException

        found: dict[str, Columns] = {}
        problems: list[Problem] = []
        for path in reads.tables:
            try:
                found[path] = known_columns(self._session.table(path.removeprefix(TABLE)), path, reads.options)
            except InputError as error:
                problems += error.problems
            except (PySparkException, Py4JError) as error:
                problems.append(_problem(path, "cannot be read", str(error)))
        if problems:
            raise InputError(problems)
        return found

    def _readers(self, reads: Reads, tables: Mapping[str, Columns]) -> Iterator["DataFrame"]:
        if reads.shares:
            given = self._session.range(0, reads.shares, 1, reads.shares)
            yield given.mapInArrow(tasks.on_rows(reads.files, tasks.CHUNK), tasks.CHUNK)
        if reads.uris:
            content = (
                self._session.read.format("binaryFile").load([*map(literal, reads.uris)]).select("path", "content")
            )
            work = tasks.read_content(reads.uris, reads.options, reads.together)
            yield content.mapInArrow(tasks.on_rows(work, tasks.CHUNK), tasks.CHUNK)
        for path, number in reads.tables.items():
            work_on = read_table(number, path, tables[path].titles, reads.options, reads.together)
            with setting(self._session, A_ROW, ROWS_OF_TABLES):
                yield self._kept(tables[path].frame.coalesce(1).mapInArrow(work_on, tasks.CHUNK))

    def judge(self, job: Job) -> Iterator[tasks.Row]:
        """Cut what was kept into buckets, judge each in a task, and yield what comes of it, in any order."""
        from pyspark.sql.functions import broadcast

        assert self._chunks is not None  # noqa: S101 - what is judged was read
        with failing():
            numbers = broadcast(self._sent(job.numbers, tasks.NUMBERS))
            chunks = self._chunks.drop("meta", "keys").where("facts is not null").join(numbers, list(CHUNK))
            cut = chunks.mapInArrow(tasks.on_rows(job.cut, tasks.PIECE), tasks.PIECE)
            self._pieces = cut.union(self._sent([*job.heads, *job.pieces], tasks.PIECE))
            spread = SPREAD if len(job.heads) <= self.tasks_at_once else 1
            together = self._pieces.repartition(spread * len(job.heads), "bucket")
            by_bucket = together.sortWithinPartitions("bucket", "file", "part")
            judged = by_bucket.mapInArrow(tasks.on_rows(job.judging, tasks.FOUND), tasks.FOUND)
            yield from rows_of(self._kept(judged))

    def _sent(self, rows: Sequence[tuple[Any, ...]], schema: str) -> "DataFrame":
        """Return rows that the driver has, bytes last, as a frame: each task is sent its share of a group of them."""
        groups: list[list[tuple[Any, ...]]] = [[]]
        room = most = min(MESSAGE * self.tasks_at_once, MESSAGES)
        for row in rows:
            if groups[-1] and len(row[-1]) > room:
                groups.append([])
                room = most
            groups[-1].append(row)
            room -= len(row[-1])
        return reduce(
            lambda one, other: one.union(other), (self._session.createDataFrame(group, schema) for group in groups)
        )

    def pieces(self, bucket: int) -> list[tasks.Row]:
        """Return the pieces of a bucket that was judged, its head first, then by file and chunk."""
        assert self._pieces is not None  # noqa: S101 - it was judged
        with failing():
            mine = self._pieces.where(f"bucket = {bucket}").sort("file", "part")
            return [row.asDict() for row in mine.collect()]

    def _kept(self, frame: "DataFrame") -> "DataFrame":
        """Have the cluster work out a frame and keep it for as long as this is open."""
        kept = frame.persist()
        self._open.callback(kept.unpersist)
        kept.count()  # all tasks at once, where fetching row by row would run one after the other
        return kept


class LateCluster:
    """A cluster that starts when it is first asked for something: what is wrong without it is told before."""

    def __init__(self, start: Callable[[], Cluster]) -> None:
        self._start = start

    @cached_property
    def _started(self) -> Cluster:
        return self._start()

    @property
    def tasks_at_once(self) -> int:
        """Return how many tasks run at once."""
        return self._started.tasks_at_once

    def listed(self, uri: str) -> list[tuple[str, int]]:
        """Return the files at a URI, or below it, with their sizes."""
        return self._started.listed(uri)

    def read(self, reads: Reads) -> Iterator[tasks.Row]:
        """Read each share, URI and table in a task."""
        return self._started.read(reads)

    def judge(self, job: Job) -> Iterator[tasks.Row]:
        """Judge each bucket in a task."""
        return self._started.judge(job)

    def pieces(self, bucket: int) -> list[tasks.Row]:
        """Return the pieces of a bucket that was judged."""
        return self._started.pieces(bucket)


def _problem(where: str, what: str, said: str) -> Problem:
    """Return what Spark says of a URI or a table that it does not reach."""
    if NO_FILE_SYSTEM.search(said):
        scheme = SCHEME.search(where)
        what += f": Spark has no file system for {scheme[0] if scheme else 'where it lies'}"
        return Problem(where, what, "add the connector to Spark's packages: --conf spark.jars.packages=…")
    return Problem(where, f"{what}: {reason(said)}")
