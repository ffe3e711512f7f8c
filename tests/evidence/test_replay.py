"""A run is done again from its evidence, whatever its options were; and nothing else of the machine is read."""

import json
import shutil
from pathlib import Path

import polars as pl
import pytest

from checker.evidence.replay import first_row, first_value
from tests.contoso import ROOT, working_in

from .conftest import INPUTS, call, forged, lay_out, listed_anew, packed

RUNS = {
    "waves and waivers": ("check", "--waves", "waves.yaml", "--waivers", "waivers.yaml"),
    "one wave": ("check", "--waves", "waves.yaml", "--wave", "broad", "--all-outcomes"),
    "a gate": ("gate", "--waves", "waves.yaml", "--wave", "pilot"),
    "a plan with a tool": ("plan", "--tool", "intune"),
    "a simulation": ("check", "--assume", "agent.version=10.8999.1.1"),
    "rules left out": ("check", "--ignore", "sc.url-*", "--phase", "all", "--fail-on", "never"),
    "dated by hand": ("check", "--observed", f"{INPUTS[1]}=2026-11-20", "--read-as", f"url-tests={INPUTS[1]}"),
    "old exports": ("check", "--max-age", "1", "--require-dates", "--bad-rows", "skip"),
    "exports of one's own": ("check", "--mapping", "ours.yaml", "--date-order", "dmy"),
    "another pack": ("check", "--pack", "defender-for-business"),
    "a pack of one's own": ("check", "--pack", "own"),
}


@pytest.mark.parametrize("words", RUNS.values(), ids=RUNS.keys())
def test_every_kind_of_run_can_be_done_again(tmp_path: Path, words: tuple[str, ...]) -> None:
    folder = lay_out(tmp_path / "site")
    shutil.copytree(ROOT / "rules" / "streamlined-connectivity", folder / "own")
    pack = folder / "own" / "pack.yaml"
    pack.write_bytes(pack.read_bytes() + b"# ours\r\n")
    for name, kept in (("assets.csv", "exports/own.csv"), ("mapping.yaml", "ours.yaml")):
        if "--mapping" in words:
            shutil.copy(ROOT / "fixtures" / "inventories" / "own-mapping" / name, folder / kept)
    (folder / "exports" / "notes.txt").write_text("What lies beside exports is told, and not read.\n")
    with working_in(folder):
        ran = call(*words, "exports", "--as-of", "2026-11-22", "--quiet", "-o", "evidence.zip")
    assert ran.code in (0, 1, 3), ran.err
    (folder / "exports").rename(tmp_path / "moved")
    (folder / "evidence.zip").rename(tmp_path / "evidence.zip")
    shutil.rmtree(folder)
    again = call("verify", tmp_path / "evidence.zip", tmp_path / "moved")

    assert again.code == 0, again.out + again.err
    assert "judged again: report and tables are the same" in again.out


def test_a_run_with_a_baseline_can_be_done_again(tmp_path: Path) -> None:
    folder = lay_out(tmp_path / "site")
    earlier = ["-o", "old/r.json", "-o", "devices:old/t/d.parquet", "-o", "findings:old/t/f.parquet"]
    waves = (
        (folder / "waves.yaml")
        .read_text()
        .replace("tool: intune\n    gate: {", "tool: intune\n    gate: {previous: {none_lost: true}, ")
    )
    (folder / "waves.yaml").write_text(waves)
    words = ("exports", "--waves", "waves.yaml", "--quiet")
    with working_in(folder):
        call("check", *words, "--as-of", "2026-11-21", *earlier)
        more = ("--wave", "broad", "--baseline", "old/r.json", "-o", "evidence:evidence/")
        ran = call("gate", *words, "--as-of", "2026-11-22", *more)
    assert ran.code in (0, 1, 3), ran.err
    shutil.rmtree(folder / "old")
    again = call("verify", folder / "evidence", folder / "exports")

    assert again.code == 0, again.out + again.err
    assert "judged again: report and tables are the same" in again.out

    files = {
        str(path.relative_to(folder / "evidence")): path for path in (folder / "evidence").rglob("*") if path.is_file()
    }
    content = {name: path.read_bytes() for name, path in files.items()}
    pl.read_parquet(files["baseline/devices.parquet"]).head(1).write_parquet(files["baseline/devices.parquet"])
    content["baseline/devices.parquet"] = files["baseline/devices.parquet"].read_bytes()
    tampered = call("verify", packed(tmp_path / "forged.zip", listed_anew(content)), folder / "exports")

    assert tampered.code == 1, tampered.out
    assert "baseline/devices.parquet: is not the file that the report names" in tampered.out


def test_evidence_may_not_have_files_of_the_machine_read(site: Path, tmp_path: Path) -> None:
    """The options are the evidence's own word: a file that they name and that is not packed is not read."""
    run = json.loads((site / "evidence" / "run.json").read_bytes())
    run["options"]["waivers"] = str(site / "waivers.yaml")
    content = forged(site, {"run.json": json.dumps(run).encode()})
    ran = call("verify", packed(tmp_path / "forged.zip", content), "--replay")

    assert ran.code == 2
    assert "which is not in the evidence" in ran.err


def test_evidence_that_does_not_say_how_it_was_made_cannot_be_judged_again(site: Path, tmp_path: Path) -> None:
    run = json.loads((site / "evidence" / "run.json").read_bytes()) | {"options": {}}
    content = forged(site, {"run.json": json.dumps(run).encode()})
    ran = call("verify", packed(tmp_path / "forged.zip", content), "--replay")

    assert ran.code == 2
    assert "run.json: does not say how the run was told" in ran.err


def test_without_inputs_there_is_nothing_to_replay(at_site: Path) -> None:
    assert call("check", "exports", "--as-of", "2026-11-22", "--quiet", "-o", "bare.zip").code in (0, 1, 3)
    ran = call("verify", "bare.zip", "--replay")

    assert ran.code == 2
    assert "holds no inputs to judge again" in ran.err


VALUES = {
    "the same": ({"a": [1, {"b": None}]}, {"a": [1, {"b": None}]}, ""),
    "a value": ({"a": [1, {"b": 2}]}, {"a": [1, {"b": 3}]}, "$.a[1].b was 2, is 3"),
    "a kind": ({"a": 1}, {"a": True}, "$.a was 1, is True"),
    "one that came": ({"a": 1}, {"a": 1, "b": 2}, "$.b was nothing, is 2"),
    "one that went": ([1, 2], [1], "$[1] was 2, is nothing"),
    "the first of two": ({"a": 1, "b": 1}, {"b": 2, "a": 2}, "$.a was 1, is 2"),
    "something long": ("x" * 300, "y", f"$ was '{'x' * 198}…, is 'y'"),
}


@pytest.mark.parametrize(("was", "is_now", "told"), VALUES.values(), ids=VALUES.keys())
def test_the_first_value_that_differs_is_told(was: object, is_now: object, told: str) -> None:
    assert first_value(was, is_now) == told


ROWS: list[dict[str, object]] = [
    {"device_id": "a", "rule_id": "r", "n": 1},
    {"device_id": "b", "rule_id": "s", "n": None},
]
TABLES: dict[str, tuple[list[dict[str, object]], list[dict[str, object]], str]] = {
    "the same": (ROWS, ROWS, ""),
    "a value": (ROWS, [ROWS[0], ROWS[1] | {"n": 2}], "device b rule s: n was None, is 2"),
    "one less": (ROWS, ROWS[:1], "row 2, device b rule s: was there, and is not"),
    "one more": (ROWS[:1], ROWS, "row 2, device b rule s: is there, and was not"),
    "of the fleet": ([{"device_id": "", "n": 1}], [{"device_id": "", "n": 2}], "device (the fleet): n was 1, is 2"),
    "columns": (ROWS, [{"device_id": "a"}], "has other columns"),
}


@pytest.mark.parametrize(("was", "is_now", "told"), TABLES.values(), ids=TABLES.keys())
def test_the_first_row_that_differs_is_told(
    tmp_path: Path, was: list[dict[str, object]], is_now: list[dict[str, object]], told: str
) -> None:
    for name, rows in (("was", was), ("is", is_now)):
        pl.DataFrame(rows, infer_schema_length=None).write_parquet(tmp_path / name)

    assert first_row(tmp_path / "was", tmp_path / "is") == told
