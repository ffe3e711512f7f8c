"""Every kind of report, in one table: its files' endings, and how each is written."""

from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, Final

from checker.model.result import Result
from checker.reporters.assessors import oscal, xccdf
from checker.reporters.evidence import archive as evidence
from checker.reporters.html import page
from checker.reporters.json import report as json_report
from checker.reporters.junit import file as junit
from checker.reporters.markdown import report as markdown
from checker.reporters.plan import csv as plan_csv
from checker.reporters.plan import markdown as plan_markdown
from checker.reporters.plan import xlsx as plan_xlsx
from checker.reporters.sarif import log as sarif
from checker.reporters.servers import gitlab
from checker.reporters.tables import actions, rejected
from checker.reporters.tables import csv as csv_tables
from checker.reporters.tables import files as tables
from checker.reporters.tables import xlsx as tables_xlsx
from checker.reporters.workbook import book as workbook

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
FOLDERS: Final[dict[str, WriteFolder]] = {
    "evidence": evidence.write_folder,
    "findings": tables.write_findings_folder,
    "devices": tables.write_devices_folder,
    "plan": tables.write_plan_folder,
}

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
