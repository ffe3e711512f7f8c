"""Cloud Custodian: its ValueFilter on devices as resources; a policy is a list of filters, and counts what is left.

https://cloudcustodian.io/docs/filters.html (value, value_type, or, and, not). A resource that is left is a finding, so
by hand three policies a rule find what holds, what is not known and what the rule is not about.
"""

from types import SimpleNamespace
from typing import Any

from c7n.filters import FilterRegistry

from benchmarks.peers.work import ERROR, NO_VERSION, RULES, SUPPORTED, UPDATES, VERSION, Counts, Rule, parts, rows, run

Filter = dict[str, Any]
MANAGER = SimpleNamespace(data={}, get_model=lambda: SimpleNamespace(id="DeviceId"))


def value(key: str, op: str, wanted: object, **more: str) -> Filter:
    """Return a value filter."""
    return {"type": "value", "key": key, "op": op, "value": wanted, **more}


def system(rule: Rule) -> Filter:
    """Return the filter of whom a rule is about, by system."""
    return value("OSPlatform", "regex", f"^{rule.system}")


def holds(rule: Rule, plain: bool) -> Filter:
    """Return the filter of what must hold."""
    name = rule.column
    if rule.test == "version":
        least = rule.value if plain else ".".join(str(part) for part in parts(rule.value))  # 1.2 is less than 1.2.0
        return value(name, "gte", least, value_type="version")
    if rule.test == "number_by_build":
        revisions = {build: value(name, "gte", revision, value_type="integer") for build, revision in UPDATES.items()}
        return {"or": [{"and": [value("OSBuild", "eq", build), late]} for build, late in revisions.items()]}
    if rule.test == "one_of":
        return value(name, "in", SUPPORTED)
    if rule.test == "not_word":
        return value(name, "ne", rule.value)
    return value(name, "eq", rule.value) if plain else value(name, "regex", f"(?i)^{rule.value}$")


def unknown(rule: Rule) -> Filter:
    """Return the filter of devices that do not say what the rule asks."""
    name = rule.column
    if rule.test == "version":
        return {"or": [{"not": [value(name, "regex", f"^{VERSION}$")]}, value(name, "regex", f"^{NO_VERSION}$")]}
    also = [value("OSBuild", "eq", "")] if rule.test == "number_by_build" else []
    return {"or": [value(name, "eq", ""), *also]}


def judge(path: str, plain: bool) -> Counts:
    """Return the counts of each rule."""
    registry, devices, counts = FilterRegistry("filters"), list(rows(path)), {}

    def left(resources: list[dict[str, str]], filter_: Filter) -> list[dict[str, str]]:
        found = registry.factory(filter_, MANAGER)
        found.validate()
        return list(found.process(resources))

    def judged(rule: Rule) -> dict[str, int]:
        others = [{"and": [value("OSPlatform", "ne", ""), {"not": [system(rule)]}]}]
        if rule.test == "number_by_build":
            others.append({"and": [value("OSBuild", "ne", ""), value("OSBuild", "not-in", list(UPDATES))]})
        if plain:
            others[0] = {"not": [system(rule)]}
        among = left(devices, {"not": [{"or": others}]})
        stated = among if plain else left(among, {"not": [unknown(rule)]})
        held = left(stated, holds(rule, plain))
        unsettled = 0
        if rule.system and not plain:
            unsettled = len(left(stated, {"and": [value("OSPlatform", "eq", ""), {"not": [holds(rule, plain)]}]}))
        not_known = len(among) - len(stated) + unsettled
        return {"PASS": len(held), "FAIL": len(among) - len(held) - not_known, "UNKNOWN": not_known}

    for rule in RULES:
        try:
            counts[rule.id] = judged(rule)
        except AttributeError:  # how a version filter ends on a text that is none
            counts[rule.id] = {ERROR: len(devices)}
    return counts


if __name__ == "__main__":
    run(judge)
