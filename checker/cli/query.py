"""``query``: the advanced-hunting queries whose exports carry every fact that hunting can give."""

import re
from pathlib import Path
from typing import Final

import click

from checker.cli.echo import echo
from checker.cli.given import single
from checker.errors import Problem, UsageError

FOLDER: Final = Path(__file__).parent.parent / "kql"
DAYS, MOST_DAYS, MOST_PARTS = 28, 30, 1_000  # hunting remembers 30 days; what is older than 28 is stale by default
PART: Final = re.compile(r"([0-9]{1,4})/([0-9]{1,4})")
SENSE: Final = ("endpoint.security.microsoft.com", "endpoint.security.microsoft.us")
BUSINESS: Final = ("enterpriseregistration.windows.net", "login.microsoftonline.com", "dm.microsoft.com")
ABOUT: Final = """\
// {what}, for mde-readiness.
// Run it in the Defender portal under Advanced hunting and export the result as CSV, or send it to the API.
// Portal and API cut large results off without a word: where the number of rows is the limit shown there,
// run `mde-readiness query --part 1/4` to 4/4 instead and give all four files.
// Defender for Business has no advanced hunting: export Assets > Devices in the Defender portal, and from Intune the
// list of all devices and the Defender agents report, or run the collectors of mde-readiness on the devices.
"""
QUERIES: Final = {
    "devices": "One row for each device, with every fact that hunting has",
    "urls": "Connections to the service's hosts that devices made or failed to make, one row for each way",
}


@click.command(epilog="Example: mde-readiness query > devices.kql")
@click.argument("about", type=click.Choice(tuple(QUERIES)), default="devices")
@single("--days", type=click.IntRange(1, MOST_DAYS), default=DAYS, show_default=True, help="How far to look back.")
@single("--part", default="1/1", metavar="K/N", help="Only the K-th of N parts of the devices, for large fleets.")
def query(about: str, days: int, part: str) -> None:
    """Print the advanced-hunting query for devices (default), or for urls that devices tried to reach."""
    number, parts = _part(part)
    echo(ABOUT.format(what=QUERIES[about]))
    echo(f"let Days = {days}d;\nlet Parts = {parts};\nlet Part = {number - 1};\n")
    if about == "urls":
        echo(f"let Hosts = dynamic([{', '.join(f'{chr(34)}{host}{chr(34)}' for host in (*SENSE, *BUSINESS))}]);\n")
    echo((FOLDER / f"{about}.kql").read_text(encoding="utf-8"))


def _part(text: str) -> tuple[int, int]:
    match = PART.fullmatch(text)
    number, parts = (int(match[1]), int(match[2])) if match else (0, 0)
    if not 1 <= number <= parts <= MOST_PARTS:
        hint = f"say for example 2/4: the second of four parts, of {MOST_PARTS:,} at most"
        raise UsageError(Problem(f"--part {text}", "is no part", hint))
    return number, parts
