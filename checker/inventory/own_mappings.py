"""A user's own mappings: files in the language of those that ship, for exports that nobody else has."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from checker.inventory.mapping import ProductMapping
from checker.inventory.mapping_files import FOLDER, mappings, read_product, word_tables
from checker.yaml_nodes import Problems, load_hashed, mapping

ID: Final = "^[a-z0-9]+(-[a-z0-9]+)*$"


@dataclass(frozen=True, slots=True)
class OwnMapping:
    """A mapping of the user's, with the SHA-256 of the file that it was read from."""

    file: str
    sha256: str
    product: ProductMapping


def read_own_mappings(files: Sequence[tuple[Path, str]]) -> tuple[OwnMapping, ...]:
    """Return the mappings of files, each given as the place where it lies and the name that messages show.

    They may use the tables of words that ship with the package.

    Raises:
        RuleError: with every problem of every file, be it that an id is one of the package's or of another file.
    """
    problems = Problems()
    tables = word_tables(FOLDER, problems)
    taken = dict.fromkeys(mappings(), "a format that ships with mde-readiness")
    found = []
    for path, shown in files:
        content, sha256 = load_hashed(path, shown, problems)
        node = mapping(content, "a mapping", problems)
        product = read_product(node, tables, problems) if node else None
        if not node or not product:
            continue
        place = node.entries["id"].place
        if not re.fullmatch(ID, product.id):
            problems.add(place, f"'{product.id}' is no id", "lower-case words with hyphens between them: our-cmdb")
        if product.id in taken:
            problems.add(place, f"'{product.id}' is the id of {taken[product.id]}", "choose another")
        taken.setdefault(product.id, shown)
        found.append(OwnMapping(shown, sha256, product))
    problems.raise_if_any()
    return tuple(found)


def all_mappings(own: Sequence[OwnMapping]) -> Mapping[str, ProductMapping]:
    """Return the mappings that ship with the package, and these, by id."""
    return {**mappings(), **{each.product.id: each.product for each in own}} if own else mappings()
