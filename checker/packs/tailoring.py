"""Tailoring: what an organisation changes of a pack, each change with its reason. No other way removes a blocker.

profile: {name: current, reason: Our proxies were opened by the list of 2026.}
parameters:
  sense_min: {value: "10.8760", reason: Our own baseline is newer than Microsoft's minimum.}
rules:
  sc.hardware-min: {off: true, reason: Hardware is checked by the procurement team.}
  sc.linux-kernel: {severity: blocker, reason: Two outages came from unsupported kernels.}
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from checker.errors import Place, Problem
from checker.model.outcome import Severity
from checker.model.rule import TAILORED, Parameter, ParameterValue, Rule
from checker.packs.governance import RuleNames, check_rule, words_of
from checker.packs.parameters import Scope, Table, show, value_of
from checker.yaml_nodes import (
    Entries,
    Items,
    Node,
    Problems,
    Text,
    check_keys,
    choice_of,
    did_you_mean,
    flag_of,
    load_hashed,
    mapping,
)

WHY = "say why the guidance does not fit here: reports print it"


@dataclass(frozen=True, slots=True)
class ParameterChange:
    """Another value for a parameter."""

    id: str
    value: Node | Table | None  # None: it cannot be read
    reason: str
    place: Place


@dataclass(frozen=True, slots=True)
class RuleChange:
    """A rule taken out, or rated otherwise."""

    id: str
    off: bool
    severity: Severity | None  # None: as in the pack
    reason: str
    place: Place


@dataclass(frozen=True, slots=True)
class Tailoring:
    """A tailoring file, as far as it is well formed; it holds good only for a pack that was built with it.

    Building notes what does not fit the pack under its profile, and raises that together with ``problems``.
    """

    file: str
    sha256: str
    profile: str  # empty if it names none
    profile_reason: str
    profile_place: Place
    parameters: tuple[ParameterChange, ...]
    rules: tuple[RuleChange, ...]
    problems: tuple[Problem, ...] = ()  # of its form
    profile_unread: bool = False  # it names a profile, and nobody can tell which


def read_tailoring(path: Path, shown: str) -> Tailoring:
    """Return what a tailoring file changes, with every problem of its form."""
    problems = Problems()
    node, digest = load_hashed(path, shown, problems)
    file = mapping(node, "a tailoring file", problems) or Entries({}, {}, Place(shown))
    check_keys(file, "a tailoring file", (), ("profile", "parameters", "rules"), problems)
    if isinstance(node, Entries) and not node.entries:
        problems.add(node.place, "the file changes nothing", "leave --tailoring out")
    profile = mapping(file.entries.get("profile"), "'profile'", problems)
    if profile:
        check_keys(profile, "'profile'", ("name", "reason"), (), problems)
    name = words_of(profile, "name", problems) if profile else ""
    tailoring = Tailoring(
        file=shown,
        sha256=digest,
        profile=name,
        profile_reason=words_of(profile, "reason", problems, WHY) if profile else "",
        profile_place=profile.entries.get("name", profile).place if profile else file.place,
        parameters=tuple(_parameters(file, problems)),
        rules=tuple(_rules(file, problems)),
        profile_unread="profile" in file.entries and not name,
    )
    return replace(tailoring, problems=tuple(problems.found))


def lines(tailoring: Tailoring) -> tuple[str, ...]:
    """Return what is changed, one sentence for each change with its reason, for reports."""
    profile = [f"profile {tailoring.profile}: {tailoring.profile_reason}"] if tailoring.profile else []
    parameters = (
        f"parameter {change.id} is {show(change.value)}: {change.reason}"
        for change in tailoring.parameters
        if change.value
    )
    rules = (
        f"rule {change.id} is {'off' if change.off else f'rated {change.severity}'}: {change.reason}"
        for change in tailoring.rules
    )
    return (*profile, *parameters, *rules)


def check_names(tailoring: Tailoring, parameters: Collection[str], known: RuleNames, problems: Problems) -> None:
    """Note parameters and rules that the pack has under no profile."""
    for change in tailoring.parameters:
        if change.id not in parameters:
            problems.add(change.place, f"there is no parameter '{change.id}'", did_you_mean(change.id, parameters))
    for rule in tailoring.rules:
        check_rule(Text(rule.id, rule.place), known, problems)


def tailor_parameters(tailoring: Tailoring, parameters: tuple[Parameter, ...], scope: Scope) -> tuple[Parameter, ...]:
    """Return the parameters as tailored in the scope's profile, which gets their values; note what cannot be."""
    found = {parameter.id: parameter for parameter in parameters}
    for change in tailoring.parameters:
        if change.id not in found or change.value is None:
            continue  # it is told of already
        own = scope.values.get(change.id)
        if own is None:
            what = f"parameter '{change.id}' has no value in profile {scope.profile}"
            scope.problems.add(change.place, what, "nothing asks for it there: leave it out")
        elif _form(own) != _form(change.value):
            what = f"'{change.id}' must be {_form(own)}, not {_form(change.value)}"
            scope.problems.add(change.value.place, what, f"the pack's own: {show(own)}")
        else:
            scope.values[change.id] = change.value
            scope.tailored.add(change.id)
            given = ParameterValue(show(change.value), f"{TAILORED}{change.reason}")
            values = {**dict(found[change.id].values), scope.profile: given}
            found[change.id] = replace(found[change.id], values=tuple(values.items()))
    return tuple(found.values())


def tailor_rules(
    tailoring: Tailoring, rules: Sequence[Rule], known: Collection[str], verified_by: str, scope: Scope
) -> tuple[Rule, ...]:
    """Return the rules without those that are off, and with others rated as said; note what cannot be.

    ``known`` are the rules of every profile.
    """
    changes = {change.id: change for change in tailoring.rules}
    here = {rule.id for rule in rules}
    for change in tailoring.rules:
        if change.id in known and change.id not in here:
            what = f"rule '{change.id}' is not in profile {scope.profile}"
            scope.problems.add(change.place, what, "leave it out")
        if change.off and change.id == verified_by:
            what = f"rule '{change.id}' cannot be off: its PASS is what proves the move"
            scope.problems.add(change.place, what, "rate it otherwise, or waive it where it cannot be met")
    kept = (rule for rule in rules if rule.id not in changes or not changes[rule.id].off)
    return tuple(_rated(rule, changes.get(rule.id)) for rule in kept)


def _rated(rule: Rule, change: RuleChange | None) -> Rule:
    return replace(rule, severity=change.severity) if change and change.severity else rule


def _form(value: Node | Table) -> str:
    """Return what kind of value a parameter has, in words."""
    match value:
        case Table(key, columns):
            return f"a table by {', '.join(key)} with {', '.join(columns)}"
        case Items():
            return "a list"
        case Text() | Entries():
            return "a single value"


def _parameters(file: Entries, problems: Problems) -> Iterator[ParameterChange]:
    for name, entry, place in _changes(file, "parameters", "parameter", problems):
        check_keys(entry, f"the change of parameter '{name}'", ("reason",), ("value", "table"), problems)
        reason = words_of(entry, "reason", problems, WHY)
        yield ParameterChange(name, value_of(name, entry, problems), reason, place)


def _rules(file: Entries, problems: Problems) -> Iterator[RuleChange]:
    for name, entry, place in _changes(file, "rules", "rule", problems):
        check_keys(entry, f"the change of rule '{name}'", ("reason",), ("off", "severity"), problems)
        reason = words_of(entry, "reason", problems, WHY)
        off = "off" in entry.entries and flag_of(entry, "off", problems, default=True)
        if ("off" in entry.entries) == ("severity" in entry.entries):
            problems.add(entry.place, f"rule '{name}' needs either 'off: true' or 'severity'")
        elif "off" in entry.entries and not off:
            problems.add(entry.entries["off"].place, f"rule '{name}' is not off as it is", "leave it out")
        severity = choice_of(entry, "severity", list(Severity), problems) if "severity" in entry.entries else None
        yield RuleChange(name, off, Severity(severity) if severity else None, reason, place)


def _changes(file: Entries, key: str, what: str, problems: Problems) -> Iterator[tuple[str, Entries, Place]]:
    """Yield name, change and place of the name."""
    node = mapping(file.entries.get(key), f"'{key}'", problems)
    if node is not None and not node.entries:
        problems.add(node.place, f"'{key}' is empty", "leave it out")
    for name, value in (node.entries if node else {}).items():
        entry = mapping(value, f"the change of {what} '{name}'", problems)
        if entry:
            yield name, entry, node.keys[name] if node else value.place
