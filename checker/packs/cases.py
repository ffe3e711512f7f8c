"""The cases beside a theme's rules: a device's facts, and the outcome that a rule must give for them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from checker.errors import Place
from checker.facts.catalogue import catalogue
from checker.model.fact import FactSpec
from checker.model.outcome import Outcome
from checker.packs.build import PackFiles
from checker.yaml_nodes import (
    Entries,
    Items,
    Node,
    Problems,
    Text,
    check_keys,
    choice_of,
    did_you_mean,
    load,
    mapping,
    plain,
    text_of,
)

CASE_DAY = date(2026, 11, 23)  # the as-of day of cases that name none, so that they give the same for ever
ATTEMPT_KEYS = ("url", "result", "http_status", "via", "method", "port", "error")


@dataclass(frozen=True, slots=True)
class Case:
    """One expectation: under a profile, on a day, a device with these facts gives this outcome."""

    rule: str
    name: str
    profile: str
    as_of: date
    facts: tuple[tuple[str, str], ...]  # fact -> text, as a reader would give it
    expect: Outcome
    place: Place


def read_cases(files: PackFiles) -> tuple[Case, ...]:
    """Return every case of a pack; raise :class:`RuleError` with every problem."""
    problems = Problems()
    found: list[Case] = []
    for path in files.case_files:
        found.extend(_cases_of(path, files, problems))
    problems.raise_if_any()
    return tuple(found)


def _cases_of(path: Path, files: PackFiles, problems: Problems) -> Iterator[Case]:
    node = mapping(load(path, f"{files.folder}/{path.name}", problems), "a case file", problems)
    for rule, listed in (node.entries if node else {}).items():
        if not isinstance(listed, Items):
            problems.add(listed.place, f"the cases of '{rule}' must be a list")
            continue
        for item in listed.items:
            entry = mapping(item, "a case", problems)
            if entry and check_keys(entry, "a case", ("name", "facts", "expect"), ("profile", "as_of"), problems):
                yield _case(rule, entry, files, problems)


def _case(rule: str, entry: Entries, files: PackFiles, problems: Problems) -> Case:
    profile = files.profiles[0] if files.profiles else ""
    if "profile" in entry.entries:
        profile = choice_of(entry, "profile", files.profiles, problems)
    as_of = CASE_DAY
    if "as_of" in entry.entries:
        text = text_of(entry, "as_of", problems)
        try:
            as_of = date.fromisoformat(text)
        except ValueError:
            problems.add(entry.entries["as_of"].place, f"'{text}' is no date", "write it as 2026-11-22")
    facts = mapping(entry.entries["facts"], "'facts'", problems)
    return Case(
        rule=rule,
        name=text_of(entry, "name", problems),
        profile=profile,
        as_of=as_of,
        facts=tuple(_facts(facts, problems)) if facts else (),
        expect=Outcome[choice_of(entry, "expect", [outcome.name for outcome in Outcome], problems)],
        place=entry.place,
    )


def _facts(facts: Entries, problems: Problems) -> Iterator[tuple[str, str]]:
    for name, node in facts.entries.items():
        spec = catalogue().get(name)
        if spec is None or spec.derived:
            hint = did_you_mean(name, catalogue()) if spec is None else "give the facts that it is told from"
            problems.add(facts.keys[name], f"'{name}' is no fact that a case can give", hint)
            continue
        yield name, fact_text(spec, node, problems)


def fact_text(spec: FactSpec, node: Node, problems: Problems) -> str:
    """Return a fact's value in a case or an attestation as the text that a reader would give."""
    match node:
        case Text(value):
            return value
        case Items(items) if spec.type == "attempts":
            attempts = [_attempt(item, problems) for item in items]
            return json.dumps([attempt for attempt in attempts if attempt], sort_keys=True)
        case Items(items) if spec.type == "set":
            return json.dumps([plain(item) for item in items])
        case Entries(entries) if spec.type == "set" and list(entries) == ["open"]:
            return json.dumps(plain(node))
    problems.add(node.place, f"'{spec.name}' is a {spec.type}: this is no value for it")
    return ""


def _attempt(node: Node, problems: Problems) -> dict[str, object] | None:
    entry = mapping(node, "an attempt", problems)
    if entry is None or not check_keys(entry, "an attempt", ("url",), ATTEMPT_KEYS, problems):
        return None
    address = _address(entry, problems)
    return {
        "host": address.hostname or "",
        "port": _number(entry, "port", problems) or address.port or (80 if address.scheme == "http" else 443),
        "path": address.path,
        "method": text_of(entry, "method", problems),
        "via": text_of(entry, "via", problems),
        "result": text_of(entry, "result", problems, "reachable" if "http_status" in entry.entries else "not_tested"),
        "status": _number(entry, "http_status", problems),
        "error": text_of(entry, "error", problems),
    }


def _address(entry: Entries, problems: Problems) -> SplitResult:
    """Return the parts of an attempt's URL; a host alone is one by HTTPS."""
    url = text_of(entry, "url", problems)
    try:
        address = urlsplit(url if "//" in url else f"https://{url}")
        _ = address.port  # raises where it is no port
    except ValueError:
        problems.add(entry.entries["url"].place, f"'{url}' is no URL", "write it as https://edr.contoso.example/path")
        return urlsplit("")
    return address


def _number(entry: Entries, key: str, problems: Problems) -> int:
    text = text_of(entry, key, problems, "0")
    if not (text.isascii() and text.isdigit() and len(text) <= 5):
        problems.add(entry.entries[key].place, f"'{text}' is no {key.replace('_', ' ')}")
        return 0
    return int(text)
