"""Puts together what is known of a file once all its records are read."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import polars as pl

from checker.errors import InputError, Problem
from checker.inventory.binding import Binding
from checker.inventory.columns import MDE_ID
from checker.inventory.date_order import OBSERVED, Left
from checker.inventory.mapping import title_key
from checker.inventory.normalise import Normaliser
from checker.inventory.recognise import why
from checker.inventory.rule_lines import UNREAD_RULE
from checker.inventory.secrets import NOTHING
from checker.inventory.source import Source
from checker.inventory.table import Faults, Opened
from checker.inventory.time_forms import MONTHS
from checker.model.record import RECORD_COLUMNS, FileRecords, InputFile, fact_dtype

HARMLESS = re.compile(
    rf"(?:[\d\s/.,:+-]|T(?=\d)|Z$|at\b|[ap]\.?m\b|(?:utc|gmt)\b|(?:{'|'.join(MONTHS)})[a-z]{{0,6}}\b){{1,40}}"
    r"|\\?/date\([\d+-]{1,20}\)\\?/",
    re.IGNORECASE,
)
RULES = "url.tests"
NAME = "device.name"  # a key of records, and a fact where a condition asks for it
NO_RULE = "is no rule for a host: write host, *.host, .host or https://host/*, and allow, deny or bypass_inspection"
KEYS = ("mde_id", "entra_id", "own_id", "name")
DEFENDER = ("device id", "not of 40 hexadecimal digits (or all zeros)")  # what is counted, and what is wrong with it
ENTRA = ("Entra id", "no GUID")
ADDRESS = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}")


def file_records(
    source: Source, opened: Opened, normaliser: Normaliser, frames: Sequence[pl.DataFrame], faults: Faults
) -> FileRecords:
    """Return the records of a file, all frames with the same columns, those left out in which nothing is said."""
    carried = {name for frame in frames for name in frame.columns if frame[name].null_count() < frame.height}
    facts = [name for name in normaliser.product.facts if name in carried]
    bindings = normaliser.bindings()
    titles = list(dict.fromkeys([*opened.titles, *(title for binding in bindings for title in binding)]))
    bound = list(bindings.values())
    versions = {title_key(title) for title, _ in normaliser.product.versions}
    used = {title for title in titles if title_key(title) in versions}.union(*(one.titles() for one in bound))
    file = InputFile(
        path=source.path,
        sha256=source.sha256,
        format=normaliser.product.id,
        founds=normaliser.product.founds and not _evidence_alone(frames),
        per_device=normaliser.product.per_device,
        columns={name: _titles(name, bound) for name in facts},
        open_sets=frozenset(name for name in facts if _is_open(name, bound)),
        notices=(*source.notices, *_notices(source.path, normaliser, frames, faults)),
        keys=_keys(bound),
        why=why(normaliser.product, opened, source),
        secondary=normaliser.product.secondary,
        of_sites="site" in normaliser.product.keys,
        local_times=bool(normaliser.local),
        place_names=normaliser.product.place_names,
        own_ids_repeat=normaliser.product.own_ids_repeat,
        unmapped=tuple(title for title in titles if title and title not in used),
    )
    return FileRecords(file, [_with_columns(frame, facts) for frame in frames], faults.rejected)


def dated(records: FileRecords, time: datetime) -> FileRecords:
    """Return the records with a time for those that have none."""
    naive = time.astimezone(UTC).replace(tzinfo=None) if time.tzinfo else time
    fill = pl.col("observed").fill_null(pl.lit(naive, dtype=RECORD_COLUMNS["observed"]))
    frames = [frame.with_columns(fill) for frame in records.frames]
    return replace(records, frames=frames, apart=[dated(each, time) for each in records.apart])


def without_unread(frames: Sequence[pl.DataFrame], faults: Faults) -> list[pl.DataFrame]:
    """Return the rules of a proxy that can be read; each other one is a fault: one that denies must not be missed."""
    found = []
    for frame in frames:
        read = frame
        if RULES in frame.columns:
            unread = frame[RULES].cast(pl.String) == UNREAD_RULE
            for row, line in frame.filter(unread.fill_null(False)).select("row", "line").iter_rows():
                faults.add(row, line, NO_RULE, NOTHING)
            read = frame.filter(~unread.fill_null(False))
        found.append(read)
    return found


def named(records: FileRecords, device: str) -> FileRecords:
    """Return the records with a name, or a Defender id, for those that have no key.

    Raises:
        InputError: if none of them lacks one.
    """
    nameless = pl.all_horizontal(pl.col(key).is_null() for key in KEYS)
    if not any(frame.select(nameless).to_series().any() for frame in records.frames):
        hint = "leave out --device-of for it"
        raise InputError(
            Problem(records.file.path, f"is said to be of {device}, and each record names its device", hint)
        )
    key, text = ("mde_id", device.lower()) if re.fullmatch(MDE_ID, device.lower()) else ("name", device)
    file = replace(records.file, keys={**records.file.keys, key: "(--device-of)"})
    fill = pl.when(nameless).then(pl.lit(text)).otherwise(pl.col(key)).alias(key)
    apart = [replace(each, frames=[frame.with_columns(fill) for frame in each.frames]) for each in records.apart]
    return replace(records, file=file, frames=[frame.with_columns(fill) for frame in records.frames], apart=apart)


def packed_as(records: FileRecords, path: str, sha256: str) -> FileRecords:
    """Return records of a packed file with the SHA-256 of the one that the user gave: of that there is a copy."""
    file = records.file
    within = path if file.path != path else ""
    told = replace(file, sha256=sha256, packed_in=within, content=file.sha256)
    return replace(records, file=told, apart=[packed_as(each, path, sha256) for each in records.apart])


def with_name(records: FileRecords) -> FileRecords:
    """Return the records with the device's name as a fact, too, for conditions that ask for it."""
    if not records.file.founds or "name" not in records.file.keys:
        return records
    file = replace(records.file, columns={**records.file.columns, NAME: records.file.keys["name"]})
    frames = [frame.with_columns(pl.col("name").cast(fact_dtype(NAME)).alias(NAME)) for frame in records.frames]
    return replace(records, file=file, frames=frames)


def with_twins_noted(read: list[FileRecords]) -> list[FileRecords]:
    """Return the records of all files, with a notice on each, by path, whose content an earlier one has, too."""
    first: dict[str, str] = {}
    for records in sorted(read, key=lambda item: (item.file.path, item.file.sha256)):
        file = records.file
        digest = file.content or file.sha256
        if digest in first:
            twin = first[digest]
            what = "is given twice" if twin == file.path else f"has the same content as {twin}"
            records.file = replace(file, notices=(*file.notices, f"{what}: its records are read twice"))
        first.setdefault(digest, file.path)
    return read


def _evidence_alone(frames: Sequence[pl.DataFrame]) -> bool:
    """Tell whether all records of a file, if there is one, are evidence about devices that others have to found."""
    return any(frame.height for frame in frames) and not any(frame["evidence"].null_count() for frame in frames)


def _with_columns(frame: pl.DataFrame, facts: Sequence[str]) -> pl.DataFrame:
    missing = [pl.lit(None, dtype=fact_dtype(name)).alias(name) for name in facts if name not in frame.columns]
    return frame.with_columns(missing).select(*RECORD_COLUMNS, *facts)


def _titles(fact: str, bindings: Sequence[Binding]) -> str:
    bound = [binding.facts[fact] for binding in bindings if fact in binding.facts]
    columns = dict.fromkeys(str(column) for one in bound for column in one.columns if column.title)
    return ", ".join(columns) or ", ".join(bound[0].reading.columns[:1])


def _keys(bindings: Sequence[Binding]) -> dict[str, str]:
    found = {key: str(column) for binding in bindings for key, column in binding.keys.items()}
    observed = [str(binding.observed) for binding in bindings if binding.observed]
    return {**found, "observed": observed[0]} if observed else found


def _is_open(fact: str, bindings: Sequence[Binding]) -> bool:
    """Tell whether a set fact may lack members: by its mapping, or because a column that makes it up is missing."""
    for binding in bindings:
        if (bound := binding.facts.get(fact)) and (
            bound.reading.open_set or (bound.reading.joined and len(bound.columns) < len(bound.reading.columns))
        ):
            return True
    return False


def _ragged_notices(ragged: int) -> list[str]:
    if not ragged:
        return []
    rows = "1 row is" if ragged == 1 else f"{ragged:,} rows are"
    return [f"{rows} longer or shorter than the header: cells that are missing at the end say nothing"]


def _notices(path: str, normaliser: Normaliser, frames: Sequence[pl.DataFrame], faults: Faults) -> list[str]:
    rows = sum(frame.height for frame in frames) + len(faults.rejected)
    times = _time_notices(path, normaliser, frames)
    ids = [*_id_notices(normaliser.odd_ids, DEFENDER), *_id_notices(normaliser.odd_entra_ids, ENTRA)]
    cells = [*ids, *times, *_cut_notices(normaliser)]
    return [*_limit_notices(normaliser.product.cut_at, rows), *_ragged_notices(faults.ragged), *cells]


def _limit_notices(limits: Sequence[int], rows: int) -> list[str]:
    if rows not in limits:
        return []
    why = f"has exactly {rows:,} rows, at which its source cuts results off: others may be missing"
    return [f"{why}; ask for fewer at a time (one row a device, a part of the devices), and give all files"]


def _id_notices(odd: int, form: tuple[str, str]) -> list[str]:
    if not odd:
        return []
    name, none = form
    ids = f"1 {name} is" if odd == 1 else f"{odd:,} {name}s are"
    used, go = ("is not used", "row goes by its") if odd == 1 else ("are not used", "rows go by their")
    return [f"{ids} {none} and {used}; the {go} other keys"]


def _time_notices(path: str, normaliser: Normaliser, frames: Sequence[pl.DataFrame]) -> Iterator[str]:
    for left in normaliser.dates.left(frames):
        yield _unsettled(path, left)
    if counter := normaliser.unreadable:
        shown = min((text for text in counter if is_harmless(text)), default="")
        time = f"a time such as '{shown}'" if shown else "the text of its time"
        yield f"{_undated(counter.total())}: {time} is in no form that is known; --observed {path}=DATE dates them"
    if normaliser.local:
        such = f"times such as '{normaliser.local}'" if is_harmless(normaliser.local) else "times"
        yield f"{such} name no time zone and were read as UTC"


def _undated(records: int) -> str:
    return "1 record is undated" if records == 1 else f"{records:,} records are undated"


def _unsettled(path: str, left: Left) -> str:
    """Return in words that dates could be two days, and what would settle them."""
    if left.name == OBSERVED:
        what = _undated(left.records)
    else:
        what = f"{left.name} is unreadable in {left.records:,} record{'s' if left.records > 1 else ''}"
    date = f"a date such as '{left.text}'" if is_harmless(left.text) else "the text of its date"
    if left.contradiction and all(map(is_harmless, left.contradiction)):
        one, other = left.contradiction
        orders = f", and the column has both orders, such as '{one}' and '{other}'"
        return f"{what}: {date} may be day/month or month/day{orders}; export it again with dates in one form"
    return f"{what}: {date} may be day/month or month/day; --date-order {path}=dmy or {path}=mdy settles it"


def _cut_notices(normaliser: Normaliser) -> list[str]:
    cut = normaliser.cut_texts()
    values = "1 value is" if cut == 1 else f"{cut:,} values are"
    what = "only PowerShell's short form of an object, '@{…}': export again with ConvertTo-Json -Depth 5"
    return [f"{values} {what}"] if cut else []


def is_harmless(text: str) -> bool:
    """Tell whether a text is like a date, so that a notice may quote it: other texts may hold names or addresses."""
    return HARMLESS.fullmatch(text) is not None and not ADDRESS.search(text)
