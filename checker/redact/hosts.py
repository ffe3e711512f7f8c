"""Hosts that name nobody: those of Microsoft's services, which are the same for everyone."""

import re
from functools import cache
from typing import Final

from checker.packs.library import packs_folder, shipped_packs

_SERVICES: Final = re.compile(
    r"(?:\*?[a-z0-9-]{0,40}\.){0,6}(?:microsoft|windows|windowsupdate|msocsp|digicert)\.com"
)  # domains in which nobody else chooses a name
# Paths that testing tools ask for on every tenant's way; any other may name a tenant, a user or a file.
PUBLIC_PATHS: Final = frozenset(("", "/", "/ping", "/test", "/mdav/test", "/edr/commands/test"))
_HOST: Final = re.compile(r"(?:[a-z0-9-]+\.){1,6}[a-z]{2,3}(?![a-z0-9.-])")


def is_public(host: str) -> bool:
    """Tell whether a host, in lower case, is one that a shipped pack names, or lies in a domain of Microsoft's own."""
    return host in _named() or _SERVICES.fullmatch(host) is not None


@cache
def _named() -> frozenset[str]:
    texts = (path.read_text("utf-8") for pack in shipped_packs() for path in (packs_folder() / pack).glob("*.yaml"))
    return frozenset(host for text in texts for host in _HOST.findall(text))
