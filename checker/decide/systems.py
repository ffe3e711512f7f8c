"""What reports call the operating system and the group of a device: words to count and filter by, never judged by."""

import re
from typing import Final

import numpy as np
import polars as pl

from checker.decide.evidence import texts_of
from checker.engine.columns import Bucket

SYSTEM_FACTS: Final = ("os.family", "os.role", "os.distribution", "os.build", "os.version")
DESCRIBING: Final = (*SYSTEM_FACTS, "device.group")  # what has to be read for these columns

# Windows builds by name, after Microsoft's release information for Windows client and Windows Server (2026-11). Three
# builds are of both, and version names repeat between products, so that the role and the build tell them apart.
_CLIENTS: Final = {
    "7601": "Windows 7 SP1", "9200": "Windows 8", "9600": "Windows 8.1",
    "10240": "Windows 10 1507", "10586": "Windows 10 1511", "14393": "Windows 10 1607", "15063": "Windows 10 1703",
    "16299": "Windows 10 1709", "17134": "Windows 10 1803", "17763": "Windows 10 1809", "18362": "Windows 10 1903",
    "18363": "Windows 10 1909", "19041": "Windows 10 2004", "19042": "Windows 10 20H2", "19043": "Windows 10 21H1",
    "19044": "Windows 10 21H2", "19045": "Windows 10 22H2", "22000": "Windows 11 21H2", "22621": "Windows 11 22H2",
    "22631": "Windows 11 23H2", "26100": "Windows 11 24H2", "26200": "Windows 11 25H2", "28000": "Windows 11 26H1",
}  # fmt: skip
_SERVERS: Final = {
    "7601": "Windows Server 2008 R2", "9200": "Windows Server 2012", "9600": "Windows Server 2012 R2",
    "14393": "Windows Server 2016", "16299": "Windows Server 1709", "17134": "Windows Server 1803",
    "17763": "Windows Server 2019", "18362": "Windows Server 1903", "18363": "Windows Server 1909",
    "19041": "Windows Server 2004", "19042": "Windows Server 20H2", "20348": "Windows Server 2022",
    "25398": "Windows Server 23H2", "26100": "Windows Server 2025",
}  # fmt: skip
_SYSTEMS: Final = {"macos": "macOS", "ios": "iOS", "android": "Android", "other": "Other"}
_DISTRIBUTIONS: Final = {
    "ubuntu": "Ubuntu", "debian": "Debian", "centos": "CentOS", "fedora": "Fedora", "rocky": "Rocky Linux",
    "almalinux": "AlmaLinux", "redhatenterpriselinux": "Red Hat Enterprise Linux", "oraclelinux": "Oracle Linux",
    "amazonlinux": "Amazon Linux", "suselinux": "SUSE Linux", "mariner": "Azure Linux",
}  # fmt: skip
# What a name that is told above is made of; anything else is an export's own word.
_NAME: Final = re.compile(
    "(?:(?:" + "|".join({"Windows", "Windows Server", "Linux", *_SYSTEMS.values(), *_DISTRIBUTIONS.values()}) + ")"
    r"(?: [0-9]+(?:\.[0-9]+)*)?|" + "|".join({*_CLIENTS.values(), *_SERVERS.values()}) + ")"
)
_BETWEEN: Final = "\x1f"  # the unit separator: no value that names a system has it


def described(bucket: Bucket) -> pl.DataFrame:
    """Return the columns ``os`` and ``group`` of every device of a bucket; null where nothing tells."""
    everyone = np.arange(bucket.devices)
    facts = {fact: texts_of(bucket.column(fact), everyone).str.strip_chars() for fact in SYSTEM_FACTS}
    keys = pl.DataFrame(facts).select(pl.concat_str(pl.all().fill_null(""), separator=_BETWEEN)).to_series()
    names = {key: system_name(*key.split(_BETWEEN)) or None for key in keys.unique().to_list()}
    group = texts_of(bucket.column("device.group"), everyone).str.strip_chars().replace("", None)
    return pl.DataFrame({"os": keys.replace_strict(names, return_dtype=pl.String), "group": group})


def system_name(family: str, role: str, distribution: str, build: str, version: str) -> str:
    """Return what people call a system; each argument is empty where it is not known, and so is the name then."""
    match family.lower():
        case "windows":
            kind = "Windows Server" if role == "server" else "Windows"
            known = {"client": _CLIENTS, "server": _SERVERS}.get(role, {})
            return known.get(build) or f"{kind} {build}".strip()
        case "linux":
            return f"{_DISTRIBUTIONS.get(distribution.lower(), distribution) or 'Linux'} {version}".strip()
        case "":
            return ""
        case other:
            return f"{_SYSTEMS.get(other, family)} {version.split('.')[0]}".strip()


def is_system(text: str) -> bool:
    """Tell whether a text is a name that this tool gives a system, and no word of an export."""
    return _NAME.fullmatch(text) is not None
