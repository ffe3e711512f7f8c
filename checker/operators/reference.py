"""The manual page of the operators, written from their table and docstrings."""

from inspect import getdoc

from checker.operators import OPERATORS, Operator

_TYPES = ("text", "word", "flag", "number", "version", "date", "time", "set", "attempts")

_HEAD = """\
# Operators

What a rule can ask of a fact. A test is an operator and its argument, or several that must all hold; a scalar alone
means `equals`, a list alone `one_of`. *This page is written from the code: do not edit it.*

Every answer is TRUE, FALSE or UNKNOWN. **A missing value is UNKNOWN to every operator**, the negative ones too: nobody
exported it, its cell is blank, it cannot be read, observations conflict, or it is stale. *Known none* is different:
some facts say that a blank cell is a statement (`blank: none` in [facts](facts.md)), and each operator says below what
it makes of it.

An argument is a literal or a `$parameter` of the pack. Where the list below says *fact* it may also be another fact of
the device, `{fact: name}`, of the same type (a date and a time go together); if that fact is missing or known none the
answer is UNKNOWN. For dates `$as_of` is the day of the check.
"""


def operators_page() -> str:
    """Return docs/operators.md: a table of all operators, then each one's docstring."""
    rows = [_row(operator) for operator in OPERATORS.values()]
    table = ["| operator | asks | of facts of type |", "|---|---|---|", *rows]
    return "\n".join([_HEAD, *table, "", *(_section(operator) for operator in OPERATORS.values())]).rstrip() + "\n"


def _row(operator: Operator) -> str:
    also = " (or *fact*)" if operator.dynamic else ""
    summary = _manual(operator).split("\n\n", maxsplit=1)[0].replace("\n", " ")
    return f"| [`{operator.name}`](#{operator.name}){also} | {summary} | {', '.join(_types(operator))} |"


def _section(operator: Operator) -> str:
    return f"## {operator.name}\n\n{_manual(operator)}\n"


def _manual(operator: Operator) -> str:
    return getdoc(operator.test) or ""


def _types(operator: Operator) -> list[str]:
    return [name for name in _TYPES if name in operator.types] if operator.types < set(_TYPES) else ["any"]
