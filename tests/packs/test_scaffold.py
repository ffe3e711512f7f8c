"""A new rule works as it stands, whatever it asks of; what is there stays byte by byte."""

from dataclasses import replace
from pathlib import Path

import pytest

from checker.errors import RuleError
from checker.facts.catalogue import catalogue
from checker.lint import run_cases
from checker.model.outcome import About, Outcome, Phase, Severity
from checker.packs.build import PackFiles, build_pack, read_pack_files
from checker.packs.cases import CASE_DAY
from checker.packs.scaffold import Wish, appended, scaffold

SMALLEST = Path(__file__).parents[2] / "fixtures/packs/valid/smallest"
SCOPES = (
    None,
    ("os.family", "windows"),
    ("os.family", "other"),
    ("device.tags", "pilot"),
    ("cloud", "usgov"),
    ("plan.tool", "intune"),
    ("proxy.has_credentials", "no"),
    ("os.build", "19045"),
    ("agent.version", "10.8049"),
    ("os.kernel", "5.4.0-150-generic"),
    ("agent.expires", "2027-01-01"),
    ("sense.event4_at", "2026-01-01T00:00Z"),
    ("device.group", 'Oslo "east": #1, [x]'),
)


@pytest.fixture
def files() -> PackFiles:
    return read_pack_files(SMALLEST, "made")


def folder_with(folder: Path, wishes: list[Wish], files: PackFiles) -> Path:
    """Write the smallest pack with these rules in a theme of their own."""
    for path in SMALLEST.glob("*.yaml"):
        (folder / path.name).write_bytes(path.read_bytes())
    texts = [scaffold(files, wish) for wish in wishes]
    (folder / "new.yaml").write_text("\n".join(rule for rule, _ in texts))
    (folder / "new.cases.yaml").write_text("\n".join(cases for _, cases in texts))
    return folder


@pytest.mark.parametrize("scope", SCOPES, ids=str)
def test_a_new_rule_of_any_fact_lints_and_its_cases_pass(
    scope: tuple[str, str] | None, files: PackFiles, tmp_path: Path
) -> None:
    names = [
        name
        for name, spec in catalogue().items()
        if not spec.derived and (not scope or scope[0] not in (name, spec.view_of))
    ]
    if scope:  # what is judged once reads nothing of a device
        once = catalogue()[scope[0]].about in ("tenant", "fleet")
        names = [name for name in names if once or catalogue()[name].about not in ("tenant", "fleet")]
    wishes = [Wish(f"new.n{place}", "new", name, applies_to=scope) for place, name in enumerate(names)]
    results = run_cases(folder_with(tmp_path, wishes, files), "made")

    assert len(results) == 3 + len(names) * (4 if scope else 3)
    assert [result.case for result in results if result.got is not result.case.expect] == []


def test_a_rule_says_what_was_asked_for(files: PackFiles, tmp_path: Path) -> None:
    wish = Wish(
        "new.one", "new", "os.build", Severity.MAJOR, Phase.VERIFICATION, About.SITE, applies_to=("os.family", "macos")
    )
    pack = build_pack(read_pack_files(folder_with(tmp_path, [wish], files)), "seed", CASE_DAY)
    rule = next(rule for rule in pack.rules if rule.id == "new.one")

    assert (rule.severity, rule.phase, rule.about) == (Severity.MAJOR, Phase.VERIFICATION, About.SITE)
    assert rule.sources == ("page",)


def test_a_rule_is_about_what_its_fact_is_about_and_blocks_nothing(files: PackFiles, tmp_path: Path) -> None:
    wishes = [Wish("new.a", "new", "tenant.licences"), Wish("new.b", "new", "site.geo"), Wish("new.c", "new", "os.ubr")]
    pack = build_pack(read_pack_files(folder_with(tmp_path, wishes, files)), "seed", CASE_DAY)
    rules = [rule for rule in pack.rules if rule.id.startswith("new.")]

    assert [rule.about for rule in rules] == [About.TENANT, About.SITE, About.DEVICE]
    assert {rule.severity for rule in rules} == {Severity.MINOR}


def test_no_rule_asks_for_what_is_assumed_anyway(files: PackFiles) -> None:
    assumed = [spec for spec in catalogue().values() if spec.default and spec.words]

    assert assumed
    for spec in assumed:
        rule, cases = scaffold(files, Wish("new.one", "new", spec.name))
        assert f"require: {{{spec.name}: {spec.default}}}" not in rule
        assert cases.count("expect: UNKNOWN") == 1


def test_the_cases_show_every_outcome(files: PackFiles, tmp_path: Path) -> None:
    wish = Wish("new.one", "new", "os.build", applies_to=("os.family", "macos"))
    results = run_cases(folder_with(tmp_path, [wish], files), "made")

    assert [result.got for result in results if result.case.rule == "new.one"] == list(Outcome)


GOOD = Wish("new.one", "new", "os.build")
REFUSED = {
    "an id that is none": (replace(GOOD, id="New_One"), "New_One: is no rule id"),
    "an id that is there": (replace(GOOD, id="made.agent"), "made.agent: is a rule of made already"),
    "a theme with a path": (replace(GOOD, theme="../new"), "--theme ../new: is no name of a theme"),
    "a theme of cases": (replace(GOOD, theme="new.cases"), "--theme new.cases: is no name of a theme"),
    "the pack's own file": (replace(GOOD, theme="routes"), "--theme routes: is the pack's own file"),
    "the pack's own file in other case": (replace(GOOD, theme="Pack"), "--theme Pack: is the pack's own file"),
    "a theme of cases in other case": (replace(GOOD, theme="new.Cases"), "--theme new.Cases: is no name of a theme"),
    "an unknown fact": (replace(GOOD, fact="os.biuld"), "did you mean 'os.build'?"),
    "a derived fact": (replace(GOOD, fact="agent.kind"), "--fact agent.kind: is told from other facts"),
    "an unknown scope": (replace(GOOD, applies_to=("os.famly", "windows")), "did you mean 'os.family'?"),
    "a derived scope": (replace(GOOD, applies_to=("agent.kind", "sense")), "--applies-to agent.kind: is told"),
    "no value": (replace(GOOD, applies_to=("os.family", "windos")), "did you mean 'windows'?"),
    "a blank value": (replace(GOOD, applies_to=("device.tags", " ")), "' ' is no value of 'device.tags'"),
    "attempts": (replace(GOOD, applies_to=("url.tests", "x")), "'url.tests' holds attempts"),
    "itself": (replace(GOOD, applies_to=("os.build", "19045")), "is what the rule itself asks"),
    "judged once": (replace(GOOD, about=About.TENANT), "is about the device; a rule about the tenant is judged once"),
    "judged once, by its fact": (
        replace(GOOD, fact="tenant.geo", applies_to=("os.family", "windows")),
        "--applies-to os.family: is about the device",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_a_rule_is_refused(what: str, files: PackFiles) -> None:
    wish, told = REFUSED[what]
    with pytest.raises(RuleError) as raised:
        scaffold(files, wish)

    assert len(raised.value.problems) == 1
    assert told in str(raised.value)


def test_every_problem_is_told_at_once(files: PackFiles) -> None:
    with pytest.raises(RuleError) as raised:
        scaffold(files, Wish("A", "pack", "os.biuld", applies_to=("os.famly", "x")))

    assert len(raised.value.problems) == 4


def test_a_pack_without_sources_gets_no_rule(files: PackFiles) -> None:
    entries = {name: node for name, node in files.pack.entries.items() if name != "sources"}
    with pytest.raises(RuleError, match="has no source"):
        scaffold(replace(files, pack=replace(files.pack, entries=entries)), GOOD)


APPENDED = {
    "nothing": (b"", b"- id: b\n"),
    "only a comment": (b"# why\n", b"# why\n- id: b\n"),
    "a comment without an end": (b"# why", b"# why\n- id: b\n"),
    "a list": (b"# why\n- id: a  # what\n", b"# why\n- id: a  # what\n\n- id: b\n"),
    "no last line break": (b"- id: a", b"- id: a\n\n- id: b\n"),
    "an indented list": (b"  - id: a\n", b"  - id: a\n\n  - id: b\n"),
    "lines as Windows ends them": (b"- id: a\r\n", b"- id: a\r\n\r\n- id: b\r\n"),
    "a byte order mark": (b"\xef\xbb\xbf- id: a\n", b"\xef\xbb\xbf- id: a\n\n- id: b\n"),
}


@pytest.mark.parametrize("what", APPENDED)
def test_what_stands_in_a_file_stays_as_it_is(what: str) -> None:
    old, new = APPENDED[what]

    assert appended(old, "- id: b\n", "theme.yaml") == new


@pytest.mark.parametrize("old", [b"[{id: a}]\n", b"# why\n\n  {a: b}\n"], ids=["a list", "a mapping"])
def test_nothing_is_appended_to_brackets(old: bytes) -> None:
    with pytest.raises(RuleError, match=r"^theme\.yaml:\d:\d: is written in brackets"):
        appended(old, "- id: b\n", "theme.yaml")
