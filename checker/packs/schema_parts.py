"""What the JSON Schemas share: texts, days, closed mappings, and conditions from the catalogue and the operators."""

from typing import Any

from checker.facts.catalogue import catalogue
from checker.operators import OPERATORS

Json = dict[str, Any]
DIALECT = "https://json-schema.org/draft/2020-12/schema"
SCALAR: Json = {"type": ["string", "number", "boolean"]}
TEXT: Json = {"type": "string", "minLength": 1}
TEXTS: Json = {"anyOf": [TEXT, {"type": "array", "items": TEXT, "minItems": 1}]}
DAY: Json = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
RULE_ID: Json = {"type": "string", "pattern": r"^[a-z0-9]+([.-][a-z0-9]+)*$"}
CONDITION: Json = {"$ref": "#/$defs/condition"}


def titled(title: str, body: Json, defs: Json | None = None) -> Json:
    """Return a whole schema."""
    schema = {"$schema": DIALECT, "title": title, **body}
    return {**schema, "$defs": defs} if defs else schema


def an_object(required: Json, optional: Json | None = None) -> Json:
    """Return a mapping with these keys and no others."""
    return {
        "type": "object",
        "properties": {**required, **(optional or {})},
        "required": list(required),
        "additionalProperties": False,
    }


def conditions() -> Json:
    """Return the definitions of a condition and of the test of each type of fact."""
    several = {"type": "array", "items": CONDITION, "minItems": 1}
    facts = {
        name: {"$ref": f"#/$defs/test-{spec.type}", "description": spec.meaning} for name, spec in catalogue().items()
    }
    composers = {"all": several, "any": several, "never": several, "not": CONDITION}
    types = dict.fromkeys(spec.type for spec in catalogue().values())
    return {
        "condition": {
            "type": "object",
            "properties": {**composers, **facts},
            "additionalProperties": False,
            "minProperties": 1,
        },
        **{f"test-{name}": _test(name) for name in types},
    }


def _test(fact_type: str) -> Json:
    operators = {
        name: {**operator.schema, "description": (operator.test.__doc__ or "").strip().splitlines()[0]}
        for name, operator in OPERATORS.items()
        if fact_type in operator.types
    }
    forms: list[Json] = [{"type": "object", "properties": operators, "additionalProperties": False, "minProperties": 1}]
    if "equals" in operators:
        forms += [SCALAR, {"type": "array", "items": SCALAR, "minItems": 1}]
    return {"anyOf": forms}


def named(item: Json) -> Json:
    """Return a mapping of names to such items; at least one."""
    return {"type": "object", "additionalProperties": item, "minProperties": 1}


def value_or_table(required: Json, optional: Json | None = None) -> Json:
    """Return a mapping with either the value or the table of a parameter, and with these keys."""
    rows = {"type": "array", "items": {"type": "array", "items": SCALAR, "minItems": 2}, "minItems": 1}
    scalars: Json = {"anyOf": [SCALAR, {"type": "array", "items": SCALAR, "minItems": 1}]}
    given: Json = {"value": scalars, "table": an_object({"key": TEXTS, "columns": TEXTS, "rows": rows})}
    return {**an_object(required, {**given, **(optional or {})}), "oneOf": [{"required": [key]} for key in given]}
