"""The devices of the page as one island of JSON, column by column, for the page's own table to read.

What repeats is written once and named by its number, so that 100,000 devices with their findings stay below 20 MB:

- ``id``, ``name``, ``row``, ``line``: a value for each device, in the order of the page;
- ``readiness``, ``wave``, ``os``, …: ``values`` in the order in which they sort, and ``codes``, one for each device;
- ``failed``, ``next_steps``, …: ``lists`` of numbers of ``words``, and ``codes``, one for each device;
- ``findings``: see :mod:`checker.reporters.html.findings`;
- ``aliases``: ``of``, only for the devices ``at`` these places; most devices have none;
- ``fleet``: findings about the tenant, the fleet, or everyone whom no input told of; ``rules`` and ``steps``: in words.

Names are exact here, hostile or not: the page's scripts make them visible (``hidden``) before they show them.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from checker.model.notes import RuleTally
from checker.model.outcome import Readiness
from checker.model.result import Result
from checker.reporters.html.codes import Codes, sorted_codes
from checker.reporters.html.findings import findings
from checker.reporters.wording import HIDDEN, MISSING_WORDS

LIMIT: Final = 100_000  # devices of one page: it still opens in less than three seconds
FIRST: Final = 50  # devices of the static table, and of each page of the live one

_WORST_FIRST: Final = tuple(Readiness[name] for name in ("NOT_READY", "UNDETERMINED"))
_ORDERED: Final = ("by", "route", "path", "verification", "os", "group", "file")
_LISTS: Final = ("failed", "unknown", "waived", "undetermined_by", "next_steps")
_PLAIN: Final = ("row", "line")
# Members of which the table without scripts shows the first values -> how the table of devices calls them.
_SHOWN: Final = {"id": "device_id", "name": "device_name"} | {
    name: name for name in ("os", "group", "readiness", "wave", "path", "verification", "failed", "unknown")
}


@dataclass(frozen=True, slots=True)
class Island:
    """The devices that a page carries, and how many it does not."""

    json: bytes  # ASCII, harmless between script tags: it holds no ``<``
    embedded: int
    left_out: int
    first: tuple[dict[str, Any], ...]  # the first FIRST devices, for a table without scripts


def island(result: Result, limit: int = LIMIT) -> Island:
    """Return the devices of a page: NOT_READY, then UNDETERMINED, then the others, each in id order, up to a limit.

    Of the table no more than one column of ``limit`` devices is in memory at once.
    """
    kept = _kept(result, limit)
    devices = _Devices(result, kept)
    written, first = [], {}
    for name, value in _members(result, devices, kept.height):
        written.append(_member(name, value))
        if name in _SHOWN:
            first[_SHOWN[name]] = _head(value)
    shown = tuple(dict(zip(first, cells, strict=True)) for cells in zip(*first.values(), strict=True))
    return Island(b"{" + b",".join(written) + b"}", kept.height, result.devices.rows - kept.height, shown)


def _head(value: Any) -> list[Any]:  # noqa: ANN401
    """Return what a member says of the first devices: the value, or how many words it lists."""
    if isinstance(value, list):
        return value[:FIRST]
    if "values" in value:
        return [value["values"][code] for code in value["codes"][:FIRST]]
    return [len(value["lists"][code]) for code in value["codes"][:FIRST]]


def _kept(result: Result, limit: int) -> pl.DataFrame:
    """Return where the devices of the page stand in the table (``at``), in the order of the page (``place``)."""
    rank = pl.col("readiness").replace_strict(
        {name.value: number for number, name in enumerate(_WORST_FIRST)},
        default=len(_WORST_FIRST),
        return_dtype=pl.UInt8,
    )
    return (
        result.devices.scan()
        .select(rank.alias("rank"))
        .with_row_index("at")
        .sort("rank", maintain_order=True)
        .head(limit)
        .select("at")
        .with_row_index("place")
        .collect()
    )


class _Devices:
    """The devices of the page, a column at a time."""

    def __init__(self, result: Result, kept: pl.DataFrame) -> None:
        self._table = result.devices.scan().with_row_index("at")
        self._kept = kept

    def column(self, name: str) -> pl.Series:
        """Return one column in the order of the page."""
        found = self._table.select("at", name).join(self._kept.lazy(), on="at").sort("place").collect()
        return found[name]


def _members(result: Result, devices: _Devices, rows: int) -> Iterator[tuple[str, Any]]:
    """Yield what the island holds; each is written before the next one is read."""
    words = Codes()
    yield "rows", rows
    yield "hidden", HIDDEN.pattern
    yield "missing", MISSING_WORDS
    yield "id", devices.column("device_id").to_list()
    yield "name", devices.column("device_name").to_list()
    yield "aliases", _aliases(devices.column("aliases"))
    yield "readiness", _coded(devices.column("readiness"), list(Readiness).index)
    waves = [wave.name for wave in result.summary.waves]
    yield (
        "wave",
        _coded(devices.column("wave"), lambda name: (name not in waves, name in waves and waves.index(name), name)),
    )
    for name in _ORDERED:
        yield name, _coded(devices.column(name), lambda text: (text.casefold(), text))
    for name in _LISTS:
        yield name, _lists(devices.column(name), words)
    for name in _PLAIN:
        yield name, devices.column(name).to_list()
    yield "steps", _used_steps(result, words)
    found = findings(result.findings, devices.column("device_id"), words)
    yield "findings", found.by_device
    yield "fleet", found.fleet
    yield "rules", {rule.id: _rule(rule) for rule in result.summary.rules}
    yield "words", words.things()


def _coded(column: pl.Series, key: Callable[[Any], Any]) -> dict[str, Any]:
    values, codes = sorted_codes(column, key)
    return {"values": values, "codes": codes.to_list()}


def _lists(column: pl.Series, words: Codes) -> dict[str, Any]:
    lists = Codes()
    codes = lists.column(column.to_frame(), [column.name])
    return {
        "lists": [[words.code(word) for word in words_of or ()] for (words_of,) in lists.things()],
        "codes": codes.to_list(),
    }


def _aliases(column: pl.Series) -> dict[str, Any]:
    some = column.alias("of").to_frame().with_row_index("at").filter(pl.col("of").list.len() > 0)
    return {"at": some["at"].to_list(), "of": some["of"].to_list()}


def _used_steps(result: Result, words: Codes) -> dict[str, Any]:
    used = set(words.things())
    return {
        step.id: {
            "title": step.title,
            "does": step.does,
            "commands": step.commands,
            "query": step.query,
            "looks_like": step.looks_like,
        }
        for step in result.steps
        if step.id in used
    }


def _rule(rule: RuleTally) -> dict[str, Any]:
    return {"title": rule.title, "severity": rule.severity, "phase": rule.phase, "about": rule.about}


def _member(name: str, value: object) -> bytes:
    """Return a member of an object as JSON of visible ASCII in which no markup can begin.

    What hides is written as its number, as HTML forbids some of it and no encoding carries lone surrogates.
    """
    text = json.dumps(value, separators=(",", ":")).replace("<", "\\u003c").replace("\x7f", "\\u007f")
    return f'"{name}":{text}'.encode("ascii")
