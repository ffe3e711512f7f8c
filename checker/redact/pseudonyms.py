"""Keyed pseudonyms: HMAC-SHA-256 over the kind of a name and the name itself, folded as the tool compares it.

The same key gives the same pseudonym, in every run and for exports as for results; without the key nobody can tell from
a pseudonym which name it stands for, nor try names out. A pseudonym has the form of what it replaces: a Defender id has
40 hexadecimal digits, an Entra id that of a GUID, a full name still is a short name and a domain.
"""

import hmac
import re
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address
from pathlib import PurePosixPath
from typing import Final

from checker.redact.hosts import PUBLIC_PATHS, is_public

# Of device names, of which there may be a million: two of them fall together once in 30 million such fleets.
NAME_DIGITS: Final = 16
DIGITS: Final = 12  # of groups, tags, people, files: thousands of them fall together once in 50 million times
NAME, ENTRA = "name:", "entra:"  # before the keys of devices that have no Defender id (inventory/identify.py)
OWN: Final = re.compile(
    r"(intune:|configmgr:|jamf:|servicenow:|azure:|osquery:)(.+)", re.DOTALL
)  # likewise, the ids of other systems
PLAIN: Final = "\0"  # before a text that is a pseudonym already; no name has it, since no text with it is read

_MDE_ID: Final = re.compile(r"[0-9a-f]{40}")
_GUID: Final = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}")
_ENDINGS: Final = frozenset(
    (".csv", ".json", ".jsonl", ".ndjson", ".txt", ".yaml", ".yml", ".parquet", ".sarif", ".xml", ".log", ".zip")
) | {".gz", ".zst", ".xlsx"}
_OPTIONS: Final = ("--assume", "--tool")  # of the command line, where a statement stands that no file makes
_PLACE: Final = re.compile(r"(?::[0-9]+){1,2}\Z")  # file:line:column
_URL: Final = re.compile(
    r"(?P<scheme>[a-z][a-z0-9+.-]*://)?(?P<user>[^@/]*@)?(?P<host>\[[^\]]*\]|[^/:?#]+)(?P<port>:[0-9]{1,5})?(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Pseudonyms:
    """The pseudonyms of one key."""

    key: bytes

    @property
    def mark(self) -> str:
        """What two results with the same key have in common; tells nothing of the key."""
        return self._digits("key", "", DIGITS)

    def label(self, kind: str, text: str) -> str:
        """Return ``KIND-…`` for a text of which only its being the same matters, case and space around it aside."""
        return f"{kind}-{self._digits(kind, _folded(text), DIGITS)}" if text else text

    def name(self, text: str) -> str:
        """Return the pseudonym of a device's name: of its first label, and of its domain if it has one."""
        if text.startswith(PLAIN):
            return text.removeprefix(PLAIN)
        short, dot, domain = text.strip().lower().rstrip(".").partition(".")
        first = f"device-{self._digits('device', short, NAME_DIGITS)}" if short else ""
        return first + (f".{self.domain(domain)}" if dot else "")

    def domain(self, text: str) -> str:
        """Return the pseudonym of a domain, which nobody can own: ``.example`` is kept for examples."""
        return f"domain-{self._digits('domain', _folded(text).strip('.'), DIGITS)}.example"

    def mde_id(self, text: str) -> str:
        """Return 40 hexadecimal digits; all zeros stand for no id, and stay."""
        folded = _folded(text)
        return self._digits("id", folded, 40) if folded.strip("0") else text

    def guid(self, text: str) -> str:
        """Return the pseudonym of a GUID, with hyphens or without as it has them; all zeros stay."""
        digits = _folded(text).replace("-", "")
        if not digits.strip("0"):
            return text
        found = self._digits("guid", digits, 32)
        parts = (found[:8], found[8:12], found[12:16], found[16:20], found[20:])
        return "-".join(parts) if "-" in text else found

    def id(self, text: str) -> str:
        """Return the pseudonym of an id by its form; of one that has no known form ``id-…``."""
        if text.startswith(PLAIN):
            return text.removeprefix(PLAIN)
        folded = _folded(text).strip("{}")
        if _MDE_ID.fullmatch(folded):
            return self.mde_id(folded)
        return self.guid(folded) if _GUID.fullmatch(folded) else self.label("id", text)

    def called(self, text: str) -> str:
        """Return the pseudonym of whatever a device is called: its name, or an id where it has none."""
        folded = _folded(text)
        if folded.startswith(ENTRA) and _GUID.fullmatch(folded.removeprefix(ENTRA)):
            return ENTRA + self.guid(folded.removeprefix(ENTRA))
        if _MDE_ID.fullmatch(folded) or _GUID.fullmatch(folded):
            return self.id(folded)
        if own := OWN.fullmatch(folded):
            return own[1] + self.id(own[2])
        return self.name(text) if text else text

    def device(self, text: str) -> str:
        """Return the pseudonym of a device's id: one of the service, or ``name:`` and its name."""
        return NAME + self.called(text.removeprefix(NAME)) if text.startswith(NAME) else self.called(text)

    def address(self, text: str) -> str:
        """Return a host, an IP address or a URL without what it names; hosts of Microsoft's services stay.

        Of a URL scheme and port are kept, a path only if every test asks for it; credentials become ``user:password``.
        """
        found = _URL.fullmatch(text.strip())
        if not found:
            return self.label("text", text)
        host = found["host"].lower().rstrip(".")
        public = is_public(host)
        user = "user:password@" if found["user"] else ""
        path = found["rest"] if public and found["rest"] in PUBLIC_PATHS else ""
        return f"{found['scheme'] or ''}{user}{host if public else self._host(host)}{found['port'] or ''}{path}"

    def file(self, text: str) -> str:
        """Return ``file-….csv`` for the path of a file, with the line and column that may follow it."""
        place = match[0] if (match := _PLACE.search(text)) else ""
        path = text.removesuffix(place)
        if path in ("", *_OPTIONS):
            return text
        ending = PurePosixPath(path).suffix.lower()
        return f"file-{self._digits('file', path, DIGITS)}{ending if ending in _ENDINGS else ''}{place}"

    def _host(self, host: str) -> str:
        try:
            version = ip_address(host.strip("[]")).version
        except ValueError:
            return self.name(host)
        digits = self._digits("address", host, 8)
        # Of ranges that are kept for documentation and benchmarks: no packet goes there.
        if version == 4:
            return f"198.18.{int(digits[:2], 16)}.{int(digits[2:4], 16)}"
        return f"[2001:db8::{digits[:4]}:{digits[4:]}]"

    def _digits(self, kind: str, text: str, number: int) -> str:
        return _digest(self.key, kind, text)[:number]


def _folded(text: str) -> str:
    return text.strip().casefold()


@lru_cache(maxsize=65_536)
def _digest(key: bytes, kind: str, text: str) -> str:
    return hmac.digest(key, f"{kind}\0{text}".encode(errors="surrogatepass"), "sha256").hex()
