"""What the options of a mapping mean, each on a small table of its own."""

import json
from pathlib import Path

import polars as pl
import pytest

from checker.errors import RuleError
from checker.inventory.mapping_files import load_mappings
from checker.inventory.normalise import Normaliser
from checker.inventory.table import RawTable

HEAD = """\
id: product
title: A product
reads: [csv]
founds: true
own_ids: estate
signature: {all: [[Id]]}
keys: {own_id: [Id], name: [Name]}
facts:
"""


def read(tmp_path: Path, facts: str, rows: dict[str, list[str | None]]) -> list[dict[str, str | None]]:
    """Return the records of a table by a mapping with these facts."""
    (tmp_path / "product.yaml").write_text(HEAD + facts)
    height = len(next(iter(rows.values())))
    numbers = pl.Series(range(1, height + 1), dtype=pl.UInt32)
    frame = pl.DataFrame(rows, schema=dict.fromkeys(rows, pl.String))
    table = RawTable(frame, numbers, numbers)
    return Normaliser(load_mappings(tmp_path)["product"]).records(table).to_dicts()


def test_an_own_id_carries_the_name_of_its_system(tmp_path: Path) -> None:
    rows: dict[str, list[str | None]] = {"Id": ["A1 ", "", "0", None], "Version": ["1", "2", "3", "4"]}
    found = read(tmp_path, "  agent.version: {from: Version}\n", rows)
    assert [row["own_id"] for row in found] == ["estate:a1", None, None, None]


def test_what_tells_from_all_records_must_be_known(tmp_path: Path) -> None:
    (tmp_path / "product.yaml").write_text(HEAD.replace("own_ids", "together: sens-log\nown_ids") + "  {}\n")
    with pytest.raises(RuleError, match="'sens-log' is no together"):
        load_mappings(tmp_path)


def test_where_counts_only_in_rows_in_which_each_column_is_one_of_its_words(tmp_path: Path) -> None:
    rows: dict[str, list[str | None]] = {
        "Id": ["a", "b", "c", "d", "e"],
        "Software": ["windows_11", "Windows 10", "edge", "", None],
        "Vendor": ["Microsoft", "microsoft", "microsoft", "microsoft", "microsoft"],
        "Version": ["10.0.1.1", "10.0.2.2", "130.0", "7", "8"],
    }
    fact = "  os.version: {from: Version, where: {Software: ['windows*'], Vendor: [microsoft]}}\n"
    assert [row["os.version"] for row in read(tmp_path, fact, rows)] == ["10.0.1.1", "10.0.2.2", None, None, None]


def test_where_a_column_of_the_condition_is_missing_nothing_is_said(tmp_path: Path) -> None:
    rows: dict[str, list[str | None]] = {"Id": ["a"], "Version": ["10.0.1.1"]}
    fact = "  os.version: {from: Version, where: {Software: ['windows*']}}\n"
    assert "os.version" not in read(tmp_path, fact, rows)[0]


def test_parts_may_have_titles_words_and_constants_of_their_own(tmp_path: Path) -> None:
    rows: dict[str, list[str | None]] = {
        "Id": ["a", "b", "c"],
        "RemoteUrl": ["https://a.example/x", "b.example", ""],
        "ActionType": ["ConnectionSuccess", "ConnectionFailed", "ConnectionFailed"],
        "RemotePort": ["443", "80", "1"],
    }
    fact = """\
  url.tests:
    parts:
      url: [Url, RemoteUrl]
      port: RemotePort
      method: {says: network-events}
      result: {from: ActionType, words: {connectionsuccess: reachable, connectionfailed: blocked}, otherwise: ""}
"""
    found = [row["url.tests"] for row in read(tmp_path, fact, rows)]
    tries = [json.loads(text)[0] for text in found[:2] if text]
    seen = [(each["host"], each["port"], each["method"], each["result"]) for each in tries]
    assert seen == [
        ("a.example", 443, "network-events", "reachable"),
        ("b.example", 80, "network-events", "blocked"),
    ]
    assert found[2] == ""  # a row that names no URL says that there is none
