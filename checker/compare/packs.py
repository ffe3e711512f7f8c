"""How two packs, or two profiles of one, differ in their rules and routes."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from checker.model.condition import Condition
from checker.model.rule import Pack, Route, Rule
from checker.packs.words import in_words

ADDED, REMOVED, CHANGED = "added", "removed", "changed"
_LONG = 4  # members of a list that are told by what came and went

Named = TypeVar("Named", Rule, Route)


@dataclass(frozen=True, slots=True)
class Change:
    """A rule or route that is not the same in both packs."""

    id: str
    how: str  # ADDED, REMOVED, CHANGED
    what: tuple[str, ...] = ()  # of a changed one: each difference, the old → the new
    counts: bool = False  # a changed rule counts otherwise, whatever its outcome


def changed_rules(old: Pack, new: Pack) -> dict[str, Change]:
    """Return the rules that differ in what they ask, of whom, or how much it counts; words alone are no difference."""
    before, now = ({rule.id: rule for rule in pack.rules} for pack in (old, new))
    found = _changes(before, now, lambda was, is_now: tuple(_rule((old, was), (new, is_now))))
    both = {name for name, change in found.items() if change.how == CHANGED}
    counts = {name for name in both if _counting(before[name]) != _counting(now[name])}
    return {name: replace(change, counts=name in counts) for name, change in found.items()}


def changed_routes(old: Pack, new: Pack) -> dict[str, Change]:
    """Return the routes that differ in who takes them and what they ask; another order is a difference of all."""
    before, now = ({route.id: route for route in pack.routes} for pack in (old, new))
    order = [name for name in before if name in now], [name for name in now if name in before]
    moved = () if order[0] == order[1] else ("the order of the routes",)
    return _changes(before, now, lambda was, is_now: (*_route(was, is_now), *moved))


def _changes(
    before: Mapping[str, Named], now: Mapping[str, Named], compare: Callable[[Named, Named], tuple[str, ...]]
) -> dict[str, Change]:
    found = {}
    for name in dict.fromkeys((*before, *now)):
        if name not in now:
            found[name] = Change(name, REMOVED)
        elif name not in before:
            found[name] = Change(name, ADDED)
        elif what := compare(before[name], now[name]):
            found[name] = Change(name, CHANGED, what)
    return found


def _rule(old: tuple[Pack, Rule], new: tuple[Pack, Rule]) -> Iterator[str]:
    was, now = old[1], new[1]
    thresholds = _thresholds(old, new)
    for name, before, after in thresholds:
        yield f"{name}: {_turned(before, after)}"
    for (name, before), after in zip(_counting(was).items(), _counting(now).values(), strict=True):
        if before != after:
            yield f"{name}: {before} → {after}"
    if was.about is not now.about:
        yield f"about: {was.about} → {now.about}"
    for name, one, other in (
        ("applies to", was.applies_to, now.applies_to),
        ("requires", was.require, now.require),
    ):
        yield from _condition(name, one, other, thresholds)


def _counting(rule: Rule) -> dict[str, str]:
    """Return what makes an outcome of the rule count."""
    remedies = ", ".join(rule.routes) or "none"
    return {"phase": rule.phase.value, "severity": rule.severity.value, "is the remedy of routes": remedies}


def _thresholds(old: tuple[Pack, Rule], new: tuple[Pack, Rule]) -> list[tuple[str, str, str]]:
    """Return each parameter of the rule that has another value: its name, the old one, the new one."""
    before, now = (_values(*each) for each in (old, new))
    names = dict.fromkeys((*before, *now))
    turned = ((name, before.get(name, "(not used)"), now.get(name, "(not used)")) for name in names)
    return [each for each in turned if each[1] != each[2]]


def _values(pack: Pack, rule: Rule) -> dict[str, str]:
    values = {parameter.id: dict(parameter.values) for parameter in pack.parameters}
    known = {name: values[name].get(pack.profile.id) for name in rule.parameters if name in values}
    return {name: value.value for name, value in known.items() if value is not None}


def _turned(before: str, after: str) -> str:
    """Return ``old → new``, or of long lists what came and what went."""
    was, now = before.split(", "), after.split(", ")
    if min(len(was), len(now)) < _LONG or set(was) == set(now):
        return f"{before} → {after}"
    came, went = [each for each in now if each not in was], [each for each in was if each not in now]
    said = [f"{sign} {', '.join(members)}" for sign, members in (("+", came), ("−", went)) if members]
    return "; ".join(said)


def _route(was: Route, now: Route) -> Iterator[str]:
    for name, before, after in (
        ("an UNKNOWN ends the search", was.stops, now.stops),
        ("readiness", was.readiness, now.readiness),
        ("moves", was.moves, now.moves),
        ("blockers", ", ".join(was.blockers) or "all", ", ".join(now.blockers) or "all"),
    ):
        if before != after:
            yield f"{name}: {_word(before)} → {_word(after)}"
    yield from _condition("when", was.when, now.when, [])


def _condition(name: str, was: Condition, now: Condition, thresholds: Sequence[tuple[str, str, str]]) -> Iterator[str]:
    """Yield a condition's old and new words on lines of their own, unless the thresholds are all that differs."""
    before, after = in_words(was, "  "), in_words(now, "  ")
    same = before
    for _, old, new in thresholds:
        same = same.replace(old, new)
    if after not in (before, same):
        yield f"{name}, before:\n{before}\n{name}, now:\n{after}"


def _word(value: bool | str) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else value
