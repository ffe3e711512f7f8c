"""Packed files, standard input and patterns on the command line: judged, sealed, judged again, and redacted."""

import gzip
import hashlib
import io
import json
import os
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import GOOD, OLD, Ran

Run = Callable[..., Ran]
Export = Callable[..., Path]
DAY = ("--as-of", "2026-11-22")


@pytest.fixture
def piped(monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes], None]:
    def pipe(content: bytes) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))

    return pipe


@pytest.fixture
def archive(export: Export, tmp_path: Path) -> Path:
    """Give a ZIP with two exports, and a file that is none."""
    path = tmp_path / "exports.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("a/one.csv", export(GOOD, OLD).read_bytes())
        file.writestr("b/two.csv", export(GOOD).read_bytes())
        file.writestr("notes.txt", "Exported by hand.\n")
    return path


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def told(path: Path) -> dict[str, object]:
    """Return what a report says, but for what it says of the files that were read."""
    found: dict[str, object] = json.loads(path.read_text("utf-8"))
    return {"devices": found["devices"], "rules": [{**rule, "examples": None} for rule in found["rules"]]}  # type: ignore[attr-defined]


def test_standard_input_is_judged_as_the_file_would_be(
    run: Run, export: Export, piped: Callable[[bytes], None], tmp_path: Path
) -> None:
    path = export(GOOD, OLD)
    run("check", path, *DAY, "-o", tmp_path / "file.json")
    for content in (path.read_bytes(), gzip.compress(path.read_bytes())):
        piped(content)
        run("check", "-", *DAY, "-o", tmp_path / "piped.json", "--read-as", "advanced-hunting=-")
        assert told(tmp_path / "piped.json") == told(tmp_path / "file.json")
        (read,) = json.loads((tmp_path / "piped.json").read_text("utf-8"))["inputs"]
        assert (read["path"], read["sha256"]) == ("-", hashlib.sha256(content).hexdigest())


def test_standard_input_can_be_sealed_and_judged_again(
    run: Run, export: Export, piped: Callable[[bytes], None], tmp_path: Path
) -> None:
    piped(export(GOOD, OLD).read_bytes())
    run("check", "-", *DAY, "-o", tmp_path / "e.zip", "--include-inputs", "--quiet")
    ran = run("verify", tmp_path / "e.zip", "--replay")
    assert (ran.code, "judged again: report and tables are the same" in ran.out) == (0, True)
    with zipfile.ZipFile(tmp_path / "e.zip") as evidence:
        assert evidence.read("inputs/0001--") == export(GOOD, OLD).read_bytes()


def test_standard_input_is_read_once_and_only_where_something_is_piped(
    run: Run, piped: Callable[[bytes], None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    piped(b"")
    assert run("check", "-").err.startswith("-: is empty\n")
    piped(b"a")
    assert "-: is given twice, and standard input can be read once\n" in run("check", "-", "-").err
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    assert "-: is standard input, and nothing is piped into it\n" in run("check", "-").err
    (tmp_path / "e").mkdir()
    ran = run("verify", tmp_path / "e", "-")
    assert ran.code == 2


def test_an_archive_is_accounted_for_by_member_and_known_by_its_own_sha256(
    run: Run, archive: Path, tmp_path: Path
) -> None:
    run("check", archive, *DAY, "-o", tmp_path / "r.json", "-o", tmp_path / "r.sarif", "--quiet")
    inputs = json.loads((tmp_path / "r.json").read_text("utf-8"))["inputs"]
    assert [(entry["path"], entry["rows"]) for entry in inputs] == [
        (f"{archive}/a/one.csv", 2),
        (f"{archive}/b/two.csv", 1),
    ]
    assert {(entry["sha256"], entry["packed_in"]) for entry in inputs} == {(sha256(archive), str(archive))}
    assert f"1 member is in no format that is known, and not read: {archive}/notes.txt" in inputs[0]["notices"]
    artifacts = json.loads((tmp_path / "r.sarif").read_text("utf-8"))["runs"][0]["artifacts"]
    (packed,) = [item for item in artifacts if item.get("hashes") == {"sha-256": sha256(archive)}]
    members = [item for item in artifacts if "parentIndex" in item]
    assert [artifacts[item["parentIndex"]] for item in members] == [packed, packed]


@pytest.mark.parametrize("times", [1, 2])
def test_an_archive_is_sealed_once_and_judged_again(run: Run, archive: Path, tmp_path: Path, times: int) -> None:
    evidence = tmp_path / "evidence.zip"
    dated = ("--observed", f"{archive}/b/two.csv=2026-11-21")
    run("check", *[archive] * times, *DAY, *dated, "-o", evidence, "--include-inputs", "--quiet")
    with zipfile.ZipFile(evidence) as file:
        packed = [name for name in file.namelist() if name.startswith("inputs/")]
        assert packed == ["inputs/0001-exports.zip"]
        assert file.read(packed[0]) == archive.read_bytes()
    for again in (("--replay",), (archive,)):
        ran = run("verify", evidence, *again)
        assert "1 inputs have the SHA-256 that the report names" in ran.out
        assert "judged again: report and tables are the same, byte for byte" in ran.out
        assert ran.code == 0
    with zipfile.ZipFile(archive, "a") as file:
        file.writestr("more.txt", "x")
    assert run("verify", evidence, archive).code == 1


def test_exports_in_an_archive_are_redacted_one_by_one(run: Run, archive: Path, tmp_path: Path) -> None:
    key = tmp_path / "key"
    ran = run("redact", archive, "-o", f"{tmp_path}/out/", "--redact-key", key)
    assert ran.code == 0
    written = [Path(line) for line in ran.out.splitlines()]
    assert [path.suffix for path in written] == [".csv", ".csv"]
    assert all(path.read_bytes()[:3] == b"\xef\xbb\xbf" and b"contoso" not in path.read_bytes() for path in written)
    run("check", archive, *DAY, "-o", tmp_path / "a.json", "--quiet")
    run("check", *written, *DAY, "-o", tmp_path / "b.json", "--quiet")
    assert told(tmp_path / "a.json")["devices"] == told(tmp_path / "b.json")["devices"]


def test_a_redacted_report_names_no_member(run: Run, archive: Path, tmp_path: Path) -> None:
    run("check", archive, *DAY, "--redact", "--redact-key", tmp_path / "key", "-o", tmp_path / "r.json", "--quiet")
    text = (tmp_path / "r.json").read_text("utf-8")
    assert "not read: file-" in text
    assert not [name for name in ("exports", "one.csv", "two.csv", "notes") if name in text]


def test_a_pattern_that_no_shell_expanded_names_files(
    run: Run, export: Export, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "site/deep").mkdir(parents=True)
    for name in ("site/b.csv", "site/a.csv", "site/deep/c.csv", "site/.hidden.csv", "site/d.txt"):
        export(GOOD, name=name)

    def read(*given: str) -> list[str]:
        run("check", *given, *DAY, "-o", "r.json", "--quiet")
        return [entry["path"] for entry in json.loads(Path("r.json").read_text("utf-8"))["inputs"]]

    assert read("site/d*") == ["site/d.txt", "site/deep/c.csv"]
    Path("site/deep/up").symlink_to("..")
    assert read("site/*.csv") == ["site/a.csv", "site/b.csv"]
    assert read("site/[b-z].*") == ["site/b.csv", "site/d.txt"]
    assert read("site/**/*.csv") == ["site/a.csv", "site/b.csv", "site/deep/c.csv"]
    assert read(f"{tmp_path}/site/?.txt") == [f"{tmp_path}/site/d.txt"]
    assert run("check", "site/*.xml").err == "site/*.xml: no file fits this pattern\n"
    assert "is no pattern of files" in run("check", "site/**x").err
    Path("site/[1].csv").write_bytes(Path("site/a.csv").read_bytes())
    assert read("site/[1].csv") == ["site/[1].csv"]
    assert "is the input site/a.csv" in run("check", "site/*.csv", "-o", "findings:site/a.csv").err


def test_what_is_no_file_is_named_and_nothing_waits_for_it(run: Run, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("nowhere")
    (tmp_path / "loop").symlink_to("loop")
    hint = "  hint: of a pipe or device give - and its content as standard input\n"
    assert run("check", tmp_path / "pipe").err == f"{tmp_path}/pipe: cannot be read: it is no file\n{hint}"
    for name in ("link", "loop"):
        assert run("check", tmp_path / name).err == f"{tmp_path}/{name}: cannot be read: it is a link to nothing\n"
