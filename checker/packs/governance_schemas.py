"""JSON Schemas of the files that govern a run: attestations, waivers, waves, tailoring."""

from typing import Any

from checker.facts.catalogue import catalogue
from checker.model.outcome import Severity
from checker.packs.schema_parts import (
    CONDITION,
    DAY,
    RULE_ID,
    TEXT,
    TEXTS,
    Json,
    an_object,
    conditions,
    named,
    titled,
    value_or_table,
)

DEVICES: Json = {"$ref": "#/$defs/devices"}
SAID: Json = {"type": "string", "pattern": r"\S"}
WORD: Json = {"type": "string", "pattern": r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"}
PERCENT: Json = {"type": "string", "pattern": r"^(100(\.0{1,4})?|[1-9]?[0-9](\.[0-9]{1,4})?)\s*%$"}
LIMIT: Json = {"anyOf": [{"type": "integer", "minimum": 0}, PERCENT]}
NAME: Json = {"type": ["string", "number"], "pattern": r"\S"}
NAMES: Json = {"anyOf": [NAME, {"type": "array", "items": NAME, "minItems": 1, "uniqueItems": True}]}


def attestations() -> Json:
    """Return the schema of a file of attestations."""
    facts = [name for name, spec in catalogue().items() if not spec.derived]
    said: Json = {"by": SAID, "evidence": SAID, "attested": DAY, "valid_until": DAY}
    entry = an_object({"fact": {"enum": facts}, "value": {}, **said}, {"devices": DEVICES})
    body = {"type": "array", "items": entry, "minItems": 1}
    return titled("Attestations: a person's word for facts", body, {"devices": _devices(), **conditions()})


def waivers() -> Json:
    """Return the schema of a file of waivers."""
    waiver = an_object(
        {
            "id": SAID,
            "rule": RULE_ID,
            "devices": DEVICES,
            "reason": SAID,
            "owner": SAID,
            "approver": SAID,
            "ticket": SAID,
            "created": DAY,
            "expires": DAY,
        },
        {"accepts": {"enum": ["fail", "unknown"]}},
    )
    body = an_object({"waivers": {"type": "array", "items": waiver}}, {"horizon_days": _whole(1), "broad": LIMIT})
    return titled("Waivers: outcomes that somebody accepts until a day", body, {"devices": _devices(), **conditions()})


def waves() -> Json:
    """Return the schema of a file of waves."""
    severities: Json = {
        "type": "object",
        "properties": dict.fromkeys((item.value for item in Severity), LIMIT),
        "additionalProperties": False,
        "minProperties": 1,
    }
    flag: Json = {"type": "boolean"}
    previous = an_object({}, {"verified": LIMIT, "soak_days": _whole(0), "none_lost": flag, "ids_unchanged": flag})
    gate = an_object(
        {},
        {
            "ready": LIMIT,
            "fail": severities,
            "unknown": severities,
            "devices": _whole(1),
            "must_have_data": TEXTS,
            "must_not_fail": TEXTS,
            "guidance_days": _whole(1),
            "previous": previous,
        },
    )
    wave = an_object(
        {"name": WORD, "devices": {"$ref": "#/$defs/wave-devices"}},
        {
            "tool": {"enum": list(catalogue()["plan.tool"].words)},
            "limits": an_object({"devices": _whole(1)}),
            "starts": DAY,
            "profile": an_object({"name": TEXT, "reason": SAID}),
            "gate": gate,
        },
    )
    body = an_object({"waves": {"type": "array", "items": wave, "minItems": 1}})
    defs = {"wave-devices": _devices({"percent": PERCENT}), **conditions()}
    return titled("Waves: which devices move together, and what must hold before they may", body, defs)


def tailoring() -> Json:
    """Return the schema of a tailoring file."""
    off = an_object({"off": {"const": True}, "reason": SAID})
    rated = an_object({"severity": {"enum": [item.value for item in Severity]}, "reason": SAID})
    rules: Json = {
        "type": "object",
        "propertyNames": RULE_ID,
        "additionalProperties": {"oneOf": [off, rated]},
        "minProperties": 1,
    }
    profile = an_object({"name": TEXT, "reason": SAID})
    parameters = named(value_or_table({"reason": SAID}))
    body = an_object({}, {"profile": profile, "parameters": parameters, "rules": rules})
    return titled("Tailoring: what an organisation changes of a pack, and why", {**body, "minProperties": 1})


def _devices(more: dict[str, Any] | None = None) -> Json:
    """Return the definition of ``devices``."""
    some = an_object({}, {"where": CONDITION, "listed": NAMES, **(more or {})})
    return {"anyOf": [{"const": "all"}, {**some, "minProperties": 1}]}


def _whole(least: int) -> Json:
    return {"type": "integer", "minimum": least}
