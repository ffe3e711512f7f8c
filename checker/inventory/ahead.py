"""Lets one part of the reading work while the next uses what it gave: hashing, parsing and normalising overlap."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Final, TypeVar

T = TypeVar("T")
# Of all files, since to start a thread for each of thousands of small ones takes longer than to read them. Readers that
# stand behind one another need a thread each; there are never as many.
POOL: Final = ThreadPoolExecutor(8, "ahead")


def ahead(items: Iterator[T]) -> Iterator[T]:
    """Yield the items in their order, each made in a thread while the one before it is used."""
    item = next(items, None)  # while which is made, nothing else can be done
    while item is not None:
        coming = POOL.submit(next, items, None)
        try:
            yield item
        finally:
            wait([coming])  # who stops early may close what the items are made of
        item = coming.result()
