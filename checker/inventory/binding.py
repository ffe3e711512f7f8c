"""Finds for a mapping the columns that a file has: which title gives which key, time and fact."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from checker.inventory.inside_json import LIST_TITLE
from checker.inventory.mapping import FactReading, ProductMapping, title_key


@dataclass(frozen=True, slots=True, order=True)
class Column:
    """A column of a file, or with ``path`` a value inside the JSON of its texts ("Key.Key", "[name=Word].Key").

    Where it says nothing, the columns ``instead`` are asked, one after the other. With ``members`` it is no column, but
    one JSON object of those whose titles begin with its own and a dot.
    """

    title: str
    path: str = ""
    instead: tuple["Column", ...] = ()
    members: tuple[str, ...] = ()

    def __str__(self) -> str:
        own = f"{self.title}{'' if self.path.startswith('[') else '.'}{self.path}" if self.path else self.title
        return " or ".join([own, *map(str, self.instead)])

    def titles(self) -> Iterator[str]:
        """Yield the titles of the columns that are read."""
        yield from self.members or (self.title,)
        for other in self.instead:
            yield from other.titles()


Columns = tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class BoundFact:
    """A reading with the columns that a file has for it; none where their absence is a statement."""

    reading: FactReading
    columns: Columns
    stated_with: Columns
    where: tuple[tuple[Column, tuple[str, ...]], ...] = ()  # columns, each with the words of which it must be one


@dataclass(frozen=True, slots=True)
class Binding:
    """What a file with certain titles gives."""

    keys: Mapping[str, Column]
    observed: Column | None
    plus_minutes: Column | None
    full: Columns  # in one of which a full record says something; none if the file has only full records
    evidence: Columns  # in one of which a record says something that founds no device
    facts: Mapping[str, BoundFact]

    def titles(self) -> frozenset[str]:
        """Return the titles of all columns that are read."""
        columns = [*self.keys.values(), *filter(None, (self.observed, self.plus_minutes))]
        columns += [*self.full, *self.evidence]
        for fact in self.facts.values():
            columns += [*fact.columns, *fact.stated_with, *(column for column, _ in fact.where)]
        return frozenset(title for column in columns for title in column.titles())


def bind(product: ProductMapping, titles: Sequence[str], wanted: frozenset[str] | None) -> Binding:
    """Return the columns of a file that a mapping reads, for the wanted facts and those on which they rest."""
    known = {title_key(title): title for title in reversed(titles) if title}
    facts: dict[str, BoundFact] = {}
    for name, reading in product.facts.items():
        where = [(_first((title,), known), words) for title, words in reading.where]
        bound = BoundFact(
            reading,
            _columns(reading, known),
            tuple(_find(reading.stated_with, known)),
            tuple((column, words) for column, words in where if column),
        )
        absent = not bound.columns and any(_find(reading.blank_with, known))
        needed = all(title_key(title) in known for title in reading.needs) and len(bound.where) == len(where)
        if needed and (bound.columns or absent):
            facts[name] = bound
    named = set(facts if wanted is None else wanted & facts.keys())
    named |= {only[0] for name in named if (only := facts[name].reading.only)} & facts.keys()
    return Binding(
        keys={key: column for key, names in product.keys.items() if (column := _each(names, known))},
        observed=_first(product.observed, known),
        plus_minutes=_first((product.observed_plus_minutes,), known),
        full=tuple(_find(product.partial_without, known)),
        evidence=tuple(_find(product.evidence, known)),
        facts={name: bound for name, bound in facts.items() if name in named},
    )


def _columns(reading: FactReading, known: Mapping[str, str]) -> Columns:
    if reading.parts:
        found = [_first(part.columns, known) or Column("") for part in reading.parts]
        return tuple(found) if found[0].title else ()
    if reading.fallback:
        column = _each(reading.columns, known)
        return (column,) if column else ()
    found = list(_find(reading.columns, known))
    return tuple(found if reading.joined else found[:1])


def _find(titles: Iterable[str], known: Mapping[str, str]) -> Iterator[Column]:
    """Yield the columns of a file that have one of the titles, then those whose JSON may hold one.

    "Column.Key" is a value of an object; "Column[name=Word].Key", "Column[0].Key" and "Column[].Key" are of a list.
    "Column.*" is the object as a whole, whose values stand in columns of their own.
    """
    inside = []
    for title in titles:
        inside_list = LIST_TITLE.fullmatch(title)
        column, _, path = inside_list.group("title", 0, "path") if inside_list else title.partition(".")
        if (key := title_key(title)) in known:
            yield Column(known[key])
        elif path == "*" and (members := [known[key] for key in known if key.startswith(f"{title_key(column)}.")]):
            yield Column(column, members=tuple(members))
        elif path not in ("", "*") and title_key(column) in known:
            inside.append(Column(known[title_key(column)], path))
    yield from inside


def _each(titles: Iterable[str], known: Mapping[str, str]) -> Column | None:
    """Return the first column of a file that has one of the titles, with the others to ask where it says nothing."""
    found = tuple(filter(None, (_first((title,), known) for title in titles)))
    return replace(found[0], instead=found[1:]) if found else None


def _first(titles: Iterable[str], known: Mapping[str, str]) -> Column | None:
    return next(iter(_find(titles, known)), None)
