"""Outcomes that are written one by one: which rules came out how on which devices of a bucket."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from checker.model.outcome import Outcome
from checker.model.rule import Rule

Devices = npt.NDArray[np.int64]  # places within a bucket


@dataclass(frozen=True, slots=True)
class Cases:
    """Devices and rules, device by device, and of each device in the order of the rules."""

    parts: tuple[tuple[Rule, Outcome], ...]
    part: npt.NDArray[np.int64]  # of each case its place in the parts
    device: Devices

    def __len__(self) -> int:
        return len(self.part)

    def each(self) -> Iterator[tuple[Rule, Outcome, Devices, Devices]]:
        """Yield each part with its places among the cases, and with its devices."""
        order = np.argsort(self.part, kind="stable")
        ends = np.searchsorted(self.part[order], np.arange(len(self.parts)), side="right")
        for (rule, outcome), here in zip(self.parts, np.split(order, ends[:-1]), strict=True):
            yield rule, outcome, here, self.device[here]


def cases_of(found: Iterable[tuple[Rule, Outcome, Devices]]) -> Cases:
    """Return cases in order; each part comes with its devices, and parts in the order of their rules."""
    parts = [(rule, outcome, devices) for rule, outcome, devices in found if len(devices)]
    nothing = np.zeros(0, dtype=np.int64)
    device = np.concatenate([nothing, *(devices for _, _, devices in parts)])
    part = np.repeat(np.arange(len(parts)), [len(devices) for _, _, devices in parts])
    order = np.argsort(device, kind="stable")
    return Cases(tuple((rule, outcome) for rule, outcome, _ in parts), part[order], device[order])
