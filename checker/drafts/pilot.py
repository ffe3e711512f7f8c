"""Which devices make a pilot: few that between them show every value of some dimensions."""

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

LEAST_PILOT = 5  # fewer devices show too little of a fleet (design choice)

Value = tuple[str, str]  # dimension, value


@dataclass(frozen=True, slots=True)
class Alike:
    """Devices of the same values."""

    values: frozenset[Value]
    ids: tuple[str, ...]  # sorted


def pilot_of(groups: Sequence[Alike], wish: int | None) -> tuple[str, ...]:
    """Return the ids of a pilot, sorted: each device adds most values that none before it has; ties go by id.

    Without a wish it has as many devices as it takes to show every value, and at least LEAST_PILOT; with one it has
    so many. Once every value is shown, further devices show them again, until there are enough or no more.
    """
    used = [0] * len(groups)
    chosen = _cover(groups, used, wish)
    least = wish or LEAST_PILOT
    while len(chosen) < least:
        more = _cover(groups, used, least - len(chosen))
        if not more:
            break
        chosen += more
    return tuple(sorted(chosen))


def _cover(groups: Sequence[Alike], used: list[int], most: int | None) -> list[str]:
    """Return devices that show every value once; ``used`` tells how many of each group are taken, and is brought on.

    What a device adds only shrinks as others are taken, so a group is weighed again only when it comes first.
    """
    heap = [
        (-len(group.values), group.ids[used[at]], at) for at, group in enumerate(groups) if used[at] < len(group.ids)
    ]
    heapify(heap)
    shown: set[Value] = set()
    found: list[str] = []
    while heap and (most is None or len(found) < most):
        weight, name, at = heappop(heap)
        adds = len(groups[at].values - shown)
        if found and not adds:
            continue
        if adds < -weight:
            heappush(heap, (-adds, name, at))
            continue
        found.append(name)
        used[at] += 1
        shown |= groups[at].values
    return found
