"""What became of the devices of a wave since an earlier report: gone from the inventory, or there under another id."""

from dataclasses import dataclass

import polars as pl

from checker.engine.records import Records
from checker.engine.select import Lists, resolve
from checker.model.outcome import Readiness
from checker.model.result import Baseline
from checker.model.selection import Selection


@dataclass(frozen=True, slots=True)
class Since:
    """Names of devices of a wave that an earlier report has and the inventory has not, or has under another id."""

    lost: tuple[str, ...]
    changed: tuple[str, ...]


def since(baseline: Baseline, records: Records, wave: str) -> Since | None:
    """Return what became of the devices of a wave; None if the earlier report knows no device of it."""
    before = pl.concat(
        [frame.select("device_id", "device_name", "wave", "readiness") for frame in baseline.devices.frames()]
    )
    mine = before.filter(pl.col("wave") == wave, pl.col("readiness") != Readiness.OUT_OF_SCOPE.value)
    if mine.is_empty():
        return None
    gone = mine.filter(~pl.col("device_id").is_in(records.device_ids.implode())).sort("device_id")
    names = gone["device_name"].str.to_lowercase().to_list()
    lists = resolve(records, [Selection(listed=(name,)) for name in names])
    known = set(before["device_id"].to_list())
    found = [_is_there(records, lists, name, known) and names.count(name) == 1 for name in names]
    return Since(
        lost=tuple(name for name, there in zip(gone["device_name"], found, strict=True) if not there),
        changed=tuple(name for name, there in zip(gone["device_name"], found, strict=True) if there),
    )


def _is_there(records: Records, lists: Lists, name: str, known: set[str]) -> bool:
    """Return whether one device goes by that name now, and only it, that was not there before."""
    devices = lists[name,].devices
    return len(devices) == 1 and str(records.device_ids[int(devices[0])]) not in known
