"""Which files an inventory is made of when a cluster reads it, and how they are shared out among tasks."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

OPENING, LARGEST_SHARE = 4 << 20, 128 << 20  # bytes that opening a file counts as, and of one task: Spark's defaults

LARGEST = 2**31 - 1  # bytes of a file that Spark hands over whole
TABLE = "table:"
PATTERN: Final = re.compile(r"[\\*?\[\]{}]")  # what Spark takes for more than a character of a path


def is_table(path: str) -> bool:
    """Tell whether an inventory is a table that Spark knows: ``table:catalog.schema.name``."""
    return path.startswith(TABLE)


def is_uri(path: str) -> bool:
    """Tell whether Spark is to reach it, and not Python: ``s3a://…``, ``abfss://…``, ``hdfs://…``."""
    return "://" in path and not is_table(path)


def literal(uri: str) -> str:
    """Return how Spark is told of one file, whatever its name: otherwise ``a[1].csv`` names ``a1.csv``."""
    return PATTERN.sub(r"\\\g<0>", uri)


def size_of(path: str) -> int:
    """Return how many bytes a file has; 0 if nobody can tell, which reading it will."""
    try:
        return Path(path).stat().st_size
    except OSError:
        return 0


def shared_out(sizes: Sequence[int], tasks: int) -> list[list[int]]:
    """Return the numbers of the files that each task reads, so that small files share one; a file is never cut.

    As Spark shares out its own files: each task gets about as many bytes, at most LARGEST_SHARE unless one file has
    more.
    """
    most = min(LARGEST_SHARE, max(OPENING, (sum(sizes) + OPENING * len(sizes)) // tasks))
    shares: list[list[int]] = []
    room = 0
    for number, size in enumerate(sizes):
        if not shares or size + OPENING > room:
            shares.append([])
            room = most
        shares[-1].append(number)
        room -= size + OPENING
    return shares
