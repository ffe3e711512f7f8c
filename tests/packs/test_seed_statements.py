"""Every checkable statement of the pages that the packs rest on is covered: a row for each in seed_statements*.yaml."""

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from checker.model.rule import Pack, Step
from checker.packs.build import build_pack, read_pack_files
from checker.packs.cases import CASE_DAY
from checker.packs.library import DEFAULT_PACK, find_pack

FILES = sorted(Path(__file__).parent.glob("seed_statements*.yaml"))
TABLES = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in FILES]
KINDS = ("rules", "routes", "steps", "tools", "notes")
ROW_KEYS = {"says", "covered_by", "contains", "in_turn", "in_order", "profile"}


def rows_with(key: str) -> list[Any]:
    return [
        pytest.param(table["pack"], row, id=f"{table['pack']}: {row['says']}")
        for table in TABLES
        for row in table["statements"]
        if key in row
    ]


@cache
def pack_of(name: str, profile: str) -> Pack:
    folder, shown = find_pack(name)
    return build_pack(read_pack_files(folder, shown), profile, CASE_DAY)


def named(pack: Pack) -> dict[str, set[str]]:
    return {kind: {item.id for item in getattr(pack, kind)} for kind in KINDS}


def said(step: Step) -> str:
    """Return all that a step prints, in its order, each blank alike."""
    return " ".join(" ".join([*step.does, *step.commands, step.query, step.looks_like]).split())


def texts(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


@pytest.mark.parametrize(("name", "row"), rows_with("says"))
def test_what_covers_a_statement_exists(name: str, row: dict[str, Any]) -> None:
    known = named(pack_of(name, row.get("profile", "seed")))

    assert set(row) <= ROW_KEYS
    assert row["covered_by"]
    for kind, ids in row["covered_by"].items():
        assert set(ids) <= known[kind], kind


@pytest.mark.parametrize(("name", "row"), rows_with("contains"))
def test_the_step_says_it(name: str, row: dict[str, Any]) -> None:
    steps = {step.id: step for step in pack_of(name, row.get("profile", "seed")).steps}

    for step, wanted in row["contains"].items():
        lacking = [text for text in texts(wanted) if text not in said(steps[step])]
        assert lacking == [], f"{step} says: {said(steps[step])}"
        assert step in row["covered_by"]["steps"]


@pytest.mark.parametrize(("name", "row"), rows_with("in_turn"))
def test_the_step_says_it_in_this_order(name: str, row: dict[str, Any]) -> None:
    steps = {step.id: step for step in pack_of(name, row.get("profile", "seed")).steps}

    for step, wanted in row["in_turn"].items():
        places = [said(steps[step]).find(text) for text in wanted]
        assert -1 not in places
        assert places == sorted(places)


@pytest.mark.parametrize(("name", "row"), rows_with("in_order"))
def test_the_steps_follow_one_another(name: str, row: dict[str, Any]) -> None:
    routes = {route.id: route for route in pack_of(name, row.get("profile", "seed")).routes}

    for route, wanted in row["in_order"].items():
        assert [step for step in routes[route].steps if step in wanted] == wanted


# What of the streamlined pack no statement of its page asks for, and why it is there.
BEYOND_THE_PAGE = {
    "unsupported": "systems that the prerequisites page leaves out",
    "replace-operating-system": "their way out",
    "upgrade-os": "versions that never got an update which qualifies",
    "install-feature-update": "their way out",
    "export-again": "what is upgraded is judged anew",
    "apply-with-own-tool-macos": "the tool is not stated",
    "apply-with-own-tool-linux": "likewise",
    "choose-listed-tool-windows": "the page does not list the stated tool",
    "choose-listed-tool-vdi": "likewise",
    "choose-listed-tool-macos": "likewise",
    "choose-listed-tool-linux": "likewise",
    "restart-windows-onboarded-before": "the page is about onboarded devices; this one was one",
    "restart-linux-onboarded-before": "likewise",
}


def test_nothing_is_made_up() -> None:
    """Every route, tool and step of the streamlined pack answers to a statement, or is named above with its reason."""
    pack = pack_of(DEFAULT_PACK, "seed")
    rows = [row for table in TABLES if table["pack"] == DEFAULT_PACK for row in table["statements"]]
    for kind in ("routes", "tools", "steps"):
        answered = {item for row in rows for item in row["covered_by"].get(kind, ())}
        assert named(pack)[kind] - answered - set(BEYOND_THE_PAGE) == set(), kind
