"""``make bench``: measures the promises about speed and size, and writes benchmarks/README.md.

Each figure is a ratio of two whole processes with their imports, run in turn on a warm file cache; the best of five
counts, since other work on the machine can only slow a run down. Peak memory is what the operating system reports for
the finished process.
"""

import argparse
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from time import perf_counter

from benchmarks import formats, govern, html, scale
from benchmarks.generate import count

ROOT = Path(__file__).parent.parent
BUILD = ROOT / "build" / "benchmarks"
AS_OF = "2026-11-23"
TITLES = {"growth": "How it grows", "html": "The HTML report", "formats": "Every format, and all at once"}
PYTHON = sys.executable


@dataclass(frozen=True, slots=True)
class Run:
    """One finished process."""

    seconds: float
    peak_mb: float
    code: int


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured against what, and the promise."""

    what: str
    against: str
    ours: tuple[Run, ...]
    theirs: tuple[Run, ...]
    promise: str

    @property
    def row(self) -> str:
        """The figure as a row of the table."""
        mine, base = best(self.ours), best(self.theirs)
        return (
            f"| {self.what} | {mine.seconds:.2f} s, {mine.peak_mb:,.0f} MB | {self.against} | {base.seconds:.2f} s, "
            f"{base.peak_mb:,.0f} MB | **{mine.seconds / base.seconds:.2f}** | {self.promise} |"
        )


def best(runs: Sequence[Run]) -> Run:
    """Return the quickest run."""
    return min(runs, key=lambda run: run.seconds)


def timed(command: Sequence[str]) -> Run:
    """Run a command to its end and return its wall time and peak memory."""
    start = perf_counter()
    # both sides with compiled modules, as installed: without them ours would be compiled anew in every run
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=quiet, stderr=quiet)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    return Run(seconds, usage.ru_maxrss / 1024, process.returncode)


def compare(
    what: str, ours: Sequence[str], against: str, theirs: Sequence[str], promise: str, times: int = 5
) -> Figure:
    """Return a figure of two commands run in turn, after one uncounted run of each if they run more than once."""
    mine, base = [], []
    for _ in range(times + 1 if times > 1 else 1):
        base.append(timed(theirs))
        mine.append(timed(ours))
        if mine[-1].code not in (0, 1, 3):
            raise SystemExit(f"{' '.join(ours)} ended with exit code {mine[-1].code}")
    uncounted = 1 if times > 1 else 0
    return Figure(what, against, tuple(mine[uncounted:]), tuple(base[uncounted:]), promise)


def export(devices: int, old_share: float = 0.02) -> Path:
    """Return a generated hunting export, made once."""
    path = BUILD / f"hunting-{devices}-{old_share}.csv"
    if not path.exists():
        # in a process of its own: a child's peak memory starts at what its parent holds when it forks
        words = (str(devices), str(path), "--old-share", str(old_share))
        subprocess.run([PYTHON, "-m", "benchmarks.generate", *words], cwd=ROOT, check=True)
    return path


def check(path: Path, *outputs: str) -> list[str]:
    """Return the command that judges an export and writes reports."""
    written = [word for output in outputs for word in ("-o", output)]
    return [PYTHON, "-m", "checker", "check", str(path), "--as-of", AS_OF, "--quiet", *written]


def gate(path: Path) -> list[str]:
    """Return the command that decides one of five waves of an export, governed as a large fleet is."""
    folder = BUILD / "governed"
    govern.write(folder)
    files = [word for kind in ("waves", "waivers", "attestations") for word in (f"--{kind}", f"{folder}/{kind}.yaml")]
    written = [f"{BUILD}/gate.xml", f"{BUILD}/gate.json"]
    command = check(path, *written)
    command[command.index("check")] = "gate"
    return [*command, *files, "--wave", "half"]


def python(code: str) -> list[str]:
    """Return the command that runs a line of Python."""
    return [PYTHON, "-c", code]


def figures(devices: int) -> list[Figure]:
    """Return every figure."""
    big, small = export(devices), export(100)
    reports = (f"{BUILD}/junit.xml", f"{BUILD}/problems.sarif", f"findings:{BUILD}/findings.parquet")
    decided = (f"{BUILD}/junit.xml", f"{BUILD}/r.json")
    read = python(f"import polars; polars.read_csv({str(big)!r}, infer_schema=False)")
    size = big.stat().st_size / 1e6
    rows = f"{devices:,} devices, one hunting CSV of {size:,.0f} MB"
    return [
        compare(
            f"`check`, {rows}, whole pack, JUnit + SARIF + Parquet findings",
            check(big, *reports),
            "Polars reads the file",
            read,
            "2, plus 1 s per million finding rows",
        ),
        compare(
            f"`check`, {rows}, whole pack, JSON report only",
            check(big, f"{BUILD}/r.json"),
            "Polars reads the file",
            read,
            "2",
        ),
        compare(
            "`check` of 100 devices, cold, JUnit + SARIF",
            check(small, *reports[:2]),
            "`import polars, click, yaml`",
            python("import polars, click, yaml"),
            "2",
        ),
        compare(
            "`gate`, the same export with five waves, 200 waivers and 50 attestations, JUnit + JSON",
            gate(big),
            "`check` of it without them, JUnit + JSON",
            check(big, *decided),
            "1.3",
        ),
        compare("`--help`", [PYTHON, "-m", "checker", "--help"], "`import click`", python("import click"), "2"),
    ]


def written_html(devices: int) -> html.Written:
    """Write an HTML report and return what that took; three of ten devices are below the minimums."""
    path, report = export(devices, 0.3), BUILD / f"report-{devices}.html"
    others = (f"{BUILD}/r.json", f"devices:{BUILD}/r-devices.parquet", f"findings:{BUILD}/r-findings.parquet")
    found = compare("", check(path, *others, str(report)), "", check(path, *others), "", times=3)
    ours, theirs = best(found.ours), best(found.theirs)
    return html.Written(report, ours.seconds - theirs.seconds, ours.peak_mb, theirs.peak_mb)


def written_formats(devices: int, reports: tuple[str, ...], times: int) -> formats.Cost:
    """Write reports of a generated fleet into an empty folder, and return what that took."""
    path, folder = export(devices, 0.3), BUILD / "formats"
    shutil.rmtree(folder, ignore_errors=True)
    outputs = [f"{kind}{colon}{folder}/{name}" for kind, colon, name in (word.rpartition(":") for word in reports)]
    found = compare("", check(path, *outputs), "", check(path), "", times=times)
    ours, theirs = best(found.ours), best(found.theirs)
    size = sum(file.stat().st_size for file in folder.iterdir()) / 1e6
    shutil.rmtree(folder)
    return formats.Cost(ours.seconds, ours.peak_mb, size, theirs.seconds, theirs.peak_mb)


def beside_polars(path: Path, words: Sequence[str], times: int) -> scale.Measured:
    """Judge an export, and have Polars read it; return seconds and MB of both."""
    read = python(f"import polars; polars.read_csv({str(path)!r}, infer_schema=False)")
    found = compare("", [*check(path), *words], "", read, "", times)
    ours, theirs = best(found.ours), best(found.theirs)
    return ours.seconds, ours.peak_mb, theirs.seconds, theirs.peak_mb


def findings_written() -> int:
    """Return how many finding rows the largest run wrote."""
    import polars as pl

    return int(pl.scan_parquet(BUILD / "findings.parquet").select(pl.len()).collect().item())


def head(found: Sequence[Figure], rows: int) -> list[str]:
    """Return the lines of the page about the promises."""
    tools = ", ".join(f"{name} {version(name)}" for name in ("polars", "numpy", "click"))
    return [
        "# Figures",
        "",
        "Written by `make bench`; whole processes, run in turn: the best of five, of large ones of three or two.",
        "",
        (
            f"Machine: {os.cpu_count()} cores, {platform.system()} {platform.machine()}, "
            f"Python {platform.python_version()}, {tools}."
        ),
        "",
        "| what | ours | against | theirs | ratio | at most |",
        "|---|---|---|---|---|---|",
        *(figure.row for figure in found),
        "",
        (
            f"The first run wrote {rows:,} finding rows, so its bound is 2 × {best(found[0].theirs).seconds:.2f} s + "
            f"{rows / 1e6:.2f} s = {2 * best(found[0].theirs).seconds + rows / 1e6:.2f} s."
        ),
        "",
    ]


def promises(devices: int) -> list[str]:
    """Measure what is promised, three exports with it."""
    from benchmarks import joined  # which measures by what stands here

    found = figures(devices)
    rows = findings_written()
    return head([*found, *joined.figures(devices)], rows)


def sections(devices: int) -> dict[str, Callable[[], list[str]]]:
    """Return what measures each section of the page, by its name for ``--only``, in the order of the page."""
    return {
        "promises": lambda: promises(devices),
        "growth": lambda: scale.section(beside_polars, BUILD, check, ROOT),
        "html": lambda: html.section(written_html),
        "formats": lambda: formats.section(written_formats),
    }


def main() -> None:
    """Measure, and write the page; what people add below the marker line, and sections not asked for, are kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--devices", type=count, default=1_000_000)
    parser.add_argument("--only", action="append", choices=list(sections(0)), help="measure only this section")
    arguments = parser.parse_args()
    path = ROOT / "benchmarks" / "README.md"
    written, marker, kept = path.read_text(encoding="utf-8").partition("<!-- below: written by hand -->")
    before = written.split("\n## ")
    old = {part.partition("\n")[0]: part for part in before[1:]}
    parts = []
    for name, measure in sections(arguments.devices).items():
        if arguments.only and name not in arguments.only:
            parts.append(before[0] if name == "promises" else _section(old, TITLES[name]))
        else:
            parts.append("\n".join(measure()))
    page = "\n".join(part.strip("\n") + "\n" for part in parts if part)
    path.write_text(f"{page}\n{marker}{kept}", encoding="utf-8", newline="\n")
    print(path.read_text(encoding="utf-8"))


def _section(old: Mapping[str, str], title: str) -> str:
    return f"## {old[title]}" if title in old else ""


if __name__ == "__main__":
    main()
