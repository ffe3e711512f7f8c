"""The work that every peer does: ten prerequisites over one export, and counts of their outcomes as JSON on stdout.

Standard library only: each peer runs in a virtual environment of its own, which has that peer and nothing of ours.

Each peer is written twice. *As first written* (``--plain``) takes the operators that its documentation shows, on the
cells as they stand. *Made right by hand* adds what its documentation offers against the traps: cells that say nothing,
versions, the case of words. What is right is the same for both: a condition about a cell that says nothing is UNKNOWN,
and so is one on a device that the rule may not apply to, unless the condition holds anyway.
"""

import csv
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path

PASS, FAIL, UNKNOWN = "PASS", "FAIL", "UNKNOWN"
COUNTED = (PASS, FAIL, UNKNOWN)
ERROR = "ERROR"  # the peer gave no answer
VERSION = "[0-9]+([.][0-9]+)*"
NO_VERSION = "0+([.]0+)*"  # what exports write where there is none
Counts = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One prerequisite: on these systems (the beginning of OSPlatform; "" for all) the column passes the test."""

    id: str
    system: str
    column: str
    test: str  # version (at least), number_by_build (at least), word, not_word, one_of
    value: str = ""


UPDATES = {"17763": 2686, "19044": 1586, "19045": 2194, "20348": 587, "22000": 556}  # build: first revision
SUPPORTED = [
    str(build)
    for build in (14393, 15063, 17763, 19043, 19044, 19045, 20348, 22000, 22621, 22631, 25398, 26100, 26200, 28000)
]
RULES = (
    Rule("sc.sense-min", "Windows", "ClientVersion", "version", "10.8040"),
    Rule("sc.windows-update", "Windows", "OsBuildRevision", "number_by_build"),  # only builds that UPDATES names
    Rule("sc.platform-min", "Windows", "AvPlatformVersion", "version", "4.18.2211.5"),
    Rule("sc.engine-min", "Windows", "AvEngineVersion", "version", "1.1.19900.2"),
    Rule("sc.signature-min", "Windows", "AvSignatureVersion", "version", "1.381.1853.0"),
    Rule("sc.macos-agent-min", "macOS", "ClientVersion", "version", "101.23052.0004"),
    Rule("sc.linux-agent-min", "Linux", "ClientVersion", "version", "101.23052.0009"),
    Rule("sc.already-onboarded", "", "OnboardingStatus", "word", "Onboarded"),
    Rule("sc.mdav-not-disabled", "Windows", "AvMode", "not_word", "2"),
    Rule("sc.os-supported", "Windows", "OSBuild", "one_of"),
)
COLUMNS = tuple(dict.fromkeys(("DeviceId", "OSPlatform", "OSBuild", *(rule.column for rule in RULES))))


def parts(text: str) -> list[int]:
    """Return the numbers of a version, without the zeros at its end; none where the text is no version."""
    numbers = [int(part) for part in text.split(".")] if re.fullmatch(VERSION, text) else []
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return numbers


def rows(path: str) -> Iterator[dict[str, str]]:
    """Yield the devices of a CSV file as row engines take them: the columns in use; a blank cell is an empty text."""
    with Path(path).open(encoding="utf-8", newline="") as file:
        cells = csv.reader(file)
        header = next(cells)
        picked = itemgetter(*(header.index(name) for name in COLUMNS))
        for row in cells:
            yield dict(zip(COLUMNS, picked(row), strict=True))


def tried(answer: Callable[[], str]) -> str:
    """Return an answer, or ERROR where the peer cannot give one; then the others still count."""
    try:
        return answer()
    except Exception:  # whatever a peer makes of a device is its answer
        return ERROR


def counted(outcomes: Iterable[tuple[str, str]]) -> Counts:
    """Return how often each rule had each outcome; "" (not applicable) is not counted."""
    found = {rule.id: dict.fromkeys(COUNTED, 0) for rule in RULES}
    for rule, outcome in outcomes:
        if outcome:
            found[rule][outcome] = found[rule].get(outcome, 0) + 1
    return found


def run(judge: Callable[[str, bool], Counts]) -> None:
    """Judge the files named on the command line, by hand unless ``--plain``, and print a line of counts for each."""
    plain = "--plain" in sys.argv
    for path in sys.argv[1:]:
        if path != "--plain":
            try:
                print(json.dumps(judge(path, plain)))
            except Exception as error:  # whatever a peer makes of a file is its answer
                text = " ".join(line for line in str(error).partition("Stack backtrace")[0].split())
                print(json.dumps({"error": f"{type(error).__name__}: {text[:200]}"}))
