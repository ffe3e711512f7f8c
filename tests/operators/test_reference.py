"""The manual shows every operator, with an example that works, and docs/operators.md is what the code says."""

import re
from inspect import getdoc
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from checker.facts.catalogue import catalogue
from checker.operators import OPERATORS, Operator
from checker.operators.reference import operators_page
from checker.yaml_nodes import Problems, parse, plain

PAGE = Path(__file__).parents[2] / "docs" / "operators.md"
NAMES = sorted(OPERATORS)


def examples(operator: Operator) -> list[tuple[str, Any]]:
    """Return fact and test of every YAML block in an operator's docstring."""
    found: list[tuple[str, Any]] = []
    for block in re.findall(r"```yaml\n(.*?)```", getdoc(operator.test) or "", re.DOTALL):
        node = parse(block, "example", Problems())
        assert node is not None
        found += plain(node).items()
    return found


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == operators_page()


@pytest.mark.parametrize("name", NAMES)
def test_an_operator_is_named_after_its_function(name: str) -> None:
    assert OPERATORS[name].name == name
    assert OPERATORS[name].test.__name__ == name


@pytest.mark.parametrize("name", NAMES)
def test_the_example_of_the_manual_can_be_used(name: str) -> None:
    shown = [(fact, raw) for fact, test in examples(OPERATORS[name]) for key, raw in test.items() if key == name]

    assert shown
    for fact, raw in shown:
        assert catalogue()[fact].type in OPERATORS[name].types
        Draft202012Validator(OPERATORS[name].schema).validate(as_yaml_types(raw))
        if not (isinstance(raw, dict) and raw.keys() == {"fact"}):
            OPERATORS[name].argument(raw, catalogue()[fact])


@pytest.mark.parametrize("name", NAMES)
def test_the_schema_is_one_and_refuses_what_no_operator_takes(name: str) -> None:
    schema = OPERATORS[name].schema
    Draft202012Validator.check_schema(schema)

    validator = Draft202012Validator(schema)
    refused: list[object] = [None, [], {}, {"no": "key"}]
    assert not any(validator.is_valid(wrong) for wrong in refused)
    assert validator.is_valid({"fact": "os.build"}) is OPERATORS[name].dynamic


def as_yaml_types(raw: Any) -> Any:  # noqa: ANN401 - any YAML
    """Return texts as an editor's YAML sees them: numbers and booleans typed."""
    if isinstance(raw, dict):
        return {key: as_yaml_types(value) for key, value in raw.items()}
    if isinstance(raw, list):
        return [as_yaml_types(value) for value in raw]
    if raw in ("true", "false"):
        return raw == "true"
    return int(raw) if raw.isdigit() else raw
