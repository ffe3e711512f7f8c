"""What the driver holds of the files that tasks read: what each is, and the keys of its records, chunk by chunk."""

import pickle
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from checker.engine.records import Records
from checker.errors import Problem
from checker.inventory.identified import UNMATCHED
from checker.model.record import FileRecords
from checker.spark.pieces import AT, unpacked
from checker.spark.tasks import NO_MEMBER

Numbers = npt.NDArray[np.int32]


@dataclass(slots=True)
class Kept(FileRecords):
    """The records of a file as the driver has them: their keys, or all of them if they are ``whole``."""

    whole: bool = False

    def forget(self) -> None:
        """Let go of keys; where records stand, and what no task has of them, is needed until all is judged."""
        if not self.whole:
            self.frames[:] = [frame.select("row", "observed", AT) for frame in self.frames]


@dataclass(slots=True)
class Member:
    """A file, or one that it holds if it is packed. Its frames hold keys; the pipeline sets aside some of the rows.

    What a file says of another time than its own is a member, too, that follows the one of the file.
    """

    records: Kept
    digest: str  # SHA-256 of what was read
    logs: tuple[str, ...] = ()  # devices of which it holds events, if these are to be told with those of other files
    heights: list[int] = field(default_factory=list)  # rows of each chunk as it was read

    def devices(self, of_record: Numbers) -> Iterator[bytes]:
        """Yield for each chunk the device of every record that was read, from those of the records that are left."""
        start = 0
        for frame, height in zip(self.records.frames, self.heights, strict=True):
            found = np.full(height, UNMATCHED, dtype=np.int32)
            found[frame[AT].to_numpy()] = of_record[start : start + frame.height]
            start += frame.height
            yield found.tobytes()


@dataclass(slots=True)
class Held:
    """All members by the number of the file that was given, and of the member in it."""

    members: dict[tuple[int, int], Member] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    failed: tuple[int, ...] = ()  # files of which there are problems

    @property
    def read(self) -> list[FileRecords]:
        """Return the records of all files, those of other times within those of their file."""
        return [member.records for member in self.members.values() if not member.records.file.apart]

    def of_files(self, records: Records) -> Iterator[tuple[tuple[int, int], Member, int]]:
        """Yield every member, with its number among the files of ``records``."""
        numbers = {id(file): number for number, file in enumerate(records.files)}
        for place, member in self.members.items():
            yield place, member, numbers[id(member.records.file)]


def held(rows: Iterable[Mapping[str, Any]]) -> Held:
    """Return what tasks told of files (``tasks.chunk_rows``), in whatever order they did."""
    told: dict[tuple[int, int], Member] = {}
    frames: dict[tuple[int, int], dict[int, pl.DataFrame]] = {}
    problems: dict[int, list[Problem]] = {}
    for row in rows:
        place = row["given"], row["member"]
        if row["member"] == NO_MEMBER:
            problems[row["given"]] = pickle.loads(row["meta"])  # noqa: S301 - from one of this run's tasks
            continue
        if row["meta"] is not None:
            file, rejected, logs = pickle.loads(row["meta"])  # noqa: S301
            told[place] = Member(Kept(file, [], rejected, whole=file.of_sites), row["digest"], logs)
        if row["keys"] is not None:
            frames.setdefault(place, {})[row["part"]] = unpacked(row["keys"])
    for place, member in told.items():
        of_member = frames.get(place, {})
        member.records.frames = [of_member[part] for part in sorted(of_member)]
        member.heights = [frame.height for frame in member.records.frames]
    members = dict(sorted(told.items()))
    of_file = None
    for member in members.values():
        if member.records.file.apart and of_file:
            of_file.records.apart.append(member.records)
        else:
            of_file = member
    failed = sorted(problems)
    return Held(members, [each for given in failed for each in problems[given]], tuple(failed))


def device_of(records: Records) -> Numbers:
    """Return the device of every record, UNMATCHED where it is of none."""
    found = np.full(len(records.time), UNMATCHED, dtype=np.int32)
    counts = np.diff(records.ends, prepend=0)
    found[records.order] = np.repeat(np.arange(records.devices, dtype=np.int32), counts)
    return found
