"""Values inside the JSON of a column are found, or there is none: no text makes it fail."""

import json

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.inventory.inside_json import of_each, of_lists

OBJECTS = st.lists(
    st.dictionaries(st.sampled_from(["name", "value", "x"]), st.text(max_size=5), max_size=3), max_size=4
)


@given(OBJECTS)
def test_the_value_of_the_first_object_of_a_name_is_found(objects: list[dict[str, str]]) -> None:
    texts = pl.Series([json.dumps(objects)])
    for word in {item["name"] for item in objects if item.get("name") and "]" not in item["name"]}:
        first = next(item for item in objects if item.get("name", "").casefold() == word.casefold())
        assert of_lists(texts, f"[name={word}].value")[0] == first.get("value")


@given(OBJECTS)
def test_all_values_are_found_in_their_order(objects: list[dict[str, str]]) -> None:
    found = of_lists(pl.Series([json.dumps(objects)]), "[].value")[0]
    expected = [item["value"] for item in objects if item.get("value")]
    assert found == (json.dumps(expected, ensure_ascii=False) if expected else None)


@pytest.mark.parametrize(
    "text",
    ["", "x", "{}", "null", '[null, 7, "x"]', "[" * 100_000, '[{"name": {"a": 1}}]', "[NaN]", "[1" + "0" * 9999 + "]"],
)
@pytest.mark.parametrize("path", ["[name=x].value", "[0].value", "[].value", "[name].value", "[", "[0]x"])
def test_what_is_no_list_of_objects_has_no_value(text: str, path: str) -> None:
    assert of_lists(pl.Series([text, None]), path).to_list() == [None, None]


def test_a_value_is_the_text_that_it_is() -> None:
    texts = pl.Series(['[{"n": 1.10, "b": true, "o": {"k": 2}, "l": ["a", "b"], "e": [], "z": null}]'])
    found = {key: of_lists(texts, f"[0].{key}")[0] for key in "nbolez"}
    assert found == {"n": "1.10", "b": "true", "o": '{"k": "2"}', "l": '["a", "b"]', "e": "", "z": None}


def test_each_distinct_text_is_asked_once() -> None:
    asked: list[str] = []

    def shout(text: str) -> str:
        asked.append(text)
        return text.upper()

    assert of_each(pl.Series(["a", "b", None, "a"]), shout).to_list() == ["A", "B", None, "A"]
    assert sorted(asked) == ["a", "b"]
