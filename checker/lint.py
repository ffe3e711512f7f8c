"""Everything that can be wrong with a pack as a whole: every profile, every case, every outcome without a case."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from checker.engine.rows import Device, Reading, Word, outcome
from checker.errors import CheckerError, Place, Problem, RuleError
from checker.facts.catalogue import catalogue
from checker.facts.values import read_value
from checker.model.condition import ALWAYS, All, AnyOf, Condition, Constant, Lookup, Not, Test, tests_of
from checker.model.outcome import Outcome
from checker.model.plan import Plan
from checker.model.rule import Pack, Rule
from checker.model.truth import Truth, all_of, any_of
from checker.packs.build import PackFiles, build_pack, read_pack_files
from checker.packs.cases import CASE_DAY, Case, read_cases
from checker.packs.compile import compile_plan
from checker.packs.controls import lint_controls
from checker.yaml_nodes import Problems, did_you_mean

TODO = re.compile(r"\bTODO\b|\btodo-")
MOST_TESTS = 9  # 3**9 assignments at most are tried to find what a rule can reach


@dataclass(frozen=True, slots=True)
class CaseResult:
    """A case and what its rule gave."""

    case: Case
    got: Outcome | None  # None: the rule does not exist in that profile


def lint_pack(folder: Path, shown: str) -> tuple[Pack, ...]:
    """Return the pack under each of its profiles; raise :class:`RuleError` with every problem of rules and cases."""
    files = read_pack_files(folder, shown)
    problems: list[Problem] = []
    packs = []
    for profile in files.profiles or ("seed",):
        try:
            packs.append(build_pack(files, profile, CASE_DAY))
        except CheckerError as error:
            problems.extend(error.problems)
    try:
        lint_controls(files)
    except CheckerError as error:
        problems.extend(error.problems)
    if not problems:
        problems.extend([*_lint_actions(packs), *_lint_cases(files, tuple(packs))])
    if problems:
        raise RuleError(dict.fromkeys(problems))
    return tuple(packs)


def todos(folder: Path, shown: str) -> tuple[Problem, ...]:
    """Return every place of a pack's files that still says TODO (or todo-, in an action), as ``rules new`` left it."""
    found = []
    for path in sorted(folder.glob("*.yaml")):
        for number, line in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), start=1):
            found += [
                Problem(str(Place(f"{shown}/{path.name}", number, match.start() + 1)), line.strip())
                for match in TODO.finditer(line)
            ]
    return tuple(found)


def run_cases(folder: Path, shown: str) -> tuple[CaseResult, ...]:
    """Return every case of a pack with what its rule gave; raise :class:`RuleError` if the pack does not lint."""
    lint_pack(folder, shown)
    files = read_pack_files(folder, shown)
    plans: dict[tuple[str, object], Plan] = {}
    results = []
    for case in read_cases(files):
        key = (case.profile, case.as_of)
        if key not in plans:
            plans[key] = compile_plan(build_pack(files, case.profile, case.as_of), case.as_of)
        results.append(CaseResult(case, judge_case(plans[key], case)))
    return tuple(results)


def judge_case(plan: Plan, case: Case) -> Outcome | None:
    """Return what the case's rule gives; None if it does not exist under this plan."""
    rule = next((rule for rule in plan.pack.rules if rule.id == case.rule), None)
    if rule is None:
        return None
    readings, words = {}, {}
    for fact, text in case.facts:
        if plan.specs[fact].view_of:
            words[fact] = (Word((text,), case.as_of),)
        else:
            readings[fact] = Reading(read_value(text, plan.specs[fact]), (text,))
    return outcome(Device(plan, readings, words), rule)


def reachable(rule: Rule) -> frozenset[Outcome]:
    """Return the outcomes that a rule can reach, whatever the facts: all, unless its conditions shut some out."""
    tests = tuple(dict.fromkeys((*tests_of(rule.applies_to), *tests_of(rule.require))))
    if len(tests) > MOST_TESTS:
        without_scope = frozenset(Outcome) - {Outcome.NOT_APPLICABLE}
        return without_scope if rule.applies_to == ALWAYS else frozenset(Outcome)
    found = set()
    for truths in product(*(_possible(test) for test in tests)):
        known = dict(zip(tests, truths, strict=True))
        applies = _evaluate(rule.applies_to, known)
        if applies is Truth.FALSE:
            found.add(Outcome.NOT_APPLICABLE)
            continue
        held = any_of((applies.negated(), _evaluate(rule.require, known)))
        found.add({Truth.TRUE: Outcome.PASS, Truth.FALSE: Outcome.FAIL, Truth.UNKNOWN: Outcome.UNKNOWN}[held])
    return frozenset(found)


def _possible(test: Test) -> tuple[Truth, ...]:
    """Return the truths that a test can have: some are never FALSE, since every readable value meets them."""
    spec = catalogue()[test.fact]
    never_false = (test.operator == "exists" and test.argument is True and not spec.blank_is_none) or (
        test.operator == "one_of" and spec.type == "word" and set(spec.words) <= set(test.argument)
    )
    return (Truth.UNKNOWN, Truth.TRUE) if never_false else tuple(Truth)


def _evaluate(condition: Condition, known: dict[Test, Truth]) -> Truth:
    match condition:
        case Test():
            return known[condition]
        case All(parts):
            return all_of(_evaluate(part, known) for part in parts)
        case AnyOf(parts):
            return any_of(_evaluate(part, known) for part in parts)
        case Not(part):
            return _evaluate(part, known).negated()
        case Constant(truth):
            return truth


def _lint_actions(packs: Iterable[Pack]) -> Iterator[Problem]:
    """Yield rules that share an action with one before them in a profile but say otherwise how to do it."""
    differ: dict[tuple[Place, str], list[str]] = defaultdict(list)
    for pack in packs:
        first: dict[str, Rule] = {}
        for rule in pack.rules:
            before = first.setdefault(rule.action, rule)
            if rule.remediation.split() != before.remediation.split():
                what = f"'{rule.id}' shares action '{rule.action}' with '{before.id}' ({before.place}), but not its "
                differ[rule.place, what].append(pack.profile.id)
    for (place, what), profiles in differ.items():
        where = f"remediation, in profile{'s' if len(profiles) > 1 else ''} {', '.join(profiles)}"
        yield Problem(str(place), what + where, "give it an action of its own, or give both one remediation")


def _lint_cases(files: PackFiles, packs: tuple[Pack, ...]) -> list[Problem]:
    problems = Problems()
    try:
        cases = read_cases(files)
    except CheckerError as error:
        return list(error.problems)
    rules: dict[str, Rule] = {}
    for pack in reversed(packs):
        rules.update({rule.id: rule for rule in pack.rules})
    covered: dict[str, set[Outcome]] = defaultdict(set)
    for case in cases:
        covered[case.rule].add(case.expect)
        if case.rule not in rules:
            problems.add(case.place, f"there is no rule '{case.rule}'", did_you_mean(case.rule, rules))
    for rule in rules.values():
        lacking = sorted(reachable(rule) - covered[rule.id])
        if lacking:
            names = ", ".join(outcome.name for outcome in lacking)
            problems.add(rule.place, f"'{rule.id}' has no case for {names}", "add one to the theme's .cases.yaml")
    _lint_tables(packs, problems)
    return problems.found


def _lint_tables(packs: tuple[Pack, ...], problems: Problems) -> None:
    """Note table lookups whose rule's scope does not name exactly the keys of the table."""
    for rule in {rule.id: rule for pack in packs for rule in pack.rules}.values():
        for test in tests_of(rule.require):
            if not isinstance(test.argument, Lookup) or len(test.argument.key) != 1:
                continue
            fact = test.argument.key[0]
            keys = {key[0] for key, _ in test.argument.cells}
            scoped = [part for part in tests_of(rule.applies_to) if part.fact == fact and part.operator == "one_of"]
            if not scoped:
                hint = f"add {fact}: [{', '.join(sorted(map(str, keys)))}]"
                problems.add(
                    rule.place, f"'{rule.id}' looks up a table by {fact}, which its applies_to does not limit", hint
                )
            elif keys != set(scoped[0].argument):
                differ = sorted(map(str, keys ^ set(scoped[0].argument)))
                problems.add(
                    rule.place, f"applies_to of '{rule.id}' and its table differ in {fact}: {', '.join(differ)}"
                )
