"""Small rule packs from conditions as YAML has them, through the real loader; and what may stand in such conditions."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

from hypothesis import strategies as st

from checker.facts.catalogue import catalogue
from checker.model.condition import Condition
from checker.model.rule import Pack
from checker.operators import OPERATORS
from checker.packs.build import PackFiles, build_pack
from checker.yaml_nodes import Entries, Items, Problems, parse

AS_OF = date(2026, 11, 23)
Yaml = Any
Kind = TypeVar("Kind", Entries, Items)

# Of every type, merge and habit: texts that records may hold, the blank and the unreadable among them.
TEXTS: dict[str, tuple[str, ...]] = {
    "onboarding.status": ("onboarded", "Can be onboarded", "unsupported", "", "on fire"),
    "connectivity.type": ("streamlined", "Standard", "", "n/a"),  # latest: a blank may decide
    "os.family": ("windows", "macOS", "linux", "ios", ""),  # never changes; phones are out of scope
    "os.role": ("client", "server", "SERVER", "", "both"),
    "os.platform": ("Windows11", "windows11", "Ubuntu", ""),
    "device.merged_to": ("", "a1", "A1"),  # blank is a statement
    "sense.event4_url": ("edr-eus.contoso.example", "edr.contoso.example.evil.example", "", "a:b:c"),
    "agent.version": ("101.23052.0004", "20.123052.4.0", "101.98.30", "10.8040.22621.1", "10.3720.1", "0.0", "?"),
    "av.platform": ("4.18.2211.5", "4.18.2211.5-0", "4.18", "", "new"),
    "os.version": ("15.1", "15.1.0", "22.04", ""),
    "os.build": ("19045", "19045.0", "14393", "9600", "", "?"),
    "os.ubr": ("0", "1", "2", "2.0", "x", "y", ""),  # numbers that equal the reasons for a missing value
    "package.applied": ("yes", "true", "no", "", "maybe"),
    "onboarding.offboarded_since": ("yes", "no", ""),  # has a default
    "device.vdi": ("persistent", "none", ""),  # has a default and never changes
    "device.last_seen": ("2026-11-20", "2026-11-20T10:00:00Z", "2026-10-01", "", "0001-01-01", "03/04/2026"),
    "agent.expires": ("2026-11-23", "2027-01-01", ""),
    "package.applied_at": ("2026-11-20T10:00:00Z", "2026-11-20", "2026-11-21T00:00:00Z", ""),
    "sense.event4_at": ("2026-11-20T10:00:01Z", "2026-11-19", ""),
    "device.tags": ('["pilot"]', '["Pilot", "ring 1"]', "[]", "", "pilot", "{broken"),
    "updates.kbs": ('["KB1"]', '{"open": ["kb1"]}', '{"open": ["KB2"]}', "[]", "", "System.Object[]"),
    "tenant.licences": ('["plan1"]', '{"open": []}', '["plan2", "plan1"]', ""),
    "url.tests": (
        '[{"host": "edr.contoso.example", "method": "mdatp", "result": "reachable", "status": "200"}]',
        '[{"host": "edr.contoso.example", "method": "mdatp", "result": "blocked"}]',
        '[{"host": "edr.contoso.example", "method": "mdatp", "result": "tls_error", "error": "curl 60"}]',
        '[{"host": "mdav.contoso.example", "method": "system", "via": "direct", "status": "407"}]',
        '[{"host": "x.endpoint.security.microsoft.com", "method": "mdatp", "result": "reachable", "status": "404"}]',
        "[]",
        "",
        '[{"host": 7}]',
    ),
}
# Facts told from others, and from which.
TOLD = {
    "agent.built": ("agent.version",),
    "site.tls_inspection": ("url.tests",),
    "site.proxy_auth": ("url.tests",),
    "agent.kind": ("os.family", "os.role", "os.build", "agent.version"),
}
# What conditions compare with, in ascending order where the type has one.
LITERALS: dict[str, tuple[str, ...]] = {
    "onboarding.status": ("onboarded", "can-be-onboarded"),
    "connectivity.type": ("streamlined", "standard"),
    "os.family": ("windows", "macos", "linux"),
    "os.role": ("client", "server"),
    "os.platform": ("windows11", "Ubuntu"),
    "device.merged_to": ("a1",),
    "sense.event4_url": ("edr-eus.contoso.example",),
    "agent.version": ("10.8040", "101.23052.0004", "101.24022"),
    "av.platform": ("4.18", "4.18.2211.5"),
    "os.version": ("15", "15.1", "22.04"),
    "os.build": ("9600", "14393", "19045"),
    "os.ubr": ("1", "2"),
    "package.applied": ("yes", "no"),
    "onboarding.offboarded_since": ("yes", "no"),
    "device.vdi": ("none", "persistent"),
    "device.last_seen": ("2026-10-01", "2026-11-20", "$as_of"),
    "agent.expires": ("2026-11-22", "$as_of"),
    "package.applied_at": ("2026-11-20", "2026-11-20T10:00:00Z"),
    "sense.event4_at": ("2026-11-20", "2026-11-20T10:00:00Z"),
    "device.tags": ("pilot", "ring 1"),
    "updates.kbs": ("KB1", "KB2"),
    "tenant.licences": ("plan1", "plan2"),
    "url.tests": ("edr.contoso.example", "*.contoso.example"),
    "agent.built": ("2023-05-01", "2024-02-01"),
    "site.tls_inspection": ("yes", "no"),
    "site.proxy_auth": ("yes", "no"),
    "agent.kind": ("mdatp", "builtin", "mma"),
}
TABLES: dict[str, Yaml] = {
    "revisions": {
        "key": ["os.build"],
        "columns": ["ubr", "kb"],
        "rows": [["19045", "1", "KB1"], ["14393", "2", "KB2"]],
    },
    "agents": {"key": ["os.family", "os.role"], "columns": ["version"], "rows": [["windows", "client", "10.8040"]]},
}
BY_TABLE = {
    "os.ubr": {"key": "os.build", "table": "$revisions", "column": "ubr"},
    "agent.version": {"key": ["os.family", "os.role"], "table": "$agents", "column": "version"},
}
ARGUMENTS: dict[str, list[Yaml]] = {  # of operators whose arguments are not values of the fact
    "exists": ["true", "false"],
    "starts_with": ["w", "1", "e"],
    "ends_with": ["e", "1"],
    "matches": ["s$", "(?i)W"],
    "host_matches": ["*.contoso.example", "edr-*.contoso.example"],
    "count": [{"at_least": "1"}, {"matching": "1", "at_most": "0"}, {"at_least": "2"}],
    "within_days": ["0", "3", "53"],
}
DATED = ("date", "time")


def conditions(facts: Sequence[str]) -> st.SearchStrategy[Yaml]:
    """Return conditions over these facts, nested."""
    tests = st.dictionaries(st.sampled_from(facts), st.none(), min_size=1, max_size=2).flatmap(
        lambda chosen: st.fixed_dictionaries({fact: operators_on(fact, facts) for fact in chosen})
    )
    return st.recursive(tests, _composed, max_leaves=4)


def _composed(inner: st.SearchStrategy[Yaml]) -> st.SearchStrategy[Yaml]:
    several = st.tuples(st.sampled_from(["all", "any", "never"]), st.lists(inner, min_size=1, max_size=2))
    return several.map(lambda pair: dict([pair])) | inner.map(lambda part: {"not": part})


def operators_on(fact: str, facts: Sequence[str]) -> st.SearchStrategy[Yaml]:
    """Return tests of a fact: one operator or two."""
    fitting = [name for name in OPERATORS if catalogue()[fact].type in OPERATORS[name].types]
    fitting = [name for name in fitting if name != "at_least_by" or fact in BY_TABLE]
    chosen = st.lists(st.sampled_from(fitting), min_size=1, max_size=2, unique=True)
    return chosen.flatmap(lambda names: st.fixed_dictionaries({name: arguments(name, fact, facts) for name in names}))


def arguments(name: str, fact: str, facts: Sequence[str]) -> st.SearchStrategy[Yaml]:
    """Return arguments that an operator takes for a fact."""
    literal = st.sampled_from(LITERALS[fact])
    several = st.lists(literal, min_size=1, max_size=2, unique=True)
    if name in ARGUMENTS:
        return st.sampled_from(ARGUMENTS[name])
    match name:
        case "one_of" | "none_of" | "contains_any" | "contains_all":
            return several
        case "between":
            places = range(len(LITERALS[fact]))
            pair = st.tuples(st.sampled_from(places), st.sampled_from(places))
            return pair.map(lambda two: [LITERALS[fact][place] for place in sorted(two)])
        case "at_least_by":
            return st.just(BY_TABLE[fact])
        case "reaches":
            return st.one_of(literal, several, literal.map(lambda host: {"hosts": host, "port": "443"}))
    kind = catalogue()[fact].type
    alike = [
        other
        for other in facts
        if catalogue()[other].type == kind or (kind in DATED and catalogue()[other].type in DATED)
    ]
    if not OPERATORS[name].dynamic:
        return literal
    return st.one_of(literal, st.sampled_from(alike).map(lambda other: {"fact": other}))


def rule(number: int, require: Yaml, applies_to: Yaml = None, **more: str) -> Yaml:
    """Return a rule as YAML has it."""
    entry = {
        "id": f"made.rule-{number}",
        "title": "A rule made for a test",
        "phase": "prerequisite",
        "severity": "blocker",
        "about": "device",
        "require": require,
        "message": "It does not hold.",
        "action": "mend",
        "remediation": "Mend it.",
        "sources": ["made"],
        **more,
    }
    return entry if applies_to is None else {**entry, "applies_to": applies_to}


def pack_files(rules: Sequence[Yaml], routes: Sequence[Yaml], **more: Yaml) -> PackFiles:
    """Return a pack's files, parsed from YAML text."""
    day = {"date": "2026-01-01", "read": "2026-01-02"}
    head = {
        "id": "made",
        "title": "Made for a test",
        "version": "1.0.0",
        "profiles": {"only": {"title": "The only one", **day}},
        "sources": {"made": {"title": "Made up", "url": "https://contoso.example/made", **day}},
        "parameters": {
            name: {"meaning": "A table", "all": {"source": "made", "table": table}} for name, table in TABLES.items()
        },
        **more,
    }
    ways = _parsed({"routes": list(routes)}, Entries)
    return PackFiles("made", _parsed(head, Entries), ways, (_parsed(list(rules), Items),), (), "0" * 64)


def condition(raw: Yaml) -> Condition:
    """Return a condition as YAML has it."""
    return pack([rule(0, raw)]).rules[0].require


def pack(rules: Sequence[Yaml], routes: Sequence[Yaml] = ({"id": "go", "title": "Go", "moves": "true"},)) -> Pack:
    """Return a pack of these rules and routes."""
    return build_pack(pack_files(rules, routes), "seed", AS_OF)


def _parsed(value: Mapping[str, Yaml] | Sequence[Yaml], kind: type[Kind]) -> Kind:
    problems = Problems()
    node = parse(json.dumps(value), "made.yaml", problems)  # JSON is YAML in flow style
    problems.raise_if_any()
    assert isinstance(node, kind)
    return node
