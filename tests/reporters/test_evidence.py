"""Evidence holds the whole result and what it was made with, in the same bytes each time, or it is not written."""

import hashlib
import json
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from checker.errors import OutputError
from checker.model.notes import CriterionNote, FileNote
from checker.model.provenance import Original, Provenance
from checker.model.result import Result, Summary
from checker.reporters.evidence.archive import write_folder, write_zip
from checker.reporters.evidence.statement import PREDICATE_TYPE, statement

from .fleets import fleet
from .results import build, summary
from .rollouts import PILOT

ALWAYS = {
    "SHA256SUMS",
    "devices.parquet",
    "findings.parquet",
    "manifest.json",
    "report.json",
    "run.json",
    "statement.json",
}


@pytest.fixture
def result(tmp_path: Path) -> Result:
    return build(tmp_path / "tables", fleet())


def zipped(result: Result) -> bytes:
    stream = BytesIO()
    write_zip(result, stream)
    return stream.getvalue()


def contents(result: Result) -> dict[str, bytes]:
    with ZipFile(BytesIO(zipped(result))) as archive:
        return {entry.filename: archive.read(entry) for entry in archive.infolist()}


def original(folder: Path, kind: str, member: str, content: bytes = b"x\r\n") -> Original:
    path = folder / Path(member).name
    path.write_bytes(content)
    return Original(kind, member, f"given/{path.name}", path, hashlib.sha256(content).hexdigest())


def test_the_same_result_gives_the_same_bytes(result: Result) -> None:
    assert zipped(result) == zipped(result)


def test_rows_cut_otherwise_give_the_same_bytes(tmp_path: Path) -> None:
    one, two = (build(tmp_path / str(parts), fleet(), parts=parts) for parts in (1, 3))

    assert zipped(one) == zipped(two)


def test_folder_and_file_hold_the_same(result: Result, tmp_path: Path) -> None:
    folder = tmp_path / "evidence"
    folder.mkdir()
    write_folder(result, folder)
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    assert found == contents(result)


def test_what_a_result_has_not_is_left_out(result: Result) -> None:
    assert set(contents(result)) == ALWAYS | {"cases.parquet"}
    assert set(contents(replace(result, cases=None))) == ALWAYS


def test_the_manifest_lists_everything_as_it_is(result: Result, tmp_path: Path) -> None:
    packed = original(tmp_path, "waves", "waves.yaml")
    found = contents(replace(result, provenance=Provenance(originals=(packed,))))
    listed = {entry["path"]: entry for entry in json.loads(found["manifest.json"])["files"]}

    assert set(listed) == set(found) - {"manifest.json", "statement.json"}
    for name, entry in listed.items():
        assert (entry["sha256"], entry["size"]) == (hashlib.sha256(found[name]).hexdigest(), len(found[name]))
    assert (listed["waves.yaml"]["kind"], listed["waves.yaml"]["shown"]) == ("waves", "given/waves.yaml")
    assert found["waves.yaml"] == b"x\r\n"


def test_the_sums_are_those_of_everything_listed_before(result: Result) -> None:
    found = contents(result)
    lines = (line.split("  ") for line in found["SHA256SUMS"].decode().splitlines())

    assert {name: digest for digest, name in lines} == {
        name: hashlib.sha256(content).hexdigest()
        for name, content in found.items()
        if name not in ("SHA256SUMS", "manifest.json", "statement.json")
    }


def test_the_report_names_its_tables_with_their_sha256(result: Result) -> None:
    found = contents(result)
    tables = json.loads(found["report.json"])["tables"]

    assert [table["kind"] for table in tables] == ["devices", "findings", "cases"]
    assert [table["sha256"] for table in tables] == [
        hashlib.sha256(found[table["path"]]).hexdigest() for table in tables
    ]


@pytest.mark.parametrize("change", ["content", "gone"])
def test_a_file_that_is_not_as_it_was_read_is_refused(result: Result, tmp_path: Path, change: str) -> None:
    packed = original(tmp_path, "input", "inputs/0001-hunting.csv")
    packed.path.write_bytes(b"y") if change == "content" else packed.path.unlink()

    with pytest.raises(
        OutputError, match=r"given/0001-hunting.csv: (changed since the run read it|was read by the run)"
    ):
        zipped(replace(result, provenance=Provenance(originals=(packed,))))


def test_evidence_of_a_redacted_result_holds_no_names(result: Result, tmp_path: Path) -> None:
    """Rules are packed: they hold none. What governs, inputs, paths and conditions hold names: they are not."""
    kinds = {"pack": "pack/pack.yaml", "waivers": "waivers.yaml", "input": "inputs/0001-secret.csv"}
    provenance = Provenance(
        ("check", "secret.csv"),
        {"inventory": ["secret.csv"]},
        originals=tuple(original(tmp_path, kind, member) for kind, member in kinds.items()),
    )
    hidden = replace(result.summary, redacted="0123456789ab")
    found = contents(replace(result, summary=hidden, provenance=provenance))

    assert set(found) == ALWAYS | {"cases.parquet", "pack/pack.yaml"}
    assert not [name for name, content in found.items() if b"secret.csv" in content]
    assert json.loads(found["run.json"])["redacted"] is True


def test_a_signature_is_over_the_statement(result: Result) -> None:
    found = contents(replace(result, provenance=Provenance(sign=lambda said: b"signed " + said)))

    assert found["statement.dsse.json"] == b"signed " + found["statement.json"]


def said(told: Summary) -> dict[str, object]:
    predicate: dict[str, object] = statement(told, (), "ab" * 32)["predicate"]
    return predicate


@pytest.mark.parametrize(("code", "word"), [(0, "PASSED"), (1, "FAILED"), (3, "WARNED")])
def test_the_statement_s_result_follows_the_exit_code(code: int, word: str) -> None:
    assert said(summary(fleet(), exit_code=code))["result"] == word


def test_the_statement_is_about_the_manifest_first(result: Result) -> None:
    found = contents(result)
    told = json.loads(found["statement.json"])

    assert told["predicateType"] == PREDICATE_TYPE
    assert told["subject"][0] == {
        "name": "manifest.json",
        "digest": {"sha256": hashlib.sha256(found["manifest.json"]).hexdigest()},
    }
    inputs = [each for each in told["subject"] if each["name"].startswith("input:")]
    assert [each["digest"]["sha256"] for each in inputs] == [each.sha256 for each in result.summary.inputs]


def test_the_statement_s_configuration_names_what_governed() -> None:
    told = summary(fleet(), governed_by=(FileNote("waivers", "w.yaml", "cd" * 32),))

    assert said(told)["configuration"] == [{"name": "waivers:w.yaml", "digest": {"sha256": "cd" * 32}}]


TESTS = {  # passed, failed, unknown, waived, of them failed, severity -> the list
    "passes": (3, 0, 0, 0, 0, "blocker", "passedTests"),
    "fails": (3, 1, 0, 0, 0, "blocker", "failedTests"),
    "fails, waived": (3, 1, 0, 1, 1, "blocker", "warnedTests"),
    "fails twice, waived once": (3, 2, 0, 1, 1, "blocker", "failedTests"),
    "fails below the threshold": (3, 1, 0, 0, 0, "minor", "warnedTests"),
    "unknown": (3, 0, 1, 0, 0, "blocker", "warnedTests"),
    "fails, an unknown waived": (3, 1, 1, 1, 0, "blocker", "failedTests"),
    "applies to none": (0, 0, 0, 0, 0, "blocker", None),
}


@pytest.mark.parametrize("case", TESTS.values(), ids=TESTS.keys())
def test_rules_are_tests(case: tuple[int, int, int, int, int, str, str | None]) -> None:
    passed, failed, unknown, waived, waived_failed, severity, wanted = case
    made = summary(fleet(), fail_on="blocker", phase="all")
    rule = replace(
        made.rules[0],
        passed=passed,
        failed=failed,
        unknown=unknown,
        waived=waived,
        waived_failed=waived_failed,
        severity=severity,
    )
    told = said(replace(made, rules=(rule,)))

    assert {name for name in ("passedTests", "warnedTests", "failedTests") if told[name]} == (
        {wanted} if wanted else set()
    )


def test_criteria_of_the_gated_wave_are_tests() -> None:
    criteria = tuple(CriterionNote(word.lower(), "t", "l", "f", word) for word in ("MET", "MISSED", "UNDETERMINED"))
    gated, other = (replace(PILOT, criteria=criteria, gated=gate) for gate in (True, False))
    told = said(replace(summary(fleet()), rules=(), waves=(gated, other)))

    assert [told[name] for name in ("passedTests", "failedTests", "warnedTests")] == [
        ["gate/met"],
        ["gate/missed"],
        ["gate/undetermined"],
    ]


def test_members_are_the_same_wherever_they_are_packed(result: Result) -> None:
    with ZipFile(BytesIO(zipped(result))) as archive:
        entries = archive.infolist()

    assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}
    assert {entry.external_attr >> 16 for entry in entries} == {0o100644}
    assert {entry.create_system for entry in entries} == {3}
