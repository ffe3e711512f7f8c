"""What a SARIF run tells beside its results: what was cut, supposed or assumed, and what the gates of its waves say."""

from collections.abc import Iterator
from typing import Any, Final

from checker.model.notes import CriterionNote, WaveNote
from checker.model.outcome import Decision, Met
from checker.model.result import Summary
from checker.reporters.sarif.places import message, uri
from checker.reporters.sarif.rules import pascal_case
from checker.reporters.sarif.views import View
from checker.reporters.shown import simulation
from checker.reporters.wording import visible

_MET: Final = {Met.MET: "note", Met.UNDETERMINED: "warning", Met.MISSED: "error"}
_DECIDED: Final = {Decision.PROMOTE: "note", Decision.UNDETERMINED: "warning", Decision.HOLD: "error"}


def notifications(view: View, summary: Summary) -> Iterator[dict[str, Any]]:
    """Yield what a reader must know beside the results, what was supposed or cut first."""
    for text in simulation(summary):
        yield _notification("run.simulated", "warning", text)
    if view.truncated:
        text = f"{view.shown:,} results stand for {view.total:,} outcomes of devices; the findings table has them all"
        yield _notification("report.truncated", "warning", text)
    if view.merged:
        yield _notification("waves.together", "warning", "the devices of the waves are not told apart in this file")
    elif len(view.slot.waves) > 1:
        named = ", ".join(f"'{wave.name}'" for wave in view.slot.waves)
        yield _notification("waves.together", "warning", f"this run holds the devices of several waves: {named}")
    for wave in view.slot.waves:
        yield from _gate(wave)
    if summary.partial:
        text = "rules were left out by --select or --ignore, so that no device is READY by this run"
        yield _notification("run.partial", "warning", text)
    for text in (*summary.guidance, *summary.tailoring, *summary.assumptions, *summary.notices):
        yield _notification("run.notice", "note", text)
    for index, entry in enumerate(summary.inputs):
        place = {"physicalLocation": {"artifactLocation": {"uri": uri(entry.path), "index": index}}}
        for text in entry.notices:
            yield _notification("run.notice", "note", text) | {"locations": [place]}


def _gate(wave: WaveNote) -> Iterator[dict[str, Any]]:
    reason = f": {wave.reason}" if wave.reason else ""
    yield _notification(
        "gate.decision", _DECIDED[Decision(wave.decision)], f"Wave '{wave.name}': {wave.decision}{reason}"
    )
    for note in wave.criteria:
        yield _criterion(wave, note)


def _criterion(wave: WaveNote, note: CriterionNote) -> dict[str, Any]:
    why = f": {note.why}" if note.why else ""
    text = f"Wave '{wave.name}', {note.id}: {note.met}, limit {note.limit}, figure {note.figure}{why}"
    parts = {"wave": wave.name, "criterion": note.id, "limit": note.limit, "figure": note.figure, "met": note.met}
    properties = {name: visible(value) for name, value in parts.items()}
    return _notification("gate.criterion", _MET[Met(note.met)], text) | {"properties": properties}


def _notification(name: str, level: str, text: str) -> dict[str, Any]:
    reference = {"id": name, "index": list(DESCRIPTORS).index(name)}
    return {"descriptor": reference, "level": level, "message": message(text)}


def _notice(name: str, short: str, long: str, todo: str) -> dict[str, Any]:
    return {
        "id": name,
        "name": pascal_case(name),
        "shortDescription": {"text": short},
        "fullDescription": {"text": long},
        "help": {"text": todo, "markdown": todo},
    }


# Notifications, in the order in which they are numbered.
DESCRIPTORS: Final = {
    "report.truncated": _notice(
        "report.truncated",
        "The report shows one result for each rule.",
        "There are more outcomes than a reader of SARIF takes, so that each result stands for many devices.",
        "Read the findings table for every device: -o findings:findings.parquet.",
    ),
    "run.partial": _notice(
        "run.partial",
        "Rules were left out of this run.",
        "With --select or --ignore not every rule was judged, so that no device is READY by this run.",
        "Run again without --select and --ignore.",
    ),
    "run.notice": _notice(
        "run.notice",
        "Something to know about this run.",
        "What was assumed, set aside or read in a particular way, and by guidance of which day was judged.",
        "Read the notice beside the results; it changes none of them.",
    ),
    "run.simulated": _notice(
        "run.simulated",
        "Values were supposed, not measured.",
        "With --assume the run judged what would be, so that nothing in it is a proof.",
        "Run again without --assume before anything is decided.",
    ),
    "waves.together": _notice(
        "waves.together",
        "Several waves share a run of this file.",
        "A file has at most 20 runs, and a wave has a run of its own only where its devices are known.",
        "Write a report of one wave with --wave, or the table of devices in the same run: -o devices:devices.parquet.",
    ),
    "gate.decision": _notice(
        "gate.decision",
        "Whether a wave may go.",
        "PROMOTE, HOLD or UNDETERMINED, from the criteria of the wave's gate.",
        "Look at the criteria that are missed or undetermined.",
    ),
    "gate.criterion": _notice(
        "gate.criterion",
        "A criterion of a wave's gate.",
        "The limit that the wave has to keep, its figure, and whether that is met.",
        "Fix what stands against it; the JSON report ranks what unlocks most devices.",
    ),
}
