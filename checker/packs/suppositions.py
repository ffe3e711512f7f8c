"""``--assume FACT=VALUE [where {condition}]``: a value put in place of what was read, to see what would follow."""

from datetime import date

from checker.errors import UsageError
from checker.facts.catalogue import catalogue
from checker.facts.values import read_value
from checker.model.outcome import Missing
from checker.model.plan import Kind, Statement
from checker.model.selection import EVERYONE, Selection
from checker.packs.parameters import Scope
from checker.packs.selections import read_selection
from checker.yaml_nodes import Entries, Problems, did_you_mean, parse

OPTION = "--assume"


def read_suppositions(given: tuple[str, ...], as_of: date) -> tuple[Statement, ...]:
    """Return what is supposed; raise :class:`UsageError` with every problem."""
    problems = Problems()
    found = [statement for text in given if (statement := _supposition(text, as_of, problems))]
    if problems.found:
        raise UsageError(problems.found)
    return tuple(found)


def _supposition(text: str, as_of: date, problems: Problems) -> Statement | None:
    said, _, where = text.partition(" where ")
    fact, sign, value = (part.strip() for part in said.partition("="))
    place = f"{OPTION} {text}"
    spec = catalogue().get(fact)
    if not sign:
        problems.add(place, "must be FACT=VALUE", "for example os.ubr=3448, or 'os.ubr=3448 where {os.build: 19045}'")
    elif spec is None or spec.derived:
        hint = did_you_mean(fact, catalogue()) if spec is None else "suppose the facts that it is told from"
        problems.add(place, f"'{fact}' is no fact that can be supposed", hint)
    elif isinstance(read_value(value, spec), Missing):
        hint = f"one of: {', '.join(spec.words)}" if spec.words else f"'{fact}' is a {spec.type}"
        problems.add(place, f"'{value}' is no value of '{fact}'", hint)
    else:
        devices = _devices(where, place, as_of, problems) if where else EVERYONE
        return Statement(fact, value, "", "", as_of, as_of, OPTION, 0, devices, Kind.ASSUMED)
    return None


def _devices(where: str, place: str, as_of: date, problems: Problems) -> Selection:
    node = parse(where.strip(), place, problems)
    if not isinstance(node, Entries):
        if node is not None:
            problems.add(place, "after 'where' stands a condition", "for example where {os.build: 19045}")
        return EVERYONE
    whole = Entries({"where": node}, {"where": node.place}, node.place)
    return read_selection(whole, Scope("", as_of, problems), problems)
