"""YAML conditions to condition trees: facts, operators and arguments are checked and typed here, once."""

from typing import Any

from checker.errors import Place
from checker.facts.catalogue import catalogue
from checker.facts.values import read_value
from checker.model.condition import All, AnyOf, Condition, Constant, Lookup, Not, Reference, Test
from checker.model.fact import FactSpec
from checker.model.outcome import Missing
from checker.model.truth import Truth
from checker.operators import OPERATORS, ArgumentProblem, ByTable, Operator
from checker.packs.parameters import Scope, Table
from checker.yaml_nodes import Entries, Items, Node, Text, did_you_mean, mapping, plain

COMPOSERS = ("all", "any", "not", "never")
NOTHING = Constant(Truth.UNKNOWN)  # stands where a problem was noted; the pack is refused anyway


def build_condition(node: Node | None, scope: Scope) -> Condition:
    """Return the condition that a mapping says; problems are noted in the scope."""
    entries = mapping(node, "a condition", scope.problems)
    if entries is None:
        return NOTHING
    if not entries.entries:
        scope.problems.add(entries.place, "a condition must not be empty", "leave the key out if it is to hold always")
        return NOTHING
    parts = tuple(_part(key, value, entries.keys[key], scope) for key, value in entries.entries.items())
    return parts[0] if len(parts) == 1 else All(parts)


def _part(key: str, value: Node, place: Place, scope: Scope) -> Condition:
    if key == "not":
        return Not(build_condition(value, scope))
    if key in COMPOSERS:
        if not isinstance(value, Items) or not value.items:
            scope.problems.add(value.place, f"'{key}' takes a list of conditions")
            return NOTHING
        parts = tuple(build_condition(item, scope) for item in value.items)
        if key == "all":
            return All(parts)
        return AnyOf(parts) if key == "any" else Not(AnyOf(parts))
    spec = catalogue().get(key)
    if spec is None:
        scope.problems.add(place, f"unknown fact '{key}'", did_you_mean(key, (*catalogue(), *COMPOSERS)))
        return NOTHING
    return _test(spec, value, scope)


def _test(spec: FactSpec, value: Node, scope: Scope) -> Condition:
    match value:
        case Text(null=True):
            scope.problems.add(value.place, f"the test of '{spec.name}' is empty", "use exists: false to ask for none")
            return NOTHING
        case Text(value=text):
            several = text.startswith("$") and isinstance(scope.values.get(text[1:]), Items)
            return _operator(spec, "one_of" if several else "equals", value, value.place, scope)
        case Items():
            return _operator(spec, "one_of", value, value.place, scope)
        case Entries(entries, keys, place):
            if not entries:
                scope.problems.add(place, f"the test of '{spec.name}' is empty")
                return NOTHING
            parts = tuple(_operator(spec, name, argument, keys[name], scope) for name, argument in entries.items())
            return parts[0] if len(parts) == 1 else All(parts)


def _operator(spec: FactSpec, name: str, node: Node, place: Place, scope: Scope) -> Condition:
    operator = OPERATORS.get(name)
    if operator is None:
        scope.problems.add(place, f"there is no operator '{name}'", did_you_mean(name, OPERATORS))
        return NOTHING
    if spec.type not in operator.types:
        fitting = [known.name for known in OPERATORS.values() if spec.type in known.types]
        scope.problems.add(
            place, f"'{name}' does not work on '{spec.name}', a {spec.type}", f"use {', '.join(fitting)}"
        )
        return NOTHING
    argument = _argument(spec, operator, node, place, scope)
    return NOTHING if argument is None else Test(spec.name, name, argument, place, _shown(_resolve(node, scope)))


def _shown(raw: Any) -> str:  # noqa: ANN401
    """Return an argument as people write it."""
    if isinstance(raw, list):
        return ", ".join(_shown(part) for part in raw)
    if isinstance(raw, dict):
        return "; ".join(f"{key.replace('_', ' ')} {_shown(value)}" for key, value in raw.items())
    return str(raw)


def _argument(spec: FactSpec, operator: Operator, node: Node, place: Place, scope: Scope) -> Any:  # noqa: ANN401
    if isinstance(node, Entries) and "fact" in node.entries:
        return _reference(spec, operator, node, scope)
    raw = plain(node) if operator.name == "at_least_by" else _resolve(node, scope)
    if raw is None:
        return None
    try:
        argument = operator.argument(raw, spec)
    except ArgumentProblem as problem:
        scope.problems.add(scope.place_of(node), f"'{operator.name}' of '{spec.name}': {problem.what}", problem.hint)
        return None
    if isinstance(argument, ByTable):
        return _lookup(spec, argument, place, scope)
    return (argument, scope.as_of) if operator.bound_to_day else argument


def _reference(spec: FactSpec, operator: Operator, node: Entries, scope: Scope) -> Reference | None:
    name = plain(node.entries["fact"])
    other = catalogue().get(name) if isinstance(name, str) else None
    if len(node.entries) != 1 or other is None:
        scope.problems.add(node.place, f"unknown fact '{name}'", did_you_mean(str(name), catalogue()))
        return None
    if not operator.dynamic or (other.type != spec.type and {other.type, spec.type} != {"date", "time"}):
        scope.problems.add(
            node.place, f"'{operator.name}' cannot compare '{spec.name}' ({spec.type}) with '{name}' ({other.type})"
        )
        return None
    return Reference(other.name)


def _resolve(node: Node, scope: Scope) -> Any:  # noqa: ANN401
    """Return the node as texts, lists and dictionaries with parameters put in; tables stay ``$name``."""
    match node:
        case Text(value, _, null):
            if null:
                return ""
            if value == "$as_of":
                return scope.as_of.isoformat()
            if not value.startswith("$"):
                return value
            given = scope.parameter(node)
            return value if isinstance(given, Table) else None if given is None else plain(given)
        case Items(items, _):
            flat: list[Any] = []
            for item in items:
                raw = _resolve(item, scope)
                if raw is None:
                    return None
                flat.extend(raw if isinstance(raw, list) else [raw])
            return flat
        case Entries(entries, _, _):
            resolved = {key: _resolve(value, scope) for key, value in entries.items()}
            return None if None in resolved.values() else resolved


def _lookup(spec: FactSpec, by: ByTable, place: Place, scope: Scope) -> Lookup | None:
    table = scope.parameter(Text(f"${by.table}", place))
    if not isinstance(table, Table):
        if table is not None:
            scope.problems.add(place, f"'{by.table}' is no table parameter")
        return None
    if tuple(by.key) != table.key:
        scope.problems.add(place, f"table '{by.table}' is keyed by {', '.join(table.key)}, not {', '.join(by.key)}")
        return None
    return table_lookup(table, by.table, by.column, spec, place, scope)


def table_lookup(
    table: Table, name: str, column: str, spec: FactSpec | None, place: Place, scope: Scope
) -> Lookup | None:
    """Return the lookup of a table's column, cells typed by ``spec`` (texts where it is None)."""
    scope.used.add(name)
    if column not in table.columns:
        scope.problems.add(place, f"table '{name}' has no column '{column}'", did_you_mean(column, table.columns))
        return None
    unknown = [fact for fact in table.key if fact not in catalogue()]
    if unknown:
        scope.problems.add(table.place, f"unknown fact '{unknown[0]}'", did_you_mean(unknown[0], catalogue()))
        return None
    at = table.columns.index(column)
    cells = []
    for key, row in table.rows:
        typed = tuple(read_value(text, catalogue()[fact]) for text, fact in zip(key, table.key, strict=True))
        cell = read_value(row[at], spec) if spec else row[at]
        if isinstance(cell, Missing) or any(isinstance(part, Missing) for part in typed):
            scope.problems.add(table.place, f"a row of table '{name}' cannot be read: {', '.join((*key, row[at]))}")
            return None
        cells.append((typed, cell))
    return Lookup(table.key, name, column, tuple(cells))
