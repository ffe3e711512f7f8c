"""Waves: which devices move together, and what a wave must show before it may.

waves:
  - name: pilot
    devices: {listed: [pc-0001.contoso.example, pc-0002.contoso.example]}
    tool: local-script
    limits: {devices: 10}
    starts: 2026-11-30
    gate: {ready: 100 %, fail: {major: 0}, devices: 2}
  - name: ring-1
    devices: {percent: 10 %}
    gate: {ready: 95 %, fail: {blocker: 0, major: 5 %}, previous: {verified: 90 %, soak_days: 7}}
"""

from collections.abc import Collection, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from checker.model.condition import ALWAYS, All, Condition, Test, tests_of
from checker.model.selection import EVERYONE, Selection
from checker.model.wave import Wave, Waves
from checker.packs.gates import read_gate
from checker.packs.governance import WORD, RuleNames, day_of, is_fresh, number_of, percent_of, words_of
from checker.packs.parameters import Scope
from checker.packs.routes import tool_words
from checker.packs.selections import listed_texts, read_selection
from checker.yaml_nodes import Entries, Items, Problems, Text, check_keys, did_you_mean, load_hashed, mapping, text_of

OPTIONAL = ("tool", "limits", "starts", "profile", "gate")
PARTS = 10_000  # of a Selection's share: one is 0.01 %


def read_waves(
    path: Path,
    shown: str,
    known_rules: Collection[str],
    profiles: Collection[str],
    as_of: date,
    notes: Collection[str] = (),
) -> Waves:
    """Return the waves of a file, in the order in which they go; raise :class:`RuleError` with every problem.

    Percentages are slices of one scale, by a hash of the device id: the first wave that has one begins at 0, each
    further one where the one before it ended, so that no device is in two of them.

    Args:
        path: the file.
        shown: its name in places.
        known_rules: ids of the rules of every profile of the pack.
        profiles: the profiles of the pack.
        as_of: the day that ``$as_of`` in a condition stands for.
        notes: ids of the pack's notes, which no gate can ask for.
    """
    problems = Problems()
    node, digest = load_hashed(path, shown, problems)
    file = mapping(node, "a file of waves", problems)
    found: list[Wave] = []
    if file is not None:
        check_keys(file, "a file of waves", ("waves",), (), problems)
        entries = tuple(_entries(file, problems))
        known, scope = RuleNames(known_rules, notes), Scope("", as_of, problems)
        devices = _devices(entries, scope)
        found = [
            _wave(entry, selection or EVERYONE, known, profiles, problems)
            for entry, selection in zip(entries, devices, strict=True)
        ]
        _refuse_twice(entries, problems)
        _refuse_previous(entries, problems)
        _refuse_covered(entries, devices, problems)
    problems.raise_if_any()
    return Waves(shown, digest, tuple(found))


def _entries(file: Entries, problems: Problems) -> Iterator[Entries]:
    listed = file.entries.get("waves")
    if listed is not None and (not isinstance(listed, Items) or not listed.items):
        problems.add(listed.place, "'waves' must be a list of at least one wave")
    for item in listed.items if isinstance(listed, Items) else ():
        entry = mapping(item, "a wave", problems)
        if entry is not None:
            yield entry


def _devices(entries: Sequence[Entries], scope: Scope) -> list[Selection | None]:
    """Return the devices of each wave, percentages one slice after the other; None, and a problem, where unclear."""
    problems = scope.problems
    found: list[Selection | None] = []
    begins = 0
    for entry in entries:
        noted, node = len(problems.found), entry.entries.get("devices")
        selection = read_selection(node, scope, problems, ("percent",)) if node else None
        if selection:
            _refuse_plans(selection, problems)
        percent = percent_of(node, "percent", problems) if isinstance(node, Entries) else None
        if selection and percent and isinstance(node, Entries):
            ends = _slice(node, begins, percent, problems)
            selection, begins = replace(selection, share=(begins, ends)), ends
        found.append(selection if len(problems.found) == noted else None)
    return found


def _slice(devices: Entries, begins: int, percent: Decimal, problems: Problems) -> int:
    """Return where the slice of a percentage ends; note one that is too fine, and the first that ends beyond all."""
    place, parts = devices.entries["percent"].place, percent * PARTS / 100
    if parts != int(parts):
        problems.add(place, f"{percent} % is too fine", "devices are told apart to 0.01 %")
    ends = begins + int(parts)
    if begins <= PARTS < ends:
        problems.add(place, f"the waves up to here take {ends / 100:g} % of the devices", "100 % at most together")
    return ends


def _wave(entry: Entries, devices: Selection, known: RuleNames, profiles: Collection[str], problems: Problems) -> Wave:
    check_keys(entry, "a wave", ("name", "devices"), OPTIONAL, problems)
    name = entry.entries.get("name")
    if isinstance(name, Text) and not name.null and not WORD.fullmatch(name.value):
        hint = "letters, digits, '.', '_' and '-', at most 64: it names a category in reports"
        problems.add(name.place, f"'{name.value}' is no name of a wave", hint)
    limits = mapping(entry.entries.get("limits"), "'limits'", problems)
    if limits:
        check_keys(limits, "'limits'", ("devices",), (), problems)
    profile, reason = _profile(entry, profiles, problems)
    return Wave(
        name=text_of(entry, "name", problems),
        devices=devices,
        gate=read_gate(entry.entries.get("gate"), known, problems),
        place=entry.place,
        tool=_tool(entry, problems),
        most_devices=number_of(limits, "devices", problems, least=1) if limits else None,
        starts=day_of(entry, "starts", problems),
        profile=profile,
        profile_reason=reason,
    )


def _refuse_plans(devices: Selection, problems: Problems) -> None:
    """Note tests of a wave's devices that ask for what the wave itself states."""
    for test in tests_of(devices.where):
        for fact in test.facts:
            if fact.startswith("plan."):
                hint = "choose devices by what they are; the wave says its tool with 'tool'"
                problems.add(test.place, f"'{fact}' is a plan, which follows from the wave", hint)


def _tool(entry: Entries, problems: Problems) -> str:
    tool, words = text_of(entry, "tool", problems), tool_words()
    if tool and tool not in words:
        hint = did_you_mean(tool, words) or f"one of: {', '.join(words)}"
        problems.add(entry.entries["tool"].place, f"there is no tool '{tool}'", hint)
    return tool


def _profile(entry: Entries, profiles: Collection[str], problems: Problems) -> tuple[str, str]:
    """Return the profile by which a wave is judged, and why that one."""
    node = mapping(entry.entries.get("profile"), "'profile'", problems)
    if node is None:
        return "", ""
    check_keys(node, "'profile'", ("name", "reason"), (), problems)
    name = text_of(node, "name", problems)
    if "name" in node.entries and name not in profiles:
        problems.add(node.entries["name"].place, f"there is no profile '{name}'", did_you_mean(name, profiles))
    return name, words_of(node, "reason", problems, "say why this guidance is the right one")


def _refuse_twice(entries: Sequence[Entries], problems: Problems) -> None:
    """Note names that two waves have, and devices that two waves list."""
    names: dict[str, Text] = {}
    devices: dict[str, Text] = {}
    for entry in entries:
        name = entry.entries.get("name")
        if isinstance(name, Text) and name.value:
            is_fresh(name, "is the name of two waves", names, problems)
        within: dict[str, Text] = {}
        for text in listed_texts(entry.entries.get("devices")):
            if within.setdefault(text.value.strip().casefold(), text) is text:  # else said by read_selection
                is_fresh(text, "is listed by two waves", devices, problems)


def _refuse_previous(entries: Sequence[Entries], problems: Problems) -> None:
    """Note a condition on the wave before the first."""
    gate = entries[0].entries.get("gate") if entries else None
    if isinstance(gate, Entries) and "previous" in gate.entries:
        problems.add(gate.keys["previous"], "the first wave has none before it", "leave 'previous' out")


def _refuse_covered(entries: Sequence[Entries], devices: Sequence[Selection | None], problems: Problems) -> None:
    """Note waves to which others leave no device: percentages take what conditions and lists leave, in any order."""
    for at, (entry, wanted) in enumerate(zip(entries, devices, strict=True)):
        shared = wanted is not None and wanted.share is not None
        before = zip(entries, devices, strict=True) if shared else zip(entries[:at], devices[:at], strict=True)
        takers = (other for other, its in before if other is not entry and its and wanted and _covers(its, wanted))
        taker = next(takers, None)
        if taker is not None:
            hint = "a device of several waves goes with the first: put the narrower one first"
            if shared:
                hint = "percentages take what conditions and lists leave: give the rest as a percentage, too"
            what = f"the wave on line {taker.place.line} takes all the devices of this one"
            problems.add(entry.entries["devices"].place, what, hint)


def _covers(taker: Selection, other: Selection) -> bool:
    """Return True if it is plain that every device of ``other`` is one of ``taker``; a percentage never covers."""
    if taker.share is not None:
        return False
    if taker.listed and not (other.listed and set(other.listed) <= set(taker.listed)):
        return False
    parts = _parts(other.where)
    return all(any(_implies(part, wanted) for part in parts) for wanted in _parts(taker.where))


def _parts(condition: Condition) -> tuple[Condition, ...]:
    """Return the conditions that must all hold."""
    if condition == ALWAYS:
        return ()
    return (
        tuple(part for each in condition.parts for part in _parts(each)) if isinstance(condition, All) else (condition,)
    )


def _implies(condition: Condition, wanted: Condition) -> bool:
    """Return True if ``wanted`` plainly holds wherever ``condition`` does."""
    if condition == wanted:
        return True
    if not (isinstance(condition, Test) and isinstance(wanted, Test) and condition.fact == wanted.fact):
        return False
    given, allowed = _values(condition), _values(wanted)
    return bool(given) and given <= allowed


def _values(test: Test) -> AbstractSet[Any]:
    """Return the values that a test allows, where it lists them."""
    if test.operator == "one_of" and isinstance(test.argument, AbstractSet):
        return test.argument
    return {test.argument} if test.operator == "equals" else frozenset()
