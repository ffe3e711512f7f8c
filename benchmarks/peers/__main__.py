"""``python -m benchmarks.peers``: installs the peers below build/peers, and writes benchmarks/peers/RESULTS.md."""

import argparse
import os
import platform
import sys

from benchmarks.peers import correct, seconds
from benchmarks.peers.peers import BUILD, CHECKOV, HERE, PEERS, install


def main() -> None:
    """Compare, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="1000,100000,1000000", help="devices, smallest first")
    parser.add_argument("--times", type=int, default=3, help="runs of which the best counts")
    parser.add_argument("--only", default="", help="these peers, by the names of their scripts")
    parser.add_argument("--no-timing", action="store_true", help="the first table only")
    arguments = parser.parse_args()
    chosen = [peer for peer in PEERS if not arguments.only or peer.module in arguments.only.split(",")]
    BUILD.mkdir(parents=True, exist_ok=True)
    missing = {peer.name: why for peer in (*chosen, CHECKOV) if (why := install(peer))}
    lines = [
        "## Side by side",
        "",
        "Written by `python -m benchmarks.peers`: ten prerequisites over one export, by this tool and by what people",
        "would use instead; one script each in `benchmarks/peers/`, each in a virtual environment of its own, versions",
        "pinned.",
        "",
        "### Is it right?",
        "",
        *correct.section(chosen, missing),
    ]
    if not arguments.no_timing:
        there = [peer for peer in (*chosen, CHECKOV) if peer.name not in missing]
        sizes = [int(size) for size in arguments.sizes.split(",")]
        lines += [
            "",
            "### What does it cost?",
            "",
            f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}.",
            "",
            *seconds.section([peer for peer in chosen if peer in there], sizes, arguments.times),
            "",
            *seconds.start_up(there, arguments.times),
        ]
    path = HERE / "RESULTS.md"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    print(path, file=sys.stderr)


if __name__ == "__main__":
    main()
