"""A pack folder to a :class:`Pack` under one profile, or every problem that it has."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from checker.errors import Place
from checker.model.condition import ALWAYS
from checker.model.outcome import About, Phase, Severity
from checker.model.rule import Message, Note, Pack, Profile, Route, Rule
from checker.packs.conditions import build_condition
from checker.packs.entries import check_sources, for_profile, fresh_id
from checker.packs.governance import RuleNames
from checker.packs.messages import build_message
from checker.packs.parameters import Scope, read_parameters
from checker.packs.routes import Known, read_ways
from checker.packs.sources import read_profiles, read_sources
from checker.packs.tailoring import Tailoring, check_names, tailor_parameters, tailor_rules
from checker.yaml_nodes import (
    Entries,
    Items,
    Problems,
    Text,
    check_keys,
    choice_of,
    did_you_mean,
    load,
    mapping,
    text_of,
    texts_of,
)

PACK_KEYS = ("id", "title", "version", "profiles", "sources")
RULE_KEYS = ("id", "title", "phase", "severity", "about", "require", "message", "action", "remediation", "sources")
RULE_OPTIONAL = ("applies_to", "profiles", "overrides", "routes", "see_also")
NOTE_KEYS = ("id", "title", "note", "text", "sources")
CONTROLS = "controls.yaml"
HEADS = ("pack.yaml", "routes.yaml", CONTROLS)  # the files of a pack that are no themes


@dataclass(frozen=True, slots=True)
class PackFiles:
    """The YAML of a pack, parsed once and built for as many profiles as are asked."""

    folder: str  # as shown in places
    pack: Entries
    routes: Entries  # routes.yaml; empty if there is none
    themes: tuple[Items, ...]
    case_files: tuple[Path, ...]
    sha256: str
    controls: Path | None = None  # controls.yaml, read when somebody asks for it; None if there is none

    @property
    def profiles(self) -> tuple[str, ...]:
        """Profile ids, the default first."""
        node = self.pack.entries.get("profiles")
        return tuple(node.entries) if isinstance(node, Entries) else ()

    @property
    def rule_ids(self) -> tuple[str, ...]:
        """Ids of the rules of every profile, in the order of the files; notes are none."""
        return self._ids(notes=False)

    @property
    def note_ids(self) -> tuple[str, ...]:
        """Ids of the notes of every profile, in the order of the files."""
        return self._ids(notes=True)

    def _ids(self, notes: bool) -> tuple[str, ...]:
        entries = [item for theme in self.themes for item in theme.items if isinstance(item, Entries)]
        named = [item.entries.get("id") for item in entries if ("note" in item.entries) is notes]
        return tuple(dict.fromkeys(name.value for name in named if isinstance(name, Text)))


def read_pack_files(folder: Path, shown: str = "") -> PackFiles:
    """Parse the YAML files of a pack folder; raise :class:`RuleError` with every problem."""
    problems = Problems()
    name = shown or folder.as_posix()
    if not (folder / "pack.yaml").is_file():
        problems.add(name, "is no rule pack: it has no pack.yaml")
        problems.raise_if_any()
    heads = {head: Entries({}, {}, Place(f"{name}/{head}")) for head in HEADS}
    controls: Path | None = None
    themes, cases = [], []
    sources = pack_sources(folder)
    for path in sorted(folder.glob("*.yaml")):
        if path.name not in sources:
            cases.append(path)
            continue
        if path.name == CONTROLS:
            controls = path
            continue
        node = load(path, f"{name}/{path.name}", problems)
        if path.name in HEADS:
            heads[path.name] = mapping(node, path.name, problems) or heads[path.name]
        elif isinstance(node, Items):
            themes.append(node)
        elif node is not None:
            problems.add(node.place, "a theme must be a list of rules")
    problems.raise_if_any()
    pack, routes = heads["pack.yaml"], heads["routes.yaml"]
    return PackFiles(name, pack, routes, tuple(themes), tuple(cases), pack_sha256(sources), controls)


def pack_sources(folder: Path) -> dict[str, bytes]:
    """Return the files of a pack that a run judges by, by name: all of its YAML but the cases."""
    paths = sorted(folder.glob("*.yaml"))
    return {path.name: path.read_bytes() for path in paths if not path.name.endswith(".cases.yaml")}


def pack_sha256(sources: Mapping[str, bytes]) -> str:
    """Return the SHA-256 over names and contents of a pack's files; how their lines end does not count."""
    digest = hashlib.sha256()
    for name in sorted(sources):
        digest.update(f"{name}\0".encode() + sources[name].replace(b"\r\n", b"\n"))
    return digest.hexdigest()


def build_pack(files: PackFiles, profile: str, as_of: date, tailoring: Tailoring | None = None) -> Pack:
    """Return the pack under a profile ("seed" is its first), tailored.

    Raises:
        RuleError: with every problem of the pack, and of the tailoring: of its form, and where it does not fit.
    """
    problems = Problems(list(tailoring.problems) if tailoring else [])
    node = files.pack
    check_keys(node, "pack.yaml", PACK_KEYS, ("parameters", "verified_by"), problems)
    profiles, sources = read_profiles(node, problems), read_sources(node, problems)
    if not profiles:
        problems.add(node.place, "a pack needs at least one profile")
        problems.raise_if_any()
    known = {item.id: item for item in profiles}
    asked = mapping(node.entries.get("parameters"), "'parameters'", problems)
    if tailoring:
        names = RuleNames(files.rule_ids, files.note_ids)
        check_names(tailoring, asked.entries if asked else (), names, problems)
    chosen = _chosen(files, known, profile, tailoring, problems)
    scope = Scope(chosen.id, as_of, problems)
    by_id = {source.id: source for source in sources}
    parameters = read_parameters(asked, known, by_id, scope)
    if tailoring:
        parameters = tailor_parameters(tailoring, parameters, scope)
    rules, notes = _rules(files, scope, known, by_id)
    verified_by = text_of(node, "verified_by", problems)
    kept = rules
    if tailoring:
        kept = tailor_rules(tailoring, rules, files.rule_ids, verified_by, scope)
    ways = read_ways(files.routes, scope, Known(known, by_id, files.rule_ids, kept))
    _check_links(node, rules, notes, ways.routes, scope)
    problems.raise_if_any()
    return Pack(
        id=text_of(node, "id", problems),
        title=text_of(node, "title", problems),
        version=text_of(node, "version", problems),
        profile=chosen,
        profiles=profiles,
        sources=sources,
        parameters=parameters,
        rules=kept,
        notes=notes,
        routes=ways.routes,
        verified_by=verified_by,
        sha256=files.sha256,
        steps=ways.steps,
        tools=ways.tools,
        whole_fleet=ways.whole_fleet,
    )


def _chosen(
    files: PackFiles, known: Mapping[str, Profile], profile: str, tailoring: Tailoring | None, problems: Problems
) -> Profile:
    """Return the profile to build for; raise everything that is noted if nobody can tell which that is."""
    name = next(iter(known)) if profile == "seed" else profile
    if name not in known:
        where = tailoring.profile_place if tailoring and tailoring.profile == profile else files.folder
        problems.add(where, f"there is no profile '{profile}'", did_you_mean(profile, ("seed", *known)))
    if name not in known or (tailoring and tailoring.profile_unread):
        problems.raise_if_any()
    return known[name]


def _rules(
    files: PackFiles, scope: Scope, profiles: Collection[str], sources: Collection[str]
) -> tuple[tuple[Rule, ...], tuple[Note, ...]]:
    rules: list[Rule] = []
    notes: list[Note] = []
    seen: dict[str, Place] = {}
    for theme in files.themes:
        for item in theme.items:
            entry = mapping(item, "a rule", scope.problems)
            if entry is None or not fresh_id(entry, "rule", "sc.sense-min", seen, scope.problems):
                continue
            merged = for_profile(entry, scope, profiles)
            if merged is None:
                continue
            check_sources(merged, sources, scope.problems)
            if "note" in merged.entries:
                notes.append(_note(merged, scope.problems))
            else:
                rules.append(_rule(merged, scope))
    return tuple(rules), tuple(notes)


def _note(entry: Entries, problems: Problems) -> Note:
    check_keys(entry, f"note '{text_of(entry, 'id', problems)}'", NOTE_KEYS, ("profiles", "overrides"), problems)
    return Note(
        text_of(entry, "id", problems),
        text_of(entry, "title", problems),
        text_of(entry, "text", problems),
        texts_of(entry, "sources", problems),
        entry.entries["id"].place,
    )


def _rule(entry: Entries, scope: Scope) -> Rule:
    problems = scope.problems
    name = text_of(entry, "id", problems)
    check_keys(entry, f"rule '{name}'", RULE_KEYS, RULE_OPTIONAL, problems)
    scope.used.clear()
    applies = entry.entries.get("applies_to")
    message = entry.entries.get("message")
    return Rule(
        id=name,
        title=text_of(entry, "title", problems),
        phase=Phase(choice_of(entry, "phase", list(Phase), problems)),
        severity=Severity(choice_of(entry, "severity", list(Severity), problems)),
        about=About(choice_of(entry, "about", list(About), problems)),
        applies_to=build_condition(applies, scope) if applies else ALWAYS,
        require=build_condition(entry.entries.get("require"), scope),
        message=build_message(message, scope) if isinstance(message, Text) else Message(()),
        action=text_of(entry, "action", problems),
        remediation=text_of(entry, "remediation", problems),
        sources=texts_of(entry, "sources", problems),
        routes=texts_of(entry, "routes", problems),
        see_also=texts_of(entry, "see_also", problems),
        place=entry.entries["id"].place,
        parameters=tuple(sorted(scope.used)),
    )


def _check_links(
    node: Entries, rules: tuple[Rule, ...], notes: tuple[Note, ...], routes: tuple[Route, ...], scope: Scope
) -> None:
    """Note links to rules, notes and routes that do not exist."""
    note_ids, route_ids, rule_ids = ({item.id for item in items} for items in (notes, routes, rules))
    for rule in rules:
        for name in rule.see_also:
            if name not in note_ids | rule_ids:
                scope.problems.add(
                    rule.place,
                    f"'{rule.id}' refers to '{name}', which does not exist",
                    did_you_mean(name, sorted(note_ids | rule_ids)),
                )
        for name in rule.routes:
            if name not in route_ids:
                scope.problems.add(
                    rule.place,
                    f"'{rule.id}' names route '{name}', which does not exist",
                    did_you_mean(name, sorted(route_ids)),
                )
    proof = node.entries.get("verified_by")
    if proof is not None and text_of(node, "verified_by", scope.problems) not in rule_ids:
        scope.problems.add(proof.place, "'verified_by' names no rule of this pack")
