"""What a reader gives: records, one for each row of an export, as an Arrow table (a Polars frame) of fixed columns.

Besides the columns below a frame has one column per fact that the file carries, named as the fact: dictionary-encoded
text (``fact_dtype``). There null means that the row says nothing of the fact, and an empty text that the row states a
blank. Lists (tags, updates, URL tests) are JSON arrays in one text, so that every value is one text whatever its type;
the catalogue types it later, once for each distinct text.
"""

from dataclasses import dataclass, field

import polars as pl

RECORD_COLUMNS: dict[str, pl.DataType] = {
    "row": pl.UInt32(),  # record number in its file, 1-based, the header not counted; 0 in a table of Spark
    "line": pl.UInt32(),  # physical line on which the record starts, 1-based
    "mde_id": pl.String(),  # 40 hexadecimal digits, folded; null if the row has none
    "entra_id": pl.String(),  # Entra (Azure AD) device id, folded; null if none
    "own_id": pl.String(),  # id in the system that exports it, folded, behind its name ("intune:…"); null if none
    "name": pl.String(),  # device name as spelled, FQDN or short; null if none
    "observed": pl.Datetime("us"),  # UTC; null if the row is undated
    "evidence": pl.Boolean(),  # true if the row is evidence about a device alone, and founds none; else null
}


def fact_dtype(fact: str) -> pl.Categorical:
    """Return the column type of a fact: text whose distinct values share one dictionary over all files."""
    return pl.Categorical(pl.Categories(fact, namespace="mde-readiness"))


@dataclass(frozen=True, slots=True)
class InputFile:
    """One inventory file: how it was recognised, and what every record of it shares."""

    path: str  # as the user gave it, with forward slashes; of a member "exports.zip/devices.csv"
    sha256: str  # of the file that the user gave, packed as it is
    format: str  # id of the mapping that fits
    founds: bool  # its records may found a device; evidence-only files (URL tests) may not
    per_device: bool  # made on the device itself: breaks ties of time
    columns: dict[str, str]  # fact -> title of the column it was read from
    open_sets: frozenset[str] = frozenset()  # set facts of which the file may list only a part
    notices: tuple[str, ...] = ()  # what a person should know about how it was read
    keys: dict[str, str] = field(default_factory=dict)  # key (an id, name or observed) -> title of its column
    why: str = ""  # how the format was recognised: the columns that fit, encoding and delimiter
    unmapped: tuple[str, ...] = ()  # titles of the columns from which nothing was read
    packed_in: str = ""  # path of the file that the user gave, if this is a member of it
    content: str = ""  # SHA-256 of what was read, if the file that the user gave is packed
    secondary: bool = False  # counts only where no other source says anything of a fact, and never founds a device
    of_sites: bool = False  # rules of a proxy for all devices of a site, which stands in the place of a name
    local_times: bool = False  # a time of its records names no zone and was read as UTC, by whichever clock it was
    own_ids_repeat: bool = False  # two devices may have one own id, as each server counts for itself
    place_names: bool = False  # a record that names no device is of the one that the place of the file tells
    apart: bool = False  # says again what some rows of another state of another time: its rows are counted there


@dataclass(frozen=True, slots=True)
class Rejected:
    """A record that could not be read and was set aside (``--bad-rows skip``)."""

    path: str
    row: int
    line: int
    reason: str
    text: str  # the record as it stands in the file, without what may be a secret, cut at 1,000 characters


@dataclass(slots=True)
class FileRecords:
    """All records of one input file, in frames of bounded size."""

    file: InputFile
    frames: list[pl.DataFrame] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    beside: list[str] = field(default_factory=list)  # notices on files of the same folder that were not read
    apart: list["FileRecords"] = field(default_factory=list)  # what its rows say of other times than their own

    @property
    def rows(self) -> int:
        """Rows of the file, the rejected ones counted."""
        return sum(frame.height for frame in self.frames) + len(self.rejected)

    def forget(self) -> None:
        """Let go of what is told of devices by now: keys and facts; rows and their times stay."""
        self.frames[:] = [frame.select("row", "observed") for frame in self.frames]
