"""Why one device came out as it did: scope, route and rules as trees, each value with the place where it was read.

The explanation is told by the engine that ``check`` uses, over a bucket of that one device.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

import numpy as np
import polars as pl

from checker.decide.cases import cases_of
from checker.decide.exit import shown_in
from checker.decide.governed import NO_WAIVER, Governed
from checker.decide.messages import messages
from checker.decide.names import names_of
from checker.decide.sources import source_notes, thresholds
from checker.decide.verdict import Verdict, binds, counted
from checker.engine.columns import Bucket
from checker.engine.judged import Judged
from checker.engine.outcomes import UNDETERMINED
from checker.engine.select import NO_WAVE
from checker.explain.reading import fact_note, told_facts
from checker.explain.settle import rests_on_default, settles
from checker.explain.trees import cell_of, thresholds_in, thresholds_of, tree
from checker.model.condition import ALWAYS, Condition, Lookup, facts_of, tests_of
from checker.model.explanation import Explanation, FactNote, RouteRow, RuleStory
from checker.model.outcome import Outcome, Readiness
from checker.model.plan import Plan
from checker.model.rule import Parameter, Route, Rule
from checker.model.waiver import Waiver

ORDER = (Outcome.FAIL, Outcome.UNKNOWN, Outcome.PASS, Outcome.NOT_APPLICABLE)
THE_DEVICE = np.zeros(1, dtype=np.int64)  # the place of the one device in its bucket


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be told: the route and the rules of a phase; or rules by name, whatever their phase and outcome."""

    phase: str = "prerequisite"
    only: frozenset[str] = frozenset()
    all_outcomes: bool = False


@dataclass(frozen=True, slots=True)
class Decided:
    """A bucket of one device, judged, governed and decided."""

    judged: Judged
    governed: Governed
    verdict: Verdict


def explain_device(decided: Decided, asked: Asked) -> Explanation:
    """Return the explanation of the device."""
    judged, verdict = decided.judged, decided.verdict
    bucket, plan = judged.bucket, judged.bucket.plan
    names = names_of(judged)
    device_id = names.ids(THE_DEVICE)[0]
    aliases = bucket.records.aliases.filter(pl.col("device") == bucket.first)["alias"]
    scope, condition = plan.scope[int(judged.scope[0])] if judged.scope[0] >= 0 else ("", None)
    outcomes = {} if scope else _outcomes(judged, asked)
    told = {rule: outcome for rule, outcome in outcomes.items() if _is_told(rule, outcome, asked)}
    rows = () if scope or asked.only else tuple(_routes(judged))
    rests_on = [condition] if condition is not None else [route.when for route in plan.pack.routes[: len(rows)]]
    wave = int(decided.governed.wave[0])
    left_out = Counter(outcome for rule, outcome in outcomes.items() if rule not in told)
    return Explanation(
        device_id=device_id,
        device_name=names.names(THE_DEVICE)[0],
        aliases=tuple(aliases),
        records=_records(bucket),
        judged_by=judged_by(plan),
        as_of=plan.as_of,
        scope=scope,
        scope_tree=tree(bucket, condition, {}, defaults=False) if condition is not None else None,
        readiness=verdict.readiness.value,
        by=verdict.by or "",
        route=verdict.route,
        path=verdict.path,
        verification=verdict.verification.value,
        wave=plan.waves[wave].name if wave != NO_WAVE else "",
        undetermined_by=verdict.undetermined_by,
        routes=rows,
        facts=_facts(bucket, rests_on),
        rules=tuple(_story(decided, rule, outcome) for rule, outcome in told.items()),
        phase="" if asked.only else asked.phase,
        left_out=tuple((outcome.name, left_out[outcome]) for outcome in ORDER if left_out[outcome]),
    )


def _outcomes(judged: Judged, asked: Asked) -> dict[Rule, Outcome]:
    """Return the outcomes of the rules that are asked for, what fails first."""
    rules = judged.bucket.plan.device_rules
    found = {rule: Outcome(int(row[0])) for rule, row in zip(rules, judged.outcomes, strict=True)}
    wanted = [rule for rule in rules if (rule.id in asked.only if asked.only else shown_in(rule, asked.phase))]
    return {rule: found[rule] for outcome in ORDER for rule in wanted if found[rule] is outcome}


def _is_told(rule: Rule, outcome: Outcome, asked: Asked) -> bool:
    return rule.id in asked.only or asked.all_outcomes or outcome is not Outcome.NOT_APPLICABLE


def _records(bucket: Bucket) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """Return the files and rows that speak of the device."""
    records = bucket.records
    found: dict[str, list[int]] = {}
    for record in np.sort(bucket.part.records).tolist():
        rows = found.setdefault(records.files[int(records.file_of[record])].path, [])
        if int(records.row[record]) not in rows:
            rows.append(int(records.row[record]))
    return tuple((file, tuple(rows)) for file, rows in found.items())


def judged_by(plan: Plan) -> str:
    """Return by which pack and guidance a run judges."""
    pack = plan.pack
    return f"{pack.id} {pack.version}, guidance {pack.profile.id} of {pack.profile.date.isoformat()}"


def _routes(judged: Judged) -> Iterable[RouteRow]:
    """Yield the rows of the route table as far as the search went."""
    bucket, pack = judged.bucket, judged.bucket.plan.pack
    for place, route in enumerate(pack.routes):
        told = tree(bucket, route.when, thresholds_in(pack, route.when))
        effect = "not this one"
        if place == judged.route[0]:
            effect = "taken"
        elif told.truth == "UNKNOWN":
            effect = "ends the search: the route is undetermined" if route.stops else "passed over"
        yield RouteRow(route.id, route.title, told.truth, effect, told)
        if effect == "taken" or (told.truth == "UNKNOWN" and route.stops):
            return


def _facts(bucket: Bucket, conditions: Iterable[Condition]) -> tuple[FactNote, ...]:
    """Return what is known of every fact that some conditions read."""
    conditions = list(conditions)
    names = dict.fromkeys(fact for condition in conditions for fact in facts_of(condition))
    tests = [test for condition in conditions for test in tests_of(condition)]
    return tuple(fact_note(bucket, fact, tests) for fact in told_facts(bucket.plan, names))


def _story(decided: Decided, rule: Rule, outcome: Outcome) -> RuleStory:
    bucket, pack = decided.judged.bucket, decided.judged.bucket.plan.pack
    values = thresholds_of(pack, rule.parameters)
    applies = None if rule.applies_to == ALWAYS else tree(bucket, rule.applies_to, values)
    tells = outcome in (Outcome.FAIL, Outcome.UNKNOWN)
    return RuleStory(
        id=rule.id,
        title=rule.title,
        phase=rule.phase.value,
        severity=rule.severity.value,
        about=rule.about.value,
        outcome=outcome.name,
        message=messages(bucket, cases_of([(rule, outcome, THE_DEVICE)]))[0] if tells else "",
        applies_to=applies,
        require=tree(bucket, rule.require, values),
        facts=_facts(bucket, (rule.require, rule.applies_to)),
        thresholds=thresholds(pack, rule, partial(_row_of_table, bucket, rule)),
        settles=settles(bucket, rule) if outcome is Outcome.UNKNOWN else (),
        remarks=tuple(_remarks(decided, rule, outcome)),
        action=rule.action,
        remediation=rule.remediation if tells else "",
        sources=source_notes(pack, rule.sources),
    )


def _row_of_table(bucket: Bucket, rule: Rule, parameter: Parameter) -> str:
    """Return the cells of a table that hold for the device; empty for a parameter that is no table."""
    arguments = [test.argument for part in (rule.require, rule.applies_to) for test in tests_of(part)]
    lookups = [part for part in (*arguments, *rule.message.parts) if isinstance(part, Lookup)]
    mine = {lookup.column: lookup for lookup in lookups if lookup.parameter == parameter.id}
    if not mine:
        return ""
    cells = {column: cell_of(bucket, lookup) for column, lookup in mine.items()}
    key = " and ".join(next(iter(mine.values())).key)
    if not all(cells.values()):
        return f"a table by {key}, with no row that is known to be this device's"
    return f"{', '.join(f'{column} {cell}' for column, cell in cells.items())} (a table by {key})"


def _remarks(decided: Decided, rule: Rule, outcome: Outcome) -> Iterable[str]:
    """Yield what a person must know besides the condition to see what the outcome does."""
    bucket, place = decided.judged.bucket, int(decided.judged.route[0])
    route = None if place == UNDETERMINED else bucket.plan.pack.routes[place]
    waiver = int(decided.governed.waived[rule.id][0]) if rule.id in decided.governed.waived else NO_WAIVER
    if waiver != NO_WAIVER:
        yield _waived(bucket.plan.waivers[waiver])
    if not binds(rule, route):
        yield _why_free(rule, route)
    elif counted(rule, route, outcome) is not outcome:
        yield "counts as UNKNOWN while the route is not known, which may be its remedy"
    resting = rests_on_default(bucket, rule)
    if resting:
        yield f"the requirement is met only if {' and '.join(resting)}; what is assumed is no proof"


def _waived(waiver: Waiver) -> str:
    until = f"until {waiver.expires.isoformat()}"
    return f"waived {until} by {waiver.id}: {waiver.reason} (approved by {waiver.approver}, {waiver.ticket})"


def _why_free(rule: Rule, route: Route | None) -> str:
    name = route.id if route else ""
    if route and route.readiness == Readiness.MIGRATED:
        return "does not count: the device has moved, and only what verifies that counts"
    if route and route.id in rule.routes:
        return f"does not count on the route {name}, which is its remedy"
    return f"does not count on the route {name}"
