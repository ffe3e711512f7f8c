"""Is the answer right? Every peer judges each device of a fleet of traps on its own, as first written and by hand."""

import csv
import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from benchmarks.peers.peers import BUILD, HERE, ROOT, Peer
from benchmarks.peers.work import ERROR, RULES

Cell = tuple[str, str]  # device, rule


def expected() -> dict[Cell, str]:
    """Return the right outcome of each rule on each device; "" where it is not applicable."""
    with (HERE / "expected.csv").open(encoding="utf-8", newline="") as file:
        return {(row["device"], rule.id): row[rule.id] for row in csv.DictReader(file) for rule in RULES}


@dataclass(slots=True)
class Answers:
    """What a peer said of the traps."""

    wrong: dict[Cell, str] = field(default_factory=dict)  # what it said instead; "nothing" for no outcome
    none: list[Cell] = field(default_factory=list)  # where it ended with an error
    message: str = ""  # of the first error that ended a whole run

    @property
    def misses(self) -> int:
        """How many answers are not right."""
        return len(self.wrong) + len(self.none)


def asked(peer: Peer, plain: bool) -> Answers:
    """Return what a peer says of each trap."""
    header, *rows = (HERE / "traps.csv").read_text(encoding="utf-8").splitlines()
    folder = BUILD / "traps"
    folder.mkdir(parents=True, exist_ok=True)
    files = {row.split(",")[1].partition(".")[0]: folder / f"{number:02}.csv" for number, row in enumerate(rows)}
    for file, row in zip(files.values(), rows, strict=True):
        file.write_text(f"{header}\n{row}\n", encoding="utf-8")
    command = [str(peer.python), "-m", f"benchmarks.peers.{peer.module}", *map(str, files.values())]
    ran = subprocess.run([*command, *["--plain"] * plain], cwd=ROOT, capture_output=True, text=True, check=False)
    lines = [line for line in ran.stdout.splitlines() if line.startswith("{")]
    if len(lines) != len(files):
        raise SystemExit(f"{peer.name} answered {len(lines)} of {len(files)} traps: {ran.stderr[-500:]}")
    return compared(dict(zip(files, map(json.loads, lines), strict=True)))


def compared(said: Mapping[str, Mapping[str, Mapping[str, int]]]) -> Answers:
    """Return which answers are wrong; an error on a device to which the rule does not apply is not one."""
    answers = Answers()
    for (device, rule), right in expected().items():
        found = said[device]
        if "error" in found:
            answers.message = answers.message or str(found["error"])
        outcome = next((name for name, count in found.get(rule, {ERROR: 1}).items() if count), "")
        if outcome == ERROR and right:
            answers.none.append((device, rule))
        elif outcome not in (right, ERROR):
            answers.wrong[device, rule] = outcome or "nothing"
    return answers


def section(peers: Sequence[Peer], missing: Mapping[str, str]) -> list[str]:
    """Return the lines of the page; ``missing`` tells which peers are not installed, and why."""
    right = expected()
    applicable = sum(1 for outcome in right.values() if outcome)
    lines = [
        f"{len(right) // len(RULES)} devices of traps, {len(RULES)} prerequisites, {applicable} pairs to answer. *As",
        "first written*: how many each tool answers rightly with what its documentation shows first. *By hand*: with",
        "all that its documentation offers, by somebody who knows every trap; the lines are those of its script.",
        "Where a cell says nothing the right answer is UNKNOWN, as where nobody knows whether the rule applies.",
        "Right is what `docs/rules.md` lays down, so this tool is right by definition, and a test holds that it is.",
        "",
        "| tool | version | as first written | by hand | lines | what its language lacks, and what was done instead |",
        "|---|---|---|---|---|---|",
        f"| **mde-readiness** | this one | **{applicable}** | – | {pack_lines()} | (a pack, with titles and sources) |",
    ]
    first, by_hand = {}, {}
    for peer in peers:
        if peer.name in missing:
            lines.append(f"| {peer.name} | {peer.version} | not installed: {missing[peer.name]} | | | |")
            continue
        first[peer.name], by_hand[peer.name] = asked(peer, plain=True), asked(peer, plain=False)
        at_first, then = (applicable - found[peer.name].misses for found in (first, by_hand))
        lines.append(f"| {peer.name} | {peer.version} | {at_first} | {then} | {peer.lines} | {peer.lacks} |")
    return [*lines, "", "#### Each wrong answer", "", *wrong(first), "", *no_answer(first), "", *again(by_hand)]


def pack_lines() -> int:
    """Return the lines of our pack."""
    return sum(len(path.read_text(encoding="utf-8").splitlines()) for path in (HERE / "pack").iterdir())


def wrong(first: Mapping[str, Answers]) -> list[str]:
    """Return each answer that is wrong as first written: a line for each trap and prerequisite."""
    lines = ["| device | prerequisite | right | said instead |", "|---|---|---|---|"]
    for (device, rule), right in expected().items():
        said: dict[str, list[str]] = {}
        for name, answers in first.items():
            if (device, rule) in answers.wrong:
                said.setdefault(answers.wrong[device, rule], []).append(name)
        if said:
            text = "; ".join(f"**{outcome}** {', '.join(names)}" for outcome, names in said.items())
            lines.append(f"| {device} | {rule} | {right or 'not applicable'} | {text} |")
    return lines


def no_answer(first: Mapping[str, Answers]) -> list[str]:
    """Return where the tools ended with an error as first written."""
    lines = []
    for name, answers in first.items():
        if answers.none:
            devices = dict.fromkeys(device for device, _ in answers.none)
            rules = dict.fromkeys(rule for _, rule in answers.none)
            where = ", ".join(devices) if len(devices) < 4 else f"{len(devices)} devices"
            said = f": `{answers.message}`" if answers.message else ""
            lines.append(f"- {name}: {len(answers.none)} ({where}; {', '.join(rules)}){said}")
    return ["No answer but an error:", "", *lines] if lines else []


def again(by_hand: Mapping[str, Answers]) -> list[str]:
    """Return each answer that is wrong even by hand."""
    lines = [
        f"- {name}: {device}, {rule}: {said}"
        for name, answers in by_hand.items()
        for (device, rule), said in (*answers.wrong.items(), *((cell, "an error") for cell in answers.none))
    ]
    return ["Wrong even by hand:", "", *lines] if lines else ["By hand every answer of every tool is right."]
