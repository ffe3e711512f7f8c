"""How time and memory grow: with devices, rules and distinct versions, and where everything fails; and stage by stage.

    python -m benchmarks.scale [--devices 10000000]

Each row is a whole process beside Polars merely reading the same file, run in turn. The stages are what ``--timings``
tells of one run.
"""

import argparse
import re
import subprocess
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl

from benchmarks.generate import count as counted
from benchmarks.generate import generate

DEVICES: Final = (10_000, 100_000, 1_000_000, 10_000_000)
RULES: Final = (10, 50, 100, 200)
DISTINCT: Final = (1, 1_000, 100_000, 1_000_000)
FLEET: Final = 1_000_000  # devices of the rows about rules, versions and failures
PACK: Final = Path(__file__).parent / "peers" / "pack"  # ten rules
BOUNDS: Final = {  # of a repeated rule: a bound of its own, so that every rule is a test of its own
    "$sense_min": "10.{}",
    "$platform_min": "4.18.{}.1",
    "$engine_min": "1.1.{}.1",
    "$signature_min": "1.{}.0.0",
    "$macos_min": "101.{}.1",
    "$linux_min": "101.{}.2",
}
Measured = tuple[float, float, float, float]  # our seconds and MB, Polars' seconds and MB
Measure = Callable[[Path, Sequence[str], int], Measured]  # an export, words after check, how often


def fleet(path: Path, devices: int, old_share: float = 0.02) -> Path:
    """Return a generated export, made once; a large one from parts of a million devices, each of its own seed."""
    if path.exists():
        return path
    part = min(devices, FLEET)
    with made(path).open("wb") as file:
        for number in range(devices // part):
            frame = generate(part, old_share, seed=7 + number)
            frame.write_csv(file, line_terminator="\r\n", include_header=not number)
    return made(path).rename(path)


def made(path: Path) -> Path:
    """Return where an export is made, so that one that was not finished is not taken for it; its folder is there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.with_suffix(".part")


def distinct(path: Path, count: int, devices: int = FLEET) -> Path:
    """Return an export whose devices have this many distinct agent and security intelligence versions, made once."""
    if path.exists():
        return path
    frame = generate(devices)
    number = pl.Series(np.random.default_rng(7).integers(0, count, devices))
    if count == devices:
        number = pl.Series(np.arange(devices))
    minor, patch = (number // 1_000).cast(pl.String), (number % 1_000).cast(pl.String)
    frame.with_columns(
        AvSignatureVersion="1.421." + minor + "." + patch, ClientVersion="10.8760." + minor + "." + patch
    ).write_csv(made(path), line_terminator="\r\n")
    return made(path).rename(path)


def quoted(path: Path, devices: int) -> Path:
    """Return the export of a fleet with every cell in quotes, as PowerShell and Intune write them, made once."""
    if not path.exists():
        generate(devices).write_csv(made(path), line_terminator="\r\n", quote_style="always")
        made(path).rename(path)
    return path


def _apart(make: Callable[..., Path], *words: object) -> Path:
    """Make a file in a process of its own: the peak of a process counts for those that it starts, too."""
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        return pool.submit(make, *words).result()


def pack(folder: Path, rules: int) -> Path:
    """Write a pack of so many rules: ten prerequisites again and again, each time with other bounds of versions."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("pack.yaml", "routes.yaml"):
        (folder / name).write_text((PACK / name).read_text(encoding="utf-8"), encoding="utf-8")
    ten = (PACK / "ten.yaml").read_text(encoding="utf-8")
    for number in range(rules // 10):
        text = ten
        if number:
            text = text.replace("- id: sc.", f"- id: sc.n{number}-")
            for parameter, bound in BOUNDS.items():
                text = text.replace(f"{{at_least: {parameter}}}", f"{{at_least: {bound.format(2_000 + number)}}}")
        (folder / f"rules-{number}.yaml").write_text(text, encoding="utf-8")
    return folder


def stages(command: Sequence[str], root: Path) -> Iterator[tuple[str, str, str]]:
    """Yield stage, seconds and share of a run with ``--timings``."""
    ran = subprocess.run([*command, "--timings"], cwd=root, capture_output=True, text=True, check=False)
    for line in ran.stderr.splitlines():
        if found := re.fullmatch(r"(\S.*?)\s+(\d+\.\d+)\s+(\S.*)", line):
            yield found[1], found[2], found[3]


def section(
    measure: Measure, folder: Path, command: Callable[[Path], Sequence[str]], root: Path, most: int = DEVICES[-1]
) -> list[str]:
    """Return the lines of the page about growth with up to ``most`` devices, and where the time of one run goes."""
    usual = min(FLEET, most)
    small = ("-o", f"{folder}/scale.json")

    def hunting(devices: int, old_share: float = 0.02) -> Path:
        return _apart(fleet, folder / f"hunting-{devices}-{old_share}.csv", devices, old_share)

    def versions(number: int) -> Path:
        return _apart(distinct, folder / f"distinct-{number}-{usual}.csv", number, usual)

    big = hunting(usual)
    tables = (*small, "-o", f"findings:{folder}/scale.parquet")
    rows = [
        *((f"{devices:,} devices", hunting(devices), small) for devices in DEVICES if devices <= most),
        *((f"{rules} rules", big, ("--pack", str(pack(folder / f"pack-{rules}", rules)), *small)) for rules in RULES),
        *(
            (f"{number:,} distinct versions of two facts", versions(number), small)
            for number in DISTINCT
            if number <= usual
        ),
        ("every cell quoted", _apart(quoted, folder / f"quoted-{usual}.csv", usual), small),
        ("nine of ten devices fail, findings as Parquet", hunting(usual, 0.9), tables),
    ]
    lines = [
        "## How it grows",
        "",
        f"`check` with the JSON report beside Polars reading the file; {usual:,} devices where nothing else is said.",
        "",
        "| what | ours | peak | Polars reads it | peak | ratio |",
        "|---|---|---|---|---|---|",
    ]
    for what, path, words in rows:
        mine, peak, theirs, their_peak = measure(path, words, 1 if path.stat().st_size > 1e9 else 3)
        beside = f"{theirs:.2f} s | {their_peak:,.0f} MB | **{mine / theirs:.2f}**"
        lines.append(f"| {what} | {mine:.2f} s | {peak:,.0f} MB | {beside} |")
    told = stages([*command(big), *tables, "-o", f"{folder}/scale.xml", "-o", f"{folder}/scale.sarif"], root)
    return [
        *lines,
        "",
        f"Where the time of {usual:,} devices goes, as `--timings` tells it; importing the program comes before:",
        "",
        "| stage | seconds | share |",
        "|---|---|---|",
        *(f"| {stage} | {seconds} | {share} |" for stage, seconds, share in told),
        "",
    ]


def main() -> None:
    """Measure and print the section."""
    from benchmarks import run

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--devices", type=counted, default=DEVICES[-1], help="leave out rows of more than these")
    most = parser.parse_args().devices
    print("\n".join(section(run.beside_polars, run.BUILD, run.check, run.ROOT, most)))


if __name__ == "__main__":
    main()
