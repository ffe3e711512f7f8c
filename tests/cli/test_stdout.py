"""``-o KIND:-``: one report on standard output, with nothing else; unwritable places are told first."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import GOOD, OLD, WAVES, Ran

ROOT = Path(__file__).parents[2]
Run = Callable[..., Ran]
Write = Callable[..., Path]
DAY = ("--as-of", "2026-11-23")
posix = pytest.mark.skipif(not Path("/dev/stdout").exists(), reason="needs /dev/stdout and a shell")
SIMPLE = [
    *("junit", "sarif", "sarif-full", "json", "html", "markdown", "gitlab", "workbook", "oscal"),
]


def shell(arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = ["bash", "-c", f"{sys.executable} -m checker {arguments}"]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)


@posix
@pytest.mark.parametrize("name", ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"])
@pytest.mark.parametrize("redirected", ["", "| cat", "> r.txt; code=$?; cat r.txt; exit $code"])
def test_a_report_goes_to_standard_output_alone(export: Write, tmp_path: Path, name: str, redirected: str) -> None:
    export(OLD)
    assert shell("check hunting.csv --as-of 2026-11-23 -o r.json --quiet", tmp_path).returncode == 1
    ran = shell(f"check hunting.csv --as-of 2026-11-23 -o json:{name} -o r.xml {redirected}", tmp_path)
    assert ran.stderr == ""
    assert ran.stdout == (tmp_path / "r.json").read_text(encoding="utf-8")
    assert (
        {"hunting.csv", "r.json", "r.xml"}
        <= {item.name for item in tmp_path.iterdir()}
        <= {*("hunting.csv", "r.json", "r.xml", "r.txt")}
    )


@pytest.mark.parametrize("kind", SIMPLE)
def test_the_same_bytes_as_in_a_file(
    export: Write, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    from checker.cli.main import main

    path = export(GOOD, OLD)
    for place in (f"{tmp_path / 'report'}", "-"):
        monkeypatch.setattr("sys.argv", ["mde-readiness", "check", str(path), *DAY, "--quiet", "-o", f"{kind}:{place}"])
        with pytest.raises(SystemExit):
            main()
    captured = capfdbinary.readouterr()
    assert (captured.out, captured.err) == ((tmp_path / "report").read_bytes(), b"")


@pytest.mark.parametrize("command", ["check", "plan", "gate", "report"])
def test_every_command_that_reports_can(
    run: Run, export: Write, governing: Write, tmp_path: Path, command: str
) -> None:
    path = export(GOOD)
    if command == "report":
        tables = [f"--output={kind}:{tmp_path}/{kind}.parquet" for kind in ("devices", "findings")]
        run("check", path, *DAY, "-o", tmp_path / "r.json", *tables)
        ran = run("report", tmp_path / "r.json", "-o", "json:-")
    else:
        more = ("--waves", governing(WAVES), "--wave", "pilot") if command == "gate" else ()
        ran = run(command, path, *DAY, "-o", "json:-", *more)
    assert json.loads(ran.out)["schema"] == "mde-readiness/report/v1"


def test_nothing_lies_beside_standard_output(run: Run, export: Write, tmp_path: Path) -> None:
    ran = run("check", export(GOOD), *DAY, "-o", "json:-", "-o", f"devices:{tmp_path / 'd.parquet'}")
    assert json.loads(ran.out)["tables"] == []
    assert (tmp_path / "d.parquet").stat().st_size


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (
            ["--output=json:-", "--output=junit:-"],
            "--output junit:-: standard output takes one report\n  hint: write the others",
        ),
        (
            ["--output=json:-", "--ci=auto"],
            "--ci auto: is told on standard output, as json:- is\n  hint: write it to a file",
        ),
        (
            ["--output=-"],
            "--output -: standard output has no ending that says what to write\n  hint: one of junit:-,",
        ),
        (["--output=findings:-"], "--output findings:-: standard output has no ending that says what to write\n"),
        (["--output=devices:/dev/stdout"], "--output devices:/dev/stdout: standard output has no ending"),
    ],
)
def test_what_standard_output_cannot_take(run: Run, export: Write, options: list[str], said: str) -> None:
    ran = run("check", export(GOOD), *DAY, *options)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(said)


def test_no_terminal_is_sent_a_workbook(run: Run, export: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    ran = run("check", export(GOOD), *DAY, "-o", "workbook:-")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "--output workbook:-: is nothing for a terminal to show\n  hint: pipe it, or name a file\n"


@posix
@pytest.mark.parametrize(
    ("redirected", "said"),
    [
        ("> /dev/full", "the report on standard output cannot be written: No space left on device\n"),
        (">&-", "the report on standard output cannot be written: standard output is closed\n"),
        ("| true; exit ${PIPESTATUS[0]}", ""),
    ],
)
def test_a_report_that_nobody_takes_is_exit_2(export: Write, tmp_path: Path, redirected: str, said: str) -> None:
    export(*[OLD] * 5)
    ran = shell(f"check hunting.csv --as-of 2026-11-23 -o html:- {redirected}", tmp_path)
    assert (ran.returncode, ran.stdout, ran.stderr) == (2, "", said)


@posix
def test_another_pipe_is_no_plain_file(export: Write, tmp_path: Path) -> None:
    export(GOOD)
    ran = shell("check hunting.csv -o json:/dev/stderr", tmp_path)
    assert (ran.returncode, ran.stdout) == (2, "")
    hint = "name a file, or - for standard output"
    assert ran.stderr == f"--output json:/dev/stderr: is there already and is no plain file\n  hint: {hint}\n"


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs /proc, where nobody may write")
def test_places_that_cannot_be_written_to_are_told_before_the_run_all_at_once(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("checker.cli.run.run_check", None)  # nothing is read
    (tmp_path / "file").write_text("")
    wanted = ["/proc/r.json", "findings:/proc/new/f/", f"{tmp_path}/file/r.xml", f"{tmp_path}/new/folder/r.md"]
    ran = run("check", "hunting.csv", *DAY, *(f"--output={place}" for place in wanted))
    assert ran.code == 2
    assert ran.err.splitlines()[::2] == [
        "--output /proc/r.json: cannot be written: No such file or directory",
        "--output findings:/proc/new/f/: cannot be written: No such file or directory",
        f"--output {tmp_path}/file/r.xml: cannot be written: Not a directory",
    ]
    assert ran.err.splitlines()[1] == "  hint: choose a folder in which files can be made"
    assert [item.name for item in tmp_path.iterdir()] == ["file"]
