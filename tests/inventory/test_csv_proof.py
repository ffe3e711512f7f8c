"""The fast way of reading CSV gives what the strict way gives, and accepts nothing that the strict way refuses."""

import csv
import io
from collections.abc import Iterator
from typing import cast

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.errors import InputError
from checker.inventory import csv_files, source
from checker.inventory.csv_files import Block, Layout, find_layout
from checker.inventory.csv_proof import prove
from checker.inventory.csv_strict import Lines, read_strict
from checker.inventory.source import DamagedTextError, Source
from checker.inventory.table import Faults
from checker.model.record import Rejected

FIELDS = 3
LAYOUT = Layout(",", ("a", "b", "c"), 1, 6)
Read = list[tuple[int, int, tuple[str | None, ...]]]

# Every byte that means something to a reader of CSV, some that do not, and one letter of two bytes.
soup = st.text(alphabet=',;"\r\n xé', max_size=60)
cells = st.text(alphabet='x",;\r\n é', max_size=5)
tables = st.lists(st.lists(cells, min_size=FIELDS, max_size=FIELDS), min_size=1, max_size=8)


def strictly(data: bytes) -> tuple[Read, list[Rejected]]:
    """Return the records of the strict reader, and those that it refused."""
    faults = Faults("x.csv", skip=True)
    records = read_strict(Lines(iter([data]), 2), ",", FIELDS, 1, faults, {})
    return [(row, line, tuple(fields)) for row, line, fields in records], faults.rejected


def fast(data: bytes, size: int) -> tuple[Read, list[Rejected]]:
    """Return the same of the reader that proves blocks of about ``size`` bytes."""
    faults = Faults("x.csv", skip=True)
    found: Read = []
    for table in csv_files._tables(_pieces(data, size), LAYOUT, frozenset("abc"), faults):
        found += zip(table.rows.to_list(), table.lines.to_list(), table.columns.iter_rows(), strict=True)
    return found, faults.rejected


def proven(data: bytes) -> bool:
    """Tell whether the fast reader gives all of a text to Polars."""
    blocks = list(csv_files._blocks(_pieces(data, len(data)), LAYOUT))
    return all(block.proof is not None and block.proof.regular for block in blocks)


def _pieces(data: bytes, size: int) -> Source:
    class Pieces:
        path = "x.csv"

        def blocks(self) -> Iterator[bytes]:
            yield b"a,b,c\n"
            yield from (data[start : start + size] for start in range(0, len(data), size))

    return cast("Source", Pieces())


@settings(max_examples=500, deadline=None)
@given(soup, st.integers(1, 70))
def test_both_ways_give_the_same_records_and_refuse_the_same(text: str, size: int) -> None:
    data = text.encode()
    try:
        expected = strictly(data)
    except InputError:
        with pytest.raises(InputError):
            fast(data, size)
        return
    records, rejected = fast(data, size)
    assert records == expected[0]
    assert [(bad.row, bad.line, bad.reason) for bad in rejected] == [
        (bad.row, bad.line, bad.reason) for bad in expected[1]
    ]


@settings(max_examples=200, deadline=None)
@given(tables, st.sampled_from(["\n", "\r\n"]), st.integers(1, 90))
def test_a_table_that_a_writer_wrote_is_read_back(table: list[list[str]], end: str, size: int) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator=end, quoting=csv.QUOTE_ALL).writerows(table)
    data = out.getvalue().encode()
    records, refused = fast(data, size)
    assert [fields for _, _, fields in records] == [tuple(fields) for fields in table]
    assert (records, refused) == strictly(data)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(st.sampled_from(["x", "", '"y, z"', '"a""b"', '"l\nm"']), min_size=3, max_size=3), min_size=1))
def test_sound_tables_are_proven(table: list[list[str]]) -> None:
    assert proven("".join(",".join(fields) + "\r\n" for fields in table).encode())


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
}


@pytest.mark.parametrize("what", DOUBTFUL)
def test_what_is_doubtful_is_not_proven(what: str) -> None:
    assert not proven(DOUBTFUL[what])


def test_records_of_other_numbers_of_fields_leave_no_doubt_where_they_end() -> None:
    proof = prove(b"1,2,3\n4,5\n\n6,7", ",", FIELDS)
    assert proof is not None
    assert (proof.regular, proof.end, proof.lines) == (False, 11, 3)


def test_reading_goes_on_fast_after_a_bad_record() -> None:
    data = b"1,2,3\n4,5\n" + b"7,8,9\n" * 5
    blocks = list(csv_files._blocks(_pieces(data, 12), LAYOUT))
    assert [block.proof is not None and block.proof.regular for block in blocks] == [False, True, True, True]
    records, rejected = fast(data, 12)
    assert [row for row, _, _ in records] == [1, 3, 4, 5, 6, 7]
    assert [bad.row for bad in rejected] == [2]


def test_one_column_is_never_proven() -> None:
    """A blank line would be a record to one reader and nothing to the other."""
    proof = prove(b"1\n2\n", ",", 1)
    assert proof is not None
    assert not proof.regular


def test_a_proof_counts_records_bytes_and_lines() -> None:
    block = b'1,"2\n\n",3\r\n4,5,6\r\n7,"8'
    proof = prove(block, ",", FIELDS)
    assert proof is not None
    assert proof.regular
    assert (proof.records, proof.end, proof.lines) == (2, len(b'1,"2\n\n",3\r\n4,5,6\r\n'), 4)
    assert proof.starts is not None
    assert proof.starts.tolist() == [0, 3]


@pytest.mark.parametrize(("data", "delimiter"), [(b"1;2,5;3\n", ";"), (b"1\t2\t3\n", "\t"), (b"1|2|3\n", "|")])
def test_other_delimiters_are_proven_as_well(data: bytes, delimiter: str) -> None:
    proof = prove(data, delimiter, FIELDS)
    assert proof is not None
    assert proof.regular


def test_a_block_without_the_end_of_a_record_has_no_proof() -> None:
    assert prove(b"1,2,3", ",", FIELDS) is None
    assert prove(b"", ",", FIELDS) is None


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
