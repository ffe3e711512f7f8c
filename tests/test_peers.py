"""The comparison with peers: what it calls right is what this tool says, and what its pack and the peers ask is one."""

import csv
from math import inf
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from benchmarks.peers import correct, peers, polars, seconds, work
from checker.cli.main import commands

HERE = peers.HERE
SHIPPED = peers.ROOT / "rules" / "streamlined-connectivity" / "pack.yaml"


def test_this_tool_answers_every_trap_as_expected(tmp_path: Path) -> None:
    findings = tmp_path / "findings.csv"
    words = ["check", HERE / "traps.csv", "--pack", HERE / "pack", "--as-of", "2026-11-23", "--all-outcomes"]
    ran = CliRunner().invoke(commands, [*map(str, words), "-o", f"findings:{findings}"])
    assert ran.exit_code == 1, ran.output
    with findings.open(encoding="utf-8", newline="") as file:
        said = {
            (row["device_name"].partition(".")[0], row["rule_id"]): row["outcome"].replace("NOT_APPLICABLE", "")
            for row in csv.DictReader(file)
        }
    assert said == correct.expected()


@pytest.mark.parametrize("plain", [False, True])
def test_polars_by_hand_is_right_and_as_first_written_is_not(plain: bool) -> None:
    counts = polars.judge(str(HERE / "traps.csv"), plain)
    right = {rule.id: dict.fromkeys(work.COUNTED, 0) for rule in work.RULES}
    for (_, rule), outcome in correct.expected().items():
        if outcome:
            right[rule][outcome] += 1
    assert (counts == right) is not plain


def test_every_outcome_of_every_prerequisite_is_in_the_traps() -> None:
    assert {(rule, outcome) for (_, rule), outcome in correct.expected().items() if outcome} == {
        (rule.id, outcome) for rule in work.RULES for outcome in work.COUNTED
    }


def test_peers_ask_what_the_pack_asks_and_the_pack_what_the_shipped_one_asks() -> None:
    ours = parameters(HERE / "pack" / "pack.yaml")
    shipped = parameters(SHIPPED)
    shipped |= {"macos_min": shipped["macos_agent_min"], "linux_min": shipped["linux_agent_min"]}
    asked = {rule.value for rule in work.RULES if rule.test == "version"}
    minimums = {name: value for name, value in ours.items() if name.endswith("_min")}
    assert set(minimums.values()) == asked
    assert minimums == {name: shipped[name] for name in minimums}
    assert ours["supported_builds"] == shipped["supported_builds"] == list(map(int, work.SUPPORTED))
    updates = {int(build): revision for build, revision in work.UPDATES.items()}
    assert dict(ours["windows_update"]) == updates
    assert updates.items() <= {build: revision for build, revision, _ in shipped["windows_update"]}.items()


def test_an_answer_that_differs_is_shown_and_an_error_where_none_is_wanted_is_not() -> None:
    said: dict[str, Any] = {device: {} for device, _ in correct.expected()}
    for (device, rule), outcome in correct.expected().items():
        said[device][rule] = {outcome: 1} if outcome else {work.ERROR: 1}
    assert not correct.compared(said).misses
    said["all-well"]["sc.sense-min"] = {work.FAIL: 1}
    said["too-old"] = {"error": "it broke"}
    answers = correct.compared(said)
    assert answers.wrong == {("all-well", "sc.sense-min"): "FAIL"}
    assert len(answers.none) == 8
    assert answers.message == "it broke"


@pytest.mark.parametrize("peer", [*peers.PEERS, peers.CHECKOV], ids=lambda peer: peer.module)
def test_versions_are_pinned(peer: peers.Peer) -> None:
    for line in (HERE / f"{peer.module}.txt").read_text(encoding="utf-8").splitlines():
        assert "==" in line


def test_what_would_take_too_long_is_foreseen_without_counting_start_up() -> None:
    assert seconds.foreseen([(1_000, 4.0)], 1_000_000) == 0.0
    assert seconds.foreseen([(1_000, 4.0), (101_000, 5.0)], 1_001_000) == 14.0
    assert seconds.foreseen([(1_000, 4.0), (100_000, inf)], 1_000_000) == inf


def parameters(path: Path) -> dict[str, Any]:
    """Return the values of a pack's parameters in its first profile; of a table its rows."""
    found = yaml.safe_load(path.read_text(encoding="utf-8"))["parameters"]
    stated = {name: of.get("all") or of.get("2023-09", {"value": None}) for name, of in found.items()}
    return {name: one["table"]["rows"] if "table" in one else one["value"] for name, one in stated.items()}
