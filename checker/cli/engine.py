"""``--engine``: who reads and judges, this process or Apache Spark, which starts when it is first asked for."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any, Final

import click

from checker.cli.given import filled, single
from checker.decide.engines import Engine, Local
from checker.errors import Problem, UsageError

Command = Callable[..., Any]

HERE: Final = "local[*]"  # where Spark runs unless somebody says otherwise

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
def engine_of(given: Mapping[str, Any], starting: Callable[[], None] = lambda: None) -> Iterator[Engine]:
    """Yield the engine that the options ask for, and stop in the end what was started.

    Spark starts when there is something to read: what is wrong with rules or paths is told before, in no time.
    ``starting`` is called then.

    Raises:
        UsageError: settings of Spark without it or without a value, or its packages are not installed.
        EngineError: Java is not installed; while the engine is used: Spark does not start.
    """
    settings = _settings(given)
    if given["engine"] == "local":
        yield Local()
        return
    from checker.cli.spark_start import Wanted, refuse_lacking, session_of, tasks_of

    wanted = Wanted(given["master"], settings, given["quiet"])
    refuse_lacking(wanted)
    from checker.spark.cluster import LateCluster, SparkCluster
    from checker.spark.engine import SparkEngine

    with ExitStack() as opened:

        def start() -> SparkCluster:
            starting()
            session = opened.enter_context(session_of(wanted))
            return opened.enter_context(SparkCluster(session, tasks_of(session)))

        yield SparkEngine(LateCluster(start))


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
