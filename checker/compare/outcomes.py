"""What became of each rule on each device between two results.

The devices of a fleet share few different lists of outcomes. So each list is one text, devices are counted by the pairs
of texts that they have, and only the pairs are taken apart: the work does not grow with devices times rules.
"""

from typing import Final

import polars as pl

from checker.compare.results import Stored

FIXED, NEWLY_FAILING, NEWLY_UNKNOWN = "fixed", "newly_failing", "newly_unknown"
FOUND_FAILING, LOST_SIGHT, INCOMPARABLE = "found_failing", "no_longer_known", "incomparable"
STILL_FAILING, STILL_UNKNOWN, NO_LONGER_WAIVED = "still_failing", "still_unknown", "no_longer_waived"
NEITHER: Final = "-"  # PASS or NOT_APPLICABLE: the tables list what is FAIL or UNKNOWN

KINDS: Final = {
    NEWLY_FAILING: "FAIL now, and neither FAIL nor UNKNOWN before",
    NO_LONGER_WAIVED: "FAIL both times, and the waiver that covered it is gone",
    FOUND_FAILING: "FAIL now, after UNKNOWN",
    NEWLY_UNKNOWN: "UNKNOWN now, and neither FAIL nor UNKNOWN before",
    LOST_SIGHT: "UNKNOWN now, after FAIL: not fixed",
    INCOMPARABLE: "not the same question twice: the rule is judged in one result only, or its facts are gone",
    FIXED: "FAIL or UNKNOWN before, and neither now",
    STILL_FAILING: "FAIL both times",
    STILL_UNKNOWN: "UNKNOWN both times",
}

# before, now -> kind
_TURNS: Final = {
    ("FAIL", NEITHER): FIXED,
    ("UNKNOWN", NEITHER): FIXED,
    (NEITHER, "FAIL"): NEWLY_FAILING,
    ("UNKNOWN", "FAIL"): FOUND_FAILING,
    (NEITHER, "UNKNOWN"): NEWLY_UNKNOWN,
    ("FAIL", "UNKNOWN"): LOST_SIGHT,
    ("FAIL", "FAIL"): STILL_FAILING,
    ("UNKNOWN", "UNKNOWN"): STILL_UNKNOWN,
}

NOT_NOW, NOT_BEFORE = "not judged in the new result", "not judged in the old result"
NOT_EXPORTED: Final = "its facts are no longer exported"

ONCE: Final = ""  # the id under which rules about tenant and fleet are compared
_BETWEEN_LISTS, _BETWEEN_RULES = "\x1e", "\x1f"  # no rule id has control characters
_LISTS: Final = ("FAIL", "UNKNOWN", "waived", "unexported")  # of a text, in this order; the last only where it matters


def side(stored: Stored) -> pl.DataFrame:
    """Return the devices of a result with their ``outcomes`` as one text, and a row for what is judged once."""
    lists = [pl.col(name).list.join(_BETWEEN_RULES).fill_null("") for name in ("failed", "unknown", "waived")]
    outcomes = pl.concat_str(lists, separator=_BETWEEN_LISTS).cast(pl.Categorical)
    columns = ("device_id", "device_name", "readiness", "verification", "route", "path")
    frame = stored.devices.select(*columns, outcomes=outcomes).collect(engine="streaming")
    return pl.concat([_once(stored.findings), frame])


def _once(findings: pl.LazyFrame) -> pl.DataFrame:
    """Return the row of what is judged once per run: rules about the tenant or the fleet."""
    judged = findings.filter((pl.col("device_id") == ONCE) & (pl.col("devices") == 0))
    said = judged.select("rule_id", "outcome", "waived").collect(engine="streaming")
    lists = [said.filter(pl.col("outcome") == outcome)["rule_id"].to_list() for outcome in ("FAIL", "UNKNOWN")]
    lists.append(said.filter(pl.col("waived").is_not_null())["rule_id"].to_list())
    text = _BETWEEN_LISTS.join(_BETWEEN_RULES.join(each) for each in lists)
    nothing = dict.fromkeys(("device_name", "readiness", "verification", "route", "path"), "")
    frame = pl.DataFrame([{"device_id": ONCE, **nothing, "outcomes": text}])
    return frame.with_columns(pl.col("outcomes").cast(pl.Categorical))


def mark_unexported(told: pl.DataFrame, turned: pl.DataFrame, findings: pl.LazyFrame) -> pl.DataFrame:
    """Add to the new texts which rules that failed before are UNKNOWN only since no export carries their facts.

    ``turned`` are the turns of these devices without that, ``findings`` those of the new result.
    """
    lost = turned.filter(pl.col("kind") == LOST_SIGHT).select("old_outcomes", "new_outcomes", "rule_id")
    if lost.is_empty():
        return told
    pairs = told.filter("judged").join(lost, on=["old_outcomes", "new_outcomes"]).select("device_id", "rule_id")
    unknown = (pl.col("outcome") == "UNKNOWN") & pl.col("rule_id").is_in(lost["rule_id"].unique().to_list())
    of_fleet = (pl.col("device_id") == ONCE) & (pl.col("devices") > 0)
    own = findings.filter(unknown & ~of_fleet).join(pairs.lazy(), on=["device_id", "rule_id"], how="semi")
    said = own.select("device_id", "rule_id", gone=_for_want_of_an_export()).collect(engine="streaming")
    fleet = findings.filter(unknown & of_fleet & _for_want_of_an_export()).select("rule_id").collect()["rule_id"]
    # a device without a finding of its own is one of those for which the fleet's finding stands
    gone = pl.coalesce("gone", pl.col("rule_id").is_in(fleet.to_list()))
    rules = pairs.join(said, on=["device_id", "rule_id"], how="left").filter(gone).group_by("device_id")
    more = rules.agg(unexported=pl.col("rule_id").sort().str.join(_BETWEEN_RULES))
    text = pl.concat_str(pl.col("new_outcomes").cast(pl.String), "unexported", separator=_BETWEEN_LISTS)
    marked = told.join(more, on="device_id", how="left", maintain_order="left")
    return marked.with_columns(
        pl.when(pl.col("unexported").is_null())
        .then(pl.col("new_outcomes"))
        .otherwise(text.cast(pl.Categorical))
        .alias("new_outcomes")
    ).drop("unexported")


def _for_want_of_an_export() -> pl.Expr:
    """Whether a finding misses something, and nothing for another reason than that no export carries it."""
    missing = pl.col("evidence").list.eval(pl.element().struct.field("missing").drop_nulls())
    return (missing.list.len() > 0) & missing.list.eval(pl.element() == "NOT_EXPORTED").list.all()


def turns(told: pl.DataFrame, shown_before: frozenset[str], shown_now: frozenset[str]) -> pl.DataFrame:
    """Return each rule that is open before or now, for each pair of texts that judged devices have.

    Columns: ``old_outcomes``, ``new_outcomes``, ``rule_id``, ``old`` and ``new`` (FAIL, UNKNOWN or ``-``), ``kind``,
    ``why`` (it is incomparable), ``waived`` (now, or before where it is not open now), ``devices`` (with the pair).
    """
    pairs = told.filter("judged").group_by("old_outcomes", "new_outcomes").agg(devices=pl.len())
    keys = ("old_outcomes", "new_outcomes", "devices")
    before = pairs.join(_apart(pairs["old_outcomes"]), left_on="old_outcomes", right_on="text")
    now = pairs.join(_apart(pairs["new_outcomes"]), left_on="new_outcomes", right_on="text")
    joined = before.join(now, on=[*keys, "rule_id"], how="full", coalesce=True, suffix="_now")
    table = pl.DataFrame([(*turn, kind) for turn, kind in _TURNS.items()], schema=["old", "new", "turn"], orient="row")
    named = joined.select(
        *keys,
        "rule_id",
        old=pl.col("outcome").fill_null(NEITHER),
        new=pl.col("outcome_now").fill_null(NEITHER),
        waived=pl.coalesce("waived_now", "waived"),
        uncovered=pl.col("waived").fill_null(value=False) & ~pl.col("waived_now").fill_null(value=True),
        gone=pl.col("unexported_now").fill_null(value=False),
    ).join(table, on=["old", "new"])
    why = (
        pl.when(~pl.col("rule_id").is_in(sorted(shown_now)))
        .then(pl.lit(NOT_NOW))
        .when(~pl.col("rule_id").is_in(sorted(shown_before)))
        .then(pl.lit(NOT_BEFORE))
        .when((pl.col("turn") == LOST_SIGHT) & pl.col("gone"))
        .then(pl.lit(NOT_EXPORTED))
    )
    ended = (pl.col("turn") == STILL_FAILING) & pl.col("uncovered")
    turn = pl.when(ended).then(pl.lit(NO_LONGER_WAIVED)).otherwise(pl.col("turn"))
    kind = pl.when(pl.col("why").is_null()).then(turn).otherwise(pl.lit(INCOMPARABLE))
    told_apart = named.with_columns(why=why).with_columns(kind=kind.cast(pl.Enum(list(KINDS))))
    return told_apart.drop("turn", "gone", "uncovered")


def _apart(texts: pl.Series) -> pl.DataFrame:
    """Return the outcomes of each distinct text: text, rule_id, outcome, waived, unexported."""
    lists = pl.col("text").cast(pl.String).str.split(_BETWEEN_LISTS)
    frame = pl.DataFrame({"text": texts.unique()}).with_columns(
        lists.list.get(place, null_on_oob=True).fill_null("").str.split(_BETWEEN_RULES).alias(name)
        for place, name in enumerate(_LISTS)
    )
    open_rules = [
        frame.select("text", "waived", "unexported", rule_id=outcome, outcome=pl.lit(outcome))
        .explode("rule_id")
        .filter(pl.col("rule_id") != "")
        for outcome in ("FAIL", "UNKNOWN")
    ]
    marks = (pl.col(name).list.contains(pl.col("rule_id")).alias(name) for name in ("waived", "unexported"))
    return pl.concat(open_rules).with_columns(*marks).select("text", "rule_id", "outcome", "waived", "unexported")
