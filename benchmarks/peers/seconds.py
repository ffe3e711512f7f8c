"""What does the answer cost? Whole processes with their imports, best of some runs, peak memory of the process."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf
from pathlib import Path
from time import perf_counter

from benchmarks.peers.peers import BUILD, HERE, ROOT, Peer
from benchmarks.peers.work import COUNTED, RULES, Counts

LIMIT = 120.0  # seconds
OURS = "mde-readiness"
OUR_REPORT = BUILD / "ours.json"


@dataclass(frozen=True, slots=True)
class Run:
    """One finished process: wall time, peak memory, and what it counted if it was to count."""

    seconds: float
    peak_mb: float
    counts: Counts | None = None


def timed(command: Sequence[str], counts: Path | None = None) -> Run | None:
    """Run a command, None if it takes longer than the limit; its counts are read from a file of ours or its output."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    said = BUILD / "said.txt"
    with said.open("w", encoding="utf-8") as out:
        start = perf_counter()
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=subprocess.DEVNULL)
        alarm = threading.Timer(LIMIT, process.kill)
        alarm.start()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = perf_counter() - start
        alarm.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode < 0:
        return None
    return Run(seconds, usage.ru_maxrss / 1024, ours_counts(counts) if counts else their_counts(said))


def ours_counts(path: Path) -> Counts:
    """Return the counts of our JSON report."""
    report = json.loads(path.read_text(encoding="utf-8"))
    return {rule["id"]: {name: rule[name.lower()] for name in COUNTED} for rule in report["rules"]}


def their_counts(path: Path) -> Counts | None:
    """Return the counts that a peer printed, if it did."""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith(f'{{"{RULES[0].id}"'):
            return {rule: {name: count[name] for name in COUNTED} for rule, count in json.loads(line).items()}
    return None


def in_turn(commands: Mapping[str, Sequence[str]], times: int) -> dict[str, Run | None]:
    """Return the best run of each command, None for one that was stopped.

    All run once, then all again, so that other work on the machine hits each alike; what takes a quarter of the limit
    runs once.
    """
    found: dict[str, Run | None] = {}
    for turn in range(times):
        for name, command in commands.items():
            before = found.get(name)
            if turn and (before is None or before.seconds > LIMIT / 4):
                continue
            ran = timed(command, OUR_REPORT if name == OURS else None)
            found[name] = min((one for one in (before, ran) if one), key=lambda one: one.seconds, default=None)
            print(name, "stopped" if ran is None else f"{ran.seconds:.2f} s", file=sys.stderr)
    return found


def foreseen(runs: Sequence[tuple[int, float]], size: int) -> float:
    """Return how long a size will take, by a straight line through the last two; 0 if there are none."""
    if len(runs) < 2:
        return 0.0
    (fewer, quick), (more, slow) = runs[-2:]
    return slow + (slow - quick) / (more - fewer) * (size - more)


def ours(path: Path) -> list[str]:
    """Return our command."""
    words = ("check", path, "--pack", HERE / "pack", "--as-of", "2026-11-23", "--quiet", "-o", OUR_REPORT)
    return [sys.executable, "-m", "checker", *map(str, words)]


def export(devices: int) -> Path:
    """Return the fleet of that size, made once in a process of its own."""
    path = BUILD / f"{devices}.csv"
    if not path.exists():
        subprocess.run([sys.executable, "-m", "benchmarks.peers.fleet", str(devices), str(path)], cwd=ROOT, check=True)
    return path


def cell(ran: Run | None, mine: Run, expected: float) -> str:
    """Return seconds, peak memory and ratio to ours."""
    if ran is None:
        guess = f" (some {expected:,.0f} s)" if LIMIT < expected < inf else ""
        return f"not within {LIMIT:.0f} s{guess}"
    differs = "" if ran.counts == mine.counts else ", **counts differ**"
    return f"{ran.seconds:.2f} s, {ran.peak_mb:,.0f} MB, **{ran.seconds / mine.seconds:.2f}**{differs}"


def section(peers: Sequence[Peer], sizes: Sequence[int], times: int) -> list[str]:
    """Return the table: a row for each peer, a column for each size."""
    cells: dict[str, list[str]] = {name: [] for name in (OURS, *(peer.name for peer in peers))}
    took: dict[str, list[tuple[int, float]]] = {name: [] for name in cells}
    for size in sizes:
        path = export(size)
        commands = {OURS: ours(path)}
        for peer in peers:
            if foreseen(took[peer.name], size) <= LIMIT:
                commands[peer.name] = [str(peer.python), "-m", f"benchmarks.peers.{peer.module}", str(path)]
        found = in_turn(commands, times)
        mine = found[OURS]
        if mine is None or mine.counts is None:
            raise SystemExit(f"{OURS} did not judge {path} within {LIMIT:.0f} s")
        for name, row in cells.items():
            ran = found.get(name)
            row.append(cell(ran, mine, foreseen(took[name], size)))
            took[name].append((size, ran.seconds if ran else inf))
    return [
        "Whole processes, CSV in, counts out, made right by hand: seconds, peak memory, **seconds ÷ ours**. All run",
        f"in turn, best of {times} (once what takes {LIMIT / 4:.0f} s). What takes longer than {LIMIT:.0f} s is",
        "stopped, or not begun where the sizes before foretell it. Ours writes its whole JSON report: histograms,",
        "examples, actions.",
        "",
        "| tool | kind | " + " | ".join(f"{size:,} devices" for size in sizes) + " |",
        "|---|---|" + "---|" * len(sizes),
        f"| **{OURS}** | this one | " + " | ".join(cells[OURS]) + " |",
        *(
            f"| {peer.name} | {peer.kind} | " + " | ".join(cells[peer.name]) + " |"
            for peer in peers
            if peer.name in cells
        ),
    ]


def start_up(peers: Sequence[Peer], times: int) -> list[str]:
    """Return the table of what it takes to print a version or help; of the peers those that are command lines."""
    scripts = {"checkov": "--version", "c7n": "--help"}
    commands = {"python, nothing else": [sys.executable, "-c", ""]}
    for peer in peers:
        if peer.module in scripts:
            program = peer.python.with_name({"c7n": "c7n-left"}.get(peer.module, peer.module))
            commands[f"{program.name} {scripts[peer.module]}"] = [str(program), scripts[peer.module]]
    commands["mde-readiness --version"] = [sys.executable, "-m", "checker", "--version"]
    lines = ["| start-up | seconds | peak MB |", "|---|---|---|"]
    for name, ran in in_turn(commands, times).items():
        lines.append(f"| {name} | {ran.seconds:.2f} | {ran.peak_mb:,.0f} |" if ran else f"| {name} | stopped | |")
    return lines
