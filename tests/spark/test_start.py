"""Spark starts late, says nothing of its own, and tells one cause if it does not start; Ctrl-C is one line."""

import io
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import pytest
from rich.console import Console
from rich.progress import Progress, TextColumn

from checker.cli import spark_start
from checker.cli.progress import Bar
from checker.cli.spark_start import NO_START, OLD_JAVA, Said, _makes_warehouse, _undisturbed, _without_tracebacks, cause
from checker.options import Options
from checker.options import Progress as Told
from checker.pipeline import check
from checker.spark.cluster import LateCluster
from checker.spark.engine import SparkEngine
from tests.cli.conftest import GOOD, Ran, export, run
from tests.contoso import AS_OF, FLEET, ROOT, working_in
from tests.spark.plain import PlainCluster
from tests.spark.test_same_answers import DAY

__all__ = ["export", "run"]

Run = Callable[..., Ran]
Write = Callable[..., Path]
SPARK = (*DAY, "--engine", "spark")
CALLED = (
    "An error occurred while calling None.org.apache.spark.api.java.JavaSparkContext.\n"
    ": org.apache.spark.SparkException: Could not parse Master URL: 'local[zz]'\n"
    "\tat org.apache.spark.SparkContext$.createTaskScheduler(SparkContext.scala:3391)\n"
)
STOPPED = (
    "An error occurred while calling None.org.apache.spark.sql.classic.SparkSession.\n"
    ": java.lang.IllegalStateException: Cannot call methods on a stopped SparkContext.\n"
)
EXITED = "[JAVA_GATEWAY_EXITED] Java gateway process exited before sending its port number."
NO_ANSWER = (
    "26/11/23 16:13:12 WARN StandaloneAppClient$ClientEndpoint: Failed to connect to master nohost:7077\n"
    "org.apache.spark.SparkException: Exception thrown in awaitResult: \n\tat org.apache.spark.util.Spark\n"
)
NO_MASTER = (
    "WARNING: Using incubator modules: jdk.incubator.vector\n"
    'Exception in thread "main" org.apache.spark.SparkException: Master must either be yarn or start with spark\n'
    "\tat org.apache.spark.deploy.SparkSubmit.error(SparkSubmit.scala:1068)\n"
)
TOO_OLD = (
    "Error: LinkageError occurred while loading main class org.apache.spark.launcher.Main\n"
    "\tjava.lang.UnsupportedClassVersionError: org/apache/spark/launcher/Main has been compiled by a more recent\n"
)


@pytest.mark.parametrize(
    ("error", "said", "told"),
    [
        (CALLED, "", ("Could not parse Master URL: 'local[zz]'", NO_START)),
        (STOPPED, NO_ANSWER, ("Failed to connect to master nohost:7077", NO_START)),
        (EXITED, NO_MASTER, ("Master must either be yarn or start with spark", NO_START)),
        (EXITED, TOO_OLD, ("LinkageError occurred while loading main class org.apache.spark.launcher.Main", OLD_JAVA)),
        (EXITED, "", (EXITED, NO_START)),
    ],
    ids=["no such master", "no answer", "no kind of master", "old Java", "nothing said"],
)
def test_the_cause_is_one_line(error: str, said: str, told: tuple[str, str]) -> None:
    assert cause(error, said) == told


@pytest.fixture
def not_started(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing start Java, and fail the test if a session is asked for."""
    pytest.importorskip("pyspark")

    @contextmanager
    def session(_: object) -> Iterator[NoReturn]:
        pytest.fail("Spark is started")
        yield

    monkeypatch.setattr(spark_start, "_starts_java", lambda _: False)
    monkeypatch.setattr(spark_start, "session_of", session)


@pytest.mark.usefixtures("not_started")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nope.csv"], "nope.csv: does not exist"),
        (["good.csv", "--waves", "nope.yaml"], "nope.yaml: cannot be read"),
        (["good.csv", "--read-as", "nope=good.csv"], "there is no format 'nope'"),
    ],
)
def test_what_spark_is_not_needed_for_is_told_before_it_starts(
    words: list[str], said: str, run: Run, export: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(export(GOOD, name="good.csv").parent)

    ran = run("check", *words, *SPARK, "--master", "local[1]")

    assert (ran.code, said in ran.err) == (2, True), ran.err


def test_a_session_that_java_refuses_is_one_error(run: Run, export: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pyspark")
    from py4j.protocol import Py4JError
    from pyspark.sql import SparkSession

    def refuse(_: object) -> NoReturn:
        raise Py4JError(CALLED)

    monkeypatch.setattr(spark_start, "_starts_java", lambda _: False)
    monkeypatch.setattr(SparkSession.Builder, "getOrCreate", refuse)

    ran = run("check", export(GOOD), *SPARK, "--master", "local[zz]")

    what = "--engine spark: Spark does not start: Could not parse Master URL: 'local[zz]'"
    assert (ran.code, ran.err) == (2, f"{what}\n  hint: {NO_START}\n")


@pytest.mark.parametrize("home", ["", "{}/no-java"])
def test_java_that_is_not_installed_is_told_before_anything_is_read(
    home: str, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("pyspark")
    monkeypatch.setattr(spark_start, "_starts_java", lambda _: True)
    monkeypatch.setenv("JAVA_HOME", home.format(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))

    ran = run("check", "nope.csv", *SPARK)

    why = f"names {tmp_path}/no-java, in which there is no bin/java" if home else "names none"
    assert (ran.code, ran.err.count("\n")) == (2, 2)
    assert ran.err.startswith("--engine spark: Java is not found: ")
    assert f"JAVA_HOME {why}\n  hint: install Java 17 or later" in ran.err


def spark(folder: Path, around: dict[str, str], *words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "checker", "check", *map(str, (*words, *SPARK))],
        capture_output=True, text=True, check=False, cwd=folder, env={**os.environ, **around},
    )  # fmt: skip


def test_a_quiet_run_is_quiet_and_leaves_nothing(around: dict[str, str], export: Write, tmp_path: Path) -> None:
    folder = tmp_path / "work"
    folder.mkdir()

    ran = spark(folder, around, export(GOOD), "--quiet", "--master", "local[1]")

    assert (ran.returncode, ran.stdout, ran.stderr) == (3, "", "")
    assert list(folder.iterdir()) == []


def test_what_java_prints_of_a_wrong_setting_is_one_line(around: dict[str, str], export: Write, tmp_path: Path) -> None:
    ran = spark(tmp_path, around, export(GOOD), "--conf", "spark.executor.memory=zz")

    what = "--engine spark: Spark does not start: Executor memory must be a positive number"
    assert (ran.returncode, ran.stderr) == (2, f"{what}\n  hint: {NO_START}\n")


@pytest.mark.parametrize(
    ("known", "made"),
    [
        ({"spark.master": "local[2]"}, True),
        ({"spark.master": "yarn"}, False),
        ({"spark.master": "local[2]", "spark.sql.warehouse.dir": "/mine"}, False),
        ({"spark.master": "local[2]", "spark.sql.catalogImplementation": "hive"}, False),
    ],
)
def test_only_a_warehouse_of_which_nothing_could_be_read_is_made_elsewhere(
    known: dict[str, str], *, made: bool
) -> None:
    class Conf(dict[str, str]):
        contains = dict.__contains__

    conf: Any = Conf(known)
    assert _makes_warehouse(conf) is made


def test_what_java_says_is_kept_and_shown_if_it_is_wanted(capfd: pytest.CaptureFixture[str]) -> None:
    said = Said(shown=False)
    os.write(said.heard, b"one\n##[error]two\n")
    assert said.all() == "one\n##[error]two\n"
    assert capfd.readouterr().err == ""
    said.show()
    assert capfd.readouterr().err == "one\n#\\x23[error]two\n"


def test_py4j_logs_no_tracebacks_and_others_do(caplog: pytest.LogCaptureFixture) -> None:
    def log() -> None:
        for path in ("/site-packages/py4j/java_gateway.py", "/mine.py"):
            logging.getLogger().handle(logging.LogRecord("root", logging.ERROR, path, 1, path, None, None))

    with _without_tracebacks():
        log()
    assert caplog.messages == ["/mine.py"]
    log()
    assert len(caplog.messages) == 3


def test_ctrl_c_waits_until_java_has_started() -> None:
    before, done = signal.getsignal(signal.SIGINT), []
    with pytest.raises(KeyboardInterrupt), _undisturbed():
        signal.raise_signal(signal.SIGINT)
        done.append("started")
    assert done == ["started"]
    assert signal.getsignal(signal.SIGINT) is before
    with pytest.raises(KeyboardInterrupt), _undisturbed():
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)  # who asks twice is heard
        done.append("not so")
    assert done == ["started"]


def test_what_is_under_way_is_told_when_it_begins() -> None:
    progress = Progress(TextColumn("{task.description}"), console=Console(file=io.StringIO()))
    bar = Bar(progress, 200)
    stages: list[str] = []
    seen: list[tuple[str, float | None]] = []

    def note() -> None:
        seen.extend((task.description, task.total) for task in progress.tasks)

    told = bar.told(stages.append)
    for step in (
        bar.starting, lambda: bar.read(0), lambda: bar.read(50), lambda: told.begin("identify"),
        lambda: told.begin("judge"), lambda: bar.judged(3, 10), lambda: told.begin("summarise"),
    ):  # fmt: skip
        step()
        note()

    assert seen == [
        ("starting Spark", None), ("reading", None), ("reading", 200), ("identifying", None), ("judging", None),
        ("judging", 10), ("judging", 10),
    ]  # fmt: skip
    assert stages == ["identify", "judge", "summarise"]


def test_reading_is_told_once_spark_has_started_and_devices_as_they_are_judged() -> None:
    seen: list[object] = []

    def start() -> PlainCluster:
        seen.append("started")
        return PlainCluster()

    told = Told(lambda done: seen.append(bool(done)), lambda done, devices: seen.append((done, devices)), None)
    options = Options((f"{FLEET}/inventory/hunting.csv",), AS_OF, batch_size=40)
    with working_in(ROOT), check(options, told, SparkEngine(LateCluster(start))):
        pass

    assert seen[:3] == ["started", False, True]
    judged: list[Any] = seen[3:]
    assert len(judged) > 2
    assert judged == sorted(judged)
    assert judged[-1][0] == judged[-1][1]
