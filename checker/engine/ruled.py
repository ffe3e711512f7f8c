"""Tells beside what was tried from devices what the rules of their sites say, for a bucket of devices at once.

Each distinct pair of group and tags is looked up once, and each distinct pair of attempts and sites is told once.
``engine/site_rules.py`` says what the rules mean.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from checker.engine.fact_column import FactColumn
from checker.engine.site_rules import SiteRules, Sites, first_record, replaceable

Numbers = npt.NDArray[np.int64]


def sites_of(group: FactColumn, tags: FactColumn, rules: SiteRules) -> tuple[Numbers, Sequence[Sites]]:
    """Return for each device the number of its sites, and the sites by number."""
    pairs, place = _distinct(group.codes, tags.codes)
    found = [rules.of(group.pool.cells[first], tags.pool.cells[second]) for first, second in pairs]
    numbers = {sites: number for number, sites in enumerate(dict.fromkeys(found))}
    return np.array([numbers[sites] for sites in found], dtype=np.int64)[place], tuple(numbers)


def tell_rules(column: FactColumn, number: Numbers, sites: Sequence[Sites], rules: SiteRules) -> None:
    """Add to a column of attempts what the rules of each device's sites say."""
    pool = column.pool
    pairs, place = _distinct(column.codes, number)
    codes, records = [], []
    for code, at in pairs:
        lines = rules.lines_of(sites[at])
        told = bool(lines) and replaceable(pool.cells[code])
        codes.append(pool.code(rules.told(pool.cells[code], sites[at])) if told else code)
        alone = told and not isinstance(pool.cells[code], tuple)
        records.append(first_record(lines) if alone else KEPT)
    new, record = np.array(codes, dtype=np.int32)[place], np.array(records, dtype=np.int64)[place]
    changed = new != column.codes
    column.shown[changed] = new[changed]
    column.codes[changed] = new[changed]
    column.record[record != KEPT] = record[record != KEPT]


KEPT = -1  # in place of a record: the one on which the attempts rest stays


def _distinct(first: npt.NDArray[np.integer], second: npt.NDArray[np.integer]) -> tuple[list[tuple[int, int]], Numbers]:
    """Return the distinct pairs of two columns of codes, none below 0, and for each place the number of its pair."""
    width = int(second.max(initial=0)) + 1
    found, place = np.unique(first.astype(np.int64) * width + second, return_inverse=True)
    return [divmod(pair, width) for pair in found.tolist()], place.astype(np.int64)
