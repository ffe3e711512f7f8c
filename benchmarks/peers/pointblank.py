"""Pointblank: a validation plan of steps over a Polars frame; each step counts what passed and what failed.

https://posit-dev.github.io/pointblank/user-guide/validation-methods.html and .../expressions.html. A null
fails unless ``na_pass``, and there is no third outcome: by hand each prerequisite is two steps, of which one says only
whether the other can be answered. ``col_vals_ge`` refuses a text that is no date, so versions are expressions at first,
too; and a step that ``pre`` leaves no rows ends the run, so at first it is left out, and by hand there is no ``pre``.
"""

from collections.abc import Callable

import pointblank as pb
import polars as pl

from benchmarks.peers.polars import STATED, applies, condition
from benchmarks.peers.work import COUNTED, RULES, SUPPORTED, Counts, Rule, run


def among(chosen: pl.Expr) -> Callable[[pl.DataFrame], pl.DataFrame]:
    """Return what keeps the rows that a step is about."""
    return lambda frame: frame.filter(chosen)


def step(plan: pb.Validate, rule: Rule) -> pb.Validate:
    """Add the step that the documentation shows for such a rule."""
    pre = among(applies(rule))
    if rule.test == "word":
        return plan.col_vals_eq(columns=rule.column, value=rule.value, pre=pre)
    if rule.test == "not_word":
        return plan.col_vals_ne(columns=rule.column, value=rule.value, pre=pre)
    if rule.test == "one_of":
        return plan.col_vals_in_set(columns=rule.column, set=SUPPORTED, pre=pre)
    return plan.col_vals_expr(expr=condition(rule, plain=True), pre=pre)


def as_first_written(frame: pl.DataFrame) -> Counts:
    """Judge each rule by one step, on the devices that it applies to."""
    rules = [rule for rule in RULES if frame.filter(applies(rule)).height]
    plan = pb.Validate(frame)
    for rule in rules:
        plan = step(plan, rule)
    done = plan.interrogate(collect_extracts=False)
    passed, failed = list(done.n_passed().values()), list(done.n_failed().values())
    counts = {rule.id: {"PASS": p, "FAIL": f, "UNKNOWN": 0} for rule, p, f in zip(rules, passed, failed, strict=True)}
    return {rule.id: counts.get(rule.id, dict.fromkeys(COUNTED, 0)) for rule in RULES}


def judge(path: str, plain: bool) -> Counts:
    """Return the counts of each rule."""
    if plain:
        return as_first_written(pl.read_csv(path, infer_schema=False))
    frame = pl.read_csv(path, **STATED)
    plan = pb.Validate(frame)
    for rule in RULES:
        holds = ~applies(rule) | condition(rule, plain)
        plan = plan.col_vals_expr(expr=holds).col_vals_expr(expr=holds.is_not_null())
    failed, counts = list(plan.interrogate(collect_extracts=False).n_failed().values()), {}
    for number, rule in enumerate(RULES):
        unknown = failed[2 * number + 1]
        fail = failed[2 * number] - unknown
        height = frame.filter(applies(rule).fill_null(value=True)).height
        counts[rule.id] = {"PASS": height - fail - unknown, "FAIL": fail, "UNKNOWN": unknown}
    return counts


if __name__ == "__main__":
    run(judge)
