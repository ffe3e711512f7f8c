"""SARIF's descriptors of rules: what each means and what to do about it."""

import re
from dataclasses import dataclass
from typing import Any, Final

from checker.model.notes import RuleTally
from checker.reporters.sarif.places import message
from checker.reporters.wording import visible

# Severity -> level of a result, GitHub's severity of a problem, and its security severity: high from 7, medium from 4.
LEVELS: Final = {
    "blocker": ("error", "error", "8.0"),
    "major": ("warning", "warning", "5.5"),
    "minor": ("note", "recommendation", "3.0"),
    "info": ("note", "recommendation", "1.0"),
}

_SHORT: Final = 1_024  # characters that GitHub keeps of a description


@dataclass(frozen=True, slots=True)
class Listed:
    """A rule as the file lists it: itself, or the evidence for it that is missing."""

    rule: RuleTally
    unknown: bool = False

    @property
    def id(self) -> str:
        """The id that results refer to."""
        return f"{self.rule.id}.unknown" if self.unknown else self.rule.id

    @property
    def level(self) -> str:
        """The level of its failing results; missing evidence is never more than a note."""
        return "note" if self.unknown else LEVELS[self.rule.severity][0]


def descriptor(listed: Listed) -> dict[str, Any]:
    """Return the descriptor of a rule, with all that code scanning asks for."""
    rule = listed.rule
    title = f"Not known whether it holds: {rule.title}" if listed.unknown else rule.title
    todo = _evidence_advice(rule) if listed.unknown else rule.remediation or rule.title
    found: dict[str, Any] = {
        "id": listed.id,
        "name": pascal_case(listed.id),
        "shortDescription": {"text": message(title)["text"][:_SHORT]},
        "fullDescription": {"text": message(f"{message(title)['text']} {todo}")["text"][:_SHORT]},
        "help": _help(rule, todo),
        "defaultConfiguration": {"level": listed.level},
        "properties": _properties(listed),
    }
    links = [source.url for source in rule.sources if source.url.startswith(("https://", "http://"))]
    return found | ({"helpUri": links[0]} if links else {})


def pascal_case(name: str) -> str:
    """Return ``sc.macos-agent-min`` as ``ScMacosAgentMin``."""
    return "".join(word[:1].upper() + word[1:] for word in re.split(r"[^0-9A-Za-z]+", name))


def _evidence_advice(rule: RuleTally) -> str:
    missing = f" No input carries {', '.join(rule.not_exported)}." if rule.not_exported else ""
    return f"Export what the rule asks for, or attest it: until then no device is READY by it.{missing}"


def _help(rule: RuleTally, todo: str) -> dict[str, str]:
    sources = [f"Source: {source.title} ({source.date}), {source.url}" for source in rule.sources]
    links = [f"- [{_escaped(source.title)}](<{source.url}>), {source.date}" for source in rule.sources]
    markdown = [_escaped(message(todo)["text"]), *(["**Sources**", "\n".join(links)] if links else [])]
    text = "\n".join(visible(line) for line in (message(todo)["text"], *sources))
    return {"text": text, "markdown": "\n\n".join(markdown)}


def _escaped(text: str) -> str:
    """Return text that Markdown shows as it is."""
    return re.sub(r"([\\`*_{}\[\]<>#|!&~])", r"\\\1", visible(text))


def _properties(listed: Listed) -> dict[str, Any]:
    rule = listed.rule
    _, problem, security = LEVELS[rule.severity]
    tags = ["mde-readiness", rule.phase, rule.severity, rule.about]
    if listed.unknown:
        return {"tags": [*tags, "unknown"], "precision": "very-high", "problem.severity": "recommendation"}
    return {
        "tags": ["security", *tags],
        "precision": "very-high",
        "problem.severity": problem,
        "security-severity": security,
    }
