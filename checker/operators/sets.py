"""Members of a list; what is absent from a list that may be incomplete is not known."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from checker.model.fact import FactSpec, KnownNone, SetValue
from checker.model.truth import Truth, all_of, any_of
from checker.operators.arguments import COUNT, mapping, whole
from checker.operators.contract import ArgumentProblem, Json
from checker.operators.text import found_in, regex

_NONE = SetValue(frozenset())
_EXAMPLE = "{matching: REGEX, at_least: 1}"


@dataclass(frozen=True, slots=True)
class Count:
    """How many members, of those that match, there must be."""

    matching: str | None
    at_least: int | None
    at_most: int | None


COUNT_ARGUMENT: Json = {
    "type": "object",
    "properties": {"matching": {"type": "string"}, "at_least": COUNT, "at_most": COUNT},
    "anyOf": [{"required": ["at_least"]}, {"required": ["at_most"]}],
    "additionalProperties": False,
}


def contains(value: SetValue | KnownNone, argument: str) -> Truth:
    """The list has the member, without regard to case.

    FALSE if it is absent from a complete list, known none included; UNKNOWN if absent from one that may be incomplete
    (Get-HotFix, event logs).

    ```yaml
    updates.kbs: {contains: KB5006738}
    ```
    """
    known = value if isinstance(value, SetValue) else _NONE
    if argument in known.members:
        return Truth.TRUE
    return Truth.FALSE if known.closed else Truth.UNKNOWN


def contains_any(value: SetValue | KnownNone, argument: AbstractSet[str]) -> Truth:
    """The list has at least one of the members; the greatest of what `contains` says of each.

    ```yaml
    tenant.licences: {contains_any: [plan1, plan2]}
    ```
    """
    return any_of(contains(value, member) for member in argument)


def contains_all(value: SetValue | KnownNone, argument: AbstractSet[str]) -> Truth:
    """The list has all of the members; the least of what `contains` says of each.

    ```yaml
    site.service_tags: {contains_all: [MicrosoftDefenderForEndpoint, OneDsCollector]}
    ```
    """
    return all_of(contains(value, member) for member in argument)


def count(value: SetValue | KnownNone, argument: Count) -> Truth:
    """The list has at least, or at most, so many members that match.

    `matching` is a regular expression (as in `matches`, without regard to case), all members if left out; `at_least`,
    `at_most` or both. Of a list that may be incomplete only what more members cannot change is known: `at_least`
    reached is TRUE, `at_most` exceeded is FALSE, anything else is UNKNOWN.

    ```yaml
    mdatp.test_ok: {count: {matching: /storage, at_least: 2}}
    ```
    """
    known = value if isinstance(value, SetValue) else _NONE
    members = sorted(known.members)
    number = len(members) if argument.matching is None else sum(found_in(members, argument.matching))
    absent = Truth.FALSE if known.closed else Truth.UNKNOWN
    truths = []
    if argument.at_least is not None:
        truths.append(Truth.TRUE if number >= argument.at_least else absent)
    if argument.at_most is not None:
        truths.append(Truth.FALSE if number > argument.at_most else absent.negated())
    return all_of(truths)


def counted(raw: Any, spec: FactSpec) -> Count:  # noqa: ANN401 - raw YAML
    """Read the argument of ``count``."""
    entries = mapping(raw, ("matching", "at_least", "at_most"), _EXAMPLE)
    bounds = {key: whole(entries[key]) for key in ("at_least", "at_most") if key in entries}
    if not bounds:
        raise ArgumentProblem("lacks at_least or at_most", f"write {_EXAMPLE}")
    low, high = bounds.get("at_least"), bounds.get("at_most")
    if low is not None and high is not None and low > high:
        raise ArgumentProblem(f"at_least {low} is more than at_most {high}")
    if "matching" not in entries:
        return Count(None, low, high)
    pattern = regex(entries["matching"], spec)
    return Count(regex(f"(?i){pattern}", spec), low, high)  # members are folded, so the pattern must not mind case
