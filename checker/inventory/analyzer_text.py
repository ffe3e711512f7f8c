"""Reads the text that the MDE Client Analyzer for Windows writes on a device: a record of it, and one for each try.

What it found stands line by line ("Device name: WS-1"); which URL answered, and on which of five ways, in blocks.
"""

import re
from dataclasses import dataclass, field

from checker.inventory.analyzer_report import Fields, opened, times_of
from checker.inventory.mapping import title_key
from checker.inventory.secrets import NOTHING
from checker.inventory.sense_event import host_of, is_streamlined
from checker.inventory.source import Source
from checker.inventory.table import Faults, Opened

LABEL = re.compile(r"(?P<label>[A-Z][^:]{1,60}?)\s*:(?:\s*:)?\s(?P<value>.*)")
URL_LINE = re.compile(r"Testing URL ?: ?(?P<url>\S+)")
WAY_LINE = re.compile(r"\s*(?P<way>[1-5]) - [^:]{1,60}: ?(?P<result>.*)")
WAYS = {"1": "system_proxy", "2": "wpad", "3": "direct", "4": "named_proxy", "5": "command line"}
NOT_OF_THE_SENSOR = "5"  # a proxy that the person at the keyboard named
ANSWERED = re.compile(r"\((?:200|400|404)\)|Succeeded \(405\)")  # as the analyzer itself counts
STATUS = re.compile(r"\(([1-5]\d\d)\)")
NO_WAY = "doesn't exist"
AS_SYSTEM = re.compile(r"Connectivity output, (?:running as System|using psexec -s)")
ASKED = re.compile(r"CheckConnectivity -.*-onboardingScriptPath\s(?P<script>.*?)\s*-geoRegion\s*(?P<geo>\S*)")
NAME, ID, RAN, BOOTED = "Device name", "Device ID", "Script RunTime", "SystemBootTime"
ONBOARDED, READINESS = "Device Onboarded via Streamlined Connectivity", "Streamlined Connectivity Readiness"
LOOKED_AT = frozenset(map(title_key, (RAN, BOOTED, READINESS, f"{READINESS} (Preview)")))
LONGEST_LINE = 4096


def open_analyzer_text(source: Source, known: frozenset[str], faults: Faults) -> Opened:
    """Read the text of one device; a URL of which nothing came back is a fault."""
    return opened("analyzer-text", "text of the Client Analyzer", _Text(known, faults).records(source.text()))


@dataclass(slots=True)
class _Text:
    """Reads the analyzer's text line by line."""

    known: frozenset[str]
    faults: Faults
    labels: Fields = field(default_factory=dict)
    tries: list[tuple[int, Fields]] = field(default_factory=list)
    answered: dict[str, bool] = field(default_factory=dict)  # streamlined URL -> whether one way answered
    url: str = ""
    url_line: int = 0
    as_system: bool = False
    asked: re.Match[str] | None = None

    def records(self, text: str) -> list[tuple[int, Fields]]:
        """Return the device's record and those of the tries, with their lines; each try names the device."""
        number = 0
        for number, line in enumerate(text.splitlines(), start=1):
            self._line(number, line[:LONGEST_LINE])
        self._url_ends()
        whose = {title: self.labels[title] for title in (NAME, ID) if title in self.labels}
        times = times_of(self.labels.get(RAN, ""), self.labels.get(BOOTED, ""))
        when = {"run time": times["run time"]} if times["run time"] else {}
        head = {**self.labels, **times, "mode": self._mode(), "streamlined URLs": self._all_answered()}
        head = {title: text for title, text in head.items() if text and title_key(title) not in LOOKED_AT}
        return [(1, head), *((line, {**whose, **when, **fields}) for line, fields in self.tries)]

    def _line(self, number: int, line: str) -> None:
        if url := URL_LINE.search(line):
            self._url_ends()
            self.url, self.url_line = url["url"], number
        elif self.url and (way := WAY_LINE.match(line)):
            self._try(number, way["way"], way["result"].strip())
        elif AS_SYSTEM.search(line):
            self.as_system = True
        elif asked := ASKED.match(line):
            self.asked = asked
        elif (found := LABEL.match(line)) and title_key(found["label"]) in self.known | LOOKED_AT:
            self.labels.setdefault(found["label"], found["value"].strip())

    def _try(self, number: int, way: str, result: str) -> None:
        self.url_line = 0  # something came back
        answered = ANSWERED.search(result) is not None
        if is_streamlined(host_of(self.url)):
            self.answered[self.url] = self.answered.get(self.url, False) or (answered and way != NOT_OF_THE_SENSOR)
        if result.replace("’", "'").casefold().rstrip(".") == NO_WAY:
            return
        status = STATUS.search(result)
        said = {"url": self.url, "way": WAYS[way], "method": "analyzer" if self.as_system else "analyzer-user"}
        if answered:
            said["result"] = "reachable"
        elif not status:
            said["result"] = "blocked"  # of a status that is no answer nothing but the status is said
        self.tries.append((number, {**said, "http status": status[1]} if status else said))

    def _url_ends(self) -> None:
        if self.url and self.url_line:
            what = "has a URL of which nothing came back: the file was cut off, or the test was stopped"
            self.faults.add(len(self.tries) + 2, self.url_line, what, NOTHING)
        self.url, self.url_line = "", 0

    def _mode(self) -> str:
        """Return which list of URLs was tested; "" where an older analyzer does not tell whether it is onboarded."""
        if self.asked and (self.asked["script"].strip() or self.asked["geo"]):
            return "script" if self.asked["script"].strip() else "geo"
        if ONBOARDED in self.labels:
            return "onboarded"
        return "standard" if self.asked and any(label.startswith(READINESS) for label in self.labels) else ""

    def _all_answered(self) -> str:
        if not self.answered or not self.as_system:
            return ""
        return "yes" if all(self.answered.values()) else "no"
