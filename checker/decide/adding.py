"""Adds up what buckets gave that were judged apart: the same numbers as if one had been judged after the other.

Every count is a sum, examples are the first in the order of devices, and verdicts get the numbers that they would have:
so founds are added in the order of device ids, whatever the order in which they were made.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import fields

from checker.decide.judge import Found
from checker.decide.tally import MOST_EXAMPLES, RuleCount, Tally, WaveCount
from checker.model.notes import Example

Part = Tally | RuleCount | WaveCount
Numbers = Mapping[int, int]  # of a verdict in the book of one bucket -> in that of the run
NUMBERED = "verdicts"  # counts by the number of a verdict


def add_found(run: Found, bucket: Found) -> None:
    """Add what a bucket gave whose devices follow those so far.

    The parts of its tables lie where the run's do, and become the run's.
    """
    numbers = {}
    for key, number in bucket.book.numbers.items():
        if key not in run.book.numbers:
            run.book.add(key, bucket.book.verdicts[number])
        numbers[number] = run.book.numbers[key]
    _add_tally(run.tally, bucket.tally, numbers)
    run.tables.add_tables(bucket.tables)
    run.out_of_scope += bucket.out_of_scope
    run.current_fails.update(bucket.current_fails)
    run.current_devices.update(bucket.current_devices)
    run.applied |= bucket.applied


def _add_tally(mine: Tally, other: Tally, numbers: Numbers) -> None:
    for name, count in other.rules.items():
        _add_parts(mine.rules[name], count, numbers)
    for place, wave in other.waves.items():
        _add_parts(mine.waves.setdefault(place, WaveCount()), wave, numbers)
    _add_parts(mine, other, numbers)


def _add_parts(mine: Part, other: Part, numbers: Numbers) -> None:
    """Add whatever adds up; which waiver covers a rule about the tenant is told once, and in no bucket."""
    for each in fields(mine):
        had, more = getattr(mine, each.name), getattr(other, each.name)
        if each.name == NUMBERED:
            had.update(Counter({numbers[number]: devices for number, devices in more.items()}))
        elif isinstance(had, Counter):
            had.update(more)
        elif isinstance(had, set):
            had |= more
        elif isinstance(had, list):
            _add_examples(had, more)
        elif each.name not in ("rules", "waves", "waiver"):
            setattr(mine, each.name, had + more)


def _add_examples(mine: list[Example], more: list[Example]) -> None:
    mine.extend(more[: MOST_EXAMPLES - len(mine)])
