"""What governs the devices of a bucket besides rules: their waves, and the waivers that cover their outcomes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from checker.engine.columns import Bucket
from checker.engine.judged import Judged
from checker.engine.select import Mask
from checker.engine.stated import Places
from checker.model.outcome import Outcome
from checker.model.plan import Plan
from checker.model.rule import Rule
from checker.model.waiver import Waiver

NO_WAIVER = -1
Spoken = dict[str, dict[int, Places]]  # rule -> waiver in force -> devices of a bucket that it speaks of


@dataclass(frozen=True, slots=True)
class Governed:
    """The devices of a bucket as waves and waivers see them; arrays run over its devices."""

    wave: npt.NDArray[np.int16]  # place in plan.waves, or select.NO_WAVE
    shown: Mask  # of whom the reports speak: those of the chosen wave, or all; out of scope or not
    waived: dict[str, npt.NDArray[np.int16]]  # rule -> place in plan.waivers of what covers its outcome, or NO_WAIVER
    spoken: Spoken

    def waives(self, rule: str) -> Mask | None:
        """Return where a rule's outcome is covered; None if it is nowhere."""
        return self.waived[rule] != NO_WAIVER if rule in self.waived else None


def govern(judged: Judged, wave: str) -> Governed:
    """Return what governs a bucket; ``wave`` names the one that reports are limited to, or is empty."""
    bucket, plan = judged.bucket, judged.bucket.plan
    place = bucket.waves.place
    names = [each.name for each in plan.waves]
    spoken: Spoken = {}
    for number, waiver in in_force(plan):
        spoken.setdefault(waiver.rule, {})[number] = np.flatnonzero(bucket.chosen(waiver.devices))
    waived = {
        rule.id: covering(plan, rule, judged.outcomes[place], spoken)
        for place, rule in enumerate(plan.device_rules)
        if rule.id in spoken
    }
    return Governed(
        wave=place,
        shown=place == names.index(wave) if wave else np.ones(bucket.devices, dtype=np.bool_),
        waived={name: covers for name, covers in waived.items() if (covers != NO_WAIVER).any()},
        spoken=spoken,
    )


def in_force(plan: Plan) -> Sequence[tuple[int, Waiver]]:
    """Return the waivers in force on the as-of day, with their places."""
    return [(number, waiver) for number, waiver in enumerate(plan.waivers) if waiver.in_force(plan.as_of)]


def covering(plan: Plan, rule: Rule, outcomes: npt.NDArray[np.uint8], spoken: Spoken) -> npt.NDArray[np.int16]:
    """Return, for each device, the first waiver that covers its outcome of a rule, or NO_WAIVER."""
    found = np.full(len(outcomes), NO_WAIVER, dtype=np.int16)
    failed, unknown = outcomes == Outcome.FAIL, outcomes == Outcome.UNKNOWN
    both = failed | unknown
    for number, devices in spoken.get(rule.id, {}).items():
        accepted = both if plan.waivers[number].accepts_fail else unknown
        covered = devices[accepted[devices]]
        found[covered[found[covered] == NO_WAIVER]] = number
    return found


def covering_once(bucket: Bucket, rule: Rule, outcome: Outcome) -> int:
    """Return the first waiver that covers the outcome of a rule about the tenant or the fleet, or NO_WAIVER."""
    plan = bucket.plan
    mine = [(number, waiver.devices) for number, waiver in in_force(plan) if waiver.rule == rule.id]
    spoken = {number: np.flatnonzero(bucket.chosen(devices)) for number, devices in mine}
    return int(covering(plan, rule, np.array([outcome], dtype=np.uint8), {rule.id: spoken})[0])
