"""Tables that Spark knows by name, read as the Parquet file that they would be exported to.

One task reads a table, whatever its parts: dates and formats are told by all of a column. Its rows have no numbers,
since nothing says in which order they come; its digest is the same in any order.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import polars as pl

from checker.inventory.mapping import title_key
from checker.inventory.mapping_files import mappings
from checker.inventory.read import ReadOptions, read_file
from checker.inventory.recognise import known_titles
from checker.inventory.split_logs import Logs
from checker.inventory.typed import texts
from checker.spark import tasks

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame


def known_columns(table: "DataFrame", options: ReadOptions) -> "DataFrame":
    """Return the columns of a table that any format knows; all of them where none does, for the error to name."""
    known = known_titles(options.formats or mappings())
    return table.select([f"`{name}`" for name in table.columns if title_key(name) in known] or ["*"])


def read_table(
    number: int, path: str, options: ReadOptions, together: int
) -> Callable[[Iterable["pa.RecordBatch"]], Iterator["pa.RecordBatch"]]:
    """Return what reads the batches of a table, the whole in one task, into chunks of records."""

    def work(batches: Iterable["pa.RecordBatch"]) -> Iterator["pa.RecordBatch"]:
        with TemporaryDirectory(prefix="mde-readiness-") as folder:
            place = Path(folder) / "table.parquet"
            digest = _copied(batches, place)
            if not digest:  # the driver tells, as it does of a table of which there is not even a part
                return
            alone = replace(options, elsewhere={path: str(place)}, logs=Logs())
            found, problems = read_file(path, alone)
        for item in (part for each in found for part in (each, *each.apart)):
            item.file = replace(item.file, sha256=digest)
            item.frames = [
                frame.with_columns(row=pl.lit(0, pl.UInt32), line=pl.lit(1, pl.UInt32)) for frame in item.frames
            ]
        yield from tasks.batches_of(tasks.chunk_rows(number, (found, problems), together, alone.logs), tasks.CHUNK)

    return work


def _copied(batches: Iterable["pa.RecordBatch"], place: Path) -> str:
    """Write the batches as one Parquet file; return the SHA-256 over those of its rows, sorted; "" of no rows."""
    import pyarrow as pa
    from pyarrow.parquet import ParquetWriter

    writer: ParquetWriter | None = None
    rows: list[bytes] = []
    for batch in batches:
        if not batch.num_rows:
            continue
        writer = writer or ParquetWriter(place, batch.schema)
        writer.write_batch(batch)
        lines = texts(pl.DataFrame(pa.Table.from_batches([batch]))).write_ndjson().splitlines()
        rows += [hashlib.sha256(line.encode()).digest() for line in lines]
    if writer is None:
        return ""
    writer.close()
    return hashlib.sha256(b"".join(sorted(rows))).hexdigest()
