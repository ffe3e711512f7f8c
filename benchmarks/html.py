"""What the HTML report costs: bytes, time and memory to write it, and the time until a reader can use it.

    python -m benchmarks.html

The time to interactive is what the browser itself measures, from the start of the navigation to the mark that the page
sets when its table can be searched: the best of five, each in a fresh profile, from disk. What writing costs is the
difference of two whole processes, which both write the JSON report and the tables of devices and findings, run in turn,
best of three.
"""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SIZES = (1_000, 10_000, 100_000, 1_000_000)
SECONDS_AT_MOST = 3  # until the table of 100,000 devices can be searched
TIMES = 5


@dataclass(frozen=True, slots=True)
class Written:
    """A report of generated devices, and what writing it took."""

    path: Path
    seconds: float  # more than the same run without it
    peak_mb: float  # of the process that writes it
    other_peak_mb: float  # of the same run without it


Write = Callable[[int], Written]


def section(write: Write) -> list[str]:
    """Return the lines of the page about the HTML report."""
    return [
        "## The HTML report",
        "",
        "Three of ten devices are below the minimums, and a page carries at most 100,000. *Interactive* is the time",
        "from opening the file in Chromium until its table can be searched, best of",
        f"{TIMES}; for 100,000 devices at most {SECONDS_AT_MOST} s. Writing is measured against a `check` that writes",
        "nothing but the JSON report and the tables of devices and findings.",
        "",
        "| devices | size | interactive after | writing adds | peak memory | without it |",
        "|---|---|---|---|---|---|",
        *_rows(write),
        "",
    ]


def _rows(write: Write) -> list[str]:
    from tools.chromium import launched

    rows = []
    with launched() as browser:
        for devices in SIZES:
            made = write(devices)
            size = made.path.stat().st_size / 1e6
            rows.append(
                f"| {devices:,} | {size:.1f} MB | **{interactive(browser, made.path):.2f} s** | {made.seconds:.2f} s | "
                f"{made.peak_mb:,.0f} MB | {made.other_peak_mb:,.0f} MB |"
            )
    return rows


def interactive(browser: "Browser", path: Path) -> float:
    """Return the seconds until a report can be used; the best of several."""
    found = []
    for _ in range(TIMES):
        context = browser.new_context()
        page = context.new_page()
        page.goto(path.as_uri(), wait_until="commit")
        page.wait_for_selector("html[data-ready=true]", state="attached", timeout=120_000)
        found.append(float(page.evaluate("performance.getEntriesByName('interactive')[0].startTime")))
        context.close()
    return min(found) / 1_000


def main() -> None:
    """Measure, and print the section."""
    from benchmarks.run import written_html

    argparse.ArgumentParser(description=__doc__).parse_args()
    print("\n".join(section(written_html)))


if __name__ == "__main__":
    main()
