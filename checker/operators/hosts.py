"""Host patterns: whole labels, a leading ``*.`` for one or more of them, ``*`` within one label."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from checker.model.fact import FactSpec, KnownNone
from checker.model.truth import Truth
from checker.operators.arguments import each, items, text
from checker.operators.contract import ArgumentProblem

_LABEL = re.compile(r"[\w*-]+")


@dataclass(frozen=True, slots=True)
class HostPattern:
    """A pattern as its labels; ``subdomains``: any labels, at least one, may stand before them."""

    labels: tuple[str, ...]
    subdomains: bool

    @property
    def host(self) -> str:
        """The pattern as it is written."""
        return ".".join(("*", *self.labels) if self.subdomains else self.labels)


def host_matches(value: str | KnownNone, argument: tuple[HostPattern, ...]) -> Truth:
    """The host in the value fits the pattern, or one of several.

    The value may be a host, host:port or a URL. Labels are compared whole and without case: a leading `*.` stands for
    one or more labels, a `*` elsewhere for any characters of one label. So `*.endpoint.security.microsoft.com` fits
    edr-eus.us.endpoint.security.microsoft.com, but neither evilendpoint.security.microsoft.com nor
    endpoint.security.microsoft.com.evil.example. FALSE for known none and for a text that holds no host.

    ```yaml
    sense.event4_url: {host_matches: ["*.endpoint.security.microsoft.com", "*.endpoint.security.microsoft.us"]}
    ```
    """
    if isinstance(value, KnownNone):
        return Truth.FALSE
    host = host_of(value)
    return Truth.of(any(fits(pattern, host) for pattern in argument))


def host_patterns(raw: Any, _spec: FactSpec) -> tuple[HostPattern, ...]:  # noqa: ANN401 - raw YAML
    """Read a pattern or a list of patterns."""
    raws = items(raw) if isinstance(raw, list) else [raw]
    return tuple(dict.fromkeys(each(raws, host_pattern)))


def host_pattern(raw: Any) -> HostPattern:  # noqa: ANN401 - raw YAML
    """Read one pattern."""
    spelled = text(raw).strip()
    labels = tuple(spelled.casefold().removesuffix(".").split("."))
    if not all(_LABEL.fullmatch(label) for label in labels):
        host = host_of(spelled)
        raise ArgumentProblem(f"'{spelled}' is no host pattern", f"only the host: {host}" if host else "")
    if set(labels) <= {"*"}:
        raise ArgumentProblem(f"'{spelled}' would fit any host", "name a domain: *.contoso.example")
    subdomains = labels[0] == "*"
    return HostPattern(labels[1:] if subdomains else labels, subdomains)


def host_of(value: str) -> str:
    """Return the host in a host, host:port or URL, folded and without a trailing dot; "" if there is none."""
    spelled = value.strip().replace("\\", "/")  # browsers read a backslash as a slash: what follows is no host
    try:
        host = urlsplit(spelled if "://" in spelled else f"//{spelled}").hostname
    except ValueError:  # unbalanced brackets
        return ""
    return (host or "").casefold().removesuffix(".")


@lru_cache(maxsize=65_536)
def fits(pattern: HostPattern, host: str) -> bool:
    """Return whether a folded host fits a pattern."""
    labels = host.split(".")
    if not all(labels):
        return False
    surplus = len(labels) - len(pattern.labels)
    if surplus < 1 if pattern.subdomains else surplus != 0:
        return False
    return all(_label_fits(wanted, label) for wanted, label in zip(pattern.labels, labels[surplus:], strict=True))


def _label_fits(wanted: str, label: str) -> bool:
    """``*`` is any run of characters; a scan from the left, so that no pattern takes more than linear time."""
    first, *others = wanted.split("*")
    if not others:
        return wanted == label
    *inner, last = others
    if len(label) < len(first) + len(last) or not label.startswith(first) or not label.endswith(last):
        return False
    position, end = len(first), len(label) - len(last)
    for part in inner:
        found = label.find(part, position, end)
        if found < 0:
            return False
        position = found + len(part)
    return True
