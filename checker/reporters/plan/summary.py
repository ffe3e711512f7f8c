"""The plan as a person reads it on a terminal: groups of devices that go the same way, with their steps by title."""

from collections.abc import Iterator, Sequence
from typing import Final

from checker.model.notes import StepNote
from checker.model.result import Result
from checker.reporters.plan import table
from checker.reporters.plan.groups import Group, groups
from checker.reporters.terminal.folding import folded
from checker.reporters.wording import count, visible

GROUPS_SHOWN: Final = 25
DEVICES_SHOWN: Final = 5


def render(result: Result, width: int = 0) -> str:
    """Return the largest groups of each wave, their steps, and the first devices of each.

    ``width`` is that of the terminal, to which lines are folded at words; 0 is without limit.
    """
    return "".join(f"{line}\n" for each in _lines(result) for line in _fitted(each, width))


def _fitted(line: str, width: int) -> Iterator[str]:
    """Yield a line folded; one that begins with line feeds keeps them."""
    text = line.lstrip("\n")
    first, *others = folded(text, width)
    yield from (line[: len(line) - len(text)] + first, *others)


def _lines(result: Result) -> Iterator[str]:
    summary = result.summary
    for word, text in table.provenance(summary):
        if word in table.CAUTIONS:
            yield visible(text) if word == table.GUIDANCE else f"{word}: {visible(text)}"
    yield ""
    of_wave = f" of wave {visible(summary.wave)}" if summary.wave else ""
    yield f"Plan: {count(result.plan.rows, 'device')}{of_wave}"
    steps = table.steps_of(result)
    waves = [wave.name for wave in summary.waves]
    found = groups(result.plan, waves, GROUPS_SHOWN, DEVICES_SHOWN)
    for group in found:
        yield from _group(group, steps)
    left = result.plan.rows - sum(group.size for group in found)
    if left:
        yield f"\n… and {count(left, 'more device')} in smaller groups; -o plan:FILE.xlsx, .csv or .md has them all"
    else:
        yield "\nCommands, queries and sources of each step: -o plan:FILE.md, .xlsx or .csv"


def _group(group: Group, steps: table.Steps) -> Iterator[str]:
    wave = f" of wave {visible(group.wave)}" if group.wave else ""
    words = [group.readiness, *([f"tool {group.tool}"] if group.tool else [])]
    path = group.path or "out-of-scope"
    route = f", then {group.route}" if group.route not in (group.path, "") else ""
    said = visible(f"{path}{route} ({', '.join(words)})")
    yield f"\n{count(group.size, 'device')}{wave}: {said}"
    named = ", ".join(visible(name or id_) for id_, name in group.examples)
    more = group.size - len(group.examples)
    yield f"  {named}{f' and {count(more)} more' if more else ''}"
    yield from _titles("", [steps[id_] for id_ in group.next_steps])
    yield from _titles("verify", [steps[id_] for id_ in group.verify])


def _titles(heading: str, steps: Sequence[StepNote]) -> Iterator[str]:
    if heading and steps:
        yield (
            f"  {heading}: "
            + "; ".join(visible(step.title) for step in steps[:3])
            + (f"; and {count(len(steps) - 3)} more" if len(steps) > 3 else "")
        )
        return
    for number, step in enumerate(steps, start=1):
        yield f"  {number:2}. {visible(step.title)}"
