"""The truth tables of fixtures/semantics hold: texts and arguments are read, and tested with one another."""

from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from checker.facts.catalogue import catalogue
from checker.facts.values import Value, read_value
from checker.model.fact import KnownNone
from checker.model.outcome import Missing
from checker.model.truth import Truth, all_of
from checker.operators import OPERATORS, ByTable, Operator
from checker.yaml_nodes import Problems, load, plain

FOLDER = Path(__file__).parents[2] / "fixtures" / "semantics"
AS_OF = date(2026, 11, 23)
Case = dict[str, Any]


def cases() -> list[Case]:
    problems = Problems()
    found: list[Case] = []
    for path in sorted(FOLDER.glob("*.yaml")):
        node = load(path, path.name, problems)
        problems.raise_if_any()
        assert node is not None
        found += plain(node)
    return found


def truth_of(case: Case) -> Truth:
    value = read_value(case["value"] or "", catalogue()[case["fact"]])
    if isinstance(value, Missing):
        return Truth.UNKNOWN
    return all_of(answer(value, OPERATORS[name], raw, case) for name, raw in case["test"].items())


def answer(value: object, operator: Operator, raw: object, case: Case) -> Truth:
    as_of = date.fromisoformat(case.get("as_of", AS_OF.isoformat()))
    if isinstance(raw, dict) and raw.keys() == {"fact"}:
        other = fact_value(case, raw["fact"])
        return Truth.UNKNOWN if isinstance(other, Missing | KnownNone) else operator.test(value, other)
    argument = operator.argument(as_of.isoformat() if raw == "$as_of" else raw, catalogue()[case["fact"]])
    if isinstance(argument, ByTable):
        argument = cell(case, argument)
    return operator.test(value, (argument, as_of) if operator.bound_to_day else argument)


def fact_value(case: Case, name: str) -> Value | Missing:
    texts = case.get("facts") or {}
    return read_value(texts[name] or "", catalogue()[name]) if name in texts else Missing.NOT_EXPORTED


def cell(case: Case, by: ByTable) -> Value | Missing | None:
    table = case["tables"][by.table]
    wanted = [fact_value(case, name) for name in by.key]
    for row in table["rows"]:
        key = [read_value(text, catalogue()[name]) for text, name in zip(row, by.key, strict=False)]
        if key == wanted:
            return read_value(row[len(key) + table["columns"].index(by.column)], catalogue()[case["fact"]])
    return None


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case['fact']} {case['value']} {case['test']}")
def test_the_table_holds(case: Case) -> None:
    assert truth_of(case) is Truth[case["truth"]]


def test_every_operator_is_shown_to_give_all_three_truths() -> None:
    shown = defaultdict(set)
    for case in cases():
        for name in case["test"]:
            shown[name].add(case["truth"])

    assert dict(shown) == {name: {"TRUE", "FALSE", "UNKNOWN"} for name in OPERATORS}
