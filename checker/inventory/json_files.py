"""Reads JSON: pages of an API, arrays, one object, or one object a line; nested objects become dotted columns."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

import polars as pl

from checker.errors import InputError, Problem
from checker.inventory.source import Source
from checker.inventory.table import Faults, Opened, RawTable

LISTS = ("value", "values", "results", "result", "data")  # under which the APIs put their records, folded for case
NEXT_LINKS = ("@odata.nextlink", "odata.nextlink", "nextlink")
WRAPPER = "properties"  # of a record in the streaming export, beside what names its table
WRAPPED_WITH = frozenset(("category", "operationname"))
BATCH = 20_000  # records in a table
SPACE = re.compile(r"[\s,]*")
DEEPEST = 20  # of nested objects; exports nest three deep

Row = tuple[int, dict[str, str]]  # line, and texts by dotted title


@dataclass(frozen=True, slots=True)
class Damage(Exception):
    """Where a document stops being JSON."""

    place: int
    reason: str


def open_json(source: Source, _known: frozenset[str], faults: Faults) -> Opened:
    """Read the first records for their titles; raise :class:`InputError` for a document that is cut off or holds none."""
    text = source.text()
    rows = _Document(text, faults).rows()
    first = list(islice(rows, BATCH))
    faults.raise_if_any()
    if not first:
        raise InputError(Problem(source.path, "holds no records", "export it again"))
    titles = dict.fromkeys(title for _, fields in first for title in fields)
    return Opened("json", tuple(titles), "JSON", lambda _wanted: _tables(chain(first, rows)))
