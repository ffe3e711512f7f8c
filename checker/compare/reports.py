"""Reads a JSON report back: what of it comparing needs, checked, with a clear word for whatever cannot be used."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

from checker.errors import InputError, Problem
from checker.model.notes import FileNote
from checker.reporters.json.report import SCHEMA

WRITE_IT: Final = "write it with `mde-readiness check … -o report.json`"
BASELINE: Final = (
    "baseline"  # begins the kinds of governing files that change no outcome, only what gates say of lost devices
)
TAILORING: Final = "tailoring"  # the kind of governing file that is told by what it changes
_PROBLEMS_SHOWN: Final = 5  # a file of another kind breaks everything at once: the first few say which

_TEXT: Final = {"type": "string"}
_COUNT: Final = {"type": "integer", "minimum": 0}
_READINESS: Final = ("total", "ready", "not_ready", "undetermined", "migrated", "out_of_scope")

# What is read of a report. The whole shape is promised by checker/schemas/report-v1.schema.json; reports of an earlier
# release may lack its newer parts, so that those are asked for only where they are there.
_SHAPE: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["as_of", "phase", "partial", "packs", "devices", "rules"],
    "properties": {
        "as_of": _TEXT,
        "phase": {"enum": ["prerequisite", "verification", "advice", "all"]},
        "partial": {"type": "boolean"},
        "packs": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["id", "version", "profile", "sha256"],
                "properties": dict.fromkeys(("id", "version", "profile", "sha256"), _TEXT),
            },
        },
        "devices": {
            "type": "object",
            "required": list(_READINESS),
            "properties": dict.fromkeys(_READINESS, _COUNT),
        },
        "rules": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "phase", "severity"],
                "properties": dict.fromkeys(("id", "phase", "severity"), _TEXT),
            },
        },
        "tables": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["kind", "path"],
                "properties": dict.fromkeys(("kind", "path"), _TEXT),
            },
        },
        "simulated": {"type": "array", "items": _TEXT},
        "redacted": _TEXT,
        "tailoring": {"type": "array", "items": _TEXT},
        "wave": _TEXT,
        "waves": {
            "type": "array",
            "items": {"type": "object", "required": ["name"], "properties": {"name": _TEXT}},
        },
        "governed_by": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["kind", "path", "sha256"],
                "properties": dict.fromkeys(("kind", "path", "sha256"), _TEXT),
            },
        },
    },
}


@dataclass(frozen=True, slots=True)
class PackRead:
    """A pack that a report judged by."""

    id: str
    version: str
    profile: str
    sha256: str


@dataclass(frozen=True, slots=True)
class RuleRead:
    """A rule of a report."""

    id: str
    phase: str
    severity: str


@dataclass(frozen=True, slots=True)
class TableRead:
    """A table written beside a report."""

    kind: str
    path: str  # as the report names it: relative to the report's folder
    sha256: str = ""  # empty for tables that were written with it


@dataclass(frozen=True, slots=True)
class Report:
    """What a JSON report says of its run."""

    path: str
    as_of: date
    packs: tuple[PackRead, ...]
    phase: str
    partial: bool
    wave: str
    tailoring: tuple[str, ...]
    simulated: tuple[str, ...]
    devices: dict[str, int]
    rules: tuple[RuleRead, ...]
    tables: tuple[TableRead, ...]
    waves: tuple[str, ...] = ()  # names of the waves that it knows
    governed_by: tuple[FileNote, ...] | None = None  # None: an earlier release wrote it, and it does not say
    sha256: str = ""  # of the file, where it was read from one
    redacted: str = ""  # mark of the key with which its names were made pseudonyms

    @property
    def profiles(self) -> str:
        """The profiles of its packs, each once."""
        return "+".join(dict.fromkeys(pack.profile for pack in self.packs))

    @property
    def shown(self) -> frozenset[str]:
        """The rules whose outcomes its tables list."""
        return frozenset(rule.id for rule in self.rules if self.phase in ("all", rule.phase))


def read_report(path: str) -> Report:
    """Return a report from its JSON file.

    Raises:
        InputError: the file cannot be read, is no JSON, or no report of this version.
    """
    told, digest = report_json(path)
    if not isinstance(told, dict) or told.get("schema") != SCHEMA:
        said = told.get("schema") if isinstance(told, dict) else None
        what = f"has the schema {said!r}, not {SCHEMA!r}" if said else "is no report of mde-readiness"
        raise InputError(Problem(path, what, WRITE_IT))
    problems = list(_misshapen(path, told))
    if problems:
        raise InputError(hinted_once(problems[:_PROBLEMS_SHOWN]))
    try:
        as_of = date.fromisoformat(told["as_of"])
    except ValueError:
        raise InputError(Problem(path, f"as_of: {told['as_of']!r} is no date", WRITE_IT)) from None
    return Report(
        path=path,
        as_of=as_of,
        packs=tuple(PackRead(each["id"], each["version"], each["profile"], each["sha256"]) for each in told["packs"]),
        phase=told["phase"],
        partial=told["partial"],
        wave=told.get("wave", ""),
        tailoring=tuple(told.get("tailoring", ())),
        simulated=tuple(told.get("simulated", ())),
        devices={name: int(told["devices"][name]) for name in _READINESS},
        rules=tuple(RuleRead(each["id"], each["phase"], each["severity"]) for each in told["rules"]),
        tables=tuple(TableRead(each["kind"], each["path"], each.get("sha256", "")) for each in told.get("tables", ())),
        waves=tuple(each["name"] for each in told.get("waves", ())),
        governed_by=_governed_by(told),
        sha256=digest,
        redacted=told.get("redacted", ""),
    )


def _governed_by(told: dict[str, Any]) -> tuple[FileNote, ...] | None:
    if "governed_by" not in told:
        return None
    return tuple(FileNote(each["kind"], each["path"], each["sha256"]) for each in told["governed_by"])


def hinted_once(problems: Iterable[Problem]) -> list[Problem]:
    """Return the problems with each hint only on the last that has it: of one cause, once is enough."""
    found = list(problems)
    last = {problem.hint: place for place, problem in enumerate(found)}
    return [
        problem if last[problem.hint] == place else replace(problem, hint="") for place, problem in enumerate(found)
    ]


def governed_otherwise(old: Report, new: Report) -> dict[str, tuple[str, str]]:
    """Return by kind the files that govern one report and not the other, as ``from`` and ``to``: ``none`` or a name.

    What a file says decides, not where it lies; a name that both have is told with the beginning of its SHA-256.
    """
    if old.governed_by is None or new.governed_by is None:
        return {}
    kinds = {note.kind for note in (*old.governed_by, *new.governed_by) if not note.kind.startswith(BASELINE)}
    found = {}
    for kind in sorted(kinds):
        before, now = ([note for note in files if note.kind == kind] for files in (old.governed_by, new.governed_by))
        was, is_now = _without(before, now), _without(now, before)
        if was or is_now:
            found[kind] = (_files(was, is_now), _files(is_now, was))
    return found


def _without(notes: list[FileNote], others: list[FileNote]) -> list[FileNote]:
    contents = {note.sha256 for note in others}
    return [note for note in notes if note.sha256 not in contents]


def _files(notes: list[FileNote], others: list[FileNote]) -> str:
    both = {note.path for note in others}
    told = (f"{note.path} (sha256 {note.sha256[:12]}…)" if note.path in both else note.path for note in notes)
    return ", ".join(told) or "none"


def report_json(path: str) -> tuple[object, str]:
    """Return what a JSON file holds, and the SHA-256 of what was read."""
    try:
        if not Path(path).is_file():
            raise InputError(Problem(path, "there is no such file", "give the JSON report of an earlier run"))
        content = Path(path).read_bytes()
    except OSError as error:
        raise InputError(Problem(path, f"cannot be read: {error.strerror or error}")) from error
    return json_of(content, path), hashlib.sha256(content).hexdigest()


def json_of(content: bytes, path: str, hint: str = WRITE_IT) -> object:
    """Return what JSON text holds.

    Raises:
        InputError: it is not JSON, nests too deep, or has a key twice in one object.
    """
    try:
        told: object = json.loads(content.decode("utf-8-sig"), object_pairs_hook=_once_each)
    except (ValueError, RecursionError) as error:
        why = "its brackets nest too deep" if isinstance(error, RecursionError) else str(error)
        raise InputError(Problem(path, f"is not JSON: {why}", hint)) from None
    return told


def _once_each(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Return an object; of a key that stands there twice nobody knows which one counts."""
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(name for place, (name, _) in enumerate(pairs) if name in dict(pairs[:place]))
        raise ValueError(f"the key {twice!r} stands twice in one object")
    return found


def _misshapen(path: str, told: dict[str, Any]) -> Iterator[Problem]:
    """Yield what of a report is not as promised, in the order of the file."""
    from jsonschema import Draft202012Validator  # imported here: only who compares pays for it

    for error in Draft202012Validator(_SHAPE).iter_errors(told):
        place = "/".join(map(str, error.absolute_path)) or "the report"
        yield Problem(path, f"{place}: {error.message[:200]}", WRITE_IT)
