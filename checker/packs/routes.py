"""routes.yaml of a pack: which way a device goes, what is done on it step by step, and the tools that do it."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from checker.errors import Place
from checker.facts.catalogue import catalogue
from checker.model.condition import ALWAYS, NEVER, Condition
from checker.model.outcome import Readiness
from checker.model.rule import Route, Rule, Step, Tool
from checker.packs.conditions import build_condition
from checker.packs.entries import check_sources, for_profile, fresh_id
from checker.packs.parameters import Scope
from checker.yaml_nodes import (
    Entries,
    Items,
    Node,
    Text,
    check_keys,
    choice_of,
    did_you_mean,
    flag_of,
    mapping,
    text_items,
    text_of,
    texts_of,
)

ROUTE_OPTIONAL = ("when", "stops", "readiness", "moves", "blockers", "steps", "verify", "profiles", "overrides")
STEP_OPTIONAL = ("when", "commands", "query", "looks_like", "profiles", "overrides")
READINESS = (Readiness.READY.value, Readiness.NOT_READY.value, Readiness.MIGRATED.value)
TOOL_FACT = "plan.tool"
NO_TOOL = "unstated"  # the word of that fact for a plan that names none


@dataclass(frozen=True, slots=True)
class Ways:
    """What routes.yaml says under one profile."""

    routes: tuple[Route, ...]
    steps: tuple[Step, ...]  # those that a route of this profile names, in the order of the file
    tools: tuple[Tool, ...]
    whole_fleet: Condition


@dataclass(frozen=True, slots=True)
class Known:
    """What a pack has besides its routes, which these may name."""

    profiles: Collection[str]
    sources: Collection[str]
    rule_ids: Collection[str]  # of every profile
    rules: Sequence[Rule]  # of this profile


def tool_words() -> tuple[str, ...]:
    """Return the tools that there are: the words of the fact plan.tool but the one for none."""
    return tuple(word for word in catalogue()[TOOL_FACT].words if word != NO_TOOL)


def read_ways(node: Entries, scope: Scope, known: Known) -> Ways:
    """Return routes, steps and tools for the scope's profile; what is wrong is noted in the scope's problems."""
    check_keys(node, "routes.yaml", (), ("routes", "steps", "tools", "whole_fleet"), scope.problems)
    routes = tuple(_routes(node, scope, known))
    steps = tuple(_steps(node, scope, known))
    _check_steps(node, scope)
    if not routes:
        place = node.entries["routes"].place if "routes" in node.entries else node.place
        scope.problems.add(place, "a pack needs routes; the last one without 'when' takes the rest")
    used = {name for route in routes for name in route.steps}
    here = {step.id for step in steps}
    whole = node.entries.get("whole_fleet")
    return Ways(
        tuple(_with_steps(route, here) for route in routes),
        tuple(step for step in steps if step.id in used),
        tuple(_tools(node, scope, known)),
        build_condition(whole, scope) if whole else NEVER,
    )


def _with_steps(route: Route, here: Collection[str]) -> Route:
    """Return the route without the steps that its profile lacks."""
    return replace(route, steps=tuple(name for name in route.steps if name in here))


def _listed(node: Entries, key: str, what: str, scope: Scope) -> Iterator[Entries]:
    """Yield the mappings of a list; note what is none."""
    value = node.entries.get(key)
    if value is not None and not isinstance(value, Items):
        scope.problems.add(value.place, f"'{key}' must be a list")
        return
    for item in value.items if value else ():
        entry = mapping(item, what, scope.problems)
        if entry:
            yield entry


def _routes(node: Entries, scope: Scope, known: Known) -> Iterator[Route]:
    problems = scope.problems
    seen: dict[str, Place] = {}
    here = {rule.id for rule in known.rules}
    for entry in _listed(node, "routes", "a route", scope):
        name = fresh_id(entry, "route", "pending-restart", seen, problems)
        merged = for_profile(entry, scope, known.profiles)
        if not name or merged is None:
            continue
        check_keys(merged, f"route '{name}'", ("id", "title"), ROUTE_OPTIONAL, problems)
        readiness = (
            choice_of(merged, "readiness", READINESS, problems) if "readiness" in merged.entries else READINESS[0]
        )
        yield Route(
            id=name,
            title=text_of(merged, "title", problems),
            when=build_condition(merged.entries["when"], scope) if "when" in merged.entries else ALWAYS,
            stops=flag_of(merged, "stops", problems),
            readiness=readiness,
            moves=flag_of(merged, "moves", problems),
            blockers=_rules(merged, "blockers", known, scope),
            steps=texts_of(merged, "steps", problems),
            verify=tuple(rule for rule in _rules(merged, "verify", known, scope) if rule in here),
        )


def _rules(entry: Entries, key: str, known: Known, scope: Scope) -> tuple[str, ...]:
    """Return the rules that an entry names. One of another profile is no mistake: overrides need not repeat a list."""
    listed = entry.entries.get(key)
    if listed is None:
        return ()
    found = tuple(text_items(listed, f"'{key}'", scope.problems))
    if not found:
        scope.problems.add(listed.place, f"'{key}' names no rule", "leave the key out")
    for text in found:
        if text.value not in known.rule_ids:
            scope.problems.add(
                text.place, f"there is no rule '{text.value}'", did_you_mean(text.value, sorted(known.rule_ids))
            )
    return _once(found, key, scope)


def _once(found: Sequence[Text], key: str, scope: Scope) -> tuple[str, ...]:
    """Return the texts of a list; note what it names twice."""
    names: dict[str, None] = {}
    for text in found:
        if text.value in names:
            scope.problems.add(text.place, f"'{key}' names '{text.value}' twice")
        names[text.value] = None
    return tuple(names)


def _steps(node: Entries, scope: Scope, known: Known) -> Iterator[Step]:
    problems = scope.problems
    seen: dict[str, Place] = {}
    actions = {rule.action for rule in known.rules}
    for entry in _listed(node, "steps", "a step", scope):
        name = fresh_id(entry, "step", "reboot-windows", seen, problems)
        merged = for_profile(entry, scope, known.profiles)
        if not name or merged is None:
            continue
        if name in actions:  # a plan lists both, and must tell them apart
            problems.add(seen[name], f"step '{name}' has the name of an action of a rule", "give it another id")
        check_keys(merged, f"step '{name}'", ("id", "title", "does", "sources"), STEP_OPTIONAL, problems)
        check_sources(merged, known.sources, problems)
        yield Step(
            id=name,
            title=_said(merged, "title", scope),
            when=build_condition(merged.entries["when"], scope) if "when" in merged.entries else ALWAYS,
            does=_all_said(merged, "does", scope),
            commands=_all_said(merged, "commands", scope),
            query=_said(merged, "query", scope),
            looks_like=_said(merged, "looks_like", scope),
            sources=texts_of(merged, "sources", problems),
            place=seen[name],
        )


def _said(entry: Entries, key: str, scope: Scope) -> str:
    """Return a text, a last line break cut off; note an empty one."""
    text = text_of(entry, key, scope.problems).strip()
    if not text and isinstance(entry.entries.get(key), Text):
        scope.problems.add(entry.entries[key].place, f"'{key}' is empty")
    return text


def _all_said(entry: Entries, key: str, scope: Scope) -> tuple[str, ...]:
    node = entry.entries.get(key)
    if node is None:
        return ()
    found = [text.value.strip() for text in text_items(node, f"'{key}'", scope.problems)]
    if not all(found) or (isinstance(node, Items) and not node.items):
        scope.problems.add(node.place, f"'{key}' is empty")
    return tuple(found)


def _check_steps(node: Entries, scope: Scope) -> None:
    """Note steps that do not exist or that no route names, in whatever profile."""
    problems = scope.problems
    steps = {text_of(entry, "id", problems): entry for entry in _listed(node, "steps", "a step", scope)}
    used: set[str] = set()
    for route in _listed(node, "routes", "a route", scope):
        for lists in _every_form(route):
            listed = lists.entries.get("steps")
            found = tuple(text_items(listed, "'steps'", problems)) if listed else ()
            used.update(_once(found, "steps", scope))
            for text in found:
                if text.value not in steps:
                    problems.add(text.place, f"there is no step '{text.value}'", did_you_mean(text.value, steps))
    for name, entry in steps.items():
        if name and name not in used:
            problems.add(entry.place, f"no route names step '{name}'", "add it to the 'steps' of a route")


def _every_form(entry: Entries) -> Iterator[Entries]:
    """Yield an entry and its overrides."""
    yield entry
    overrides: Node | None = entry.entries.get("overrides")
    for change in overrides.entries.values() if isinstance(overrides, Entries) else ():
        if isinstance(change, Entries):
            yield change


def _tools(node: Entries, scope: Scope, known: Known) -> Iterator[Tool]:
    problems = scope.problems
    words = tool_words()
    seen: dict[str, Place] = {}
    for entry in _listed(node, "tools", "a tool", scope):
        name = fresh_id(entry, "tool", "group-policy", seen, problems)
        if not name:
            continue
        check_keys(entry, f"tool '{name}'", ("id", "title", "sources"), ("most_devices",), problems)
        check_sources(entry, known.sources, problems)
        if name not in words:
            problems.add(seen[name], f"'{name}' is no word of {TOOL_FACT}", did_you_mean(name, words))
        yield Tool(
            name, _said(entry, "title", scope), _most_devices(entry, scope), texts_of(entry, "sources", problems)
        )


def _most_devices(entry: Entries, scope: Scope) -> int | None:
    node = entry.entries.get("most_devices")
    if node is None:
        return None
    given = scope.parameter(node) if isinstance(node, Text) and node.value.startswith("$") else node
    if isinstance(given, Text) and given.value.isascii() and given.value.isdigit() and int(given.value):
        return int(given.value)
    if given is not None:
        scope.problems.add(node.place, "'most_devices' must be a whole number above 0", "or a $parameter that is one")
    return None
