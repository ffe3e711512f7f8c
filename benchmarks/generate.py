"""Write one seeded advanced-hunting CSV of invented devices, as large as asked.

    python benchmarks/generate.py 1000000 build/hunting-1m.csv

The file looks as a hunting export looks: CRLF line ends, JSON cells quoted with doubled quotes, and the columns that
one joined query over DeviceInfo and DeviceTvmInfoGathering gives. About 330 bytes a device.
"""

import argparse
from pathlib import Path

import numpy as np
import polars as pl

FIRST_DAY = np.datetime64("2026-11-16T00:00:00", "ms")
# platform, build, first revision, version name, share in percent
SYSTEMS = (
    ("Windows11", 22631, 2715, "23H2", 34),
    ("Windows11", 26100, 2033, "24H2", 18),
    ("Windows10", 19045, 3448, "22H2", 28),
    ("WindowsServer2019", 17763, 4499, "1809", 7),
    ("WindowsServer2022", 20348, 1970, "21H2", 6),
    ("WindowsServer2016", 14393, 6252, "1607", 2),
    ("macOS", 0, 0, "", 3),
    ("Linux", 0, 0, "", 2),
)


def generate(devices: int, old_share: float = 0.02, seed: int = 7) -> pl.DataFrame:
    """Return ``devices`` rows; ``old_share`` of them carry an agent, engine or update below the minimum."""
    rng = np.random.default_rng(seed)
    shares = np.array([share for *_, share in SYSTEMS], dtype=float)
    kind = rng.choice(len(SYSTEMS), devices, p=shares / shares.sum())
    platform = np.array([system[0] for system in SYSTEMS])[kind]
    build = np.array([system[1] for system in SYSTEMS])[kind]
    first = np.array([system[2] for system in SYSTEMS])[kind]
    windows = build > 0
    old = rng.random(devices) < old_share
    revision = np.where(old, 100, first + rng.integers(0, 40, devices) * 11)
    number = pl.Series(np.arange(devices))
    hexes = ["".join(f"{part:016x}" for part in row)[:40] for row in rng.integers(0, 2**63, (devices, 3)).tolist()]
    seconds = rng.integers(0, 6 * 86400, devices)
    sense = np.where(old, 7900, rng.choice([8760, 8790, 8805], devices))
    frame = pl.DataFrame(
        {
            "Timestamp": pl.Series(seconds).cast(pl.Duration("ms")),
            "DeviceId": hexes,
            "DeviceName": "ws-" + number.cast(pl.String).str.zfill(7) + ".corp.contoso.example",
            "OSPlatform": platform,
            "OSBuild": np.where(windows, build.astype("U"), ""),
            "OsBuildRevision": np.where(windows, revision.astype("U"), ""),
            "OSVersion": np.where(windows, "10.0", np.where(platform == "macOS", "15.1", "")),
            "OSVersionInfo": np.array([system[3] for system in SYSTEMS])[kind],
            "OSArchitecture": rng.choice(["64-bit", "64-bit", "ARM 64-bit"], devices),
            "ClientVersion": np.where(
                windows,
                np.strings.add(
                    np.strings.add("10.", sense.astype("U")),
                    np.strings.add(np.strings.add(".", build.astype("U")), ".5608"),
                ),
                np.where(platform == "macOS", "20.125042.9.0", "30.124092.2.0"),
            ),
            "ConnectivityType": rng.choice(["", "Standard", "Streamlined"], devices, p=[0.8, 0.1, 0.1]),
            "JoinType": rng.choice(["Hybrid Azure AD Join", "AAD Joined", "Domain Joined"], devices),
            "OnboardingStatus": rng.choice(["Onboarded", "Can be onboarded"], devices, p=[0.99, 0.01]),
            "SensorHealthState": rng.choice(["Active", "Inactive"], devices, p=[0.98, 0.02]),
            "MachineGroup": rng.choice([f"Site {n:02d}" for n in range(40)], devices),
            "DeviceManualTags": rng.choice(['["pilot","ring-1"]', '["ring-2"]', "[]"], devices),
            "AvPlatformVersion": np.where(windows, np.where(old, "4.18.2001.10", "4.18.24090.11"), ""),
            "AvEngineVersion": np.where(windows, np.where(old, "1.1.16700.2", "1.1.24090.11"), ""),
            "AvSignatureVersion": np.where(
                windows, np.strings.add(np.strings.add("1.421.", rng.integers(0, 2000, devices).astype("U")), ".0"), ""
            ),
            "AvMode": np.where(windows, rng.choice(["0", "0", "0", "1"], devices), ""),
            "AadDeviceId": [f"{h[:8]}-{h[8:12]}-4{h[13:16]}-a{h[17:20]}-{h[20:32]}" for h in hexes],
            "IsAzureADJoined": rng.choice(["1", "0"], devices),
            "DeviceDynamicTags": rng.choice(['["Corporate","Managed"]', '["Managed"]'], devices),
            "Vendor": rng.choice(["Contoso Devices", "Fabrikam"], devices),
        }
    )
    seen = pl.Series("Timestamp", FIRST_DAY + seconds.astype("timedelta64[ms]") * 1000)
    return frame.with_columns(seen.dt.strftime("%Y-%m-%dT%H:%M:%S.1234567Z"))


def count(text: str) -> int:
    """Return a number of something to measure, at least one; for every command line of the benchmarks."""
    if not (text.isascii() and text.isdigit() and int(text)):
        raise argparse.ArgumentTypeError(f"'{text}' is no number from 1")
    return int(text)


def share(text: str) -> float:
    """Return a share of a whole, from 0 to 1."""
    try:
        found = float(text)
    except ValueError:
        found = -1.0
    if not 0 <= found <= 1:
        raise argparse.ArgumentTypeError(f"'{text}' is no share from 0 to 1")
    return found


def main() -> None:
    """Parse the command line and write the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("devices", type=count)
    parser.add_argument("file", type=Path)
    parser.add_argument("--old-share", type=share, default=0.02, help="share of devices below the minimums")
    arguments = parser.parse_args()
    arguments.file.parent.mkdir(parents=True, exist_ok=True)
    generate(arguments.devices, arguments.old_share).write_csv(arguments.file, line_terminator="\r\n")


if __name__ == "__main__":
    main()
