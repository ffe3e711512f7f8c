"""Takes values out of the JSON that the texts of a column hold, once for each distinct text."""

import json
import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import polars as pl

from checker.facts.lists import read_json

PATH = r"\[(?P<which>\d*|[^\]=]+=[^\]]*)\](?:\.(?P<key>.+))?"
LIST_PATH = re.compile(PATH)
LIST_TITLE = re.compile(rf"(?P<title>[^\[\]]*[^\[\]\s])(?P<path>{PATH})")  # "TimeGenerated [UTC]" is a column's title
PLAIN_PATH = re.compile(r"[A-Za-z0-9_]+(?:\.[A-Za-z0-9_]+)*")
TEXT = pl.String()


def of_objects(texts: pl.Series, path: str) -> pl.Series:
    """Return the values at a path of keys ("Key.Key") of JSON objects; null where there is none."""
    if PLAIN_PATH.fullmatch(path):
        return texts.str.json_path_match(f"$.{path}")
    return of_each(texts, partial(_value_at, path))  # Polars would take other signs for its own


def of_lists(texts: pl.Series, path: str) -> pl.Series:
    """Return values of JSON lists of objects; null where there is none, or where a text is no such list.

    Args:
        texts: the column.
        path: ``[name=Word].Key`` is the value of the first object whose ``name`` is the word (folded for case),
            ``[0].Key`` that of the object at a place, ``[].Key`` the JSON list of the values of all that have one. A
            value that is a list of one text (``["5.1"]``) is that text.
    """
    match = LIST_PATH.fullmatch(path)
    return of_each(texts, partial(_value, match["which"], match["key"] or "")) if match else of_each(texts, _nothing)


def of_columns(frame: pl.DataFrame, titles: Sequence[str]) -> pl.Series:
    """Return JSON objects of the texts of columns, by what follows the first dot of their titles; null where all are.

    ``titles`` are those of values of one object, "tags.site" and "tags.owner".
    """
    named = [pl.col(title).alias(title.partition(".")[2]) for title in titles]
    objects = pl.struct(named).struct.json_encode()
    return frame.select(pl.when(pl.any_horizontal(pl.col(list(titles)).is_not_null())).then(objects)).to_series()


def of_each(texts: pl.Series, read: Callable[[str], str | None]) -> pl.Series:
    """Return what a function says of each text, asking it once for each distinct one."""
    distinct = texts.drop_nulls().unique()
    said = pl.Series([read(text) for text in distinct], dtype=TEXT)
    return texts.replace_strict(distinct, said, default=None, return_dtype=TEXT) if len(distinct) else texts


def _nothing(_text: str) -> None:
    return None


def _value(which: str, key: str, text: str) -> str | None:
    items = _read(text)
    if not isinstance(items, list):
        return None
    if not which:
        values = [value for item in items if (value := _plain(_at(item, key)))]
        return json.dumps(values, ensure_ascii=False) if values else None
    if which.isdecimal():
        return _plain(_at(items[int(which)], key)) if int(which) < len(items) else None
    field, _, word = which.partition("=")
    fitting = (item for item in items if (_plain(_at(item, field)) or "").casefold() == word.casefold())
    return _plain(_at(next(fitting, None), key))


def _value_at(path: str, text: str) -> str | None:
    return _plain(_at(_read(text), path))


def _read(text: str) -> Any:  # noqa: ANN401 - any JSON
    """Return the value that a text is; None if it is none."""
    try:
        return read_json(text)
    except ValueError:
        return None


def _at(item: Any, path: str) -> Any:  # noqa: ANN401 - any JSON
    for key in path.split(".") if path else ():
        item = item.get(key) if isinstance(item, dict) else None
    return item


def _plain(value: Any) -> str | None:  # noqa: ANN401 - any JSON
    if isinstance(value, list) and len(value) < 2:
        value = value[0] if value else ""
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)
