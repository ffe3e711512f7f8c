"""Attestations: a person's word for a fact, for every device of the run (scopes come with a later version).

- fact: site.trust_lists_managed
  value: yes
  by: Nora Lind, network operations
  evidence: CHG-1042, firewall review of 2026-11-10
  attested: 2026-11-10
  valid_until: 2027-05-10
"""

from datetime import date
from pathlib import Path

from checker.facts.catalogue import catalogue
from checker.facts.values import read_value
from checker.model.fact import FactSpec
from checker.model.outcome import Missing
from checker.model.plan import Attestation
from checker.packs.cases import fact_text
from checker.yaml_nodes import Entries, Items, Problems, check_keys, did_you_mean, load, mapping, text_of

KEYS = ("fact", "value", "by", "evidence", "attested", "valid_until")


def read_attestations(path: Path, shown: str, as_of: date) -> tuple[Attestation, ...]:
    """Return the attestations of a file; raise :class:`RuleError` with every problem.

    One attested after ``as_of`` is a problem: nobody can have relied on it that day. One no longer valid is kept (and
    reported as such) but fills nothing.
    """
    problems = Problems()
    node = load(path, shown, problems)
    found: list[Attestation] = []
    if node is not None and not isinstance(node, Items):
        problems.add(node.place, "attestations must be a list")
    for item in node.items if isinstance(node, Items) else ():
        entry = mapping(item, "an attestation", problems)
        if entry and check_keys(entry, "an attestation", KEYS, (), problems):
            word = _attestation(entry, as_of, problems)
            if word:
                found.append(word)
    _refuse_twice(found, problems)
    problems.raise_if_any()
    return tuple(found)


def _attestation(entry: Entries, as_of: date, problems: Problems) -> Attestation | None:
    name = text_of(entry, "fact", problems)
    spec = catalogue().get(name)
    if spec is None:
        problems.add(entry.entries["fact"].place, f"unknown fact '{name}'", did_you_mean(name, catalogue()))
        return None
    if spec.derived:
        place = entry.entries["fact"].place
        problems.add(place, f"'{name}' is told from other facts", "attest the facts that it is told from")
    for key in ("by", "evidence"):
        if not text_of(entry, key, problems).strip():
            problems.add(
                entry.entries[key].place, f"'{key}' must not be empty", "an attestation names who, and on what evidence"
            )
    value = _value(spec, entry, problems)
    attested, until = _day(entry, "attested", problems), _day(entry, "valid_until", problems)
    if attested and attested > as_of:
        problems.add(entry.entries["attested"].place, f"'attested' is after the as-of day {as_of}")
    if attested and until and until < attested:
        problems.add(entry.entries["valid_until"].place, "'valid_until' is before 'attested'")
    if not (attested and until) or value is None:
        return None
    return Attestation(
        fact=name,
        value=value,
        by=text_of(entry, "by", problems),
        evidence=text_of(entry, "evidence", problems),
        attested=attested,
        valid_until=until,
        where=str(entry.place),
        line=entry.place.line,
    )


def _value(spec: FactSpec, entry: Entries, problems: Problems) -> str | None:
    place, found = entry.entries["value"].place, len(problems.found)
    text = fact_text(spec, entry.entries["value"], problems)
    if len(problems.found) > found:
        return None
    if isinstance(read_value(text, spec), Missing):
        hint = f"one of: {', '.join(spec.words)}" if spec.words else f"'{spec.name}' is a {spec.type}"
        problems.add(place, f"'{text}' is no value of '{spec.name}'", hint)
        return None
    return text


def _day(entry: Entries, key: str, problems: Problems) -> date | None:
    text = text_of(entry, key, problems)
    try:
        return date.fromisoformat(text)
    except ValueError:
        problems.add(entry.entries[key].place, f"'{text}' is no date", "write it as 2026-11-22")
        return None


def _refuse_twice(found: list[Attestation], problems: Problems) -> None:
    first: dict[str, Attestation] = {}
    for word in found:
        if word.fact in first:
            problems.add(word.where, f"'{word.fact}' is attested twice", f"the first is at {first[word.fact].where}")
        first.setdefault(word.fact, word)
