"""Message templates: a sentence with ``{fact}``, ``{$parameter}`` and ``{$table[fact].column}`` in it."""

import re

from checker.facts.catalogue import catalogue
from checker.model.condition import Lookup
from checker.model.rule import FactPart, Message
from checker.packs.conditions import table_lookup
from checker.packs.parameters import Scope, Table, show
from checker.yaml_nodes import Text, did_you_mean

PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
CELL = re.compile(r"\$(?P<table>[\w-]+)\[(?P<key>[^\]]*)\]\.(?P<column>[\w-]+)")


def build_message(node: Text, scope: Scope) -> Message:
    """Return the message that a text says; problems are noted in the scope."""
    parts: list[str | FactPart | Lookup] = []
    end = 0
    for match in PLACEHOLDER.finditer(node.value):
        parts.append(node.value[end : match.start()])
        part = _placeholder(match[1], node, scope)
        if part is not None:
            parts.append(part)
        end = match.end()
    parts.append(node.value[end:])
    if not node.value.rstrip().endswith("."):
        scope.problems.add(node.place, "a message ends with a period")
    return Message(tuple(part for part in parts if part != ""))


def _placeholder(text: str, node: Text, scope: Scope) -> str | FactPart | Lookup | None:
    cell = CELL.fullmatch(text)
    if cell:
        table = scope.parameter(Text(f"${cell['table']}", node.place))
        if not isinstance(table, Table):
            scope.problems.add(node.place, f"'{cell['table']}' is no table parameter")
            return None
        key = tuple(name.strip() for name in cell["key"].split(","))
        if key != table.key:
            what = f"table '{cell['table']}' is keyed by {', '.join(table.key)}, not {', '.join(key)}"
            scope.problems.add(node.place, what)
            return None
        return table_lookup(table, cell["table"], cell["column"], None, node.place, scope)
    if text.startswith("$"):
        given = scope.as_of.isoformat() if text == "$as_of" else scope.parameter(Text(text, node.place))
        return given if isinstance(given, str) else None if given is None else show(given)
    if text in catalogue():
        return FactPart(text)
    scope.problems.add(node.place, f"unknown fact '{text}' in the message", did_you_mean(text, catalogue()))
    return None
