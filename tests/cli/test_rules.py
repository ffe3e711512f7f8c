"""``rules list · show · lint · test · schema`` as a rule author sees them."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from checker.packs.library import packs_folder
from tests.cli.conftest import Ran

Run = Callable[..., Ran]

THEME = """\
- id: x.agent
  title: The agent is new
  phase: prerequisite
  severity: blocker
  about: device
  applies_to: {os.family: macos}
  require: {agent.version: {at_least: $agent_min}}
  message: Agent {agent.version} is older than {$agent_min}.
  action: update-agent
  remediation: Update it.
  sources: [page]
"""
PACK = """\
id: x
title: X
version: 1.0.0
profiles: {"2023": {title: First, date: 2023-01-01, read: 2026-11-22}}
sources: {page: {title: Page, url: "https://learn.microsoft.com/x", date: 2023-01-01, read: 2026-11-22}}
parameters: {agent_min: {meaning: Oldest agent, all: {value: 101.23052.0004, source: page}}}
"""
ROUTES = "routes: [{id: go, title: Go}]\n"
CASES = """\
x.agent:
  - {name: new enough, facts: {os.family: macos, agent.version: 101.23052.0004}, expect: PASS}
  - {name: too old, facts: {os.family: macos, agent.version: 101.23052.0003}, expect: FAIL}
  - {name: not exported, facts: {os.family: macos}, expect: UNKNOWN}
  - {name: another system, facts: {os.family: windows}, expect: NOT_APPLICABLE}
"""


@pytest.fixture
def pack(tmp_path: Path) -> Callable[..., Path]:
    def write(theme: str = THEME, cases: str = CASES, pack: str = PACK) -> Path:
        (tmp_path / "agents.yaml").write_text(theme)
        (tmp_path / "agents.cases.yaml").write_text(cases)
        (tmp_path / "pack.yaml").write_text(pack)
        (tmp_path / "routes.yaml").write_text(ROUTES)
        return tmp_path

    return write


def test_list_shows_every_rule_and_note(run: Run) -> None:
    ran = run("rules", "list", "--format", "json")
    ids = {row["id"] for row in json.loads(ran.out)}
    assert {"sc.sense-min", "pm.verified", "pm.connectivity-blank"} <= ids
    assert "tenant" in run("rules", "list").out


def test_show_gives_condition_thresholds_per_profile_and_sources(run: Run) -> None:
    ran = run("rules", "show", "sc.macos-agent-min")
    assert ran.code == 0
    for text in ("101.23052.0004", "101.24022", "https://learn.microsoft.com/", "os.family is macos"):
        assert text in ran.out


def test_show_prints_the_rows_of_a_table(run: Run) -> None:
    assert "KB5020953" in run("rules", "show", "sc.windows-update").out


def test_show_of_an_unknown_rule_hints(run: Run) -> None:
    ran = run("rules", "show", "sc.sense-mim")
    assert (ran.code, "did you mean 'sc.sense-min'?" in ran.err) == (2, True)


def test_a_good_pack_lints_and_tests(run: Run, pack: Callable[..., Path]) -> None:
    folder = pack()
    assert run("rules", "lint", folder).code == 0
    ran = run("rules", "test", folder)
    assert (ran.code, "4 of 4 cases as expected" in ran.out) == (0, True)


def test_a_rule_without_a_case_for_an_outcome_is_an_error(run: Run, pack: Callable[..., Path]) -> None:
    cases = "\n".join(line for line in CASES.splitlines() if "UNKNOWN" not in line)
    ran = run("rules", "lint", pack(cases=cases))
    assert ran.code == 2
    assert "agents.yaml:1:7: 'x.agent' has no case for UNKNOWN" in ran.err


def test_a_case_that_differs_is_shown_and_exit_1(run: Run, pack: Callable[..., Path]) -> None:
    ran = run("rules", "test", pack(cases=CASES.replace("expect: FAIL", "expect: PASS", 1)))
    assert ran.code == 2, "a missing FAIL case is found first"
    wrong = CASES + "  - {name: wrong, facts: {os.family: macos, agent.version: 1.0}, expect: PASS}\n"
    ran = run("rules", "test", pack(cases=wrong))
    assert ran.code == 1
    assert "expected PASS, got FAIL" in ran.out


def test_all_problems_of_a_pack_come_at_once_with_their_places(run: Run, pack: Callable[..., Path]) -> None:
    theme = THEME.replace("os.family", "os.famly").replace("at_least", "atleast").replace("[page]", "[pag]")
    ran = run("rules", "lint", pack(theme=theme))
    assert ran.code == 2
    for text in (
        "agents.yaml:6:16: unknown fact 'os.famly'",
        "did you mean 'os.family'?",
        "agents.yaml:7:29: there is no operator 'atleast'",
        "agents.yaml:11:13: there is no source 'pag'",
    ):
        assert text in ran.err, ran.err


@pytest.mark.parametrize("kind", ["rules", "pack", "cases", "attestations", "report"])
def test_schema_prints_json_schema(run: Run, kind: str) -> None:
    assert json.loads(run("rules", "schema", kind).out)["$schema"].startswith("https://json-schema.org/")


def test_shipped_packs_lint_and_test(run: Run) -> None:
    folders = sorted(packs_folder().iterdir())
    assert run("rules", "lint", *folders).code == 0
    assert run("rules", "test", *folders).code == 0
