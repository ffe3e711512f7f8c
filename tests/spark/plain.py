"""A cluster that is none: the same tasks, run here on lists, what they are told pickled and their rows in any order."""

import pickle
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from random import Random

from checker.model.record import FileRecords
from checker.model.result import Result
from checker.pipeline import check
from checker.spark import tasks
from checker.spark.engine import Job, Reads, SparkEngine
from checker.spark.held import held


class PlainCluster:
    """Keeps and shuffles rows as Spark may."""

    def __init__(self, seed: int = 0, tasks_at_once: int = 2) -> None:
        self.tasks_at_once = tasks_at_once
        self.chunks: list[tasks.Row] = []
        self._pieces: list[tasks.Row] = []
        self._random = Random(seed)  # noqa: S311 - the same for the same test

    def listed(self, uri: str) -> list[tuple[str, int]]:
        raise NotImplementedError

    def read(self, reads: Reads) -> Iterator[tasks.Row]:
        self.chunks = [row for number in range(reads.shares) for row in reads.files(iter([{"id": number}]))]
        return self.told()

    def told(self) -> Iterator[tasks.Row]:
        for row in self._random.sample(self.chunks, len(self.chunks)):
            yield {name: value for name, value in row.items() if name != "facts"}

    def judge(self, job: Job) -> Iterator[tasks.Row]:
        names = [field.split()[0] for field in tasks.NUMBERS.split(", ")]
        numbers = {row[:3]: dict(zip(names, row, strict=True)) for row in job.numbers}
        places = {id(row): (row["given"], row["member"], row["part"]) for row in self.chunks}
        told = [row for row in self.chunks if row["facts"] is not None and places[id(row)] in numbers]
        joined = [{**row, **numbers[places[id(row)]]} for row in told]
        own = [*job.heads, *job.pieces]
        heads = [dict(zip(("bucket", "file", "part", "content"), each, strict=True)) for each in own]
        self._pieces = [*job.cut(iter(self._random.sample(joined, len(joined)))), *heads]
        buckets = sorted({row["bucket"] for row in self._pieces})
        judging = pickle.loads(pickle.dumps(job.judging))  # noqa: S301 - as it would travel
        for bucket in self._random.sample(buckets, len(buckets)):
            yield from judging(iter(self.pieces(bucket)))

    def pieces(self, bucket: int) -> list[tasks.Row]:
        mine = [row for row in self._pieces if row["bucket"] == bucket]
        return sorted(mine, key=lambda row: (row["file"], row["part"]))


def in_buckets_of(devices: int) -> Callable[..., AbstractContextManager[Result]]:
    """Return what stands in for ``checker.cli.run.run_check``: fewer devices a bucket than the command line allows."""
    return lambda options, progress, engine: check(replace(options, batch_size=devices), progress, engine)


def engine_of(inputs: list[FileRecords], seed: int, together: int) -> tuple[SparkEngine, list[FileRecords]]:
    """Return an engine that has read these records, and what the pipeline gets of them."""
    cluster = PlainCluster(seed)
    engine = SparkEngine(cluster, together)
    for given, item in enumerate(inputs):
        cluster.chunks += tasks.chunk_rows(given, ([item], []), together)
    engine._held = held(cluster.told())
    return engine, engine._held.read
