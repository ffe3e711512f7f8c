"""What the Markdown report says, section by section, each made of the summary alone."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from checker.model.notes import CriterionNote, InputTally, RuleTally, WaiverNote, WaveNote
from checker.model.outcome import Decision, Met, Severity
from checker.model.result import Summary
from checker.reporters.markdown.text import cell, code, prose, table
from checker.reporters.shown import SEVERITIES, gated_wave, limited_to, shown_rules, simulation, weigh
from checker.reporters.terminal.rollout import smallest
from checker.reporters.waiver_words import answerable, flags
from checker.reporters.wording import count, share

TEXT_LENGTH: Final = 500  # characters of a sentence; ours are shorter, whatever a file says is cut
ROWS_SHOWN: Final = 200  # of a table: far more than a person reads, and few enough for a job summary
LINES_SHOWN: Final = 20  # of what stands above everything else

# A sign beside each word: colour blind readers and plain text lose nothing.
DECIDED: Final = {Decision.PROMOTE: "✅", Decision.HOLD: "❌", Decision.UNDETERMINED: "❔"}
MET: Final = {Met.MET: "✅", Met.MISSED: "❌", Met.UNDETERMINED: "❔"}
_EXITS: Final = {0: "✅", 1: "❌"}
_READINESS: Final = ("ready", "not_ready", "undetermined", "migrated", "out_of_scope")


@dataclass(frozen=True, slots=True)
class Section:
    """A title, and the lines below it, the heading among them."""

    title: str
    lines: tuple[str, ...]


def sections(summary: Summary) -> tuple[Section, ...]:
    """Return the sections in their order; the first is never empty, others only stand where they say something."""
    found = (
        ("Verdict", _verdict(summary)),
        ("Gate", _gate(summary)),
        ("Readiness", _readiness(summary)),
        ("What to do next", _paths(summary)),
        ("Rules to look at", _rules(summary)),
        ("What unlocks most", _actions(summary)),
        ("Not known, and what would settle it", _unknown(summary)),
        ("Waivers", _waivers(summary)),
        ("Attested", _attested(summary)),
        ("Notices", _notices(summary)),
        ("Inputs", _inputs(summary)),
        ("How to reproduce", _reproduction(summary)),
    )
    told = ((title, tuple(lines)) for title, lines in found)
    first = next(told)
    return (Section(*first), *(Section(title, ("", f"## {title}", "", *lines)) for title, lines in told if lines))


def _verdict(summary: Summary) -> Iterator[str]:
    gated = gated_wave(summary)
    decided = _reason(summary) if gated is None else f"{gated.decision}: {gated.reason}"
    sign = _EXITS.get(summary.exit_code, "❔") if gated is None else DECIDED[Decision(gated.decision)]
    wave = limited_to(summary)
    yield f"# {sign} {prose(decided, TEXT_LENGTH)}"
    yield ""
    yield f"Exit code {summary.exit_code}{f', wave {code(wave)}' if wave else ''}, as of {summary.as_of.isoformat()}."
    left_out = ("rules were left out by --select or --ignore, so that no device is READY by this run",)
    yield from _paragraphs([f"**{prose(text, TEXT_LENGTH)}**" for text in simulation(summary)])
    yield from _paragraphs([f"**{prose(text)}**" for text in left_out * summary.partial])
    yield from _paragraphs([prose(text, TEXT_LENGTH) for text in summary.guidance])
    yield from _paragraphs([f"Tailored: {prose(text, TEXT_LENGTH)}" for text in summary.tailoring])


def _reason(summary: Summary) -> str:
    return f"{summary.exit_reason[:1].upper()}{summary.exit_reason[1:]}"


def _paragraphs(texts: Sequence[str]) -> Iterator[str]:
    """Yield each text as a paragraph, and how many more there are."""
    for text in texts[:LINES_SHOWN]:
        yield ""
        yield text
    if len(texts) > LINES_SHOWN:
        yield f"\n… and {count(len(texts) - LINES_SHOWN)} more, see the JSON report."


def _rows(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield a table of the first rows, and how many more there are; nothing without rows."""
    if not rows:
        return
    yield from table(headings, rows[:ROWS_SHOWN])
    if len(rows) > ROWS_SHOWN:
        yield ""
        yield f"… and {count(len(rows) - ROWS_SHOWN)} more, see the JSON report."


def _gate(summary: Summary) -> Iterator[str]:
    """Yield the criteria of the wave that is decided, or else the decision on each wave."""
    gated = gated_wave(summary)
    if gated is None:
        yield from _rows(("wave", "decision", "reason"), [_decision(wave) for wave in summary.waves])
        return
    yield from _rows(("criterion", "limit", "figure", "verdict"), [_criterion(note) for note in gated.criteria])


def _decision(wave: WaveNote) -> Sequence[str]:
    return cell(wave.name), f"{DECIDED[Decision(wave.decision)]} {wave.decision}", prose(wave.reason, TEXT_LENGTH)


def _criterion(note: CriterionNote) -> Sequence[str]:
    figure = "; ".join(text for text in (note.figure, note.why) if text)
    title = f"{prose(note.title, TEXT_LENGTH)} ({cell(note.id)})"
    return title, prose(note.limit, TEXT_LENGTH), prose(figure, TEXT_LENGTH), f"{MET[Met(note.met)]} {note.met}"


def _readiness(summary: Summary) -> Iterator[str]:
    """Yield devices by readiness: of the whole report, and of each wave."""
    rests = [f"{count(number)} {name}" for name, number in summary.by.items() if number]
    headings = ("", "devices>", *(f"{name.upper()}>" for name in _READINESS), "READY or MIGRATED>")
    whose = "wave" if limited_to(summary) else "all"
    waves = [] if limited_to(summary) else [(cell(wave.name), wave.devices) for wave in summary.waves]
    rows = [_counts(name, devices) for name, devices in ((whose, summary.devices), *waves)]
    yield from _rows(headings, rows)
    if rests:
        yield f"\nREADY rests on: {prose(', '.join(rests))}."
    if summary.no_wave and not limited_to(summary):
        yield f"\n{count(summary.no_wave, 'judged device')} in no wave."
    if summary.site_side:
        waiting = f"{count(summary.site_unlocks, 'device')} {'waits' if summary.site_unlocks == 1 else 'wait'}"
        rules = ", ".join(map(code, summary.site_side[:LINES_SHOWN]))
        yield f"\nNot assessed of the network: {rules}. {waiting} for nothing else."


def _counts(name: str, devices: Mapping[str, int]) -> Sequence[str]:
    judged = devices["total"] - devices["out_of_scope"]
    numbers = (devices["total"], *(devices[key] for key in _READINESS))
    return name, *map(count, numbers), share(devices["ready"] + devices["migrated"], judged)


def _paths(summary: Summary) -> Iterator[str]:
    total = sum(summary.paths.values())
    ordered = sorted(summary.paths.items(), key=lambda item: (-item[1], item[0]))
    rows = [
        (cell(path), count(number), share(number, total), count(summary.ready_paths.get(path, 0)))
        for path, number in ordered
        if number
    ]
    yield from _rows(("path", "devices>", "share>", "ready now>"), rows)


def _rules(summary: Summary) -> Iterator[str]:
    """Yield the rules that somebody has to act on, the heaviest first."""
    found = sorted((rule for rule in shown_rules(summary) if rule.failed or rule.unknown), key=_weight)
    headings = ("severity", "rule", "fail>", "unknown>", "waived>", "what is asked", "what to do")
    yield from _rows(headings, [_rule(rule) for rule in found])


def _weight(rule: RuleTally) -> tuple[int, int, int, str]:
    return SEVERITIES.index(Severity(rule.severity)), -rule.failed, -rule.unknown, rule.id


def _rule(rule: RuleTally) -> Sequence[str]:
    once = rule.about in ("tenant", "fleet")  # judged once, so that a 1 is no device
    numbers = ["once" if once and number else count(number) for number in (rule.failed, rule.unknown)]
    words = (prose(rule.title, TEXT_LENGTH), prose(rule.remediation, TEXT_LENGTH))
    return rule.severity, cell(rule.id), *numbers, count(weigh(rule).waived), *words


def _actions(summary: Summary) -> Iterator[str]:
    rows = [
        (cell(note.action), count(note.alone), count(note.needed_on), prose(note.what, TEXT_LENGTH))
        for note in summary.actions
    ]
    yield from _rows(("action", "ready if only this>", "needed on>", "what"), rows)
    gated = gated_wave(summary)
    if gated is not None and gated.smallest is not None:
        yield ""
        yield prose(f"{smallest(gated.smallest)}.", TEXT_LENGTH)


def _unknown(summary: Summary) -> Iterator[str]:
    rows = [
        (
            cell(entry.fact),
            count(entry.devices),
            prose(entry.carried_by, TEXT_LENGTH),
            ", ".join(map(cell, entry.rules)),
        )
        for entry in summary.unlocks
    ]
    yield from _rows(("fact", "devices>", "export or attest", "rules"), rows)


def _waivers(summary: Summary) -> Iterator[str]:
    ordered = sorted(summary.waivers, key=lambda note: (not flags(note), -note.used_on, note.id))
    headings = ("waiver", "rule", "accepts", "used on>", "until", "owner → approver", "ticket", "to see to")
    yield from _rows(headings, [_waiver(note) for note in ordered])
    if summary.waivers and "ready" in summary.unwaived:
        yield ""
        yield f"READY {count(summary.devices['ready'])}, without waivers {count(summary.unwaived['ready'])}."


def _waiver(note: WaiverNote) -> Sequence[str]:
    told = "; ".join(flags(note))
    until, who = prose(note.expires, TEXT_LENGTH), prose(answerable(note), TEXT_LENGTH)
    names = cell(note.id), cell(note.rule), prose(note.accepts), count(note.used_on)
    return *names, until, who, cell(note.ticket), prose(told, TEXT_LENGTH)


def _attested(summary: Summary) -> Iterator[str]:
    rows = [
        (
            cell(f"{note.fact} = {note.value}"),
            prose(note.kind),
            *map(count, (note.used_on, note.contradicted_on)),
            prose(note.by, TEXT_LENGTH),
            prose(note.valid_until) + (f" ({note.state})" if note.state != "active" else ""),
        )
        for note in summary.attestations
    ]
    yield from _rows(("statement", "kind", "used on>", "contradicted on>", "by", "until"), rows)


def _notices(summary: Summary) -> Iterator[str]:
    read = [f"{entry.path}: {text}" for entry in summary.inputs for text in entry.notices]
    assumed = [f"assumed: {text}" for text in summary.assumptions]
    texts = [*summary.notices, *read, *assumed]
    yield from (f"- {code(text, TEXT_LENGTH)}" for text in texts[:ROWS_SHOWN])
    if len(texts) > ROWS_SHOWN:
        yield f"- and {count(len(texts) - ROWS_SHOWN)} more, see the JSON report"


def _inputs(summary: Summary) -> Iterator[str]:
    """Yield the ledger, in which the numbers after the rows add up to them, with what proves each file."""
    names = ("rows", "devices", "merged", "out_of_scope", "unmatched", "rejected", "future")
    headings = ("file", "format", *(f"{name.replace('_', ' ')}>" for name in names), "SHA-256")
    yield from _rows(headings, [_input(entry, names) for entry in summary.inputs])


def _input(entry: InputTally, names: Sequence[str]) -> Sequence[str]:
    numbers = [count(getattr(entry, name)) for name in names]
    return cell(entry.path), cell(entry.format), *numbers, cell(entry.sha256)


def _reproduction(summary: Summary) -> Iterator[str]:
    """Yield what the same numbers need: the same release, day, packs and governing files, over the inputs above."""
    said = {
        "tool": f"mde-readiness {summary.tool_version}",
        "as of": summary.as_of.isoformat(),
        "profile": summary.profile,
        "phase": summary.phase,
        "fails on": summary.fail_on,
        "unknowns": "allowed" if summary.unknown_allowed else "count",
        "wave": limited_to(summary),
    }
    yield from (f"- {name}: {code(text)}" for name, text in said.items() if text)
    for pack in summary.packs:
        yield f"- pack {code(f'{pack.id} {pack.version}')}, guidance of {pack.guidance_date}: {code(pack.sha256)}"
    for note in summary.governed_by[:ROWS_SHOWN]:
        yield f"- {prose(note.kind)} {code(note.path)}: {code(note.sha256)}"
    yield ""
    yield "The same files, packs and options on the same day give the same bytes."
