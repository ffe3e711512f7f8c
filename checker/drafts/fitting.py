"""Holds a drafted mapping against the values of its file: how many do not fit, without showing any.

The file is read by the draft as it would be read later; what the catalogue cannot read of a fact is counted.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from checker.errors import CheckerError
from checker.facts.catalogue import catalogue
from checker.facts.values import read_value
from checker.inventory.mapping import ProductMapping
from checker.inventory.own_mappings import OwnMapping, all_mappings, read_own_mappings
from checker.inventory.read import ReadOptions, read_inventory
from checker.model.fact import FactSpec
from checker.model.outcome import Missing
from checker.model.record import FileRecords

FULL_BUILD: Final = re.compile(r"(?:(?:10\.0|6\.\d)\.)?\d{4,5}\.\d+")  # 22631.4460 and 10.0.22631.4460
BUILD_OF_IT: Final = r"^(?:(?:10\.0|6\.\d)\.)?(\d{4,5})(?:\.\d+)?$"
REVISION_OF_IT: Final = r"^(?:10\.0\.)?\d{5}\.([1-9]\d*)$"
_FORMS: Final = {
    "version": "a version, numbers with dots between them",
    "number": "a number",
    "flag": "yes or no",
    "date": "a date",
    "time": "a time",
}


@dataclass(slots=True)
class Fitting:
    """How the values of a file fit a draft: rows, and what of them does not."""

    rows: int = 0
    undated: int = 0
    keyless: dict[str, int] = field(default_factory=dict)  # key -> rows without one that can be used
    stated: Counter[str] = field(default_factory=Counter)  # fact -> rows that say something of it
    unread: Counter[str] = field(default_factory=Counter)  # fact -> rows that say what is none of its values
    full_builds: int = 0  # rows whose build is one with its revision


def fitting(path: str, draft: str, formats: Mapping[str, ProductMapping]) -> Fitting | None:
    """Return how the values of a file fit a drafted mapping; None where the file cannot be read by it yet."""
    try:
        with TemporaryDirectory(prefix="mde-readiness-") as folder:
            file = Path(folder) / "draft.yaml"
            file.write_text(draft, encoding="utf-8")
            own = read_own_mappings([(file, "draft.yaml")])
        (mine,) = (each.product for each in own)
        options = ReadOptions(
            read_as={path: mine.id}, bad_rows="skip", formats={**formats, **_only(own)}, wanted=frozenset(mine.facts)
        )
        return _counted(read_inventory([path], options))
    except CheckerError:
        return None


def _only(own: tuple[OwnMapping, ...]) -> dict[str, ProductMapping]:
    return {name: product for name, product in all_mappings(own).items() if name in {each.product.id for each in own}}


def _counted(read: list[FileRecords]) -> Fitting:
    found = Fitting()
    specs = catalogue()
    for item in read:
        for frame in item.frames:
            found.rows += frame.height
            found.undated += frame["observed"].null_count()
            for key in ("mde_id", "entra_id", "name"):
                if key in item.file.keys:
                    found.keyless[key] = found.keyless.get(key, 0) + frame[key].null_count()
            for fact in item.file.columns:
                for text, count in frame[fact].drop_nulls().value_counts().iter_rows():
                    if text:
                        _count(found, specs[fact], text, count)
    return found


def _count(found: Fitting, spec: FactSpec, text: str, count: int) -> None:
    found.stated[spec.name] += count
    full = spec.name == "os.build" and FULL_BUILD.fullmatch(text.strip()) is not None
    found.full_builds += count if full else 0
    if full or read_value(text, spec) is Missing.UNREADABLE:  # 22631.446 is a number, but no build
        found.unread[spec.name] += count


def misfit(fact: str, found: Fitting) -> str:
    """Return in words how many values are none of a fact, and what they should be; empty if all are."""
    unread = found.unread[fact]
    if not unread:
        return ""
    spec = catalogue()[fact]
    wanted = f"one of {', '.join(spec.words)}" if spec.words else _FORMS.get(spec.type, f"a {spec.type}")
    how = "words: {…} says what its words mean" if spec.words or spec.type == "flag" else "pattern: '…(…)…' cuts it out"
    if spec.type in ("date", "time"):
        how = "--date-order dmy or mdy tells day from month"
    return f"{unread:,} of {found.stated[fact]:,} values are not {wanted}; {how}"
