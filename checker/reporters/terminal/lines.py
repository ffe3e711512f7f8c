"""What the summary on a terminal or in a pipe says: sections of lines and grids, made once for both.

Rules are ordered by what to fix first: severity, then devices that fail, then devices that are unknown.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from checker.model.notes import AttestationNote, InputTally, RuleTally
from checker.model.outcome import Severity
from checker.model.result import Summary
from checker.reporters.shown import SEVERITIES, limited_to, shown_rules, weigh
from checker.reporters.terminal.parts import Mark, Row, Section
from checker.reporters.terminal.rollout import rollout, simulated, tailored, unlocking, waived
from checker.reporters.wording import count, share, visible

RULES_SHOWN: Final = 12
UNLOCKS_SHOWN: Final = 8
INPUTS_SHOWN: Final = 12
NOTICES_SHOWN: Final = 12
STATEMENTS_SHOWN: Final = 12
_SITE_RULES_SHOWN: Final = 6
_WORDS: Final = 60  # characters of a remediation in a row
_NAME: Final = 40  # characters of a wave's name in a title
_CELL: Final = 200  # characters of any cell of a grid
IN_REPORT: Final = ", see the report"
TO_REPORT: Final = "; -o report.html shows all"
_LINE: Final = 500  # characters of a sentence; ours are shorter, whatever a file says is cut


_READINESS: Final = (
    ("READY", "ready", Mark.GOOD),
    ("NOT_READY", "not_ready", Mark.BAD),
    ("UNDETERMINED", "undetermined", Mark.OPEN),
    ("MIGRATED", "migrated", Mark.DONE),
)


@dataclass(frozen=True, slots=True)
class Shown:
    """What a person sees besides the summary: whether reports hold the rest, and each of a few devices."""

    reports: bool = True
    devices: tuple[Row, ...] = ()  # name, readiness, path, what stands in the way


WHOLE: Final = Shown()  # reports are written, or nobody knows whether they are


def sections(summary: Summary, shown: Shown = WHOLE) -> tuple[Section, ...]:
    """Return the summary from guidance to verdict; what says nothing is left out.

    A gate shows what its decision rests on; the reports of the run hold the rest.
    """
    found = _gate(summary) if any(wave.gated for wave in summary.waves) else _whole(summary, shown.devices)
    if not shown.reports:
        found = tuple(map(_without_report, found))
    return tuple(_cut(section) for section in found if section.lines or section.rows)


def _first(summary: Summary) -> tuple[Section, ...]:
    return (
        simulated(summary),
        Section("", tuple(Row((visible(line),)) for line in summary.guidance)),
        tailored(summary),
        rollout(summary),
        _devices(summary),
    )


def _gate(summary: Summary) -> tuple[Section, ...]:
    return (
        *_first(summary),
        unlocking(summary),
        waived(summary),
        _notices(summary),
        _verdict(summary),
    )


def _without_report(section: Section) -> Section:
    """Return a section that tells how to see the rest, where there is no report that holds it."""
    told = (tuple(cell.replace(IN_REPORT, TO_REPORT) for cell in row.cells) for row in section.lines)
    lines = (replace(row, cells=cells) for row, cells in zip(section.lines, told, strict=True))
    return replace(section, lines=tuple(lines))


def _whole(summary: Summary, devices: tuple[Row, ...]) -> tuple[Section, ...]:
    return (
        *_first(summary),
        _sides(summary),
        Section("Each device", (), ("device", "readiness", "path", "first in the way"), devices),
        _paths(summary),
        _rules(summary),
        unlocking(summary),
        _unlocks(summary),
        waived(summary),
        _attestations(summary),
        _inputs(summary),
        Section("Assumed", tuple(Row((visible(text),)) for text in summary.assumptions)),
        _notices(summary),
        _verdict(summary),
    )


def _cut(section: Section) -> Section:
    """Return the section without cells of a length that only a hostile or broken file has."""

    def short(rows: tuple[Row, ...], limit: int) -> tuple[Row, ...]:
        return tuple(replace(row, cells=tuple(visible(cell, limit) for cell in row.cells)) for row in rows)

    return replace(section, lines=short(section.lines, _LINE), rows=short(section.rows, _CELL))


def _devices(summary: Summary) -> Section:
    numbers = summary.devices
    judged = numbers["total"] - numbers["out_of_scope"]
    rows = []
    for name, key, mark in _READINESS:
        detail = _rests_on(summary) if key == "ready" and numbers[key] else ""
        if key == "undetermined" and summary.by.get("simulated"):
            detail = f"{count(summary.by['simulated'])} would be READY if what is supposed were so"
        part = numbers[key] / judged if judged else 0.0
        cells = (name, count(numbers[key]), share(numbers[key], judged), detail)
        rows.append(Row(cells, mark if numbers[key] else Mark.PLAIN, part))
    if numbers["out_of_scope"]:
        detail = "; ".join(text for text in ("never judged", _tally(summary.scope)) if text)
        rows.append(Row(("OUT_OF_SCOPE", count(numbers["out_of_scope"]), "-", detail)))
    wave = limited_to(summary)
    whose = f" of wave '{visible(wave, _NAME)}'" if wave else ""
    title = f"Devices{whose}: {count(judged)} judged of {count(numbers['total'])}"
    return Section(title, (), ("readiness", "devices>", "share>", ""), tuple(rows))


def _rests_on(summary: Summary) -> str:
    return _tally({name: number for name, number in summary.by.items() if name != "simulated"})


def _sides(summary: Summary) -> Section:
    """Return the two lines that make a first run useful: what the devices say, and what nobody asked the network."""
    side = summary.device_side
    words = (("clear", "clear"), ("not_ready", "not ready"), ("undecided", "undecided"))
    device = Row((f"device side: {', '.join(f'{count(side[key])} {word}' for key, word in words)}",))
    if summary.partial:
        return Section("", (device, Row(("site side: rules were left out, so no device is READY by this run",))))
    if not summary.site_side:
        return Section("", (device, Row(("site side: assessed",))))
    facts = _some([unlock.fact for unlock in summary.unlocks if unlock.about == "site"], _SITE_RULES_SHOWN)
    waiting = f"{count(summary.site_unlocks, 'device')} {'wait' if summary.site_unlocks > 1 else 'waits'}"
    remedy = f"; {waiting} for nothing else: settle {facts}" if summary.site_unlocks and facts else ""
    rules = _some(summary.site_side, _SITE_RULES_SHOWN)
    return Section("", (device, Row((f"site side: not assessed: {rules}{remedy}",), Mark.OPEN)))


def _paths(summary: Summary) -> Section:
    total = sum(summary.paths.values())
    ordered = sorted(summary.paths.items(), key=lambda item: (-item[1], item[0]))
    rows = tuple(
        Row((visible(path), count(number), share(number, total), count(summary.ready_paths.get(path, 0))))
        for path, number in ordered
        if number
    )
    return Section("What to do next, by device", (), ("path", "devices>", "share>", "ready now>"), rows)


def _rules(summary: Summary) -> Section:
    """Return the rules that somebody has to act on, the heaviest first."""
    open_rules = sorted((rule for rule in shown_rules(summary) if rule.failed or rule.unknown), key=_weight)
    waived = any(rule.waived for rule in open_rules)
    rows = tuple(_rule_row(rule, waived) for rule in open_rules[:RULES_SHOWN])
    more = len(open_rules) - len(rows)
    lines = (Row((f"… and {count(more, 'more rule')}{IN_REPORT}",)),) if more > 0 else ()
    columns = ("severity", "rule", "fail>", "unknown>", *(("waived>",) if waived else ()), "what to do")
    return Section("Rules to look at", lines, columns, rows, clip=True)


def _weight(rule: RuleTally) -> tuple[int, int, int, str]:
    return SEVERITIES.index(Severity(rule.severity)), -rule.failed, -rule.unknown, rule.id


def _rule_row(rule: RuleTally, waived: bool) -> Row:
    weight = weigh(rule)
    mark = Mark.BAD if weight.failed else Mark.OPEN if weight.unknown else Mark.PLAIN
    numbers = [count(number) for number in (rule.failed, rule.unknown, *((weight.waived,) if waived else ()))]
    if rule.about in ("tenant", "fleet"):  # judged once, so that a 1 is no device
        numbers = ["once" if number != "0" else number for number in numbers]
    return Row((rule.severity, visible(rule.id), *numbers, visible(rule.remediation or rule.title, _WORDS)), mark)


def _unlocks(summary: Summary) -> Section:
    """Return what nobody exported, how many devices wait for it, and what would carry it."""
    shown = summary.unlocks[:UNLOCKS_SHOWN]
    rows = tuple(
        Row((visible(entry.fact), count(entry.devices), visible(entry.carried_by)), Mark.OPEN) for entry in shown
    )
    return Section("Not known, and what would settle it", (), ("fact", "devices>", "export or attest"), rows)


def _attestations(summary: Summary) -> Section:
    """Return what was stated without being measured: attested in a file, planned by a wave, or supposed."""
    shown = summary.attestations[:STATEMENTS_SHOWN]
    more = len(summary.attestations) - len(shown)
    lines = (Row((f"… and {count(more, 'more statement')}{IN_REPORT}",)),) if more > 0 else ()
    headings = ("statement", "used on>", "contradicted on>", "by")
    return Section("Attested", lines, headings, tuple(map(_statement, shown)))


def _statement(note: AttestationNote) -> Row:
    idle = note.state != "active"
    until = f"{'expired' if note.state == 'expired' else 'until'} {note.valid_until}" if note.valid_until else ""
    until = f"not before {note.attested}" if note.state == "future" else until
    kind = "" if note.kind == "attested" else note.kind
    last = ", ".join(text for text in (note.by, kind, until) if text)
    cells = (f"{note.fact} = {note.value}", count(note.used_on), count(note.contradicted_on), last)
    mark = Mark.BAD if note.contradicted_on else Mark.OPEN if idle else Mark.PLAIN
    return Row(tuple(map(visible, cells)), mark)


# Columns of the ledger, and whether they are shown where all of them are 0.
_LEDGER: Final = {
    "rows": True,
    "devices": True,
    "merged": False,
    "out_of_scope": False,
    "unmatched": False,
    "rejected": True,
    "future": False,
}


def _inputs(summary: Summary) -> Section:
    """Return the ledger, in which the numbers after the first add up to it; files beyond the first few as one row."""
    columns = [name for name, always in _LEDGER.items() if always or any(getattr(e, name) for e in summary.inputs)]
    shown, rest = summary.inputs[:INPUTS_SHOWN], summary.inputs[INPUTS_SHOWN:]
    rows = [_ledger_row(columns, (entry,), visible(f"{entry.path} ({entry.format})")) for entry in shown]
    if rest:
        rows.append(_ledger_row(columns, rest, f"… and {count(len(rest), 'more file')}"))
    return Section("Inputs", (), (*(f"{name.replace('_', ' ')}>" for name in columns), "file"), tuple(rows))


def _ledger_row(columns: Sequence[str], entries: Sequence[InputTally], name: str) -> Row:
    numbers = [count(sum(getattr(entry, column) for entry in entries)) for column in columns]
    lost = any(entry.rejected or entry.unmatched for entry in entries)
    return Row((*numbers, name), Mark.OPEN if lost else Mark.PLAIN)


def _notices(summary: Summary) -> Section:
    left_out = "rules were left out by --select or --ignore, so that no device is READY by this run"
    partial = (left_out,) if summary.partial else ()
    read = (f"{entry.path}: {text}" for entry in summary.inputs for text in entry.notices)
    texts = [visible(text) for text in (*partial, *summary.notices, *read)]
    more = len(texts) - NOTICES_SHOWN
    last = [f"… and {count(more, 'more notice')}{IN_REPORT}"] if more > 0 else []
    return Section("Notices", tuple(Row((text,), Mark.OPEN) for text in (*texts[:NOTICES_SHOWN], *last)))


def _verdict(summary: Summary) -> Section:
    marks = {0: Mark.GOOD, 1: Mark.BAD}
    decided = [f"{wave.decision} of wave '{visible(wave.name)}'" for wave in summary.waves if wave.gated]
    text = f"exit {summary.exit_code}: {decided[0] if decided else visible(summary.exit_reason)}"
    return Section("", (Row((text,), marks.get(summary.exit_code, Mark.OPEN)),))


def _tally(numbers: dict[str, int]) -> str:
    return ", ".join(_spell(numbers))


def _spell(numbers: dict[str, int]) -> Iterator[str]:
    for name, number in numbers.items():
        if number:
            yield f"{count(number)} {visible(name)}"


def _some(names: Sequence[str], limit: int) -> str:
    more = [f"and {count(len(names) - limit)} more"] if len(names) > limit else []
    return ", ".join([*map(visible, names[:limit]), *more])
