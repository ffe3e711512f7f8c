"""Reads CSV: fast where a block is proven to be regular, record by record where it is not."""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice

import numpy as np
import numpy.typing as npt
import polars as pl

from checker.errors import InputError, Problem, UnknownFormatError
from checker.inventory.ahead import ahead
from checker.inventory.csv_proof import Proof, prove
from checker.inventory.csv_strict import LONGEST_FIELD, LONGEST_RECORD, Lines, Record, read_strict, refuse_long
from checker.inventory.mapping import title_key
from checker.inventory.source import HEAD, Source, check_text
from checker.inventory.table import Faults, Opened, RawTable

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
BLOCKS_IN_A_TABLE = 4  # 16 MiB: enough that calls cost little; twice as many took 110 MB more and no less time
BATCH = 50_000  # records in a table of the strict reader


@dataclass(frozen=True, slots=True)
class Layout:
    """How a CSV file is laid out: its delimiter, its titles, and what stands before the first record."""

    delimiter: str
    titles: tuple[str, ...]
    lines: int
    size: int  # bytes of those lines in UTF-8


@dataclass(frozen=True, slots=True)
class Block:
    """Records of a file, the first on ``line``; where it is doubtful how they end, the ``rest`` of the file goes on."""

    data: bytes
    line: int
    proof: Proof | None = None
    rest: Iterator[bytes] | None = None


def open_csv(source: Source, known: frozenset[str], faults: Faults) -> Opened:
    """Find delimiter and titles; raise :class:`InputError` if the header is empty or long, or names a column twice."""
    head = source.head()
    layout = find_layout(head, known, source.path)
    if len(head) >= HEAD and layout.size == len(_encoded([head])) and _goes_on(head, layout, source):
        hint = "leave out columns that are not read"
        raise InputError(Problem(f"{source.path}:1", f"has a header of more than {layout.size >> 10:,} KiB", hint))
    return Opened(
        kind="csv",
        titles=layout.titles,
        seen=f"CSV, {DELIMITERS[layout.delimiter]}",
        tables=lambda wanted: _tables(source, layout, wanted, faults),
    )


def _goes_on(head: str, layout: Layout, source: Source) -> bool:
    """Tell whether a header that fills what was looked at goes on behind it: within its line, or within a quote."""
    if head.endswith(("\n", "\r")) and not any("\n" in title or "\r" in title for title in layout.titles):
        return False
    return source.file.stat().st_size > len(head.encode(source.encoding, errors="surrogateescape")) + source.skip


def find_layout(head: str, known: frozenset[str], path: str) -> Layout:
    """Return the layout in which the first line has most of the known titles, and most titles at all."""
    lines = list(io.StringIO(head, newline=""))
    skipped = 0
    while skipped < len(lines) and _is_preamble(lines[skipped]):
        skipped += 1
    csv.field_size_limit(LONGEST_FIELD)
    layouts = []
    for delimiter in DELIMITERS:
        reader = csv.reader(iter(lines[skipped:]), delimiter=delimiter)
        titles = tuple(title.strip() for title in next(reader, []))
        before = skipped + reader.line_num
        layouts.append(Layout(delimiter, titles, before, len(_encoded(lines[:before]))))
    best = max(layouts, key=lambda layout: (len(known & _keys(layout.titles)), len(layout.titles)))
    check_text(_encoded(lines[: best.lines]), 1)
    check_titles(best.titles, known, f"{path}:{skipped + 1}")
    return best


def _encoded(lines: list[str]) -> bytes:
    return "".join(lines).encode(errors="surrogateescape")


def _is_preamble(line: str) -> bool:
    """Tell whether a line stands before the header: blank, Excel's ``sep=;``, PowerShell's type."""
    text = line.strip().strip('"')
    return not text or text.lower().startswith("sep=") or text.startswith("#TYPE")


def _keys(titles: tuple[str, ...]) -> frozenset[str]:
    return frozenset(title_key(title) for title in titles)


def check_titles(titles: tuple[str, ...], known: frozenset[str], where: str) -> None:
    """Raise :class:`InputError` where a header names a column twice; unknown if it names none known, or is empty."""
    if not any(titles):
        raise UnknownFormatError(Problem(where, "has no header", "the first line must name the columns"))
    count = Counter(title_key(title) for title in titles if title)
    twice = {title: place for place, title in enumerate(titles, start=1) if count[title_key(title)] > 1}
    if twice:  # a title that nobody knows may be data of a file without a header: it is not shown
        names = ", ".join(f"'{title}'" if title_key(title) in known else f"no. {twice[title]}" for title in twice)
        error = InputError if known & _keys(titles) else UnknownFormatError
        raise error(Problem(where, f"has columns of the same name: {names}", "rename or remove all but one"))


def _tables(source: Source, layout: Layout, wanted: frozenset[str], faults: Faults) -> Iterator[RawTable]:
    columns = [place for place, title in enumerate(layout.titles) if title in wanted] or [0]
    check = {
        place: faults.ragged_checks[title] for place, title in enumerate(layout.titles) if title in faults.ragged_checks
    }
    row = 1
    for blocks in ahead(_groups(_blocks(source, layout))):
        table = _parsed(blocks, layout, columns, row)
        if table is not None:
            row += table.rows.len()
            yield _without_titles(table)
            continue
        data = chain((block.data for block in blocks), blocks[-1].rest or ())
        lines = Lines(data, blocks[0].line, source.path)
        records = read_strict(lines, layout.delimiter, len(layout.titles), row, faults, check)
        while batch := list(islice(records, BATCH)):
            row = batch[-1][0] + 1
            yield _without_titles(_table(batch, layout, columns))
        row = max(row, faults.last_row + 1)


def _groups(blocks: Iterator[Block]) -> Iterator[list[Block]]:
    """Yield regular blocks by as many as make a table of a good size, and other blocks alone."""
    group: list[Block] = []
    for block in blocks:
        if group and not (_is_regular(group[-1]) and _is_regular(block) and len(group) < BLOCKS_IN_A_TABLE):
            yield group
            group = []
        group.append(block)
    if group:
        yield group


def _is_regular(block: Block) -> bool:
    return block.proof is not None and block.proof.regular


def _blocks(source: Source, layout: Layout) -> Iterator[Block]:
    """Yield the file's records in proven blocks; from where it is doubtful how they end, all the rest as one."""
    pieces = _pieces(source, layout)
    line, carry = layout.lines + 1, b""
    for piece in pieces:
        data = carry + piece
        proof = prove(data if data.endswith(b"\n") else data + b"\n", layout.delimiter, len(layout.titles))
        if proof is None:
            yield Block(data, line, rest=pieces)
            return
        data, carry = data[: proof.end], data[proof.end :]
        check_text(data, line)
        yield Block(data, line, proof)
        line += proof.lines
    if carry:
        yield Block(carry, line)


def _pieces(source: Source, layout: Layout) -> Iterator[bytes]:
    """Yield what follows the header, cut after line feeds; the last without blank lines at its end."""
    blocks, first = source.blocks(), b""
    while len(first) < layout.size:
        first += next(blocks)
    held = carry = b""
    seen = layout.size  # bytes before a block
    for block in chain([first[layout.size :]], blocks):
        if held:
            yield held
        if len(carry) > LONGEST_RECORD:
            refuse_long(source.path, _line_of(source, seen - len(carry)))
        seen += len(block)
        end = block.rfind(b"\n") + 1
        held = b"".join((carry, memoryview(block)[:end])) if end else b""
        carry = block[end:] if end else carry + block
    last = held + carry
    records = last.rstrip(b"\r\n")
    ends = last[len(records) :]
    if records:
        yield records + (b"\r\n" if ends.startswith(b"\r\n") else ends[:1].replace(b"\r", b"\n"))


def _line_of(source: Source, place: int) -> int:
    """Return the line of a place of the text; found only where it is needed, since it takes another pass."""
    line = 1
    for block in source.blocks():
        line += block[:place].count(b"\n")
        place -= len(block)
        if place <= 0:
            break
    return line


def _parsed(blocks: list[Block], layout: Layout, columns: list[int], row: int) -> RawTable | None:
    """Return the wanted columns of regular blocks; None if they are not, or if Polars sees other records in them."""
    proofs = [block.proof for block in blocks if block.proof and block.proof.regular]
    if len(proofs) < len(blocks):
        return None
    frame = pl.read_csv(
        [block.data for block in blocks],
        has_header=False,
        columns=columns,
        separator=layout.delimiter,
        infer_schema=False,
        empty_string_is_null=False,
    )
    records = sum(proof.records for proof in proofs)
    if frame.height != records:
        return None
    frame.columns = [layout.titles[place] for place in columns]
    lines = [block.line + _starts(proof) for block, proof in zip(blocks, proofs, strict=True)]
    rows = np.arange(row, row + records, dtype=np.uint32)
    return RawTable(frame, pl.Series("row", rows), pl.Series("line", np.concatenate(lines), pl.UInt32))


def _without_titles(table: RawTable) -> RawTable:
    """Return a table without the titles that come again where the outputs of several runs stand in one file."""
    first, *others = table.columns.columns
    again = table.columns[first] == first
    if not again.any():
        return table
    for title in others:
        again &= table.columns[title] == title
    return RawTable(table.columns.filter(~again), table.rows.filter(~again), table.lines.filter(~again))


def _starts(proof: Proof) -> npt.NDArray[np.uint32]:
    return np.arange(proof.records, dtype=np.uint32) if proof.starts is None else proof.starts


def _table(records: list[Record], layout: Layout, columns: list[int]) -> RawTable:
    texts = {layout.titles[place]: [fields[place] for _, _, fields in records] for place in columns}
    return RawTable(
        pl.DataFrame(texts, schema=dict.fromkeys(texts, pl.String)),
        pl.Series("row", [row for row, _, _ in records], pl.UInt32),
        pl.Series("line", [line for _, line, _ in records], pl.UInt32),
    )
