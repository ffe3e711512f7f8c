"""Reads the reports in XML of the MDE Client Analyzers: one record each, its columns ``section.entry``.

That for Windows keeps the text of an entry in an element of its own. Its times are of the device, whose zone stands in
the time at which the analyzer ran, always day first. That for macOS and Linux has the text in the entry itself, and a
time in UTC, of which the older versions do not say so.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime

import polars as pl

from checker.inventory.mapping import title_key
from checker.inventory.source import Source
from checker.inventory.table import Faults, Kind, Opened, RawTable
from checker.inventory.xml_elements import Element, read_elements

WINDOWS, UNIX = "MDEResults", "mdatp"  # the root elements
NOTHING = ("", "None")  # as the analyzer for macOS and Linux, a Python program, writes that there is none
RUN_TIME = re.compile(
    r"(?P<day>\d\d)[/.-](?P<month>\d\d)[/.-](?P<year>\d{4})\s+(?P<clock>\d{1,2}:\d\d:\d\d\s[AP]M)\s+(?P<zone>[+-]\d\d:\d\d)"
)
BOOT_TIME = "%m/%d/%Y %H:%M:%S"  # what PowerShell makes of a date in a text, whatever the language
JOINS = {(True, True): "hybrid-joined", (False, True): "entra-joined", (True, False): "domain-joined"}

Fields = dict[str, str]


def open_report(source: Source, known: frozenset[str], _faults: Faults) -> Opened:
    """Read reports in XML, one record each; raise :class:`InputError` where there is none."""
    roots = read_elements(source.text(), source.path, frozenset((WINDOWS, UNIX)))
    read = {WINDOWS: _report, UNIX: _unix_report}
    return opened("report", "a report in XML", [(root.line, read[root.name](root, known)) for root in roots])


def opened(kind: Kind, seen: str, rows: Sequence[tuple[int, Fields]]) -> Opened:
    """Return a file of records that are already read, each with its line."""
    titles = tuple(dict.fromkeys(title for _, fields in rows for title in fields))

    def tables(_wanted: frozenset[str]) -> Iterator[RawTable]:
        texts = {title: [fields.get(title) for _, fields in rows] for title in titles}
        yield RawTable(
            pl.DataFrame(texts, schema=dict.fromkeys(titles, pl.String)),
            pl.Series("row", range(1, len(rows) + 1), pl.UInt32),
            pl.Series("line", [line for line, _ in rows], pl.UInt32),
        )

    return Opened(kind, titles, seen, tables)


def _report(root: Element, known: frozenset[str]) -> Fields:
    """Return what a report says: ``section.entry``, and with the name that is shown where entries repeat."""
    fields: Fields = {}
    for section in root.children:
        for entry in section.children:
            if (value := entry.texts("value")) is None:
                continue
            shown = f"{section.name}.{entry.name} ({entry.attributes.get('displayName', '').strip(' :')})"
            for title in (f"{section.name}.{entry.name}", shown):
                if title_key(title) in known:
                    fields.setdefault(title, value)
    events = root.child("events")
    ids = [event.attributes.get("id", "") for event in events.children] if events else []
    fields["events"] = ",".join(["", *(event for event in ids if event.isdecimal()), ""])
    times = times_of(_value(root, "general", "scriptRunTime"), _value(root, "devInfo", "SystemBootTime"))
    joined = [_value(root, "MDEDevConfig", name).casefold() for name in ("DomainJoined", "AzureADJoined")]
    if all(joined):
        fields["join type"] = JOINS.get((joined[0] == "yes", joined[1] == "yes"), "")
    return {title: text for title, text in {**fields, **times}.items() if text}


def _unix_report(root: Element, known: frozenset[str]) -> Fields:
    """Return what a report of the analyzer for macOS and Linux says."""
    entries = ((f"{section.name}.{entry.name}", entry) for section in root.children for entry in section.children)
    said = [(title, entry.text.strip()) for title, entry in entries if title_key(title) in known]
    return {title: text for title, text in reversed(said) if text not in NOTHING}


def _value(root: Element, section: str, entry: str) -> str:
    return root.texts(section, entry, "value") or ""


def times_of(ran: str, booted: str) -> Fields:
    """Return when the analyzer ran and when Windows last started, with their zone; a time in another form unread."""
    found = RUN_TIME.fullmatch(ran.strip(" :"))
    try:
        if not found:
            raise ValueError(ran)
        day = f"{found['year']}-{found['month']}-{found['day']} {found['clock']} {found['zone']}"
        run = datetime.strptime(day, "%Y-%m-%d %I:%M:%S %p %z")
    except ValueError:
        # A clock of 12 hours that does not tell morning from afternoon looks like one of 24: it must not be read so.
        said = ran.strip(" :")
        return {"run time": f"{said} ?" if said else ""}
    times = {"run time": run.isoformat()}
    try:
        start = datetime.strptime(booted.strip(), BOOT_TIME).replace(tzinfo=run.tzinfo)
    except ValueError:
        return times
    return {**times, "boot time": start.isoformat()} if start <= run else times
