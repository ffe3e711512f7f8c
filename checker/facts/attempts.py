"""Texts to attempts to reach hosts, what an attempt proves, and the two facts that are told from attempts."""

import json
import re
from collections.abc import Iterable
from dataclasses import asdict, replace
from typing import Any

from checker.facts.lists import fold, read_json
from checker.model.fact import Attempt
from checker.model.outcome import Missing

_KEYS = frozenset({"host", "port", "path", "method", "via", "result", "status", "error"})
_HTTPS = 443
_LAST_PORT = 65_535
_LAST_STATUS = 999

# Who asked. Only these run as the system and take the system's ways out. Every other word is weak: a person's shell or
# browser has another proxy and other rights, a TCP handshake shows neither proxy nor TLS, a list of rules is no try at
# all, and of a word that nobody here knows nothing is known.
_SYSTEM_METHODS = frozenset({"analyzer", "analyzer-cert", "mdatp", "sense", "system"})
WAYS = frozenset({"direct", "system_proxy", "wpad", "named_proxy", "unknown", ""})  # any other word is weak as well
ALLOW_LIST = "allow-list"
_POLICY_METHODS = frozenset({ALLOW_LIST, "policy"})
_WITHOUT_STATUS = frozenset({"mdatp", "sense", "analyzer"})  # say "reachable" only after an HTTP answer

_ANSWERS = frozenset({*range(200, 400), 400, 404, 405})  # 400, 404, 405: the service itself refuses an empty request
_PROXY_AUTHENTICATION = 407

CONFLICTING = "conflicting"  # the result of attempts at one moment that prove different things, or in unknown words
NOT_TESTED = "not_tested"
RESULTS = frozenset({"reachable", "blocked", "tls_error", NOT_TESTED, CONFLICTING, ""})

_CURL_REFUSED = re.compile(r"curl\D{0,20}(?:35|60)(?![0-9])|^\s*(?:35|60)\s*$", re.IGNORECASE)  # TLS pinning rejected

_PINNED = frozenset({"mdatp", "sense", "analyzer-cert"})  # check the service's own certificate chain
_SERVICE_DOMAINS = (".endpoint.security.microsoft.com", ".endpoint.security.microsoft.us")


def read_attempts(text: str) -> tuple[Attempt, ...] | Missing:
    """Return the attempts of a JSON array of objects, sorted; the last for each host, port, method and way counts.

    An unknown key, a missing host or a port or status that is no number makes the whole UNREADABLE: evidence that is
    only half understood must not settle anything. A result in other words than ours is ``conflicting``, which settles
    nothing either. An empty array is BLANK.
    """
    try:
        found = read_json(text)
        if not isinstance(found, list):
            return Missing.UNREADABLE
        return latest(_attempt(entry) for entry in found) or Missing.BLANK
    except ValueError:
        return Missing.UNREADABLE


def latest(attempts: Iterable[Attempt]) -> tuple[Attempt, ...]:
    """Return the last attempt for each host, port, method and way, sorted; ``attempts`` are in time order.

    What was not tested says nothing beside what was. That the proxy asked for credentials (407) stands until something
    answers there: no answer at all, later, shows neither that it asks nor that it does not.
    """
    last: dict[tuple[str, int, str, str], Attempt] = {}
    for attempt in attempts:
        way = (attempt.host, attempt.port, attempt.method, attempt.via)
        before = last.get(way)
        if before is None or attempt.result != NOT_TESTED:
            asked = before is not None and before.status == _PROXY_AUTHENTICATION
            silent = asked and is_blocked(attempt) and not attempt.status
            last[way] = replace(attempt, status=_PROXY_AUTHENTICATION) if silent else attempt
    return tuple(sorted(last.values()))


def at_once(attempts: Iterable[Attempt]) -> tuple[Attempt, ...]:
    """Return one attempt for each host, port, method and way, out of those of one moment, whatever their order.

    Where one was answered and another was not, nothing decides between them: the result is ``conflicting``. A line of a
    proxy's rules that denies stands, and what was not tested says nothing beside what was.
    """
    several: dict[tuple[str, int, str, str], list[Attempt]] = {}
    for attempt in sorted(set(attempts)):
        several.setdefault((attempt.host, attempt.port, attempt.method, attempt.via), []).append(attempt)
    return tuple(sorted(_settled(together) for together in several.values()))


def attempts_text(attempts: Iterable[Attempt]) -> str:
    """Return the one text of some attempts, the same for equal attempts."""
    return json.dumps([asdict(attempt) for attempt in attempts], ensure_ascii=False)


def is_policy(attempt: Attempt) -> bool:
    """Return whether it is a line of a proxy's or firewall's rules rather than a try."""
    return attempt.method in _POLICY_METHODS


def is_system(attempt: Attempt) -> bool:
    """Return whether it was really tried, by the system, and on a way that is known or not told."""
    return attempt.result != NOT_TESTED and attempt.method in _SYSTEM_METHODS and attempt.via in WAYS


def is_blocked(attempt: Attempt) -> bool:
    """Return whether it met no answer, a TLS error or a proxy that wants credentials."""
    return attempt.result in ("blocked", "tls_error") or attempt.status == _PROXY_AUTHENTICATION


def is_answered(attempt: Attempt) -> bool:
    """Return whether the service itself answered: the result says so, and no status that came back speaks against."""
    if attempt.result != "reachable" or is_blocked(attempt):
        return False
    return attempt.status in _ANSWERS if attempt.status else attempt.method in _WITHOUT_STATUS


def read_tls_inspection(text: str) -> bool | Missing:
    """Return whether something opens TLS to the service's hosts; BLANK where the attempts prove neither.

    True on any TLS error, curl 35 or 60; False where an agent or check that pins the service's certificate got through.
    """
    attempts = _tries(text)
    if isinstance(attempts, Missing):
        return attempts
    if any(_shows_inspection(attempt) for attempt in attempts):
        return True
    if any(attempt.result == CONFLICTING for attempt in attempts):
        return Missing.BLANK
    got_through = any(
        attempt.method in _PINNED and attempt.result == "reachable" and attempt.host.endswith(_SERVICE_DOMAINS)
        for attempt in attempts
    )
    return False if got_through else Missing.BLANK


def read_proxy_authentication(text: str) -> bool | Missing:
    """Return whether the way out asks for credentials: True on any HTTP 407, False on an answer in system context."""
    attempts = _tries(text)
    if isinstance(attempts, Missing):
        return attempts
    if any(attempt.status == _PROXY_AUTHENTICATION for attempt in attempts):
        return True
    if any(attempt.result == CONFLICTING for attempt in attempts):
        return Missing.BLANK
    return False if any(is_system(attempt) and is_answered(attempt) for attempt in attempts) else Missing.BLANK


def _tries(text: str) -> tuple[Attempt, ...] | Missing:
    """Return the attempts that were made: rules of a proxy show neither whether it inspects nor whom it asks."""
    attempts = read_attempts(text)
    return attempts if isinstance(attempts, Missing) else tuple(each for each in attempts if not is_policy(each))


def _settled(attempts: list[Attempt]) -> Attempt:
    tried = [attempt for attempt in attempts if attempt.result != NOT_TESTED] or attempts
    denied = [attempt for attempt in tried if is_policy(attempt) and is_blocked(attempt)]
    told = denied or tried
    if len({(is_answered(attempt), is_blocked(attempt)) for attempt in told}) == 1:
        return max(told, key=_telling)
    return replace(told[0], path="", result=CONFLICTING, status=0, error="")


def _telling(attempt: Attempt) -> tuple[bool, bool, bool, bool, Attempt]:
    """Return how much an attempt shows beside whether it was answered; more is greater."""
    shown = (_shows_inspection(attempt), attempt.status == _PROXY_AUTHENTICATION, attempt.status != 0)
    return (*shown, attempt.result == "reachable", attempt)


def _shows_inspection(attempt: Attempt) -> bool:
    return attempt.result == "tls_error" or _CURL_REFUSED.search(attempt.error) is not None


def _attempt(entry: Any) -> Attempt:  # noqa: ANN401 - what the JSON holds
    if not isinstance(entry, dict) or not entry.keys() <= _KEYS:
        raise ValueError("not an attempt")
    host = fold(_text(entry, "host")).removesuffix(".")
    method = fold(_text(entry, "method")).replace("_", "-").replace(" ", "-")
    if not host or ("*" in host and method not in _POLICY_METHODS):
        raise ValueError("no host")  # only rules of a proxy are for several: nobody tried a pattern
    result = fold(_text(entry, "result")).replace("-", "_").replace(" ", "_")
    return Attempt(
        host=host,
        port=_number(entry, "port", _HTTPS, range(1, _LAST_PORT + 1)),
        path=_text(entry, "path").strip(),
        method=method,
        via=fold(_text(entry, "via")).replace("-", "_").replace(" ", "_"),
        result=result if result in RESULTS else CONFLICTING,
        status=_number(entry, "status", 0, range(_LAST_STATUS + 1)),
        error=_text(entry, "error").strip(),
    )


def _text(entry: dict[str, Any], key: str) -> str:
    value = entry.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ValueError(key)
    return value


def _number(entry: dict[str, Any], key: str, default: int, allowed: range) -> int:
    text = _text(entry, key).strip()
    if not text:
        return default
    if not re.fullmatch("[0-9]{1,5}", text) or int(text) not in allowed:
        raise ValueError(key)
    return int(text)
