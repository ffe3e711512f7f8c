"""Each device of a small inventory as a row: how ready it is, its path, and what stands in its way first."""

from typing import Any, Final

from checker.model.outcome import Severity
from checker.model.result import Result
from checker.reporters.shown import SEVERITIES
from checker.reporters.terminal.parts import Mark, Row
from checker.reporters.wording import visible

FEW: Final = 20  # devices that are shown one by one
NAME: Final = 40  # characters of a name

_MARKS: Final = {
    "READY": Mark.GOOD,
    "NOT_READY": Mark.BAD,
    "UNDETERMINED": Mark.OPEN,
    "MIGRATED": Mark.DONE,
}


def device_rows(result: Result) -> tuple[Row, ...]:
    """Return a row for each device in the order of their ids; none where there are more than a few, or no table."""
    if not 0 < result.devices.rows <= FEW:
        return ()
    severity = {rule.id: SEVERITIES.index(Severity(rule.severity)) for rule in result.summary.rules}
    return tuple(_row(device, severity) for frame in result.devices.frames() for device in frame.iter_rows(named=True))


def _row(device: dict[str, Any], severity: dict[str, int]) -> Row:
    open_ = device["readiness"] in ("NOT_READY", "UNDETERMINED")
    name = visible(device["device_name"] or device["device_id"], NAME)
    cells = (name, device["readiness"], visible(device["path"] or ""), _in_the_way(device, severity) if open_ else "")
    return Row(cells, _MARKS.get(device["readiness"], Mark.PLAIN))


def _in_the_way(device: dict[str, Any], severity: dict[str, int]) -> str:
    """Return the heaviest rule that fails, or else is unknown, the first of several."""
    for words, rules in (("fails", device["failed"]), ("is unknown", device["unknown"])):
        known = [rule for rule in rules or () if severity.get(rule) == 0]
        if known:
            return f"{visible(known[0])} {words}"
    return ""
