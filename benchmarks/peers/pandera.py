"""pandera[polars]: a schema, validated lazily so that every failure case is reported.

https://pandera.readthedocs.io/en/stable/polars.html and .../lazy_validation.html. There is no third outcome and no
condition for whom a check applies: at first the frame is cut into systems and a null is "not_nullable"; by hand each
prerequisite is two checks of Polars expressions, of which one says only whether the other can be answered.
"""

import pandera.polars as pa
import polars as pl

from benchmarks.peers.polars import STATED, applies, condition
from benchmarks.peers.work import RULES, Counts, Rule, run


def failures(schema: pa.DataFrameSchema, frame: pl.DataFrame) -> dict[tuple[str, str], int]:
    """Return how often each check of each column failed."""
    try:
        schema.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as errors:
        counts = errors.failure_cases.group_by("column", "check").len().rows()
        return {(column or "", check): count for column, check, count in counts}
    return {}


def check(rule: Rule) -> pa.Check:
    """Return a rule as one of the checks that come with pandera."""
    checks = {"version": pa.Check.ge, "word": pa.Check.eq, "not_word": pa.Check.ne}
    return checks[rule.test](rule.value)


def as_first_written(frame: pl.DataFrame) -> Counts:
    """Judge each rule by a check of its column, on the devices that it applies to."""
    counts = {}
    for rule in RULES:
        among = frame.filter(applies(rule))
        if rule.test in ("version", "word", "not_word"):
            schema = pa.DataFrameSchema({rule.column: pa.Column(str, check(rule))})
        else:
            holds = condition(rule, plain=True)
            column = {rule.column: pa.Column(str)}
            schema = pa.DataFrameSchema(column, pa.Check(lambda data, holds=holds: data.lazyframe.select(holds)))
        failed = failures(schema, among)
        unknown = sum(count for (_, name), count in failed.items() if name == "not_nullable")
        fail = sum(failed.values()) - unknown
        counts[rule.id] = {"PASS": among.height - fail - unknown, "FAIL": fail, "UNKNOWN": unknown}
    return counts


def judge(path: str, plain: bool) -> Counts:
    """Return the counts of each rule."""
    frame = pl.read_csv(path, infer_schema=False) if plain else pl.read_csv(path, **STATED)
    if plain:
        return as_first_written(frame)
    checks = []
    for rule in RULES:
        holds = ~applies(rule) | condition(rule, plain)
        for name, answer in ((rule.id, holds.fill_null(value=True)), (f"{rule.id} known", holds.is_not_null())):
            checks.append(pa.Check(lambda data, answer=answer: data.lazyframe.select(answer), name=name))
    failed = {check: count for (_, check), count in failures(pa.DataFrameSchema(checks=checks), frame).items()}
    counts = {}
    for rule in RULES:
        fail, unknown = failed.get(rule.id, 0), failed.get(f"{rule.id} known", 0)
        among = frame.filter(applies(rule).fill_null(value=True)).height
        counts[rule.id] = {"PASS": among - fail - unknown, "FAIL": fail, "UNKNOWN": unknown}
    return counts


if __name__ == "__main__":
    run(judge)
