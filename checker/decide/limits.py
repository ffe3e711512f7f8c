"""Holds a figure against its limit: exactly, as an interval where not all is known, and never shown as better."""

from dataclasses import dataclass
from decimal import Decimal

from checker.model.notes import CriterionNote
from checker.model.outcome import Met
from checker.model.wave import Limit

NOBODY = "no device judged"


@dataclass(frozen=True, slots=True)
class Asked:
    """A criterion: its id, what it is in words, and its limit."""

    id: str
    title: str
    limit: Limit


@dataclass(frozen=True, slots=True)
class Span:
    """On how many devices something holds, at least and at most, out of how many."""

    low: int
    high: int
    of: int


def at_least(asked: Asked, span: Span, why: str = "") -> CriterionNote:
    """Return the criterion: met if the least of the span reaches the limit, missed if the most does not."""
    bound = asked.limit.of(span.of)
    met = Met.MET if span.low >= bound else Met.MISSED if span.high < bound else Met.UNDETERMINED
    return _note(asked, span, ("at least", met, why))


def at_most(asked: Asked, span: Span, why: str = "") -> CriterionNote:
    """Return the criterion: met if the most of the span keeps the limit, missed if the least does not."""
    bound = asked.limit.of(span.of)
    met = Met.MET if span.high <= bound else Met.MISSED if span.low > bound else Met.UNDETERMINED
    return _note(asked, span, ("at most", met, why))


def _note(asked: Asked, span: Span, found: tuple[str, Met, str]) -> CriterionNote:
    """Return the note; where no device was judged nothing is known, whatever the limit."""
    side, met, why = found
    limit = f"{side} {asked.limit}"
    if not span.of:
        return CriterionNote(asked.id, asked.title, limit, NOBODY, Met.UNDETERMINED, why)
    return CriterionNote(asked.id, asked.title, limit, _figure(asked.limit, span, up=side == "at most"), met, why)


def _figure(limit: Limit, span: Span, *, up: bool) -> str:
    """Return a span as ``93.7 % (150 of 160; up to 98.1 %)``, or ``150 of 160 (up to 157)`` where devices are asked."""
    number = f"{span.low:,} of {span.of:,}"
    if not limit.percent:
        return number if span.high == span.low else f"{number} (up to {span.high:,})"
    exponent = limit.amount.normalize().as_tuple().exponent
    places = max(1, -exponent) if isinstance(exponent, int) else 1
    more = "" if span.high == span.low else f"; up to {share(span.high, span.of, places, up=up)}"
    return f"{share(span.low, span.of, places, up=up)} ({number}{more})"


def share(part: int, whole: int, places: int, *, up: bool) -> str:
    """Return a share in per cent, rounded up or down to so many decimals.

    With as many decimals as the limit has and rounded to the unfavourable side (down against a least, up against a
    most) it is on the side of the limit on which the exact share is. Only none is 0 %, and only all is 100 %.
    """
    all_of_it = 100 * 10**places
    units, rest = divmod(part * all_of_it, whole)
    units += bool(up and rest)
    if part and not units:
        return f"<{Decimal(1).scaleb(-places)} %"
    if part < whole and units == all_of_it:
        return f">{Decimal(all_of_it - 1).scaleb(-places)} %"
    return f"{Decimal(units).scaleb(-places)} %"
