"""``rules new``: a rule that works as it stands, with a case for each outcome, for its author to edit.

The rule asks of a fact what its type can be asked; its cases give values that pass and fail, and none at all. What is
meant only as a start says TODO.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from textwrap import indent

import yaml

from checker.errors import Problem, RuleError
from checker.facts.catalogue import catalogue
from checker.facts.values import read_value
from checker.model.fact import FactSpec
from checker.model.outcome import About, Missing, Phase, Severity
from checker.packs.build import HEADS, PackFiles
from checker.packs.entries import ID
from checker.packs.governance import WORD
from checker.yaml_nodes import Entries, Items, Node, Problems, did_you_mean, parse

UNREADABLE = "not told"  # what no word, flag or version reads
CASES = ".cases.yaml"
NEW_THEME = (
    b"# TODO: say what the rules of this theme are about.\n"  # the start of a file of rules that is not there yet
)


@dataclass(frozen=True, slots=True)
class Wish:
    """The rule that an author asks for."""

    id: str
    theme: str
    fact: str
    severity: Severity = Severity.MINOR  # blocks nothing until its author says so
    phase: Phase = Phase.PREREQUISITE
    about: About | None = None  # None: what the fact is about
    applies_to: tuple[str, str] | None = None  # fact, value


@dataclass(frozen=True, slots=True)
class Start:
    """What a rule can ask of a fact at first, and values that pass and fail; YAML in flow style."""

    test: str
    passes: str
    fails: str


VERSIONS = {"agent": ("101.24022", "101.23052"), "kernel": ("5.15", "5.4")}  # by how the fact reads its text
ATTEMPT = '[{{url: "https://edr.contoso.example/", {}, via: direct, method: analyzer}}]'
STARTS: dict[str, Callable[[FactSpec], Start]] = {
    "word": lambda spec: _equals(*_two_words(spec)),
    "flag": lambda _: _equals("yes", "no"),
    "text": lambda _: _equals("expected", "another"),
    "version": lambda spec: _at_least(*VERSIONS.get(spec.reading, ("10.1", "10.0.9"))),
    "number": lambda _: _at_least("10", "9"),
    "date": lambda _: _at_least("2026-01-01", "2025-12-31"),
    "time": lambda _: _at_least('"2026-01-01T00:00:00Z"', '"2025-12-31T23:59:59Z"'),
    "set": lambda _: Start("{contains: expected}", "[expected]", "[another]"),
    "attempts": lambda _: Start(
        "{reaches: edr.contoso.example}",
        ATTEMPT.format("result: reachable, http_status: 200"),
        ATTEMPT.format("result: blocked"),
    ),
}


def scaffold(files: PackFiles, wish: Wish) -> tuple[str, str]:
    """Return the YAML of a new rule, and of its cases.

    Raises:
        RuleError: with everything that keeps the pack from having such a rule.
    """
    problems = [*_of_names(files, wish), *_of_facts(wish)]
    if not _sources(files):
        problems.append(
            Problem(f"{files.folder}/pack.yaml", "has no source for a rule to name", "add one to 'sources'")
        )
    if problems:
        raise RuleError(problems)
    spec = catalogue()[wish.fact]
    start = STARTS[spec.type](spec)
    return _rule(files, wish, spec, start), _cases(wish, spec, start)


def appended(old: bytes, new: str, shown: str) -> bytes:
    """Return a theme or its cases with text of new entries at the end: what stands there stays byte by byte.

    Raises:
        RuleError: if nothing can be appended to the file, since it is no YAML, or written in brackets.
    """
    problems = Problems()
    text = old.decode("utf-8-sig")
    node = parse(text, shown, problems)
    problems.raise_if_any()
    if node is None or not _entries(node):
        return old + _break(text) + _as_there(text, new)
    if text.splitlines()[node.place.line - 1][node.place.column - 1] in "[{":
        raise RuleError(Problem(str(node.place), "is written in brackets, so nothing can be appended", "write a list"))
    return old + _break(text) + _as_there(text, "\n" + indent(new, " " * (node.place.column - 1)))


def places(folder: Path, theme: str) -> tuple[Path, Path]:
    """Return where a theme's rules and its cases stand."""
    return folder / f"{theme}.yaml", folder / f"{theme}{CASES}"


def _entries(node: Node) -> bool:
    return bool(node.items if isinstance(node, Items) else isinstance(node, Entries) and node.entries)


def _break(text: str) -> bytes:
    return b"" if not text or text.endswith("\n") else _as_there(text, "\n")


def _as_there(text: str, new: str) -> bytes:
    """Return a text with the line breaks of another."""
    return new.replace("\n", "\r\n" if "\r\n" in text else "\n").encode()


def _of_names(files: PackFiles, wish: Wish) -> list[Problem]:
    found = []
    if not ID.fullmatch(wish.id):
        found.append(Problem(wish.id, "is no rule id", "lower-case words joined by '.' and '-', as sc.sense-min"))
    elif wish.id in (*files.rule_ids, *files.note_ids):
        kind = "rule" if wish.id in files.rule_ids else "note"
        found.append(Problem(wish.id, f"is a {kind} of {files.folder} already", "choose another id"))
    theme = f"--theme {wish.theme}"
    if not WORD.fullmatch(wish.theme) or wish.theme.casefold().endswith(".cases"):
        found.append(Problem(theme, "is no name of a theme", "letters, digits, '-' and '_': it names a file"))
    elif f"{wish.theme.casefold()}.yaml" in HEADS:  # whatever its case: many a file system knows none
        found.append(Problem(theme, "is the pack's own file, no theme", "choose another name"))
    return found


def _of_facts(wish: Wish) -> list[Problem]:
    found = list(_of_fact("--fact", wish.fact, "ask for the facts that it is told from"))
    spec = catalogue().get(wish.fact)
    about = wish.about or (About(spec.about) if spec else None)
    facts = {"--fact": wish.fact}
    if wish.applies_to:
        fact, value = wish.applies_to
        facts["--applies-to"] = fact
        found += _of_fact("--applies-to", fact, "name the facts that it is told from")
        found += _of_scope(wish.fact, fact, value)
    for option, name in facts.items():
        known = catalogue().get(name)
        if known and about in (About.TENANT, About.FLEET) and known.about not in (About.TENANT, About.FLEET):
            what = f"is about the {known.about}; a rule about the {about} is judged once, on no device"
            found.append(Problem(f"{option} {name}", what, f"say --about {known.about}"))
    return found


def _of_fact(option: str, name: str, hint: str) -> list[Problem]:
    spec = catalogue().get(name)
    if spec is None:
        return [Problem(f"{option} {name}", "is no fact", did_you_mean(name, _told()))]
    return (
        [Problem(f"{option} {name}", "is told from other facts, which no case can give", hint)] if spec.derived else []
    )


def _told() -> list[str]:
    return [name for name, spec in catalogue().items() if not spec.derived]


def _of_scope(asked: str, fact: str, value: str) -> list[Problem]:
    spec, option = catalogue().get(fact), f"--applies-to {fact}={value}"
    if spec is None or spec.derived:
        return []
    if fact == asked:
        return [Problem(option, "is what the rule itself asks", "name another fact, or leave it out")]
    if spec.type == "attempts":
        return [Problem(option, f"'{fact}' holds attempts, which no single value can be", "name another fact")]
    if isinstance(read_value(value, spec), Missing) or not value.strip():
        return [Problem(option, f"'{value}' is no value of '{fact}'", did_you_mean(value, spec.words))]
    return []


def _sources(files: PackFiles) -> tuple[str, ...]:
    node = files.pack.entries.get("sources")
    return tuple(node.entries) if isinstance(node, Entries) else ()


def _rule(files: PackFiles, wish: Wish, spec: FactSpec, start: Start) -> str:
    lines = [
        f"- id: {wish.id}",
        f"  title: TODO say what holds of {wish.fact}",
        f"  phase: {wish.phase.value}",
        f"  severity: {wish.severity.value}",
        f"  about: {wish.about.value if wish.about else spec.about}",
    ]
    if wish.applies_to:
        fact, value = wish.applies_to
        lines.append(f"  applies_to: {{{fact}: {_scope_test(catalogue()[fact], value)}}}")
    lines += [
        f"  require: {{{wish.fact}: {start.test}}}  # TODO: what must hold?",
        f"  message: TODO say what is wrong, with the value {{{wish.fact}}}.",
        f"  action: todo-{wish.id.replace('.', '-')}",
        "  remediation: TODO say what to do about it.",
        f"  sources: [{quoted(_sources(files)[0])}]  # TODO: which of the pack's sources says so?",
    ]
    return "\n".join([*lines, ""])


def _cases(wish: Wish, spec: FactSpec, start: Start) -> str:
    met = unmet = ""
    if wish.applies_to:
        fact, value = wish.applies_to
        scope = catalogue()[fact]
        met, unmet = (f"{fact}: {_case_value(scope, text)}" for text in (value, _another(scope, value)))
    unknown = f"{wish.fact}: {UNREADABLE}" if spec.default else ""  # without a value the default would answer
    rows = [
        ("TODO a value that passes", _both(met, f"{wish.fact}: {start.passes}"), "PASS"),
        ("TODO a value that fails", _both(met, f"{wish.fact}: {start.fails}"), "FAIL"),
        ("not readable" if unknown else "not exported", _both(met, unknown), "UNKNOWN"),
    ]
    if unmet:
        rows.append(("TODO a device that it is not about", unmet, "NOT_APPLICABLE"))
    lines = [f"  - {{name: {name}, facts: {{{facts}}}, expect: {outcome}}}" for name, facts, outcome in rows]
    return "\n".join([f"{wish.id}:", *lines, ""])


def _both(*facts: str) -> str:
    return ", ".join(fact for fact in facts if fact)


def _equals(passes: str, fails: str) -> Start:
    return Start(quoted(passes), quoted(passes), quoted(fails))


def _at_least(passes: str, fails: str) -> Start:
    return Start(f"{{at_least: {passes}}}", passes, fails)


def _two_words(spec: FactSpec) -> tuple[str, str]:
    """Return a word to ask for, not the one that is assumed anyway, and another."""
    words = [word for word in spec.words if word != spec.default]
    return words[0], next(word for word in spec.words if word != words[0])


def _scope_test(spec: FactSpec, value: str) -> str:
    return f"{{contains: {quoted(value)}}}" if spec.type == "set" else quoted(value)


def _case_value(spec: FactSpec, value: str) -> str:
    return f"[{quoted(value)}]" if spec.type == "set" else quoted(value)


def _another(spec: FactSpec, value: str) -> str:
    """Return a value of the fact that is not this one."""
    start = STARTS[spec.type](spec)
    choices = [yaml.safe_load(text) for text in (start.passes, start.fails)]
    texts = [str(choice[0] if isinstance(choice, list) else choice) for choice in choices]
    given = read_value(value, spec)
    return next(text for text in (*spec.words, *texts) if read_value(text, spec) != given)


def quoted(text: str) -> str:
    """Return a text as YAML reads it back: on one line, in ASCII, with quotes where it takes them."""
    return yaml.safe_dump([text], default_flow_style=True, width=float("inf")).strip()[1:-1]
