"""How a run was told, as JSON values, and back: what ``run.json`` of evidence holds under ``options``.

Where files lie, which tables are written beside a report, what to compare with, and keys belong to a run, not to what
it was told: they are given anew when it is done again.
"""

from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import date, datetime
from typing import Any, Final

from checker.decide.exit import Gate
from checker.options import Options

_TEXT: Final = {"type": "string"}
_FLAG: Final = {"type": "boolean"}
_TEXTS: Final = {"type": "array", "items": _TEXT}
_NAMED: Final = {"type": "object", "additionalProperties": _TEXT}
_SHAPE: Final[dict[str, Any]] = {
    "type": "object",
    "additionalProperties": False,  # what belongs to the place of a run, as the key of pseudonyms, is not for it to say
    "properties": {
        **dict.fromkeys(("as_of", "pack", "profile", "tailoring", "attestations", "waivers", "waivers_sha256"), _TEXT),
        **dict.fromkeys(("waves", "wave", "tool", "device"), _TEXT),
        **dict.fromkeys(("inventory", "assume", "select", "ignore", "mapping"), _TEXTS),
        **dict.fromkeys(("observed", "read_as", "device_of"), _NAMED),
        "date_order": {"type": "object", "additionalProperties": {"enum": ["dmy", "mdy"]}},
        **dict.fromkeys(("gating", "require_dates", "all_outcomes"), _FLAG),
        "max_age_days": {"type": "integer", "minimum": 1, "maximum": 3650},
        "bad_rows": {"enum": ["stop", "skip"]},
        "outputs": {"type": "array", "items": {"pattern": "^[a-z]+$", **_TEXT}},
        "gate": {
            "type": "object",
            "properties": {
                "phase": {"enum": ["prerequisite", "verification", "all"]},
                "fail_on": {"enum": ["blocker", "major", "minor", "never"]},
                "allow_unknown": _FLAG,
            },
        },
    },
}
_OF_THE_PLACE: Final = ("baseline", "tables", "elsewhere", "unread", "redact_key", "batch_size")


def as_values(options: Options) -> dict[str, Any]:
    """Return the options as JSON values, by the names of :class:`checker.options.Options`."""
    told = {item.name: getattr(options, item.name) for item in fields(options) if item.name not in _OF_THE_PLACE}
    return {
        **told,
        "inventory": list(options.inventory),
        "as_of": options.as_of.isoformat(),
        "assume": list(options.assume),
        "mapping": list(options.mapping),
        "observed": {name: moment.isoformat() for name, moment in sorted(options.observed.items())},
        "date_order": dict(sorted(options.date_order.items())),
        "read_as": dict(sorted(options.read_as.items())),
        "device_of": dict(sorted(options.device_of.items())),
        "select": list(options.select),
        "ignore": list(options.ignore),
        "gate": asdict(options.gate),
        "outputs": sorted(options.outputs),
    }


def from_values(told: Mapping[str, Any]) -> Options:
    """Return the options that were written so.

    Raises:
        KeyError, TypeError, ValueError: these are not the values of options.
    """
    from jsonschema import Draft202012Validator  # imported here: only who judges again pays for it

    for error in Draft202012Validator(_SHAPE).iter_errors(told):
        raise ValueError(f"{'/'.join(map(str, error.absolute_path))}: {error.message}")
    return Options(
        **{
            **told,
            "inventory": tuple(told["inventory"]),
            "as_of": date.fromisoformat(told["as_of"]),
            "assume": tuple(told["assume"]),
            "mapping": tuple(told.get("mapping", ())),  # evidence of earlier releases tells of none
            "observed": {name: datetime.fromisoformat(moment) for name, moment in told["observed"].items()},
            "select": tuple(told["select"]),
            "ignore": tuple(told["ignore"]),
            "gate": Gate(**told["gate"]),
            "outputs": frozenset(told["outputs"]),
        }
    )
