"""What records say only together, those of one device in other files included, and of which version each is.

A mapping asks for what its records say only together with ``together: NAME``. The told columns stand beside those of
the file; of these the ones that only served to tell are not passed on.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

import polars as pl

from checker.errors import Problem, UnknownFormatError
from checker.inventory.mapping import ProductMapping, title_key
from checker.inventory.properties import with_builds
from checker.inventory.secrets import NOTHING
from checker.inventory.sense_event import PROVIDER, TITLES, SenseEvent, sense_event
from checker.inventory.sense_log import ASKED_FOR, TOLD, Said
from checker.inventory.split_logs import Logs
from checker.inventory.table import Faults, Opened, RawTable
from checker.inventory.times import read_times

PASSED_ON = ("provider", "id", "time", "machine")  # of the file's own columns
LONGEST = 1 << 16  # characters of a text that are looked at; an event holds no more

Teller = Callable[[Opened, str, Logs], Opened]


def told(opened: Opened, product: ProductMapping, faults: Faults, logs: Logs) -> Opened:
    """Return the file with the columns that its mapping wants told, and without records of versions it does not know.

    Each of those is a fault. What is told from all records is told with those of other files by ``logs``.
    """
    for title, words in product.versions:
        opened = _of_versions(opened, title, words, faults)
    return TELLERS[product.together](opened, faults.path, logs) if product.together else opened


def _of_versions(opened: Opened, title: str, words: Sequence[str], faults: Faults) -> Opened:
    column = next((found for found in opened.titles if title_key(found) == title_key(title)), title)
    known_words = " or ".join(words)
    reason = f"is of a version that is not known: its '{title}' is not {known_words}; a newer program may read it"

    def tables(wanted: frozenset[str]) -> Iterator[RawTable]:
        for table in opened.tables(wanted | {column}):
            frame = table.columns if column in table.columns.columns else table.rows.to_frame("").clear()
            known = frame[column].is_in(list(words)).fill_null(False) if column in frame.columns else table.rows < 0
            for row, line in zip(table.rows.filter(~known), table.lines.filter(~known), strict=True):
                faults.add(row, line, reason, NOTHING)
            yield RawTable(table.columns.filter(known), table.rows.filter(known), table.lines.filter(known))

    return replace(opened, tables=tables)


def _sense_log(opened: Opened, path: str, logs: Logs) -> Opened:
    """Tell what the events of SENSE say together, device by device; :class:`UnknownFormatError` if there is none."""
    known = {title_key(title): title for title in reversed(opened.titles)}
    titles = {
        name: [known[title_key(title)] for title in alternatives if title_key(title) in known]
        for name, alternatives in TITLES.items()
    }
    served = {title for name, found in titles.items() if name not in PASSED_ON for title in found}
    kept = tuple(title for title in opened.titles if title not in served)

    def tables(wanted: frozenset[str]) -> Iterator[RawTable]:
        raw = list(opened.tables(wanted | {title for found in titles.values() for title in found}))
        said = _said(raw, titles, path, logs)
        place = 0
        for table in raw:
            height = table.columns.height
            own = [column for column in table.columns.get_columns() if column.name in kept]
            rows = [said.get(at, {}) for at in range(place, place + height)]
            more = [pl.Series(title, [row.get(title) for row in rows], pl.String) for title in TOLD]
            yield replace(table, columns=pl.DataFrame([*own, *more]))
            place += height

    return replace(opened, titles=(*kept, *TOLD), tables=tables)


def _said(
    raw: Sequence[RawTable], titles: Mapping[str, Sequence[str]], path: str, all_logs: Logs
) -> Mapping[int, Said]:
    """Return what each record says, by its place among all of its file."""
    frame = pl.concat([table.columns for table in raw], how="diagonal") if raw else pl.DataFrame()
    texts = {
        name: frame.select(pl.coalesce([title for title in found if title in frame.columns])).to_series()
        for name, found in titles.items()
        if any(title in frame.columns for title in found)
    }
    if not {"time", "id"} <= texts.keys():
        raise _none_of_sense(path)
    times = read_times(texts["time"])
    sense = _is_sense(frame, titles["provider"])
    logs: dict[str, list[SenseEvent]] = {}
    lists = {name: column.to_list() for name, column in texts.items()}
    counted = {name: lists[name] for name in ("record",) if name in lists}  # all that is asked of other events
    for place, moment in enumerate(times.column.to_list()):
        number = (lists["id"][place] or "").strip()
        if not sense[place] or not number.isdecimal() or len(number) > 5:
            continue
        needed = lists if int(number) in ASKED_FOR else counted
        row = {name: (column[place] or "")[:LONGEST] for name, column in needed.items()}
        exact = lists["time"][place] not in times.local
        machine = (lists["machine"][place] or "").strip().casefold() if "machine" in lists else ""
        logs.setdefault(machine, []).append(sense_event(place, {**row, "id": number}, moment, exact))
    if not logs:
        raise _none_of_sense(path)
    return all_logs.tell(path, logs)


def _none_of_sense(path: str) -> UnknownFormatError:
    hint = "export Microsoft-Windows-SENSE/Operational"
    return UnknownFormatError(Problem(path, "holds no events of SENSE", hint))


def _is_sense(frame: pl.DataFrame, titles: Sequence[str]) -> list[bool]:
    """Tell which records are events of SENSE, by provider or by log."""
    columns = [pl.col(title).str.strip_chars().str.to_lowercase() for title in titles if title in frame.columns]
    named = [column.str.strip_suffix("/operational") == PROVIDER for column in columns]
    return frame.select(pl.any_horizontal(named).fill_null(False)).to_series().to_list()


TELLERS: dict[str, Teller] = {"sense-log": _sense_log, "properties": lambda opened, _path, _logs: with_builds(opened)}
