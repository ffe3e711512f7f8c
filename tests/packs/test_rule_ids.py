"""The shipped packs hold every rule that they must, rated as they must be, and nothing else; they lint clean."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from checker.lint import lint_pack, run_cases
from checker.model.outcome import Outcome
from checker.packs.library import find_pack, shipped_packs

EXPECTED: dict[str, dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "rule_ids.yaml").read_text(encoding="utf-8")
)


def test_the_shipped_packs_are_known() -> None:
    assert set(shipped_packs()) == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_each_rule_is_there_and_rated_as_it_must_be(name: str) -> None:
    packs = lint_pack(*find_pack(name))
    first = packs[0].profile.id
    found: dict[str, dict[str, Any]] = {}
    for pack in packs:
        for note in pack.notes:
            found[note.id] = {"note": True}
        for rule in pack.rules:
            rated = {"phase": rule.phase.value, "severity": rule.severity.value}
            known = found.setdefault(rule.id, rated if pack.profile.id == first else {**rated, "profiles": []})
            if "profiles" in known:
                known["profiles"].append(pack.profile.id)
            assert known["phase"] == rated["phase"], rule.id
            if known["severity"] != rated["severity"]:
                known[pack.profile.id] = rated["severity"]

    assert found == EXPECTED[name]


@pytest.mark.parametrize("name", EXPECTED)
def test_every_case_holds_and_every_outcome_has_one(name: str) -> None:
    results = run_cases(*find_pack(name))

    assert [f"{item.case.place}: {item.case.name}" for item in results if item.got is not item.case.expect] == []
    assert {item.case.expect for item in results} == set(Outcome)
