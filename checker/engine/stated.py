"""What people say of a fact, put where nothing was read; of a supposition, put in place of what was read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from checker.engine.coalesce import ATTESTED, FactColumn
from checker.engine.pool import Codes
from checker.engine.records import EPOCH
from checker.engine.select import Mask
from checker.model.outcome import Missing

NOBODY = np.int32(-1)


@dataclass(frozen=True, slots=True)
class Word:
    """A statement of one fact, for the devices of a bucket."""

    place: int  # in plan.statements
    value: str
    moment: int  # microseconds since 1970 at the start of the day on which it was said
    devices: Mask


def moment_of(day: date) -> int:
    """Return the start of a day (UTC) in microseconds since 1970."""
    return int((np.datetime64(day, "us") - np.datetime64(EPOCH, "us")).astype(np.int64))


def fill(
    column: FactColumn, words: Sequence[Word], times: "np.ndarray[tuple[int], np.dtype[np.int64]]", over: bool
) -> tuple[FactColumn, dict[int, Mask]]:
    """Return the column with the words in it, and for each word the devices whose value says otherwise.

    A word fills what is not exported, blank, or stale and older than itself: never a value, nor one that is unreadable
    or conflicting. With ``over`` it stands in place of whatever there is. Where words differ, nothing decides between
    them: the device's value is their conflict, whatever their order.
    """
    column = column.copied()
    codes, pool = column.codes.copy(), column.pool
    gap = np.isin(codes, (Missing.NOT_EXPORTED, Missing.BLANK))
    stale = codes == Missing.STALE
    measured = pool.reasons[codes] < 0
    said: Codes = np.full(len(codes), NOBODY, dtype=np.int32)
    contradicted = {}
    for word in words:
        code = pool.code(word.value)
        value = pool.identity[code]
        fills = word.devices if over else word.devices & (gap | (stale & (times < word.moment)))
        contradicted[word.place] = word.devices & measured & (codes != value)
        fresh = fills & (said == NOBODY)
        said[fresh] = value
        column.codes[fresh], column.shown[fresh], column.record[fresh] = value, code, ATTESTED - word.place
        for other in np.unique(column.codes[fills & (said != value)]).tolist():
            clash = fills & (column.codes == other)
            column.codes[clash] = column.shown[clash] = pool.clash(other, int(value))
    return column, contradicted
