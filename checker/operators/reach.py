"""Whether hosts can be reached, from attempts of unequal weight."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from itertools import groupby
from typing import Any

from checker.facts.attempts import CONFLICTING, is_answered, is_blocked, is_policy, is_system
from checker.model.fact import Attempt, FactSpec
from checker.model.truth import Truth, all_of
from checker.operators.arguments import COUNT, TEXT, list_of, mapping, whole
from checker.operators.contract import ArgumentProblem, Json
from checker.operators.hosts import HostPattern, fits, host_pattern, host_patterns

HTTPS = 443
_LAST_PORT = 65_535


@dataclass(frozen=True, slots=True)
class Reach:
    """Hosts to reach, each pattern by one that fits it, on one port."""

    hosts: tuple[HostPattern, ...]
    port: int


class _State(Enum):
    """What a host's attempts on the system's own ways say together."""

    UNTESTED = "nothing that counts"
    ANSWERED = "at least one way answered"
    BLOCKED = "every way is blocked"
    CONFLICTING = "no way answered, and not every way is blocked"


_HOSTS: Json = {"anyOf": [TEXT, list_of(TEXT)]}
REACH_ARGUMENT: Json = {
    "anyOf": [
        *_HOSTS["anyOf"],
        {
            "type": "object",
            "properties": {"hosts": _HOSTS, "port": COUNT},
            "required": ["hosts"],
            "additionalProperties": False,
        },
    ]
}


def reaches(value: tuple[Attempt, ...], argument: Reach) -> Truth:
    """Hosts were reached from the device: for every pattern one that answered, and none that stayed blocked.

    The argument is a host pattern (see `host_matches`), a list of them, or `{hosts: [...], port: 80}`; without a port
    it is 443. Of each host, port, method and way only the last attempt counts, and only attempts that the system made
    (analyzer, analyzer-cert, mdatp, sense, system), on a known or untold way.

    | a host is | if |
    |---|---|
    | answered | one of its ways was reachable, with HTTP 200 to 399, 400, 404, 405, or none if its agent says so |
    | blocked | every way met no answer, a TLS error or HTTP 407; or a proxy's or firewall's rules deny it |
    | conflicting | no way answered, and another status came back (403, 451, 5xx), or results of one moment differ |

    A pattern is TRUE if a host that fits it answered and no such host is blocked or conflicting; FALSE if one is
    blocked; UNKNOWN otherwise. The least over the patterns counts. A TCP handshake, a person's browser or curl, or a
    rule that allows the host settles nothing: UNKNOWN.

    ```yaml
    url.tests: {reaches: {hosts: ["edr-*.*.endpoint.security.microsoft.com"], port: 443}}
    ```
    """
    return all_of(_reached(value, pattern, argument.port) for pattern in argument.hosts)


def reach(raw: Any, spec: FactSpec) -> Reach:  # noqa: ANN401 - raw YAML
    """Read the argument of ``reaches``."""
    if not isinstance(raw, dict):
        return Reach(host_patterns(raw, spec), HTTPS)
    entries = mapping(raw, ("hosts", "port"), "{hosts: [...], port: 443}")
    if "hosts" not in entries:
        raise ArgumentProblem("lacks 'hosts'", "write {hosts: [...], port: 443}")
    port = whole(entries["port"], least=1, most=_LAST_PORT) if "port" in entries else HTTPS
    return Reach(host_patterns(entries["hosts"], spec), port)


def _reached(attempts: Iterable[Attempt], pattern: HostPattern, port: int) -> Truth:
    on_port = [attempt for attempt in attempts if attempt.port == port]
    mine = [attempt for attempt in on_port if not is_policy(attempt) and fits(pattern, attempt.host)]
    hosts = sorted({attempt.host for attempt in mine})
    if any(_denies(attempt.host, pattern, hosts) for attempt in on_port if is_policy(attempt) and is_blocked(attempt)):
        return Truth.FALSE
    states = {_state(list(tries)) for _, tries in groupby(sorted(mine), key=lambda attempt: attempt.host)}
    if _State.BLOCKED in states:
        return Truth.FALSE
    if _State.ANSWERED in states and _State.CONFLICTING not in states:
        return Truth.TRUE
    return Truth.UNKNOWN


def is_on(attempt: Attempt, pattern: HostPattern) -> bool:
    """Return whether an attempt is on a host of a pattern, or a rule of a proxy takes in such a host."""
    return fits(pattern, attempt.host) or (is_policy(attempt) and _denies(attempt.host, pattern, ()))


def _denies(denied: str, pattern: HostPattern, hosts: Iterable[str]) -> bool:
    """Return whether a denied host or pattern takes in a host that was tried, a host that fits, or all that could."""
    if fits(pattern, denied):
        return True
    try:
        rule = host_pattern(denied)
    except ArgumentProblem:  # rules of a proxy may hold more than hosts
        return False
    return fits(rule, pattern.host) or any(fits(rule, host) for host in hosts)


def _state(attempts: list[Attempt]) -> _State:
    ways = [attempt for attempt in attempts if is_system(attempt)]
    if any(is_answered(way) for way in ways):
        return _State.ANSWERED
    if ways and all(is_blocked(way) for way in ways):
        return _State.BLOCKED
    if any(is_blocked(way) or way.status or way.result == CONFLICTING for way in ways):
        return _State.CONFLICTING
    return _State.UNTESTED
