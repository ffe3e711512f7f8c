"""Gives each record its device, from keys alone, on sets: the order of files and rows plays no part.

Records with the same strongest key (Defender id, Entra id, the exporting system's own id, full name, short name: their
*kind*) are one *party*. Level by level a party joins one of a stronger kind:

1. Each Defender id is a device; two such ids never merge.
2. By Entra id: joins the only device that has it; if several have it, the party is ambiguous.
3. By the own id of each exporting system (Intune, Configuration Manager), each a kind and a level of its own: likewise.
   Some systems give two devices one id (``own_ids_repeat``): one under which two names stand joins nothing, and a party
   that it alone makes is ambiguous.
4. By full name (FQDN), then 5. by short name: only if the name is unique on both sides (one party of that kind, one
   stronger device, over all inputs) and no stronger key disagrees: two Entra ids, two own ids of one system, or at the
   last level two full names, are two devices. Own ids of different systems never disagree. A party known by this name
   alone is ambiguous if several devices have it; so are parties of own ids of one system that share it with a device,
   if they cannot be devices of their own.

Then a device without a Defender id and one without a name join of which a folder holds both (``pairs.py``).

What has joined nothing and is not ambiguous is a device of its own, if a record of it may found one: evidence about
devices (URL tests, update lists) and secondary sources never do, whatever their key. A name that systems give where
they know none (``PLACEHOLDERS``) is no name. Records without any key go by the place of their file (``places.py``).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import polars as pl

from checker.inventory.identified import UNMATCHED, Identified, Places
from checker.inventory.pairs import pairs
from checker.inventory.places import place
from checker.inventory.sorted_ids import distinct, order_of
from checker.inventory.unmatched import Lost, name_lost
from checker.model.record import FileRecords

MDE, ENTRA = 0, 1  # the strongest kinds of parties; own ids follow, system by system, and the two kinds of names
IDS, NAMES = ["mde_id", "entra_id"], ["fqdn", "short"]
# What agents, images and spreadsheets write for a name that nobody gave: it would make one device of all of them.
PLACEHOLDERS = ("none", "null", "unknown", "n/a", "na", "<na>", "nan", "nil", "undefined", "(none)", "-", "--", "?")
NOBODYS = (
    "localhost",
    "localhost.localdomain",
    "localhost.local",
    "localhost4.localdomain4",
    "localhost6.localdomain6",
)


@dataclass(slots=True)
class _Parties:
    """The parties by place, and whom each has joined so far."""

    id: pl.Series
    kind: npt.NDArray[np.uint8]
    founds: npt.NDArray[np.bool_]
    primary: npt.NDArray[np.bool_]  # a source that is not secondary speaks of it
    keys: pl.DataFrame  # of all records
    levels: tuple[str, ...]  # the key that makes each kind, the strongest first
    of_record: Places  # UNMATCHED if it has no key
    doubled: dict[int, pl.DataFrame]  # level -> own ids that two devices have ("key"), with their "names"
    root: Places  # the party that each has joined in the end; itself as long as it has joined none
    ambiguous: dict[int, tuple[str, ...]] = field(default_factory=dict)  # party -> ids of those that it could join


def identify(inputs: Sequence[FileRecords]) -> Identified:
    """Return the device of every record; see the module's docstring for the levels."""
    keys, levels = _keys(inputs)
    parties = _parties(keys, levels, _doubled(inputs, keys, levels))
    for level in range(ENTRA, len(levels)):
        _join_by(parties, level)
    if len(levels) > 1 and any(item.file.per_device for item in inputs):
        _join_halves(parties, inputs)
    return _result(parties, inputs)


def _keys(inputs: Sequence[FileRecords]) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Return the keys of all records, names folded, with the strongest of them (its text as an id, and its kind).

    Own ids stand in one column for each system. The columns are told, too, the strongest first.
    """
    systems = sorted({system for item in inputs if (system := _system(item))})
    frames = [
        frame.select(
            *("mde_id", "entra_id"),
            pl.lit(None, pl.String).alias("name") if item.file.of_sites else "name",
            *(_own_ids(item, system).alias(system) for system in systems),
            founds=pl.lit(item.file.founds and not item.file.secondary) & pl.col("evidence").is_null(),
            primary=pl.lit(not item.file.secondary),
        )
        for item in inputs
        for frame in item.frames
    ]
    texts = dict.fromkeys(("mde_id", "entra_id", "name"), pl.String())
    flags = {"founds": pl.Boolean(), "primary": pl.Boolean()}
    keys = pl.concat(frames) if frames else pl.DataFrame(schema={**texts, **flags})
    levels = (*IDS, *systems, *NAMES)
    if not keys["mde_id"].null_count():  # the other keys serve to join what has no Defender id
        return keys.select("founds", "primary", id="mde_id", kind=pl.lit(MDE, pl.UInt8)), levels[:1]
    folded = pl.col("name").str.strip_chars().str.to_lowercase().str.strip_chars_end(".")
    short = folded.str.split_exact(".", 1).struct.field("field_0")
    nobodys = ["", *PLACEHOLDERS, *NOBODYS]  # also where a domain stands behind them
    named = keys.with_columns(name=folded, short=pl.when(~short.is_in(nobodys)).then(short))
    is_named = pl.col("short").is_not_null() & ~pl.col("name").is_in(nobodys)
    named = named.with_columns(
        short=pl.when(is_named).then("short"),
        fqdn=pl.when(is_named & pl.col("name").str.contains(".", literal=True)).then("name"),
    )
    kind = pl.lit(len(levels) - 1)
    for level in reversed(range(len(levels) - 1)):
        kind = pl.when(pl.col(levels[level]).is_not_null()).then(level).otherwise(kind)
    strongest = pl.coalesce(
        "mde_id", pl.lit("entra:") + pl.col("entra_id"), *systems, pl.lit("name:") + pl.coalesce(*NAMES)
    )
    found = named.select("founds", "primary", *levels[ENTRA:], id=strongest, kind=kind.cast(pl.UInt8))
    return found, levels


def _system(item: FileRecords) -> str:
    """Return the system whose own ids the records of a file have: one for a file, as its mapping has one."""
    for frame in item.frames:
        first = frame["own_id"].first(ignore_nulls=True)
        if isinstance(first, str):
            return first.partition(":")[0] + ":"
    return ""


def _own_ids(item: FileRecords, system: str) -> pl.Expr:
    return pl.col("own_id") if _system(item) == system else pl.lit(None, dtype=pl.String())


def _doubled(inputs: Sequence[FileRecords], keys: pl.DataFrame, levels: tuple[str, ...]) -> dict[int, pl.DataFrame]:
    """Return by level the own ids under which records have different names, of systems that repeat their ids."""
    repeating = {_system(item) for item in inputs if item.file.own_ids_repeat} & set(levels)
    found = {}
    for system in repeating:
        named = keys.filter(pl.col(system).is_not_null() & pl.col("short").is_not_null())
        numbers = named.select(
            *(pl.when(pl.col(name).is_not_null()).then(pl.col(name).hash()).alias(name) for name in NAMES),
            key=pl.col(system).hash(),
        )  # to compare numbers takes a fifth of the time of texts
        differ = pl.any_horizontal((pl.col(name).min() != pl.col(name).max()).fill_null(False) for name in NAMES)
        doubled = numbers.group_by("key").agg(differ=differ).filter("differ")["key"]
        mine = named.filter(numbers["key"].is_in(doubled.to_list())) if len(doubled) else named.clear()
        names = (pl.lit("name:") + pl.coalesce(*NAMES)).unique().sort()
        found[levels.index(system)] = mine.group_by(key=system).agg(names=names)
    return {level: ids for level, ids in found.items() if ids.height}


def _parties(keys: pl.DataFrame, levels: tuple[str, ...], doubled: dict[int, pl.DataFrame]) -> _Parties:
    known = keys.with_row_index("record").filter(pl.col("id").is_not_null())
    example, party = distinct(known["id"])
    founds, primary = np.zeros((2, len(example)), dtype=np.bool_)
    founds[party[known["founds"].to_numpy()]] = True
    primary[party[known["primary"].to_numpy()]] = True
    of_record = np.full(keys.height, UNMATCHED, dtype=np.int32)
    of_record[known["record"].to_numpy()] = party
    ids, kinds = known["id"].gather(example), known["kind"].to_numpy()[example]
    ambiguous: dict[int, tuple[str, ...]] = {}
    for level, found in doubled.items():
        mine = pl.DataFrame({"key": ids, "party": np.arange(len(ids))}).filter(pl.Series(kinds == level))
        ambiguous |= {at: tuple(names) for at, names in mine.join(found, on="key").select("party", "names").iter_rows()}
    return _Parties(
        id=ids,
        kind=kinds,
        founds=founds,
        primary=primary,
        keys=keys,
        levels=levels,
        of_record=of_record,
        doubled=doubled,
        root=np.arange(len(example), dtype=np.int32),
        ambiguous=ambiguous,
    )


def _join_by(parties: _Parties, level: int) -> None:
    """Let parties join stronger ones by the key of a level, the stronger kinds first."""
    kinds = range(ENTRA, level + 1)
    alone = parties.root == np.arange(len(parties.root))
    if not (alone & np.isin(parties.kind, kinds)).any():
        return
    texts = parties.keys[parties.levels[level]]
    now = pl.DataFrame({"key": texts.hash(), "root": parties.of_record, "record": np.arange(len(texts))})
    mine = texts.is_not_null()
    if level in parties.doubled:
        mine &= ~texts.is_in(parties.doubled[level]["key"].to_list()).fill_null(True)
    now = now.filter(mine)
    for kind in kinds:
        if not (alone & (parties.kind == kind)).any():
            continue
        root = parties.root[now["root"].to_numpy()]
        now = now.with_columns(root=pl.Series(root), kind=pl.Series(parties.kind[root]))
        _join_kind(parties, level, kind, now)


def _join_kind(parties: _Parties, level: int, kind: int, now: pl.DataFrame) -> None:
    """Let the parties of a kind join; ``now`` says which keys lead to which parties, those that joined not counted.

    That a key leads to one party, or a party to one, is told by the least and the greatest being the same: to make the
    pairs distinct first takes several times as long.
    """
    mine = now.filter(pl.col("kind") == kind)
    holders = now.filter(pl.col("kind") < kind).join(mine, on="key", how="semi")
    if not mine.height or not holders.height:
        return
    strong = holders.group_by("key").agg(
        strong=pl.col("root").min(), strongest=pl.col("root").max(), strong_record=pl.col("record").first()
    )
    left = mine.filter(~pl.col("root").is_in(list(parties.ambiguous))).join(strong, on="key")
    several = left.filter(pl.col("strong") != pl.col("strongest"))
    if kind == level:
        _note_ambiguous(parties, several, holders)
    fitting = left.join(several, on="root", how="anti")
    fitting = fitting.join(_shared(left, "root", "strong"), on="root", how="anti")
    for stronger_level in range(ENTRA, level):
        has = _have(parties, stronger_level)
        disagree = has[fitting["root"].to_numpy()] & has[fitting["strong"].to_numpy()]
        fitting = fitting.filter(pl.Series(~disagree))
    namesakes = _shared(mine, "key", "root")
    if ENTRA < kind < level and parties.levels[kind] not in NAMES:
        lost = fitting.filter(pl.Series(~parties.founds[fitting["root"].to_numpy()]))  # the others are devices
        _note_ambiguous(parties, lost.join(namesakes, on="key", how="semi"), holders)
    fitting = fitting.join(namesakes, on="key", how="anti")
    if kind < level and parties.levels[kind] not in NAMES:  # two ids of one kind are two devices: they cannot join one
        fitting = fitting.join(_shared(fitting, "strong", "root"), on="strong", how="anti")
    texts = parties.keys[parties.levels[level]]
    same = texts.gather(fitting["record"]) == texts.gather(fitting["strong_record"])  # not only their hashes
    pairs = fitting.filter(same)
    moved = np.arange(len(parties.root), dtype=np.int32)
    moved[pairs["root"].to_numpy()] = pairs["strong"].to_numpy()
    parties.root = moved[parties.root]


def _join_halves(parties: _Parties, inputs: Sequence[FileRecords]) -> None:
    """Let a device without a Defender id join one without a name, of which a folder tells that they are one."""
    has = [_have(parties, level) for level in range(ENTRA, len(parties.levels))]
    named, others = has[-2] | has[-1], has[:-2]
    idless = named & (parties.kind != MDE)
    idless[list(parties.ambiguous)] = False
    roots = np.append(parties.root, np.int32(UNMATCHED))[parties.of_record]
    for half, whole in pairs(inputs, roots, ~named & (parties.kind == MDE), idless):
        if not any(keys[half] and keys[whole] for keys in others):  # two Entra ids are two devices, as for names
            parties.root[parties.root == half] = whole


def _shared(pairs: pl.DataFrame, by: str, of: str) -> pl.DataFrame:
    """Return the values of a column that stand beside more than one of another."""
    ends = pairs.group_by(by).agg(first=pl.col(of).min(), last=pl.col(of).max())
    return ends.filter(pl.col("first") != pl.col("last")).select(by)


def _have(parties: _Parties, level: int) -> npt.NDArray[np.bool_]:
    """Tell which parties have a key of a level, of their own or of those that joined them."""
    has = np.zeros(len(parties.root), dtype=np.bool_)
    has[parties.root[parties.of_record[parties.keys[parties.levels[level]].is_not_null().to_numpy()]]] = True
    return has


def _note_ambiguous(parties: _Parties, several: pl.DataFrame, holders: pl.DataFrame) -> None:
    candidates = several.select("key", "root").unique().join(holders.select("key", strong="root").unique(), on="key")
    for root, strong in candidates.group_by("root").agg("strong").iter_rows():
        parties.ambiguous[root] = tuple(sorted(parties.id[at] for at in set(strong)))


def _result(parties: _Parties, inputs: Sequence[FileRecords]) -> Identified:
    """Number the devices in the order of their ids."""
    founded = np.zeros(len(parties.root), dtype=np.bool_)
    founded[parties.root[parties.founds]] = True
    founded[list(parties.ambiguous)] = False
    roots = np.flatnonzero(founded)
    roots = roots[order_of(parties.id.gather(roots))]
    ids = parties.id.gather(roots).alias("device_id")
    number = np.full(len(founded), UNMATCHED, dtype=np.int32)
    number[roots] = np.arange(len(roots), dtype=np.int32)
    of_party = number[parties.root]
    joined = np.flatnonzero((parties.root != np.arange(len(founded))) & (of_party != UNMATCHED))
    aliases = pl.DataFrame({"device": of_party[joined], "alias": parties.id.gather(joined)})
    device, placed = place(inputs, parties.of_record, of_party, parties.keys, ids)
    alone = np.flatnonzero(of_party == UNMATCHED).astype(np.int32)
    roots_of = {at: int(parties.root[at]) for at in alone.tolist()}
    could_be = {at: parties.ambiguous[root] for at, root in roots_of.items() if root in parties.ambiguous}
    lost = Lost(parties.id, alone, parties.primary, could_be)
    unmatched, counts = name_lost(inputs, lost, parties.of_record, device)
    return Identified(ids, device, aliases.sort("device", "alias"), unmatched, counts, placed)
