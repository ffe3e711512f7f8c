"""Reads what tests of the connection print: ``mdatp connectivity test``, its like in the cross-platform analyzer, MAPS.

None of them names its device or a time; a file holds the output of one run. One record for each URL that was tried;
on the first stands what the run says as a whole.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass

from checker.errors import InputError, Problem
from checker.inventory.analyzer_report import Fields, opened
from checker.inventory.cells import error_word
from checker.inventory.secrets import NOTHING
from checker.inventory.sense_event import host_of, is_streamlined
from checker.inventory.source import Source
from checker.inventory.table import Faults, Opened

TRY = re.compile(
    r"Testing connection with (?P<url>\S{1,2000}?)\s*\.\.\.\s*\[(?P<result>OK|ERROR|FAIL\w*)\](?P<more>.*)"
)
BEGUN = "Testing connection with "
# What the analyzer prints below an error, and tests on command hosts, which mdatp itself does not.
REASON = re.compile(r"\s(?:SSL cert issue|Request timeout|Request general issue|response (?:\d{3}|None))\s*$")
ANALYZER_URL = "/storage/automatedirstr"
RESPONSE = re.compile(r"\bresponse (\d{3})\b")
CURL = re.compile(r"curl\D{0,20}(\d{1,2})(?!\d)", re.IGNORECASE)
TLS_ERRORS, TLS_WORDS = ("35", "60"), "SSL cert issue"
PLAIN_PATH = re.compile(r"[\w./?=&%~+-]{0,300}")
MOST_URLS = 1000  # of one run; the longest list has about 20
MAPS = re.compile(r"ValidateMapsConnection (?P<result>successfully|failed)")


@dataclass(slots=True)
class Try:
    """A URL that was tried, and what came back."""

    line: int
    url: str
    ok: bool
    reason: str = ""

    @property
    def curl_error(self) -> str:
        """Return the number of curl's error; 60 where a certificate was refused."""
        found = CURL.search(self.reason)
        return found[1] if found else "60" if TLS_WORDS in self.reason else ""

    def fields(self) -> Fields:
        """Return what the try says."""
        said = {"url": self.url}
        if self.ok:
            return {**said, "result": "reachable"}
        if response := RESPONSE.search(self.reason):
            return {**said, "http status": response[1]}  # an answer of which only the number is known
        result = "tls_error" if self.curl_error in TLS_ERRORS else "blocked"
        return {**said, "result": result, "error": error_word(self.reason)}


def open_connectivity_test(source: Source, _known: frozenset[str], faults: Faults) -> Opened:
    """Read one run; a URL without a result is a fault, a URL that comes again raises :class:`InputError`."""
    tries = _tries(source.text(), faults)
    seen: dict[str, int] = {}
    for item in tries:
        if seen.setdefault(item.url, item.line) != item.line:
            what = f"tests a URL of line {seen[item.url]} again: it holds more than one run"
            raise InputError(
                Problem(f"{source.path}:{item.line}", what, "keep each device's output in a file of its own")
            )
    faults.raise_if_any()
    if not tries:
        raise InputError(Problem(source.path, "holds no URL with a result", "run the test again"))
    tool = "analyzer" if _is_analyzer(tries) else "mdatp"
    rows = [(item.line, {**item.fields(), "tool": tool}) for item in tries]
    if not faults.count:  # of a run that is not whole nothing is said as a whole
        rows[0][1].update(_whole(tries, tool))
    return opened("connectivity-text", "output of a connectivity test", rows)


def open_maps_test(source: Source, _known: frozenset[str], _faults: Faults) -> Opened:
    """Read what MpCmdRun -ValidateMapsConnection printed; a failure counts, whatever else stands there."""
    found = [
        (number, match["result"])
        for number, line in enumerate(source.text().splitlines(), start=1)
        if (match := MAPS.search(line[:1000]))
    ]
    line, result = min(found, key=lambda item: item[1])  # "failed" before "successfully"
    return opened("maps-text", "output of MpCmdRun", [(line, {"ValidateMapsConnection": result})])


def _tries(text: str, faults: Faults) -> list[Try]:
    tries: list[Try] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if found := TRY.search(line[:4096]):
            if len(tries) == MOST_URLS:
                raise InputError(
                    Problem(
                        f"{faults.path}:{number}",
                        f"tests more than {MOST_URLS:,} URLs",
                        "keep each run in a file of its own",
                    )
                )
            tries.append(Try(number, _plain(found["url"]), found["result"] == "OK", found["more"][:200].strip()))
        elif BEGUN in line:
            faults.add(
                len(tries) + 1, number, "has no result: the output was cut off, or the test was stopped", NOTHING
            )
        elif tries and not tries[-1].ok and not tries[-1].reason and line.strip():
            tries[-1].reason = f" {line[:200].strip()}"
    return tries


def _is_analyzer(tries: list[Try]) -> bool:
    return any(ANALYZER_URL in item.url or (item.reason and REASON.search(item.reason)) for item in tries)


def _whole(tries: list[Try], tool: str) -> Fields:
    """Return what all tries say together."""
    failed = [item for item in tries if not item.ok]
    streamlined = [item for item in tries if is_streamlined(host_of(item.url))]
    if tool == "analyzer":  # it tests the streamlined list only with an onboarding script or a geography
        return {"analyzer": "no" if failed else "yes"} if streamlined else {}
    errors = [item.curl_error for item in failed if item.curl_error]
    said = {
        "reached": _list(item.url for item in streamlined if item.ok),
        "hosts": _list(host_of(item.url) for item in tries),
        "failed": _list(item.url for item in failed) if failed else "",
    }
    if errors or not failed:
        said["curl errors"] = _list(errors) if errors else ""
    return said


def _plain(url: str) -> str:
    """Return a URL of scheme, host and path; what may hold more than that, cut before it."""
    host = host_of(url)
    path = url.partition("://")[2].partition("/")[2]
    return f"https://{host}/{path}" if host and PLAIN_PATH.fullmatch(path) else f"https://{host}/"


def _list(members: Iterable[str]) -> str:
    return json.dumps(sorted(set(members)), separators=(",", ":"))
