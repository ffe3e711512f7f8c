"""GitLab's code quality report: the problems of ``sarif``, each on its device's line, for merge requests.

| outcome | severity in the file |
|---|---|
| FAIL | the rule's: ``blocker``, ``major``, ``minor``, ``info`` |
| UNKNOWN, where it counts | ``info``, under the rule's id with ``.unknown`` |
| PASS, NOT_APPLICABLE, waived | - |

Up to 5,000 problems stand one by one, beyond that one for each rule. Fingerprints are those of SARIF, from device and
rule and never from the line: GitLab tells by them what is new and what is fixed, and drops what has the same.
"""

import json
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any, BinaryIO, Final
from urllib.parse import unquote

from checker.model.result import Result
from checker.reporters.sarif import views as sarif_views

_LONGEST: Final = 1_000  # characters of a description; a list in a merge request shows far fewer


def write(result: Result, stream: BinaryIO) -> None:
    """Write a JSON array, one problem on each line, without a byte order mark: GitLab refuses one."""
    stream.write(b"[")
    for number, problem in enumerate(_problems(result)):
        stream.write(b",\n" if number else b"\n")
        stream.write(json.dumps(problem, ensure_ascii=False).encode("utf-8", "backslashreplace"))
    stream.write(b"\n]\n")


def _problems(result: Result) -> Iterator[dict[str, Any]]:
    for view in sarif_views.problems(result):
        yield from (_problem(found) for found in view.results)


def _problem(found: dict[str, Any]) -> dict[str, Any]:
    """Return a SARIF result as GitLab reads it."""
    place = found["locations"][0]["physicalLocation"]
    properties = found["properties"]
    return {
        "description": found["message"]["text"][:_LONGEST],
        "check_name": found["ruleId"],
        "fingerprint": found["partialFingerprints"]["primaryLocationLineHash"],
        "severity": properties["severity"] if properties["outcome"] == "FAIL" else "info",
        "location": {
            "path": _path(place["artifactLocation"]["uri"]),
            "lines": {"begin": place["region"]["startLine"]},
        },
    }


def _path(uri: str) -> str:
    """Return the path as GitLab joins it to the root of the project: relative, without steps up or a leading ``./``."""
    parts = PurePosixPath(unquote(uri.removeprefix("file://"), errors="backslashreplace")).parts
    return "/".join(part for part in parts if part not in ("/", "//", "..", ".")) or "."
