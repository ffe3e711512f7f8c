"""Tables of defects: each row edits a valid example of fixtures/governance, and says what its reader then says.

A row has ``name``, ``old`` and ``new`` (the first place where ``old`` stands becomes ``new``), ``says`` (every problem,
word for word), and ``schema: accepts`` where no JSON Schema could tell.
"""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from checker.errors import RuleError
from checker.packs.build import read_pack_files
from checker.packs.library import find_pack
from checker.packs.schemas import schemas
from tests.packs.test_schemas import AsText

HERE = Path(__file__).parent
EXAMPLES = HERE.parents[1] / "fixtures/governance"
PACK = read_pack_files(*find_pack("streamlined-connectivity"))
AS_OF = date(2026, 11, 23)
Row = dict[str, str]


class AsEditors(AsText):
    """Reads ``off`` and ``no`` as texts, as YAML 1.2, and so editors, do."""


AsEditors.yaml_implicit_resolvers = {
    key: [(tag, re.compile("^(?:true|false)$") if tag == "tag:yaml.org,2002:bool" else regex) for tag, regex in pairs]
    for key, pairs in AsText.yaml_implicit_resolvers.items()
}


def rows(kind: str) -> list[Row]:
    found: list[Row] = yaml.safe_load((HERE / f"{kind}_defects.yaml").read_text(encoding="utf-8"))
    return found


def edited(kind: str, row: Row) -> str:
    text = (EXAMPLES / f"{kind}.yaml").read_text(encoding="utf-8")
    assert row["old"] in text, row["name"]
    return text.replace(row["old"], row["new"], 1)


def said(read: Callable[[Path, str], object], text: str, tmp_path: Path) -> str:
    """Return every problem of a file with this text, which is called ``file``."""
    path = tmp_path / "file.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RuleError) as raised:
        read(path, "file")
    return str(raised.value)


def refused(kind: str, text: str) -> bool:
    """Return True if the JSON Schema refuses the text."""
    try:
        value: Any = yaml.load(text, AsEditors)  # noqa: S506 - a safe loader
    except yaml.YAMLError:
        return True
    return not jsonschema.Draft202012Validator(schemas()[kind]).is_valid(value)
