"""A page that lacks records is told, and objects inside records are not lost."""

import json
from pathlib import Path

import pytest

from checker.errors import InputError
from checker.inventory.json_files import open_json
from checker.inventory.source import open_source
from checker.inventory.table import Faults, Opened


def opened(tmp_path: Path, text: str, known: frozenset[str] = frozenset()) -> Opened:
    """Open a text as a JSON file."""
    (tmp_path / "x.json").write_text(text)
    return open_json(open_source(str(tmp_path / "x.json"), lambda _: None), known, Faults("x.json"))


def column(file: Opened, title: str) -> list[str | None]:
    """Return the texts of a column."""
    return [text for table in file.tables(frozenset({title})) for text in table.columns[title].to_list()]


@pytest.mark.parametrize("key", ["totalCount", "totalRecords", "total_records"])
def test_a_page_that_counts_more_records_than_it_holds_is_incomplete(key: str, tmp_path: Path) -> None:
    page = json.dumps({key: 3, "results": [{"id": "1"}, {"id": "2"}]})
    with pytest.raises(InputError, match="is incomplete: it holds 2 records of 3 that it counts"):
        column(opened(tmp_path, page), "id")
    assert column(opened(tmp_path, page + page), "id") == ["1", "2", "1", "2"]


@pytest.mark.parametrize("total", [0, 1, "3", None, True, -7])
def test_a_total_that_is_not_greater_or_no_number_is_no_reason(total: object, tmp_path: Path) -> None:
    assert column(opened(tmp_path, json.dumps({"totalCount": total, "results": [{"id": "1"}]})), "id") == ["1"]


@pytest.mark.parametrize("link", ["$skipToken", "skip_token", "skipToken"])
def test_a_token_for_the_next_page_is_a_link_to_it(link: str, tmp_path: Path) -> None:
    page = {"count": 1, "data": [{"id": "1"}], link: "e30="}
    with pytest.raises(InputError, match="is incomplete: its last page links to a next page"):
        column(opened(tmp_path, json.dumps(page)), "id")
    assert column(opened(tmp_path, json.dumps(page | {link: None})), "id") == ["1"]


def test_an_object_that_another_record_lacks_is_read(tmp_path: Path) -> None:
    """The blank of the one record is no reason to leave out what stands inside the object of the other."""
    file = opened(tmp_path, '[{"general": null, "udid": "a"}, {"general": {"name": "MAC-01"}, "udid": "b"}]')
    assert column(file, "general.name") == [None, "MAC-01"]


@pytest.mark.parametrize("form", ['{"data": [%s]}', "%s"])
def test_an_object_of_free_keys_is_one_column_whatever_keys_the_records_have(form: str, tmp_path: Path) -> None:
    records = [{"id": str(row), "Tags": {f"k{row}": "a", "B": 1}, "x": {"y": "z"}} for row in range(30)]
    text = form % (",\n" if "data" in form else "\n").join(map(json.dumps, records))
    found = opened(tmp_path, text, frozenset({"tags.*", "id"}))
    assert found.titles == ("id", "Tags", "x.y")
    assert column(found, "Tags") == [json.dumps(record["Tags"]) for record in records]
