"""The tables of a result with pseudonyms, part by part, and in the order of the new device ids.

Every distinct text of a part is replaced once; the rest is done on whole columns. Since pseudonyms have another order
than the names, the rows are put in order again without holding them all: each part is sorted, the ids of all parts are
cut into ranges, and of each range every part gives its rows.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl

from checker.decide.systems import is_system
from checker.model.outcome import Outcome
from checker.model.result import PART, Table, write_part
from checker.model.rule import FactPart, Message
from checker.redact.formats import column_name
from checker.redact.pseudonyms import Pseudonyms
from checker.redact.values import shown

ROWS: Final = 250_000  # about so many rows of a table are in memory at once (as in stored/result.py)
ROW_GROUP: Final = 8_192  # of the parts between: small, since each is read in slices
BETWEEN: Final = "\x1f"  # no fact's name has it

Replace = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Told:
    """What is replaced by what: the pseudonyms, and the message of each rule, whose gaps hold values."""

    names: Pseudonyms
    messages: Mapping[str, Message]
    tailored: frozenset[str] = frozenset()  # rules whose messages show a value of the organisation's own

    def treats(self, kind: str) -> dict[str, Replace]:
        """Return what becomes of the columns of a table; those that are not named say nothing of anybody."""
        device, names = self.names.device, self.names
        found: dict[str, Replace] = {
            "device_id": device,
            "device_name": names.called,
            "aliases": device,
            "group": lambda text: names.label("group", text),
            "wave": lambda text: names.label("wave", text),
            "file": names.file,
            "os": lambda text: text if is_system(text) else names.label("text", text),
        }
        if kind == "findings":  # in the table of devices it lists rules
            found["waived"] = lambda text: names.label("waiver", text)
        return found


def redacted_table(told: Told, kind: str, table: Table, folder: Path) -> Table:
    """Return a table with pseudonyms, its parts written to the folder, sorted by device id."""
    if not table.parts:
        return table
    frames = (redacted_frame(told, kind, frame) for frame in table.frames())
    return Table(table.columns, tuple(_in_order(frames, folder, kind)), table.rows)


def redacted_frame(told: Told, kind: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Return a part of a table with pseudonyms, sorted by device id, a device's rows in the order that they had."""
    treats = told.treats(kind)
    found = [_replaced(frame[name], treats[name]) for name in frame.columns if name in treats]
    if "evidence" in frame.columns:
        values = _values(told.names, frame["evidence"])
        found += [_evidence(told.names, frame["evidence"], values), _messages(told, frame, values)]
    return frame.with_columns(found).sort("device_id", maintain_order=True)


def _replaced(column: pl.Series, replace: Replace) -> pl.Series:
    """Return a column of texts, or of lists of texts, with each distinct text replaced; null stays."""
    lists = isinstance(column.dtype, pl.List)
    old = (column.explode() if lists else column).unique().drop_nulls()
    if not len(old):
        return column
    new = [replace(text) for text in old]
    expr = pl.element() if lists else pl.col(column.name)
    expr = expr.replace_strict(old, new, default=None, return_dtype=pl.String)
    return column.to_frame().select(pl.col(column.name).list.eval(expr) if lists else expr).to_series()


def _values(names: Pseudonyms, evidence: pl.Series) -> dict[str, str]:
    """Return the new text of each fact's value that may not be shown as it is, under fact and value."""
    every = evidence.explode().drop_nulls().struct.unnest().select("fact", "value").drop_nulls().unique()
    pairs = ((fact, text, shown(names, fact, text)) for fact, text in every.iter_rows())
    return {f"{fact}{BETWEEN}{text}": new for fact, text, new in pairs if new != text}


def _evidence(names: Pseudonyms, evidence: pl.Series, values: Mapping[str, str]) -> pl.Series:
    files = evidence.explode().drop_nulls().struct.field("file").unique().drop_nulls()
    file: pl.Expr = pl.field("file")
    if len(files):
        new = [names.file(path) for path in files]
        file = file.replace_strict(files, new, default=None, return_dtype=pl.String)
    value: pl.Expr = pl.field("value")
    if values:
        key = pl.concat_str(pl.field("fact"), pl.field("value"), separator=BETWEEN)
        value = key.replace_strict(
            list(values), list(values.values()), default=pl.field("value"), return_dtype=pl.String
        )
    column: pl.Expr = pl.field("column")
    titles = evidence.explode().drop_nulls().struct.field("column").unique().drop_nulls()
    if len(titles):
        column = column.replace_strict(
            titles, [column_name(names, text) for text in titles], default=None, return_dtype=pl.String
        )
    fields = pl.element().struct.with_fields(file.alias("file"), value.alias("value"), column.alias("column"))
    return evidence.to_frame().select(pl.col(evidence.name).list.eval(fields)).to_series()


def _messages(told: Told, frame: pl.DataFrame, values: Mapping[str, str]) -> pl.Series:
    """Return the messages; those that show a value which was replaced are put together anew."""
    facts = {key.partition(BETWEEN)[0] for key in values}
    rules = [rule for rule, message in told.messages.items() if facts.intersection(message.facts)]
    failing = frame["outcome"] == Outcome.FAIL.name
    own = frame["rule_id"].is_in(list(told.tailored)) & failing
    mine = frame["rule_id"].is_in(rules) & failing & ~own
    messages = frame["message"].clone()
    if own.any():
        whole = pl.Series([told.names.label("text", text) for text in messages.filter(own)], dtype=pl.String)
        messages = messages.scatter(own.arg_true(), whole)
    if mine.any():
        some = frame.filter(mine)
        rows = zip(some["rule_id"], some["message"], some["evidence"].to_list(), strict=True)
        new = pl.Series([_message(told.messages[rule], text, said, values) for rule, text, said in rows])
        messages = messages.scatter(mine.arg_true(), new)
    return messages


def _message(message: Message, text: str, evidence: list[dict[str, Any]], values: Mapping[str, str]) -> str:
    """Return what a message says, each value in it as it may be shown.

    Where in the text a value stands follows from the message's form; a text that does not follow it is left out.
    """
    said = {entry["fact"]: entry["value"] for entry in evidence}
    parts: list[tuple[str, str]] = []  # what stands there now, and what shall
    for part in message.parts:
        if isinstance(part, str):
            parts.append((part, part))
        elif isinstance(part, FactPart):
            old = said.get(part.fact)
            parts.append((old or "(not known)", values.get(f"{part.fact}{BETWEEN}{old}", old or "(not known)")))
        else:  # a cell of the pack's own table: it fills what the others leave
            parts.append(("", ""))
    rest = len(text) - sum(len(old) for old, _ in parts)
    cells = sum(not isinstance(part, str | FactPart) for part in message.parts)
    found, place = "", 0
    for part, (old, new) in zip(message.parts, parts, strict=True):
        if isinstance(part, str | FactPart):
            if not text.startswith(old, place):
                return message_left_out(message)
            found, place = found + new, place + len(old)
        elif cells == 1:
            found, place = found + text[place : place + rest], place + rest
        else:
            return message_left_out(message)
    return found if place == len(text) else message_left_out(message)


def message_left_out(message: Message) -> str:
    """Return a message with a dot leader in place of every value."""
    return "".join(part if isinstance(part, str) else "…" for part in message.parts)


def _in_order(frames: Iterable[pl.DataFrame], folder: Path, kind: str) -> Iterator[Path]:
    """Yield parts that follow one another by device id, of frames that are each sorted by it."""
    between, ids = [], []
    for number, frame in enumerate(frames):
        between.append(folder / f"redacted-{kind}-{number:05d}-between.parquet")
        frame.write_parquet(between[-1], compression="lz4", row_group_size=ROW_GROUP)
        ids.append(frame["device_id"])
    bounds = _bounds(ids)
    cuts = [
        np.array([0, *found.search_sorted(pl.Series(bounds, dtype=pl.String), side="left"), len(found)])
        for found in ids
    ]
    for number in range(len(bounds) + 1):
        slices = [
            pl.scan_parquet(part, glob=False).slice(int(cut[number]), int(cut[number + 1] - cut[number]))
            for part, cut in zip(between, cuts, strict=True)
        ]
        part = folder / f"redacted-{kind}-{number:05d}{PART}"
        write_part(pl.concat(slices).collect().sort("device_id", maintain_order=True), part)
        yield part
    for part in between:
        part.unlink()


def _bounds(ids: list[pl.Series]) -> list[str]:
    """Return the ids that begin each part but the first, so that no device is in two."""
    every = pl.concat(ids).sort()
    return every.gather(list(range(ROWS, len(every), ROWS))).unique().sort().to_list()
