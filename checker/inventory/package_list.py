"""Reads what rpm and dpkg say of packages, one record for each package that is named.

Answers of ``rpm -q``, ``dpkg -l`` and ``dpkg-query -W``, alone or behind the line with which Ansible names the host
(``lnx-01 | CHANGED | rc=0 >>``). All other lines (the legend of dpkg, warnings) are no records.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass, fields

import polars as pl

from checker.errors import InputError, Problem
from checker.inventory.source import Source
from checker.inventory.table import Faults, Opened, RawTable

NAME = r"[a-z0-9][a-z0-9+._-]{0,80}"
VERSION = r"[0-9][0-9A-Za-z.+~:^-]{0,80}"
REST = "(?:non-zero return code)?"  # Ansible puts its own words right behind those of a program that failed
HOST = re.compile(
    r"(?P<host>[\w.:-]{1,255}) \| (?:CHANGED|SUCCESS|FAILED|UNREACHABLE!?)(?: \| rc=-?\d+)?(?: \||=>| >>).*"
)
RPM = re.compile(rf"(?P<package>{NAME})-(?P<version>[^-\s]+)-(?P<release>[^-\s]+)\.(?:x86_64|aarch64|noarch|i686)")
RPM_NONE = re.compile(rf"package (?P<package>{NAME}) is not installed{REST}")
DPKG = re.compile(
    rf"[uihrp](?P<state>[nicurhFHUWt])[R ]?\s{{2,}}(?P<package>{NAME})(?::\w+)?\s+(?P<version>{VERSION}|<none>)\s+"
    r"(?:amd64|arm64|i386|all|<none>)(?:\s.*)?"
)
DPKG_NONE = re.compile(rf"dpkg-query: no packages found matching (?P<package>{NAME}?){REST}")
# Of dpkg-query -W; any other name could begin a table with tabs.
QUERY = re.compile(rf"(?P<package>mdatp)(?::\w+)?\t(?P<version>{VERSION})")
ABSENT = "not installed"
STATES = {"i": "installed", "n": ABSENT, "c": ABSENT}  # c: removed, its settings are left
LOOKED_AT = 12  # lines: dpkg explains its columns in five of them


@dataclass(frozen=True, slots=True)
class Package:
    """One package on one host."""

    Host: str | None
    Package: str
    Version: str | None  # "not installed" of one that is not, whichever it was
    State: str  # installed | not installed | other


def is_package_list(lines: Sequence[str]) -> bool:
    """Tell whether the first lines of a text are an answer of rpm or dpkg, or what Ansible puts before one."""
    return any(_package(line.strip(), None) or HOST.fullmatch(line.strip()) for line in lines[:LOOKED_AT])


def open_package_list(source: Source, _known: frozenset[str], _faults: Faults) -> Opened:
    """Read the packages; a host that answers nothing of a package is no record."""
    found = list(_packages(source.text()))
    if not found:
        raise InputError(Problem(source.path, "names no package", "ask again: rpm -q mdatp, or dpkg -l mdatp"))
    titles = tuple(each.name for each in fields(Package) if any(getattr(one, each.name) for _, one in found))

    def tables(_wanted: frozenset[str]) -> Iterator[RawTable]:
        columns = list(zip(*(astuple(package) for _, package in found), strict=True))
        every = {each.name: column for each, column in zip(fields(Package), columns, strict=True)}
        yield RawTable(
            pl.DataFrame({title: every[title] for title in titles}, schema=dict.fromkeys(titles, pl.String)),
            pl.Series("row", range(1, len(found) + 1), pl.UInt32),
            pl.Series("line", [line for line, _ in found], pl.UInt32),
        )

    return Opened("packages", titles, "answers of rpm or dpkg", tables)


def _packages(text: str) -> Iterator[tuple[int, Package]]:
    host = None
    for number, line in enumerate(text.splitlines(), start=1):
        if match := HOST.fullmatch(line.strip()):
            host = match["host"]
        elif package := _package(line.strip(), host):
            yield number, package


def _package(line: str, host: str | None) -> Package | None:
    if match := DPKG.fullmatch(line):
        version = None if match["version"] == "<none>" else match["version"]
        state = STATES.get(match["state"], "other")
        return Package(host, match["package"], ABSENT if state == ABSENT else version, state)
    if match := RPM.fullmatch(line) or QUERY.fullmatch(line):
        return Package(host, match["package"], match["version"], "installed")
    if match := RPM_NONE.fullmatch(line) or DPKG_NONE.fullmatch(line):
        return Package(host, match["package"], ABSENT, ABSENT)
    return None
