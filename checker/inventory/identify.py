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
LEVELS = {ENTRA: "entra_id", FQDN: "fqdn", SHORT: "short"}  # the key by which a level joins

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
    aliases: pl.DataFrame  # device, alias: the other keys under which records joined a device, sorted by both
    unmatched: tuple[Unmatched, ...] = ()


@dataclass(slots=True)
class _Parties:
    """The parties by place, and whom each has joined so far."""

    id: pl.Series
    kind: npt.NDArray[np.uint8]
    founds: npt.NDArray[np.bool_]
    keys: pl.DataFrame  # of all records
    of_record: Places  # UNMATCHED if it has no key
    root: Places  # the party that each has joined in the end; itself as long as it has joined none
    ambiguous: dict[int, tuple[str, ...]] = field(default_factory=dict)  # party -> ids of those that it could join


def identify(inputs: Sequence[FileRecords]) -> Identified:
    """Return the device of every record; see the module's docstring for the levels."""
    parties = _parties(_keys(inputs))
    _join_by(parties, ENTRA, [ENTRA])
    _join_by(parties, FQDN, [ENTRA, FQDN])
    _join_by(parties, SHORT, [ENTRA, FQDN, SHORT])
    return _result(parties)


def _keys(inputs: Sequence[FileRecords]) -> pl.DataFrame:
    """Return the keys of all records, names folded, and the strongest of them: its text as an id, and its kind."""
    columns = ("mde_id", "entra_id", "name")
    frames = [
        frame.select(*columns, pl.lit(item.file.founds).alias("founds")) for item in inputs for frame in item.frames
    ]
    schema = {**dict.fromkeys(columns, pl.String()), "founds": pl.Boolean()}
    keys = pl.concat(frames) if frames else pl.DataFrame(schema=schema)
    if not keys["mde_id"].null_count():  # the other keys serve to join what has no Defender id
        return keys.select("founds", id="mde_id", kind=pl.lit(MDE, pl.UInt8))
    folded = pl.col("name").str.strip_chars().str.to_lowercase().str.strip_chars_end(".")
    short = folded.str.split_exact(".", 1).struct.field("field_0")
    named = keys.with_columns(
        fqdn=pl.when(folded.str.contains(".", literal=True) & (short != "")).then(folded),
        short=pl.when(short != "").then(short),
    )
    has = [pl.col(column).is_not_null() for column in ("mde_id", "entra_id", "fqdn")]
    kind = pl.when(has[0]).then(MDE).when(has[1]).then(ENTRA).when(has[2]).then(FQDN).otherwise(SHORT)
    strongest = pl.coalesce(
        "mde_id", pl.lit("entra:") + pl.col("entra_id"), pl.lit("name:") + pl.coalesce("fqdn", "short")
    )
    return named.select("founds", *LEVELS.values(), id=strongest, kind=kind.cast(pl.UInt8))


def _parties(keys: pl.DataFrame) -> _Parties:
    known = keys.with_row_index("record").filter(pl.col("id").is_not_null())
    example, party = _distinct(known["id"])
    founds = np.zeros(len(example), dtype=np.bool_)
    founds[party[known["founds"].to_numpy()]] = True
    of_record = np.full(keys.height, UNMATCHED, dtype=np.int32)
    of_record[known["record"].to_numpy()] = party
    return _Parties(
        id=known["id"].gather(example),
        kind=known["kind"].to_numpy()[example],
        founds=founds,
        keys=keys,
        of_record=of_record,
        root=np.arange(len(example), dtype=np.int32),
    )


def _distinct(texts: pl.Series) -> tuple[npt.NDArray[np.int64], Places]:
    """Return one place of each distinct text, and for each text the number of its own among them."""
    seed = 0
    while True:  # two texts with one hash are as good as never seen; another seed then tells them apart
        hashes = texts.hash(seed).to_numpy()
        _, example, number = np.unique(hashes, return_index=True, return_inverse=True)
        if (texts.gather(example[number]) == texts).all():
            return example, number.astype(np.int32)
        seed += 1


def _order(ids: pl.Series) -> npt.NDArray[np.int64]:
    """Return the places of the ids in sorted order.

    Defender ids are hexadecimal, so their first 15 digits fit a number, and numbers sort twenty times as fast as texts
    (1,000,000 ids: 0.02 s against 0.40 s); where that does not settle the order, the texts are sorted.
    """
    numbers = ids.str.head(15).str.to_integer(base=16, dtype=pl.Int64, strict=False)
    if not numbers.null_count():
        order = np.argsort(numbers.to_numpy())
        if ids.gather(order).is_sorted():
            return order
    return ids.arg_sort().to_numpy().astype(np.int64)


def _join_by(parties: _Parties, level: int, kinds: Sequence[int]) -> None:
    """Let parties of these kinds, the stronger first, join stronger ones by the key of a level."""
    alone = parties.root == np.arange(len(parties.root))
    if not (alone & np.isin(parties.kind, kinds)).any():
        return
    texts = parties.keys[LEVELS[level]]
    now = pl.DataFrame({"key": texts.hash(), "root": parties.of_record, "record": np.arange(len(texts))})
    now = now.filter(pl.Series(texts.is_not_null()))
    for kind in kinds:
        root = parties.root[now["root"].to_numpy()]
        now = now.with_columns(root=pl.Series(root), kind=pl.Series(parties.kind[root])).unique(["key", "root"])
        _join_kind(parties, level, kind, now)


def _join_kind(parties: _Parties, level: int, kind: int, now: pl.DataFrame) -> None:
    """Let the parties of a kind join; ``now`` says which keys lead to which parties, those that joined not counted."""
    holders = now.filter(pl.col("kind") < (MDE + 1 if level == ENTRA else kind))
    strong = holders.group_by("key").agg(
        pl.len().alias("holders"), strong=pl.col("root").first(), strong_record=pl.col("record").first()
    )
    left = now.filter(pl.col("kind") == kind).join(strong, on="key")
    if kind == level:
        _note_ambiguous(parties, left.filter(pl.col("holders") > 1), holders)
    rivals = now.filter(pl.col("kind") == kind).group_by("key").agg(pl.len().alias("rivals"))
    fitting = left.join(rivals, on="key").filter(
        pl.col("holders") == 1, pl.col("rivals") == 1, pl.col("strong").n_unique().over("root") == 1
    )
    for stronger_level in range(ENTRA, level):
        has = _have(parties, stronger_level)
        disagree = has[fitting["root"].to_numpy()] & has[fitting["strong"].to_numpy()]
        fitting = fitting.filter(pl.Series(~disagree))
    fitting = fitting.unique(["root", "strong"])
    if kind == ENTRA and level != ENTRA:  # two Entra ids are two devices: they cannot join one
        fitting = fitting.filter(pl.len().over("strong") == 1)
    texts = parties.keys[LEVELS[level]]
    same = texts.gather(fitting["record"]) == texts.gather(fitting["strong_record"])  # not only their hashes
    pairs = fitting.filter(same)
    moved = np.arange(len(parties.root), dtype=np.int32)
    moved[pairs["root"].to_numpy()] = pairs["strong"].to_numpy()
    parties.root = moved[parties.root]


def _have(parties: _Parties, level: int) -> npt.NDArray[np.bool_]:
    """Tell which parties have a key of a level, of their own or of those that joined them."""
    has = np.zeros(len(parties.root), dtype=np.bool_)
    has[parties.root[parties.of_record[parties.keys[LEVELS[level]].is_not_null().to_numpy()]]] = True
    return has


def _note_ambiguous(parties: _Parties, several: pl.DataFrame, holders: pl.DataFrame) -> None:
    candidates = several.select("key", "root").join(holders.select("key", strong="root"), on="key")
    for root, strong in candidates.group_by("root").agg("strong").iter_rows():
        parties.ambiguous[root] = tuple(sorted(parties.id[at] for at in strong))


def _result(parties: _Parties) -> Identified:
    """Number the devices in the order of their ids."""
    founded = np.zeros(len(parties.root), dtype=np.bool_)
    founded[parties.root[parties.founds]] = True
    founded[list(parties.ambiguous)] = False
    roots = np.flatnonzero(founded)
    roots = roots[_order(parties.id.gather(roots))]
    number = np.full(len(founded), UNMATCHED, dtype=np.int32)
    number[roots] = np.arange(len(roots), dtype=np.int32)
    device = number[parties.root]
    joined = np.flatnonzero((parties.root != np.arange(len(founded))) & (device != UNMATCHED))
    aliases = pl.DataFrame({"device": device[joined], "alias": parties.id.gather(joined)})
    return Identified(
        device_ids=parties.id.gather(roots).alias("device_id"),
        device=np.append(device, np.int32(UNMATCHED))[parties.of_record],  # the last stands for UNMATCHED itself
        aliases=aliases.sort("device", "alias"),
        unmatched=_unmatched(parties, device),
    )


def _unmatched(parties: _Parties, device: Places) -> tuple[Unmatched, ...]:
    found = []
    for at in np.flatnonzero(device == UNMATCHED).tolist():
        candidates = parties.ambiguous.get(int(parties.root[at]), ())
        reason = "ambiguous" if candidates else "evidence for an unknown device"
        found.append(Unmatched(parties.id[at], reason, candidates))
    found.sort(key=lambda item: item.key)
    return (*found, Unmatched("", "no key")) if (parties.of_record == UNMATCHED).any() else tuple(found)
