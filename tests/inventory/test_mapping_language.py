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


FACT = "  agent.version: {from: Version}\n"


def read(tmp_path: Path, facts: str, rows: dict[str, list[str | None]]) -> list[dict[str, str | None]]:
    """Return the records of a table by a mapping with these facts."""
    (tmp_path / "product.yaml").write_text(HEAD + facts)
    return records(tmp_path, rows)


def records(tmp_path: Path, rows: dict[str, list[str | None]]) -> list[dict[str, str | None]]:
    """Return the records of a table by the mapping that was written last."""
    height = len(next(iter(rows.values())))
    numbers = pl.Series(range(1, height + 1), dtype=pl.UInt32)
    frame = pl.DataFrame(rows, schema=dict.fromkeys(rows, pl.String))
    table = RawTable(frame, numbers, numbers)
    return Normaliser(load_mappings(tmp_path)["product"]).records(table).to_dicts()


def test_matches_are_all_that_a_pattern_finds_and_none_says_nothing(tmp_path: Path) -> None:
    rows: dict[str, list[str | None]] = {"Id": ["1"] * 4, "Text": ["2 of them: KB2, KB1, KB2", "none", "", None]}
    found = read(tmp_path, "  updates.kbs: {from: Text, pattern: '(KB\\d)', shape: matches, set: open}\n", rows)
    assert [row.get("updates.kbs") for row in found] == ['["KB1","KB2"]', None, "", None]


def test_a_time_without_a_zone_says_nothing_where_the_mapping_asks_for_one(tmp_path: Path) -> None:
    texts = [
        "/Date(1794899882000)/",
        "2026-11-17T08:18:02+01:00",
        "2026-11-17T07:18:02Z",
        "Nov 17, 2026 8:18:02 AM GMT+1",
        "2026-11-17T08:18:02",
        "2026-11-17",
        "11/12/2026, 7:58:02",
        "x",
        "",
    ]
    rows: dict[str, list[str | None]] = {"Id": ["1"] * len(texts), "Text": [*texts]}
    found = read(tmp_path, "  device.booted_at: {from: Text, zoned: true}\n", rows)
    same = "2026-11-17T07:18:02.000000"
    assert [row.get("device.booted_at") for row in found] == [*[same] * 4, *[None] * 4, ""]


def test_only_a_time_can_ask_for_a_zone(tmp_path: Path) -> None:
    (tmp_path / "product.yaml").write_text(HEAD + "  os.build: {from: Text, zoned: true}\n")
    with pytest.raises(RuleError, match="'zoned' is of facts that are times"):
        load_mappings(tmp_path)


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


def test_with_fallback_each_record_is_asked_column_by_column(tmp_path: Path) -> None:
    rows: dict[str, list[str | None]] = {
        "Id": ["a", "b", "c", "d"],
        "First": ["1.0", "NULL", None, ""],
        "Second": ["2.0", "2.1", "2.2", None],
    }
    plain = "  agent.version: {from: [First, Second]}\n"
    assert [row["agent.version"] for row in read(tmp_path, plain, rows)] == ["1.0", "", None, ""]
    fallback = "  agent.version: {from: [Other, First, Second], fallback: yes}\n"
    assert [row["agent.version"] for row in read(tmp_path, fallback, rows)] == ["1.0", "2.1", "2.2", ""]


def test_with_fallback_a_record_without_any_of_the_columns_says_nothing(tmp_path: Path) -> None:
    rows: dict[str, list[str | None]] = {"Id": ["a"], "First": [None], "Second": [None]}
    fact = "  agent.version: {from: [First, Second], fallback: yes}\n"
    assert read(tmp_path, fact, rows)[0]["agent.version"] is None


def test_a_key_is_asked_column_by_column_and_cut_by_its_pattern(tmp_path: Path) -> None:
    keys = "keys: {own_id: [Id], name: {from: [Fqdn, Path, Name], pattern: '(?:^|/machines/)([^/|]+)$'}}"
    (tmp_path / "product.yaml").write_text(HEAD.replace("keys: {own_id: [Id], name: [Name]}", keys) + FACT)
    rows: dict[str, list[str | None]] = {
        "Id": ["a", "b", "c", "d", "e", "f"],
        "Fqdn": ["ws.contoso.example", "", "localhost", None, None, None],
        "Path": ["/machines/x", "/rg/machines/WS-2", "/machines/WS-3", "/rg/cards/nic", None, None],
        "Name": ["x", "x", "x", "nic", " WS-5 ", "Windows|C:|disk"],
        "Version": ["1"] * 6,
    }
    names = [row["name"] for row in records(tmp_path, rows)]
    assert names == ["ws.contoso.example", "WS-2", "WS-3", None, "WS-5", None]


def test_a_path_leads_into_lists_of_objects(tmp_path: Path) -> None:
    apps = [{"name": "Edge", "version": "130"}, {"name": "MDATP", "version": ["101.1"], "more": {"build": 7}}]
    rows: dict[str, list[str | None]] = {
        "Id": ["a", "b", "c", "d"],
        "Apps": [json.dumps(apps), "[]", "no list", None],
    }
    found = {
        "Apps[name=mdatp].version": ["101.1", None, None, None],
        "Apps[name=mdatp].more.build": ["7", None, None, None],
        "Apps[0].version": ["130", None, None, None],
        "Apps[7].version": [None, None, None, None],
        "Apps[name=other].version": [None, None, None, None],
    }
    for path, said in found.items():
        fact = f'  agent.version: {{from: "{path}"}}\n'
        assert [row["agent.version"] for row in read(tmp_path, fact, rows)] == said
    kbs = '  updates.kbs: {from: "Apps[].name", shape: json, set: open}\n'
    assert [row["updates.kbs"] for row in read(tmp_path, kbs, rows)] == ['["Edge","MDATP"]', None, None, None]


def test_pairs_are_tags_without_those_that_hold_an_address(tmp_path: Path) -> None:
    rows: dict[str, list[str | None]] = {
        "Id": ["a", "b", "c", "d"],
        "Tags": ['{"site":"hq","owner":"nora@contoso.example","ring":"","cost":12}', "{}", "site=hq", None],
    }
    fact = "  device.tags: {from: Tags, shape: pairs, set: open}\n"
    said = [row["device.tags"] for row in read(tmp_path, fact, rows)]
    assert said == ['["cost=12","ring","site=hq"]', "", "site=hq", None]


def test_a_bracket_in_a_title_is_no_path(tmp_path: Path) -> None:
    rows: dict[str, list[str | None]] = {"Id": ["a"], "Seen": ['[{"UTC": "1.0"}]']}
    for title in ("Seen [UTC]", "Seen[UTC]", "[0].UTC"):
        fact = f'  agent.version: {{from: "{title}"}}\n'
        assert "agent.version" not in read(tmp_path, fact, rows)[0]


def test_an_object_of_which_the_values_are_columns_is_read_as_a_whole(tmp_path: Path) -> None:
    rows: dict[str, list[str | None]] = {
        "Id": ["a", "b", "c", "d"],
        "tags.site": ["hq", None, None, 'a"b'],
        "Tags.cost.centre": ["12", "7", None, None],
        "tags": [None, None, "", None],
    }
    fact = "  device.tags: {from: ['tags.*', tags], fallback: yes, shape: pairs, set: open}\n"
    said = [row["device.tags"] for row in read(tmp_path, fact, rows)]
    assert said == ['["cost.centre=12","site=hq"]', '["cost.centre=7"]', "", '["site=a\\"b"]']


@pytest.mark.parametrize("silent", [False, True])
def test_silent_blanks_say_nothing_of_any_fact(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, silent: bool) -> None:
    rows: dict[str, list[str | None]] = {
        "Id": ["a", "b", "c"],
        "Version": ["1.2", "", "null"],
        "Tags": ['["x"]', "", "-"],
        "Expires": ["2027-06-10", "", "N/A"],
        "url": ["b.example", "", "{}"],
        "result": ["reachable", "reachable", ""],
    }
    facts = """\
  agent.version: {from: Version}
  device.tags: {from: [Tags], join: true, shape: json, set: closed}
  agent.expires: {from: Expires, shape: day}
  url.tests: {parts: [url, result]}
"""
    head = HEAD.replace("founds: true", f"founds: true\nsilent_blanks: {str(silent).lower()}")
    monkeypatch.setattr("tests.inventory.test_mapping_language.HEAD", head)
    first, *others = read(tmp_path, facts, rows)
    assert (first["agent.version"], first["device.tags"], first["agent.expires"]) == ("1.2", '["x"]', "2027-06-10")
    blank = None if silent else ""
    for row in others:
        assert {row[name] for name in ("agent.version", "device.tags", "agent.expires", "url.tests")} == {blank}


def test_what_is_evidence_founds_nothing_whatever_else_the_record_says(tmp_path: Path) -> None:
    (tmp_path / "product.yaml").write_text(HEAD.replace("keys:", "evidence: [Url, Test]\nkeys:") + FACT)
    rows: dict[str, list[str | None]] = {
        "Id": ["1", "2", "3", "4"],
        "Url": [None, "x", "", "-"],
        "Version": ["1.0"] * 4,
    }
    assert [str(row["evidence"]) for row in records(tmp_path, rows)] == ["None", "True", "None", "None"]
