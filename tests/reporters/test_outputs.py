"""``-o`` says what is written where; what it cannot mean is an error that lists the choices."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from checker.errors import OutputError, UsageError
from checker.model.record import Rejected
from checker.model.result import Result
from checker.reporters.kinds import KINDS
from checker.reporters.outputs import Output, parse_outputs, write_all

from .plans import plan, some_rows


def parsed(spec: str) -> tuple[str, str]:
    (output,) = parse_outputs([spec])
    return output.kind, output.path.name


@pytest.mark.parametrize(
    ("spec", "kind", "name"),
    [
        ("out.xml", "junit", "out.xml"),
        ("out.sarif", "sarif", "out.sarif"),
        ("OUT.SARIF", "sarif", "OUT.SARIF"),
        ("out.sarif.json", "sarif", "out.sarif.json"),
        ("out.json", "json", "out.json"),
        ("junit:results", "junit", "results"),
        ("sarif-full:all.sarif", "sarif-full", "all.sarif"),
        ("json:report.txt", "json", "report.txt"),
        ("findings:f.ndjson", "findings", "f.ndjson"),
        ("devices:d.parquet", "devices", "d.parquet"),
        ("devices:d.xlsx", "devices", "d.xlsx"),
        ("out.xlsx", "workbook", "out.xlsx"),
        ("weird:name.json", "json", "weird:name.json"),
        (r"C:\reports\out.json", "json", r"C:\reports\out.json"),
    ],
)
@pytest.mark.skipif(os.name == "nt", reason="colons and backslashes are not of names there")
def test_a_spec_says_kind_and_file(spec: str, kind: str, name: str) -> None:
    assert parsed(spec) == (kind, name)


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("out.csv", "findings:FILE.ndjson"),
        ("out.ndjson", "devices:FILE.parquet"),
        ("finding:out.parquet", "did you mean 'findings:'?"),
        ("findings:out.tsv", "findings:FILE.csv or findings:FILE.ndjson or findings:FILE.parquet"),
        ("finding:out.xlsx", "did you mean 'findings:'?"),
        (
            "findings:out",
            "a file without ending\n  hint: findings:out/ for a folder of Parquet files, or findings:FILE.csv",
        ),
        (
            "out.rtf",
            "KIND:FILE with KIND one of junit, sarif, sarif-full, json, html, markdown, gitlab, findings",
        ),
        ("out", "FILE.sarif, FILE.xml, FILE.json, FILE.xlsx, FILE.html"),
        ("junit:", "names no file"),
        ("", "names no file"),
    ],
)
def test_what_cannot_be_written_is_an_error_with_the_choices(spec: str, said: str) -> None:
    with pytest.raises(UsageError) as error:
        parse_outputs([spec])
    assert said in str(error.value)
    assert f"--output {spec}" in str(error.value)


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(UsageError) as error:
        parse_outputs(["a.csv", "fine.json", "b.pdf"])
    assert len(error.value.problems) == 2


def test_an_input_is_never_an_output_by_whatever_name(tmp_path: Path) -> None:
    given = tmp_path / "devices.json"
    given.write_text("[]")
    (tmp_path / "soft.json").symlink_to(given)
    (tmp_path / "hard.json").hardlink_to(given)
    (tmp_path / "folder").mkdir()
    for name in ("devices.json", "soft.json", "hard.json", "folder/../devices.json"):
        with pytest.raises(UsageError, match="is the input"):
            parse_outputs([str(tmp_path / name)], [given])
    with pytest.raises(UsageError, match="is the input"):
        parse_outputs([str(tmp_path / "later.json")], [str(tmp_path / "folder" / ".." / "later.json")])
    assert parse_outputs([str(tmp_path / "other.json")], [given])


def test_nothing_is_written_into_a_folder_of_inputs(tmp_path: Path) -> None:
    (tmp_path / "exports").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "exports")
    for name in ("exports/out.json", "exports/new/out.json", "link/out.json"):
        with pytest.raises(UsageError, match="lies in the input"):
            parse_outputs([str(tmp_path / name)], [tmp_path / "exports"])
    assert parse_outputs([str(tmp_path / "exports.json")], [tmp_path / "exports"])


def test_two_outputs_are_two_files(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="another output"):
        parse_outputs([str(tmp_path / "a.json"), f"sarif:{tmp_path}/./a.json"])


def test_what_is_no_plain_file_is_not_written_over(tmp_path: Path) -> None:
    folder = tmp_path / "folder.json"
    folder.mkdir()
    for path in (str(folder), "json:/dev/null"):
        with pytest.raises(UsageError, match="no plain file"):
            parse_outputs([path])


def test_every_kind_and_ending_writes_a_file(tmp_path: Path) -> None:
    bad = Rejected("exports/devices.csv", 7, 8, "has 3 fields, too few: the header has 4", "a,b,c")
    small = replace(plan(tmp_path, some_rows()), rejected=(bad,))
    specs = [f"{kind}:{tmp_path}/new/folder/{kind}{ending}" for kind, writers in KINDS.items() for ending in writers]
    write_all(small, parse_outputs(specs))
    written = sorted(path.name for path in (tmp_path / "new" / "folder").iterdir())
    assert written == sorted(spec.rsplit("/", 1)[1] for spec in specs)
    assert all(path.stat().st_size for path in (tmp_path / "new" / "folder").iterdir())


def test_the_same_result_gives_the_same_bytes(small: Result, tmp_path: Path) -> None:
    for folder in ("one", "two"):
        specs = [f"{kind}:{tmp_path}/{folder}/{kind}{ending}" for kind, writers in KINDS.items() for ending in writers]
        write_all(small, parse_outputs(specs))
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()


def test_a_link_is_followed_and_stays(small: Result, tmp_path: Path) -> None:
    target = tmp_path / "real.json"
    target.write_text("old")
    link = tmp_path / "link.json"
    link.symlink_to(target)
    write_all(small, parse_outputs([str(link)]))
    assert link.is_symlink()
    assert target.read_text().startswith("{")


def test_a_writer_that_fails_leaves_every_old_file(small: Result, tmp_path: Path) -> None:
    def fail(_result: object, _stream: object) -> None:
        raise OSError(28, "No space left on device")

    old = tmp_path / "old.json"
    old.write_text("old")
    (fine,) = parse_outputs([str(old)])
    broken = Output("json", tmp_path / "broken.json", fail)
    with pytest.raises(OutputError) as error:
        write_all(small, [fine, broken])
    assert str(error.value) == f"{broken.path}: cannot be written: No space left on device"
    assert [path.name for path in tmp_path.iterdir() if path.suffix != ""] == ["old.json"]
    assert old.read_text() == "old"


def test_an_input_behind_a_link_in_a_folder_is_never_an_output(tmp_path: Path) -> None:
    folder, other = tmp_path / "exports", tmp_path / "other"
    (folder / "deeper").mkdir(parents=True)
    other.mkdir()
    (tmp_path / "real.csv").write_text("x")
    (folder / "deeper" / "h.csv").symlink_to(tmp_path / "real.csv")
    (folder / "linked").symlink_to(other)
    (folder / "deeper" / "round").symlink_to(folder)
    with pytest.raises(UsageError, match=r"is the input .*deeper/h\.csv"):
        parse_outputs([f"json:{tmp_path}/real.csv"], [folder])
    with pytest.raises(UsageError, match=r"lies in the input .*linked"):
        parse_outputs([f"{other}/new.json"], [folder])


def test_a_link_that_leads_round_is_no_output(tmp_path: Path) -> None:
    (tmp_path / "round.json").symlink_to(tmp_path / "round.json")
    with pytest.raises(UsageError, match=r"round\.json: cannot be written: Too many levels of symbolic links"):
        parse_outputs([f"{tmp_path}/round.json"], [tmp_path / "absent"])


def test_a_folder_that_may_not_be_entered_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_path: Path) -> bool:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "exists", refuse)  # root, as whom tests may run, is never refused
    with pytest.raises(UsageError, match="cannot be written: Permission denied\n  hint: name another file"):
        parse_outputs([f"{tmp_path}/r.json"])
