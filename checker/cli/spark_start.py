"""Starts Spark for a run as late as can be, hears what Java says meanwhile, and stops what was started."""

import logging
import os
import re
import shutil
import signal
import sys
import threading
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

import click

from checker.cli.echo import harmless
from checker.cli.engine import HERE
from checker.errors import EngineError, Problem, UsageError
from checker.reporters.wording import visible
from checker.spark.session import LONGEST, reason

if TYPE_CHECKING:
    from pyspark import SparkConf
    from pyspark.sql import SparkSession

BY_SUBMIT: Final = "PYSPARK_GATEWAY_PORT"  # set where spark-submit has started Spark already
BY_CONNECT: Final = ("SPARK_REMOTE", "spark.remote")  # a server of Spark Connect: in the environment, as a setting
NEEDED: Final = ("pandas", "pyarrow", "pyspark")  # Spark needs pandas for what it does with Arrow, and says so late
LEVEL: Final = "spark.log.level"  # who sets it wants to see what Spark says
WAREHOUSE: Final = "spark.sql.warehouse.dir"
LOCAL: Final = {  # where Spark runs in one process: nobody looks at its pages, and that process does all the work
    "spark.driver.memory": "4g",
    LEVEL: "ERROR",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}
NO_START: Final = (
    "are --master and --conf right, and can it be reached? --conf spark.log.level=WARN shows all that Spark says"
)
OLD_JAVA: Final = "Spark 4 needs Java 17 or later: JAVA_HOME says which one is used"
# What Java prints, the line that says most first; the last for a master that never answers, of which Spark tells none.
CAUSES: Final = [
    re.compile(r'^Exception in thread "main" (?:[\w.$]+: )?(.+)', re.MULTILINE),
    re.compile(r"^Error: (?!A JNI)(.+)", re.MULTILINE),
    re.compile(r"(Failed to connect to master .+)"),
]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the options say of Spark; nothing of what it says is shown if ``quiet``."""

    master: str
    settings: Mapping[str, str]
    quiet: bool = False

    @property
    def local(self) -> bool:
        """Whether Spark is to run in one process of this machine."""
        return self.master.startswith("local") or not (self.master or BY_SUBMIT in os.environ)


def refuse_lacking(wanted: Wanted) -> None:
    """Tell what is not installed without which Spark cannot start here, before anything is read.

    Raises:
        UsageError: a package is missing.
        EngineError: Java is, where this process has to start it.
    """
    if missing := [name for name in NEEDED if find_spec(name) is None]:
        what = f"needs {', '.join(missing)}, which is not installed"
        raise UsageError(Problem("--engine spark", what, "pip install 'mde-readiness[spark]'"))
    if not _starts_java(wanted):
        return
    home = os.environ.get("JAVA_HOME", "")
    if home and not any(Path(home, "bin", name).is_file() for name in ("java", "java.exe")):
        what = f"Java is not found: JAVA_HOME names {visible(home)}, in which there is no bin/java"
    elif not home and shutil.which("java") is None:
        what = "Java is not found: there is no java on the PATH, and JAVA_HOME names none"
    else:
        return
    raise EngineError(Problem("--engine spark", what, "install Java 17 or later, or let JAVA_HOME name where it is"))


def _starts_java(wanted: Wanted) -> bool:
    """Tell whether a session starts Java: none was started by a notebook, spark-submit, or on another machine."""
    import pyspark

    environment, setting = BY_CONNECT
    if BY_SUBMIT in os.environ or environment in os.environ or setting in wanted.settings:
        return False
    context = getattr(pyspark, "SparkContext", None)  # the client of Spark Connect alone has none
    return context is not None and context._gateway is None


@contextmanager
def session_of(wanted: Wanted) -> Iterator["SparkSession"]:
    """Yield the session that is there already (a notebook's), or a new one, which is stopped in the end.

    Raises:
        EngineError: Spark does not start, with the one cause that Java told.
    """
    from pyspark.sql import SparkSession

    there = SparkSession.getActiveSession()
    if there and not (wanted.master or wanted.settings):
        yield there
        return
    with TemporaryDirectory(prefix="mde-readiness-") as folder, _without_tracebacks():
        session = _started(wanted, folder)
        try:
            yield session
        finally:
            if not there:
                _stopped(session)


@contextmanager
def _without_tracebacks() -> Iterator[None]:
    """Keep py4j from logging calls that fail or that Ctrl-C cuts short: what comes of them is told as everywhere."""
    root = logging.getLogger()

    def not_of_py4j(record: logging.LogRecord) -> bool:
        return "py4j" not in Path(record.pathname).parts

    root.addFilter(not_of_py4j)
    try:
        yield
    finally:
        root.removeFilter(not_of_py4j)


def tasks_of(session: "SparkSession") -> int:
    """Return how many tasks run at once; where a session keeps that to itself (Spark Connect), a likely number."""
    from pyspark.errors import PySparkException

    try:
        return session.sparkContext.defaultParallelism
    except (AttributeError, PySparkException):
        return 32


def _started(wanted: Wanted, folder: str) -> "SparkSession":
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    settings = dict(wanted.settings)
    if wanted.local:
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # tasks run where this does: by the same Python
        settings = {**LOCAL, **settings}
    if wanted.master:
        settings["spark.master"] = wanted.master
    settings.setdefault("spark.app.name", "mde-readiness")
    on_interrupt = signal.getsignal(signal.SIGINT)
    said = Said(shown=LEVEL in wanted.settings and not wanted.quiet)
    try:
        if _starts_java(wanted):
            _start_java(settings, folder, said)
        builder = SparkSession.builder
        for key, value in settings.items():
            builder = builder.config(key, value)
        session = builder.getOrCreate()
    except (PySparkException, Py4JError, OSError, RuntimeError) as error:
        what, hint = cause(str(error), said.all())
        raise EngineError(Problem("--engine spark", f"Spark does not start: {what}", hint)) from error
    finally:
        said.end()
        if on_interrupt is not None and threading.current_thread() is threading.main_thread():
            # Spark's own handler cancels jobs amid whatever call is under way, which fails; stopping cancels them, too.
            signal.signal(signal.SIGINT, on_interrupt)
    if not (wanted.local or wanted.quiet):
        said.show()
    return session


def _start_java(settings: Mapping[str, str], folder: str, said: "Said") -> None:
    """Start Java, so that ``said`` hears it, and a context of Spark, which a session finds then."""
    from pyspark import SparkConf, SparkContext
    from pyspark.java_gateway import launch_gateway

    conf = SparkConf(loadDefaults=False).setAll(list(settings.items()))
    with _undisturbed():
        gateway = launch_gateway(conf, {"stderr": said.heard})  # type: ignore[no-untyped-call]
    known = SparkConf(_jvm=gateway.jvm)  # with what files of settings say, too
    if _makes_warehouse(known):
        known.set(WAREHOUSE, Path(folder).as_uri())
    SparkContext(conf=known, gateway=gateway)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Let Ctrl-C and the like wait, each once, until Java has started: it ends with this process only from then on."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    waiting: list[int] = []
    names = [name for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]  # not all on Windows
    numbers: list[int] = [getattr(signal, name) for name in names]
    before = {number: handler for number in numbers if callable(handler := signal.getsignal(number))}

    def wait(number: int, _frame: object) -> None:
        waiting.append(number)
        signal.signal(number, before[number])

    for number in before:
        signal.signal(number, wait)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        for number in waiting:
            signal.raise_signal(number)


def _makes_warehouse(known: "SparkConf") -> bool:
    """Tell whether Spark would make an empty ``spark-warehouse`` where the run was started.

    It holds no table that a run could name: a catalog in memory begins empty. One of Hive is left where it is.
    """
    in_memory = known.get("spark.sql.catalogImplementation", "in-memory") == "in-memory"
    local = str(known.get("spark.master", HERE)).startswith("local")
    return in_memory and local and not known.contains(WAREHOUSE)


def _stopped(session: "SparkSession") -> None:
    """Stop a session; one that broke down, or whose last call Ctrl-C cut short, need not answer."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    with suppress(PySparkException, Py4JError, OSError):
        session.stop()


def cause(error: str, said: str) -> tuple[str, str]:
    """Return in one line why Spark does not start, by what Python and Java say of it, and what to do."""
    found = [match[1] for pattern in CAUSES if (match := pattern.search(said))]
    what = found[0].strip()[:LONGEST] if found else reason(error)
    return what, OLD_JAVA if "UnsupportedClassVersionError" in said else NO_START


class Said:
    """What Java says on standard error while it runs: heard from ``heard``, kept, and shown once that is wanted."""

    def __init__(self, *, shown: bool) -> None:
        reading, self.heard = os.pipe()
        self._lines: deque[str] = deque(maxlen=1_000)
        self._shown, self._lock = shown, threading.Lock()
        self._ended = False
        self._thread = threading.Thread(target=self._hear, args=(reading,), daemon=True)
        self._thread.start()

    def all(self) -> str:
        """Return what was said by now; wait a moment for what is on its way."""
        self.end()
        self._thread.join(0.5)
        with self._lock:
            return "".join(self._lines)

    def end(self) -> None:
        """Close our end: Java has its own by now, if it was started."""
        if not self._ended:
            self._ended = True
            os.close(self.heard)

    def show(self) -> None:
        """Show what was said, and from now on all that is."""
        with self._lock:
            if not self._shown:
                self._shown = True
                for line in self._lines:
                    _show(line)

    def _hear(self, reading: int) -> None:
        with os.fdopen(reading, encoding="utf-8", errors="replace") as stream:
            for line in stream:
                with self._lock:
                    self._lines.append(line)
                    if self._shown:
                        _show(line)


def _show(line: str) -> None:
    with suppress(OSError, ValueError):  # closed meanwhile
        click.echo(harmless(visible(line.rstrip("\n").expandtabs())), err=True)
