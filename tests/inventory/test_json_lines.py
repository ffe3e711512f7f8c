"""The fast way of reading JSON lines gives what the strict way gives, and accepts nothing that that refuses."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from checker.errors import InputError
from checker.inventory import json_lines, json_shape
from checker.inventory.json_lines import Lines, pieces
from checker.inventory.json_shape import Regular
from checker.inventory.json_values import flat
from checker.inventory.source import DamagedTextError
from checker.inventory.table import Faults

Found = tuple[list[tuple[int, int, dict[str, str]]], list[tuple[int, int, str, str]], str]


def read(data: bytes, fast: bool, size: int = 1 << 20) -> Found:
    """Return the records with row and line, those that were set aside, and why the file is refused whole."""
    faults = Faults("x.json", skip=True)
    records: list[tuple[int, int, dict[str, str]]] = []
    blocks = (data[start : start + size] for start in range(0, len(data), size))
    try:
        for found in Lines(faults, fast).read(pieces(blocks, "x.json")):
            if isinstance(found, Regular):
                table = found.table(frozenset())
                records += zip(table.rows, table.lines, table.columns.iter_rows(named=True), strict=True)
            else:
                records += [(row, line, flat(record)) for row, line, record in found]
    except InputError as error:
        return [], [], str(error)  # what came before it is thrown away
    return records, [(bad.row, bad.line, bad.reason, bad.text) for bad in faults.rejected], ""


def is_regular(text: str) -> bool:
    """Tell whether a text is read by the block."""
    return all(isinstance(found, Regular) for found in Lines(Faults("x")).read(pieces(iter([text.encode()]), "x")))


# Values as they are written: all kinds, those that libraries read differently, and some that are no JSON.
SCALARS = (
    '"x"', '""', '"a\\"b"', '"\\\\"', '" "', '"é"', '"\\u00e9"', '"\\ud83d\\ude00"', '"\\ud83d"', '"\\udc00x"', '"\\q"',
    '"a\\":1"', '"},{"', '"\\u007f"', '"\\""', "null", "true", "false", "0", "-0", "1.10", "20.10", "1e3", "1E400",
    "-0.0", "9223372036854775807", "123456789012345678901234567890", "9" * 4400, "01", "1.", "+1", "NaN", "Infinity",
    "{}", "[]", "{ }", "[1, 2.50]", '["x","y"]', '[{"k":1}]', '[{"k":1,"k":2}]', '{"k":null}', '{"k":1,"K":2}',
    '{"k\\\\":1}', '{"k":{"l":{}}}', "tru", '"x', '"x" "y"', "", "1,", "\x01", '"\x01"', '"\t"', "[" * 30 + "]" * 30,
)  # fmt: skip
KEYS = ("id", "ID", "a", "b", "a.b", "properties", "category", "value", "x@odata.type", "k\\\\", "\\u0061", "")
BETWEEN = ("", " ", "\t", "  ")

members = st.tuples(st.sampled_from(KEYS), st.sampled_from(SCALARS))
gaps = st.tuples(*[st.sampled_from(BETWEEN)] * 3)


def written(pairs: list[tuple[str, str]], gap: tuple[str, str, str] = ("", "", "")) -> str:
    """Return an object as it stands in a file."""
    return "{" + f",{gap[0]}".join(f'"{key}"{gap[1]}:{gap[2]}{value}' for key, value in pairs) + "}"


objects = st.builds(written, st.lists(members, max_size=4), gaps)
pages = st.builds(
    lambda item, link: f'{{"value":[{item}],"@odata.nextLink":{link}}}', objects, st.sampled_from(SCALARS)
)
junk = st.text(alphabet='{}[]:,"\\ \r\tx1n', max_size=12)
any_line = st.one_of(objects, objects, objects, pages, junk, objects.map(lambda text: f" {text},"))


@st.composite
def alike(draw: st.DrawFn) -> list[str]:
    """Return objects of the same keys, one of which may have others."""
    keys = draw(st.lists(st.sampled_from(KEYS), min_size=1, max_size=4))
    values = st.lists(st.sampled_from(SCALARS[:20]), min_size=len(keys), max_size=len(keys))
    nested = st.builds(lambda words: written(list(zip(keys, words, strict=True))), values)
    lines = draw(st.lists(nested | st.builds(lambda word: written([("id", "1"), ("in", word)]), nested), min_size=2))
    if draw(st.booleans()):
        lines.insert(draw(st.integers(0, len(lines))), draw(any_line))
    return lines


@settings(max_examples=600, deadline=None)
@given(
    st.lists(any_line, min_size=1, max_size=6) | alike(), st.sampled_from(["\n", "\r\n", "\n\n"]), st.integers(1, 99)
)
@example(['{"a":1,"b":2}', '{"a":1,"a":2}'], "\n", 99)
@example(['{"a":1}', '{"a" :1,"a":2}'], "\n", 99)
@example(['{"a":"x"}', '{"a":{"k\\\\":1}}'], "\n", 99)
@example(['{"a":1}{"a":1}', ""], "\n", 99)
@example(['{"category":1,"properties":{"a":1}}', '{"category":1,"properties":{}}'], "\n", 99)
@example(['{"a":[{"k":1},{"k":1}],"b":1}', '{"a":[{"k":1,"k":2}],"b":1}'], "\n", 99)
def test_both_ways_give_the_same(lines: list[str], end: str, size: int) -> None:
    data = end.join(lines).encode() + end.encode()
    strict = read(data, fast=False)
    assert read(data, fast=True) == strict
    assert read(data, fast=True, size=size) == strict
    assert read(data, fast=False, size=size) == strict


@settings(max_examples=300, deadline=None)
@given(alike(), st.data())
def test_both_ways_refuse_what_is_cut_off(lines: list[str], data: st.DataObject) -> None:
    whole = "\n".join(lines).encode(errors="surrogatepass")
    try:
        part = whole[: data.draw(st.integers(1, len(whole)))].decode().encode()
    except UnicodeDecodeError:
        return
    if part.strip():
        assert read(part, fast=True) == read(part, fast=False)


plain = st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.lists(st.text(max_size=3), max_size=2)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(plain, plain, plain), min_size=1, max_size=5), st.sampled_from([(",", ":"), (", ", ": ")]))
def test_what_writers_write_is_read_by_the_block(rows: list[tuple[Any, Any, Any]], separators: tuple[str, str]) -> None:
    """But for texts in which a quote stands before a space or a colon: only the strict way can tell what that is."""
    records = [{"id": "a", "deep": {"b": b, "c": c}, "d": d} for b, c, d in rows]
    text = "".join(json.dumps(record, separators=separators) + "\n" for record in records)
    found, rejected, refused = read(text.encode(), fast=True)
    assert [record for _, _, record in found] == [flat(record) for record in records]
    assert (rejected, refused) == ([], "")
    doubtful = ('" ', '":"', "\\")
    if not any(mark in json.dumps(row) for row in rows for mark in doubtful) and '":' not in json.dumps(rows):
        assert is_regular(text)


REGULAR = {
    "as Python writes": '{"id": "a", "n": 1}\n{"id": "b", "n": null}\n',
    "as PowerShell writes": '{"id":"a","n":1}\r\n{"id":"b","n":"x"}\r\n',
    "without a last line feed": '{"id":"a"}\n{"id":"b"}',
    "a stream": '{"category":"c","properties":{"id":"a","t":{"u":"v"}}}\n' * 2,
    "JSON inside JSON": '{"id":"a","info":"{\\"AvMode\\":\\"0\\",\\"n\\":1}"}\n' * 2,
    "lists of texts": '{"id":"a","tags":["x","y"]}\n{"id":"b","tags":[]}\n',
    "letters of two bytes": '{"id":"é","n":"\\u00e9"}\n' * 2,
}


@pytest.mark.parametrize("what", REGULAR)
def test_regular_lines_are_read_by_the_block(what: str) -> None:
    assert is_regular(REGULAR[what])
    assert read(REGULAR[what].encode(), fast=True) == read(REGULAR[what].encode(), fast=False)


DOUBTFUL = {
    "a key twice": '{"id":"a","n":1}\n{"id":"a","id":"b"}\n',
    "a key twice, as well": '{"id":"a","n":1}\n{"id":"a","n":1,"n":2}\n',
    "a key twice, its colon apart": '{"id":"a","n":1}\n{"id":"a","n" :1,"n":2}\n',
    "a key less": '{"id":"a","n":1}\n{"id":"b"}\n',
    "a key more": '{"id":"a"}\n{"id":"b","n":1}\n',
    "an object in place of a text": '{"id":"a","n":1}\n{"id":"b","n":{"k":1}}\n',
    "a list of objects": '{"id":"a","n":[{"k":1}]}\n' * 2,
    "an object on two lines": '{"id":"a","n":{"k":1}}\n{"id":"a","n":{\n"k":1}}\n',
    "two objects on a line": '{"id":"a"}\n{"id":"b"}{"id":"c"}\n',
    "two objects on a line and a blank one": '{"id":"a"}{"id":"b"}\n\n',
    "pages": '{"value":[]}\n{"value":[]}\n',
    "half a letter": '{"id":"a"}\n{"id":"\\ud83d"}\n',
    "a key and its like in capitals": '{"id":"a","ID":"b"}\n' * 2,
    "two ways to one title": '{"a.b":"a","a":{"b":"b"}}\n' * 2,
}


@pytest.mark.parametrize("what", DOUBTFUL)
def test_what_is_doubtful_is_read_line_by_line(what: str) -> None:
    assert not is_regular(DOUBTFUL[what]) or not list(Lines(Faults("x")).read(_pieces(DOUBTFUL[what])))
    assert read(DOUBTFUL[what].encode(), fast=True) == read(DOUBTFUL[what].encode(), fast=False)


def _pieces(text: str) -> Iterator[json_lines.Piece]:
    return pieces(iter([text.encode()]), "x")


def test_the_fast_way_stays_fast_after_a_doubtful_block() -> None:
    sound, odd = '{"id":"a"}\n' * 5, '{"id":"b","n":1}\n{"id":"c"}\n'
    blocks = iter([sound.encode(), odd.encode(), sound.encode()])
    found = list(Lines(Faults("x")).read(pieces(blocks, "x")))
    assert [isinstance(part, Regular) for part in found] == [True, False, True]
    assert [part.row for part in found if isinstance(part, Regular)] == [1, 8]


def test_a_line_that_never_ends_is_refused_where_it_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_lines, "LONGEST", 1 << 20)
    asked = 0

    def endless() -> Iterator[bytes]:
        nonlocal asked
        yield b'{"id":"a"}\n{"id":"'
        while True:
            asked += 1
            yield b"x" * (1 << 18)

    with pytest.raises(InputError, match=r"^x\.json:2: has a line longer than 1 MiB"):
        list(Lines(Faults("x.json")).read(pieces(endless(), "x.json")))
    assert asked < 10


@pytest.mark.parametrize("byte", [b"\xff", b"\0"])
def test_damaged_bytes_are_found_on_their_line(byte: bytes) -> None:
    data = b'{"id":"a"}\n{"id":"' + byte + b'"}\n{"id":"c"}\n'
    for size in (5, 100):
        with pytest.raises(DamagedTextError) as error:
            read(data, fast=True, size=size)
        assert error.value.line == 2


def test_a_shape_has_no_more_keys_than_that(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_shape, "MOST_KEYS", 2)
    assert is_regular('{"id":"a","n":1}\n')
    assert not is_regular('{"id":"a","n":1,"m":1}\n')
