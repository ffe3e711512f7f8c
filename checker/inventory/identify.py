"""Gives each record its device, from keys alone, on sets: the order of files and rows plays no part.

1. Each Defender device id is a device; two such ids never merge.
2. A record without one joins the only device with its Entra id; it founds a device if there is none, and is ambiguous
   if there are several.
3. Then the full name (FQDN), 4. then the short name: only if the name is unique on both sides and no stronger key
   disagrees. Evidence-only records never found a device.

Records with the same strongest key are one *party*; levels 2 to 4 attach parties to stronger ones.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import polars as pl

from checker.model.record import FileRecords

UNMATCHED = -1


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A party of records that belongs to no device, and why."""

    key: str
    reason: str  # ambiguous | evidence for an unknown device | no key
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Identified:
    """The devices of a run, sorted by id, and the device of each record (over all files, in their order)."""

    device_ids: pl.Series
    device: npt.NDArray[np.int32]  # UNMATCHED where a record is of no device
    aliases: dict[int, tuple[str, ...]] = field(default_factory=dict)
    unmatched: tuple[Unmatched, ...] = ()


@dataclass(slots=True)
class _Party:
    """Records that share their strongest key, the names under which they go, and whom they belong to."""

    id: str
    entra: str | None
    fqdns: frozenset[str]
    shorts: frozenset[str]
    founds: bool
    to: "_Party | None" = None
    unmatched: Unmatched | None = None

    def root(self) -> "_Party":
        return self if self.to is None else self.to.root()


def identify(inputs: Sequence[FileRecords]) -> Identified:
    """Return the device of every record; see the module's docstring for the levels."""
    keys = _keys(inputs)
    by_id = keys.filter(pl.col("mde_id").is_not_null())
    ids = by_id["mde_id"].unique().sort()
    if by_id.height == keys.height:
        return Identified(ids, _positions(keys["mde_id"], ids))
    parties, place = _parties(keys)
    for level in (_by_entra, _by_fqdn, _by_short):
        level(parties)
    return _result(parties, place)


def _keys(inputs: Sequence[FileRecords]) -> pl.DataFrame:
    columns = ("mde_id", "entra_id", "name")
    frames = [
        frame.select(*columns, pl.lit(item.file.founds).alias("founds")) for item in inputs for frame in item.frames
    ]
    empty = pl.DataFrame(schema={**dict.fromkeys(columns, pl.String), "founds": pl.Boolean})
    return pl.concat(frames) if frames else empty


def _positions(values: pl.Series, sorted_ids: pl.Series) -> npt.NDArray[np.int32]:
    """Return the position of each value among the sorted ids; UNMATCHED for null."""
    left = pl.DataFrame({"id": values})
    right = pl.DataFrame({"id": sorted_ids, "at": pl.Series(np.arange(len(sorted_ids), dtype=np.int32))})
    joined = left.join(right, on="id", how="left", maintain_order="left")
    return joined["at"].fill_null(UNMATCHED).to_numpy()


def _parties(keys: pl.DataFrame) -> tuple[list[_Party], npt.NDArray[np.int32]]:
    """Return the parties, strongest kind first, and for each record the place of its party (UNMATCHED if keyless)."""
    folded = pl.col("name").str.strip_chars().str.to_lowercase().str.strip_suffix(".")
    short = folded.str.split(".").list.first()
    named = keys.with_columns(
        short=pl.when(folded != "").then(short), fqdn=pl.when(folded.str.contains(".", literal=True)).then(folded)
    ).with_columns(
        party=pl.coalesce(
            pl.col("mde_id"),
            pl.lit("entra:") + pl.col("entra_id"),
            pl.lit("name:") + pl.coalesce("fqdn", "short"),
        )
    )
    groups = (
        named.filter(pl.col("party").is_not_null())
        .group_by("party")
        .agg(
            pl.col("mde_id").first(),
            pl.col("entra_id").drop_nulls().unique().sort(),
            pl.col("fqdn").drop_nulls().unique(),
            pl.col("short").drop_nulls().unique(),
            pl.col("founds").any(),
        )
        .sort(pl.col("mde_id").is_null(), ~pl.col("party").str.starts_with("entra:"), "party")
    )
    parties = [
        _Party(
            party,
            entra[0] if len(entra) == 1 else None,
            frozenset(fqdn),
            frozenset(short),
            founds or mde is not None,
        )
        for party, mde, entra, fqdn, short, founds in groups.iter_rows()
    ]
    order = pl.DataFrame({"party": groups["party"], "at": pl.Series(np.arange(groups.height, dtype=np.int32))})
    place = named.select("party").join(order, on="party", how="left", maintain_order="left")["at"]
    return parties, place.fill_null(UNMATCHED).to_numpy()


def _is_mde(party: _Party) -> bool:
    return not party.id.startswith(("entra:", "name:"))


def _index(parties: Iterable[_Party], names: str) -> dict[str, list[_Party]]:
    found: dict[str, list[_Party]] = defaultdict(list)
    for party in parties:
        for name in getattr(party, names):
            found[name].append(party)
    return found


def _by_entra(parties: list[_Party]) -> None:
    """Attach parties known by Entra id to the only device that has it."""
    holders: dict[str, list[_Party]] = defaultdict(list)
    for party in parties:
        if _is_mde(party) and party.entra:
            holders[party.entra].append(party)
    for party in parties:
        if party.id.startswith("entra:"):
            _attach(party, holders.get(party.entra or "", []))


def _by_fqdn(parties: list[_Party]) -> None:
    """Attach what is still alone to the only stronger party with its full name."""
    _by_name(parties, "fqdns")


def _by_short(parties: list[_Party]) -> None:
    """Attach what is still alone to the only stronger party with its short name."""
    _by_name(parties, "shorts")


def _by_name(parties: list[_Party], names: str) -> None:
    everyone = _index(parties, names)
    for party in parties:
        if _is_mde(party) or party.to or party.unmatched:
            continue
        others = {id(other.root()): other.root() for name in getattr(party, names) for other in everyone[name]}
        others.pop(id(party), None)
        fitting = [other for other in others.values() if other.unmatched is None and _agree(party, other, names)]
        stronger = [other for other in fitting if _kind(other) < _kind(party)]
        rivals = [other for other in fitting if _kind(other) == _kind(party)]
        if stronger and rivals:
            _attach(party, [*stronger, *rivals])
        elif stronger:
            _attach(party, stronger)


def _kind(party: _Party) -> int:
    """Return how strong a party's key is: 0 Defender id, 1 Entra id, 2 full name, 3 short name."""
    if _is_mde(party):
        return 0
    if party.id.startswith("entra:"):
        return 1
    return 2 if party.fqdns else 3


def _agree(party: _Party, other: _Party, names: str) -> bool:
    """Return False if a key stronger than the name says that they are two devices."""
    if party.entra and other.entra and party.entra != other.entra:
        return False
    if names == "shorts" and party.fqdns and other.fqdns:
        return bool(party.fqdns & other.fqdns)
    return True


def _attach(party: _Party, candidates: list[_Party]) -> None:
    if len(candidates) == 1:
        party.to = candidates[0]
    elif candidates:
        party.unmatched = Unmatched(party.id, "ambiguous", tuple(sorted(other.id for other in candidates)))


def _result(parties: list[_Party], place: npt.NDArray[np.int32]) -> Identified:
    founded = {id(party.root()) for party in parties if party.founds and not party.root().unmatched}
    roots = [party for party in parties if party.to is None and not party.unmatched and id(party) in founded]
    roots.sort(key=lambda party: party.id)
    number = {id(party): at for at, party in enumerate(roots)}
    device = np.array([number.get(id(party.root()), UNMATCHED) for party in parties] + [UNMATCHED], dtype=np.int32)
    aliases: dict[int, list[str]] = defaultdict(list)
    lost = []
    for party in parties:
        at = number.get(id(party.root()), UNMATCHED)
        if party.unmatched:
            lost.append(party.unmatched)
        elif at == UNMATCHED:
            lost.append(Unmatched(party.id, "evidence for an unknown device"))
        elif party.to is not None:
            aliases[at].append(party.id)
    if (place == UNMATCHED).any():
        lost.append(Unmatched("", "no key"))
    return Identified(
        pl.Series("device_id", [party.id for party in roots], dtype=pl.String),
        device[place],
        {at: tuple(sorted(names)) for at, names in aliases.items()},
        tuple(lost),
    )
