"""One line of a proxy's or firewall's rules as attempts to reach a host, of which none was made.

A rule that allows proves nothing; one that denies a whole host is as good as a blocked try. ``.host`` means the host
and all below it, ``*.host`` all below it; without a scheme and a port a rule is for HTTPS and HTTP alike. A rule for a
part of a host (a path) and one that only spares a host from inspection settle nothing.
"""

import json
import re

from checker.facts.attempts import ALLOW_LIST, NOT_TESTED

PATTERN = re.compile(
    r"(?:(?P<scheme>https?)://)?(?P<host>[*.]?[\w*-]+(?:\.[\w*-]+)*)\.?(?::(?P<port>[0-9]{1,5}))?(?P<path>/[^\s?#]*)?",
    re.IGNORECASE,
)
WHOLE = ("", "/", "/*", "/.*")  # paths that leave out nothing of a host
PORTS = {"http": (80,), "https": (443,), "": (443, 80)}
LAST_PORT = 65_535
RESULTS = {"allow": NOT_TESTED, "deny": "blocked", "bypass_inspection": NOT_TESTED}
UNREAD_RULE = "(a rule that cannot be read)"  # in place of the text, which may hold anything


def read_rule(pattern: str, action: str) -> str:
    """Return the attempts of a rule as a text of ``url.tests``; UNREAD_RULE for what is no host or action."""
    match = PATTERN.fullmatch(pattern.strip())
    result = RESULTS.get(action or "allow")
    if not match or not result or (match["port"] and not 0 < int(match["port"]) <= LAST_PORT):
        return UNREAD_RULE
    host = match["host"].casefold()
    ports = (int(match["port"]),) if match["port"] else PORTS[(match["scheme"] or "").lower()]
    if (match["path"] or "") not in WHOLE:
        result = NOT_TESTED
    hosts = (host[1:], f"*{host}") if host.startswith(".") else (host,)
    attempts = [
        {"host": each, "port": str(port), "method": ALLOW_LIST, "result": result} for each in hosts for port in ports
    ]
    return json.dumps(attempts, separators=(",", ":"), sort_keys=True)
