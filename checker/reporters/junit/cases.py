"""The cases of a JUnit file: one per device and rule while that can be read, else one per rule."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import polars as pl

from checker.model.notes import Example, RuleTally
from checker.model.outcome import Outcome
from checker.model.result import Result, Summary
from checker.reporters.shown import how_many, shown_rules, suite_name, unknown_is_error, weigh
from checker.reporters.wording import count, device_label, evidence_line, sentence

# Devices that a rule's case names; the findings file names all.
EXAMPLES_SHOWN: Final = 50


class Verdict(StrEnum):
    """What a CI server makes of a case."""

    PASSED = "passed"
    FAILURE = "failure"
    ERROR = "error"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Case:
    """One test case. Class and name are the same in every run of the same plan: CI servers join histories by them."""

    classname: str
    name: str
    verdict: Verdict
    type: str = ""
    message: str = ""
    body: tuple[str, ...] = ()


def device_cases(result: Result) -> Iterator[Case]:
    """Yield a case per device and rule in the rules' order, and one skipped case for a rule that applies to none."""
    assert result.cases is not None  # noqa: S101 (the caller chose this mode by it)
    judged = result.cases.filter(pl.col("outcome") != Outcome.NOT_APPLICABLE.name)
    by_rule = {key[0]: frame for key, frame in judged.partition_by("rule_id", as_dict=True).items()}
    for rule in shown_rules(result.summary):
        classname = _classname(result.summary, rule)
        if rule.id not in by_rule:
            yield _rule_case(result.summary, rule, classname)
            continue
        rows = by_rule[rule.id].to_dicts()
        for row, name in zip(rows, distinct([_subject(row, rule) for row in rows]), strict=True):
            yield _device_case(result.summary, rule, row, (classname, name))


def rule_cases(summary: Summary) -> Iterator[Case]:
    """Yield a case per rule: how many devices, of how many, and the first of them by name."""
    for rule in shown_rules(summary):
        yield _rule_case(summary, rule, _classname(summary, rule))


def nothing_shown(summary: Summary) -> Case:
    """Return the case of a run without any rule to show; a file without cases reads as success, or as an error."""
    place = (suite_name(summary).replace("/", "."), "(no rule)")
    return Case(*place, Verdict.SKIPPED, message=f"no rule of phase {summary.phase} was judged")


def _classname(summary: Summary, rule: RuleTally) -> str:
    """Return what was judged and the rule's id, with dots between: servers show the part before the last as package.

    NOTE: nothing of a device may get in here, since a dot in its name would start another package.
    """
    return f"{suite_name(summary).replace('/', '.')}.{rule.id}"


def _subject(row: dict[str, Any], rule: RuleTally) -> str:
    if row["device_id"]:
        return device_label(row["device_id"], row["device_name"])
    return "(the tenant)" if rule.about == "tenant" else "(the whole fleet)"


def distinct(names: Sequence[str]) -> list[str]:
    """Number names that are alike once made visible: some servers count only the first case of a name."""
    distinct: list[str] = []
    for name in names:
        candidate, number = name, 1
        while candidate in distinct:
            number += 1
            candidate = f"{name} [{number}]"
        distinct.append(candidate)
    return distinct


def _device_case(summary: Summary, rule: RuleTally, row: dict[str, Any], place: tuple[str, str]) -> Case:
    outcome = Outcome[row["outcome"]]
    message = sentence(row["message"] or f"{rule.title}: {outcome.name}")
    if row["devices"] > 1:
        message = f"{message} Stands for {count(row['devices'], 'device')}."
    body = (message, *(evidence_line(evidence) for evidence in row["evidence"] or ()), *_advice(rule))
    if outcome is Outcome.PASS:
        return Case(*place, Verdict.PASSED)
    if row["waived"] is not None:
        return Case(*place, Verdict.SKIPPED, message=f"waived {row['waived']}: {outcome.name}: {message}", body=body)
    if outcome is Outcome.FAIL:
        return Case(*place, Verdict.FAILURE, rule.id, message, body)
    return _unknown_case(summary, rule, place, (f"unknown: {message}", *body))


def _unknown_case(summary: Summary, rule: RuleTally, place: tuple[str, str], texts: tuple[str, ...]) -> Case:
    """Return the case of what is not known: the message is the first text, the body the others."""
    message, *body = texts
    if unknown_is_error(summary, rule.severity):
        return Case(*place, Verdict.ERROR, "unknown", message, tuple(body))
    return Case(*place, Verdict.SKIPPED, message=f"{message} (does not count for the exit code)", body=tuple(body))


def _rule_case(summary: Summary, rule: RuleTally, classname: str) -> Case:
    place = (classname, rule.id)
    weight = weigh(rule)
    fails, unknown = how_many(rule, rule.failed, "fail"), how_many(rule, rule.unknown, "are unknown")
    if weight.failed:
        message = "; ".join(phrase for phrase in (fails, unknown) if phrase)
        return Case(*place, Verdict.FAILURE, rule.id, message, _rule_body(rule))
    if weight.unknown:
        return _unknown_case(summary, rule, place, (unknown, *_rule_body(rule)))
    if weight.waived:
        return Case(*place, Verdict.SKIPPED, message=f"waived: {fails or unknown}", body=_rule_body(rule))
    if rule.passed:
        return Case(*place, Verdict.PASSED)
    return Case(*place, Verdict.SKIPPED, message=f"not applicable: to none of {count(rule.not_applicable, 'device')}")


def _rule_body(rule: RuleTally) -> tuple[str, ...]:
    weight = weigh(rule)
    waived = f"{count(weight.waived, 'outcome')} of them waived" if weight.waived else ""
    missing = f"no input carries {', '.join(rule.not_exported)}" if rule.not_exported else ""
    phrases = (how_many(rule, rule.failed, "fail"), how_many(rule, rule.unknown, "are unknown"), waived, missing)
    return (
        rule.title,
        *(phrase for phrase in phrases if phrase),
        *_examples("devices that fail", rule.failing, rule.failed),
        *_examples("devices that are unknown", rule.unknowing, rule.unknown),
        *_advice(rule),
    )


def _examples(heading: str, examples: tuple[Example, ...], total: int) -> tuple[str, ...]:
    """Return the first devices, in device id order, and how many more there are."""
    if not examples:
        return ()
    named = [f"  {device_label(example.device_id, example.device_name)}" for example in examples[:EXAMPLES_SHOWN]]
    more = total - len(named)
    rest = (f"  … {more:,} more, see the findings file",) if more > 0 else ()
    return (f"{heading}:", *named, *rest)


def _advice(rule: RuleTally) -> tuple[str, ...]:
    do = (f"do: {rule.remediation}",) if rule.remediation else ()
    return (*do, *(f"source: {source.title} ({source.date}) {source.url}" for source in rule.sources))
