"""What each format costs, and all of them at once, beside a check that writes no report.

    python -m benchmarks.formats

Each row is two whole processes with the same export, run in turn: one writes nothing, the other the reports of the row.
"""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

EACH_AT: Final = 100_000  # devices of the fleet that every format is written for, one by one
ALL_AT: Final = 1_000_000
REPORTS: Final[dict[str, str]] = {
    "JSON report": "report.json",
    "JUnit": "junit.xml",
    "SARIF, problems": "problems.sarif",
    "SARIF, full": "sarif-full:full.sarif",
    "GitLab code quality": "gitlab:quality.json",
    "Markdown": "report.md",
    "HTML": "report.html",
    "OSCAL": "oscal:oscal.json",
    "findings and devices, Parquet": "findings:findings.parquet devices:devices.parquet",
    "findings and devices, CSV": "findings:findings.csv devices:devices.csv",
    "findings and devices, NDJSON": "findings:findings.ndjson devices:devices.ndjson",
    "actions, CSV": "actions:actions.csv",
    "plan, Parquet": "plan:plan.parquet",
    "plan, CSV": "plan:plan.csv",
    "evidence, without inputs": "evidence.zip",
    "workbook": "report.xlsx",
}
SLOW: Final = ("plan, CSV", "workbook")  # steps in words for each device, cell by cell: not made for a million rows


@dataclass(frozen=True, slots=True)
class Cost:
    """What reports took and weigh, and the same run without them."""

    seconds: float
    peak_mb: float
    size_mb: float
    alone_seconds: float
    alone_peak_mb: float


Measure = Callable[[int, tuple[str, ...], int], Cost]  # devices, reports, how often


def section(measure: Measure) -> list[str]:
    """Return the lines of the page about the formats."""
    words = {name: tuple(paths.split()) for name, paths in REPORTS.items()}
    rows = [_row(name, EACH_AT, measure(EACH_AT, paths, 2)) for name, paths in words.items()]
    every = tuple(path for paths in words.values() for path in paths)
    without = tuple(path for path in every if path not in {path for name in SLOW for path in words[name]})
    return [
        "## Every format, and all at once",
        "",
        "Against a `check` of the same export that writes no report; three of ten devices are below the minimums.",
        "",
        "| reports | devices | with them | without any | ratio | peak memory | without any | size |",
        "|---|---|---|---|---|---|---|---|",
        *rows,
        _row(f"all of these but {' and '.join(SLOW)}", ALL_AT, measure(ALL_AT, without, 2)),
        _row("all of these at once", ALL_AT, measure(ALL_AT, every, 1)),
        "",
    ]


def _row(name: str, devices: int, cost: Cost) -> str:
    return (
        f"| {name} | {devices:,} | {cost.seconds:.2f} s | {cost.alone_seconds:.2f} s | "
        f"**{cost.seconds / cost.alone_seconds:.2f}** | {cost.peak_mb:,.0f} MB | {cost.alone_peak_mb:,.0f} MB | "
        f"{cost.size_mb:,.1f} MB |"
    )


def main() -> None:
    """Measure, and print the section."""
    from benchmarks.run import written_formats

    argparse.ArgumentParser(description=__doc__).parse_args()
    print("\n".join(section(written_formats)))


if __name__ == "__main__":
    main()
