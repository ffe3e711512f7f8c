"""A plan in words: what its ids of steps, actions and verifications stand for, and where the plan comes from.

A plan names its steps by id, once for each device; the texts stand once in the result. Fleets of a million devices have
a few hundred different lists of steps, so a list is put into words once and remembered.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from checker.model.notes import SourceNote, StepNote
from checker.model.result import Result, Summary
from checker.reporters.wording import sentence, visible

Steps = Mapping[str, StepNote]
Row = dict[str, Any]

# Devices whose texts are in memory at a time: with four kilobytes of steps for each, forty megabytes.
ROWS_AT_A_TIME: Final = 10_000
LISTS_REMEMBERED: Final = 10_000  # likewise, should a fleet have more of them than any we know

# What a plan rests on, in the words of :func:`provenance` that reports treat apart.
SIMULATION, LEFT_OUT, NAMES, GUIDANCE = "SIMULATION", "left out", "names", "guidance"
CAUTIONS: Final = (SIMULATION, LEFT_OUT, NAMES, GUIDANCE)  # before everything else


def steps_of(result: Result) -> Steps:
    """Return everything that the plan of a result may name, by id."""
    return {step.id: step for step in result.steps}


def devices(result: Result) -> Iterator[Row]:
    """Yield the devices of a plan in the order of their ids, with the columns of the plan; no text is null."""
    for frame in result.plan.frames():
        for part in frame.iter_slices(ROWS_AT_A_TIME):
            for row in part.iter_rows(named=True):
                yield {name: "" if value is None else value for name, value in row.items()}


def once_for_each_list(words: Callable[[Sequence[StepNote]], str], steps: Steps) -> Callable[[Sequence[str]], str]:
    """Return a function from a list of ids to their words, which seldom words a list twice.

    An id that no step explains (a result of another making) stands for itself.
    """

    @lru_cache(LISTS_REMEMBERED)
    def remembered(ids: tuple[str, ...]) -> str:
        return words([steps.get(id_) or StepNote(id_, id_) for id_ in ids])

    return lambda ids: remembered(tuple(ids))


def titles(steps: Sequence[StepNote]) -> str:
    """Return the steps as numbered titles, one on a line."""
    return _numbered(visible(step.title) for step in steps)


def sentences(steps: Sequence[StepNote]) -> str:
    """Return the steps as numbered sentences, one step on a line: what to do, and what it looks like afterwards."""
    return _numbered(" ".join((sentence(step.title), *details(step))) for step in steps)


def _numbered(texts: Iterable[str]) -> str:
    return "\n".join(f"{number}. {text}" for number, text in enumerate(texts, start=1))


def details(step: StepNote) -> tuple[str, ...]:
    """Return what a step says beyond its title, in whole sentences."""
    does = tuple(sentence(text) for text in step.does if text != step.title)
    looks_like = "; ".join(step.looks_like.strip().split("\n"))
    return (*does, f"When it has worked: {sentence(looks_like)}") if looks_like else does


def commands(steps: Sequence[StepNote]) -> str:
    """Return the commands of the steps in order, exactly as they are to be run, also where one is to be run again."""
    return "\n".join(command for step in steps for command in step.commands)


def queries(steps: Sequence[StepNote]) -> str:
    """Return the advanced-hunting queries of the steps in order, each once, with an empty line between two."""
    return "\n\n".join(dict.fromkeys(step.query for step in steps if step.query))


def sources(steps: Sequence[StepNote]) -> str:
    """Return the sources of the steps, each once, one on a line."""
    return "\n".join(f"{visible(source.title)}: {visible(source.url)}" for source in each_source(steps))


def copyable(text: str) -> str:
    """Return a command or query of several lines with whatever hides or acts made visible; tabs stay."""
    return "\n".join("\t".join(map(visible, line.split("\t"))) for line in text.split("\n"))


def each_source(steps: Sequence[StepNote]) -> tuple[SourceNote, ...]:
    """Return the sources of the steps in order, each once."""
    return tuple(dict.fromkeys(source for step in steps for source in step.sources))


def provenance(summary: Summary) -> Iterator[tuple[str, str]]:
    """Yield what a plan rests on, as pairs of a word and a text: what it supposes, guidance, packs, files."""
    for text in summary.simulated:
        yield SIMULATION, f"nothing here is a proof: {text}"
    if summary.partial:
        yield LEFT_OUT, "rules were left out by --select or --ignore, so that no device is READY by this run"
    if summary.redacted:
        yield NAMES, summary.pseudonyms
    for text in summary.guidance:
        yield GUIDANCE, text
    yield "as of", summary.as_of.isoformat()
    yield "tool", f"mde-readiness {summary.tool_version}"
    for pack in summary.packs:
        yield "pack", f"{pack.id} {pack.version}, profile {pack.profile}, SHA-256 {pack.sha256}"
    for text in summary.tailoring:
        yield "tailoring", text
    for text in summary.assumptions:
        yield "assumption", text
    for file in summary.governed_by:
        yield file.kind, f"{file.path}, SHA-256 {file.sha256}"
    for entry in summary.inputs:
        yield "input", f"{entry.path}, SHA-256{entry.whose} {entry.sha256}"
