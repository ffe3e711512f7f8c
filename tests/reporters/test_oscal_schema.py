"""OSCAL of every kind of result is valid under NIST's own JSON schema, which ``.ci/assessors.sh`` fetches."""

import json
import os
from collections.abc import Callable
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from checker.model.result import Result
from checker.reporters.assessors import oscal

from .fleets import SENSE, Fleet
from .results import build

SCHEMA = Path(__file__).parents[2] / "build" / "validators" / "oscal_complete_schema.json"


@cache
def validator() -> Any:  # noqa: ANN401 (the library's own type)
    if not SCHEMA.is_file():
        message = "NIST's schema of OSCAL is not here: run .ci/assessors.sh"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(message)
    return jsonschema_rs.validator_for(json.loads(SCHEMA.read_bytes()))


def problems(result: Result) -> list[str]:
    stream = BytesIO()
    oscal.write(result, stream)
    return [
        f"{error.instance_path}: {error.message}" for error in validator().iter_errors(json.loads(stream.getvalue()))
    ]


@pytest.mark.parametrize("name", ["small", "large", "hostile", "waved", "gated", "simulated"])
def test_every_kind_of_result_is_valid(name: str, request: pytest.FixtureRequest) -> None:
    validator()
    assert problems(request.getfixturevalue(name)) == []


@pytest.mark.parametrize("name", [" ", "\t\n", "", "\u00a0x\u3000", "\u2028", "=1+1", "x" * 5_000])
def test_names_that_oscal_would_refuse(name: str, tmp_path: Path) -> None:
    assert problems(build(tmp_path, Fleet({name or "id": name}, {SENSE: {name or "id": "FAIL"}}))) == []


@pytest.mark.parametrize("field", ["title", "metadata", "results"])
def test_the_validator_can_fail(field: str, small: Result, monkeypatch: pytest.MonkeyPatch) -> None:
    told: Callable[[Result], dict[str, Any]] = oscal.document
    monkeypatch.setattr(oscal, "document", lambda result: {**told(result), field: " "})
    assert problems(small)
