"""Parameters of a pack: scalar, list and table values, resolved for one profile."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from checker.errors import Place
from checker.model.rule import Parameter, ParameterValue
from checker.yaml_nodes import (
    Entries,
    Items,
    Node,
    Problems,
    Text,
    check_keys,
    did_you_mean,
    mapping,
    text_items,
    text_of,
    texts_of,
)

EVERY_PROFILE = "all"


@dataclass(frozen=True, slots=True)
class Table:
    """A table parameter: rows found by the values of ``key`` facts."""

    key: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]  # key texts -> cell texts
    place: Place


@dataclass(slots=True)
class Scope:
    """What a condition may refer to while it is built, and the problems found meanwhile."""

    profile: str  # empty outside a pack, where there are no parameters
    as_of: date
    problems: Problems
    values: dict[str, Node | Table] = field(default_factory=dict)  # parameters of the profile
    used: set[str] = field(default_factory=set)  # parameters referred to since the caller last cleared it
    tailored: set[str] = field(default_factory=set)  # parameters whose value is not the pack's

    def parameter(self, text: Text) -> Node | Table | None:
        """Return what ``$name`` stands for in this profile; None, with a problem noted, if it stands for nothing."""
        name = text.value.removeprefix("$")
        if not self.profile:
            self.problems.add(text.place, f"'${name}' is a parameter, which only rules have", "write the value itself")
            return None
        if name not in self.values:
            self.problems.add(
                text.place, f"there is no parameter '{name}' in profile {self.profile}", did_you_mean(name, self.values)
            )
            return None
        self.used.add(name)
        return self.values[name]

    def place_of(self, argument: Node) -> Place:
        """Return where an argument is written: in the tailoring, if that gave it."""
        named = (text.value.removeprefix("$") for text in parameters_in(argument))
        return next((self.values[name].place for name in named if name in self.tailored), argument.place)


def parameters_in(node: Node) -> Iterator[Text]:
    """Yield every ``$name`` within a node but the as-of day."""
    match node:
        case Text(value):
            if value.startswith("$") and value != "$as_of":
                yield node
        case Items(items):
            for item in items:
                yield from parameters_in(item)
        case Entries(entries):
            for item in entries.values():
                yield from parameters_in(item)


def read_parameters(
    node: Entries | None, profiles: Iterable[str], sources: Mapping[str, object], scope: Scope
) -> tuple[Parameter, ...]:
    """Fill ``scope.values`` for its profile, and return every parameter with its value in every profile."""
    found = []
    profiles = tuple(profiles)
    for name, value in (node.entries if node else {}).items():
        entry = mapping(value, f"parameter '{name}'", scope.problems)
        if not entry or not check_keys(
            entry, f"parameter '{name}'", ("meaning",), (EVERY_PROFILE, *profiles), scope.problems
        ):
            continue
        shown = []
        for profile in profiles:
            given = entry.entries.get(profile) or entry.entries.get(EVERY_PROFILE)
            if given is None:
                continue
            resolved, source = _value(name, given, sources, scope.problems)
            if resolved is None:
                continue
            shown.append((profile, ParameterValue(show(resolved), source)))
            if profile == scope.profile:
                scope.values[name] = resolved
        found.append(Parameter(name, text_of(entry, "meaning", scope.problems), tuple(shown)))
    return tuple(found)


def show(value: Node | Table) -> str:
    """Return a parameter's value as one line of text."""
    match value:
        case Text():
            return value.value
        case Items():
            return ", ".join(item.value for item in value.items if isinstance(item, Text))
        case Table():
            rows = (f"{', '.join(key)}: {', '.join(cells)}" for key, cells in value.rows)
            return f"by {', '.join(value.key)} ({', '.join(value.columns)}): {'; '.join(rows)}"
        case Entries():
            return "a mapping"


def _value(
    name: str, given: Node, sources: Mapping[str, object], problems: Problems
) -> tuple[Node | Table | None, str]:
    entry = mapping(given, f"the value of parameter '{name}'", problems)
    if not entry or not check_keys(entry, f"the value of '{name}'", ("source",), ("value", "table", "note"), problems):
        return None, ""
    source = text_of(entry, "source", problems)
    if source not in sources:
        problems.add(entry.entries["source"].place, f"there is no source '{source}'", did_you_mean(source, sources))
    return value_of(name, entry, problems), source


def value_of(name: str, entry: Entries, problems: Problems) -> Node | Table | None:
    """Return the ``value`` or the ``table`` that an entry gives a parameter; None, with a problem noted, if neither."""
    if ("value" in entry.entries) == ("table" in entry.entries):
        problems.add(entry.place, f"parameter '{name}' needs either 'value' or 'table'")
        return None
    if "table" in entry.entries:
        return _table(name, entry.entries["table"], problems)
    value = entry.entries["value"]
    if (
        isinstance(value, Entries)
        or (isinstance(value, Items) and not value.items)
        or (isinstance(value, Text) and value.null)
    ):
        problems.add(value.place, f"the value of '{name}' must be a text or a list of texts")
        return None
    return value


def _table(name: str, node: Node, problems: Problems) -> Table | None:
    entry = mapping(node, f"table '{name}'", problems)
    if not entry or not check_keys(entry, f"table '{name}'", ("key", "columns", "rows"), (), problems):
        return None
    key, columns = texts_of(entry, "key", problems), texts_of(entry, "columns", problems)
    rows: dict[tuple[str, ...], tuple[str, ...]] = {}
    listed = entry.entries["rows"]
    for row in listed.items if isinstance(listed, Items) else ():
        cells = tuple(text.value for text in text_items(row, f"a row of '{name}'", problems))
        if len(cells) != len(key) + len(columns):
            problems.add(row.place, f"a row of '{name}' has {len(cells)} cells, not {len(key) + len(columns)}")
        elif cells[: len(key)] in rows:
            problems.add(row.place, f"'{name}' has two rows for {', '.join(cells[: len(key)])}")
        else:
            rows[cells[: len(key)]] = cells[len(key) :]
    if not isinstance(listed, Items) or not listed.items:
        problems.add(listed.place, f"table '{name}' has no rows")
        return None
    return Table(key, columns, tuple(rows.items()), entry.place)
