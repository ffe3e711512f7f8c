"""Equality, order and presence of one value."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from checker.facts.lists import fold
from checker.facts.values import Value
from checker.model.fact import FactSpec, KnownNone, SetValue
from checker.model.truth import Truth
from checker.operators.arguments import each, items, mapping, text, typed
from checker.operators.contract import ArgumentProblem, Json


@dataclass(frozen=True, slots=True)
class ByTable:
    """The argument of ``at_least_by`` as written: which cell of which table parameter (its name without ``$``)."""

    key: tuple[str, ...]
    table: str
    column: str


BY_TABLE: Json = {
    "type": "object",
    "properties": {
        "key": {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]},
        "table": {"type": "string", "pattern": r"^\$"},
        "column": {"type": "string"},
    },
    "required": ["key", "table", "column"],
    "additionalProperties": False,
}


def equals(value: Value, argument: Value) -> Truth:
    """The value is the argument.

    Texts are compared without case and surrounding space, words also without spaces, hyphens and underscores; versions
    part by part, so `10.8040` equals `10.8040.0.0`. A date given for a time means any time of that day (UTC). Known
    none equals nothing: FALSE. A scalar test is this operator: `os.family: macos`.

    ```yaml
    os.role: {equals: server}
    ```
    """
    if isinstance(value, KnownNone) or isinstance(argument, KnownNone):
        return Truth.FALSE
    left, right = _comparable(value, argument)
    return Truth.of(left == right)


def not_equals(value: Value, argument: Value) -> Truth:
    """The value is not the argument; TRUE where `equals` is FALSE, and so for known none.

    ```yaml
    connectivity.type: {not_equals: streamlined}
    ```
    """
    return equals(value, argument).negated()


def one_of(value: Value, argument: AbstractSet[Value]) -> Truth:
    """The value equals one of the listed ones; FALSE for known none. A list as a test is this operator.

    ```yaml
    os.build: {one_of: [17763, 19044, 19045]}
    ```
    """
    if isinstance(value, KnownNone):
        return Truth.FALSE
    if isinstance(value, datetime) and value.date() in argument:
        return Truth.TRUE
    return Truth.of((fold(value) if isinstance(value, str) else value) in argument)


def none_of(value: Value, argument: AbstractSet[Value]) -> Truth:
    """The value equals none of the listed ones; TRUE for known none.

    ```yaml
    os.build: {none_of: [10240, 10586]}
    ```
    """
    return one_of(value, argument).negated()


def at_least(value: Value, argument: Value) -> Truth:
    """The value is the argument or more; FALSE for known none.

    Versions are compared part by part as numbers, a shorter one padded with zeros: `10.8040` is met by every
    10.8040.x and by 10.8210, not by 10.3720. A date given for a time means that whole day (UTC).

    ```yaml
    agent.version: {at_least: 101.23052.0004}
    ```
    """
    return Truth.of(_ordered(value, argument) and not _is_less(value, argument))


def at_most(value: Value, argument: Value) -> Truth:
    """The value is the argument or less; FALSE for known none.

    For versions mind that `10.8040` is less than 10.8040.1: to allow all of a branch write `less_than` the next one.

    ```yaml
    plan.batch_size: {at_most: 10}
    ```
    """
    return Truth.of(_ordered(value, argument) and not _is_less(argument, value))


def more_than(value: Value, argument: Value) -> Truth:
    """The value is more than the argument; FALSE for known none.

    ```yaml
    sense.event4_count: {more_than: 0}
    ```
    """
    return Truth.of(_ordered(value, argument) and _is_less(argument, value))


def less_than(value: Value, argument: Value) -> Truth:
    """The value is less than the argument; FALSE for known none.

    ```yaml
    agent.version: {at_least: "10.3720", less_than: "10.3721"}
    ```
    """
    return Truth.of(_ordered(value, argument) and _is_less(value, argument))


def between(value: Value, argument: tuple[Value, Value]) -> Truth:
    """The value is within the two, both included; FALSE for known none.

    ```yaml
    os.build: {between: [17763, 19045]}
    ```
    """
    low, high = argument
    return min(at_least(value, low), at_most(value, high))


def at_least_by(value: Value, cell: Value | None) -> Truth:
    """The value is at least the cell of a table, found by the device's own facts.

    `key` names the fact (or a list of facts) that selects the row, `table` the table parameter, `column` the column.
    UNKNOWN where the table has no row for the device, or a key fact is missing.

    ```yaml
    os.ubr: {at_least_by: {key: os.build, table: $wu, column: ubr}}
    ```
    """
    return Truth.UNKNOWN if cell is None else at_least(value, cell)


def exists(value: Value, argument: bool) -> Truth:
    """There is a value (`true`), or there is known to be none (`false`).

    Known none, and a complete list without members, do not exist. Any other known value does. UNKNOWN for a list that
    may be incomplete and shows no member; a missing value is UNKNOWN, as in every test.

    ```yaml
    device.merged_to: {exists: false}
    ```
    """
    if isinstance(value, SetValue) and not value.members:
        found = Truth.FALSE if value.closed else Truth.UNKNOWN
    else:
        found = Truth.of(not isinstance(value, KnownNone))
    return found if argument else found.negated()


def limits(raw: Any, spec: FactSpec) -> tuple[Value, Value]:  # noqa: ANN401 - raw YAML
    """Read the argument of ``between``: the least and the greatest value."""
    pair = items(raw, "write [least, greatest]")
    if len(pair) != 2:
        raise ArgumentProblem(f"needs two values, not {len(pair)}", "write [least, greatest]")
    low, high = each(pair, lambda item: typed(item, spec))
    if less_than(high, low) is Truth.TRUE:
        raise ArgumentProblem(f"'{pair[0]}' is more than '{pair[1]}'", "write the least value first")
    return low, high


def by_table(raw: Any, _spec: FactSpec) -> ByTable:  # noqa: ANN401 - raw YAML
    """Read the argument of ``at_least_by``; whether table, column and facts exist is for the compiler to see."""
    entries = mapping(raw, ("key", "table", "column"), "{key: os.build, table: $name, column: name}")
    for name in ("key", "table", "column"):
        if name not in entries:
            raise ArgumentProblem(f"lacks '{name}'", "write {key: os.build, table: $name, column: name}")
    key, table = entries["key"], text(entries["table"])
    if not table.startswith("$") or len(table) < 2:
        raise ArgumentProblem(f"'{table}' is no table parameter", f"write ${table.strip('$') or 'name'}")
    keys = each(items(key), text) if isinstance(key, list) else [text(key)]
    return ByTable(tuple(keys), table.removeprefix("$"), text(entries["column"]))


def true_or_false(raw: Any, _spec: FactSpec) -> bool:  # noqa: ANN401 - raw YAML
    """Read the argument of ``exists``."""
    word = fold(text(raw))
    if word not in ("true", "false"):
        raise ArgumentProblem(f"'{raw}' is neither true nor false")
    return word == "true"


def _ordered(value: Value, argument: Value) -> bool:
    """Known none is neither more nor less than anything."""
    return not (isinstance(value, KnownNone) or isinstance(argument, KnownNone))


def _is_less(left: Any, right: Any) -> bool:  # noqa: ANN401 - the operator's types say that they can be ordered
    first, second = _comparable(left, right)
    return bool(first < second)


def _comparable(left: Any, right: Any) -> tuple[Any, Any]:  # noqa: ANN401 - two values of one type
    """Fold texts; bring a time to the day it is compared with."""
    if isinstance(left, str) and isinstance(right, str):
        return fold(left), fold(right)
    if isinstance(left, datetime) != isinstance(right, datetime):
        left = left.date() if isinstance(left, datetime) else left
        right = right.date() if isinstance(right, datetime) else right
    return left, right
