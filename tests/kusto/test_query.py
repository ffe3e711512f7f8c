"""The queries that we print: sound to Microsoft's own language service, and their exports are read in full."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from checker.cli.query import QUERIES, query
from checker.errors import UsageError
from checker.inventory.mapping_files import mappings
from tests.inventory.records import read_one

HERE = Path(__file__).parent
MODULES = HERE.parent.parent / "build" / "validators" / "node_modules"
TABLES = json.loads((HERE / "tables.json").read_text())


def printed(*given: str) -> str:
    ran = CliRunner().invoke(query, given, catch_exceptions=False)
    assert ran.exit_code == 0
    return ran.output


def header(text: str) -> list[str]:
    """Return the columns of a query's result: those of its last ``project``."""
    last = text.split("| project ")[-1]
    return [column.split("=")[0].strip() for column in re.sub(r"\([^()]*(\([^()]*\))?[^()]*\)", "", last).split(",")]


def diagnoses(text: str, tables: dict[str, dict[str, str]], tmp_path: Path) -> list[str]:
    """Return what the Kusto language service says: a line for each diagnostic, and the columns of the result."""
    if shutil.which("node") is None or not (MODULES / "@kusto").exists():
        what = "no @kusto/language-service-next in build/validators"
        if os.environ.get("CI") == "true":
            pytest.fail(f"{what}; .ci/install.sh installs it")
        pytest.skip(what)
    (tmp_path / "tables.json").write_text(json.dumps(tables))
    command: list[str | Path] = ["node", HERE / "diagnose.cjs", MODULES, tmp_path / "tables.json"]
    ran: subprocess.CompletedProcess[str] = subprocess.run(
        command, input=text, capture_output=True, text=True, check=True
    )
    return ran.stdout.splitlines()


@pytest.mark.parametrize("newer", [False, True], ids=["as documented", "with OsBuildRevision"])
@pytest.mark.parametrize("about", QUERIES)
def test_the_language_service_finds_nothing(about: str, newer: bool, tmp_path: Path) -> None:
    tables = {**TABLES, "DeviceInfo": {**TABLES["DeviceInfo"], **({"OsBuildRevision": "string"} if newer else {})}}
    text = printed(about, "--days", "7", "--part", "3/4")
    assert diagnoses(text, tables, tmp_path) == [f"columns: {','.join(header(text))}"]


def test_the_language_service_finds_a_wrong_column(tmp_path: Path) -> None:
    wrong = printed().replace("ClientVersion) by", "ClientVersions) by")
    assert "does not refer to any known column" in diagnoses(wrong, TABLES, tmp_path)[0]


def test_the_export_of_the_devices_carries_every_fact_that_hunting_has(tmp_path: Path) -> None:
    columns = header(printed())
    row = dict.fromkeys(columns, "") | {
        "Timestamp": "2026-11-20T07:00:00.1234567Z",
        "DeviceId": "a" * 40,
        "DeviceName": "ws-1.contoso.example",
        "OSPlatform": "Windows11",
    }
    export = tmp_path / "devices.csv"
    export.write_text(",".join(columns) + "\n" + ",".join(row.values()) + "\n")
    found = read_one(export).file
    assert found.format == "advanced-hunting"
    assert found.unmapped == ()
    readings = mappings()["advanced-hunting"].facts.values()
    assert [reading.fact for reading in readings if not {*reading.columns} & {*columns}] == []


def test_days_and_parts_stand_in_the_query() -> None:
    text = printed("--days", "7", "--part", "3/4")
    assert "let Days = 7d;\nlet Parts = 4;\nlet Part = 2;\n" in text
    assert "Defender for Business has no advanced hunting" in text


@pytest.mark.parametrize("part", ["0/4", "5/4", "1", "a/b", "1/1001", "-1/2"])
def test_what_is_no_part_is_refused(part: str) -> None:
    with pytest.raises(UsageError, match="is no part"):
        CliRunner().invoke(query, ["--part", part], catch_exceptions=False)
