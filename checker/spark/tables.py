"""Tables that Spark knows by name, read as the Parquet file that they would be exported to.

One task reads a table, whatever its parts: dates and formats are told by all of a column. Its rows have no numbers,
since nothing says in which order they come; its digest is the same in any order.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

import polars as pl

from checker.errors import InputError, Problem
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
    from pyspark.sql.types import DataType

# As Spark names types: values that are bytes inside, and spans of months, of which the library knows none.
NO_TEXT: Final = frozenset({"geography", "geometry", "interval", "variant", "yearmonthinterval"})
LONGEST: Final = 100  # characters of a type that a message shows


@dataclass(frozen=True, slots=True)
class Columns:
    """Columns of a table, named by number, since Spark takes dots in names for fields of structures; their titles."""

    frame: "DataFrame"
    titles: tuple[str, ...]


def known_columns(table: "DataFrame", path: str, options: ReadOptions) -> Columns:
    """Return the columns of a table that any format knows; of one where none does what its error needs to name them.

    Raises:
        InputError: with every such column that has no text, or whose name another one has.
    """
    known = known_titles(options.formats or mappings())
    fields = table.schema.fields
    numbered = table.toDF(*(f"c{number}" for number in range(len(fields))))
    chosen = [number for number, field in enumerate(fields) if title_key(field.name) in known]
    titles = tuple(fields[number].name for number in chosen) or tuple(field.name for field in fields)
    problems = [
        Problem(path, f"has columns of the same name: '{title}'", "rename or remove all but one")
        for title in dict.fromkeys(titles)
        if titles.count(title) > 1
    ]
    for number in chosen:
        kind = fields[number].dataType
        if not _is_textual(kind):
            what = f"has values that have no text in column '{fields[number].name}': {kind.simpleString()[:LONGEST]}"
            problems.append(Problem(path, what, "give a view with the column as text, or without it"))
    if problems:
        raise InputError(problems)
    if not chosen:
        rows = numbered.limit(1).selectExpr(*(f"{name} IS NULL AS {name}" for name in numbered.columns))
        return Columns(rows, titles)
    return Columns(numbered.select([f"c{number}" for number in chosen]), titles)


def _is_textual(kind: "DataType", *, inside: bool = False) -> bool:
    """Tell of a type of Spark what ``inventory.typed.is_textual`` tells of others; Arrow does not take them all."""
    from pyspark.sql.types import ArrayType, MapType, StructType, UserDefinedType

    match kind:
        case StructType():
            return bool(kind.fields) and all(_is_textual(field.dataType, inside=True) for field in kind.fields)
        case ArrayType():
            return _is_textual(kind.elementType, inside=True)
        case MapType():
            return all(_is_textual(each, inside=True) for each in (kind.keyType, kind.valueType))
        case UserDefinedType():
            return _is_textual(kind.sqlType(), inside=inside)
    return kind.typeName() not in (NO_TEXT | {"binary"} if inside else NO_TEXT)


def read_table(
    number: int, path: str, titles: Sequence[str], options: ReadOptions, together: int
) -> Callable[[Iterable["pa.RecordBatch"]], Iterator["pa.RecordBatch"]]:
    """Return what reads the batches of a table, the whole in one task, into chunks of records."""

    def work(batches: Iterable["pa.RecordBatch"]) -> Iterator["pa.RecordBatch"]:
        with TemporaryDirectory(prefix="mde-readiness-") as folder:
            place = Path(folder) / "table.parquet"
            digest = _copied(batches, titles, place)
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


def _copied(batches: Iterable["pa.RecordBatch"], titles: Sequence[str], place: Path) -> str:
    """Write the batches as one Parquet file; return the SHA-256 over those of its rows, sorted; "" of no rows."""
    import pyarrow as pa
    from pyarrow.parquet import ParquetWriter

    writer: ParquetWriter | None = None
    rows: list[bytes] = []
    for numbered in batches:
        if not numbered.num_rows:
            continue
        batch = pa.RecordBatch.from_arrays(numbered.columns, names=list(titles))
        writer = writer or ParquetWriter(place, batch.schema)
        writer.write_batch(batch)
        lines = texts(pl.DataFrame(pa.Table.from_batches([batch]))).write_ndjson().splitlines()
        rows += [hashlib.sha256(line.encode()).digest() for line in lines]
    if writer is None:
        return ""
    writer.close()
    return hashlib.sha256(b"".join(sorted(rows))).hexdigest()
