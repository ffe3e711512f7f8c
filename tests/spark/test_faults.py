"""Whatever goes wrong on a cluster: the same answer, or one clear error and nothing half written."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

import checker.cli.run
from checker import __version__
from checker.cli.main import main
from checker.errors import EngineError, InputError, Problem
from checker.inventory.read import ReadOptions
from checker.options import Options
from checker.pipeline import check
from checker.spark import tasks
from checker.spark.cluster import SparkCluster
from checker.spark.engine import Job, Reads, SparkEngine
from checker.spark.session import failing, reason
from checker.spark.tasks import Row
from tests.cli.conftest import GOOD, OLD, Ran, export, run
from tests.contoso import AS_OF, FLEET, ROOT, working_in
from tests.spark.plain import PlainCluster, in_buckets_of
from tests.spark.test_same_answers import DAY, GOVERNED, written

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

__all__ = ["export", "run"]

Run = Callable[..., Ran]
Write = Callable[..., Path]
SPARK = (*DAY, "--engine", "spark")


def both(run: Run, folder: Path, inventory: Path) -> list[Ran]:
    """Return what both engines say, this process first."""
    return [
        run("check", inventory, *DAY, "--engine", engine, "-o", folder / f"{engine}.json")
        for engine in ("local", "spark")
    ]


@pytest.fixture
def parts(export: Write, tmp_path: Path) -> Path:
    """Return a folder of Parquet files as Spark writes one: parts, and a mark that all of it is there."""
    folder = tmp_path / "devices.parquet"
    folder.mkdir()
    for number, cells in enumerate((GOOD, OLD)):
        frame = pl.read_csv(export(cells, name=f"{number}.csv"), infer_schema=False)
        frame = frame.with_columns(DeviceId=pl.lit(f"{number + 1:040x}"), DeviceName=pl.lit(f"ws-{number}"))
        frame.write_parquet(folder / f"part-{number:05d}.parquet")
    (folder / "_SUCCESS").touch()
    return folder


@pytest.mark.usefixtures("spark")
def test_a_folder_of_parquet_is_read_part_by_part(run: Run, parts: Path, tmp_path: Path) -> None:
    told = both(run, tmp_path, parts)

    assert told[0] == told[1]
    assert (tmp_path / "spark.json").read_bytes() == (tmp_path / "local.json").read_bytes()
    assert json.loads((tmp_path / "spark.json").read_bytes())["devices"]["total"] == 2


@pytest.mark.usefixtures("spark")
@pytest.mark.parametrize("column", ["OsBuildRevision", "DeviceId", "OSPlatform"])
def test_a_column_that_one_part_lacks(column: str, run: Run, parts: Path, tmp_path: Path) -> None:
    part = parts / "part-00001.parquet"
    pl.read_parquet(part).drop(column).write_parquet(part)

    told = both(run, tmp_path, parts)

    assert told[0] == told[1]  # nothing is filled in: the part says nothing of it, or is refused by name
    reports = [tmp_path / f"{engine}.json" for engine in ("local", "spark")]
    assert [path.exists() for path in reports] == [told[0].code != 2] * 2
    assert told[0].code != 2 or "part-00001.parquet" in told[1].err


@pytest.mark.usefixtures("spark")
def test_every_file_that_cannot_be_read_is_named_and_nothing_is_written(
    run: Run, export: Write, tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    export(GOOD).rename(folder / "good.csv")
    (folder / "cut.parquet").write_bytes(b"PAR1 cut")
    shutil.copy(ROOT / "fixtures/inventories/advanced-hunting/unclosed-quote.csv", folder)

    ran = run("check", folder, *SPARK, "-o", tmp_path / "out" / "r.json", "-o", f"findings:{tmp_path}/out/f/")

    assert ran == run("check", folder, *DAY)
    assert (ran.code, ran.err.count("cut.parquet:"), ran.err.count("unclosed-quote.csv:")) == (2, 1, 1)
    assert not (tmp_path / "out").exists()


@pytest.mark.usefixtures("spark")
def test_one_bucket_with_most_of_the_records(
    run: Run, export: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("checker.cli.run.run_check", in_buckets_of(2))
    path = export(*[GOOD] * 4)
    header, first, *rest = path.read_text(encoding="utf-8-sig").splitlines()
    many = [first.replace("2026-11-20T10", f"2026-11-{at % 20 + 1:02d}T{at % 24:02d}") for at in range(20_000)]
    path.write_text("\n".join([header, *many, first, *rest, ""]))

    told = both(run, tmp_path, path)

    assert told[0] == told[1]
    assert (tmp_path / "spark.json").read_bytes() == (tmp_path / "local.json").read_bytes()


def die(rows: Iterator[Row]) -> Iterator[Row]:
    """Do what the system does to a worker that takes too much memory."""
    yield from rows
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_worker_that_dies_each_time_is_one_clear_error(spark: "SparkSession") -> None:
    with SparkCluster(spark, 2) as cluster, pytest.raises(EngineError) as raised:
        list(cluster.read(Reads(1, die, {}, {}, ReadOptions(), 1)))

    (problem,) = raised.value.problems
    assert problem.where == "--engine spark"
    assert "Python worker exited unexpectedly (crashed)" in problem.what
    assert "\n" not in problem.what


@pytest.mark.usefixtures("spark")
def test_workers_with_another_version_are_one_clear_error(
    run: Run, export: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "__version__", "0.0.9")

    ran = run("check", export(GOOD), *SPARK, "-o", tmp_path / "report.json")

    assert ran.code == 2
    assert f"mde-readiness {__version__} is installed on the workers, and 0.0.9 where the run was started" in ran.err
    assert "Traceback" not in ran.err
    assert not (tmp_path / "report.json").exists()


def test_a_file_that_is_another_when_a_lost_task_reads_it_again_is_refused() -> None:
    cluster = PlainCluster()
    told = cluster.told

    def read(reads: Reads) -> Iterator[Row]:
        list(PlainCluster.read(cluster, reads))
        rows = list(told())
        cluster.chunks = [{**row, "digest": "0" * 64} for row in cluster.chunks]  # as if it were read anew
        return iter(rows)

    cluster.read = read  # type: ignore[method-assign]
    inventory = (f"{FLEET}/inventory/hunting.csv",)
    with (
        working_in(ROOT),
        pytest.raises(InputError, match=r"hunting\.csv: changed while it was read"),
        check(Options(inventory, AS_OF), engine=SparkEngine(cluster)),
    ):
        pass


# --- a cluster of two processes, of which one is killed -------------------------------------------------------------

KILLED = ("between", "within")  # reading and judging, so that what was read is lost; or while a task is at work


def killing(when: str, mark: str) -> None:
    """Run the command line, and kill one of the processes of its cluster."""
    before = SparkCluster.judge
    setattr(checker.cli.run, "run_check", in_buckets_of(50))  # noqa: B010 - mypy would have it be the function itself

    def kill() -> None:
        pattern = f"{mark}.*CoarseGrainedExecutorBackend"
        found = subprocess.run(
            ["pgrep", "-f", "--", pattern], capture_output=True, text=True, check=True
        ).stdout.split()
        assert len(found) == 2
        os.kill(int(found[0]), signal.SIGKILL)
        print("killed", when, file=sys.stderr, flush=True)

    def once_at_work(tracker: Any) -> None:  # noqa: ANN401
        while not any(tracker.getStageInfo(stage).numActiveTasks for stage in tracker.getActiveStageIds()):
            sleep(0.01)
        kill()

    def judge(cluster: SparkCluster, job: Job) -> Iterator[Row]:
        if when == "between":
            kill()
        else:
            tracker = cluster._session.sparkContext.statusTracker()
            threading.Thread(target=once_at_work, args=(tracker,), daemon=True).start()
        yield from before(cluster, job)

    setattr(SparkCluster, "judge", judge)  # noqa: B010 - mypy would have it be bound
    main()


@pytest.mark.parametrize("when", KILLED)
def test_the_answer_is_the_same_if_a_machine_is_lost(
    when: str, around: dict[str, str], run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pyspark

    work = Path(pyspark.__file__).parent / "work"  # where such a cluster leaves its logs
    before = work.exists()
    mark = f"-Dmark={tmp_path.name}-{os.getpid()}"
    inventory = [f"{FLEET}/inventory", *DAY, *GOVERNED]  # workers have other working folders than the driver
    code = f"from tests.spark.test_faults import killing; killing({when!r}, {mark!r})"
    settings = {
        "spark.executor.extraJavaOptions": mark,
        "spark.executorEnv.PYTHONPATH": str(ROOT),
        "spark.driver.host": "127.0.0.1",
    }
    conf = [word for name, value in settings.items() for word in ("--conf", f"{name}={value}")]
    cluster = ["--engine", "spark", "--master", "local-cluster[2,1,1024]", *conf]
    for folder in ("local", "spark"):
        (tmp_path / folder).mkdir()
    words = ["check", *inventory, *cluster, *outputs(tmp_path / "spark")]
    ran = subprocess.run(
        [sys.executable, "-c", code, *map(str, words)],
        capture_output=True, text=True, check=False, cwd=ROOT, env={**os.environ, **around},
    )  # fmt: skip
    if not before:
        shutil.rmtree(work, ignore_errors=True)
    monkeypatch.setattr("checker.cli.run.run_check", in_buckets_of(50))
    with working_in(ROOT):
        here = run("check", *inventory, *outputs(tmp_path / "local"))

    assert f"killed {when}" in ran.stderr
    assert (ran.returncode, ran.stdout) == (here.code, here.out)
    assert written(tmp_path / "spark") == written(tmp_path / "local")


def outputs(folder: Path) -> list[str]:
    names = ("report.json", "findings:findings/", "devices:devices.ndjson")
    specs = [spec.rpartition(":") for spec in names]
    return [word for kind, colon, name in specs for word in ("-o", f"{kind}{colon}{folder}/{name}")]


# --- what is made of Spark's long messages --------------------------------------------------------------------------

TRACEBACK = """An exception was thrown from the Python worker. Please see the stack trace below.
Traceback (most recent call last):
  File "tasks.py", line 70, in on_batches
    _refuse_other_version(version)
RuntimeError: mde-readiness 0.1.0 is installed on the workers
"""
LOST = "ExecutorLostFailure (executor 2 exited caused by one of the running tasks) Reason: Command exited with code 137"
NO_TABLE = "[TABLE_OR_VIEW_NOT_FOUND] The table `x` cannot be found."
ABORTED = (
    "An error occurred while calling o91.count.\n: org.apache.spark.SparkException: Job aborted due to stage failure: "
    "Task 0 in stage 1.0 failed 4 times, most recent failure: Lost task 0.3 in stage 1.0 (TID 7) (127.0.0.1 executor 2)"
    f": {LOST}\nDriver stacktrace:\n\tat org.apache.spark.scheduler.DAGScheduler.abortStage(DAGScheduler.scala:2898)"
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (TRACEBACK, "RuntimeError: mde-readiness 0.1.0 is installed on the workers"),
        (ABORTED, LOST),
        ("An error occurred while calling o1.count.\n: java.io.IOException: gone\n\tat java.base/x", "gone"),
        (f"{NO_TABLE}\n'UnresolvedRelation", NO_TABLE),
    ],
    ids=["a task raised", "a machine was lost", "Java refused", "Spark refused"],
)  # fmt: skip
def test_of_a_long_message_the_line_that_says_most_is_shown(text: str, said: str) -> None:
    assert reason(text) == said


def test_what_is_no_failure_of_spark_passes_through() -> None:
    pytest.importorskip("pyspark")
    with pytest.raises(InputError, match="empty"), failing():
        raise InputError(Problem("a.csv", "is empty"))
