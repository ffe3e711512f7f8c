"""Waivers: a FAIL or UNKNOWN of one rule that somebody accepts, on some devices, until a day.

waivers:
  - id: W-2026-014
    rule: sc.mdav-not-disabled
    devices: {where: {device.group: Laboratory}}
    accepts: fail                    # fail (the default) includes unknown
    reason: Another antivirus product runs there until the contract ends.
    owner: Aoife Byrne, endpoint management
    approver: Nora Lind, security
    ticket: CHG-20311
    created: 2026-11-02
    expires: 2027-02-28              # a UTC day, inclusive
"""

import unicodedata
from collections.abc import Collection
from datetime import date
from pathlib import Path

from checker.model.selection import EVERYONE
from checker.model.waiver import BROAD, HORIZON_DAYS, Waiver, Waivers
from checker.packs.governance import RuleNames, check_rule, day_of, is_fresh, limit_of, number_of, words_of
from checker.packs.parameters import Scope
from checker.packs.selections import read_selection
from checker.yaml_nodes import Entries, Items, Problems, Text, check_keys, choice_of, load_hashed, mapping

KEYS = ("id", "rule", "devices", "reason", "owner", "approver", "ticket", "created", "expires")
WHY = {
    "reason": "say why the outcome is acceptable",
    "owner": "name who answers for it",
    "approver": "name who accepted it",
    "ticket": "name the change or request in which it was decided",
}


def read_waivers(
    path: Path, shown: str, known_rules: Collection[str], as_of: date, notes: Collection[str] = ()
) -> Waivers:
    """Return the waivers of a file, sorted by id; raise :class:`RuleError` with every problem.

    Args:
        path: the file.
        shown: its name in places.
        known_rules: ids of the rules of every profile of the pack.
        as_of: the day that ``$as_of`` in a condition stands for; what is not in force that day is kept.
        notes: ids of the pack's notes, which have no outcome to waive.
    """
    problems = Problems()
    node, digest = load_hashed(path, shown, problems)
    file = mapping(node, "a file of waivers", problems)
    found: list[Waiver] = []
    broad = BROAD
    if file is not None:
        check_keys(file, "a file of waivers", ("waivers",), ("horizon_days", "broad"), problems)
        horizon = number_of(file, "horizon_days", problems, least=1) if "horizon_days" in file.entries else HORIZON_DAYS
        broad = limit_of(file, "broad", problems) or BROAD
        found = _each(file, RuleNames(known_rules, notes), horizon, Scope("", as_of, problems))
    problems.raise_if_any()
    return Waivers(shown, digest, tuple(sorted(found, key=lambda waiver: waiver.id)), broad)


def _each(file: Entries, known: RuleNames, horizon: int | None, scope: Scope) -> list[Waiver]:
    listed = file.entries.get("waivers")
    if listed is not None and not isinstance(listed, Items):
        scope.problems.add(listed.place, "'waivers' must be a list")
    found: list[Waiver] = []
    seen: dict[str, Text] = {}
    for item in listed.items if isinstance(listed, Items) else ():
        entry = mapping(item, "a waiver", scope.problems)
        waiver = _waiver(entry, known, horizon, scope) if entry else None
        name = entry.entries.get("id") if entry else None
        if isinstance(name, Text) and name.value.strip():
            is_fresh(name, "is the id of two waivers", seen, scope.problems)
        if waiver is not None:
            found.append(waiver)
    return found


def _waiver(entry: Entries, known: RuleNames, horizon: int | None, scope: Scope) -> Waiver | None:
    problems = scope.problems
    check_keys(entry, "a waiver", KEYS, ("accepts",), problems)
    rule, devices = entry.entries.get("rule"), entry.entries.get("devices")
    name, words = (
        words_of(entry, "rule", problems),
        {key: words_of(entry, key, problems, why) for key, why in WHY.items()},
    )
    if name and isinstance(rule, Text):
        check_rule(rule, known, problems)
    accepts = choice_of(entry, "accepts", ("fail", "unknown"), problems)
    if words["owner"] and _folded(words["owner"]) == _folded(words["approver"]):
        place = entry.entries["approver"].place
        problems.add(place, f"'{words['approver']}' is owner and approver", "somebody else has to approve it")
    days = _days(entry, horizon, problems)
    selection = read_selection(devices, scope, problems) if devices else EVERYONE
    identity = words_of(entry, "id", problems)
    if days is None:
        return None
    return Waiver(
        id=identity,
        rule=name,
        devices=selection,
        accepts_fail=accepts == "fail",
        **words,
        created=days[0],
        expires=days[1],
        place=entry.place,
    )


def _days(entry: Entries, horizon: int | None, problems: Problems) -> tuple[date, date] | None:
    """Return the first and the last day of a waiver; None, with a problem noted, if they cannot be told."""
    created, expires = day_of(entry, "created", problems), day_of(entry, "expires", problems)
    if created is None or expires is None:
        return None
    place = entry.entries["expires"].place
    if expires < created:
        problems.add(place, "'expires' is before 'created'")
    elif horizon is not None and (expires - created).days > horizon:
        long = (expires - created).days
        hint = "renew it when it ends, or set horizon_days for the whole file"
        problems.add(place, f"the waiver lives {long} days, longer than {horizon}", hint)
    return created, expires


def _folded(name: str) -> str:
    """Return a person's name without the differences that do not make another person."""
    return " ".join(unicodedata.normalize("NFKC", name).split()).casefold()
