"""The JSON Schema of a mapping, for editors: which keys and facts there are, and what they mean."""

from typing import Any, Final, get_args

from checker.facts.catalogue import catalogue
from checker.inventory.mapping import PARTS, TOGETHER
from checker.inventory.mapping_files import FOLDER, KEYS, SHAPES, word_tables
from checker.inventory.own_mappings import ID
from checker.inventory.table import Kind
from checker.model.fact import FactSpec
from checker.yaml_nodes import Problems

Json = dict[str, Any]
TEXT: Final[Json] = {"type": "string", "minLength": 1}
ROWS: Final[Json] = {"type": "integer", "minimum": 1}
FLAG: Final[Json] = {"enum": [True, False, "yes", "no"]}
WORD: Final[Json] = {"type": ["string", "number", "boolean", "null"]}
TITLES: Final[Json] = {"$ref": "#/$defs/titles"}
WORDS: Final[Json] = {"$ref": "#/$defs/words"}


def mapping_schema() -> Json:
    """Return the schema of a mapping; what it cannot say (an id that is taken) the reader of mappings does."""
    facts = {name: _fact(spec) for name, spec in catalogue().items() if not spec.derived and not spec.view_of}
    readings: Json = {"type": "object", "properties": facts, "additionalProperties": False}
    pattern = {"type": "string", "format": "regex", "description": "What its one group matches is the key."}
    key: Json = {"anyOf": [TITLES, _object({"from": TITLES, "pattern": pattern}, {})]}
    body = _object(
        {
            "id": {"type": "string", "pattern": ID, "description": "Names the format, as in --read-as ID=FILE."},
            "title": TEXT,
            "reads": _one_or_more({"enum": list(get_args(Kind))}),
            "founds": {**FLAG, "description": "Whether a record of a device that no other file names founds it."},
            "signature": _signature(),
            "keys": {**_object({}, dict.fromkeys(KEYS, key)), "description": "Which columns name the device."},
            "facts": readings,
        },
        {
            "per_device": {**FLAG, "description": "Made on the device itself: breaks a tie of equal times."},
            "secondary": {**FLAG, "description": "Counts only where no other source says anything of a fact."},
            "own_ids": {**TEXT, "description": "The system whose id the key own_id is: intune, configmgr, …"},
            "own_ids_repeat": {**FLAG, "description": "Two devices may have one such id."},
            "place_names": {**FLAG, "description": "A record that names no device is of the one its place tells."},
            "silent_blanks": {**FLAG, "description": "A blank, JSON's null with it, says nothing of any fact."},
            "observed": {**TITLES, "description": "When the record was observed; without it --observed dates it."},
            "observed_plus_minutes": {**TEXT, "description": "Minutes that are to be added to that."},
            "ragged": {**_columns(), "description": "Rows longer or shorter than the header count where these fit."},
            "apart": {
                "type": "array",
                "items": _object({"facts": readings}, {"observed": TITLES}),
                "description": "Facts that are as old as a column of their own says, or of no known time.",
            },
            "together": {"enum": list(TOGETHER), "description": "What tells columns from all records of a file."},
            "cut_at": {**_one_or_more(ROWS), "description": "Rows at which its source cuts results off."},
            "evidence": {**TITLES, "description": "A record that says something here founds no device."},
            "versions": {**_columns(), "description": "A record in which these do not fit is refused."},
            "secrets": {
                **FLAG,
                "description": "A fact is read of a column of secrets: redact copies no file.",
            },
            "not_english": {**TITLES, "description": "Titles that it has in other languages than English."},
            "instead": {**TEXT, "description": "What a person can do where it is not in English."},
            "partial_without": {**TITLES, "description": "A record that says nothing in these states no blanks."},
        },
    )
    title = "A mapping: how the exports of one product are read"
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": title, **body, "$defs": _defs()}


def _signature() -> Json:
    groups: Json = {"type": "array", "items": _one_or_more(TEXT), "minItems": 1}
    body = _object({}, {"all": groups, "any": TITLES, "none": TITLES})
    told = "A file is of the product if it has one title of each group of all, one of any, and nothing of none."
    return {**body, "anyOf": [{"required": ["all"]}, {"required": ["any"]}], "description": told}


def _fact(spec: FactSpec) -> Json:
    kind = "set" if spec.type == "set" else "fact"
    return {"$ref": f"#/$defs/{kind}", "description": spec.meaning}


def _defs() -> Json:
    part = _object({}, {"from": TITLES, "words": WORDS, "otherwise": WORD, "says": TEXT})
    parts = _object({}, {name: {"anyOf": [TITLES, part]} for name in PARTS})
    named = {"type": "array", "items": {"enum": list(PARTS)}, "minItems": 1}
    columns = _columns()
    reading: Json = {
        "from": {
            **TITLES,
            "description": "The first of these columns that a file has; of JSON in it: Column.Key, of lists of objects "
            "Column[name=Word].Key, Column[0].Key and Column[].Key, of an object as a whole Column.*",
        },
        "fallback": {**FLAG, "description": "In a record in which a column says nothing, the next of from is read."},
        "join": {**FLAG, "description": "All of these columns, as one set."},
        "parts": {"anyOf": [named, {**parts, "required": ["url", "result"]}]},
        "pattern": {"type": "string", "format": "regex", "description": "What its one group matches is read."},
        "words": WORDS,
        "otherwise": {**WORD, "description": "What other words mean; without it they stand as they are."},
        "says": {**WORD, "description": "What any text that is no blank means."},
        "shape": {"enum": list(SHAPES), "description": "How a text is read; dates and times need not say it."},
        "zoned": {**FLAG, "description": "A time that names no time zone says nothing."},
        "only": {**columns, "maxProperties": 1, "description": "Counts where another fact is one of these words."},
        "where": {**columns, "description": "Counts in records in which each column is one of its words."},
        "needs": TITLES,
        "stated_with": TITLES,
        "blank_with": TITLES,
    }
    some: Json = {"anyOf": [{"required": ["from"]}, {"required": ["parts"]}]}
    is_open: Json = {"enum": ["open", "closed"], "description": "Whether members may be missing from the list."}
    tables = sorted(word_tables(FOLDER, Problems()))
    return {
        "titles": _one_or_more(TEXT),
        "words": {"anyOf": [{"enum": tables}, {"type": "object", "additionalProperties": WORD, "minProperties": 1}]},
        "fact": {**_object({}, reading), **some},
        "set": {**_object({"set": is_open}, reading), **some},
    }


def _columns() -> Json:
    return {"type": "object", "additionalProperties": _one_or_more(WORD), "minProperties": 1}


def _one_or_more(item: Json) -> Json:
    return {"anyOf": [item, {"type": "array", "items": item, "minItems": 1}]}


def _object(required: Json, optional: Json) -> Json:
    properties = {**required, **optional}
    found: Json = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**found, "required": list(required)} if required else {**found, "minProperties": 1}
