"""``python -m benchmarks.peers``: installs the peers below build/peers, and writes benchmarks/peers/RESULTS.md.

With ``--only`` or ``--no-timing`` the page would lack the rest: it is printed, and RESULTS.md stays as it is.
"""

import argparse
import os
import platform
import sys

from benchmarks.generate import count
from benchmarks.peers import correct, seconds
from benchmarks.peers.peers import BUILD, CHECKOV, HERE, PEERS, install

NAMES = [peer.module for peer in PEERS]


def sizes(text: str) -> list[int]:
    """Return the numbers of devices, separated by commas."""
    return [count(size) for size in text.split(",")]


def modules(text: str) -> list[str]:
    """Return the names of peers' scripts, separated by commas."""
    found = text.split(",")
    if unknown := [name for name in found if name not in NAMES]:
        raise argparse.ArgumentTypeError(f"no peer is called {', '.join(unknown)}; there are {', '.join(NAMES)}")
    return found


def main() -> None:
    """Compare, and write the page, or print a part of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=sizes, default="1000,100000,1000000", help="devices, smallest first")
    parser.add_argument("--times", type=count, default=3, help="runs of which the best counts")
    parser.add_argument("--only", type=modules, default=NAMES, help="these peers, by the names of their scripts")
    parser.add_argument("--no-timing", action="store_true", help="the first table only")
    arguments = parser.parse_args()
    chosen = [peer for peer in PEERS if peer.module in arguments.only]
    BUILD.mkdir(parents=True, exist_ok=True)
    wanted = chosen if arguments.no_timing else [*chosen, CHECKOV]
    missing = {peer.name: why for peer in wanted if (why := install(peer))}
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
        there = [peer for peer in wanted if peer.name not in missing]
        lines += [
            "",
            "### What does it cost?",
            "",
            f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}.",
            "",
            *seconds.section([peer for peer in chosen if peer in there], arguments.sizes, arguments.times),
            "",
            *seconds.start_up(there, arguments.times),
        ]
    if arguments.no_timing or chosen != list(PEERS):
        print("\n".join(lines))
        return
    path = HERE / "RESULTS.md"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    print(path, file=sys.stderr)


if __name__ == "__main__":
    main()
