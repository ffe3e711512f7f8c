"""Results for every test of a report."""

from pathlib import Path

import pytest

from checker.model.notes import InputTally
from checker.model.result import Result

from .fleets import AGENT, HOSTILE, Fleet, device_id, fleet, large_fleet
from .results import build
from .rollouts import gate, rollout, simulation


@pytest.fixture
def small(tmp_path: Path) -> Result:
    """Return a result with a case for every device and rule."""
    return build(tmp_path / "small", fleet())


@pytest.fixture
def large(tmp_path: Path) -> Result:
    """Return a result with too many findings to show them one by one."""
    return build(tmp_path / "large", large_fleet(), detail=False, parts=7)


@pytest.fixture
def hostile(tmp_path: Path) -> Result:
    """Return a result whose device names, messages and paths try to break every report."""
    made = fleet(HOSTILE)
    messages = {(AGENT.id, device_id(2)): f"Agent {''.join(HOSTILE)} is old", (AGENT.id, device_id(3)): ""}
    return build(
        tmp_path / "hostile",
        Fleet(made.names, made.outcomes, made.waived, messages),
        notices=("a\ud800 notice [x](y) \x1b[2J",),
        inputs=(InputTally("exports\\\udcff \x1b#%?.csv", "ee" * 32, "portal-csv", 5, 4, 0, 0, 0, 1, 0, ()),),
    )


@pytest.fixture
def waved(tmp_path: Path) -> Result:
    """Return a result with waves, waivers and tailoring."""
    return rollout(tmp_path / "waved")


@pytest.fixture
def gated(tmp_path: Path) -> Result:
    """Return the result of a gate that holds its wave back."""
    return gate(tmp_path / "gated")


@pytest.fixture
def simulated(tmp_path: Path) -> Result:
    """Return the result of a simulation."""
    return simulation(tmp_path / "simulated")
