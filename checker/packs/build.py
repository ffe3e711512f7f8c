"""A pack folder to a :class:`Pack` under one profile, or every problem that it has."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from checker.errors import Place
from checker.model.condition import ALWAYS, Condition
from checker.model.outcome import About, Phase, Severity
from checker.model.rule import Message, Note, Pack, Profile, Route, Rule, Source
from checker.packs.conditions import build_condition
from checker.packs.messages import build_message
from checker.packs.parameters import Scope, read_parameters
from checker.packs.sources import read_profiles, read_sources
from checker.yaml_nodes import (
    Entries,
    Items,
    Node,
    Problems,
    Text,
    check_keys,
    choice_of,
    did_you_mean,
    flag_of,
    load,
    mapping,
    text_items,
    text_of,
    texts_of,
)

PACK_KEYS = ("id", "title", "version", "profiles", "sources")
RULE_KEYS = ("id", "title", "phase", "severity", "about", "require", "message", "action", "remediation", "sources")
RULE_OPTIONAL = ("applies_to", "profiles", "overrides", "routes", "see_also")
NOTE_KEYS = ("id", "title", "note", "text", "sources")
ID = re.compile(r"[a-z0-9]+(?:[.-][a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class PackFiles:
    """The YAML of a pack, parsed once and built for as many profiles as are asked."""

    folder: str  # as shown in places
    pack: Entries
    themes: tuple[Items, ...]
    case_files: tuple[Path, ...]
    sha256: str

    @property
    def profiles(self) -> tuple[str, ...]:
        """Profile ids, the default first."""
        node = self.pack.entries.get("profiles")
        return tuple(node.entries) if isinstance(node, Entries) else ()


def read_pack_files(folder: Path, shown: str = "") -> PackFiles:
    """Parse the YAML files of a pack folder; raise :class:`RuleError` with every problem."""
    problems = Problems()
    name = shown or folder.as_posix()
    if not (folder / "pack.yaml").is_file():
        problems.add(name, "is no rule pack: it has no pack.yaml")
        problems.raise_if_any()
    digest = hashlib.sha256()
    themes, cases = [], []
    pack = mapping(load(folder / "pack.yaml", f"{name}/pack.yaml", problems), "pack.yaml", problems)
    for path in sorted(folder.glob("*.yaml")):
        if path.name.endswith(".cases.yaml"):
            cases.append(path)
            continue
        digest.update(f"{path.name}\0".encode() + path.read_bytes().replace(b"\r\n", b"\n"))
        if path.name != "pack.yaml":
            node = load(path, f"{name}/{path.name}", problems)
            if isinstance(node, Items):
                themes.append(node)
            elif node is not None:
                problems.add(node.place, "a theme must be a list of rules")
    problems.raise_if_any()
    return PackFiles(name, pack or Entries({}, {}, Place(name)), tuple(themes), tuple(cases), digest.hexdigest())


def build_pack(files: PackFiles, profile: str, as_of: date) -> Pack:
    """Return the pack under a profile ("seed" is its first); raise :class:`RuleError` with every problem."""
    problems = Problems()
    node = files.pack
    check_keys(node, "pack.yaml", PACK_KEYS, ("parameters", "routes", "verified_by"), problems)
    profiles, sources = read_profiles(node, problems), read_sources(node, problems)
    if not profiles:
        problems.add(node.place, "a pack needs at least one profile")
        problems.raise_if_any()
    known = {item.id: item for item in profiles}
    chosen = profiles[0] if profile == "seed" else known.get(profile)
    if chosen is None:
        problems.add(files.folder, f"there is no profile '{profile}'", did_you_mean(profile, ("seed", *known)))
        problems.raise_if_any()
        raise AssertionError
    scope = Scope(chosen.id, as_of, problems)
    by_id = {source.id: source for source in sources}
    parameters = read_parameters(mapping(node.entries.get("parameters"), "'parameters'", problems), known, by_id, scope)
    rules, notes = _rules(files, scope, known, by_id)
    routes = tuple(_routes(node, scope, known))
    _check_links(node, rules, notes, routes, scope)
    problems.raise_if_any()
    return Pack(
        id=text_of(node, "id", problems),
        title=text_of(node, "title", problems),
        version=text_of(node, "version", problems),
        profile=chosen,
        profiles=profiles,
        sources=sources,
        parameters=parameters,
        rules=rules,
        notes=notes,
        routes=routes,
        verified_by=text_of(node, "verified_by", problems),
        sha256=files.sha256,
    )


def _rules(
    files: PackFiles, scope: Scope, profiles: dict[str, Profile], sources: dict[str, Source]
) -> tuple[tuple[Rule, ...], tuple[Note, ...]]:
    rules: list[Rule] = []
    notes: list[Note] = []
    seen: dict[str, Place] = {}
    for theme in files.themes:
        for item in theme.items:
            entry = mapping(item, "a rule", scope.problems)
            if entry is None or not _fresh_id(entry, seen, scope.problems):
                continue
            merged = _for_profile(entry, scope, profiles)
            if merged is None:
                continue
            _check_sources(merged, sources, scope.problems)
            if "note" in merged.entries:
                notes.append(_note(merged, scope.problems))
            else:
                rules.append(_rule(merged, scope))
    return tuple(rules), tuple(notes)


def _fresh_id(entry: Entries, seen: dict[str, Place], problems: Problems) -> bool:
    name = text_of(entry, "id", problems)
    if not ID.fullmatch(name):
        problems.add(entry.place, f"'{name}' is no rule id", "lower-case words joined by '.' and '-', as sc.sense-min")
        return False
    if name in seen:
        problems.add(entry.entries["id"].place, f"rule '{name}' exists twice", f"the first is at {seen[name]}")
        return False
    seen[name] = entry.entries["id"].place
    return True


def _for_profile(entry: Entries, scope: Scope, profiles: dict[str, Profile]) -> Entries | None:
    """Return the entry as this profile has it; None if the profile does not."""
    only = texts_of(entry, "profiles", scope.problems)
    overrides = entry.entries.get("overrides")
    named = [*only, *(overrides.entries if isinstance(overrides, Entries) else ())]
    for name in named:
        if name not in profiles:
            place = entry.entries["profiles" if name in only else "overrides"].place
            scope.problems.add(place, f"there is no profile '{name}'", did_you_mean(name, profiles))
    if only and scope.profile not in only:
        return None
    if overrides is None:
        return entry
    changes = mapping(overrides, "'overrides'", scope.problems)
    change = mapping(changes.entries.get(scope.profile), "an override", scope.problems) if changes else None
    if change is None:
        return entry
    return Entries({**entry.entries, **change.entries}, {**entry.keys, **change.keys}, entry.place)


def _check_sources(entry: Entries, sources: dict[str, Source], problems: Problems) -> None:
    node = entry.entries.get("sources")
    listed = tuple(text_items(node, "'sources'", problems)) if node else ()
    if node and not listed:
        problems.add(node.place, "name at least one source")
    for text in listed:
        if text.value not in sources:
            problems.add(text.place, f"there is no source '{text.value}'", did_you_mean(text.value, sources))


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


def _routes(node: Entries, scope: Scope, profiles: dict[str, Profile]) -> Iterator[Route]:
    listed: Node | None = node.entries.get("routes")
    for item in listed.items if isinstance(listed, Items) else ():
        entry = mapping(item, "a route", scope.problems)
        merged = _for_profile(entry, scope, profiles) if entry else None
        if merged is None:
            continue
        name = text_of(merged, "id", scope.problems)
        check_keys(
            merged,
            f"route '{name}'",
            ("id", "title"),
            ("when", "stops", "readiness", "moves", "profiles", "overrides"),
            scope.problems,
        )
        when: Condition = build_condition(merged.entries["when"], scope) if "when" in merged.entries else ALWAYS
        readiness = "READY"
        if "readiness" in merged.entries:
            readiness = choice_of(merged, "readiness", ("READY", "NOT_READY", "MIGRATED"), scope.problems)
        yield Route(
            name,
            text_of(merged, "title", scope.problems),
            when,
            flag_of(merged, "stops", scope.problems),
            readiness,
            flag_of(merged, "moves", scope.problems),
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
    if not routes:
        scope.problems.add(node.place, "a pack needs routes; the last one without 'when' takes the rest")
    proof = node.entries.get("verified_by")
    if proof is not None and text_of(node, "verified_by", scope.problems) not in rule_ids:
        scope.problems.add(proof.place, "'verified_by' names no rule of this pack")
