"""What evidence says of itself: its manifest, and the in-toto statement about report and inputs.

The statement is version 1, with the predicate test-result v0.1 (github.com/in-toto/attestation). Its tests are the
rules of the shown phase by id, and for a gate the criteria of its wave, ``gate/<criterion>``:

    failed    a criterion that is missed; a rule with FAIL that no waiver covers, at or above ``--fail-on``
    warned    a criterion that is undetermined; a rule with any other FAIL or UNKNOWN, waived ones too
    passed    a criterion that is met; a rule with PASS, and none of these

A rule that applies to no device is none of them. The result follows the exit code, which also asks whether a device's
route binds the rule: 0 PASSED, 1 FAILED, 3 WARNED.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from checker.model.outcome import Met
from checker.model.result import Summary
from checker.reporters.shown import counts_for_exit, gated_wave, shown_rules, weigh

SCHEMA: Final = "mde-readiness/evidence/v1"
STATEMENT_TYPE: Final = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE: Final = "https://in-toto.io/attestation/test-result/v0.1"
PAYLOAD_TYPE: Final = "application/vnd.in-toto+json"
RESULTS: Final = {0: "PASSED", 1: "FAILED", 3: "WARNED"}
MOST_MEMBERS: Final = 100_000  # a macOS fleet may come as a file for each device; more is refused when it is opened
_CONFIGURING: Final = ("pack", "run")  # kinds of members that say how it was judged


@dataclass(frozen=True, slots=True)
class Member:
    """A file of evidence."""

    path: str
    kind: str
    shown: str  # the name that the report has for it; empty for what the tool wrote
    sha256: str
    size: int  # bytes


def manifest(members: Iterable[Member]) -> dict[str, Any]:
    """Return the manifest: everything but itself and the statement about it, sorted by path."""
    files = [
        {"path": it.path, "kind": it.kind, "shown": it.shown, "sha256": it.sha256, "size": it.size}
        for it in sorted(members, key=lambda member: member.path)
    ]
    return {"schema": SCHEMA, "files": files}


def statement(summary: Summary, members: Iterable[Member], manifest_sha256: str) -> dict[str, Any]:
    """Return the statement about a result, the members that hold it, and the inputs that it was made of."""
    listed = sorted(members, key=lambda member: member.path)
    inputs = dict.fromkeys((f"input:{it.given}", it.sha256) for it in summary.inputs)
    return {
        "_type": STATEMENT_TYPE,
        "subject": [
            _resource("manifest.json", manifest_sha256),
            *(_resource(it.path, it.sha256) for it in listed if not it.shown and it.kind != "run"),
            *(_resource(name, digest) for name, digest in inputs),
        ],
        "predicateType": PREDICATE_TYPE,
        "predicate": {
            "result": RESULTS[summary.exit_code],
            "configuration": [
                *(_resource(it.path, it.sha256) for it in listed if it.kind in _CONFIGURING),
                *(_resource(f"{note.kind}:{note.path}", note.sha256) for note in summary.governed_by),
            ],
            **_tests(summary),
        },
    }


def _resource(name: str, sha256: str) -> dict[str, Any]:
    return {"name": name, "digest": {"sha256": sha256}}


def _tests(summary: Summary) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {"passedTests": [], "warnedTests": [], "failedTests": []}
    for name, verdict in (*_criteria(summary), *_rules(summary)):
        found[verdict].append(name)
    return found


def _criteria(summary: Summary) -> Iterator[tuple[str, str]]:
    verdicts = {Met.MET: "passedTests", Met.MISSED: "failedTests", Met.UNDETERMINED: "warnedTests"}
    wave = gated_wave(summary)
    for criterion in wave.criteria if wave else ():
        yield f"gate/{criterion.id}", verdicts[Met(criterion.met)]


def _rules(summary: Summary) -> Iterator[tuple[str, str]]:
    for rule in shown_rules(summary):
        if weigh(rule).failed and counts_for_exit(summary, rule.severity):
            yield rule.id, "failedTests"
        elif rule.failed or rule.unknown:
            yield rule.id, "warnedTests"
        elif rule.passed:
            yield rule.id, "passedTests"
