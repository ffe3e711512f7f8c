"""Reads events of a Windows log in XML: one record for each ``<Event>``, its columns titled as in Get-WinEvent.

``wevtutil qe`` prints the events one after another, Event Viewer puts them into ``<Events>`` and adds the message. The
log itself (EVTX) is read by the library evtx, which gives the same XML event by event.
"""

from collections.abc import Iterator

import polars as pl

from checker.errors import InputError, Problem, UnknownFormatError
from checker.inventory.source import Source
from checker.inventory.table import Faults, Opened, RawTable
from checker.inventory.xml_elements import Element, read_elements

DATA = "Data."  # before the name of a value of an event, or its place, the first being 1
VALUES = ("UInt1", "Message1", "Int1", "1", "2", "3")  # all that is ever asked for
EVENT = frozenset(("Event",))
LARGEST_LOG = 512 << 20  # bytes; that of SENSE has 1 MiB unless it is told to grow
FIELDS = {  # title -> path of names inside <Event>
    "Id": ("System", "EventID"),
    "RecordId": ("System", "EventRecordID"),
    "LogName": ("System", "Channel"),
    "MachineName": ("System", "Computer"),
    "Message": ("RenderingInfo", "Message"),
}

Row = tuple[int, dict[str, str]]


def open_events(source: Source, _known: frozenset[str], _faults: Faults) -> Opened:
    """Read all events; raise :class:`InputError` where the text is no sound XML or holds none."""
    events = read_elements(source.text(), source.path, EVENT)
    return _opened([(event.line, _fields(event)) for event in events], "events in XML", source.path)


def open_evtx(source: Source, _known: frozenset[str], _faults: Faults) -> Opened:
    """Read all events of a log that Windows or Event Viewer saved.

    Raises:
        InputError: the library is not installed, the log is damaged or larger than ``LARGEST_LOG``, or it has no event.
    """
    try:
        from evtx import PyEvtxParser
    except ImportError:
        hint = "pip install 'mde-readiness[evtx]', or export it as XML: wevtutil qe FILE /lf:true"
        what = "is an event log (EVTX), for which a library is missing"
        raise UnknownFormatError(Problem(source.path, what, hint)) from None
    if (size := source.file.stat().st_size) > LARGEST_LOG:
        what = f"has {size >> 20:,} MiB, more than an event log can have here ({LARGEST_LOG >> 20:,} MiB)"
        raise InputError(Problem(source.path, what, "export the log Microsoft-Windows-SENSE/Operational alone"))
    rows: list[Row] = []
    try:
        for record in PyEvtxParser(str(source.whole()), number_of_threads=1).records():
            for event in read_elements(record["data"] if record else "", source.path, EVENT):
                rows.append((len(rows) + 1, _fields(event)))
    except (OSError, RuntimeError):  # what the library says of it may quote the log
        what = f"is damaged: after {len(rows):,} events it cannot be read"
        raise InputError(Problem(source.path, what, "save the log again")) from None
    return _opened(rows, "an event log of Windows", source.path)


def _opened(rows: list[Row], seen: str, path: str) -> Opened:
    if not rows:
        raise UnknownFormatError(Problem(path, "holds no events", "export it again"))
    titles = tuple(dict.fromkeys(title for _, fields in rows for title in fields))
    return Opened("events", titles, seen, lambda _wanted: _tables(rows, titles))


def _fields(event: Element) -> dict[str, str]:
    """Return what an event says, by title."""
    found = {title: event.texts(*path) for title, path in FIELDS.items()}
    for title, element, attribute in (
        ("ProviderName", event.child("System", "Provider"), "Name"),
        ("TimeCreated", event.child("System", "TimeCreated"), "SystemTime"),
    ):
        found[title] = element.attributes.get(attribute) if element else None
    values = event.child("EventData") or event.child("UserData")
    inside = [item for item in values.children if not item.children] if values else []
    for place, item in enumerate(inside, start=1):
        name = item.attributes.get("Name") or str(place)
        if name in VALUES:
            found[DATA + name] = item.text.strip()
    return {title: text for title, text in found.items() if text is not None}


def _tables(rows: list[Row], titles: tuple[str, ...]) -> Iterator[RawTable]:
    texts = {title: [fields.get(title) for _, fields in rows] for title in titles}
    yield RawTable(
        pl.DataFrame(texts, schema=dict.fromkeys(titles, pl.String)),
        pl.Series("row", range(1, len(rows) + 1), pl.UInt32),
        pl.Series("line", [line for line, _ in rows], pl.UInt32),
    )
