"""A summary survives its JSON report: whatever was said is said again, so that any report can be written later."""

from collections.abc import Callable
from pathlib import Path

import pytest

from checker.model.result import Result
from checker.reporters.json.report import report
from checker.stored.summary import steps_of, summary_of
from tests.reporters.fleets import HOSTILE, fleet
from tests.reporters.plans import plan, some_rows
from tests.reporters.results import build
from tests.reporters.rollouts import gate, rollout, simulation

MADE: dict[str, Callable[[Path], Result]] = {
    "small": lambda folder: build(folder, fleet()),
    "hostile": lambda folder: build(folder, fleet(HOSTILE)),
    "waved": rollout,
    "gated": gate,
    "simulated": simulation,
    "partial": lambda folder: build(folder, fleet(), partial=True, unknown_allowed=True, fail_on="never"),
}


@pytest.mark.parametrize("name", MADE)
def test_a_summary_comes_back_as_it_was(name: str, tmp_path: Path) -> None:
    result = MADE[name](tmp_path)

    assert summary_of(report(result.summary)) == result.summary


def test_steps_come_back_as_they_were(tmp_path: Path) -> None:
    result = plan(tmp_path, some_rows())

    assert result.steps
    assert steps_of(report(result.summary, result.steps)) == result.steps
