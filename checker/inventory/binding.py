"""Finds for a mapping the columns that a file has: which title gives which key, time and fact."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from checker.inventory.mapping import FactReading, ProductMapping, title_key


@dataclass(frozen=True, slots=True, order=True)
class Column:
    """A column of a file, or with ``path`` a value inside the JSON of its texts."""

    title: str
    path: str = ""

    def __str__(self) -> str:
        return f"{self.title}.{self.path}" if self.path else self.title


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
    facts: Mapping[str, BoundFact]

    def titles(self) -> frozenset[str]:
        """Return the titles of all columns that are read."""
        columns = [*self.keys.values(), *filter(None, (self.observed, self.plus_minutes))]
        columns += self.full
        for fact in self.facts.values():
            columns += [*fact.columns, *fact.stated_with, *(column for column, _ in fact.where)]
        return frozenset(column.title for column in columns)


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
        keys={key: column for key, names in product.keys.items() if (column := _first(names, known))},
        observed=_first(product.observed, known),
        plus_minutes=_first((product.observed_plus_minutes,), known),
        full=tuple(_find(product.partial_without, known)),
        facts={name: bound for name, bound in facts.items() if name in named},
    )


def _columns(reading: FactReading, known: Mapping[str, str]) -> Columns:
    if reading.parts:
        found = [_first(part.columns, known) or Column("") for part in reading.parts]
        return tuple(found) if found[0].title else ()
    found = list(_find(reading.columns, known))
    return tuple(found if reading.joined else found[:1])


def _find(titles: Iterable[str], known: Mapping[str, str]) -> Iterator[Column]:
    """Yield the columns of a file that have one of the titles, then those whose JSON may hold one ("Column.Key")."""
    inside = []
    for title in titles:
        column, _, path = title.partition(".")
        if (key := title_key(title)) in known:
            yield Column(known[key])
        elif path and title_key(column) in known:
            inside.append(Column(known[title_key(column)], path))
    yield from inside


def _first(titles: Iterable[str], known: Mapping[str, str]) -> Column | None:
    return next(iter(_find(titles, known)), None)
