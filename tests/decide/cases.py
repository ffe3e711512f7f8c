"""Reads the tables of cases beside the tests."""

from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent


def cases(name: str) -> list[dict[str, Any]]:
    """Return the cases of a file, checked to be told apart."""
    found: list[dict[str, Any]] = yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))
    said = [case["says"] for case in found]
    assert len(set(said)) == len(said)
    return found
