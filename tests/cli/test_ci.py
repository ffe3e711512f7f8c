"""``--ci`` tells the server that the run is in, and only that; what the server does not take changes no exit code."""

from collections.abc import Callable
from pathlib import Path

import pytest

from checker.cli.echo import harmless
from tests.cli.conftest import GOOD, OLD, WAVES, Ran

Run = Callable[..., Ran]
Write = Callable[..., Path]
DAY = ("--as-of", "2026-11-23")
VARIABLES = ("GITHUB_ACTIONS", "TF_BUILD", "GITLAB_CI", "GITHUB_STEP_SUMMARY", "AGENT_TEMPDIRECTORY")


@pytest.fixture(autouse=True)
def nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:  # these tests may themselves run in a job
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def github(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    return tmp_path / "summary.md"


@pytest.fixture
def azure(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TF_BUILD", "True")
    monkeypatch.setenv("AGENT_TEMPDIRECTORY", str(folder))
    return folder


@pytest.mark.parametrize("wanted", ["auto", "github"])
def test_github_gets_annotations_and_a_summary(wanted: str, run: Run, export: Write, github: Path) -> None:
    github.write_text("# What the step wrote before\n", encoding="utf-8")
    plain = run("check", export(GOOD, OLD), *DAY)
    ran = run("check", export(GOOD, OLD), *DAY, "--ci", wanted)
    assert (ran.code, ran.err) == (plain.code, "") == (1, "")
    commands = ran.out.removeprefix(plain.out).splitlines()
    assert commands
    assert all(line.startswith(("::error ", "::warning ", "::notice ")) for line in commands)
    assert f"file={export(GOOD, OLD)}" in commands[0].replace("%3A", ":")
    assert ",line=3,title=sc." in commands[0]
    text = github.read_text(encoding="utf-8")
    assert text.startswith("# What the step wrote before\n\n# ❌ ")
    assert "## Inputs" in text


@pytest.mark.parametrize(("wave", "code", "sign"), [("pilot", 0, "✅ PROMOTE"), ("broad", 1, "❌ HOLD")])
def test_a_gate_tells_its_decision(
    wave: str, code: int, sign: str, run: Run, fleet: tuple[Path, Path], governing: Write, github: Path
) -> None:
    ran = run("gate", *fleet, *DAY, "--waves", governing(WAVES), "--wave", wave, "--quiet", "--ci", "auto")
    assert ran.code == code
    assert github.read_text(encoding="utf-8").startswith(f"# {sign}: ")
    assert ("::error title=wave broad%3A ready::MISSED" in ran.out) == (wave == "broad")


@pytest.mark.parametrize(
    ("server", "variable"), [("github", "GITHUB_ACTIONS"), ("azure", "TF_BUILD"), ("gitlab", "GITLAB_CI")]
)
def test_outside_a_server_nothing_is_told_to_it(server: str, variable: str, run: Run, export: Write) -> None:
    plain = run("check", export(GOOD), *DAY)
    ran = run("check", export(GOOD), *DAY, "--ci", server)
    assert (ran.code, ran.out) == (plain.code, plain.out)
    assert f"--ci {server}: nothing is told: {variable} is not 'true'" in ran.err


@pytest.mark.parametrize("wanted", ["auto", "none", None])
def test_nobody_is_told_where_nobody_is(wanted: str | None, run: Run, export: Write) -> None:
    plain = run("check", export(GOOD), *DAY)
    ran = run("check", export(GOOD), *DAY, *(("--ci", wanted) if wanted else ()))
    assert (ran.code, ran.out, ran.err) == (plain.code, plain.out, "")


def test_without_the_option_a_server_is_told_nothing(run: Run, export: Write, github: Path) -> None:
    assert "::" not in run("check", export(OLD), *DAY).out
    assert not github.exists()


@pytest.mark.parametrize("broken", ["no variable", "no folder", "full"])
def test_a_summary_that_is_not_taken_changes_no_exit_code(
    broken: str, run: Run, export: Write, github: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if broken == "no variable":
        monkeypatch.delenv("GITHUB_STEP_SUMMARY")
    elif broken == "no folder":
        monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(github.parent / "absent" / "summary.md"))
    else:
        github.write_bytes(b"x" * 899_900)
    ran = run("check", export(OLD), *DAY, "--ci", "github")
    assert ran.code == 1
    assert ran.out.count("::error ")
    assert ran.err.startswith("warning: the job summary is not written: ")
    assert not github.exists() or github.stat().st_size == 899_900


def test_summaries_of_one_step_stay_together_below_the_limit(run: Run, export: Write, github: Path) -> None:
    github.write_bytes(b"x" * 895_000)
    assert run("check", export(OLD), *DAY, "--ci", "github").err == ""
    assert 895_000 < github.stat().st_size <= 900_000
    assert "left out, so that this stays short" in github.read_text(encoding="utf-8")


def test_azure_gets_issues_and_a_summary_of_its_own(run: Run, export: Write, azure: Path) -> None:
    for number in (1, 2):
        ran = run("check", export(GOOD, OLD), *DAY, "--quiet", "--ci", "auto")
        assert (ran.code, ran.err) == (1, "")
        *issues, upload = ran.out.splitlines()
        assert issues
        assert all(line.startswith("##vso[task.logissue type=") for line in issues)
        name = "mde-readiness.md" if number == 1 else f"mde-readiness-{number}.md"
        assert upload == f"##vso[task.uploadsummary]{azure.resolve() / name}"
        assert (azure / name).read_text(encoding="utf-8").startswith("# ❌ ")


def test_azure_gets_the_markdown_that_was_written(run: Run, export: Write, azure: Path, tmp_path: Path) -> None:
    ran = run("check", export(OLD), *DAY, "--ci", "azure", "-o", tmp_path / "report.md")
    assert ran.out.endswith(f"##vso[task.uploadsummary]{(tmp_path / 'report.md').resolve()}\n")
    assert list(azure.iterdir()) == []


@pytest.mark.parametrize("folder", ["", "absent"])
def test_azure_without_a_folder_is_told_the_issues(
    folder: str, run: Run, export: Write, azure: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AGENT_TEMPDIRECTORY", folder and str(azure / folder))
    ran = run("check", export(OLD), *DAY, "--ci", "azure")
    assert ran.code == 1
    assert "##vso[task.logissue" in ran.out
    assert "uploadsummary" not in ran.out
    assert ran.err.startswith("warning: the summary is not ")


def test_gitlab_is_told_by_artifacts(run: Run, export: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITLAB_CI", "true")
    plain = run("check", export(OLD), *DAY)
    ran = run("check", export(OLD), *DAY, "--ci", "auto")
    assert ran.out == plain.out
    assert "-o gitlab:gl-code-quality-report.json" in ran.err
    assert run("check", export(OLD), *DAY, "--ci", "auto", "-o", f"gitlab:{tmp_path}/q.json").err == ""


def test_report_tells_a_stored_result(run: Run, export: Write, github: Path, tmp_path: Path) -> None:
    tables = [f"-o{kind}:{tmp_path / kind}.parquet" for kind in ("devices", "findings")]
    inside = run("check", export(GOOD, OLD), *DAY, "--quiet", "--ci", "github", "-o", tmp_path / "report.json", *tables)
    before = github.read_bytes()
    github.unlink()
    ran = run("report", tmp_path / "report.json", "--ci", "github", "-o", tmp_path / "report.md")
    assert (ran.code, ran.out, ran.err) == (0, inside.out, "")
    assert github.read_bytes() == before == (tmp_path / "report.md").read_bytes()


ATTACKS = (
    "##vso[task.complete result=Succeeded;]",
    "##[command]",
    "::add-mask::a",
    "  ::error file=x::y",
    "\u3000\xa0::add-mask::a",
)


@pytest.mark.parametrize("attack", ATTACKS)
def test_names_command_nothing_wherever_they_are_printed(attack: str, run: Run, export: Write, tmp_path: Path) -> None:
    assert harmless(f"a\n{attack} b\n") != f"a\n{attack} b\n"
    hunting = export(GOOD, OLD, name=f"{attack.strip(' ')}.csv")
    hunting.write_text(hunting.read_text(encoding="utf-8-sig").replace("ws-2", attack), encoding="utf-8")
    for command in (
        ("check", hunting),
        ("inspect", hunting),
        ("explain", f"{2:040x}", hunting),
        ("check", "absent" + attack),
    ):
        ran = run(*command, *(DAY if command[0] != "inspect" else ()))
        for line in (ran.out + ran.err).splitlines():
            assert "##vso[" not in line
            assert "##[" not in line
            assert not (line.lstrip().startswith("::") and line.count("::") > 1)


@pytest.mark.parametrize("text", ["::1", "a::b::c", "# [x]", "fe80::1 and ::1\n", "## x"])
def test_what_commands_nothing_stays(text: str) -> None:
    assert harmless(text) == text
