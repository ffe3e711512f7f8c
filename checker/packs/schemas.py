"""JSON Schemas of the YAML files that people write, assembled from the catalogue and the operator table."""

from typing import Any

from checker.facts.catalogue import catalogue
from checker.model.fact import FactSpec
from checker.model.outcome import About, Outcome, Phase, Severity
from checker.operators import OPERATORS

Json = dict[str, Any]
DIALECT = "https://json-schema.org/draft/2020-12/schema"
SCALAR: Json = {"type": ["string", "number", "boolean"]}
TEXT: Json = {"type": "string", "minLength": 1}
TEXTS: Json = {"anyOf": [TEXT, {"type": "array", "items": TEXT, "minItems": 1}]}
DAY: Json = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
RULE_ID: Json = {"type": "string", "pattern": r"^[a-z0-9]+([.-][a-z0-9]+)*$"}
CONDITION: Json = {"$ref": "#/$defs/condition"}


def schemas() -> dict[str, Json]:
    """Return every schema by the name that ``rules schema`` knows it by."""
    return {"rules": _rules(), "pack": _pack(), "cases": _cases(), "attestations": _attestations()}


def _schema(title: str, body: Json, defs: Json | None = None) -> Json:
    named = {"$schema": DIALECT, "title": title, **body}
    return {**named, "$defs": defs} if defs else named


def _object(required: Json, optional: Json | None = None) -> Json:
    return {
        "type": "object",
        "properties": {**required, **(optional or {})},
        "required": list(required),
        "additionalProperties": False,
    }


def _conditions() -> Json:
    """Return the definitions of a condition and of the test of each type of fact."""
    conditions = {"type": "array", "items": CONDITION, "minItems": 1}
    facts = {
        name: {"$ref": f"#/$defs/test-{spec.type}", "description": spec.meaning} for name, spec in catalogue().items()
    }
    composers = {"all": conditions, "any": conditions, "never": conditions, "not": CONDITION}
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


def _rules() -> Json:
    overridable: Json = {
        "title": TEXT,
        "phase": {"enum": [item.value for item in Phase]},
        "severity": {"enum": [item.value for item in Severity]},
        "about": {"enum": [item.value for item in About]},
        "require": CONDITION,
        "message": {"type": "string", "pattern": r"\.\s*$"},
        "action": TEXT,
        "remediation": TEXT,
        "sources": TEXTS,
    }
    optional: Json = {"applies_to": CONDITION, "routes": TEXTS, "see_also": TEXTS}
    overrides: Json = {
        "type": "object",
        "additionalProperties": {
            "type": "object",
            "properties": {**overridable, **optional},
            "additionalProperties": False,
        },
    }
    common: Json = {"profiles": TEXTS, "overrides": overrides}
    rule = _object({"id": RULE_ID, **overridable}, {**optional, **common})
    note = _object({"id": RULE_ID, "title": TEXT, "note": {"const": True}, "text": TEXT, "sources": TEXTS}, common)
    body = {
        "type": "array",
        "items": {"if": {"required": ["note"]}, "then": {"$ref": "#/$defs/note"}, "else": {"$ref": "#/$defs/rule"}},
    }
    return _schema("A theme of rules", body, {"rule": rule, "note": note, **_conditions()})


def _pack() -> Json:
    table = _object(
        {
            "key": TEXTS,
            "columns": TEXTS,
            "rows": {"type": "array", "items": {"type": "array", "items": SCALAR, "minItems": 2}, "minItems": 1},
        }
    )
    value = {
        "type": "object",
        "properties": {
            "value": {"anyOf": [SCALAR, {"type": "array", "items": SCALAR, "minItems": 1}]},
            "table": table,
            "source": TEXT,
            "note": TEXT,
        },
        "required": ["source"],
        "oneOf": [{"required": ["value"]}, {"required": ["table"]}],
        "additionalProperties": False,
    }
    parameter = {
        "type": "object",
        "properties": {"meaning": TEXT},
        "required": ["meaning"],
        "additionalProperties": value,
    }
    route = _object(
        {"id": TEXT, "title": TEXT},
        {
            "when": CONDITION,
            "stops": {"type": "boolean"},
            "moves": {"type": "boolean"},
            "readiness": {"enum": ["READY", "NOT_READY", "MIGRATED"]},
            "profiles": TEXTS,
            "overrides": {"type": "object"},
        },
    )
    https: Json = {"type": "string", "pattern": "^https://"}
    body = _object(
        {
            "id": TEXT,
            "title": TEXT,
            "version": TEXT,
            "profiles": _named(_object({"title": TEXT, "date": DAY, "read": DAY})),
            "sources": _named(_object({"title": TEXT, "url": https, "date": DAY, "read": DAY}, {"note": TEXT})),
        },
        {"parameters": _named(parameter), "routes": {"type": "array", "items": route}, "verified_by": TEXT},
    )
    return _schema("pack.yaml: what the rules of a pack share", body, _conditions())


def _named(item: Json) -> Json:
    return {"type": "object", "additionalProperties": item, "minProperties": 1}


def _cases() -> Json:
    facts = {name: _value(spec) for name, spec in catalogue().items() if not spec.derived}
    case = _object(
        {
            "name": TEXT,
            "facts": {"type": "object", "properties": facts, "additionalProperties": False},
            "expect": {"enum": [outcome.name for outcome in Outcome]},
        },
        {"profile": TEXT, "as_of": DAY},
    )
    body = {"type": "object", "additionalProperties": {"type": "array", "items": case, "minItems": 1}}
    return _schema("Cases: what rules must give for a device", body)


def _value(spec: FactSpec) -> Json:
    described: Json = {"description": spec.meaning}
    if spec.type == "set":
        closed: Json = {"type": "array", "items": SCALAR}
        return {"anyOf": [closed, _object({"open": closed}), SCALAR, {"type": "null"}], **described}
    if spec.type == "attempts":
        keys = ("result", "http_status", "via", "method", "port", "error")
        attempt = _object({"url": TEXT}, dict.fromkeys(keys, SCALAR))
        return {"anyOf": [{"type": "array", "items": attempt}, {"type": "null"}], **described}
    return {"type": ["string", "number", "boolean", "null"], **described}


def _attestations() -> Json:
    facts = [name for name, spec in catalogue().items() if not spec.derived]
    entry = _object(
        {
            "fact": {"enum": facts},
            "value": {},
            "by": TEXT,
            "evidence": TEXT,
            "attested": DAY,
            "valid_until": DAY,
        }
    )
    return _schema("Attestations: a person's word for facts", {"type": "array", "items": entry, "minItems": 1})
