"""Records as bytes, on their way between tasks: facts as codes beside the distinct texts of just these records."""

import pickle
from io import BytesIO

import numpy as np
import polars as pl

from checker.model.record import RECORD_COLUMNS, fact_dtype

AT = "at"  # column of a record's place in the chunk in which it was read
DEVICE = "device"  # column of the place of a record's device in its bucket


def packed(frame: pl.DataFrame) -> bytes:
    """Return records as bytes, compressed: Java holds what it hands over several times, and all that the driver gets.

    Of the texts of a fact only those are in it that the records have.

    NOTE: what Polars writes for a column of categories by itself are all texts that the process has seen.
    """
    facts = {name: _coded(frame[name]) for name, dtype in frame.schema.items() if isinstance(dtype, pl.Categorical)}
    stream = BytesIO()
    coded = frame.with_columns(pl.Series(name, places) for name, (places, _) in facts.items())
    coded.write_ipc(stream, compression="zstd", compat_level=pl.CompatLevel.oldest())
    return pickle.dumps((stream.getvalue(), {name: texts for name, (_, texts) in facts.items()}))


def _coded(column: pl.Series) -> tuple[np.ndarray, pl.Series]:
    """Return for each record the place of its text among the distinct ones, null as the first."""
    physical = column.to_physical().cast(pl.Int64).fill_null(-1).to_numpy()
    _, first, place = np.unique(physical, return_index=True, return_inverse=True)
    return place.astype(np.uint32), column.gather(first).cast(pl.String)


def unpacked(content: bytes) -> pl.DataFrame:
    """Return the records that were packed."""
    coded, facts = pickle.loads(content)  # noqa: S301 - our own, from one of this run's tasks
    frame = pl.read_ipc(coded)
    return frame.with_columns(
        texts.cast(fact_dtype(name)).gather(frame[name]).alias(name) for name, texts in facts.items()
    )


def keys_of(frame: pl.DataFrame) -> pl.DataFrame:
    """Return what the driver needs of records: their keys, times and places."""
    return frame.select(list(RECORD_COLUMNS)).with_columns(pl.int_range(pl.len(), dtype=pl.UInt32).alias(AT))


def facts_of(frame: pl.DataFrame) -> bytes:
    """Return, as bytes, what a task needs of records once each has its device."""
    return packed(frame.drop("mde_id", "entra_id", "own_id"))


def chunks(frames: list[pl.DataFrame], together: int) -> list[pl.DataFrame]:
    """Return the same records in fewer frames, of at most so many rows where no frame had more, in the same order."""
    found: list[list[pl.DataFrame]] = []
    rows = together
    for frame in frames:
        if rows + frame.height > together:
            found.append([])
            rows = 0
        found[-1].append(frame)
        rows += frame.height
    return [pl.concat(each) for each in found]
