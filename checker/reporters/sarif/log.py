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

Where there are waves each has a run, and so a category, of its own; what its gate says stands in notifications.
"""

import json
from collections.abc import Iterator
from typing import Any, BinaryIO, Final

from checker.model.notes import FileNote
from checker.model.result import Result, Summary
from checker.reporters.sarif import views as sarif_views
from checker.reporters.sarif.notices import DESCRIPTORS, notifications
from checker.reporters.sarif.places import artifacts
from checker.reporters.sarif.rules import descriptor
from checker.reporters.sarif.views import View
from checker.reporters.wording import visible

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def write_problems(result: Result, stream: BinaryIO) -> None:
    """Write what somebody has to look at, as GitHub and others show alerts."""
    _write(sarif_views.problems(result), result.summary, stream)


def write_full(result: Result, stream: BinaryIO) -> None:
    """Write every outcome with its kind and suppressions, and what is new since the baseline if there is one."""
    _write(sarif_views.full(result), result.summary, stream)


def _write(views: list[View], summary: Summary, stream: BinaryIO) -> None:
    """Write the log, each run with its results last, one on each line."""
    stream.write(b'{"$schema": "%s", "version": "2.1.0", "runs": [' % SCHEMA.encode())
    for number, view in enumerate(views):
        stream.write(b",\n" if number else b"")
        stream.writelines(_run_parts(view, summary))
    stream.write(b"]}\n")


def _run_parts(view: View, summary: Summary) -> Iterator[bytes]:
    yield _encoded(_run(view, summary)).removesuffix(b"}") + b', "results": ['
    yield from ((b",\n" if number else b"\n") + _encoded(found) for number, found in enumerate(view.results))
    yield b"\n]}"


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
        "toolExecutionNotifications": list(notifications(view, summary)),
    }
    return {
        "tool": {"driver": driver},
        "automationDetails": {"id": view.slot.category},
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
    only_where_said = {
        "simulated": [visible(text) for text in summary.simulated],
        "tailoring": [visible(text) for text in summary.tailoring],
        "governedBy": [_file(note) for note in summary.governed_by],
        "waves": [
            {"name": visible(wave.name), "decision": wave.decision, "reason": visible(wave.reason), "gated": wave.gated}
            for wave in view.slot.waves
        ],
    }
    return {
        "asOf": summary.as_of.isoformat(),
        "profile": summary.profile,
        "phase": summary.phase,
        "packs": packs,
        "guidance": [visible(line) for line in summary.guidance],
        **{name: values for name, values in only_where_said.items() if values},
        "detail": "rule" if view.truncated else "device",
        "truncated": view.truncated,
        "total": view.total,
        "shown": view.shown,
    }


def _file(note: FileNote) -> dict[str, str]:
    return {"kind": note.kind, "path": visible(note.path), "sha256": note.sha256}
