"""The sentence of each finding, written once for all devices of which it says the same."""

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from checker.decide.cases import Cases, Devices
from checker.decide.evidence import reasons_of
from checker.engine.columns import Bucket
from checker.engine.fact_column import FactColumn
from checker.engine.groups import group
from checker.model.condition import Lookup
from checker.model.outcome import Missing, Outcome
from checker.model.plan import Plan
from checker.model.rule import FactPart, Rule

Numbers = npt.NDArray[np.integer]

WORDS = {
    Missing.NOT_EXPORTED: "not exported",
    Missing.BLANK: "blank",
    Missing.UNREADABLE: "unreadable",
    Missing.CONFLICTING: "conflicting",
    Missing.STALE: "stale",
}
UNDECIDED = "Not known: the values at hand do not decide it."


def messages(bucket: Bucket, cases: Cases) -> pl.Series:
    """Return a sentence for each case: the rule's message for a FAIL, what is missing for an UNKNOWN."""
    sentences: list[str] = []
    place = np.zeros(len(cases), dtype=np.int64)
    for rule, outcome, here, devices in cases.each():
        asked = _facts_of(bucket.plan, rule, outcome)
        alike = group(_telling([bucket.column(fact) for fact in asked], outcome, devices), len(devices))
        place[here] = alike.place + len(sentences)
        sentences += [_sentence(bucket, rule, outcome, asked, device) for device in devices[alike.first].tolist()]
    return pl.Series(sentences, dtype=pl.String).gather(place)


def _telling(columns: Sequence[FactColumn], outcome: Outcome, devices: Devices) -> Iterator[tuple[Numbers, int]]:
    """Yield what of some facts tells sentences apart: why there is no value, or which value it is."""
    for column in columns:
        if outcome is Outcome.UNKNOWN:
            yield reasons_of(column, devices) + 1, len(Missing) + 1
        else:
            yield column.codes[devices], len(column.pool)
            yield column.shown[devices], len(column.pool)


def _facts_of(plan: Plan, rule: Rule, outcome: Outcome) -> tuple[str, ...]:
    """Return on which facts the sentence hangs."""
    if outcome is Outcome.FAIL:
        return rule.message.facts
    if outcome is not Outcome.UNKNOWN:
        return ()
    base = plan.base_facts(plan.rule_facts(rule))
    # what is assumed where nobody states it is no want: stating it would seldom settle what is not known
    return tuple(fact for fact in base if plan.specs[fact].default is None)


def _sentence(bucket: Bucket, rule: Rule, outcome: Outcome, asked: tuple[str, ...], device: int) -> str:
    if outcome is Outcome.FAIL:
        return "".join(_words(bucket, part, device) for part in rule.message.parts)
    if outcome is not Outcome.UNKNOWN:
        return f"{rule.title}."
    wants = ", ".join(_wants(bucket, asked, np.array([device])))
    return f"Not known for want of {wants}." if wants else UNDECIDED


def _wants(bucket: Bucket, facts: tuple[str, ...], device: Devices) -> Iterator[str]:
    for fact in facts:
        reason = int(reasons_of(bucket.column(fact), device)[0])
        if reason >= 0:
            yield f"{fact} ({WORDS[Missing(reason)]})"


def _words(bucket: Bucket, part: str | FactPart | Lookup, device: int) -> str:
    if isinstance(part, str):
        return part
    if isinstance(part, FactPart):
        column = bucket.column(part.fact)
        text = column.pool.word(int(column.shown[device]))
        return "(not known)" if text is None else text
    columns = [bucket.column(fact) for fact in part.key]
    typed = tuple(column.pool.cells[int(column.codes[device])] for column in columns)
    return str(dict(part.cells).get(typed, "(none listed)"))
