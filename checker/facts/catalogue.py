"""Loads the catalogue of facts, the derived facts and the scope list that ship with the package."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import get_args

from checker.model.fact import FactSpec, FactType, Merge
from checker.yaml_nodes import Entries, Problems, check_keys, choice_of, flag_of, load, mapping, text_of, texts_of

FOLDER = Path(__file__).parent
OPTIONAL = (
    *("ages", "merge", "blank", "words", "default", "reading", "view_of", "counts_with", "unit", "identifies"),
    "carried_by",
)
IDENTIFIES = ("name", "id", "group", "tag", "address", "application", "text", "nobody")


@cache
def catalogue() -> Mapping[str, FactSpec]:
    """Return every fact by name, the derived ones last."""
    problems = Problems()
    specs: dict[str, FactSpec] = {}
    facts = mapping(load(FOLDER / "catalogue.yaml", "facts/catalogue.yaml", problems), "the catalogue", problems)
    for name, node in (facts.entries if facts else {}).items():
        entry = mapping(node, f"fact '{name}'", problems)
        if entry and check_keys(entry, f"fact '{name}'", ("type", "about", "changes", "meaning"), OPTIONAL, problems):
            specs[name] = _spec(name, entry, problems)
            if specs[name].type in ("text", "set", "attempts") and not specs[name].identifies:
                problems.add(entry.place, f"fact '{name}' must say whom its texts name", f"identifies: {IDENTIFIES}")
    for name, entry in derived_entries(problems).items():
        specs[name] = FactSpec(
            name=name,
            type="word",
            about=text_of(entry, "about", problems),
            meaning=text_of(entry, "meaning", problems),
            words=texts_of(entry, "words", problems),
            derived=True,
        )
    problems.raise_if_any()
    return specs


def derived_entries(problems: Problems) -> dict[str, Entries]:
    """Return the derived facts as they stand in the YAML; their conditions are built with the pack's."""
    node = mapping(load(FOLDER / "derived.yaml", "facts/derived.yaml", problems), "the derived facts", problems)
    found = {}
    for name, value in (node.entries if node else {}).items():
        entry = mapping(value, f"derived fact '{name}'", problems)
        if entry and check_keys(entry, f"'{name}'", ("meaning", "words", "about", "entries"), (), problems):
            found[name] = entry
    return found


def _spec(name: str, entry: Entries, problems: Problems) -> FactSpec:
    return FactSpec(
        name=name,
        type=choice_of(entry, "type", get_args(FactType), problems),  # type: ignore[arg-type]
        about=choice_of(entry, "about", ("device", "site", "plan", "tenant", "fleet"), problems),
        meaning=text_of(entry, "meaning", problems),
        changes=flag_of(entry, "changes", problems),
        ages=flag_of(entry, "ages", problems) if "ages" in entry.entries else True,
        merge=choice_of(entry, "merge", get_args(Merge), problems) if "merge" in entry.entries else "latest-non-empty",  # type: ignore[arg-type]
        blank_is_none=text_of(entry, "blank", problems) == "none",
        words=texts_of(entry, "words", problems),
        default=text_of(entry, "default", problems) or None,
        reading=text_of(entry, "reading", problems),
        view_of=text_of(entry, "view_of", problems),
        counts_with=text_of(entry, "counts_with", problems),
        unit=text_of(entry, "unit", problems),
        identifies=choice_of(entry, "identifies", IDENTIFIES, problems) if "identifies" in entry.entries else "",
        carried_by=text_of(entry, "carried_by", problems),
    )
