"""Under which name each device of a bucket is shown, and where in the inputs it stands."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from checker.engine.judged import Judged
from checker.model.notes import Example


@dataclass(frozen=True, slots=True)
class Names:
    """Under which name, and where in the inputs, each device of a bucket stands."""

    judged: Judged
    record: npt.NDArray[np.int64]  # newest founding record of each device
    named: npt.NDArray[np.int64]  # newest record with a name; -1 if none has one

    def names(self, devices: npt.NDArray[np.int64]) -> pl.Series:
        """Return display names; a device without one goes by its id."""
        records = self.judged.bucket.records
        at = self.named[devices]
        found = records.name.gather(np.maximum(at, 0)).to_frame("name")
        ids = self.ids(devices)
        return (
            found.select(pl.when(pl.Series(at >= 0)).then(pl.col("name")).otherwise(ids))
            .to_series()
            .alias("device_name")
        )

    def ids(self, devices: npt.NDArray[np.int64]) -> pl.Series:
        """Return device ids."""
        bucket = self.judged.bucket
        return bucket.records.device_ids.slice(bucket.first, bucket.devices).gather(devices)

    def places(self, devices: npt.NDArray[np.int64]) -> pl.DataFrame:
        """Return file, row and line of each device's newest founding record."""
        records = self.judged.bucket.records
        at = self.record[devices]
        paths = pl.Series([item.path for item in records.files], dtype=pl.String)
        row = pl.Series(records.row[at]).cast(pl.UInt32)
        return pl.DataFrame(
            {
                "file": paths.gather(records.file_of[at]),
                "row": row.set(row == 0, None),  # of a table, whose rows have no numbers
                "line": pl.Series(records.line[at]).cast(pl.UInt32),
            }
        )

    def examples(self, devices: npt.NDArray[np.int64]) -> list[Example]:
        """Return devices as examples."""
        places = self.places(devices)
        rows = zip(self.ids(devices), self.names(devices), places["file"], places["line"], strict=True)
        return [Example(*row) for row in rows]


def names_of(judged: Judged) -> Names:
    """Return the names of a bucket's devices."""
    bucket = judged.bucket
    part, records = bucket.part, bucket.records
    record = np.full(bucket.devices, -1, dtype=np.int64)
    record[part.device] = part.records  # records stand oldest first: the newest is written last
    founding = records.founds[part.records]
    record[part.device[founding]] = part.records[founding]
    named = np.full(bucket.devices, -1, dtype=np.int64)
    has_name = (
        records.name.is_not_null().gather(part.records).to_numpy() if len(part.records) else np.zeros(0, dtype=bool)
    )
    named[part.device[has_name]] = part.records[has_name]
    _settle_ties(named, judged, part.device[has_name], part.records[has_name])
    return Names(judged, record, named)


def _settle_ties(
    named: npt.NDArray[np.int64], judged: Judged, device: npt.NDArray[np.int32], found: npt.NDArray[np.int64]
) -> None:
    """Take the least of names that are equally new, so that the order of rows decides nothing."""
    records = judged.bucket.records
    newest = named[device]
    tied = (records.time[found] == records.time[newest]) & (records.rank[found] == records.rank[newest])
    tied &= found != newest
    for at, record in zip(device[tied].tolist(), found[tied].tolist(), strict=True):
        if records.name[record] < records.name[int(named[at])]:
            named[at] = record
