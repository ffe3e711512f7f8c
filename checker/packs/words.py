"""Conditions in words, for people: what the command line, the docs and the reports show of a rule."""

from checker.model.condition import All, AnyOf, Condition, Constant, Lookup, Not, Reference, Test
from checker.model.truth import Truth

WORDS = {
    "equals": "is",
    "not_equals": "is not",
    "one_of": "is one of",
    "none_of": "is none of",
    "at_least": "is at least",
    "at_most": "is at most",
    "more_than": "is more than",
    "less_than": "is less than",
    "between": "is between",
    "starts_with": "starts with",
    "ends_with": "ends with",
    "matches": "matches",
    "host_matches": "is a host of",
    "contains": "contains",
    "contains_any": "contains any of",
    "contains_all": "contains all of",
    "count": "has members:",
    "reaches": "reaches",
    "within_days": "is within days",
    "before": "is before",
    "after": "is after",
    "at_least_by": "is at least",
}


def in_words(condition: Condition, indent: str = "") -> str:
    """Return a condition as indented lines of text, without a final newline."""
    match condition:
        case Test():
            return f"{indent}{_test(condition)}"
        case All(parts):
            return _list(f"{indent}all of:", parts, indent)
        case AnyOf(parts):
            return _list(f"{indent}any of:", parts, indent)
        case Not(AnyOf(parts)):
            return _list(f"{indent}none of:", parts, indent)
        case Not(part):
            return _list(f"{indent}not:", (part,), indent)
        case Constant(truth):
            return f"{indent}always" if truth is Truth.TRUE else f"{indent}{truth.name.lower()}"


def _list(head: str, parts: tuple[Condition, ...], indent: str) -> str:
    return "\n".join([head, *(in_words(part, indent + "  ") for part in parts)])


def _test(test: Test) -> str:
    match test.argument:
        case Reference(fact):
            return f"{test.fact} {WORDS[test.operator]} {fact}"
        case Lookup(key, parameter, column, _):
            return f"{test.fact} is at least the {column} that table {parameter} gives for {', '.join(key)}"
    if test.operator == "exists":
        return f"{test.fact} {'exists' if test.argument else 'is known to be none'}"
    if test.operator == "within_days":
        return f"{test.fact} is at most {test.shown} days before the as-of day"
    return f"{test.fact} {WORDS[test.operator]} {test.shown}"
