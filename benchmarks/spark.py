"""What Spark costs on one machine, and what it takes of a larger one: prints the tables of docs/scaling.md.

    python -m benchmarks.spark [--devices 1000000] [--files 8] [--times 3] [--several]

The same devices as one file, and as several: a file is read by one task. Whole processes, in turn, the best counts;
what starting Spark takes is shown apart, since it does not grow. Bytes are those of messages before Spark packs them.
A large fleet is measured with --several: the seconds of several files only, since one file that large fits no task.
"""

import argparse
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import date
from itertools import cycle
from pathlib import Path
from time import process_time

from benchmarks.generate import count
from benchmarks.run import AS_OF, BUILD, Run, best, check, python, timed
from benchmarks.scale import fleet
from checker.inventory.read import ReadOptions, read_file
from checker.loading import load
from checker.options import Options
from checker.pipeline import check as judged
from checker.spark.engine import TOGETHER, Job, Reads, SparkEngine
from checker.spark.tasks import Row, chunk_rows
from tests.spark.plain import PlainCluster

START = (
    "import os, sys; os.environ['PYSPARK_PYTHON'] = sys.executable; "
    "from pyspark.sql import SparkSession as S; "
    "s = S.builder.master('{}').config('spark.ui.enabled', 'false').getOrCreate(); "
    "s.range(0, 2, 1, 2).mapInArrow(lambda batches: batches, 'id long').collect(); s.stop()"
)


def main() -> None:
    """Measure, and print what was found."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--devices", type=count, default=1_000_000)
    words.add_argument("--files", type=count, default=8)
    words.add_argument("--times", type=count, default=3)
    words.add_argument("--several", action="store_true")
    given = words.parse_args()
    one = fleet(BUILD / f"hunting-{given.devices}-0.02.csv", given.devices)
    several = _parts(one, given.files)
    exports = {"one file": one, f"{given.files} files": several}
    if given.several:
        del exports["one file"]
    print(_table(_commands(exports), given.devices, given.times))
    if not given.several:
        print("", _processor(one, given.devices), "", _bytes(one, given.devices), sep="\n")


def _commands(exports: Mapping[str, Path]) -> dict[str, list[str]]:
    """Return what is run: each export with each engine, and what starting Spark takes."""
    report = f"{BUILD}/spark.json"
    commands = {f"local engine, {name}": check(path, report) for name, path in exports.items()}
    for master in ("local[1]", "local[2]"):
        spark = ["--engine", "spark", "--master", master]
        commands |= {f"Spark {master}, {name}": [*check(path, report), *spark] for name, path in exports.items()}
        commands[f"starting Spark {master} and its workers"] = python(START.format(master))
    return commands


def _parts(path: Path, files: int) -> Path:
    """Return a folder with the same records in several files, made once."""
    folder = path.with_suffix("") / f"{files}-files"
    if not folder.exists():
        unfinished = folder.with_suffix(".part")
        unfinished.mkdir(parents=True, exist_ok=True)
        with ExitStack() as opened, path.open("rb") as lines:
            parts = [opened.enter_context((unfinished / f"{number}.csv").open("wb")) for number in range(files)]
            header = next(lines)
            for part in parts:
                part.write(header)
            for line, part in zip(lines, cycle(parts), strict=False):
                part.write(line)
        unfinished.rename(folder)
    return folder


def _table(commands: Mapping[str, Sequence[str]], devices: int, times: int) -> str:
    """Return the seconds of each command, run in turn."""
    runs: dict[str, list[Run]] = {name: [] for name in commands}
    for _ in range(times):
        for name, command in commands.items():
            runs[name].append(timed(command))
            if runs[name][-1].code not in (0, 1, 3):
                raise SystemExit(f"{' '.join(command)} ended with exit code {runs[name][-1].code}")
    seconds = {name: best(found).seconds for name, found in runs.items()}
    base = next(iter(seconds.values()))
    rows = [f"| {name} | {took:.1f} | {took / base:.1f} | {devices / took:,.0f} |" for name, took in seconds.items()]
    return "\n".join(["| what | seconds | against the first | devices a second |", "|---|---|---|---|", *rows])


class _Timed(PlainCluster):
    """Runs the tasks in this process, without Spark, and tells how much processor time each kind takes."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds: dict[str, float] = {}
        self._since = process_time()

    def _until_now(self, what: str) -> None:
        self.seconds[what] = process_time() - self._since
        self._since = process_time()

    def read(self, reads: Reads) -> Iterator[Row]:
        self._since = process_time()
        found = list(super().read(reads))
        self._until_now("read, in tasks")
        return iter(found)

    def judge(self, job: Job) -> Iterator[Row]:
        self._until_now("identify, on the driver")

        def cut(rows: Iterator[Row]) -> Iterator[Row]:
            pieces = list(job.cut(rows))
            self._until_now("cut into buckets, in tasks")
            return iter(pieces)

        found = list(super().judge(replace(job, cut=cut)))
        self._until_now("judge, in tasks")
        return iter(found)


def _processor(path: Path, devices: int) -> str:
    """Return how much processor time the tasks take by themselves: what else Spark takes comes on top."""
    cluster = _Timed()
    options = Options((str(path),), date.fromisoformat(AS_OF), outputs=frozenset())
    with judged(options, engine=SparkEngine(cluster)):
        rows = [f"| {what} | {took:.1f} | {devices / took:,.0f} |" for what, took in cluster.seconds.items()]
    return "\n".join(["| what | seconds of processor time | devices a core-second |", "|---|---|---|", *rows])


def _bytes(path: Path, devices: int) -> str:
    """Return how many bytes of a device lie where while Spark judges it."""
    options = Options((str(path),), date.fromisoformat(AS_OF))
    loaded = load(options)
    read = read_file(str(path), ReadOptions(wanted=loaded.plan.wanted(), formats=loaded.formats))
    rows = list(chunk_rows(0, read, TOGETHER))
    size = {name: sum(len(row[name] or b"") for row in rows) / devices for name in ("keys", "facts")}
    return "\n".join(
        [
            "| where | bytes a device |",
            "|---|---|",
            f"| in the export | {path.stat().st_size / devices:,.0f} |",
            f"| keys, on the driver | {size['keys']:,.0f} |",
            f"| facts, on the cluster: kept once, shuffled once | {size['facts']:,.0f} |",
        ]
    )


if __name__ == "__main__":
    main()
