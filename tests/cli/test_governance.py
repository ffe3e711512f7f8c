"""Linting waves, waivers and attestations, and showing what a tailoring does, as those who govern a rollout see it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Ran

Run = Callable[..., Ran]
GOVERNANCE = Path("fixtures/governance")
LINT = {
    "waves": ("waves", "lint"),
    "waivers": ("waivers", "lint"),
    "attestations": ("attest", "--lint"),
}
DAY = ("--as-of", "2026-11-23")


@pytest.fixture(autouse=True)
def root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path(__file__).parents[2])


@pytest.mark.parametrize("kind", LINT)
def test_every_problem_comes_at_once_with_its_place(run: Run, kind: str) -> None:
    ran = run(*LINT[kind], GOVERNANCE / "broken" / f"{kind}.yaml", *DAY)

    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (GOVERNANCE / "broken" / f"{kind}.txt").read_text(encoding="utf-8")


def test_a_good_file_is_told_of_though_another_is_broken(run: Run) -> None:
    ran = run("waves", "lint", GOVERNANCE / "broken/waves.yaml", GOVERNANCE / "waves.yaml")

    assert (ran.code, ran.out) == (2, "fixtures/governance/waves.yaml: 5 waves, no problem\n")


def test_what_ended_or_ends_soon_is_told(run: Run) -> None:
    file = GOVERNANCE / "waivers.yaml"
    soon = run("waivers", "lint", file, *DAY)
    late = run("waivers", "lint", file, "--as-of", "2027-03-01")
    early = run("waivers", "lint", file, "--as-of", "2026-10-31")

    assert (soon.code, soon.out.splitlines()) == (
        0,
        [f"{file}: 3 waivers, no problem", f"{file}:15:5: W-2026-009 expires on 2026-12-15"],
    )
    assert late.out.splitlines()[1:] == [
        f"{file}:15:5: W-2026-009 expired on 2026-12-15",
        f"{file}:5:5: W-2026-014 expired on 2027-02-28",
    ]
    assert early.out.splitlines()[1:] == [
        f"{file}:5:5: W-2026-014 is in force from 2026-11-02",
        f"{file}:26:5: W-2026-015 is in force from 2026-11-20",
    ]


def test_attestations_that_ended_are_told(run: Run) -> None:
    ran = run("attest", "--lint", GOVERNANCE / "attestations.yaml", *DAY)

    assert (ran.code, ran.out.splitlines()) == (
        0,
        [
            "fixtures/governance/attestations.yaml: 6 attestations, no problem",
            "fixtures/governance/attestations.yaml:30: site.geo was valid until 2026-11-01",
        ],
    )


def test_a_rule_of_another_pack_is_unknown(run: Run) -> None:
    ran = run("waves", "lint", GOVERNANCE / "waves.yaml", "--pack", "defender-for-business")

    assert ran.code == 2
    assert "there is no rule 'sc.url-core'" in ran.err


def test_nothing_in_a_file_acts_on_the_terminal(run: Run, tmp_path: Path) -> None:
    text = (GOVERNANCE / "waivers.yaml").read_text(encoding="utf-8").replace("W-2026-009", '"W\\e[2J\\u202e"')
    (tmp_path / "made.yaml").write_text(text, encoding="utf-8")
    ran = run("waivers", "lint", tmp_path / "made.yaml", *DAY)

    assert "\x1b" not in ran.out + ran.err
    assert "W\\x1b[2J\\u202e expires on" in ran.out


def test_a_tailored_rule_is_shown_with_what_changed(run: Run) -> None:
    ran = run("rules", "show", "sc.sense-min", "--tailoring", GOVERNANCE / "tailoring.yaml")

    assert ran.code == 0
    assert ran.out.startswith(
        "Tailored by fixtures/governance/tailoring.yaml\n"
        "  profile current: The proxies were opened by the list of 2026.\n"
        "  sense_min 10.8760 instead of 10.8040: The baseline of Contoso is newer than Microsoft's minimum.\n"
        "\nsc.sense-min\n"
    )
    assert "current: 10.8760  [tailored: The baseline" in ran.out


@pytest.mark.parametrize(
    ("rule", "line"),
    [
        ("sc.hardware-min", "off: Hardware is checked when it is bought."),
        ("sc.linux-kernel", "severity blocker instead of major: Two outages came from kernels that are not supported."),
        ("sc.url-crl", "profile current: The proxies were opened by the list of 2026."),
    ],
)
def test_what_a_tailoring_does_to_a_rule(run: Run, rule: str, line: str) -> None:
    ran = run("rules", "show", rule, "--tailoring", GOVERNANCE / "tailoring.yaml")

    assert (ran.code, f"  {line}" in ran.out.splitlines(), f"\n{rule}\n" in ran.out) == (0, True, True)


def test_a_tailoring_that_changes_nothing_of_a_rule(run: Run, tmp_path: Path) -> None:
    (tmp_path / "made.yaml").write_text("rules: {sc.url-crl: {severity: minor, reason: Made.}}\n")
    ran = run("rules", "show", "sc.sense-min", "--tailoring", tmp_path / "made.yaml")

    assert ran.out.splitlines()[1:4] == ["  nothing of this rule", "", "sc.sense-min"]


@pytest.mark.parametrize("command", [("show", "sc.sense-min"), ("lint", "streamlined-connectivity")])
def test_a_broken_tailoring_is_told_whole(command: tuple[str, str], run: Run) -> None:
    file = GOVERNANCE / "broken/tailoring.yaml"
    ran = run("rules", *command, "--tailoring", file)

    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (GOVERNANCE / "broken/tailoring.txt").read_text(encoding="utf-8")


def test_show_of_an_unknown_rule_hints_with_a_tailoring_too(run: Run) -> None:
    ran = run("rules", "show", "sc.sense-mim", "--tailoring", GOVERNANCE / "tailoring.yaml")

    assert (ran.code, "did you mean 'sc.sense-min'?" in ran.err) == (2, True)


def test_attest_wants_to_be_told_what_to_do(run: Run) -> None:
    ran = run("attest", GOVERNANCE / "attestations.yaml")

    assert (ran.code, "say --lint" in ran.err) == (2, True)


@pytest.mark.parametrize("kind", ["waivers", "waves", "tailoring", "attestations"])
def test_the_schemas_are_printed(run: Run, kind: str) -> None:
    assert '"$defs"' in run("rules", "schema", kind).out or kind == "tailoring"
    assert run("rules", "schema", kind).code == 0


def test_lint_of_a_tailoring_tells_each_change(run: Run) -> None:
    ran = run("rules", "lint", "streamlined-connectivity", "--tailoring", GOVERNANCE / "tailoring.yaml")

    assert (ran.code, ran.err) == (0, "")
    first, *changes = ran.out.splitlines()
    assert first == f"{GOVERNANCE}/tailoring.yaml: fits streamlined-connectivity, profile current, no problem"
    assert "  rule sc.hardware-min is off: Hardware is checked when it is bought." in changes


def test_a_tailoring_is_linted_under_the_profile_that_is_said_where_it_names_none(run: Run, tmp_path: Path) -> None:
    (tmp_path / "made.yaml").write_text("rules: {sc.hardware-min: {off: true, reason: Made.}}\n")
    given = ("rules", "lint", "streamlined-connectivity", "--tailoring", tmp_path / "made.yaml")

    assert "rule 'sc.hardware-min' is not in profile 2023-09" in run(*given).err
    assert run(*given, "--profile", "current").code == 0


def test_a_tailoring_is_of_one_pack(run: Run) -> None:
    ran = run("rules", "lint", "streamlined-connectivity", "defender-for-business", "--tailoring", "t.yaml")

    assert (ran.code, "is of one pack" in ran.err) == (2, True)


def test_a_run_tells_the_problems_of_every_governing_file_at_once(run: Run, export: Callable[..., Path]) -> None:
    broken = {kind: GOVERNANCE / "broken" / f"{kind}.yaml" for kind in ("tailoring", "waivers", "waves")}
    given = [word for kind, path in broken.items() for word in (f"--{kind}", path)]
    ran = run("check", export(), *given, *DAY)

    assert (ran.code, ran.out) == (2, "")
    for kind in broken:
        told = (GOVERNANCE / "broken" / f"{kind}.txt").read_text(encoding="utf-8")
        assert told.split(" problems\n")[-1] in ran.err
