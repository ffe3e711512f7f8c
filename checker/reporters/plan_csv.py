"""The plan as CSV (RFC 4180, UTF-8 without a byte order mark), one row per device: exact texts, for machines.

Names stay as the exports spell them, also where a spreadsheet would take one for a formula: the plan for spreadsheets
is the workbook of :mod:`checker.reporters.plan_xlsx`.
"""

import codecs
import csv
from typing import BinaryIO, Final

from checker.model.result import Result
from checker.reporters import plan_table as table

COLUMNS: Final = (
    "device_id",
    "device_name",
    "wave",
    "tool",
    "readiness",
    "simulated",
    "route",
    "path",
    "next_steps",
    "commands",
    "queries",
    "verification",
    "verify",
    "sources",
)


def write(result: Result, stream: BinaryIO) -> None:
    """Write a header and the devices in the order of their ids; several lines in a cell are parted by line feeds."""
    steps = table.steps_of(result)
    numbered = table.once_for_each_list(table.sentences, steps)
    commands = table.once_for_each_list(table.commands, steps)
    queries = table.once_for_each_list(table.queries, steps)
    sources = table.once_for_each_list(table.sources, steps)
    # NOTE: only a command of a pack can hold a lone surrogate; what the inventory says is UTF-8 by now.
    rows = csv.DictWriter(codecs.getwriter("utf-8")(stream, "backslashreplace"), COLUMNS, extrasaction="ignore")
    rows.writeheader()
    for device in table.devices(result):
        named = (*device["next_steps"], *device["verify"])
        texts = {
            "simulated": "true" if device["simulated"] else "false",
            "next_steps": numbered(device["next_steps"]),
            "commands": commands(named),
            "queries": queries(named),
            "verify": numbered(device["verify"]),
            "sources": sources(named),
        }
        rows.writerow(device | texts)
