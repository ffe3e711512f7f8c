"""Which runs a SARIF file has: one for the fleet, and one for each wave, since a category of alerts is a run's.

GitHub takes at most 20 runs of a file, each of its own category; a category has to be the same every time, or all its
alerts are closed and opened again. So a wave's run is there also if it holds no result, which closes its alerts.
"""

from dataclasses import dataclass
from typing import Final

from checker.model.notes import WaveNote
from checker.model.result import Summary
from checker.reporters.shown import limited_to, scope_name
from checker.reporters.wording import share, visible

MOST_RUNS: Final = 20


@dataclass(frozen=True, slots=True)
class Slot:
    """One run of a file: its category, and the waves whose devices it holds; none for devices of no wave."""

    category: str
    waves: tuple[WaveNote, ...] = ()
    alone: bool = True  # False: other runs hold the other devices

    def of(self, number: int, verb: str) -> str:
        """Return ``12 of 160 devices of wave 'pilot' fail (7.5 %)`` for devices of the waves, of those judged."""
        judged = sum(wave.devices.get("total", 0) - wave.devices.get("out_of_scope", 0) for wave in self.waves)
        whose = f"wave '{visible(self.waves[0].name)}'" if len(self.waves) == 1 else f"{len(self.waves):,} waves"
        return f"{number:,} of {judged:,} devices of {whose} {verb} ({share(number, judged)})"


def slots(summary: Summary) -> tuple[Slot, ...]:
    """Return the runs: one where there are no waves or only one is shown, else that of no wave and then the waves'."""
    only = limited_to(summary)
    if only:
        waves = tuple(wave for wave in summary.waves if wave.name == only)
        return (Slot(_category(summary, f"wave/{only}"), waves),)
    if not summary.waves:
        return (Slot(_category(summary)),)
    single, rest = summary.waves, summary.waves[:0]
    if len(summary.waves) >= MOST_RUNS:
        single, rest = summary.waves[: MOST_RUNS - 2], summary.waves[MOST_RUNS - 2 :]
    found = [Slot(_category(summary), alone=False)]
    found += [Slot(_category(summary, f"wave/{wave.name}"), (wave,), alone=False) for wave in single]
    if rest:
        found.append(Slot(_category(summary, "waves/others"), rest, alone=False))
    return tuple(found)


def together(summary: Summary) -> tuple[Slot, ...]:
    """Return the only run of a file that cannot tell whose wave its results are."""
    return (Slot(_category(summary)),)


def numbers(found: tuple[Slot, ...]) -> dict[str, int]:
    """Return in which run the devices of a wave stand; of no wave, and of one that is not listed, in the first."""
    return {wave.name: number for number, slot in enumerate(found) for wave in slot.waves}


def _category(summary: Summary, part: str = "") -> str:
    """Return the id of a run; all up to its last slash is the category."""
    words = ("mde-readiness", scope_name(summary), part, "simulated" if summary.simulated else "")
    return visible("".join(f"{word}/" for word in words if word))
