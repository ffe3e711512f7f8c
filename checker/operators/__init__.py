"""What a rule can ask of a value: pure functions (known value, argument) -> Truth, all of them in one table."""

from checker.operators import compare, dates, hosts, reach, sets, text
from checker.operators.arguments import (
    COUNT,
    PARAMETER,
    SCALAR,
    SCALAR_OR_FACT,
    TEXT,
    folded,
    folded_set,
    list_of,
    typed,
    typed_set,
)
from checker.operators.compare import BY_TABLE, ByTable
from checker.operators.contract import ArgumentProblem, Operator

__all__ = ["OPERATORS", "ArgumentProblem", "ByTable", "Operator"]

_ORDERED = frozenset({"version", "number", "date", "time"})
_SCALAR = _ORDERED | {"word", "text", "flag"}
_TEXT = frozenset({"text", "word"})
_MOMENT = frozenset({"date", "time"})
_SET = frozenset({"set"})
_ATTEMPTS = frozenset({"attempts"})
_PAIR = {"anyOf": [{"type": "array", "items": SCALAR, "minItems": 2, "maxItems": 2}, PARAMETER]}
_HOST = {"anyOf": [TEXT, list_of(TEXT)]}
_DAYS = {"anyOf": [{**COUNT["anyOf"][0], "maximum": dates.MOST_DAYS}, COUNT["anyOf"][1]]}

_TABLE = (
    Operator("equals", _SCALAR, typed, compare.equals, SCALAR_OR_FACT, dynamic=True),
    Operator("not_equals", _SCALAR, typed, compare.not_equals, SCALAR_OR_FACT, dynamic=True),
    Operator("one_of", _SCALAR, typed_set, compare.one_of, list_of(SCALAR)),
    Operator("none_of", _SCALAR, typed_set, compare.none_of, list_of(SCALAR)),
    Operator("at_least", _ORDERED, typed, compare.at_least, SCALAR_OR_FACT, dynamic=True, steps=True),
    Operator("at_most", _ORDERED, typed, compare.at_most, SCALAR_OR_FACT, dynamic=True, steps=True),
    Operator("more_than", _ORDERED, typed, compare.more_than, SCALAR_OR_FACT, dynamic=True, steps=True),
    Operator("less_than", _ORDERED, typed, compare.less_than, SCALAR_OR_FACT, dynamic=True, steps=True),
    Operator("between", _ORDERED, compare.limits, compare.between, _PAIR),
    Operator("at_least_by", frozenset({"version", "number"}), compare.by_table, compare.at_least_by, BY_TABLE),
    Operator("starts_with", _TEXT, folded, text.starts_with, TEXT),
    Operator("ends_with", _TEXT, folded, text.ends_with, TEXT),
    Operator("matches", _TEXT, text.regex, text.matches, TEXT),
    Operator("host_matches", frozenset({"text"}), hosts.host_patterns, hosts.host_matches, _HOST),
    Operator("contains", _SET, folded, sets.contains, TEXT),
    Operator("contains_any", _SET, folded_set, sets.contains_any, list_of(TEXT)),
    Operator("contains_all", _SET, folded_set, sets.contains_all, list_of(TEXT)),
    Operator("count", _SET, sets.counted, sets.count, sets.COUNT_ARGUMENT),
    Operator("within_days", _MOMENT, dates.days, dates.within_days, _DAYS, bound_to_day=True),
    Operator("before", _MOMENT, typed, dates.before, SCALAR_OR_FACT, dynamic=True, steps=True),
    Operator("after", _MOMENT, typed, dates.after, SCALAR_OR_FACT, dynamic=True, steps=True),
    Operator("reaches", _ATTEMPTS, reach.reach, reach.reaches, reach.REACH_ARGUMENT),
    Operator("exists", _SCALAR | _SET | _ATTEMPTS, compare.true_or_false, compare.exists, {"type": "boolean"}),
)

OPERATORS: dict[str, Operator] = {operator.name: operator for operator in _TABLE}
"""Every operator by name, in the order in which the manual lists them."""
