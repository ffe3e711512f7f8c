"""JSON Schemas of the YAML files that people write, assembled from the catalogue and the operator table."""

from checker.facts.catalogue import catalogue
from checker.model.fact import FactSpec
from checker.model.outcome import About, Outcome, Phase, Severity
from checker.packs.controls import CONTROL_ID
from checker.packs.governance_schemas import attestations, tailoring, waivers, waves
from checker.packs.routes import READINESS, tool_words
from checker.packs.schema_parts import (
    CONDITION,
    DAY,
    RULE_ID,
    SCALAR,
    TEXT,
    TEXTS,
    Json,
    an_object,
    conditions,
    named,
    titled,
    value_or_table,
)


def schemas() -> dict[str, Json]:
    """Return every schema by the name that ``rules schema`` knows it by."""
    return {
        "rules": _rules(),
        "pack": _pack(),
        "routes": _routes(),
        "cases": _cases(),
        "controls": _controls(),
        "attestations": attestations(),
        "waivers": waivers(),
        "waves": waves(),
        "tailoring": tailoring(),
    }


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
    rule = an_object({"id": RULE_ID, **overridable}, {**optional, **common})
    note = an_object({"id": RULE_ID, "title": TEXT, "note": {"const": True}, "text": TEXT, "sources": TEXTS}, common)
    body = {
        "type": "array",
        "items": {"if": {"required": ["note"]}, "then": {"$ref": "#/$defs/note"}, "else": {"$ref": "#/$defs/rule"}},
    }
    return titled("A theme of rules", body, {"rule": rule, "note": note, **conditions()})


def _pack() -> Json:
    value = value_or_table({"source": TEXT}, {"note": TEXT})
    parameter = {
        "type": "object",
        "properties": {"meaning": TEXT},
        "required": ["meaning"],
        "additionalProperties": value,
    }
    https: Json = {"type": "string", "pattern": "^https://"}
    body = an_object(
        {
            "id": TEXT,
            "title": TEXT,
            "version": TEXT,
            "profiles": named(an_object({"title": TEXT, "date": DAY, "read": DAY})),
            "sources": named(an_object({"title": TEXT, "url": https, "date": DAY, "read": DAY}, {"note": TEXT})),
        },
        {"parameters": named(parameter), "verified_by": TEXT},
    )
    return titled("pack.yaml: what the rules of a pack share", body)


def _routes() -> Json:
    common: Json = {"profiles": TEXTS, "overrides": {"type": "object", "additionalProperties": {"type": "object"}}}
    ids: Json = {"anyOf": [RULE_ID, {"type": "array", "items": RULE_ID, "minItems": 1, "uniqueItems": True}]}
    route = an_object(
        {"id": RULE_ID, "title": TEXT},
        {
            "when": CONDITION,
            "stops": {"type": "boolean"},
            "moves": {"type": "boolean"},
            "readiness": {"enum": list(READINESS)},
            "blockers": ids,
            "steps": ids,
            "verify": ids,
            **common,
        },
    )
    step = an_object(
        {"id": RULE_ID, "title": TEXT, "does": TEXTS, "sources": TEXTS},
        {"when": CONDITION, "commands": TEXTS, "query": TEXT, "looks_like": TEXT, **common},
    )
    most: Json = {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "string", "pattern": r"^\$[a-z]"}]}
    tool = an_object({"id": {"enum": list(tool_words())}, "title": TEXT, "sources": TEXTS}, {"most_devices": most})
    body = an_object(
        {"routes": {"type": "array", "items": route, "minItems": 1}},
        {
            "steps": {"type": "array", "items": step},
            "tools": {"type": "array", "items": tool},
            "whole_fleet": CONDITION,
        },
    )
    return titled("routes.yaml: which way devices go, step by step", body, conditions())


def _controls() -> Json:
    said: Json = {"type": "string", "pattern": r"\S"}
    rules: Json = {"anyOf": [RULE_ID, {"type": "array", "items": RULE_ID, "minItems": 1, "uniqueItems": True}]}
    evidence: Json = {"type": "array", "items": an_object({"rules": rules, "reason": said}), "minItems": 1}
    name: Json = {"type": "string", "pattern": f"^{CONTROL_ID}$"}
    control = an_object({"id": name, "title": said, "evidence": evidence})
    body = an_object({"controls": {"type": "array", "items": control, "minItems": 1}}, {"unmapped": evidence})
    return titled("controls.yaml: on which controls the rules of a pack are evidence, and why", body)


def _cases() -> Json:
    facts = {name: _value(spec) for name, spec in catalogue().items() if not spec.derived}
    case = an_object(
        {
            "name": TEXT,
            "facts": {"type": "object", "properties": facts, "additionalProperties": False},
            "expect": {"enum": [outcome.name for outcome in Outcome]},
        },
        {"profile": TEXT, "as_of": DAY},
    )
    body = {"type": "object", "additionalProperties": {"type": "array", "items": case, "minItems": 1}}
    return titled("Cases: what rules must give for a device", body)


def _value(spec: FactSpec) -> Json:
    described: Json = {"description": spec.meaning}
    if spec.type == "set":
        closed: Json = {"type": "array", "items": SCALAR}
        return {"anyOf": [closed, an_object({"open": closed}), SCALAR, {"type": "null"}], **described}
    if spec.type == "attempts":
        keys = ("result", "http_status", "via", "method", "port", "error")
        attempt = an_object({"url": TEXT}, dict.fromkeys(keys, SCALAR))
        return {"anyOf": [{"type": "array", "items": attempt}, {"type": "null"}], **described}
    return {"type": ["string", "number", "boolean", "null"], **described}
