"""A Spark session: settings for the length of a run, rows fetched bit by bit, and failures as one clear error."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from checker.errors import EngineError, Problem

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

LONGEST = 300  # characters of what Spark says
HINT = "Spark's own messages, shown with --conf spark.log.level=WARN, say more; --engine local needs no cluster"
RAISED = re.compile(r"^(?!java\.|org\.|pyspark\.)(?:\w+\.)*\w*(?:Error|Exception): .+", re.MULTILINE)
FAILED = re.compile(r"most recent failure: Lost task \S+ in stage \S+ \(TID \d+\)(?: \([^)]*\))?: (?:[\w.]+: )?(.+)")
JAVA = re.compile(r"^: (?:[\w.$]+: )?(.+)", re.MULTILINE)  # below the name of what was called
LOST = re.compile(r"ExecutorLostFailure.*|Job \d+ cancelled.*|SparkContext was shut down.*")


@contextmanager
def setting(session: "SparkSession", name: str, value: str) -> Iterator[None]:
    """Change a setting of the session for a while."""
    before = session.conf.get(name, None)
    session.conf.set(name, value)
    try:
        yield
    finally:
        if before is None:
            session.conf.unset(name)
        else:
            session.conf.set(name, before)


def rows_of(frame: "DataFrame") -> Iterator[dict[str, Any]]:
    """Yield the rows of a frame, a partition or two at a time: the driver holds no more."""
    for row in frame.toLocalIterator(prefetchPartitions=True):
        yield row.asDict()


@contextmanager
def failing() -> Iterator[None]:
    """Turn whatever Spark gives up on into an EngineError; problems of the user's files pass through."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    try:
        yield
    except (PySparkException, Py4JError, ConnectionError) as error:
        raise EngineError(Problem("--engine spark", f"the run failed on Spark: {reason(str(error))}", HINT)) from error


def reason(text: str) -> str:
    """Return the one line of a long message that says most: what a task raised, or why it was lost, or the first."""
    found: list[str] = [line for pattern in (JAVA, FAILED, RAISED, LOST) for line in pattern.findall(text)[-1:]]
    return (found or [text.strip().partition("\n")[0]])[-1][:LONGEST]
