"""One fact of the devices of a bucket, as codes of a pool."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from checker.engine.pool import Codes, Pool


@dataclass(slots=True)
class FactColumn:
    """One fact of the devices of a bucket."""

    pool: Pool
    codes: Codes  # what is judged: a value, or why there is none
    shown: Codes  # what was read, even where it is too old to count
    record: npt.NDArray[np.int64]  # where it was read; NO_RECORD, or ATTESTED and below

    def copied(self) -> "FactColumn":
        """Return the column with arrays of its own, to be changed."""
        return FactColumn(self.pool, self.codes.copy(), self.shown.copy(), self.record.copy())

    def at(self, places: npt.NDArray[np.int64]) -> "FactColumn":
        """Return the column of some of its devices."""
        return FactColumn(self.pool, self.codes[places], self.shown[places], self.record[places])
