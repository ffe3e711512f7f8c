"""What is known of a fact of one device, and whence: records that say it, whose word it is, what it is told from."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

import numpy as np
import numpy.typing as npt

from checker.decide.evidence import spelled
from checker.engine.coalesce import ATTESTED, device_sites
from checker.engine.columns import Bucket
from checker.engine.records import EPOCH, NO_DATE, NOTHING
from checker.engine.site_rules import FACT
from checker.engine.stated import moment_of
from checker.explain.trees import attempt_words, concerns, tree, value_words
from checker.facts.values import read_value
from checker.model.condition import Test, facts_of
from checker.model.explanation import FactNote, Told, Tree
from checker.model.fact import Attempt
from checker.model.outcome import Missing
from checker.model.plan import Kind, Plan, Statement
from checker.operators.reach import Reach

MOST_TOLD = 20  # records or attempts that are told of one fact; the rest is counted


def told_facts(plan: Plan, names: Iterable[str]) -> tuple[str, ...]:
    """Return these facts, each followed by those that it is told from."""
    derived = {item.spec.name: item for item in plan.derived}
    found: dict[str, None] = {}

    def visit(name: str) -> None:
        found[name] = None
        if name in derived:
            for _, when in derived[name].entries:
                for part in facts_of(when):
                    visit(part)
        if plan.specs[name].view_of:
            visit(plan.specs[name].view_of)

    for name in names:
        visit(name)
    return tuple(found)


def fact_note(bucket: Bucket, fact: str, tests: Iterable[Test] = ()) -> FactNote:
    """Return what is known of a fact; of attempts to reach hosts those that the tests ask for, if they ask for any."""
    spec, column = bucket.plan.specs[fact], bucket.column(fact)
    reason = int(bucket.missing(fact)[0])
    missing = Missing(reason).name if reason >= 0 else ""
    if missing == Missing.NOT_EXPORTED.name and spec.default is not None:
        return FactNote(fact, spec.default, "", "assumed, since no record and nobody states it")
    text = spelled(column.pool)[int(column.shown[0])] or ""
    value = value_words(bucket, fact, defaults=False) if not missing else text
    if spec.derived:
        return FactNote(fact, value, missing, "told from other facts", told_from=_entries(bucket, fact))
    record = int(column.record[0])
    if record <= ATTESTED:
        return FactNote(fact, value, missing, _whose(bucket, fact, record))
    reaches = [test.argument for test in tests if test.fact == fact and isinstance(test.argument, Reach)]
    read = record >= 0 and not spec.view_of  # where another fact is read in this one's way, that one says where
    told = _told(bucket, fact, record, reaches) if read else []
    because = f"told from {spec.view_of}" if spec.view_of and record >= 0 else ""
    if told and spec.type == "attempts" and not missing:
        value = f"{len(told)} attempts to reach these hosts" if reaches else f"{len(told)} attempts"
    return FactNote(
        fact,
        value,
        missing,
        because,
        tuple(told[:MOST_TOLD]),
        max(0, len(told) - MOST_TOLD),
        warning=_contradiction(bucket, fact),
    )


def _entries(bucket: Bucket, fact: str) -> tuple[Tree, ...]:
    """Return the entries of a derived fact up to the one that is TRUE."""
    derived = next(item for item in bucket.plan.derived if item.spec.name == fact)
    found = []
    for value, when in derived.entries:
        body = tree(bucket, when, {}, defaults=False)
        found.append(Tree(f"{value}, where", body.truth, parts=(body,)))
        if body.truth == "TRUE":
            break
    return tuple(found)


def _told(bucket: Bucket, fact: str, newest: int, reaches: list[Reach]) -> list[Told]:
    """Return what the records say that count for the value, the newest first."""
    records, pool = bucket.records, bucket.records.pools[fact]
    found = []
    for record in _counting(bucket, fact, newest).tolist():
        text = str(pool.texts[int(records.codes_of(fact, np.array([record]))[0])] or "")
        file = records.files[int(records.file_of[record])]
        moment = int(records.time[record])
        observed = None if moment == NO_DATE else EPOCH + timedelta(microseconds=moment)
        for value in _values(text, pool.spec.type == "attempts", read_value(text, pool.spec), reaches):
            found.append(Told(value, file.path, int(records.row[record]), file.columns.get(fact, ""), observed))
    if bucket.plan.specs[fact].merge == "union":  # a file that is given twice says nothing more
        found = list({(told.value, told.observed): told for told in reversed(found)}.values())[::-1]
    return [*found, *_rules_told(bucket, fact, reaches)]


def _rules_told(bucket: Bucket, fact: str, reaches: list[Reach]) -> Iterator[Told]:
    """Yield what rules of proxies say, which are told beside what was tried."""
    records = bucket.records
    if fact != FACT or not records.rules.lines:
        return
    number, sites = device_sites(records, bucket.part, bucket.plan)
    for line in records.rules.lines_of(sites[int(number[0])]):
        file = records.files[int(records.file_of[line.record])]
        for value in _values(line.text, True, read_value(line.text, bucket.plan.specs[fact]), reaches):
            yield Told(value, file.path, int(records.row[line.record]), file.columns.get(fact, ""), None)


def _values(text: str, attempts: bool, cell: object, reaches: list[Reach]) -> list[str]:
    if not attempts or not isinstance(cell, tuple):
        return [text]
    told = [attempt for attempt in cell if isinstance(attempt, Attempt)]
    return [attempt_words(attempt) for attempt in told if not reaches or concerns(attempt, reaches)]


def _counting(bucket: Bucket, fact: str, newest: int) -> npt.NDArray[np.int64]:
    """Return the records on which a fact's value rests, the newest first: one, all of a union, or those in conflict."""
    spec, records, column = bucket.plan.specs[fact], bucket.records, bucket.column(fact)
    codes = records.codes_of(fact, bucket.part.records)
    secondary = np.array([file.secondary for file in records.files])[records.file_of[bucket.part.records]]
    counting = codes != NOTHING
    if (counting & ~secondary).any():
        counting &= ~secondary
    said = bucket.part.records[counting]
    pool = records.pools[fact]
    blank = pool.identity[codes[counting]] == Missing.BLANK
    conflict = int(pool.reasons[column.codes[0]]) == Missing.CONFLICTING
    if spec.merge == "union":
        return _fresh(bucket, said[~blank])[::-1]
    if not conflict:
        return np.array([newest], dtype=np.int64)
    rivals: npt.NDArray[np.int64] = said if spec.merge == "latest" else said[~blank]
    if spec.changes:
        same = (records.time[rivals] == records.time[newest]) & (records.rank[rivals] == records.rank[newest])
        rivals = rivals[same]
    return rivals[::-1]


def _fresh(bucket: Bucket, said: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return the records that count for a union: not those too old, nor the undated beside dated ones."""
    times = bucket.records.time[said]
    dated = times != NO_DATE
    fresh = dated & (times >= moment_of(bucket.plan.oldest.date()))
    if not bucket.plan.require_dates:
        fresh |= ~dated
    kept = fresh if fresh.any() else np.ones(len(said), dtype=np.bool_)
    counting: npt.NDArray[np.int64] = said[kept & dated] if (kept & dated).any() else said[kept]
    return counting


def _whose(bucket: Bucket, fact: str, record: int) -> str:
    """Return whose word a value is; of words that differ all."""
    used = bucket.plan.statements[ATTESTED - record]
    words = [used]
    if int(bucket.missing(fact)[0]) == Missing.CONFLICTING:
        spoken = [bucket.plan.statements[at] for at, devices in sorted(bucket.spoken.items()) if len(devices)]
        words = [word for word in spoken if word.fact == used.fact and word.kind is used.kind]
    return _who(used) if len(words) == 1 else "; ".join(f"{word.value}, {_who(word)}" for word in words)


def _who(word: Statement) -> str:
    """Return who says so, and on what it rests."""
    if word.kind is Kind.ASSUMED:
        return "supposed: a simulation, which proves nothing"
    if word.kind is Kind.PLANNED:
        return f"planned{f' for wave {word.wave}' if word.wave else ''} ({word.where})"
    said = f"attested by {word.by} on {word.attested.isoformat()}, valid until {word.valid_until.isoformat()}"
    return f"{said}, on evidence of {word.evidence} ({word.where})"


def _contradiction(bucket: Bucket, fact: str) -> str:
    """Return which words a value that was read speaks against."""
    places = [place for place, devices in sorted(bucket.contradicted.items()) if len(devices)]
    words = [bucket.plan.statements[place] for place in places]
    against = [f"{word.value}, {_who(word)}" for word in words if word.fact == fact and word.kind is not Kind.ASSUMED]
    return f"it counts against what people say: {'; '.join(against)}" if against else ""
