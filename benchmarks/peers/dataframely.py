"""dataframely: a schema with a rule for each prerequisite; ``filter`` tells how often each failed.

https://dataframely.readthedocs.io/stable/guides/quickstart.html. A rule that is null holds, and there is no third
outcome: by hand each prerequisite is two rules, of which one says only whether the other can be answered.
"""

from typing import Any

import dataframely as dy
import polars as pl

from benchmarks.peers.polars import STATED, applies, condition
from benchmarks.peers.work import RULES, Counts, run


def schema(plain: bool) -> type[dy.Schema]:
    """Return the schema; it is made rather than written since its rules stand in work.py."""
    members: dict[str, Any] = {rule.column: dy.String(nullable=True) for rule in RULES}
    members |= {name: dy.String(nullable=True) for name in ("OSPlatform", "OSBuild")}
    for rule in RULES:
        holds = ~applies(rule) | condition(rule, plain)
        members[rule.id] = dy.rule()(lambda _, holds=holds: holds)
        if not plain:
            members[f"{rule.id} known"] = dy.rule()(lambda _, holds=holds: holds.is_not_null())
    return type("Ten", (dy.Schema,), members)


def judge(path: str, plain: bool) -> Counts:
    """Return the counts of each rule."""
    frame = pl.read_csv(path, infer_schema=False) if plain else pl.read_csv(path, **STATED)
    _, failure = schema(plain).filter(frame)
    failed = failure.counts()
    counts = {}
    for rule in RULES:
        fail, unknown = failed.get(rule.id, 0), failed.get(f"{rule.id} known", 0)
        among = frame.filter(applies(rule) if plain else applies(rule).fill_null(value=True)).height
        counts[rule.id] = {"PASS": among - fail - unknown, "FAIL": fail, "UNKNOWN": unknown}
    return counts


if __name__ == "__main__":
    run(judge)
