"""A condition on one device as a tree: each part with its truth, each test with what the device has.

Everything here asks the engine that ``check`` uses, over a bucket of one device.
"""

import re
from collections.abc import Iterable, Mapping
from typing import assert_never

from checker.decide.evidence import spelled
from checker.decide.messages import WORDS
from checker.engine.cells import Cell
from checker.engine.columns import Bucket
from checker.engine.pool import Pool
from checker.engine.truths import truths_of
from checker.facts.attempts import is_policy
from checker.model.condition import All, AnyOf, Condition, Constant, Lookup, Not, Test, tests_of
from checker.model.explanation import Tree
from checker.model.fact import Attempt, KnownNone, SetValue
from checker.model.outcome import Missing
from checker.model.rule import Pack
from checker.model.truth import Truth
from checker.operators.reach import Reach, is_on
from checker.packs.words import in_words

RULED = {"not_tested": "allowed, untested", "blocked": "denied"}  # what a rule of a proxy says

Thresholds = Mapping[str, str]  # parameter -> its value under the profile


def tree(bucket: Bucket, condition: Condition, thresholds: Thresholds, defaults: bool = True) -> Tree:
    """Return a condition with the truth of every part on the bucket's one device."""
    truth = Truth(int(truths_of(bucket, condition, defaults)[0])).name
    if isinstance(condition, Test):
        names = [f"${name}" for name in parameters_of(condition, thresholds)]
        words = f"{in_words(condition)} ({', '.join(names)})" if names else in_words(condition)
        return Tree(words, truth, _here(bucket, condition, defaults))
    head = in_words(condition).partition("\n")[0]
    return Tree(head, truth, parts=tuple(tree(bucket, part, thresholds, defaults) for part in _parts(condition)))


def _parts(condition: All | AnyOf | Not | Constant) -> tuple[Condition, ...]:
    """Return the parts that stand below the words of a condition."""
    match condition:
        case All(parts) | AnyOf(parts) | Not(AnyOf(parts)):
            return parts
        case Not(part):
            return (part,)
        case Constant():
            return ()
        case _:
            assert_never(condition)


def parameters_of(test: Test, thresholds: Thresholds) -> tuple[str, ...]:
    """Return which of these parameters stand in a test's argument, told by their values."""
    if isinstance(test.argument, Lookup):
        return (test.argument.parameter,)
    return tuple(name for name, value in thresholds.items() if value and _holds(test.shown, value))


def _holds(shown: str, value: str) -> bool:
    """Return whether an argument in words (``hosts a, b; port 80``) holds a value as a whole."""
    return re.search(rf"(?:^|, |(?:^|; )[a-z ]+ ){re.escape(value)}(?:$|, |; )", shown) is not None


def thresholds_of(pack: Pack, names: Iterable[str]) -> Thresholds:
    """Return the values of some parameters under the pack's profile."""
    wanted = set(names)
    return {
        item.id: dict(item.values)[pack.profile.id].value
        for item in pack.parameters
        if item.id in wanted and pack.profile.id in dict(item.values)
    }


def thresholds_in(pack: Pack, condition: Condition) -> Thresholds:
    """Return the parameters whose value is the whole argument of a test: all that is told of a condition of no rule."""
    arguments = {test.shown for test in tests_of(condition)}
    every = thresholds_of(pack, (item.id for item in pack.parameters))
    return {name: value for name, value in every.items() if value in arguments}


def _here(bucket: Bucket, test: Test, defaults: bool) -> str:
    """Return what the device has of the facts of a test."""
    if isinstance(test.argument, Reach):
        return _tried(bucket, test, test.argument)
    values = [value_words(bucket, fact, defaults) for fact in test.facts]
    if len(values) == 1:
        return values[0]
    said = ", ".join(f"{fact} {value}" for fact, value in zip(test.facts, values, strict=True))
    return f"{said}; {_asked(bucket, test.argument)}" if isinstance(test.argument, Lookup) else said


def _asked(bucket: Bucket, lookup: Lookup) -> str:
    found = cell_of(bucket, lookup)
    return f"the table asks for {found}" if found else "the table has no row for that"


def cell_of(bucket: Bucket, lookup: Lookup) -> str:
    """Return the cell of a table that holds for the device; empty if its row is not known, or not there."""
    columns = [bucket.column(fact) for fact in lookup.key]
    key = tuple(column.pool.cells[int(column.codes[0])] for column in columns)
    if any(isinstance(part, Missing) for part in key) or key not in dict(lookup.cells):
        return ""
    cell = dict(lookup.cells)[key]
    return ".".join(str(part) for part in cell) if isinstance(cell, tuple) else str(cell)


def _tried(bucket: Bucket, test: Test, reach: Reach) -> str:
    column = bucket.column(test.fact)
    attempts = column.pool.cells[int(column.codes[0])]
    if not isinstance(attempts, tuple):
        return value_words(bucket, test.fact, defaults=True)
    fitting = sum(concerns(attempt, (reach,)) for attempt in attempts)
    return f"{fitting} of {len(attempts)} attempts are on these hosts and port"


def concerns(attempt: Attempt, reaches: Iterable[Reach]) -> bool:
    """Return whether an attempt is on a host and port that one of these asks for, or a rule on such a host."""
    return any(attempt.port == reach.port and any(is_on(attempt, each) for each in reach.hosts) for reach in reaches)


def value_words(bucket: Bucket, fact: str, defaults: bool) -> str:
    """Return the device's value of a fact, or why there is none, in words."""
    column = bucket.column(fact)
    code, default = int(column.codes[0]), bucket.plan.specs[fact].default
    if defaults and default is not None and code == Missing.NOT_EXPORTED:
        return f"{default} (assumed)"
    text = spelled(column.pool)[int(column.shown[0])] or ""
    return code_words(column.pool, code, text)


def code_words(pool: Pool, code: int, text: str) -> str:
    """Return what stands under a code of a pool in words: the text as spelled, or why there is no value."""
    reason = int(pool.reasons[code])
    if reason >= 0:
        return f"{WORDS[Missing(reason)]}: {text}" if text else WORDS[Missing(reason)]
    return cell_words(pool.cells[code], text)


def cell_words(cell: Cell, text: str) -> str:
    """Return a value in words: lists by their members, anything else as the export spells it."""
    match cell:
        case KnownNone():
            return "none"
        case SetValue(members, closed):
            listed = ", ".join(sorted(members)) or "none"
            return listed if closed else f"{listed} (perhaps more)"
        case tuple() if cell and isinstance(cell[0], Attempt):
            return "; ".join(attempt_words(attempt) for attempt in cell)
        case _:
            return text


def attempt_words(attempt: Attempt) -> str:
    """Return an attempt to reach a host in words; a rule of a proxy is no attempt, and never called reachable."""
    if is_policy(attempt):
        return f"{attempt.host}:{attempt.port} {RULED.get(attempt.result, 'in doubt')} by {attempt.method}"
    by = "/".join(part for part in (attempt.method, attempt.via) if part)
    result = [attempt.result, str(attempt.status) if attempt.status else "", attempt.error]
    return (
        f"{attempt.host}:{attempt.port}{f' by {by}' if by else ''} {' '.join(part for part in result if part)}".strip()
    )
