"""The schema that editors get lets pass what the reader of mappings lets pass, and tells what is wrong as it does."""

from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from checker.errors import RuleError
from checker.inventory.mapping_files import FOLDER, WORD_TABLES
from checker.inventory.mapping_schema import mapping_schema
from checker.inventory.own_mappings import read_own_mappings

OWN = Path("own-mapping/mapping.yaml")
WRONG = {
    "an unknown key": ("title:", "titel:"),
    "no file format": ("reads: [csv]", "reads: [csvv]"),
    "no key": ("  name: Hostname\n", "  {}\n"),
    "another key": ("  name: Hostname", "  hostname: Hostname"),
    "no column": ("from: SENSE", "form: SENSE"),
    "no fact": ("agent.version:", "agent.verison:"),
    "a derived fact": ("agent.version:", "agent.built:"),
    "no set": ("set: closed, ", ""),
    "a set that is none": ("{from: SENSE", "{set: open, from: SENSE"),
    "no table": ("words: flag", "words: flags"),
    "no shape": ("shape: comma", "shape: commas"),
    "no signature": ("  all:\n    - [Hostname]\n    - [SENSE]\n    - [Asset no.]\n", "  none: [Other]\n"),
    "no flag": ("founds: true", "founds: perhaps"),
}


def valid(text: str) -> bool:
    return jsonschema.Draft202012Validator(mapping_schema()).is_valid(yaml.safe_load(text))


def readable(path: Path) -> bool:
    try:
        read_own_mappings([(path, path.name)])
    except RuleError:
        return False
    return True


def test_it_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(mapping_schema())


@pytest.mark.parametrize("path", [path for path in sorted(FOLDER.glob("*.yaml")) if path.name != WORD_TABLES])
def test_every_mapping_that_ships_is_valid(path: Path) -> None:
    told: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    errors = jsonschema.Draft202012Validator(mapping_schema()).iter_errors(told)
    nameless = told.get("place_names") and not told["keys"]  # which only a format that ships may be
    expected = ["$.keys: {} should be non-empty"] if nameless else []
    assert [f"{error.json_path}: {error.message}" for error in errors] == expected


def test_the_worked_example_is_valid() -> None:
    assert valid(OWN.read_text(encoding="utf-8"))
    assert readable(OWN)


@pytest.mark.parametrize("wrong", WRONG)
def test_what_the_schema_refuses_the_reader_refuses(wrong: str, tmp_path: Path) -> None:
    old, new = WRONG[wrong]
    text = OWN.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "mapping.yaml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    assert not valid(text.replace(old, new))
    assert not readable(path)
