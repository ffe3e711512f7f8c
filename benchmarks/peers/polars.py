"""Polars, lazy and streaming: conditions as expressions; a missing value is null, and null logic is three-valued.

Versions have no type, so by hand a Python function compares each distinct text.
https://docs.pola.rs/user-guide/expressions/missing-data/ and .../expressions/user-defined-python-functions/
"""

from typing import Any

import polars as pl

from benchmarks.peers.work import COUNTED, RULES, SUPPORTED, UPDATES, Counts, Rule, parts, run

STATED: dict[str, Any] = {"infer_schema": False, "null_values": ""}  # quoted blanks say nothing, too


def at_least(column: pl.Expr, least: str) -> pl.Expr:
    """Return whether a version is another one or a later one, null for what is none; each text is looked at once."""
    wanted = parts(least)

    def answers(texts: pl.Series) -> pl.Series:
        found = {text: parts(text) >= wanted if parts(text) else None for text in texts.unique().drop_nulls()}
        return texts.replace_strict(found, default=None, return_dtype=pl.Boolean)

    return column.map_batches(answers, return_dtype=pl.Boolean, is_elementwise=True)


def condition(rule: Rule, plain: bool) -> pl.Expr:
    """Return what must hold."""
    column = pl.col(rule.column)
    revision = pl.col("OSBuild").replace_strict(UPDATES, default=None, return_dtype=pl.Int64)
    return {
        "version": column >= rule.value if plain else at_least(column, rule.value),
        "number_by_build": column.cast(pl.Int64, strict=False) >= revision,
        "word": column == rule.value if plain else column.str.to_lowercase() == rule.value.lower(),
        "not_word": column != rule.value,
        "one_of": column.is_in(SUPPORTED),
    }[rule.test]


def applies(rule: Rule) -> pl.Expr:
    """Return on which devices it must hold."""
    on = pl.col("OSPlatform").str.starts_with(rule.system) if rule.system else pl.lit(value=True)
    return on & pl.col("OSBuild").is_in(list(UPDATES)) if rule.test == "number_by_build" else on


def judge(path: str, plain: bool) -> Counts:
    """Return the counts of each rule."""
    judged, wanted = [], []
    for rule in RULES:
        holds = condition(rule, plain) if plain else ~applies(rule) | condition(rule, plain)
        among = applies(rule).fill_null(value=not plain)
        judged += [holds.alias(rule.id), among.alias(f"{rule.id} among")]
        answers = (pl.col(rule.id), ~pl.col(rule.id), pl.col(rule.id).is_null())
        for name, answer in zip(COUNTED, answers, strict=True):
            wanted.append((answer & pl.col(f"{rule.id} among")).sum().alias(f"{rule.id} {name}"))
    scan = pl.scan_csv(path, infer_schema=False) if plain else pl.scan_csv(path, **STATED)
    found = scan.select(judged).select(wanted).collect(engine="streaming").row(0, named=True)
    return {rule.id: {name: found[f"{rule.id} {name}"] for name in COUNTED} for rule in RULES}


if __name__ == "__main__":
    run(judge)
