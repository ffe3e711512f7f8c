"""The suites of a JUnit file: one of the rules, and one for each wave's gate.

| run | suites | rules that FAIL or are UNKNOWN | criteria that are not met |
|---|---|---|---|
| no waves | the rules | ``failure``, ``error`` | - |
| waves | the rules, then each wave | ``failure``, ``error`` | ``skipped`` |
| limited to a wave | the rules, then that wave | ``failure``, ``error`` | ``skipped`` |
| a gate | its wave, then the rules | ``skipped``: the gate decides, and may allow some | ``failure``, ``error`` |
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from checker.model.notes import WaveNote
from checker.model.result import Result, Summary
from checker.reporters.junit.cases import Case, Verdict, device_cases, nothing_shown, rule_cases
from checker.reporters.junit.gates import gate_cases, gate_name
from checker.reporters.shown import DETAIL_LIMIT, gated_wave, limited_to, shown_rules, simulation, suite_name
from checker.reporters.waiver_words import line

# Waves that have a suite each; with a gate's two dozen criteria they stay far below what a server takes of one file.
WAVES_SHOWN: Final = 50


@dataclass(frozen=True, slots=True)
class Suite:
    """Cases under one name, and what the suite says of itself."""

    name: str
    properties: dict[str, str]
    cases: tuple[Case, ...]


def suites(result: Result) -> tuple[Suite, ...]:
    """Return the suites in their order: what decides the run's exit comes first."""
    summary = result.summary
    gated = gated_wave(summary)
    only = limited_to(summary)
    waves = [wave for wave in summary.waves if only in ("", wave.name)][:WAVES_SHOWN]
    gates = tuple(Suite(gate_name(summary, wave), _told(summary, wave), gate_cases(summary, wave)) for wave in waves)
    rules = _rules(result, sum(len(gate.cases) for gate in gates))
    return (rules, *gates) if gated is None else (*gates, rules)


def _rules(result: Result, others: int) -> Suite:
    """Return the suite of the rules: a case per device and rule, or per rule where those would be too many."""
    summary = result.summary
    cases = list(device_cases(result)) if result.cases is not None else []
    cut = result.cases is None or len(cases) + others > DETAIL_LIMIT
    cases = list(rule_cases(summary)) if cut else cases
    cases = cases or [nothing_shown(summary)]
    if gated_wave(summary) is not None:
        cases = [_informing(case) for case in cases]
    whole = sum(rule.passed + rule.failed + rule.unknown for rule in shown_rules(summary))
    detail = {
        "detail": "rule" if cut else "device",
        "truncated": str(cut).lower(),
        "total": str(whole if cut else len(cases)),
        "shown": str(len(cases)),
    }
    if summary.simulated:
        cases.insert(0, _simulated(summary))
    told = _run(summary) | detail | _numbered({"wave": map(_decision, summary.waves[:WAVES_SHOWN])}) | _rest(summary)
    return Suite(suite_name(summary), told, tuple(cases))


def _simulated(summary: Summary) -> Case:
    """Return the case that keeps a simulation from looking like a proof: it never exits 0 either."""
    place = (suite_name(summary).replace("/", "."), "(simulation)")
    said = simulation(summary)
    return Case(*place, Verdict.ERROR, "simulated", said[0], said)


def _informing(case: Case) -> Case:
    """Return a rule's case in the run of a gate: the gate counts its outcome, and may allow it."""
    if case.verdict not in (Verdict.FAILURE, Verdict.ERROR):
        return case
    said = f"FAIL: {case.message}" if case.verdict is Verdict.FAILURE else case.message
    return replace(case, verdict=Verdict.SKIPPED, type="", message=f"{said} (the gate decides)")


def _decision(wave: WaveNote) -> str:
    return f"{wave.name}: {wave.decision}" + (f": {wave.reason}" if wave.reason else "")


def _told(summary: Summary, wave: WaveNote) -> dict[str, str]:
    """Return what the suite of a wave says of itself."""
    devices = {f"devices.{name}": str(number) for name, number in wave.devices.items()}
    decided = {
        "wave": wave.name,
        "decision": wave.decision,
        "reason": wave.reason,
        "gated": str(wave.gated).lower(),
        "deployment-tool": wave.tool,
        "starts": wave.starts,
    }
    return _run(summary) | {name: text for name, text in decided.items() if text} | devices


def _run(summary: Summary) -> dict[str, str]:
    """Return what the run was; the schema has properties of suites only, not of cases."""
    return {
        "tool": f"mde-readiness {summary.tool_version}",
        "as-of": summary.as_of.isoformat(),
        "profile": summary.profile,
        "phase": summary.phase,
        "exit-code": str(summary.exit_code),
        "exit-reason": summary.exit_reason,
        "fail-on": summary.fail_on,
        "unknown-allowed": str(summary.unknown_allowed).lower(),
        "partial": str(summary.partial).lower(),
    }


def _rest(summary: Summary) -> dict[str, str]:
    """Return by which guidance, packs, files and inputs the run came about; one suite says it for all."""
    packs = [f"{pack.id} {pack.version} profile {pack.profile} sha256 {pack.sha256}" for pack in summary.packs]
    inputs = [f"{entry.path} sha256{entry.whose} {entry.sha256}" for entry in summary.inputs]
    governing = [f"{note.kind} {note.path} sha256 {note.sha256}" for note in summary.governed_by]
    lists = {
        "simulated": summary.simulated,
        "guidance": summary.guidance,
        "pack": packs,
        "tailoring": summary.tailoring,
        "governed-by": governing,
        "input": inputs,
        "assumption": summary.assumptions,
        "waiver": map(line, summary.waivers),
        "notice": summary.notices,
    }
    return _numbered(lists)


def _numbered(lists: dict[str, Iterable[str]]) -> dict[str, str]:
    """Return texts under the name of their list and a number, from 1."""
    return {f"{name}.{number}": text for name, texts in lists.items() for number, text in enumerate(texts, start=1)}
