"""Every kind of report, in one table: its files' endings, and how each is written."""

from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, Final

from checker.model.result import Result
from checker.reporters import (
    actions,
    csv_tables,
    evidence,
    gitlab,
    json_report,
    junit,
    markdown,
    oscal,
    plan_csv,
    plan_markdown,
    plan_xlsx,
    rejected,
    sarif,
    tables,
    tables_xlsx,
    workbook,
    xccdf,
)
from checker.reporters.html import page

Write = Callable[[Result, BinaryIO], None]
WriteFolder = Callable[[Result, Path], None]

# Kind -> ending -> how it is written. A kind with one ending takes a file of any name; one with several is a table, and
# the ending says how it is spelled.
KINDS: Final[dict[str, dict[str, Write]]] = {
    "junit": {".xml": junit.write},
    "sarif": {".sarif": sarif.write_problems},
    "sarif-full": {".sarif": sarif.write_full},
    "json": {".json": json_report.write},
    "html": {".html": page.write},
    "markdown": {".md": markdown.write},
    "gitlab": {".json": gitlab.write},
    "findings": {
        ".csv": csv_tables.write_findings,
        ".ndjson": tables.write_findings_ndjson,
        ".parquet": tables.write_findings_parquet,
        ".xlsx": tables_xlsx.write_findings,
    },
    "devices": {
        ".csv": csv_tables.write_devices,
        ".ndjson": tables.write_devices_ndjson,
        ".parquet": tables.write_devices_parquet,
        ".xlsx": tables_xlsx.write_devices,
    },
    "actions": {
        ".csv": actions.write_csv,
        ".ndjson": actions.write_ndjson,
        ".parquet": actions.write_parquet,
        ".xlsx": tables_xlsx.write_actions,
    },
    "plan": {
        ".csv": plan_csv.write,
        ".ndjson": tables.write_plan_ndjson,
        ".parquet": tables.write_plan_parquet,
        ".xlsx": plan_xlsx.write,
        ".md": plan_markdown.write,
    },
    "rejected": {".csv": rejected.write_csv, ".ndjson": rejected.write_ndjson},
    "workbook": {".xlsx": workbook.write},
    "oscal": {".json": oscal.write},
    "xccdf": {".xml": xccdf.write},
    "evidence": {".zip": evidence.write_zip},
}

# Kinds that may be a folder, too: ``KIND:FOLDER/``.
FOLDERS: Final[dict[str, WriteFolder]] = {"evidence": evidence.write_folder}

# Endings that say the kind by themselves; the longest that fits counts (GitHub's documents name .sarif.json, too).
BARE: Final[dict[str, str]] = {
    ".sarif.json": "sarif",
    ".sarif": "sarif",
    ".xml": "junit",
    ".json": "json",
    ".xlsx": "workbook",
    ".html": "html",
    ".md": "markdown",
    ".zip": "evidence",
}

ONE_DEVICE: Final = ("xccdf",)  # kinds that tell of the device that --device names
