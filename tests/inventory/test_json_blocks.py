"""A JSON document is read in blocks: their size plays no part, and no more is held than one record needs."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.errors import InputError
from checker.inventory import json_document, json_files
from checker.inventory.json_values import Record
from checker.inventory.source import DamagedTextError
from checker.inventory.table import Faults
from tests.inventory.test_json_document import SAVED, page


def outcome(text: str, size: int) -> tuple[list[Record], list[tuple[int, int, str, str]], str]:
    """Return the records, those that were set aside, and why the text is refused."""
    faults = Faults("x.json", skip=True)
    parts = (text[start : start + size] for start in range(0, len(text), size))
    try:
        found = list(json_document.read_document(parts, faults))
    except InputError as error:
        return [], [], str(error)
    return found, [(bad.row, bad.line, bad.reason, bad.text) for bad in faults.rejected], ""


ODD = ("x", '"', "\\", "\\u00e9", "\\ud83d\\ude00", "\ud83d", "é", "\n", 20.5, -1e30, 12345678901234567890, True, None)
odd_values = st.recursive(
    st.sampled_from(ODD),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["value", "k", "K"]), inner),
    max_leaves=4,
)
odd_records = st.lists(st.dictionaries(st.sampled_from(["id", "ID", "n", "value"]), odd_values, max_size=3), max_size=4)


@settings(max_examples=300, deadline=None)
@given(odd_records, st.sampled_from(sorted(SAVED)), st.sampled_from([None, 1]), st.integers(1, 40), st.data())
def test_the_size_of_blocks_plays_no_part(
    devices: list[dict[str, Any]], how: str, indent: int | None, size: int, data: st.DataObject
) -> None:
    """Nor where a text is cut off, or damaged."""
    text = json.dumps([page(devices), page(devices)], indent=indent) + json.dumps(page(devices)) + SAVED[how]()
    end = data.draw(st.integers(1, len(text)))
    assert outcome(text[:end], size) == outcome(text[:end], len(text))
    at = data.draw(st.integers(0, len(text) - 1))
    damaged = text[:at] + data.draw(st.sampled_from('{}[]",: \\x1')) + text[at + 1 :]
    assert outcome(damaged, size) == outcome(damaged, len(text))


ENDLESS = {
    "an object": ('[{"k": [', "1, "),
    "a text": ('{"value": [{"id": "', "x"),
    "a list of one record": ('{"id": [', '"x", '),
    "keys of a record": ('{"id": "a"', ', "k": 1'),
    "keys around a list": ('{"value": [{"id": "a"}]', ', "count": 1'),
    "space in a record": ('{"id":', " "),
    "space before a list": ('{"value": [', " "),
}


@pytest.mark.parametrize("what", ENDLESS)
def test_what_never_ends_is_refused_before_memory_does(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_document, "LONGEST", 1 << 20)
    begins, goes_on = ENDLESS[what]
    asked = 0

    def endless() -> Iterator[str]:
        nonlocal asked
        yield f"\n{begins}"
        while True:
            asked += 1
            yield goes_on * ((1 << 18) // len(goes_on))

    with pytest.raises(InputError, match=r"^x\.json:2: has a record longer than 1 MiB"):
        list(json_document.read_document(endless(), Faults("x.json")))
    assert asked < 10


def test_a_document_is_not_held_whole() -> None:
    """A page much larger than a block is read with a block's memory."""
    record = json.dumps({"id": "a" * 1000}) + ", "
    held = 0

    def blocks() -> Iterator[str]:
        yield '{"value": ['
        for _ in range(200):
            yield record * 100
        yield '{"id": "b"}]}'

    document = json_document._Document(blocks(), Faults("x.json"))
    for _ in document.values():
        held = max(held, len(document.text))
    assert held < 3 * len(record) * 100


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_damaged_bytes_in_a_document_are_found_on_their_line(size: int) -> None:
    for data in (b'[{"id": "a"},\n{"id": "\xff"}]', b'[{"id": "a"},\n{"id": "\0"}]', b'[{"id": "a"}\n, \xc3'):
        blocks = (data[start : start + size] for start in range(0, len(data), size))
        with pytest.raises(DamagedTextError) as error:
            list(json_files._texts(blocks))
        assert error.value.line == 2
    blocks = (bytes([byte]) for byte in "é\nü😀".encode())
    assert "".join(json_files._texts(blocks)) == "é\nü😀"
