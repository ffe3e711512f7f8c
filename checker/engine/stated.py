"""What people say of a fact, put where nothing was read; of a supposition, put in place of what was read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from checker.engine.coalesce import ATTESTED
from checker.engine.fact_column import FactColumn
from checker.engine.pool import Codes
from checker.engine.records import EPOCH
from checker.engine.select import Mask
from checker.model.outcome import Missing

NOBODY = np.int32(-1)


Places = npt.NDArray[np.int64]  # of devices within a bucket


@dataclass(frozen=True, slots=True)
class Word:
    """A statement of one fact, for some devices of a bucket."""

    place: int  # in plan.statements
    value: str
    moment: int  # microseconds since 1970 at the start of the day on which it was said
    devices: Places


def moment_of(day: date) -> int:
    """Return the start of a day (UTC) in microseconds since 1970."""
    return int((np.datetime64(day, "us") - np.datetime64(EPOCH, "us")).astype(np.int64))


def fill(
    column: FactColumn, words: Sequence[Word], times: Callable[[Places], Places], over: bool
) -> tuple[FactColumn, dict[int, Places], Places]:
    """Return the column with the words in it, for each word the devices whose value says otherwise, and the clashes.

    A word fills what is not exported, blank, or stale and older than itself: never a value, nor one that is unreadable
    or conflicting. With ``over`` it stands in place of whatever there is. Where words differ, nothing decides between
    them: the device's value is their conflict, whatever their order. ``times`` gives when records were observed.
    """
    before, column, pool = column, column.copied(), column.pool
    said = np.full(len(column.codes), NOBODY, dtype=np.int32)
    contradicted = {}
    clashed = np.zeros(0, dtype=np.int64)
    for word in words:
        code = pool.code(word.value)
        value = pool.identity[code]
        codes = before.codes[word.devices]
        contradicted[word.place] = word.devices[(pool.reasons[codes] < 0) & (codes != value)]
        fills = word.devices if over else word.devices[_gaps(before, word, codes, times)]
        fresh = fills[said[fills] == NOBODY]
        differ = fills[(said[fills] != NOBODY) & (said[fills] != value)]
        said[fresh] = value
        clashed = np.union1d(clashed, differ) if len(differ) else clashed
        column.codes[fresh], column.shown[fresh], column.record[fresh] = value, code, ATTESTED - word.place
        for cells, said_here in ((column.codes, int(value)), (column.shown, code)):
            for other in np.unique(cells[differ]).tolist():
                cells[differ[cells[differ] == other]] = pool.clash(other, said_here)
    return column, contradicted, clashed


def _gaps(before: FactColumn, word: Word, codes: Codes, times: Callable[[Places], Places]) -> Mask:
    """Return which of the word's devices it may fill."""
    gaps: Mask = (codes == Missing.NOT_EXPORTED) | (codes == Missing.BLANK)
    stale = codes == Missing.STALE
    if stale.any():
        gaps[stale] = times(before.record[word.devices[stale]]) < word.moment
    return gaps
