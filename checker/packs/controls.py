"""controls.yaml of a pack: on which controls of NIST SP 800-53 Rev. 5 and CIS Controls v8 its rules give evidence."""

import re
from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Final

from checker.errors import Place
from checker.model.notes import NO_CONTROLS, ControlEvidence, ControlMap, ControlNote
from checker.packs.build import CONTROLS, PackFiles
from checker.yaml_nodes import (
    Entries,
    Items,
    Problems,
    Text,
    check_keys,
    did_you_mean,
    load,
    mapping,
    text_items,
    text_of,
)

# Ids as the catalogues' own OSCAL files have them: families and enhancements of NIST, safeguards of CIS.
CONTROL_ID: Final = (
    r"((ac|at|au|ca|cm|cp|ia|ir|ma|mp|pe|pl|pm|ps|pt|ra|sa|sc|si|sr)-[1-9][0-9]?(\.[1-9][0-9]?)?"
    r"|cisc-([1-9]|1[0-8])\.[1-9][0-9]?)"
)
_ID: Final = re.compile(CONTROL_ID)


def read_controls(files: PackFiles) -> ControlMap:
    """Return what the pack's controls.yaml says; empty if the pack has none.

    Raises:
        RuleError: with every problem of the file.
    """
    found, problems = _read(files)
    problems.raise_if_any()
    return found


def limited(found: ControlMap, rules: Collection[str]) -> ControlMap:
    """Return the map without rules other than these, and without what then holds none."""
    controls = [
        replace(control, evidence=_kept(control.evidence, rules))
        for control in found.controls
        if any(rule in rules for rule in control.rules)
    ]
    return ControlMap(tuple(controls), _kept(found.unmapped, rules))


def _kept(evidence: tuple[ControlEvidence, ...], rules: Collection[str]) -> tuple[ControlEvidence, ...]:
    kept = (replace(each, rules=tuple(rule for rule in each.rules if rule in rules)) for each in evidence)
    return tuple(each for each in kept if each.rules)


def lint_controls(files: PackFiles) -> None:
    """Check the pack's controls.yaml, and that every rule of every profile stands in it.

    Raises:
        RuleError: with every problem.
    """
    found, problems = _read(files)
    listed = {rule for control in found.controls for rule in control.rules}
    listed |= {rule for each in found.unmapped for rule in each.rules}
    missing = [rule for rule in files.rule_ids if rule not in listed]
    if files.controls and missing:
        hint = "name it under a control, or under 'unmapped' with a reason"
        for rule in missing:
            problems.add(f"{files.folder}/{CONTROLS}", f"rule '{rule}' is not in it", hint)
    problems.raise_if_any()


def _read(files: PackFiles) -> tuple[ControlMap, Problems]:
    problems = Problems()
    if not files.controls:
        return NO_CONTROLS, problems
    node = mapping(load(files.controls, f"{files.folder}/{CONTROLS}", problems), CONTROLS, problems)
    if node is None:
        return NO_CONTROLS, problems
    check_keys(node, CONTROLS, ("controls",), ("unmapped",), problems)
    controls = tuple(_controls(node, files.rule_ids, problems))
    mapped = {rule for control in controls for rule in control.rules}
    unmapped = tuple(_evidence(node, "unmapped", files.rule_ids, problems, mapped))
    return ControlMap(controls, unmapped), problems


def _controls(node: Entries, rules: Collection[str], problems: Problems) -> Iterator[ControlNote]:
    seen: dict[str, Place] = {}
    for entry in _listed(node, "controls", "a control", problems):
        check_keys(entry, "a control", ("id", "title", "evidence"), (), problems)
        name = text_of(entry, "id", problems)
        place = entry.entries["id"].place if "id" in entry.entries else entry.place
        if name and not _ID.fullmatch(name):
            problems.add(place, f"'{name}' is no id of a control", "as si-2, cm-3.2 (NIST) or cisc-7.4 (CIS)")
        if name in seen:
            problems.add(place, f"control '{name}' stands here twice", f"the first is at {seen[name]}")
        seen.setdefault(name, place)
        evidence = tuple(_evidence(entry, "evidence", rules, problems))
        yield ControlNote(name, _said(entry, "title", problems), evidence)


def _evidence(
    node: Entries, key: str, rules: Collection[str], problems: Problems, mapped: Collection[str] = ()
) -> Iterator[ControlEvidence]:
    """Yield lists of rules with their reason; note unknown ones, those named twice, and those ``mapped`` elsewhere."""
    seen: dict[str, Place] = {}
    for entry in _listed(node, key, "evidence", problems):
        check_keys(entry, "evidence", ("rules", "reason"), (), problems)
        listed = entry.entries.get("rules")
        texts = tuple(text_items(listed, "'rules'", problems)) if listed else ()
        if listed and not texts:
            problems.add(listed.place, "'rules' names no rule", "leave the entry out")
        for text in texts:
            _check_rule(text, rules, mapped, seen, problems)
        yield ControlEvidence(tuple(text.value for text in texts), _said(entry, "reason", problems))


def _check_rule(
    text: Text, rules: Collection[str], mapped: Collection[str], seen: dict[str, Place], problems: Problems
) -> None:
    if text.value not in rules:
        problems.add(text.place, f"there is no rule '{text.value}'", did_you_mean(text.value, rules))
    if text.value in seen:
        problems.add(text.place, f"rule '{text.value}' stands here twice", f"the first is at {seen[text.value]}")
    if text.value in mapped:
        problems.add(text.place, f"rule '{text.value}' is evidence on a control", "take it out of 'unmapped'")
    seen.setdefault(text.value, text.place)


def _said(entry: Entries, key: str, problems: Problems) -> str:
    """Return a text without space at its ends; note an empty one."""
    text = text_of(entry, key, problems).strip()
    node = entry.entries.get(key)
    if not text and isinstance(node, Text) and not node.null:
        problems.add(node.place, f"'{key}' is empty")
    return text


def _listed(node: Entries, key: str, what: str, problems: Problems) -> Iterator[Entries]:
    """Yield the mappings of a list; note what is none."""
    value = node.entries.get(key)
    if value is not None and not isinstance(value, Items):
        problems.add(value.place, f"'{key}' must be a list")
        return
    if value and not value.items:
        problems.add(value.place, f"'{key}' is empty", "leave the key out" if key == "unmapped" else "")
    for item in value.items if value else ():
        entry = mapping(item, what, problems)
        if entry:
            yield entry
