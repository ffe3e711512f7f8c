"""YAML that remembers where everything stands: texts, lists and mappings with file, line and column.

Scalars stay texts (``20.10``, ``no``, ``22:30`` mean what they say); whoever reads them knows their type. All problems
of a file are collected, so that an author sees them at once.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any, cast

import yaml

from checker.errors import Place, Problem, RuleError

LARGEST = 16 << 20  # bytes of a file; the largest pack has 1 MB
OPEN_FILES = Path("/dev/fd")  # pipes of a shell, <(...), to which somebody writes; others are waited for without end
MOST_NODES = 200_000  # ten times our largest pack; an anchor that explodes is refused here
DEEPEST = 60
MOST_OPEN = 5_000  # lists and mappings within each other: libyaml's own recursion ends the process above 20,000
_PLACED = re.compile(r"(.*?)(?::([0-9]{1,9}))?(?::([0-9]{1,9}))?", re.DOTALL)  # file:line:column


@dataclass(frozen=True, slots=True)
class Text:
    """A scalar as it is written; ``null`` is True for an empty or null scalar."""

    value: str
    place: Place
    null: bool = False


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    items: "tuple[Node, ...]"
    place: Place


@dataclass(frozen=True, slots=True)
class Entries:
    """A mapping, in the order of the file."""

    entries: "dict[str, Node]"
    keys: dict[str, Place]
    place: Place


Node = Text | Items | Entries


@dataclass(slots=True)
class Problems:
    """Collects what is wrong, so that all of it is said at once."""

    found: list[Problem] = field(default_factory=list)

    def add(self, place: Place | str, what: str, hint: str = "") -> None:
        """Note one problem."""
        self.found.append(Problem(str(place), what, hint))

    def raise_if_any(self) -> None:
        """Raise a :class:`RuleError` with everything found, sorted by place; return if nothing was."""
        if self.found:
            raise RuleError(sorted(dict.fromkeys(self.found), key=_by_place))


def _by_place(problem: Problem) -> tuple[str, int, int, str]:
    file, line, column = cast("re.Match[str]", _PLACED.fullmatch(problem.where)).groups()
    return file, int(line or 0), int(column or 0), problem.what


def load(path: Path, shown: str, problems: Problems) -> Node | None:
    """Read one YAML document, named ``shown`` in places; None, with problems noted, if it cannot be read."""
    return load_hashed(path, shown, problems)[0]


def load_hashed(path: Path, shown: str, problems: Problems) -> tuple[Node | None, str]:
    """Read one YAML document and the SHA-256 of the very bytes that it was read from; "" if it cannot be read."""
    try:
        if path.exists() and not path.is_file() and not (path.is_fifo() and path.parent == OPEN_FILES):
            problems.add(shown, "cannot be read: it is no file", "give a file of YAML")
            return None, ""
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
        if len(content) > LARGEST:
            problems.add(shown, f"has more than {LARGEST >> 20} MiB", "is it the right file?")
            return None, ""
        text = content.decode("utf-8-sig")
    except OSError as error:
        problems.add(shown, f"cannot be read: {error.strerror}")
        return None, ""
    except UnicodeDecodeError as error:
        problems.add(shown, f"is not UTF-8: byte {error.start}", "save the file as UTF-8")
        return None, ""
    return parse(text, shown, problems), hashlib.sha256(content).hexdigest()


def parse(text: str, shown: str, problems: Problems) -> Node | None:
    """Read one YAML document from a text; None, with problems noted, if it is not one."""
    if _nested_too_deep(text):
        problems.add(shown, f"is nested more than {DEEPEST} deep", "no honest file is")
        return None
    try:
        loader = _loader()(text)
        node = loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(shown, mark.line + 1, mark.column + 1) if mark else Place(shown)
        problems.add(place, f"is not YAML: {error.problem or error}")
        return None
    except (yaml.YAMLError, RecursionError, UnicodeEncodeError) as error:
        problems.add(shown, f"is not YAML: {str(error).splitlines()[0]}")
        return None
    if node is None:
        return Items((), Place(shown, 1, 1))
    return _Converter(shown, problems).convert(node, 0)


def _nested_too_deep(text: str) -> bool:
    """Tell whether a text nests deeper than any file, as the parser's own recursion would not: it ends the process."""
    # A bracket opens two levels at most, [a: b]. Outside of brackets a level begins to the right of the one around it,
    # or is a list in the column of its key. So short lines and few brackets are shallow, and are not parsed twice.
    longest = max(map(len, text.splitlines()), default=0)
    if 2 * (longest + text.count("[") + text.count("{")) <= MOST_OPEN:
        return False
    depth = 0
    with suppress(yaml.YAMLError, UnicodeEncodeError):  # which whoever parses it next says
        for event in yaml.parse(text, Loader=_loader()):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > DEEPEST:
                return True
    return False


def _loader() -> Any:  # noqa: ANN401 - PyYAML's classes are untyped
    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _TooMuch(Exception):
    """The document has more nodes than any honest file."""


@dataclass(slots=True)
class _Converter:
    """Turns PyYAML's nodes into ours; holds the count that bounds a document."""

    shown: str
    problems: Problems
    count: int = 0

    def convert(self, node: yaml.Node, depth: int) -> Node | None:
        try:
            return self._convert(node, depth)
        except _TooMuch:
            self.problems.add(
                self._place(node),
                f"has more than {MOST_NODES:,} nodes or is nested more than {DEEPEST} deep",
                "write repeated parts out instead of using anchors",
            )
            return None

    def _place(self, node: yaml.Node) -> Place:
        return Place(self.shown, node.start_mark.line + 1, node.start_mark.column + 1)

    def _convert(self, node: yaml.Node, depth: int) -> Node:
        self.count += 1
        if self.count > MOST_NODES or depth > DEEPEST:
            raise _TooMuch
        place = self._place(node)
        if isinstance(node, yaml.ScalarNode):
            null = not node.style and node.value.lower() in ("", "~", "null")  # plain: None, or "" from the C loader
            return Text("" if null else node.value, place, null)
        if isinstance(node, yaml.SequenceNode):
            return Items(tuple(self._convert(item, depth + 1) for item in node.value), place)
        return self._mapping(cast("yaml.MappingNode", node), place, depth)

    def _mapping(self, node: yaml.MappingNode, place: Place, depth: int) -> Entries:
        entries: dict[str, Node] = {}
        keys: dict[str, Place] = {}
        for key, value in node.value:
            where = self._place(key)
            if not isinstance(key, yaml.ScalarNode):
                self.problems.add(where, "a key must be a text")
                continue
            if key.value in entries:
                self.problems.add(
                    where, f"'{key.value}' stands here twice", f"the first is on line {keys[key.value].line}"
                )
                continue
            entries[key.value] = self._convert(value, depth + 1)
            keys[key.value] = where
        return Entries(entries, keys, place)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return a hint that names the nearest known word, or the known words if they are few."""
    names = list(known)
    near = get_close_matches(word, names, n=1, cutoff=0.6)
    if near:
        return f"did you mean '{near[0]}'?"
    return f"one of: {', '.join(names)}" if 0 < len(names) <= 12 else ""


def mapping(node: Node | None, what: str, problems: Problems) -> Entries | None:
    """Return the node if it is a mapping; otherwise note a problem."""
    if isinstance(node, Entries):
        return node
    if node is not None:
        problems.add(node.place, f"{what} must be a mapping (key: value)")
    return None


def check_keys(node: Entries, what: str, required: Iterable[str], optional: Iterable[str], problems: Problems) -> bool:
    """Note missing and unknown keys; return True if there are none."""
    required, known = list(required), [*required, *optional]
    good = True
    for key, place in node.keys.items():
        if key not in known:
            problems.add(place, f"{what} has no key '{key}'", did_you_mean(key, known))
            good = False
    for key in required:
        if key not in node.entries:
            problems.add(node.place, f"{what} lacks '{key}'")
            good = False
    return good


def text_of(node: Entries, key: str, problems: Problems, default: str = "") -> str:
    """Return a text entry, or ``default``; note a problem if it is something else."""
    value = node.entries.get(key)
    if value is None:
        return default
    if isinstance(value, Text) and not value.null:
        return value.value
    problems.add(value.place, f"'{key}' must be a text")
    return default


def choice_of(node: Entries, key: str, choices: Iterable[str], problems: Problems) -> str:
    """Return a text entry that is one of the choices; else the first, with a problem noted unless there is no entry."""
    names = list(choices)
    value = text_of(node, key, problems)
    if value in names:
        return value
    if key in node.entries:
        problems.add(node.entries[key].place, f"'{value}' is no {key}", did_you_mean(value, names))
    return names[0]


def texts_of(node: Entries, key: str, problems: Problems) -> tuple[str, ...]:
    """Return a list of texts; a single text is a list of one; empty if absent."""
    value = node.entries.get(key)
    if value is None:
        return ()
    return tuple(text.value for text in text_items(value, f"'{key}'", problems))


def text_items(node: Node, what: str, problems: Problems) -> Iterator[Text]:
    """Yield the texts of a list (or a single text); note what is no text."""
    items = node.items if isinstance(node, Items) else (node,)
    for item in items:
        if isinstance(item, Text) and not item.null:
            yield item
        else:
            problems.add(item.place, f"{what} must hold texts")


def flag_of(node: Entries, key: str, problems: Problems, default: bool = False) -> bool:
    """Return a true/false entry."""
    value = node.entries.get(key)
    if value is None:
        return default
    if isinstance(value, Text) and value.value.lower() in ("true", "yes"):
        return True
    if isinstance(value, Text) and value.value.lower() in ("false", "no"):
        return False
    problems.add(value.place, f"'{key}' must be true or false")
    return default


def plain(node: Node) -> Any:  # noqa: ANN401 - texts, lists and dicts of them, by design
    """Return the node as texts, lists and dictionaries, without places; null becomes None."""
    match node:
        case Text(value, _, null):
            return None if null else value
        case Items(items, _):
            return [plain(item) for item in items]
        case Entries(entries, _, _):
            return {key: plain(value) for key, value in entries.items()}
