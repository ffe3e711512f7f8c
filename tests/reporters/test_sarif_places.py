"""SARIF results stand on the record of their device, and are the same results wherever that record moves."""

from dataclasses import replace

import polars as pl
import pytest

from checker.model.result import Result, Table
from checker.reporters.kinds import Write
from checker.reporters.sarif import log as sarif
from checker.reporters.sarif.places import uri

from .fleets import AGENT, URLS, device_id
from .sarif_log import run


@pytest.mark.parametrize("write", [sarif.write_problems, sarif.write_full])
def test_fingerprints_are_unique_and_do_not_come_from_the_line(write: Write, small: Result, large: Result) -> None:
    for result in (small, large):
        hashes = [found["partialFingerprints"]["primaryLocationLineHash"] for found in run(result, write)["results"]]
        assert len(set(hashes)) == len(hashes)
    moved = replace(small, devices=shuffled(small))
    same = [found["partialFingerprints"] for found in run(small, write)["results"]]
    assert [found["partialFingerprints"] for found in run(moved, write)["results"]] == same
    assert run(moved, write)["results"] != run(small, write)["results"]


def shuffled(result: Result) -> Table:
    part = result.devices.parts[0].with_name("moved.parquet")
    pl.concat(result.devices.frames()).with_columns(line=pl.col("line") + 40).write_parquet(part)
    return Table(result.devices.columns, (part,), result.devices.rows)


def test_a_result_stands_on_the_record_of_its_device(small: Result) -> None:
    found = next(entry for entry in run(small)["results"] if entry["ruleId"] == AGENT.id)
    (place,) = found["locations"]
    assert place["physicalLocation"]["artifactLocation"] == {"uri": "exports/devices%202026-11.csv", "index": 0}
    assert place["physicalLocation"]["region"]["startLine"] == 3
    assert place["logicalLocations"] == [
        {"name": "pc-2.contoso.example", "fullyQualifiedName": f"fleet/{device_id(2)}", "kind": "resource"}
    ]
    assert found["message"]["text"].startswith("Agent 20.10 is older than")
    assert found["properties"]["evidence"][0].startswith("agent.version = 20.10 (")


def test_a_finding_about_the_whole_fleet_stands_at_the_beginning_of_the_first_input(small: Result) -> None:
    found = next(entry for entry in run(small)["results"] if entry["ruleId"] == f"{URLS.id}.unknown")
    (place,) = found["locations"]
    assert place["physicalLocation"]["region"]["startLine"] == 1
    assert place["logicalLocations"][0]["fullyQualifiedName"] == "fleet"
    assert "Stands for 4 devices." in found["message"]["text"]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("a b/c#d%.csv", "a%20b/c%23d%25.csv"),
        ("./a.csv", "a.csv"),
        ("../a.csv", "../a.csv"),
        ("a:b.csv", "a%3Ab.csv"),
        ("Geräte.csv", "Ger%C3%A4te.csv"),
        ("Ger\udce4te.csv", "Ger%E4te.csv"),
        ("a\ud800.csv", "a%ED%A0%80.csv"),
        ("/srv/a b.csv", "file:///srv/a%20b.csv"),
        ("C:/exports/a b.csv", "file:///C:/exports/a%20b.csv"),
        ("//server/share/a.csv", "file://server/share/a.csv"),
    ],
)
def test_paths_become_uris(path: str, expected: str) -> None:
    assert uri(path) == expected
