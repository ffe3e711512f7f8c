"""The JSON Schemas accept every YAML file that ships, and refuse what the loader refuses."""

from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from checker.packs.schemas import schemas
from tools.make_docs import ROOT


def kind_of(path: Path) -> str:
    if path.name.endswith(".cases.yaml"):
        return "cases"
    heads = {f"{kind}.yaml": kind for kind in ("pack", "routes", "controls", "attestations")}
    return heads.get(path.name, "rules")


class AsText(yaml.SafeLoader):
    """Reads dates as texts, as the project's own loader does."""


AsText.yaml_implicit_resolvers = {
    key: [(tag, regex) for tag, regex in pairs if tag != "tag:yaml.org,2002:timestamp"]
    for key, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def problems(kind: str, value: object) -> list[str]:
    validator = jsonschema.Draft202012Validator(schemas()[kind])
    return [f"{list(error.absolute_path)}: {error.message[:200]}" for error in validator.iter_errors(value)]


@pytest.mark.parametrize(
    "path",
    sorted(
        [
            *ROOT.glob("rules/*/*.yaml"),
            *ROOT.glob("fixtures/packs/valid/*/*.yaml"),
            *ROOT.glob("fixtures/fleets/*/attestations.yaml"),
        ]
    ),
    ids=lambda path: f"{path.parent.name}/{path.name}",
)
def test_shipped_files_are_valid(path: Path) -> None:
    value = yaml.load(path.read_text(encoding="utf-8"), AsText)  # noqa: S506 - a safe loader
    assert problems(kind_of(path), value) == []


@pytest.mark.parametrize("kind", sorted(schemas()))
def test_schemas_are_schemas(kind: str) -> None:
    jsonschema.Draft202012Validator.check_schema(schemas()[kind])


GOOD_RULE: dict[str, Any] = {
    "id": "x.y",
    "title": "T",
    "phase": "advice",
    "severity": "info",
    "about": "device",
    "require": {"os.family": "windows"},
    "message": "M.",
    "action": "a",
    "remediation": "R.",
    "sources": ["s"],
}


@pytest.mark.parametrize(
    "change",
    [
        {"severity": "fatal"},
        {"require": {"os.famly": "windows"}},
        {"require": {"os.build": {"contains": "1"}}},
        {"message": "no period"},
        {"id": "Not An Id"},
        {"extra": 1},
        {"require": {}},
    ],
    ids=str,
)
def test_wrong_rules_are_refused(change: dict[str, Any]) -> None:
    assert problems("rules", [GOOD_RULE]) == []
    assert problems("rules", [GOOD_RULE | change]) != []


GOOD_ROUTES: dict[str, Any] = {
    "routes": [{"id": "go", "title": "Go", "steps": ["restart"]}],
    "steps": [{"id": "restart", "title": "Restart", "does": "Restart it.", "sources": ["s"]}],
    "tools": [{"id": "jamf", "title": "Jamf Pro", "most_devices": 10, "sources": ["s"]}],
}


@pytest.mark.parametrize(
    "change",
    [
        {"routes": []},
        {"routes": [{"id": "Go on", "title": "Go"}]},
        {"routes": [{"id": "go", "title": "Go", "blockers": []}]},
        {"steps": [{"id": "restart", "title": "Restart", "does": [], "sources": ["s"]}]},
        {"steps": [{"id": "restart", "title": "Restart", "does": "Restart it."}]},
        {"tools": [{"id": "unstated", "title": "None", "sources": ["s"]}]},
        {"tools": [{"id": "jamf", "title": "Jamf Pro", "most_devices": 0, "sources": ["s"]}]},
        {"whole_fleet": "always"},
        {"ways": []},
    ],
    ids=str,
)
def test_wrong_routes_are_refused(change: dict[str, Any]) -> None:
    assert problems("routes", GOOD_ROUTES) == []
    assert problems("routes", GOOD_ROUTES | change) != []
