"""``waves suggest``, ``attest --draft`` and ``rules new`` as their authors use them."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from checker.packs import library
from tests.cli.conftest import GOOD, OLD, Ran

ROOT = Path(__file__).parents[2]
Run = Callable[..., Ran]
Write = Callable[..., Path]
DAY = ("--as-of", "2026-11-23")
CONTOSO = (ROOT / "fixtures/fleets/contoso/inventory", *DAY)


@pytest.fixture
def words(tmp_path: Path) -> Path:
    """Attest what no export carries of the site."""
    path = tmp_path / "words.yaml"
    until = "by: N, evidence: CHG-1, attested: 2026-11-10, valid_until: 2027-01-01"
    path.write_text(f"- {{fact: site.tls_inspection, value: no, {until}}}\n")
    return path


def test_a_draft_of_waves_lints_and_gates(run: Run, export: Write, urls: Write, words: Path, tmp_path: Path) -> None:
    inventory = (export(*[GOOD] * 60), urls(60), *DAY, "--attestations", words)
    drafted = run("waves", "suggest", *inventory, "--tool", "intune", "--pilot", 6)
    waves = tmp_path / "waves.yaml"
    waves.write_bytes(drafted.out.encode())
    lint = run("waves", "lint", waves, *DAY)
    checked = run("check", *inventory, "--waves", waves)

    assert (drafted.code, drafted.err) == (0, "")
    assert (lint.code, lint.out) == (0, f"{waves}: 4 waves, no problem\n")
    assert "In no wave" not in checked.out
    assert "  pilot         6      6" in checked.out


def test_a_fleet_without_a_ready_device_gets_no_draft(run: Run, export: Write, urls: Write, words: Path) -> None:
    ran = run("waves", "suggest", export(OLD, OLD), urls(2), *DAY, "--attestations", words)

    assert (ran.code, ran.out) == (2, "")
    assert (
        "no device is READY\n  hint: what most of them need: update-sensor (2 devices), update-windows (2 devices)"
        in ran.err
    )


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (("--assume", "site.geo=us"), "--assume: is refused"),
        (("--waves", "waves.yaml"), "--waves: is refused"),
        (("--tool", "intun"), "did you mean 'intune'?"),
        (("--tool", "unstated"), "--tool unstated: is no tool"),
        (("--pilot", "4"), "Invalid value for '--pilot'"),
    ],
)
def test_what_no_draft_of_waves_can_rest_on_is_refused(run: Run, given: tuple[str, str], told: str) -> None:
    ran = run("waves", "suggest", *CONTOSO, *given)

    assert (ran.code, ran.out) == (2, "")
    assert told in ran.err


def test_a_draft_of_attestations_is_refused_until_it_is_filled_in(run: Run, tmp_path: Path) -> None:
    drafted = run("attest", "--draft", *CONTOSO)
    path = tmp_path / "words.yaml"
    path.write_bytes(drafted.out.encode())
    empty = run("attest", "--lint", path, *DAY)
    filled = drafted.out
    for line, value in {
        "value": "no",
        "by": "N. Lind",
        "evidence": "CHG-7",
        "attested": "2026-11-20",
        "valid_until": "2027-01-31",
    }.items():
        filled = filled.replace(f"\n  {line}:\n", f"\n  {line}: {value}\n")
    path.write_text(filled[: filled.index("\n\n", filled.index("- fact: site.updates_internal"))])
    full = run("attest", "--lint", path, *DAY)

    assert (drafted.code, drafted.err, empty.code, empty.out) == (0, "", 2, "")
    assert f"{path}:10:9: 'value' must not be empty" in empty.err
    assert (full.code, full.out) == (0, f"{path}: 2 attestations, no problem\n")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ((), "say --lint or --draft"),
        (("--lint", "--draft"), "say --lint or --draft, not both"),
        (("--draft", "--assume", "site.geo=us"), "--assume: is refused"),
        (("--lint", "--pack", "x", "--require-dates"), "--pack: has no use with --lint"),
    ],
)
def test_attest_is_told_one_thing_to_do(run: Run, given: tuple[str, ...], told: str) -> None:
    ran = run("attest", *given, *CONTOSO)

    assert (ran.code, ran.out) == (2, "")
    assert told in ran.err


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ROOT / "fixtures/packs/valid/smallest", tmp_path / "pack"))


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_new_rule_is_appended_and_the_pack_still_lints(run: Run, pack: Path) -> None:
    (pack / "agent.yaml").write_text("# Why we ask.\n" + (pack / "agent.yaml").read_text() + "# The end.\n")
    before = contents(pack)
    ran = run("rules", "new", "made.tags", "--pack", pack, "--theme", "agent", "--fact", "device.tags")
    after = contents(pack)

    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines()[:2] == [
        f"{pack}/agent.yaml: rule made.tags",
        f"{pack}/agent.cases.yaml: 3 cases, all as expected",
    ]
    assert {name for name in after if after[name] != before[name]} == {"agent.yaml", "agent.cases.yaml"}
    assert all(after[name].startswith(before[name]) for name in before)
    assert run("rules", "lint", pack).code == 0
    assert run("rules", "test", pack).out == f"{pack}: 6 of 6 cases as expected\n"


def test_lint_names_what_is_still_to_write_as_no_problem(run: Run, pack: Path) -> None:
    run("rules", "new", "made.tags", "--pack", pack, "--theme", "tags", "--fact", "device.tags")
    ran = run("rules", "lint", pack)
    lines = ran.out.splitlines()

    assert (ran.code, ran.err) == (0, "")
    assert lines[:2] == [
        f"{pack}: 2 rules in 1 profiles, no problem",
        "9 places still to write, marked TODO:",
    ]
    assert f"  {pack}/tags.yaml:3:10: title: TODO say what holds of device.tags" in lines
    assert f"  {pack}/tags.yaml:9:11: action: todo-made-tags" in lines
    assert len(lines) == 2 + 9
    for path in pack.glob("tags*.yaml"):
        path.write_text(path.read_text().replace("TODO", "Done").replace("todo-", "do-"))
    assert run("rules", "lint", pack).out.splitlines() == lines[:1]


def test_a_theme_that_is_not_there_is_made(run: Run, pack: Path) -> None:
    given = ("--fact", "os.build", "--applies-to", "os.family=windows", "--severity", "blocker")
    ran = run("rules", "new", "made.os", "--pack", pack, "--theme", "systems", *given)

    assert (ran.code, set(contents(pack))) == (
        0,
        {"agent.yaml", "agent.cases.yaml", "pack.yaml", "routes.yaml", "systems.yaml", "systems.cases.yaml"},
    )
    assert run("rules", "test", pack).out == f"{pack}: 7 of 7 cases as expected\n"


def test_a_second_rule_of_the_same_id_is_refused(run: Run, pack: Path) -> None:
    given = ("rules", "new", "made.tags", "--pack", pack, "--theme", "agent", "--fact", "device.tags")
    run(*given)
    before = contents(pack)
    again = run(*given)

    assert (again.code, contents(pack)) == (2, before)
    assert f"made.tags: is a rule of {pack} already" in again.err


@pytest.mark.parametrize("name", ["new.yaml", "new.cases.yaml"])
def test_a_theme_that_is_a_link_to_nothing_is_told(run: Run, pack: Path, name: str) -> None:
    (pack / name).symlink_to("nowhere")
    ran = run("rules", "new", "made.tags", "--pack", pack, "--theme", "new", "--fact", "device.tags")

    assert (ran.code, ran.err) == (2, f"{pack}/{name}: is a link to nothing\n  hint: mend it, or remove it\n")


@pytest.mark.parametrize("theme", ["Agent", "ROUTES", "pack "])
def test_a_theme_that_is_another_file_by_its_case_only_is_refused(run: Run, pack: Path, theme: str) -> None:
    before = contents(pack)
    ran = run("rules", "new", "made.tags", "--pack", pack, "--theme", theme, "--fact", "device.tags")

    assert (ran.code, contents(pack)) == (2, before)
    assert "differs only by case from" in ran.err or "is no name of a theme" in ran.err


def test_nothing_is_written_to_a_pack_that_does_not_lint(run: Run, pack: Path) -> None:
    (pack / "agent.cases.yaml").write_text("made.agent: []\n")
    before = contents(pack)
    ran = run("rules", "new", "made.tags", "--pack", pack, "--theme", "other", "--fact", "device.tags")

    assert (ran.code, contents(pack)) == (2, before)
    assert "does not lint with the new rule, so nothing was written" in ran.err
    assert f"{pack}/agent.yaml:1:7: 'made.agent' has no case for PASS, FAIL, UNKNOWN" in ran.err


def test_both_files_are_written_or_none(run: Run, pack: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = contents(pack)
    replace = Path.replace

    def refuse(path: Path, target: Path) -> Path:
        if target.name == "agent.cases.yaml" and path.suffix == ".tmp" and path.read_bytes() != before[target.name]:
            raise PermissionError(13, "Permission denied")
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", refuse)
    ran = run("rules", "new", "made.tags", "--pack", pack, "--theme", "agent", "--fact", "device.tags")

    assert (ran.code, contents(pack)) == (2, before)
    assert "agent.cases.yaml: cannot be written: Permission denied" in ran.err


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("streamlined-connectivity", "is a pack that ships with the tool"),
        ("nowhere", "--pack nowhere: is no rule pack"),
    ],
)
def test_only_a_pack_of_one_s_own_gets_rules(run: Run, given: str, told: str, tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path)
        ran = run("rules", "new", "x.new", "--pack", given, "--theme", "x", "--fact", "os.build")

    assert (ran.code, told in ran.err) == (2, True)


def test_the_packs_of_an_installed_package_are_left_alone(
    run: Run, pack: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = tmp_path / "site-packages/checker"
    shutil.copytree(pack, installed / "rules/made")
    monkeypatch.setattr(library, "_PACKAGE", installed)
    monkeypatch.setattr("checker.cli.rules_new.PACKAGE", installed)
    inside = run("rules", "new", "x.new", "--pack", installed / "rules/made", "--theme", "x", "--fact", "os.build")
    outside = run("rules", "new", "x.new", "--pack", pack, "--theme", "x", "--fact", "os.build")

    assert (inside.code, "is inside the installed package" in inside.err) == (2, True)
    assert outside.code == 0


@pytest.mark.parametrize("scope", ["os.family", "=windows", "os.family="])
def test_a_scope_is_a_fact_and_a_value(run: Run, pack: Path, scope: str) -> None:
    ran = run("rules", "new", "x.a", "--pack", pack, "--theme", "x", "--fact", "os.build", "--applies-to", scope)

    assert (ran.code, f"--applies-to {scope}: must be FACT=VALUE" in ran.err) == (2, True)
