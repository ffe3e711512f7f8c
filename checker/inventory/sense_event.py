"""One event of SENSE, the sensor of Windows, out of the columns in which exports of its log hold it.

Values are matched by name (``UInt1``, ``Message1``), else by place, else by the text: the wording differs by year and
language, the first URL does not.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

PROVIDER = "microsoft-windows-sense"
STREAMLINED = (".endpoint.security.microsoft.com", ".endpoint.security.microsoft.us")
STANDARD = re.compile(r"winatp-gw-[\w-]+\.microsoft\.(?:com|us)")  # command hosts of standard connectivity
URL = re.compile(r"https?://[^\s<>\"'\]]{1,500}", re.IGNORECASE)
BARE_HOST = re.compile(r"(?<![\w.@-])(?:[\w-]{1,63}\.){1,8}microsoft\.(?:com|us)(?![\w-])", re.IGNORECASE)
HOST = re.compile(r"[a-z0-9.-]{1,253}")
VERSION = re.compile(r"(?<![\d.])\d{1,5}(?:\.\d{1,6}){2,3}(?![\d.])")
COUNT = re.compile(r"\b(\d{1,9}) times\b")
FIRST_VALUE = re.compile(r'^\[\s*\{\s*"Value":\s*(\d{1,9})\s*\}')  # of PowerShell's list of values
NUMBER = re.compile(r"\d{1,18}")
STATUS = re.compile(r"[1-5]\d\d")  # of HTTP; what fails before that has a Windows error number there
# What is asked of an event, each with the titles under which exports hold it; places follow the manifest of SENSE.
TITLES = {
    "provider": ("ProviderName", "LogName"),
    "id": ("Id",),
    "record": ("RecordId",),
    "time": ("TimeCreated",),
    "machine": ("MachineName",),
    "message": ("Message",),
    "values": ("Properties",),
    "count": ("Data.UInt1", "Data.1"),
    "text": ("Data.Message1", "Data.2", "Data.1"),
    "code": ("Data.Int1", "Data.3"),
}


@dataclass(frozen=True, slots=True)
class SenseEvent:
    """An event: what it is, when it was (naive UTC), and what its values say; "" where they say nothing."""

    place: int  # of its record in the file
    id: int
    record: int | None  # number in its log
    time: datetime | None
    exact: bool  # the time named its zone
    url: str = ""
    host: str = ""
    count: str = ""
    status: str = ""
    version: str = ""

    @property
    def time_text(self) -> str:
        """Return the time as text."""
        return f"{self.time.isoformat()}Z" if self.time else ""

    @property
    def is_bad_news(self) -> bool:
        """Tell whether it names a standard host: of two contacts at one time such a one counts as the later."""
        return is_standard(self.host)


def sense_event(place: int, texts: Mapping[str, str], time: datetime | None, exact: bool) -> SenseEvent:
    """Return the event that a record is, of its texts by the names of ``TITLES``."""
    values = [texts.get("text", ""), texts.get("values", ""), texts.get("message", "")]
    url = _url(values)
    number = NUMBER.fullmatch(texts.get("record", "").strip())
    count = NUMBER.fullmatch(texts.get("count", "").strip()) or FIRST_VALUE.search(texts.get("values", ""))
    count = count or COUNT.search(texts.get("message", ""))
    code = STATUS.fullmatch(texts.get("code", "").strip())
    version = next((found for text in values if (found := VERSION.search(text))), None)
    return SenseEvent(
        place=place,
        id=int(texts["id"]),
        record=int(number[0]) if number else None,
        time=time,
        exact=exact,
        url=url,
        host=host_of(url),
        count=count[count.re.groups] if count else "",
        status=code[0] if code else "",
        version=version[0] if version else "",
    )


def is_streamlined(host: str) -> bool:
    """Tell whether a host is one of the streamlined service."""
    return host.endswith(STREAMLINED)


def is_standard(host: str) -> bool:
    """Tell whether a host is a command host of standard connectivity."""
    return STANDARD.fullmatch(host) is not None


def _url(values: list[str]) -> str:
    for pattern in (URL, BARE_HOST):
        for text in values:
            if found := pattern.search(text):
                return found[0].rstrip(".,;)>")
    return ""


def host_of(url: str) -> str:
    """Return the host of a URL, in lower case; "" where it cannot be read."""
    try:
        host = urlsplit(url if "://" in url else f"//{url}").hostname or ""
    except ValueError:
        return ""
    return host.rstrip(".") if HOST.fullmatch(host) else ""
