"""Three exports of one fleet: generates them, and measures reading and joining them against Polars merely reading them.

    python -m benchmarks.joined 1000000

writes, below ``build/benchmarks``, the hunting CSV of :mod:`benchmarks.generate`, the antivirus report of the API as
JSON lines (joined by Defender id), and Intune's list of devices (joined by Entra id, or by name where that is blank).
Of a hundred devices two are missing on either side, and of a thousand one comes twice.
"""

import argparse
import subprocess
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks import run
from benchmarks.generate import count, generate

MISSING, TWICE, UNNAMED = 0.02, 0.001, 0.01  # shares of devices
FILES = ("hunting.csv", "antivirus.jsonl", "intune.csv")
INTUNE_EMPTY = ("EAS activation ID", "IMEI", "EAS reason", "Security patch level", "MEID", "Subscriber carrier",
                "Category", "Phone number", "ICCID", "CellularTechnology", "EID")  # fmt: skip


def some(fleet: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Return the rows of an export that lacks some devices and has some twice, in an order of its own."""
    kept = fleet.filter(pl.Series(rng.random(fleet.height) >= MISSING))
    again = kept.filter(pl.Series(rng.random(kept.height) < TWICE))
    rows = pl.concat([kept, again])
    return rows[rng.permutation(rows.height)]


def own_id() -> pl.Expr:
    """Return an id that the exporting system gives a device besides the others: another GUID."""
    return pl.col("AadDeviceId").str.tail(8) + pl.col("AadDeviceId").str.slice(8)


def antivirus(fleet: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of ``/api/deviceavinfo``: 27 keys, about 900 bytes a device."""
    seen = pl.col("Timestamp").str.head(19) + "Z"
    build = pl.when(pl.col("OSBuild") != "").then(pl.concat_str("OSBuild", "OsBuildRevision", separator="."))
    words = {"quickScanResult": "Completed", "quickScanError": "", "fullScanResult": "", "fullScanError": ""}
    times = ("quickScanTime", "dataRefreshTimestamp", "avEngineUpdateTime", "avSignatureUpdateTime")
    flags = ("avIsSignatureUpToDate", "avIsEngineUpToDate", "avIsPlatformUpToDate")
    return fleet.select(
        id=own_id(),
        machineId="DeviceId",
        computerDnsName="DeviceName",
        osKind=pl.when(pl.col("OSBuild") != "").then(pl.lit("windows")).otherwise(pl.lit("mac")),
        osPlatform="OSPlatform",
        osVersion=("10.0." + build).fill_null("15.1.0.0"),
        avMode="AvMode",
        avSignatureVersion="AvSignatureVersion",
        avEngineVersion="AvEngineVersion",
        avPlatformVersion="AvPlatformVersion",
        lastSeenTime=seen,
        **{title: pl.lit(word) for title, word in words.items()},
        **dict.fromkeys(times, seen),
        fullScanTime=pl.when(pl.col("JoinType") == "AAD Joined").then(seen),  # null in the others
        avPlatformUpdateTime=seen,
        **{title: pl.lit("True") for title in flags},
        avSignaturePublishTime=seen,
        rbacGroupName="MachineGroup",
        rbacGroupId=pl.col("MachineGroup").str.tail(2).cast(pl.Int64) + 4400,
    )


def intune(fleet: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Return the rows of Intune's list of all devices, with the titles that most of them have."""
    seen = pl.col("Timestamp").str.head(19).str.replace("T", " ") + ".9876543"
    version = "10.0." + pl.concat_str("OSBuild", "OsBuildRevision", separator=".")
    unnamed = pl.Series(rng.random(fleet.height) < UNNAMED)
    return fleet.select(
        own_id().alias("Device ID"),
        pl.col("DeviceName").str.split(".").list.first().str.to_uppercase().alias("Device name"),
        pl.lit("2025-04-28 06:28:56.1234567").alias("Enrollment date"),
        seen.alias("Last check-in"),
        pl.when(~unnamed).then("AadDeviceId").alias("Microsoft Entra Device ID"),
        pl.when(pl.col("OSBuild") != "").then(version).otherwise(pl.lit("15.1 (24B83)")).alias("OS version"),
        pl.lit("True").alias("Microsoft Entra registered"),
        *(pl.lit(None, pl.String).alias(title) for title in INTUNE_EMPTY),
        pl.col("DeviceName").str.slice(3, 7).alias("Serial number"),
        pl.col("Vendor").alias("Manufacturer"),
        pl.lit("Latitude 7440").alias("Model"),
        pl.lit("0001-01-01 00:00:00.0000000").alias("Last EAS sync time"),
        pl.lit("9999-12-31 23:59:59.9999999").alias("Compliance grace period expiration"),
        pl.lit("243406").alias("Total storage"),
        pl.lit("Compliant").alias("Compliance"),
        pl.lit("Intune").alias("Managed by"),
        pl.lit("Corporate").alias("Ownership"),
        pl.when(pl.col("OSBuild") != "").then(pl.lit("Windows")).otherwise(pl.lit("macOS")).alias("OS"),
        pl.lit("Enterprise").alias("SkuFamily"),
        pl.lit("Microsoft Entra hybrid joined").alias("JoinType"),
        pl.lit("9").alias("ProcessorArchitecture"),
    )


def write(folder: Path, devices: int, seed: int = 7) -> tuple[Path, ...]:
    """Write the three exports of a fleet into a folder, and return where they lie."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    fleet = generate(devices, seed=seed)
    paths = tuple(folder / name for name in FILES)
    some(fleet, rng).write_csv(paths[0], line_terminator="\r\n")
    antivirus(some(fleet, rng)).write_ndjson(paths[1])
    intune(some(fleet, rng), rng).write_csv(paths[2], line_terminator="\r\n", include_bom=True)
    return paths


def merely_read(paths: Sequence[Path]) -> str:
    """Return the line of Python with which Polars reads the three."""
    hunting, lines, listed = (str(path) for path in paths)
    return (
        f"import polars as p; a = p.read_csv({hunting!r}, infer_schema=False); b = p.read_ndjson({lines!r}); "
        f"c = p.read_csv({listed!r}, infer_schema=False)"
    )


def read_and_identify(paths: Sequence[Path]) -> str:
    """Return the line of Python with which we read the three, every fact of them, and join them."""
    return (
        "from checker.inventory.read import read_inventory; from checker.inventory.identify import identify; "
        f"identify(read_inventory({[str(path) for path in paths]!r}))"
    )


def check(paths: Sequence[Path], output: Path) -> list[str]:
    """Return the command that judges the devices of the three and writes a report."""
    command = run.check(paths[0], str(output))
    place = command.index(str(paths[0])) + 1
    return [*command[:place], *map(str, paths[1:]), *command[place:]]


def exports(devices: int) -> tuple[Path, ...]:
    """Return the three generated exports, made once, in a process of its own as in :func:`benchmarks.run.export`."""
    paths = tuple(run.BUILD / f"joined-{devices}" / name for name in FILES)
    if not all(path.exists() for path in paths):
        command = [run.PYTHON, "-m", "benchmarks.joined", str(devices), "--only-write", str(paths[0].parent)]
        subprocess.run(command, cwd=run.ROOT, check=True)
    return paths


def figures(devices: int, times: int = 5) -> list[run.Figure]:
    """Return the two figures of three exports."""
    paths = exports(devices)
    size = sum(path.stat().st_size for path in paths) / 1e6
    rows = f"hunting CSV, API JSON lines and Intune CSV of {devices:,} devices each, {size:,.0f} MB"
    read = run.python(merely_read(paths))
    ours = {
        f"{rows}: read and identified": (run.python(read_and_identify(paths)), "2.5"),
        "the same: `check`, JSON report only": (check(paths, run.BUILD / "r.json"), "3.5"),
    }
    return [
        run.compare(what, command, "Polars reads the three", read, promise, times)
        for what, (command, promise) in ours.items()
    ]


def main() -> None:
    """Measure and print the figures; or only write the exports."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("devices", type=count)
    parser.add_argument("--times", type=count, default=5)
    parser.add_argument("--only-write", type=Path, metavar="FOLDER")
    arguments = parser.parse_args()
    if arguments.only_write:
        write(arguments.only_write, arguments.devices)
        return
    for figure in figures(arguments.devices, arguments.times):
        print(figure.row)


if __name__ == "__main__":
    main()
