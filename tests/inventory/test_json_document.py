"""Records are found in JSON however it was saved, and nothing is taken for whole that is not."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.errors import InputError
from checker.inventory import json_document
from checker.inventory.json_files import ONE_A_LINE
from checker.inventory.json_lines import Lines, pieces
from checker.inventory.json_values import Record, flat
from checker.inventory.table import Faults

DEVICES: list[dict[str, Any]] = [
    {"id": "a", "n": 1},
    {"id": "b", "tags": ["x", "y"]},
    {"id": "c", "inner": {"k": None}},
]
KNOWN = frozenset(["id", "other.key"])


def read_document(text: str, faults: Faults, size: int = 1 << 20) -> list[Record]:
    """Read a text that comes in blocks, the strict way."""
    if ONE_A_LINE.match(text):
        data = text.encode(errors="surrogatepass")
        blocks = (data[start : start + size] for start in range(0, len(data), size))
        found = Lines(faults, fast=False).read(pieces(blocks, faults.path))
        return [record for records in found if isinstance(records, list) for record in records]
    parts = (text[start : start + size] for start in range(0, len(text), size))
    return list(json_document.read_document(parts, faults))


def read(text: str, skip: bool = False, size: int = 1 << 20) -> list[dict[str, str]]:
    return [flat(record) for _, _, record in read_document(text, Faults("x.json", skip, KNOWN), size)]


def page(devices: list[dict[str, Any]], **more: object) -> dict[str, Any]:
    return {"@odata.context": "x", "value": devices, **more}


SAVED: dict[str, Callable[[], str]] = {
    "an array": lambda: json.dumps(DEVICES),
    "a pretty array": lambda: json.dumps(DEVICES, indent=2),
    "a page": lambda: json.dumps(page(DEVICES)),
    "a page with its list first": lambda: json.dumps({"value": DEVICES, "@odata.context": "x"}),
    "a hunting result": lambda: json.dumps({"Schema": [{"Name": "id", "Type": "String"}], "Results": DEVICES}),
    "a result of Graph": lambda: json.dumps({"schema": [{"name": "id"}], "results": DEVICES}),
    "pages back to back": lambda: (
        json.dumps(page(DEVICES[:1], **{"@odata.nextLink": "n"})) + json.dumps(page(DEVICES[1:]))
    ),
    "pretty pages back to back": lambda: (
        json.dumps(page(DEVICES[:2]), indent=1) + json.dumps(page(DEVICES[2:]), indent=1)
    ),
    "an array of pages": lambda: json.dumps([page(DEVICES[:2], **{"@odata.nextLink": "n"}), page(DEVICES[2:])]),
    "pages, one a line": lambda: json.dumps(page(DEVICES[:2])) + "\n" + json.dumps(page(DEVICES[2:])) + "\n",
    "objects, one a line": lambda: "".join(json.dumps(device) + "\r\n" for device in DEVICES),
    "objects, one a line, with commas": lambda: ",\n".join(map(json.dumps, DEVICES)),
    "objects back to back": lambda: "".join(map(json.dumps, DEVICES)),
}


@pytest.mark.parametrize("how", SAVED)
def test_records_are_found_however_they_were_saved(how: str) -> None:
    assert read(SAVED[how]()) == [flat(device) for device in DEVICES]


def test_rows_and_lines_are_counted() -> None:
    text = json.dumps(page(DEVICES), indent=2)
    lines = [line for _, line, _ in read_document(text, Faults("x.json"))]
    assert [text.splitlines()[line - 1].strip() for line in lines] == ["{"] * 3
    assert [row for row, _, _ in read_document(text, Faults("x.json"))] == [1, 2, 3]


def test_nested_objects_become_dotted_titles_and_arrays_json() -> None:
    record = {
        "a": {"b": {"c": 1}, "d": []},
        "e": [1, {"f": "é"}],
        "g": True,
        "h": None,
        "i": {},
        "Rank@odata.type": "#Int64",
    }
    assert flat(record) == {"a.b.c": "1", "a.d": "[]", "e": '[1, {"f": "é"}]', "g": "true", "h": "", "i": ""}


def test_numbers_stay_as_they_are_written() -> None:
    assert read('{"a": 20.40, "b": 9223372036854775807, "c": 1e3}') == [
        {"a": "20.40", "b": "9223372036854775807", "c": "1e3"}
    ]


def test_very_deep_objects_stay_json() -> None:
    deep: Any = "x"
    for _ in range(30):
        deep = {"k": deep}
    ((title, value),) = flat(deep).items()
    assert title.count(".") == 20
    assert value.startswith('{"k"')


@pytest.mark.parametrize("link", ["@odata.nextLink", "nextLink", "@odata.nextlink"])
def test_a_link_on_the_last_page_means_that_pages_are_missing(link: str) -> None:
    for text in (
        json.dumps(page(DEVICES, **{link: "https://next"})),
        json.dumps([page(DEVICES, **{link: "https://next"})]),
    ):
        with pytest.raises(InputError, match="its last page links to a next page"):
            read(text)
    assert read(json.dumps(page(DEVICES, **{link: None}))) == [flat(device) for device in DEVICES]


BROKEN = {
    '{"value": [{"id": "a"}, {"id": "b"': "cut off",
    '{"value": [{"id": "a"}, ': "cut off",
    '{"value": [{"id": "a"}]': "cut off",
    '{"value": [{"id": "a"}], "x"': "cut off",
    '{"value": [{"id": "a"}], "x": tr': "cut off",
    '[{"id": "a"}, {"id": "b': "cut off",
    '[{"id": 12': "cut off",
    '{"id": "a"}\n{"id": "b"}\n{"id": "c': "cut off",
    '{"value": [{"id": "a" "b": 1}]}': "no JSON from here on: expecting ',' delimiter",
    '{"value" [1]}': "a key needs a colon",
    '[{"id": "a"}] trailing': "no JSON from here on",
    '{"id": NaN}': "NaN is no value",
    '{"id": ' + "1" * 5000 + "}": "a number has thousands of digits",
    "[" * 100_000: "nested too deeply",
    '{"id": ' + "[" * 100_000: "nested too deeply",
}


@pytest.mark.parametrize("text", BROKEN, ids=lambda text: text[:40])
def test_what_is_not_whole_is_refused(text: str) -> None:
    with pytest.raises(InputError, match=BROKEN[text]):
        read(text, skip=True)


def test_a_bad_line_among_lines_is_set_aside() -> None:
    faults = Faults("x.json", skip=True)
    text = '{"id": 1}\n{"id": 2}}\nnot json\n7\n{"id": 3}\n'
    assert [record["id"] for _, _, record in read_document(text, faults)] == [1, 3]
    assert [(bad.row, bad.line, bad.reason) for bad in faults.rejected] == [
        (2, 2, "is no JSON: text after the object"),
        (3, 3, "is no JSON: expecting value"),
        (4, 4, "is no JSON object"),
    ]


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("kxyz", min_size=1, max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)
records = st.lists(
    st.dictionaries(st.text("abc", min_size=1, max_size=3), plain, min_size=1, max_size=4), min_size=1, max_size=5
)


@settings(deadline=None)
@given(records, st.sampled_from([None, 1]), st.data())
def test_a_document_cut_anywhere_is_refused(
    devices: list[dict[str, Any]], indent: int | None, data: st.DataObject
) -> None:
    text = json.dumps(page(devices), indent=indent)
    assert read(text) == [flat(device) for device in devices]
    end = data.draw(st.integers(1, len(text) - 1))
    with pytest.raises(InputError):
        read(text[:end])


def test_titles_that_nobody_needs_are_left_out() -> None:
    assert flat({"a": 1, "b": {"c": 2, "d": 3}}, {"a", "b.c"}) == {"b.d": "3"}


@pytest.mark.parametrize("again", ["id", "ID"])
@pytest.mark.parametrize("form", ["[%s]", "%s", '{"value": [%s]}', '%s\n{"id": "c"}'])
@pytest.mark.parametrize("known", [KNOWN, frozenset()])
def test_a_key_that_comes_twice_is_a_fault_of_its_record(again: str, form: str, known: frozenset[str]) -> None:
    faults = Faults("x.json", skip=True, known=known)
    text = form.replace("%s", f'{{"id": "a", "{again}": "b"}}')
    assert [record["id"] for _, _, record in read_document(text, faults)] == (["c"] if "c" in form else [])
    assert [bad.reason for bad in faults.rejected] == [f"has the key '{again}' twice" if known else "has a key twice"]


@pytest.mark.parametrize("key", ["data", "value", "values", "result", "results"])
@pytest.mark.parametrize("form", ["[%s]", "%s", "%s\n%s"])
def test_a_record_with_a_list_of_its_own_is_no_page(key: str, form: str) -> None:
    record = {"id": "a", key: [{"k": 1}]}
    text = form.replace("%s", json.dumps(record))
    assert read(text) == [flat(record)] * form.count("%s")
    assert read(json.dumps({key: [], "id": "a"})) == [{key: "[]", "id": "a"}]


def test_a_list_before_keys_of_a_record_is_refused() -> None:
    with pytest.raises(InputError, match="has a list of records beside 'id', which is no key of a page"):
        read('{"value": [{"k": 1}], "id": "a"}')


def test_half_of_a_surrogate_pair_is_a_fault() -> None:
    faults = Faults("x.json", skip=True)
    text = r'[{"id": "\ud83d\ude00"}, {"id": "\ud83d"}]'
    assert [record["id"] for _, _, record in read_document(text, faults)] == ["\U0001f600"]
    assert [bad.reason for bad in faults.rejected] == ["has half of a surrogate pair"]


def test_a_key_that_comes_twice_in_a_page_of_many_hides_no_other_record() -> None:
    with pytest.raises(InputError, match="has the key 'ID' twice"):
        read('[{"value": [{"id": "a", "ID": "b"}, {"id": "c"}]}]', skip=True)
