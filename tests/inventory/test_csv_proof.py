"""The fast way of reading CSV gives what the strict way gives, and accepts nothing that the strict way refuses."""

import csv
import io
from collections.abc import Iterator

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.errors import InputError
from checker.inventory import csv_files, source
from checker.inventory.csv_files import Block, Layout, find_layout
from checker.inventory.csv_proof import prove
from checker.inventory.csv_strict import Lines, read_strict
from checker.inventory.source import DamagedTextError
from checker.inventory.table import Faults

FIELDS = 3
LAYOUT = Layout(",", ("a", "b", "c"), 1, 6)
Read = list[tuple[int, int, tuple[str, ...]]]

# Every byte that means something to a reader of CSV, some that do not, and one letter of two bytes.
soup = st.text(alphabet=',;"\r\n xé', max_size=60)
cells = st.text(alphabet='x",;\r\n é', max_size=5)
tables = st.lists(st.lists(cells, min_size=FIELDS, max_size=FIELDS), min_size=1, max_size=8)


def strictly(data: bytes) -> tuple[Read, int]:
    """Return the records of the strict reader, and how many it refused."""
    faults = Faults("x.csv", skip=True)
    records = [
        (row, line, tuple(fields)) for row, line, fields in read_strict(Lines(iter([data]), 2), ",", FIELDS, 1, faults)
    ]
    return records, faults.count


def fast(data: bytes, size: int) -> Read | None:
    """Return the records as the fast reader gives them; None if any block of them was not proven."""
    pieces = (data[start : start + size] for start in range(0, len(data), size))
    found: Read = []
    for blocks in csv_files._groups(_blocks(pieces)):
        table = csv_files._parsed(blocks, LAYOUT, [0, 1, 2], len(found) + 1)
        if table is None:
            return None
        found += zip(table.rows.to_list(), table.lines.to_list(), table.columns.iter_rows(), strict=True)
    return found


def _blocks(pieces: Iterator[bytes]) -> Iterator[Block]:
    class Pieces:
        def blocks(self) -> Iterator[bytes]:
            yield b"a,b,c\n"
            yield from pieces

    return csv_files._blocks(Pieces(), LAYOUT)  # type: ignore[arg-type]


def agree(data: bytes, size: int) -> None:
    quick = fast(data, size)
    if quick is None:
        return
    records, refused = strictly(data)
    assert not refused
    assert quick == records


@settings(max_examples=400, deadline=None)
@given(soup, st.integers(1, 70))
def test_whatever_is_proven_is_read_alike_by_both(text: str, size: int) -> None:
    data = text.encode()
    try:
        strictly(data)
    except InputError:
        assert fast(data, size) is None
        return
    agree(data, size)


@settings(max_examples=200, deadline=None)
@given(tables, st.sampled_from(["\n", "\r\n"]), st.integers(1, 90))
def test_a_table_that_a_writer_wrote_is_read_back(table: list[list[str]], end: str, size: int) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator=end, quoting=csv.QUOTE_ALL).writerows(table)
    data = out.getvalue().encode()
    records, refused = strictly(data)
    assert [fields for _, _, fields in records] == [tuple(fields) for fields in table]
    assert not refused
    agree(data, size)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(st.sampled_from(["x", "", '"y, z"', '"a""b"', '"l\nm"']), min_size=3, max_size=3), min_size=1))
def test_sound_tables_are_proven(table: list[list[str]]) -> None:
    data = "".join(",".join(fields) + "\r\n" for fields in table).encode()
    assert fast(data, 1000) == strictly(data)[0]


DOUBTFUL = {
    "a short record": b"1,2,3\n4,5\n",
    "a long record": b"1,2,3\n4,5,6,7\n",
    "a short and a long one that together have the right number of fields": b"1,2\n4,5,6,7\n",
    "a quote inside an unquoted field": b'1,2,3\n4,5 "x" ,6\n',
    "text after a closing quote": b'1,"2"x,3\n',
    "a quote that is never closed": b'1,"2,3\n4,5,6\n',
    "a blank line": b"1,2,3\n\n4,5,6\n",
    "a carriage return in the middle": b"1,2,3\n4,5\r,6\n",
    "a carriage return at the end of a quoted field": b'1,2,"3\r"\n',
    "no record at all": b"",
    "no end of the record": b"1,2,3",
}


@pytest.mark.parametrize("what", DOUBTFUL)
def test_doubt_is_no_proof(what: str) -> None:
    assert prove(DOUBTFUL[what], ",", FIELDS) is None


def test_one_column_is_never_proven() -> None:
    """A blank line would be a record to one reader and nothing to the other."""
    assert prove(b"1\n2\n", ",", 1) is None


def test_a_proof_counts_records_bytes_and_lines() -> None:
    block = b'1,"2\n\n",3\r\n4,5,6\r\n7,"8'
    proof = prove(block, ",", FIELDS)
    assert proof is not None
    assert (proof.records, proof.end, proof.lines) == (2, len(b'1,"2\n\n",3\r\n4,5,6\r\n'), 4)
    assert proof.starts is not None
    assert proof.starts.tolist() == [0, 3]


def test_other_delimiters_are_proven_as_well() -> None:
    assert prove(b"1;2,5;3\n", ";", FIELDS) is not None
    assert prove(b"1\t2\t3\n", "\t", FIELDS) is not None
    assert prove(b"1|2|3\n", "|", FIELDS) is not None


def test_a_block_that_polars_reads_otherwise_is_read_strictly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pl, "read_csv", lambda *_args, **_named: pl.DataFrame({"a": ["1"]}))
    proof = prove(b"1,2,3\n4,5,6\n", ",", FIELDS)
    assert csv_files._parsed([Block(b"1,2,3\n4,5,6\n", 2, proof)], LAYOUT, [0, 1, 2], 1) is None


def test_damaged_bytes_are_found_on_their_line_by_both_ways() -> None:
    for data in (b"1,2,3\n4,\xff,6\n", b"1,2,3\n4,\0,6\n"):
        with pytest.raises(DamagedTextError) as quick:
            fast(data, 100)
        with pytest.raises(DamagedTextError) as strict:
            strictly(data)
        assert quick.value.line == strict.value.line == 3


def test_the_layout_is_told_from_the_head_alone() -> None:
    head = 'sep=;\r\n"Device ID";"Device Name"\r\n1;2\r\n'
    layout = find_layout(head, frozenset(("device id", "device name")), "x.csv")
    assert layout == Layout(";", ("Device ID", "Device Name"), 2, len(head) - len("1;2\r\n"))


def test_blocks_are_read_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the size of the pieces, the records are the same, and so are their lines."""
    from tests.inventory.records import rows

    whole = rows("advanced-hunting/valid.csv")
    for size in (700, 1000, 4096):
        monkeypatch.setattr(source, "BLOCK", size)
        assert rows("advanced-hunting/valid.csv") == whole
