"""The findings of a page's devices, so coded that what many devices share is written once.

``evidence``: distinct ``[fact, value, missing, column, spot]``; ``shapes``: distinct ``[rule, outcome, waived, message,
evidence…]``; ``lists``: distinct lists of shapes; ``codes``: each device's list. What is a device's own, file, row and
time, stands apart: each device has a few ``spots`` (``counts`` of them, then ``file``, ``row`` and ``observed`` of all,
one after the other), and an evidence says by number which of its device's spots it was read at (null: none).
"""

from dataclasses import dataclass, field
from typing import Any, Final

import polars as pl

from checker.model.result import Table
from checker.reporters.html.codes import Codes
from checker.reporters.wording import timestamp

AT_A_TIME: Final = 50_000  # devices whose findings are in memory at once; a run writes about as many in one part

_SPOT: Final = ["file", "row", "observed"]
_EVIDENCE: Final = ["fact", "value", "missing", "column", "spot"]
_SHAPE: Final = ["rule_id", "outcome", "waived", "message", "evidence"]
_PROBLEM: Final = pl.col("outcome").is_in(["FAIL", "UNKNOWN"])  # with --all-outcomes there are others


@dataclass(frozen=True, slots=True)
class Findings:
    """The findings of the page's devices, and those that are no single device's."""

    by_device: dict[str, Any]
    fleet: list[dict[str, Any]]


def findings(table: Table, ids: pl.Series, words: Codes) -> Findings:
    """Return FAIL and UNKNOWN of the devices with these ids, in their order; rules and facts go to ``words``."""
    found = _Found(len(ids))
    places = pl.DataFrame({"device_id": ids}).with_row_index("place").sort("device_id")
    for devices in places.iter_slices(AT_A_TIME):
        first, last = pl.lit(devices["device_id"][0]), pl.lit(devices["device_id"][-1])
        some = table.scan().filter(pl.col("device_id").is_between(first, last) & _PROBLEM & (pl.col("device_id") != ""))
        found.add(some.join(devices.lazy(), on="device_id").collect())
    return Findings(found.written(words), _fleet(table))


@dataclass(slots=True)
class _Found:
    """What was found so far, chunk by chunk of devices."""

    rows: int
    evidence: Codes = field(default_factory=Codes)
    shapes: Codes = field(default_factory=Codes)
    lists: Codes = field(default_factory=Codes)
    files: Codes = field(default_factory=Codes)
    times: Codes = field(default_factory=Codes)
    codes: list[pl.DataFrame] = field(default_factory=list)
    spots: list[pl.DataFrame] = field(default_factory=list)

    def add(self, frame: pl.DataFrame) -> None:
        """Take the findings of further devices; ``place`` says where each stands on the page."""
        frame = frame.sort("place", "rule_id", maintain_order=True).with_row_index("finding")
        said = frame.select("place", "finding", "evidence").explode("evidence", empty_as_null=False).unnest("evidence")
        spots = said.filter(pl.any_horizontal(pl.col(_SPOT).is_not_null())).unique(
            ["place", *_SPOT], maintain_order=True
        )
        spots = spots.select("place", *_SPOT, pl.int_range(pl.len(), dtype=pl.UInt32).over("place").alias("spot"))
        said = said.join(spots, on=["place", *_SPOT], how="left", nulls_equal=True, maintain_order="left")
        said = said.select("finding", self.evidence.column(said, _EVIDENCE).alias("evidence"))
        grouped = said.group_by("finding", maintain_order=True).agg("evidence")
        shaped = frame.drop("evidence").join(grouped, on="finding", how="left", maintain_order="left")
        shaped = shaped.select("place", self.shapes.column(shaped, _SHAPE).alias("shape"))
        listed = shaped.group_by("place", maintain_order=True).agg("shape")
        self.codes.append(listed.select("place", self.lists.column(listed, ["shape"]).alias("code")))
        self.spots.append(
            spots.select(
                "place",
                "row",
                self.files.column(spots, ["file"]).alias("file"),
                self.times.column(spots, ["observed"]).alias("observed"),
            )
        )

    def written(self, words: Codes) -> dict[str, Any]:
        """Return everything as JSON values; a device without findings has the empty list."""
        none = self.lists.code(((),))
        every = pl.DataFrame({"place": pl.int_range(self.rows, dtype=pl.UInt32, eager=True)})
        codes = _joined(every, self.codes, "code", none)
        spots = pl.concat(self.spots).sort("place", maintain_order=True) if self.spots else None
        counted = [spots.group_by("place").agg(pl.len().alias("count"))] if spots is not None else []
        return {
            "evidence": [_numbered(row, words) for row in self.evidence.things()],
            "shapes": [_shape(row, words) for row in self.shapes.things()],
            "lists": [shapes for (shapes,) in self.lists.things()],
            "codes": codes,
            "files": [name for (name,) in self.files.things()],
            "times": [None if moment is None else timestamp(moment) for (moment,) in self.times.things()],
            "spots": {
                "counts": _joined(every, counted, "count", 0),
                **{name: [] if spots is None else spots[name].to_list() for name in _SPOT},
            },
        }


def _joined(every: pl.DataFrame, parts: list[pl.DataFrame], name: str, none: int) -> list[int]:
    if not parts:
        return [none] * every.height
    joined = every.join(pl.concat(parts), on="place", how="left", maintain_order="left")
    return joined[name].fill_null(none).to_list()


def _numbered(row: tuple[Any, ...], words: Codes) -> list[Any]:
    fact, value, missing, column, spot = row
    return [words.code(fact), value, missing, None if column is None else words.code(column), spot]


def _shape(row: tuple[Any, ...], words: Codes) -> list[Any]:
    rule, outcome, waived, message, evidence = row
    return [words.code(rule), outcome, waived, message, *(evidence or ())]


def _fleet(table: Table) -> list[dict[str, Any]]:
    """Return the findings about the tenant, the fleet, or all devices of which no input tells."""
    found = table.scan().filter((pl.col("device_id") == "") & _PROBLEM).collect()
    names = ("rule_id", "outcome", "waived", "message", "devices", "evidence")
    return [{name: _plain(row[name]) for name in names} for row in found.iter_rows(named=True)]


def _plain(value: Any) -> Any:  # noqa: ANN401
    if not isinstance(value, list):
        return value
    return [
        {name: timestamp(cell) if name == "observed" and cell is not None else cell for name, cell in each.items()}
        for each in value
    ]
