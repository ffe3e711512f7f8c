"""SARIF 2.1.0: ``sarif`` carries the problems, for code scanning; ``sarif-full`` every outcome, for an audit.

| outcome | ``sarif`` | ``sarif-full`` |
|---|---|---|
| FAIL | ``fail``, level by severity | the same |
| UNKNOWN | ``fail``, level ``note``, of rule ``<id>.unknown``; only where it counts, see below | ``open`` |
| PASS | - | ``pass`` |
| NOT_APPLICABLE | - | ``notApplicable``, one result per rule |
| FAIL or UNKNOWN, waived | - | the same kind, with an accepted suppression |

GitHub reads neither ``kind`` nor ``suppressions``: a pass, an open and a waived result would all become alerts there.
So ``sarif`` leaves them out. What is not known must not look like nothing found, though: an UNKNOWN of a blocker, or
of a rule that counts for the exit code, is a problem of its own (evidence is missing) under a rule of its own. That
one has no security severity, so that it never shows as a critical alert, and it goes away when the evidence arrives.

Levels: blocker is ``error``, major ``warning``, minor and info ``note``. Beyond 5,000 results there is one per rule and
outcome, with ``occurrenceCount`` and the first devices; a notification and the run's properties say so. Results are
written one by one. Nothing comes from a clock: there is no ``startTimeUtc``.
"""

import json
from collections.abc import Iterator
from typing import Any, BinaryIO, Final

from checker.model.result import Result, Summary
from checker.reporters import sarif_results
from checker.reporters.sarif_places import artifacts, message, uri
from checker.reporters.sarif_results import View
from checker.reporters.sarif_rules import DESCRIPTORS, descriptor
from checker.reporters.shown import scope_name
from checker.reporters.wording import visible

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def write_problems(result: Result, stream: BinaryIO) -> None:
    """Write what somebody has to look at, as GitHub and others show alerts."""
    _write(sarif_results.problems(result), result.summary, stream)


def write_full(result: Result, stream: BinaryIO) -> None:
    """Write every outcome with its kind and suppressions."""
    _write(sarif_results.full(result), result.summary, stream)


def _write(view: View, summary: Summary, stream: BinaryIO) -> None:
    """Write the log with its results last, one on each line."""
    run = _encoded(_run(view, summary))
    stream.write(b'{"$schema": "%s", "version": "2.1.0", "runs": [' % SCHEMA.encode())
    stream.write(run.removesuffix(b"}") + b', "results": [')
    stream.writelines((b",\n" if number else b"\n") + _encoded(found) for number, found in enumerate(view.results))
    stream.write(b"\n]}]}\n")


def _encoded(value: dict[str, Any]) -> bytes:
    # NOTE: only paths and notices can hold lone surrogates; spelled like this they are JSON escapes of themselves.
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "backslashreplace")


def _run(view: View, summary: Summary) -> dict[str, Any]:
    """Return the run without its results."""
    driver = {
        "name": "mde-readiness",
        "version": summary.tool_version,
        "semanticVersion": summary.tool_version,
        "rules": [descriptor(listed) for listed in view.listed],
        "notifications": list(DESCRIPTORS.values()),
    }
    invocation = {
        "executionSuccessful": True,  # the tool ran; whether the fleet may move is for the exit code to say
        "exitCode": summary.exit_code,
        "exitCodeDescription": visible(summary.exit_reason),
        "toolExecutionNotifications": list(_notifications(view, summary)),
    }
    return {
        "tool": {"driver": driver},
        "automationDetails": {"id": f"mde-readiness/{visible(scope_name(summary))}/"},
        "invocations": [invocation],
        "artifacts": artifacts(summary),
        "columnKind": "unicodeCodePoints",
        "properties": _properties(view, summary),
    }


def _properties(view: View, summary: Summary) -> dict[str, Any]:
    packs = [
        {"id": pack.id, "version": pack.version, "profile": pack.profile, "sha256": pack.sha256}
        for pack in summary.packs
    ]
    return {
        "asOf": summary.as_of.isoformat(),
        "profile": summary.profile,
        "phase": summary.phase,
        "packs": packs,
        "guidance": [visible(line) for line in summary.guidance],
        "detail": "rule" if view.truncated else "device",
        "truncated": view.truncated,
        "total": view.total,
        "shown": view.shown,
    }


def _notifications(view: View, summary: Summary) -> Iterator[dict[str, Any]]:
    """Yield what a reader must know beside the results, what was cut first."""
    if view.truncated:
        text = f"{view.shown:,} results stand for {view.total:,} outcomes of devices; the findings table has them all"
        yield _notification("report.truncated", "warning", text)
    if summary.partial:
        text = "rules were left out by --select or --ignore, so that no device is READY by this run"
        yield _notification("run.partial", "warning", text)
    for text in (*summary.guidance, *summary.assumptions, *summary.notices):
        yield _notification("run.notice", "note", text)
    for index, entry in enumerate(summary.inputs):
        place = {"physicalLocation": {"artifactLocation": {"uri": uri(entry.path), "index": index}}}
        for text in entry.notices:
            yield _notification("run.notice", "note", text) | {"locations": [place]}


def _notification(name: str, level: str, text: str) -> dict[str, Any]:
    reference = {"id": name, "index": list(DESCRIPTORS).index(name)}
    return {"descriptor": reference, "level": level, "message": message(text)}
