"""A Spark session on two cores of this machine; where Java or pyspark is missing, tests are skipped, and fail in CI."""

import os
import shutil
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from typing import TYPE_CHECKING, NoReturn

import pytest

from tests.contoso import ROOT

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

NEEDED = ("pandas", "pyarrow", "pyspark")
AROUND = {  # a host name need not resolve; tasks run where the tests do, and import what they do
    "SPARK_LOCAL_IP": "127.0.0.1",
    "SPARK_LOCAL_HOSTNAME": "127.0.0.1",
    "PYSPARK_PYTHON": sys.executable,
    "PYTHONPATH": str(ROOT),
}


def lacking(what: str) -> NoReturn:
    """Skip a test for which something is not installed; fail it where nothing may be skipped."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what}; .ci/install.sh installs Java, and .ci/run the extra 'spark'")
    pytest.skip(what)


def refuse_without_spark() -> None:
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        lacking(f"{', '.join(missing)} not installed: pip install '.[spark]'")
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        lacking("Java is not installed: apt-get install default-jre-headless")


@pytest.fixture(scope="session")
def around() -> Iterator[dict[str, str]]:
    """Return the environment in which Spark is started."""
    refuse_without_spark()
    with pytest.MonkeyPatch.context() as patched:
        for name, value in AROUND.items():
            patched.setenv(name, value)
        yield AROUND


@pytest.fixture(scope="session")
def spark(around: dict[str, str]) -> Iterator["SparkSession"]:
    """Return a session on two cores, one for all tests: starting one takes longer than most of them."""
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master("local[2]").appName("tests")
    for name, value in {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.log.level": "ERROR",
        "spark.driver.host": "127.0.0.1",
    }.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    yield session
    session.stop()
