"""How the tests run the bundled demo fleet: from the root of the repository, as the README and ``make demo`` do."""

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

from checker.model.result import Summary
from checker.options import Options
from checker.pipeline import check
from checker.reporters.json import report as json_report
from checker.reporters.tables import files as tables
from checker.reporters.terminal.summary import render_plain

ROOT = Path(__file__).parent.parent
FLEET = "fixtures/fleets/contoso"
AS_OF = date(2026, 11, 23)
DEMO = Options(  # as ``make demo`` judges it, without its files of output
    (f"{FLEET}/inventory",),
    AS_OF,
    attestations=f"{FLEET}/attestations.yaml",
    waivers=f"{FLEET}/waivers.yaml",
    waves=f"{FLEET}/waves.yaml",
)


@dataclass(frozen=True, slots=True)
class Checked:
    """What one run says of the fleet."""

    summary: Summary
    report: bytes
    devices: bytes
    text: bytes

    def rows(self) -> list[dict[str, Any]]:
        """Return the table of devices."""
        return [json.loads(line) for line in self.devices.splitlines()]


def check_contoso(inventory: Sequence[str] = (f"{FLEET}/inventory",), profile: str = "seed") -> Checked:
    """Judge the fleet as of the day for which it was made."""
    options = replace(DEMO, inventory=tuple(inventory), profile=profile)
    report, devices = BytesIO(), BytesIO()
    with working_in(ROOT), check(options) as result:
        json_report.write(result, report)
        tables.write_devices_ndjson(result, devices)
        text = render_plain(result.summary).encode()
        return Checked(result.summary, report.getvalue(), devices.getvalue(), text)


@contextmanager
def working_in(folder: Path) -> Iterator[None]:
    """Work in a folder for a while: paths in a report are as the user gave them."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)
