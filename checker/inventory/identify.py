"""Gives each record its device, from keys alone, on sets: the order of files and rows plays no part.

Records with the same strongest key (Defender id, Entra id, full name, short name: their *kind*) are one *party*. Level
by level a party joins one of a stronger kind:

1. Each Defender id is a device; two such ids never merge.
2. By Entra id: joins the only device that has it; if several have it, the party is ambiguous.
3. By full name (FQDN), then 4. by short name: only if the name is unique on both sides (one party of that kind, one
   stronger device, over all inputs) and no stronger key disagrees: two Entra ids, or at level 4 two full names, are
   two devices. A party known by this name alone is ambiguous if several devices have it.

What has joined nothing and is not ambiguous is a device of its own, if a record of it may found one: evidence about
devices (URL tests, update lists) never does, whatever its key.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import polars as pl

from checker.model.record import FileRecords

UNMATCHED = -1
MDE, ENTRA, FQDN, SHORT = range(4)  # kinds of parties, the strongest first

Places = npt.NDArray[np.int32]


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
    device: Places  # UNMATCHED where a record is of no device
    aliases: pl.Series  # of each device: the other keys under which records joined it, sorted
    unmatched: tuple[Unmatched, ...] = ()


@dataclass(slots=True)
class _Parties:
    """The parties by place, and whom each has joined so far."""

    id: pl.Series
    kind: npt.NDArray[np.uint8]
    founds: npt.NDArray[np.bool_]
    keys: dict[int, pl.DataFrame]  # ENTRA, FQDN, SHORT -> party and key: every key under which a party goes
    root: Places  # the party that it has joined in the end; itself as long as it has joined none
    ambiguous: dict[int, tuple[str, ...]] = field(default_factory=dict)  # party -> ids of those that it could join


def identify(inputs: Sequence[FileRecords]) -> Identified:
    """Return the device of every record; see the module's docstring for the levels."""
    parties, place = _parties(_keys(inputs))
    _by_entra(parties)
    for level in (FQDN, SHORT):
        for kind in range(ENTRA, level + 1):
            _by_name(parties, kind, level)
    return _result(parties, place)


def _keys(inputs: Sequence[FileRecords]) -> pl.DataFrame:
    """Return the keys of all records, names folded, with the strongest as text and its kind."""
    columns = ("mde_id", "entra_id", "name")
    frames = [
        frame.select(*columns, pl.lit(item.file.founds).alias("founds")) for item in inputs for frame in item.frames
    ]
    schema = {**dict.fromkeys(columns, pl.String()), "founds": pl.Boolean()}
    keys = pl.concat(frames) if frames else pl.DataFrame(schema=schema)
    if not keys["mde_id"].null_count():  # names and Entra ids are only needed to join what has no Defender id
        return keys.select("founds", id="mde_id", kind=pl.lit(MDE, pl.UInt8))
    folded = pl.col("name").str.strip_chars().str.to_lowercase().str.strip_chars_end(".")
    short = folded.str.split_exact(".", 1).struct.field("field_0")
    named = keys.with_columns(
        fqdn=pl.when(folded.str.contains(".", literal=True)).then(folded), short=pl.when(short != "").then(short)
    )
    strongest = (
        pl.when(pl.col("mde_id").is_not_null()).then(MDE).when(pl.col("entra_id").is_not_null()).then(ENTRA)
        .when(pl.col("fqdn").is_not_null()).then(FQDN).otherwise(SHORT).cast(pl.UInt8)
    )  # fmt: skip
    named_id = pl.coalesce(
        "mde_id", pl.lit("entra:") + pl.col("entra_id"), pl.lit("name:") + pl.coalesce("fqdn", "short")
    )
    return named.select("entra_id", "fqdn", "short", "founds", id=named_id, kind=strongest)


def _parties(keys: pl.DataFrame) -> tuple[_Parties, Places]:
    """Return the parties, and for each record the place of its own (UNMATCHED if it has no key)."""
    ids, party = _coded(keys["id"])
    known = party != UNMATCHED
    kind = np.zeros(len(ids), dtype=np.uint8)
    kind[party[known]] = keys["kind"].to_numpy()[known]
    founds = np.zeros(len(ids), dtype=np.bool_)
    founds[party[keys["founds"].to_numpy() & known]] = True
    found = {}
    for level, column in ((ENTRA, "entra_id"), (FQDN, "fqdn"), (SHORT, "short")):
        _, key = _coded(keys[column]) if column in keys.columns else (ids, np.full(len(party), UNMATCHED, np.int32))
        pairs = pl.DataFrame({"party": party, "key": key})
        found[level] = pairs.filter((pl.col("party") != UNMATCHED) & (pl.col("key") != UNMATCHED)).unique()
    return _Parties(ids, kind, founds, found, np.arange(len(ids), dtype=np.int32)), party


def _coded(texts: pl.Series) -> tuple[pl.Series, Places]:
    """Return the distinct texts, and for each text its place among them (UNMATCHED for null)."""
    coded = texts.cast(pl.Categorical(pl.Categories.random()))
    places = coded.to_physical().cast(pl.Int32).fill_null(UNMATCHED).to_numpy()
    return coded.cat.get_categories(), places


def _by_entra(parties: _Parties) -> None:
    """Let parties known by Entra id join the only Defender id that goes with it."""
    pairs = _now(parties, parties.keys[ENTRA])
    left, holders = _of_kind(pairs, ENTRA), pairs.filter(pl.col("kind") == MDE)
    both = left.join(_counted(holders), on="key")
    _note_ambiguous(parties, both, holders)
    _join(parties, both.filter(pl.col("strong_count") == 1))


def _by_name(parties: _Parties, kind: int, level: int) -> None:
    """Let parties of a kind join the only stronger device with their full (FQDN) or short name."""
    pairs = _now(parties, parties.keys[level])
    left, holders = _of_kind(pairs, kind), pairs.filter(pl.col("kind") < kind)
    if not left.height or not holders.height:
        return
    both = left.join(_counted(holders), on="key")
    if kind == level:
        _note_ambiguous(parties, both, holders)
    # unique on both sides: over all parties of the kind by this name, and over all names of one party
    rivals = left.group_by("key").agg(pl.len().alias("rivals"))
    fitting = both.join(rivals, on="key").filter(pl.col("strong_count") == 1, pl.col("rivals") == 1)
    fitting = fitting.filter(pl.col("strong").n_unique().over("root") == 1).unique(["root", "strong"])
    for stronger_key in range(ENTRA, level):
        has = np.zeros(len(parties.root), dtype=np.bool_)
        has[parties.root[parties.keys[stronger_key]["party"].to_numpy()]] = True
        fitting = fitting.filter(~(pl.Series(has[fitting["root"]]) & pl.Series(has[fitting["strong"]])))
    if kind == ENTRA:  # two Entra ids are two devices
        fitting = fitting.filter(pl.len().over("strong") == 1)
    _join(parties, fitting)


def _now(parties: _Parties, keys: pl.DataFrame) -> pl.DataFrame:
    """Return which keys lead to which parties (and their kinds), those that have joined counted with whom they joined."""
    root = parties.root[keys["party"].to_numpy()]
    found = pl.DataFrame({"key": keys["key"], "root": root, "kind": parties.kind[root]})
    return found.unique()


def _of_kind(pairs: pl.DataFrame, kind: int) -> pl.DataFrame:
    return pairs.filter(pl.col("kind") == kind).select("key", "root")


def _counted(holders: pl.DataFrame) -> pl.DataFrame:
    """Return, for each key, how many stronger parties have it, and one of them."""
    return holders.group_by("key").agg(pl.len().alias("strong_count"), pl.col("root").min().alias("strong"))


def _note_ambiguous(parties: _Parties, both: pl.DataFrame, holders: pl.DataFrame) -> None:
    several = both.filter(pl.col("strong_count") > 1).select("key", "root")
    candidates = several.join(holders.select("key", strong="root"), on="key").group_by("root").agg("strong")
    for root, strong in candidates.iter_rows():
        parties.ambiguous[root] = tuple(sorted(parties.id[at] for at in strong))


def _join(parties: _Parties, pairs: pl.DataFrame) -> None:
    moved = np.arange(len(parties.root), dtype=np.int32)
    moved[pairs["root"].to_numpy()] = pairs["strong"].to_numpy()
    parties.root = moved[parties.root]


def _result(parties: _Parties, place: Places) -> Identified:
    """Number the devices in the order of their ids."""
    everyone = np.arange(len(parties.root), dtype=np.int32)
    founded = np.zeros(len(everyone), dtype=np.bool_)
    founded[parties.root[parties.founds]] = True
    founded[list(parties.ambiguous)] = False
    roots = everyone[founded]
    order = parties.id.gather(roots).arg_sort().to_numpy()
    number = np.full(len(everyone) + 1, UNMATCHED, dtype=np.int32)  # the last stands for UNMATCHED itself
    number[roots[order]] = np.arange(len(roots), dtype=np.int32)
    device = number[np.append(parties.root, UNMATCHED)]
    return Identified(
        parties.id.gather(roots[order]).alias("device_id"),
        device[place],
        _aliases(parties, device[:-1], everyone),
        _unmatched(parties, device[:-1], no_key=bool((place == UNMATCHED).any())),
    )


def _aliases(parties: _Parties, device: Places, everyone: Places) -> pl.Series:
    joined = everyone[(parties.root != everyone) & (device != UNMATCHED)]
    devices = pl.DataFrame({"device": np.arange(device.max(initial=UNMATCHED) + 1, dtype=np.int32)})
    names = pl.DataFrame({"device": device[joined], "alias": parties.id.gather(joined)}).sort("alias")
    lists = names.group_by("device", maintain_order=True).agg("alias")
    aliases = devices.join(lists, on="device", how="left", maintain_order="left")["alias"]
    return aliases.fill_null([]).cast(pl.List(pl.String))


def _unmatched(parties: _Parties, device: Places, no_key: bool) -> tuple[Unmatched, ...]:
    found = []
    for at in np.flatnonzero(device == UNMATCHED).tolist():
        candidates = parties.ambiguous.get(int(parties.root[at]), ())
        reason = "ambiguous" if candidates else "evidence for an unknown device"
        found.append(Unmatched(parties.id[at], reason, candidates))
    found.sort(key=lambda item: item.key)
    return (*found, Unmatched("", "no key")) if no_key else tuple(found)
