"""``--engine``: who reads and judges, this process or Apache Spark; only here is a Spark session started."""

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import click

from checker.cli.given import filled, single
from checker.decide.engines import Engine, Local
from checker.errors import EngineError, Problem, UsageError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

Command = Callable[..., Any]

HERE: Final = "local[*]"  # where Spark runs unless somebody says otherwise
BY_SUBMIT: Final = "PYSPARK_GATEWAY_PORT"  # set where spark-submit has started Spark already
LOCAL: Final = {  # where Spark runs in one process: nobody looks at its pages, and that process does all the work
    "spark.driver.memory": "4g",
    "spark.log.level": "ERROR",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}

OPTIONS = (
    single(
        "--engine",
        type=click.Choice(["local", "spark"]),
        default="local",
        show_default=True,
        help="Who reads and judges: this process, or Apache Spark (docs/scaling.md); the answers are the same.",
    ),
    single(
        "--master",
        metavar="URL",
        default="",
        callback=filled,
        help=f"Where Spark runs: {HERE}, spark://host:7077, yarn …; as its environment says if left out.",
    ),
    click.option("--conf", metavar="KEY=VALUE", multiple=True, help="A setting of Spark. May be repeated."),
)


def engine_options(command: Command) -> Command:
    """Add the options that say who reads and judges."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


@contextmanager
def engine_of(given: Mapping[str, Any]) -> Iterator[Engine]:
    """Start the engine that the options ask for, and stop what was started.

    Raises:
        UsageError: settings of Spark without it or without a value, or its packages are not installed.
        EngineError: Spark does not start.
    """
    settings = _settings(given)
    if given["engine"] == "local":
        yield Local()
        return
    from checker.spark.cluster import SparkCluster
    from checker.spark.engine import SparkEngine

    with _session(given["master"], settings) as session, SparkCluster(session, _tasks(session)) as cluster:
        yield SparkEngine(cluster)


def _settings(given: Mapping[str, Any]) -> dict[str, str]:
    pairs = [text.partition("=") for text in given["conf"]]
    problems = [
        Problem(f"--conf {key}", "must be KEY=VALUE", "for example spark.executor.memory=4g")
        for key, sign, _ in pairs
        if not (key and sign)
    ]
    if given["engine"] == "local":
        used = [name for name, said in (("--master", given["master"]), ("--conf", given["conf"])) if said]
        problems = [Problem(name, "is about Spark, which does not run", "add --engine spark") for name in used]
    if problems:
        raise UsageError(problems)
    return {key: value for key, _, value in pairs}


@contextmanager
def _session(master: str, settings: Mapping[str, str]) -> Iterator["SparkSession"]:
    """Yield the session that is there already (a notebook's), or a new one, which is stopped in the end."""
    try:
        import pandas  # noqa: F401 - Spark needs it for what it does with Arrow, and says so late
        import pyarrow  # noqa: F401
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ImportError as error:
        what = f"needs {error.name}, which is not installed"
        raise UsageError(Problem("--engine spark", what, "pip install 'mde-readiness[spark]'")) from None
    there = SparkSession.getActiveSession()
    if there and not (master or settings):
        yield there
        return
    builder = SparkSession.builder.appName("mde-readiness")
    if master.startswith("local") or not (master or BY_SUBMIT in os.environ):
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # tasks run where this does: by the same Python
        settings = {**LOCAL, **settings}
    for key, value in settings.items():
        builder = builder.config(key, value)
    try:
        session = (builder.master(master) if master else builder).getOrCreate()
    except (PySparkException, OSError, RuntimeError) as error:
        reason = str(error).strip().partition("\n")[0]
        hint = "it needs Java 17 or later, and a cluster that can be reached"
        raise EngineError(Problem("--engine spark", f"Spark does not start: {reason}", hint)) from error
    try:
        yield session
    finally:
        if not there:
            session.stop()


def _tasks(session: "SparkSession") -> int:
    """Return how many tasks run at once; where a session keeps that to itself (Spark Connect), a likely number."""
    from pyspark.errors import PySparkException

    try:
        return session.sparkContext.defaultParallelism
    except (AttributeError, PySparkException):
        return 32
