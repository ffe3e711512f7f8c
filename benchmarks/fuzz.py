"""``python -m benchmarks.fuzz --seconds 600``: reads fixtures that were changed at random, guided by coverage.

Whatever the bytes, reading either gives records or ends with an :class:`InputError`: any other exception, a run of more
than 30 seconds or of more than 2 GiB is a defect, whose input is kept in build/fuzz. Needs atheris, the extra ``fuzz``.
"""

import argparse
import sys
from pathlib import Path

from benchmarks.generate import count

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "build" / "fuzz"
LONGEST = 1 << 16  # bytes of an input
SLOWEST = 30  # seconds for one input
MOST_MEMORY = 2048  # MiB


def main() -> None:
    """Fuzz the recogniser and the readers for some time; end with the code of libFuzzer, 0 if nothing was found."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=count, default=60)
    parser.add_argument("inputs", nargs="*", type=Path, help="only read these inputs again, such as a crash")
    given = parser.parse_args()

    import atheris

    with atheris.instrument_imports(include=["checker.inventory"]):
        from checker.errors import InputError
        from checker.inventory.read import ReadOptions, read_inventory

    FOLDER.mkdir(parents=True, exist_ok=True)
    current = FOLDER / "current"

    def read(data: bytes) -> None:
        """Read an input; its last byte says whether bad rows are skipped."""
        current.write_bytes(data[:-1])
        options = ReadOptions(bad_rows="skip" if data[-1:] > b"\x7f" else "stop")
        try:
            files = read_inventory([str(current)], options)
        except InputError:
            return
        for file in files:
            assert file.rows == len(file.rejected) + sum(frame.height for frame in file.frames)  # noqa: S101

    corpus = _corpus()
    options = [f"-max_len={LONGEST}", f"-timeout={SLOWEST}", f"-rss_limit_mb={MOST_MEMORY}"]
    what = [str(path) for path in given.inputs] or [f"-max_total_time={given.seconds}", str(corpus)]
    atheris.Setup([sys.argv[0], *options, f"-artifact_prefix={FOLDER}/", *what], read)
    atheris.Fuzz()


def _corpus() -> Path:
    """Return the folder of inputs from which to start: every fixture, once with each last byte."""
    folder = FOLDER / "corpus"
    folder.mkdir(parents=True, exist_ok=True)
    for path in sorted((ROOT / "fixtures" / "inventories").rglob("*")):
        if path.is_file() and path.stat().st_size < LONGEST:
            name = "-".join(path.relative_to(ROOT / "fixtures" / "inventories").parts)
            for number, last in enumerate((b"\0", b"\xff")):
                (folder / f"{name}-{number}").write_bytes(path.read_bytes() + last)
    return folder


if __name__ == "__main__":
    main()
