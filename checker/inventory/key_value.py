"""Reads ``key : value`` texts such as ``mdatp health`` prints, one record for each run of the command.

A run ends at a blank line, before a key that comes again, and before the key with which ``mdatp health`` begins if
the record already names its device.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import polars as pl

from checker.inventory.secrets import outline
from checker.inventory.source import Source
from checker.inventory.table import Faults, Opened, RawTable

PAIR = re.compile(r"^(?P<key>[A-Za-z][\w.]*)\s*:(?:\s+(?P<value>.*))?$")
FIRST_KEY, ID = "healthy", "edr_machine_id"
MOST = 256 << 20  # bytes of a file, which is read whole (design choice: the command prints 4 KB)
MANAGED = "[managed]"  # set by policy, which is no part of the value


@dataclass(slots=True)
class Record:
    """The pairs of one run of the command, the first on ``line``; ``broken`` if another line stands in it."""

    row: int
    line: int
    parts: dict[str, list[str]] = field(default_factory=dict)  # of each value, as a narrow terminal wrapped it
    broken: bool = False


def open_key_value(source: Source, _known: frozenset[str], faults: Faults) -> Opened:
    """Read all records; a line that is neither a pair nor the rest of a long value is a fault."""
    records = list(_records(source.text(MOST), faults))
    titles = dict.fromkeys(key for record in records for key in record.parts)
    sound = [record for record in records if not record.broken]
    return Opened("key-value", tuple(titles), "lines of 'key : value'", lambda _wanted: _tables(sound, tuple(titles)))


def _records(text: str, faults: Faults) -> Iterator[Record]:
    record, key = Record(1, 1), ""
    for number, line in enumerate(text.splitlines(), start=1):
        pair = PAIR.match(line.rstrip())
        if pair:
            begins = pair["key"] == FIRST_KEY and ID in record.parts
            if begins or pair["key"] in record.parts:
                yield record
                record = Record(record.row + 1, number)
            if not record.parts:
                record.line = number
            key = pair["key"]
            record.parts[key] = [pair["value"] or ""]
        elif key and line[:1].isspace() and line.strip():
            record.parts[key].append(line.strip())
        elif line.strip():
            if not record.broken:
                faults.add(record.row, number, "has a line that is no 'key : value'", outline(line))
            record.broken = True
        elif record.parts:
            yield record
            record, key = Record(record.row + 1, number + 1), ""
    if record.parts:
        yield record


def _tables(records: list[Record], titles: tuple[str, ...]) -> Iterator[RawTable]:
    texts = {title: [_plain(record.parts.get(title)) for record in records] for title in titles}
    yield RawTable(
        pl.DataFrame(texts, schema=dict.fromkeys(titles, pl.String)),
        pl.Series("row", [record.row for record in records], pl.UInt32),
        pl.Series("line", [record.line for record in records], pl.UInt32),
    )


def _plain(parts: list[str] | None) -> str | None:
    """Return a value without its quotes and without the mark that it is set by policy."""
    if parts is None:
        return None
    value = "".join(parts).strip().removesuffix(MANAGED).rstrip()
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] == '"' else value
