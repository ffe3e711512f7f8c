"""Write the fleet that is measured: that of benchmarks/generate.py, a few cells blank, mdatp in one numbering.

Which of the two numberings of mdatp a version is in is knowledge of the product, not of an engine.

    python -m benchmarks.peers.fleet 1000000 build/peers/1000000.csv
"""

import sys

import polars as pl

from benchmarks.generate import generate

BLANK = ("ClientVersion", "AvPlatformVersion", "AvEngineVersion", "AvSignatureVersion", "OnboardingStatus")


def fleet(devices: int) -> pl.DataFrame:
    """Return devices of which 2 % are old, and of each of five columns 3 % of the cells are blank."""
    frame = generate(devices).with_row_index("n")
    blank = [
        pl.when((pl.col("n") * 31 + 7 * number) % 100 < 3).then(pl.lit("")).otherwise(pl.col(name)).alias(name)
        for number, name in enumerate(BLANK)
    ]
    mdatp = pl.col("ClientVersion").replace({"20.125042.9.0": "101.25042.9", "30.124092.2.0": "101.24092.0002"})
    return frame.with_columns(mdatp).with_columns(blank).drop("n")


if __name__ == "__main__":
    fleet(int(sys.argv[1])).write_csv(sys.argv[2], line_terminator="\r\n")
