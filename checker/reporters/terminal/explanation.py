"""An explanation as plain text: what the trees, values and places of a device or a rule look like in a terminal.

``width`` is that of the terminal: no bar, column or word is broken up by its edge. 0 is without limit.

Everything that came from a file is made visible: nothing in it acts on the terminal, and each stands on one line.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from checker.model.explanation import (
    Explanation,
    FactHistogram,
    FactNote,
    RouteRow,
    RuleHistogram,
    RuleStory,
    Told,
    Tree,
    ValueCount,
)
from checker.model.notes import SourceNote, ThresholdNote
from checker.reporters.terminal.folding import HANG, folded
from checker.reporters.wording import MISSING_WORDS, count, share, timestamp, visible

WIDTH: Final = 110  # of sentences, where the terminal is wider or there is none
MOST_HERE, MOST_VALUE = 120, 300  # characters of a value in a tree; of one in evidence or a histogram
MOST_ROWS: Final = 10
BAR: Final = 20
LEAST_BAR: Final = 8
BESIDE_BAR: Final = 40  # characters of outcome, devices and share, and the spaces between
TRUTH: Final = max(len("FALSE"), len("UNKNOWN"), len("TRUE"))


class _Sentence(str):
    """Prose, behind spaces: folded to the width of a page, too."""

    __slots__ = ()


def render_explanation(told: Explanation, width: int = 0) -> str:
    """Return the explanation of a device, ended by a newline."""
    return _text([*told.remarks, *_head(told), *_scope(told), *_routes(told), *_rules(told)], width)


def render_histogram(told: RuleHistogram, width: int = 0) -> str:
    """Return how a rule came out over the fleet, ended by a newline."""
    lines = [*told.remarks, told.id, told.title, f"{told.phase} · {told.severity} · about the {told.about}", ""]
    if told.applies_to:
        lines += ["applies to", *(f"  {line}" for line in told.applies_to.split("\n"))]
    lines += ["requires", *(f"  {line}" for line in told.require.split("\n"))]
    lines += _thresholds(told.thresholds, "")
    lines += _sources(told.sources, "")
    lines += ["", f"Judged by {told.judged_by}, as of {told.as_of.isoformat()}", *_totals(told)]
    for fact in told.facts:
        lines += ["", *_fact_histogram(fact, width)]
    return _text(lines, width)


def _text(lines: Iterable[str], width: int) -> str:
    return "".join(f"{line}\n" for each in lines for line in _fitted(each, width))


def _fitted(line: str, width: int) -> list[str]:
    shown = visible(line).rstrip()
    if isinstance(line, _Sentence):
        return folded(shown, min(width or WIDTH, WIDTH), len(shown) - len(shown.lstrip(" ")))
    return folded(shown, width)


def _head(told: Explanation) -> Iterator[str]:
    yield f"Device {told.device_id}"
    pairs = [("name", told.device_name), ("also", ", ".join(told.aliases))]
    pairs += [("records", f"{file}, {_rows(rows)}") for file, rows in told.records]
    pairs += [("judged by", f"{told.judged_by}, as of {told.as_of.isoformat()}")]
    pairs += [("readiness", f"{told.readiness} ({told.by})" if told.by else told.readiness)]
    if told.undetermined_by:
        pairs += [("waits for", ", ".join(told.undetermined_by))]
    if not told.scope:
        pairs += [("route", told.route), ("path", told.path), ("verification", told.verification)]
        pairs += [("wave", told.wave)]
    yield from (f"  {name.ljust(13)} {value}" for name, value in pairs if value)


def _rows(rows: Sequence[int]) -> str:
    shown = ", ".join(f"{row:,}" for row in rows[:MOST_ROWS])
    more = f" and {len(rows) - MOST_ROWS:,} more" if len(rows) > MOST_ROWS else ""
    return f"row {shown}" if len(rows) == 1 else f"rows {shown}{more}"


def _scope(told: Explanation) -> Iterator[str]:
    if told.scope_tree is None:
        return
    yield from ("", f"Never judged: {told.scope}")
    yield from _tree(told.scope_tree, "  ")
    yield from _facts(told.facts, "  ")


def _routes(told: Explanation) -> Iterator[str]:
    if not told.routes:
        return
    yield from ("", "Route: the first row that is TRUE")
    for row in told.routes:
        yield from _route(row)
    yield from _facts(told.facts, "  ")


def _route(row: RouteRow) -> Iterator[str]:
    yield f"  {row.id}: {row.title}"
    yield f"    {row.truth.ljust(TRUTH)}  {row.effect}"
    if row.tree.parts or row.tree.here:
        yield from _tree(row.tree, "      ")


def _tree(node: Tree, indent: str, depth: int = 0) -> Iterator[str]:
    here = f"  ← {visible(node.here, MOST_HERE)}" if node.here else ""
    yield f"{indent}{node.truth.ljust(TRUTH)}  {'  ' * depth}{node.words}{here}"
    for part in node.parts:
        yield from _tree(part, indent, depth + 1)


def _rules(told: Explanation) -> Iterator[str]:
    if told.scope:
        return
    outcomes = [story.outcome for story in told.rules]
    counts = [f"{outcomes.count(name)} {name}" for name in dict.fromkeys(outcomes)]
    yield from ("", f"Rules{f' of phase {told.phase}' if told.phase else ''}: {', '.join(counts) or 'none'}")
    for story in told.rules:
        yield from ("", *_story(story))
    if told.left_out:
        left = ", ".join(f"{number} {name}" for name, number in told.left_out)
        yield from ("", f"Not told: {left} (--all-outcomes tells them)")


def _story(story: RuleStory) -> Iterator[str]:
    yield f"{story.outcome}  {story.id}: {story.title}"
    yield f"  {story.phase} · {story.severity} · about the {story.about}"
    if story.message:
        yield _Sentence(f"  {story.message}")
    yield from (f"  note: {remark}" for remark in story.remarks)
    if story.applies_to is not None:
        yield "  applies to"
        yield from _tree(story.applies_to, "    ")
    yield "  requires"
    yield from _tree(story.require, "    ")
    yield from _facts(story.facts, "  ")
    yield from _thresholds(story.thresholds, "  ")
    if story.settles:
        yield "  what would settle it"
        yield from (f"    {line}" for line in story.settles)
    if story.remediation:
        yield f"  what to do ({story.action})"
        yield _Sentence(f"    {story.remediation}")
    yield from _sources(story.sources, "  ")


def _facts(facts: Sequence[FactNote], indent: str) -> Iterator[str]:
    if facts:
        yield f"{indent}what is known"
    for fact in facts:
        yield from _fact(fact, f"{indent}  ")


def _fact(note: FactNote, indent: str) -> Iterator[str]:
    value = visible(note.value, MOST_VALUE)
    said = f" = {value or 'none'}"
    if note.missing:
        said = f": {MISSING_WORDS.get(note.missing, note.missing)}{f' ({value})' if value else ''}"
    one = _place(note.told[0]) if len(note.told) == 1 and not note.untold else ""
    reasons = "; ".join(part for part in (note.because, one) if part)
    yield f"{indent}{note.fact}{said}{f'  [{reasons}]' if reasons else ''}"
    if note.warning:
        yield f"{indent}  {note.warning}"
    if not one:
        yield from (f"{indent}  {visible(told.value, MOST_VALUE)}  [{_place(told)}]" for told in note.told)
    if note.untold:
        yield f"{indent}  and {note.untold:,} more"
    for entry in note.told_from:
        yield from _tree(entry, f"{indent}  ")


def _place(told: Told) -> str:
    parts = [told.file, f"row {told.row:,}", f"column {told.column}" if told.column else ""]
    parts.append(f"observed {timestamp(told.observed)}" if told.observed else "undated")
    return ", ".join(part for part in parts if part)


def _thresholds(thresholds: Sequence[ThresholdNote], indent: str) -> Iterator[str]:
    if thresholds:
        yield f"{indent}thresholds"
    for each in thresholds:
        yield f"{indent}  ${each.parameter} = {visible(each.value, MOST_VALUE)}: {each.meaning}"
        yield f"{indent}    {_source(each.source)}"


def _sources(sources: Sequence[SourceNote], indent: str) -> Iterator[str]:
    if sources:
        yield f"{indent}sources"
    yield from (f"{indent}  {_source(source)}" for source in sources)


def _source(source: SourceNote) -> str:
    return ", ".join(part for part in (source.title, source.date, source.url) if part)


def _totals(told: RuleHistogram) -> Iterator[str]:
    if told.about in ("tenant", "fleet"):
        outcome = next((name for name, number in told.outcomes if number), "")
        yield f"Judged once per run, for the {told.about}, on what people state: {outcome}"
        return
    verb = "is" if told.out_of_scope == 1 else "are"
    out = f", {told.out_of_scope:,} more {verb} out of scope" if told.out_of_scope else ""
    yield f"{count(told.judged, 'device')}{out}: {', '.join(f'{number:,} {name}' for name, number in told.outcomes)}"


def _fact_histogram(fact: FactHistogram, width: int) -> Iterator[str]:
    """Yield a fact's values with bars, which are shorter on a narrow terminal."""
    yield fact.fact
    longest = _longest(fact)
    size = max(LEAST_BAR, min(BAR, width - BESIDE_BAR - longest)) if width else BAR
    whole = sum(line.devices for line in fact.lines) + fact.more_devices
    most = max((line.devices for line in fact.lines), default=1)
    for line in fact.lines:
        before = f"  {_counted(line, whole)}  {_bar(line.devices, most, size)}  "
        hang = len(before) if len(before) + longest <= width else 2 * HANG
        yield from folded(before + visible(line.value, MOST_VALUE), width, hang)
    if fact.more_values:
        yield f"  and {count(fact.more_values, 'line')} more, of {count(fact.more_devices, 'device')} (--limit)"


def _counted(line: ValueCount, whole: int) -> str:
    return f"{line.outcome.ljust(len('NOT_APPLICABLE'))}  {line.devices:>9,}  {share(line.devices, whole):>7}"


def _longest(fact: FactHistogram) -> int:
    """Return the length of the longest word of a value, which stands behind the bar as a whole."""
    return max((len(word) for line in fact.lines for word in visible(line.value, MOST_VALUE).split()), default=0)


def _bar(devices: int, most: int, size: int) -> str:
    return ("█" * max(1, round(size * devices / most))).ljust(size)
