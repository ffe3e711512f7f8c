"""Proves where the records of a block of CSV end and that each has the right number of fields, by its separators."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

LINE_FEED, RETURN, QUOTE = 10, 13, 34
STRIDE = 1 << 18  # bytes compared at a time: the three comparisons and their results stay in the processor's cache

Bytes = npt.NDArray[np.uint8]
Offsets = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Proof:
    """The first ``end`` bytes of a block are whole records on ``lines`` lines, and no reader can see others in them.

    If they are ``regular``, they are ``records`` of them, each with the header's number of fields. ``starts`` counts,
    for each record, the line ends of the block before it; None if every record is one line.
    """

    end: int
    lines: int
    regular: bool
    records: int
    starts: npt.NDArray[np.uint32] | None


def prove(block: bytes, delimiter: str, fields: int) -> Proof | None:
    """Return the proof for the whole records with which a block begins; None if it is doubtful where they end.

    The block must begin at the start of a record. Where the number of quotes before a byte is odd, it is quoted;
    outside of quotes the separators must be exactly ``fields - 1`` delimiters and a line feed for each record. A quote
    that opens must follow a separator, one that closes must precede one, and a doubled one is both. A carriage return
    must stand before a line feed, or it would end a line for one reader and be text for another.
    """
    data = np.frombuffer(block, np.uint8)
    at = _separators_and_quotes(data, ord(delimiter))
    kinds = data[at]
    quotes = kinds == QUOTE
    quoted = np.bitwise_xor.accumulate(quotes.view(np.uint8)).view(np.bool_)  # False at a quote that closes
    ends = np.flatnonzero((kinds == LINE_FEED) & ~quoted)
    if not ends.size:
        return None
    last = int(ends[-1]) + 1
    at, kinds, quotes, quoted = at[:last], kinds[:last], quotes[:last], quoted[:last]
    data = data[: int(at[-1]) + 1]
    feeds = kinds == LINE_FEED
    if not (_quotes_stand_right(data, at[quotes], ord(delimiter)) and _returns_stand_right(data, at[feeds])):
        return None
    separators = kinds[~(quotes | quoted)]
    regular = fields > 1 and separators.size == ends.size * fields  # a blank line would be a record of one field
    regular = regular and bool((separators[fields - 1 :: fields] == LINE_FEED).all())
    lines = int(np.count_nonzero(feeds))
    starts = None
    if lines > ends.size:
        before = np.cumsum(feeds, dtype=np.uint32)[ends]
        starts = np.concatenate([np.zeros(1, np.uint32), before[:-1]])
    return Proof(data.size, lines, regular, ends.size, starts)


def _separators_and_quotes(data: Bytes, delimiter: int) -> Offsets:
    found = np.empty(data.size, np.bool_)
    other = np.empty(STRIDE, np.bool_)
    for start in range(0, data.size, STRIDE):
        piece, here = data[start : start + STRIDE], found[start : start + STRIDE]
        also = other[: piece.size]
        np.equal(piece, delimiter, out=here)
        for byte in (LINE_FEED, QUOTE):
            np.equal(piece, byte, out=also)
            np.logical_or(here, also, out=here)
    return np.flatnonzero(found)


def _quotes_stand_right(data: Bytes, at: Offsets, delimiter: int) -> bool:
    """Tell whether the quotes that open follow a separator or a quote, and those that close precede one."""
    if not at.size:
        return True
    opening, closing = at[0::2], at[1::2]
    inner = opening[1:] if opening[0] == 0 else opening
    before = data[inner - 1]
    after = data[closing + 1]  # a record's end follows every closing quote, so this stays inside the block
    good_before = (before == delimiter) | (before == LINE_FEED) | (before == QUOTE)
    good_after = (after == delimiter) | (after == LINE_FEED) | (after == QUOTE) | (after == RETURN)
    return bool(good_before.all() and good_after.all())


def _returns_stand_right(data: Bytes, feeds: Offsets) -> bool:
    """Tell whether every carriage return stands before a line feed."""
    returns = sum(
        int(np.count_nonzero(data[start : start + STRIDE] == RETURN)) for start in range(0, data.size, STRIDE)
    )
    if not returns:
        return True
    inner = feeds[1:] if feeds[0] == 0 else feeds
    return returns == int(np.count_nonzero(data[inner - 1] == RETURN))
