"""Comparing of made-up results."""

from collections.abc import Callable
from pathlib import Path

import pytest

from checker.compare.diff import Difference, compare
from checker.compare.results import read_results

from .fleets import Made, write

Compare = Callable[[Made, Made], Difference]


@pytest.fixture
def compared(tmp_path: Path) -> Compare:
    """Write two results, and compare what is read back."""

    def call(old: Made, new: Made) -> Difference:
        paths = (write(tmp_path / name, made) for name, made in (("old", old), ("new", new)))
        return compare(*read_results(*paths))

    return call
