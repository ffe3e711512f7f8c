"""The plan as Markdown, for tickets, wikis and job summaries: devices that go the same way stand together.

First who goes which way, in a line for each wave. Then a section for each group: its steps by title, how to verify
them, its first devices by name. After the groups each step stands once in full under its number, with commands and
queries in fenced blocks. The file stays below what GitHub shows of a job summary; what does not fit is counted. Names
are set as code, in which nothing is a link, a mention or markup.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import BinaryIO, Final
from urllib.parse import quote

from checker.model.notes import SourceNote, StepNote
from checker.model.result import Result
from checker.reporters.markdown.text import code, fenced, prose
from checker.reporters.plan import table
from checker.reporters.plan.groups import Group, groups
from checker.reporters.wording import count, visible

MOST_BYTES: Final = 900_000  # GitHub refuses a job summary of more than 1 MiB; some is left for what else writes to it
DEVICES_SHOWN: Final = 50
GROUPS_SHOWN: Final = 2_000  # more than fit: a section with a step and a device has some 500 bytes
LINES_SHOWN: Final = 20  # of the overview, and of what the plan rests on
CAUTION_LENGTH: Final = 1_000  # of a line above everything else
WHOLE_PLAN: Final = "`plan … -o plan:FILE.csv`"  # what has the rest, whether or not this run wrote it, too
WORKBOOK: Final = "`plan … -o plan:FILE.xlsx`"


def write(result: Result, stream: BinaryIO) -> None:
    """Write the plan, the waves in their order and the largest groups of each first; never above the limit."""
    steps = table.steps_of(result)
    waves = [wave.name for wave in result.summary.waves]
    found = groups(result.plan, waves, GROUPS_SHOWN, DEVICES_SHOWN)
    left = result.plan.rows
    beginning, end = _beginning(result) + _bytes(_overview(found, left)), _end(result)
    room = MOST_BYTES - len(beginning) - len(end) - len(_rest(left)) - len(_bytes(_chapter(1)))
    numbers: dict[str, int] = {}  # of the steps, in the order of their first mention
    sections, full = [], []
    for group in found:
        fresh = [id_ for id_ in dict.fromkeys(group.next_steps) if id_ not in numbers]
        numbers |= {id_: number for number, id_ in enumerate(fresh, start=len(numbers) + 1)}
        section, its = _bytes(_section(group, steps, numbers)), _bytes(_steps(fresh, steps, numbers))
        room -= len(section) + len(its)
        if room < 0:
            break
        sections.append(section)
        full.append(its)
        left -= group.size
    stream.write(beginning + b"".join(sections))
    stream.write((_rest(left) if left else b"") + _bytes(_chapter(sum(map(len, full)))) + b"".join(full) + end)


def _bytes(lines: Iterator[str]) -> bytes:
    # NOTE: only paths and a pack's commands can hold lone surrogates; spelled like this they are visible.
    return "".join(f"{line}\n" for line in lines).encode("utf-8", "backslashreplace")


def _beginning(result: Result) -> bytes:
    def lines() -> Iterator[str]:
        summary = result.summary
        simulated = "Simulated plan" if summary.simulated else "Plan"
        wave = f" of wave {code(summary.wave)}" if summary.wave else ""
        yield f"# {simulated}{wave}: {count(result.plan.rows, 'device')}"
        for word, text in islice(_provenance(result, first=True), LINES_SHOWN):
            shown = prose(visible(text, CAUTION_LENGTH))
            yield f"\n{shown}" if word == table.GUIDANCE else f"\n**{prose(word)}:** {shown}"

    return _bytes(lines())


def _provenance(result: Result, *, first: bool) -> Iterator[tuple[str, str]]:
    """Yield what the plan rests on: what a reader must know before anything else, or the other lines."""
    return (line for line in table.provenance(result.summary) if (line[0] in table.CAUTIONS) == first)


def _rest(devices: int) -> bytes:
    return f"\n## {count(devices, 'more device')}\n\n{WHOLE_PLAN} names every device.\n".encode()


def _end(result: Result) -> bytes:
    """Return what the plan rests on, so that it can be made again."""

    def lines() -> Iterator[str]:
        rests = list(_provenance(result, first=False))
        yield "\n## What this plan rests on\n"
        for word, text in rests[:LINES_SHOWN]:
            yield f"- {prose(word)}: {code(text)}"
        if len(rests) > LINES_SHOWN:
            yield f"- and {count(len(rests) - LINES_SHOWN)} more: {WORKBOOK} lists all of them on its sheet About"

    return _bytes(lines())


def _overview(found: Sequence[Group], devices: int) -> Iterator[str]:
    """Yield how many devices of each wave take which path next; nothing where the first section says it all."""
    if len(found) < 2:
        return
    paths: dict[str, Counter[str]] = {}
    for group in found:
        paths.setdefault(group.wave, Counter())[_path(group)] += group.size
    yield ""
    for wave, sizes in islice(paths.items(), LINES_SHOWN):
        said = ", ".join(f"{count(size)} {code(path)}" for path, size in sizes.most_common())
        yield f"- {f'wave {code(wave)}' if wave else 'in no wave'}: {count(sizes.total(), 'device')} ({said})"
    told = sum(sizes.total() for sizes in islice(paths.values(), LINES_SHOWN))
    if devices > told:
        yield f"- and {count(devices - told, 'more device')}"


def _path(group: Group) -> str:
    return group.path or "out-of-scope"


def _section(group: Group, steps: table.Steps, numbers: Mapping[str, int]) -> Iterator[str]:
    wave = f" of wave {code(group.wave)}" if group.wave else ""
    yield f"\n## {count(group.size, 'device')}{wave}: {code(_path(group))}\n"
    words = (("", group.readiness), ("route ", group.route), ("tool ", group.tool))
    yield ", ".join(f"{word}{code(value)}" for word, value in words if value)
    yield from _listed("What to do", [f"{_title(steps[id_])} ({_label(numbers[id_])})" for id_ in group.next_steps])
    if not group.next_steps:
        yield "\nNo step is planned."
    yield from _listed("Verify afterwards", [_title(steps[id_]) for id_ in group.verify])
    yield "\n### Devices\n"
    for id_, name in group.examples:
        yield f"- {code(id_)} {code(name)}" if name and name != id_ else f"- {code(id_)}"
    if group.size > len(group.examples):
        yield f"- and {count(group.size - len(group.examples))} more (`-o plan:FILE.csv` has all)"


def _listed(heading: str, texts: Sequence[str]) -> Iterator[str]:
    """Yield a heading and a numbered list; nothing without texts."""
    if texts:
        yield f"\n### {heading}\n"
    yield from (f"{number}. {text}" for number, text in enumerate(texts, start=1))


def _title(step: StepNote) -> str:
    return prose(visible(step.title).strip())


def _label(number: int) -> str:
    """Return how a group refers to a step: two steps may have one title, as one for Windows and one for macOS."""
    return f"S{number}"


def _chapter(size: int) -> Iterator[str]:
    """Yield the heading of the steps unless there are none."""
    if size:
        yield "\n## The steps"


def _steps(ids: Sequence[str], steps: table.Steps, numbers: Mapping[str, int]) -> Iterator[str]:
    """Yield steps in full, each with all that belongs to it."""
    for id_ in ids:
        step = steps[id_]
        yield f"\n### {_label(numbers[id_])}: {_title(step)}"
        details = table.details(step)
        yield from ("", *(f"- {prose(text)}" for text in details)) if details else ()
        for language, content in (*(("", command) for command in step.commands), ("kusto", step.query)):
            if content:
                yield ""
                yield from fenced(content, language)
        if step.sources:
            yield f"\nSources: {', '.join(map(_link, step.sources))}"


def _link(source: SourceNote) -> str:
    if not source.url.startswith(("https://", "http://")):
        return prose(source.title or source.url)
    return f"[{prose(source.title)}](<{quote(source.url, safe=':/?#@!$&()*+,;=%~-._')}>)"
