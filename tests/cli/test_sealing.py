"""The options of evidence, where it may be written, and what can be made of it later."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.contoso import working_in

from .conftest import GOOD, OLD, Ran

Run = Callable[..., Ran]
Export = Callable[..., Path]


@pytest.mark.parametrize("words", [("--sign", "key.pem"), ("--include-inputs",)], ids=["sign", "inputs"])
def test_options_of_evidence_without_any_are_refused(run: Run, export: Export, words: tuple[str, ...]) -> None:
    ran = run("check", export(GOOD), *words)

    assert ran.code == 2
    assert f"{words[0]}: is about evidence, and none is written" in ran.err


def test_inputs_do_not_go_with_pseudonyms(run: Run, export: Export, tmp_path: Path) -> None:
    words = ("--redact", "--redact-key", tmp_path / "k", "--include-inputs", "-o", tmp_path / "e.zip")
    ran = run("check", export(GOOD), *words)

    assert ran.code == 2
    assert "--include-inputs: does not go with --redact" in ran.err
    assert not (tmp_path / "e.zip").exists()


def test_inputs_that_spark_alone_reaches_are_in_no_evidence(run: Run, export: Export, tmp_path: Path) -> None:
    far = ("table:devices", "s3a://exports/devices.csv")
    ran = run("check", *far, export(GOOD), "--engine", "spark", "--include-inputs", "-o", tmp_path / "e.zip")

    what, hint = "inputs at URIs and tables cannot be included in evidence", "leave --include-inputs out"
    assert (ran.code, ran.err) == (2, "".join(f"{path}: {what}\n  hint: {hint}\n" for path in far))
    assert not (tmp_path / "e.zip").exists()


def test_the_command_line_and_what_ran_are_told(run: Run, export: Export, tmp_path: Path) -> None:
    words = ("check", export(GOOD), "--as-of", "2026-11-22", "-o", tmp_path / "e.zip")
    run(*words)
    with ZipFile(tmp_path / "e.zip") as archive:
        told = json.loads(archive.read("run.json"))

    assert told["command"] == ["mde-readiness", *map(str, words)]
    assert set(told["versions"]) == {"python", "numpy", "polars", "PyYAML", "packaging"}
    assert "unknown" not in told["versions"].values()


def test_inputs_are_packed_only_if_asked(run: Run, export: Export, tmp_path: Path) -> None:
    given = export(GOOD, name="Geräte ü.csv")
    for name, words in (("without", ()), ("with", ("--include-inputs",))):
        run("check", given, "--as-of", "2026-11-22", "-o", tmp_path / f"{name}.zip", *words)
    found = {}
    for name in ("without", "with"):
        with ZipFile(tmp_path / f"{name}.zip") as archive:
            found[name] = {entry: archive.read(entry) for entry in archive.namelist()}

    assert not [name for name in found["without"] if name.startswith("inputs/")]
    assert found["with"]["inputs/0001-Ger_te_.csv"] == given.read_bytes()
    assert set(found["with"]) - set(found["without"]) == {"inputs/0001-Ger_te_.csv"}


def test_a_folder_must_be_new_or_empty(run: Run, export: Export, tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    given = export(GOOD)
    assert run("check", given, "--quiet", "-o", f"evidence:{tmp_path}/there/").code == 3
    before = {path: path.read_bytes() for path in (tmp_path / "there").rglob("*") if path.is_file()}
    ran = run("check", given, "--quiet", "-o", f"evidence:{tmp_path}/there/")

    assert ran.code == 2
    assert "is a folder that holds something" in ran.err
    assert {path: path.read_bytes() for path in (tmp_path / "there").rglob("*") if path.is_file()} == before


PLACES = {
    "a folder without its mark": (("evidence:{}/there",), "end it with /"),
    "a file": (("evidence:{}/hunting.csv/",), "is there already and is no folder"),
    "another output in it": (("evidence:{}/new/", "{}/new/junit.xml"), "lies in a folder that another output makes"),
    "it in another": (("{}/new/deep/junit.xml", "evidence:{}/new/"), "lies in a folder that another output makes"),
    "twice": (("evidence:{}/new/", "evidence:{}/new/"), "is the file of another output"),
    "no name": (("evidence:",), "names no file"),
}


@pytest.mark.parametrize(("outputs", "what"), PLACES.values(), ids=PLACES.keys())
def test_places_that_do_not_fit_are_told(
    run: Run, export: Export, tmp_path: Path, outputs: tuple[str, ...], what: str
) -> None:
    (tmp_path / "there").mkdir()
    before = sorted(tmp_path.rglob("*"))
    given = export(GOOD)
    ran = run("check", given, *(word for each in outputs for word in ("-o", each.format(tmp_path))))

    assert ran.code == 2
    assert what in ran.err
    assert sorted(tmp_path.rglob("*")) == sorted([*before, given])


def test_whole_or_not_at_all(run: Run, export: Export, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that cannot be put in its place takes the folder, which was there by then, with it."""
    given = export(GOOD)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "junit.xml").write_text("old")
    real = Path.replace

    def refuse(self: Path, target: Path) -> Path:
        if Path(target).name == "junit.xml" and self.read_bytes() != b"old":
            raise PermissionError(13, os.strerror(13))
        return real(self, target)

    monkeypatch.setattr(Path, "replace", refuse)
    ran = run("check", given, "-o", tmp_path / "out" / "junit.xml", "-o", f"evidence:{tmp_path}/out/evidence/")

    assert ran.code == 2
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["junit.xml"]
    assert (tmp_path / "out" / "junit.xml").read_text() == "old"


def test_a_pack_that_changed_meanwhile_is_refused(
    run: Run, export: Export, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("checker.evidence.originals.pack_sha256", lambda _: "0" * 64)
    ran = run("check", export(GOOD), "-o", tmp_path / "e.zip")

    assert ran.code == 2
    assert "rules/streamlined-connectivity: changed since the run read it" in ran.err
    assert not (tmp_path / "e.zip").exists()


def test_every_report_can_be_written_from_evidence(run: Run, export: Export, tmp_path: Path) -> None:
    """The tables of cases and plan are in it: JUnit tells each case, and plans can be written, as in the run."""
    outputs = ("-o", "junit.xml", "-o", "p.sarif", "-o", "sarif-full:a.sarif", "-o", "plan:p.md", "-o", "plan:p.csv")
    given = export(GOOD, OLD)
    for folder in ("run", "later"):
        (tmp_path / folder).mkdir()
    with working_in(tmp_path / "run"):
        run("check", given, "--as-of", "2026-11-22", "--quiet", "-o", "../e.zip", *outputs)
    with working_in(tmp_path / "later"):
        ran = run("report", "../e.zip", *outputs)

    assert (ran.code, ran.err) == (0, "")
    for name in outputs[1::2]:
        name = name.rpartition(":")[2]
        assert (tmp_path / "later" / name).read_bytes() == (tmp_path / "run" / name).read_bytes(), name


def test_evidence_comes_from_a_run(run: Run, export: Export, tmp_path: Path) -> None:
    run("check", export(GOOD), "--quiet", "-o", tmp_path / "e.zip")
    ran = run("report", tmp_path / "e.zip", "-o", tmp_path / "f.zip")

    assert ran.code == 2
    assert "evidence is written by the run itself" in ran.err


def test_a_result_that_changed_is_not_reported(run: Run, export: Export, tmp_path: Path) -> None:
    run("check", export(GOOD), "--quiet", "-o", f"evidence:{tmp_path}/e/")
    report = tmp_path / "e" / "report.json"
    report.write_bytes(report.read_bytes().replace(b'"total": 1', b'"total": 2'))
    ran = run("report", tmp_path / "e")

    assert ran.code == 2
    assert f"{tmp_path}/e: report.json: has the SHA-256" in ran.err
    assert "mde-readiness verify" in ran.err
