"""The devices of a plan that go the same way, counted together, with the first of each group by name."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from checker.model.result import Table

# What devices of a group have in common; readiness too, so that nothing undecided stands among what is READY.
_WORDS: Final = ("wave", "path", "route", "tool", "readiness")
_LISTS: Final = ("next_steps", "verify")
_KEYS: Final = (*_WORDS, *_LISTS)
_BETWEEN: Final = "\n"  # ids of steps are words on one line


@dataclass(frozen=True, slots=True)
class Group:
    """Devices that go the same way."""

    wave: str
    path: str
    route: str
    tool: str
    readiness: str
    next_steps: tuple[str, ...]
    verify: tuple[str, ...]
    size: int
    examples: tuple[tuple[str, str], ...]  # id and name of the first devices, in the order of their ids


def groups(plan: Table, waves: Sequence[str], most: int, examples: int) -> tuple[Group, ...]:
    """Return the groups of a plan, by wave in the order given (devices of none last), the largest of each first.

    Args:
        plan: the plan of a result; it is read twice, part by part.
        waves: names of the waves in their order.
        most: how many groups are returned at most.
        examples: how many devices of a group are named at most.
    """
    order = {name: place for place, name in enumerate(waves)}
    counted = _comparable(plan.scan()).group_by(_KEYS).agg(size=pl.len()).collect(engine="streaming")
    shown = (
        counted.with_columns(place=pl.col("wave").replace_strict(order, default=len(order), return_dtype=pl.Int64))
        .sort("place", pl.col("wave") == "", -pl.col("size").cast(pl.Int64), *_KEYS)
        .drop("place")
        .head(most)
        .with_row_index("group")
    )
    named = _examples(plan, shown, examples)
    return tuple(
        Group(wave, path, route, tool, readiness, _parted(steps), _parted(verify), size, tuple(named[number]))
        for number, wave, path, route, tool, readiness, steps, verify, size in shown.iter_rows()
    )


def _parted(text: str) -> tuple[str, ...]:
    return tuple(text.split(_BETWEEN)) if text else ()


def _comparable(frame: pl.LazyFrame) -> pl.LazyFrame:
    """Return a plan whose columns can be grouped by: lists as texts, and no null."""
    words = (pl.col(name).fill_null("") for name in _WORDS)
    return frame.with_columns(*words, *(pl.col(name).list.join(_BETWEEN).fill_null("") for name in _LISTS))


def _examples(plan: Table, shown: pl.DataFrame, most: int) -> list[list[tuple[str, str]]]:
    """Return the first devices of each group, in the order of the groups."""
    found: list[list[tuple[str, str]]] = [[] for _ in range(shown.height)]
    for frame in plan.frames():
        members = _comparable(frame.lazy()).join(shown.lazy(), on=_KEYS, maintain_order="left")
        first = members.group_by("group", maintain_order=True).head(most).collect()
        for group, id_, name in first.select("group", "device_id", pl.col("device_name").fill_null("")).iter_rows():
            if len(found[group]) < most:
                found[group].append((id_, name))
    return found
