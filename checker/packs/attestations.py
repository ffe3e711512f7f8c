"""Attestations: a person's word for a fact of some devices, or of all that a run reads.

- fact: site.trust_lists_managed
  value: yes
  devices: {where: {device.group: Oslo}}   # all devices if left out
  by: Nora Lind, network operations
  evidence: CHG-1042, firewall review of 2026-11-10
  attested: 2026-11-10
  valid_until: 2027-05-10                  # a UTC day, inclusive
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from checker.errors import Place
from checker.facts.catalogue import catalogue
from checker.facts.values import read_value
from checker.model.fact import FactSpec
from checker.model.outcome import Missing
from checker.model.plan import Statement
from checker.model.selection import EVERYONE, Selection
from checker.packs.cases import fact_text
from checker.packs.governance import day_of, words_of
from checker.packs.parameters import Scope
from checker.packs.selections import read_selection
from checker.yaml_nodes import (
    Entries,
    Items,
    Node,
    Problems,
    Text,
    check_keys,
    did_you_mean,
    load_hashed,
    mapping,
    text_of,
)

KEYS = ("fact", "value", "by", "evidence", "attested", "valid_until")
WHY = "an attestation names who, and on what evidence"


@dataclass(frozen=True, slots=True)
class Attestations:
    """A file of attestations, in the order of the file; no file: no attestation."""

    file: str
    sha256: str  # of what was read
    items: tuple[Statement, ...]


def read_attestations(path: Path, shown: str, as_of: date) -> Attestations:
    """Return the attestations of a file; raise :class:`RuleError` with every problem.

    One that is attested after ``as_of``, or no longer valid, is kept (and reported as such) but fills nothing.
    """
    problems = Problems()
    scope = Scope("", as_of, problems)
    node, digest = load_hashed(path, shown, problems)
    found: list[tuple[Statement, Place]] = []
    if node is not None and not isinstance(node, Items):
        problems.add(node.place, "attestations must be a list")
    for item in node.items if isinstance(node, Items) else ():
        entry = mapping(item, "an attestation", problems)
        word = _attestation(entry, scope) if entry else None
        if entry and word:
            found.append((word, entry.place))
    _refuse_twice(found, problems)
    problems.raise_if_any()
    return Attestations(shown, digest, tuple(word for word, _ in found))


def _attestation(entry: Entries, scope: Scope) -> Statement | None:
    problems = scope.problems
    check_keys(entry, "an attestation", KEYS, ("devices",), problems)
    spec = _fact(entry, problems)
    by, evidence = (words_of(entry, key, problems, WHY) for key in ("by", "evidence"))
    value = _value(spec, entry, problems) if spec and "value" in entry.entries else None
    attested, until = day_of(entry, "attested", problems), day_of(entry, "valid_until", problems)
    if attested and until and until < attested:
        problems.add(entry.entries["valid_until"].place, "'valid_until' is before 'attested'")
    devices = _devices(spec, entry, scope)
    if not (attested and until and spec) or value is None:
        return None
    return Statement(
        fact=spec.name,
        value=value,
        by=by,
        evidence=evidence,
        attested=attested,
        valid_until=until,
        file=entry.place.file,
        line=entry.place.line,
        devices=devices,
    )


def _fact(entry: Entries, problems: Problems) -> FactSpec | None:
    name = text_of(entry, "fact", problems)
    if not name:
        return None
    place, spec = entry.entries["fact"].place, catalogue().get(name)
    if spec is None:
        problems.add(place, f"unknown fact '{name}'", did_you_mean(name, catalogue()))
    elif spec.derived:
        problems.add(place, f"'{name}' is told from other facts", "attest the facts that it is told from")
        return None
    return spec


def _devices(spec: FactSpec | None, entry: Entries, scope: Scope) -> Selection:
    node = entry.entries.get("devices")
    devices = read_selection(node, scope, scope.problems) if node else EVERYONE
    if node and spec and not devices.everyone:
        refuse_some_devices(spec, node.place, "leave 'devices' out", scope.problems)
    return devices


def refuse_some_devices(spec: FactSpec, place: Place | str, hint: str, problems: Problems) -> None:
    """Note that a fact is said of some devices which is the same for all of them."""
    if spec.about in ("tenant", "fleet"):
        problems.add(place, f"'{spec.name}' is about the {spec.about}: it is the same for every device", hint)


def _value(spec: FactSpec, entry: Entries, problems: Problems) -> str | None:
    node = entry.entries["value"]
    place, found = node.place, len(problems.found)
    for empty in _empty(node):
        what = "'value' must not be empty" if empty is node else "'value' must not hold empty texts"
        problems.add(empty.place, what)
    text = fact_text(spec, node, problems) if len(problems.found) == found else ""
    if len(problems.found) > found:
        return None
    if isinstance(read_value(text, spec), Missing):
        hint = f"one of: {', '.join(spec.words)}" if spec.words else f"'{spec.name}' is a {spec.type}"
        problems.add(place, f"'{text}' is no value of '{spec.name}'", hint)
        return None
    return text


def _empty(node: Node) -> Iterator[Node]:
    """Yield what says nothing: the value itself, or members of its list."""
    match node:
        case Text(value, _, null):
            if null or not value.strip():
                yield node
        case Items(items) | Entries({"open": Items(items)}):
            for item in items:
                yield from _empty(item)


def _refuse_twice(found: Iterable[tuple[Statement, Place]], problems: Problems) -> None:
    """Note a fact that is attested twice for the same devices and day: nothing could decide between the two."""
    seen: dict[tuple[str, Selection], list[tuple[Statement, Place]]] = {}
    for word, place in found:
        same = seen.setdefault((word.fact, word.devices), [])
        for first, there in same:
            if word.attested <= first.valid_until and first.attested <= word.valid_until:
                problems.add(place, f"'{word.fact}' is attested twice", f"the first is at {there}")
                break
        same.append((word, place))
