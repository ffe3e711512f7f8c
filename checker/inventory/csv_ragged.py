"""Tells whether a row of CSV that is longer or shorter than the header can be read: if its cells stand in their places.

A delimiter in a cell that is not quoted, or a cell left out, moves all cells behind it under other titles. Of products
whose exports hold such rows, the mapping names columns with few words: they and the ids show whether cells have moved.
"""

import re
from collections.abc import Callable, Mapping, Sequence

from checker.inventory.binding import Binding
from checker.inventory.cells import one_of
from checker.inventory.mapping import ProductMapping, title_key

ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{40}", re.IGNORECASE)

Check = Callable[[str], bool]


def checks(product: ProductMapping, binding: Binding, titles: Sequence[str]) -> dict[str, Check]:
    """Return for titles of a file what their cells must be, empty if the rows of the product must fit the header.

    The first id of the mapping's keys must be there, other ids may be blank. What is read behind the last of these
    cells must say nothing, for there nothing shows whether cells have moved.
    """
    known = {title_key(title): title for title in titles if title}
    words = {known[title_key(title)]: words for title, words in product.ragged if title_key(title) in known}
    ids = [column.title for key, column in binding.keys.items() if key.endswith("_id")]
    if not (words and ids):
        return {}
    found: dict[str, Check] = dict.fromkeys(ids, _is_id_or_blank)
    found[ids[0]] = _is_id
    found |= {title: one_of(each) for title, each in words.items()}
    place = {title: number for number, title in enumerate(titles)}
    last = max(place[title] for title in found)
    return found | {title: _is_blank for title in binding.titles() if place.get(title, 0) > last}


def of_length(record: Sequence[str], fields: int, check: Mapping[int, Check]) -> list[str | None] | None:
    """Return a row cut to the header's length, or filled up with cells that say nothing; None if that is a guess.

    ``check`` tells by place what a cell must be; those that may not be blank must be there. What is cut off must be
    blank.
    """
    if not check or any(text.strip() for text in record[fields:]):
        return None
    if not all(fits(record[place] if place < len(record) else "") for place, fits in check.items()):
        return None
    return [*record[:fields], *[None] * (fields - len(record))]


def _is_id(text: str) -> bool:
    return ID.fullmatch(text.strip()) is not None


def _is_blank(text: str) -> bool:
    return not text.strip()


def _is_id_or_blank(text: str) -> bool:
    return not text.strip() or _is_id(text)
