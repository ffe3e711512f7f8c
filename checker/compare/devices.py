"""What became of each device between two results: matched by id, then by name; readiness and verification tell."""

from typing import Final

import polars as pl

from checker.model.outcome import Readiness, Verification

APPEARED, DISAPPEARED = "appeared", "disappeared"
NEWLY_READY, NEWLY_VERIFIED, REGRESSED = "newly_ready", "newly_verified", "regressed"
CHANGED, SAME = "otherwise_changed", "same"

# Every device of either result is of exactly one kind; the first six are shown.
KINDS: Final = {
    REGRESSED: "was READY or MIGRATED and is not now; or was VERIFIED and now is NOT_VERIFIED",
    NEWLY_READY: "is READY or MIGRATED, and was not before",
    NEWLY_VERIFIED: "is VERIFIED after NOT_VERIFIED",
    CHANGED: "another readiness, or it came into scope or left it",
    APPEARED: "in the new result only",
    DISAPPEARED: "in the old result only",
    SAME: "the same readiness",
}

COLUMNS: Final = ("device_name", "readiness", "verification", "route", "path", "outcomes")
_READY: Final = (Readiness.READY.value, Readiness.MIGRATED.value)


def match(old: pl.DataFrame, new: pl.DataFrame) -> pl.DataFrame:
    """Return one row for each device of either side, in order of their ids: the new one, else the old one.

    ``old_id`` and ``new_id`` are null where that side has no such device; the other columns stand twice, prefixed
    ``old_`` and ``new_``. A device that is gone and one that came are the same if they have the same name, folded for
    case, and no other device of either side has that name.
    """
    gone = old.join(new, on="device_id", how="anti")
    came = new.join(old, on="device_id", how="anti")
    moved = _named(gone, old).join(_named(came, new), on="folded", suffix="_new")
    moved = moved.select("device_id", key="device_id_new")
    renamed = old.join(moved, on="device_id", how="left").with_columns(pl.coalesce("key", "device_id").alias("key"))
    left = renamed.select("key", old_id="device_id", **{f"old_{name}": name for name in COLUMNS})
    right = new.select(key="device_id", new_id="device_id", **{f"new_{name}": name for name in COLUMNS})
    joined = left.join(right, on="key", how="full", coalesce=True)
    return joined.rename({"key": "device_id"}).sort("device_id")


def _named(some: pl.DataFrame, everyone: pl.DataFrame) -> pl.DataFrame:
    """Return the ids of some devices by their folded names, where no other device of their side has that name."""
    names = everyone.select("device_id", folded=pl.col("device_name").str.strip_chars().str.to_lowercase())
    own = names.filter(pl.col("folded").is_unique() & (pl.col("folded") != ""))
    return own.join(some, on="device_id", how="semi")


def tell(matched: pl.DataFrame) -> pl.DataFrame:
    """Add ``kind``, one of KINDS, and ``judged``: in scope both times, so that outcomes can be compared."""
    ready = {side: pl.col(f"{side}_readiness").is_in(_READY) for side in ("old", "new")}
    verified, not_verified = Verification.VERIFIED.value, Verification.NOT_VERIFIED.value
    was, now = pl.col("old_verification"), pl.col("new_verification")
    judged = pl.all_horizontal(
        pl.col(f"{side}_readiness").ne_missing(pl.lit(Readiness.OUT_OF_SCOPE.value))
        & pl.col(f"{side}_id").is_not_null()
        for side in ("old", "new")
    )
    kind = (
        pl.when(pl.col("old_id").is_null())
        .then(pl.lit(APPEARED))
        .when(pl.col("new_id").is_null())
        .then(pl.lit(DISAPPEARED))
        .when(judged & ready["old"] & ~ready["new"])
        .then(pl.lit(REGRESSED))
        .when(judged & ~ready["old"] & ready["new"])
        .then(pl.lit(NEWLY_READY))
        .when(judged & (was == verified) & (now == not_verified))
        .then(pl.lit(REGRESSED))
        .when(judged & (was == not_verified) & (now == verified))
        .then(pl.lit(NEWLY_VERIFIED))
        .when(pl.col("old_readiness") != pl.col("new_readiness"))
        .then(pl.lit(CHANGED))
        .otherwise(pl.lit(SAME))
    )
    return matched.with_columns(kind=kind.cast(pl.Enum(list(KINDS))), judged=judged)
