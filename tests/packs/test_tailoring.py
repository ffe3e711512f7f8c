"""A tailoring changes what it names, with its reason, in the profile that is judged, and nothing else."""

import hashlib
from pathlib import Path

import pytest

from checker.lint import judge_case
from checker.model.outcome import Outcome, Severity
from checker.model.rule import Pack
from checker.packs.build import build_pack
from checker.packs.cases import Case
from checker.packs.compile import compile_plan
from checker.packs.tailoring import Tailoring, lines, read_tailoring
from tests.packs.governed import AS_OF, EXAMPLES, PACK, Row, edited, refused, rows, said

EXAMPLE = EXAMPLES / "tailoring.yaml"


def read(path: Path, shown: str = "tailoring.yaml") -> Pack:
    tailoring = read_tailoring(path, shown)
    return build_pack(PACK, tailoring.profile or "seed", AS_OF, tailoring)


def made(tmp_path: Path, text: str) -> Tailoring:
    (tmp_path / "made.yaml").write_text(text, encoding="utf-8")
    return read_tailoring(tmp_path / "made.yaml", "made.yaml")


@pytest.fixture(scope="module")
def plain() -> Pack:
    return build_pack(PACK, "current", AS_OF)


@pytest.fixture(scope="module")
def tailored() -> Pack:
    return read(EXAMPLE)


@pytest.mark.parametrize("row", rows("tailoring"), ids=lambda row: row["name"])
def test_each_defect_is_said(row: Row, tmp_path: Path) -> None:
    assert said(read, edited("tailoring", row), tmp_path) == row["says"]


@pytest.mark.parametrize("row", rows("tailoring"), ids=lambda row: row["name"])
def test_the_schema_refuses_what_a_schema_can(row: Row) -> None:
    assert refused("tailoring", edited("tailoring", row)) == (row.get("schema") != "accepts")


def test_the_schema_accepts_the_example() -> None:
    assert not refused("tailoring", EXAMPLE.read_text(encoding="utf-8"))


def test_each_change_is_one_sentence_with_its_reason() -> None:
    tailoring = read_tailoring(EXAMPLE, "tailoring.yaml")

    assert tailoring.sha256 == hashlib.sha256(EXAMPLE.read_bytes()).hexdigest()
    assert lines(tailoring) == (
        "profile current: The proxies were opened by the list of 2026.",
        "parameter sense_min is 10.8760: The baseline of Contoso is newer than Microsoft's minimum.",
        (
            "parameter windows_update is by os.build (ubr, kb): 19045: 3448, KB5030211; 22631: 2715, KB5032190: "
            "Only these two builds are in use, and both are patched beyond the minimum."
        ),
        "rule sc.hardware-min is off: Hardware is checked when it is bought.",
        "rule sc.linux-kernel is rated blocker: Two outages came from kernels that are not supported.",
    )


def test_rules_are_taken_out_and_rated_otherwise_and_no_other_changes(plain: Pack, tailored: Pack) -> None:
    before, after = ({rule.id: rule for rule in pack.rules} for pack in (plain, tailored))

    assert set(before) - set(after) == {"sc.hardware-min"}
    assert (before["sc.linux-kernel"].severity, after["sc.linux-kernel"].severity) == (Severity.MAJOR, Severity.BLOCKER)
    changed = {name for name in after if after[name] != before[name]}
    assert changed >= {"sc.linux-kernel", "sc.sense-min", "sc.windows-update"}
    assert all("sense_min" in after[name].parameters or "windows_update" in after[name].parameters
               for name in changed - {"sc.linux-kernel"})  # fmt: skip
    assert (tailored.notes, tailored.sha256, tailored.profile) == (plain.notes, plain.sha256, plain.profile)


def test_a_value_says_that_it_is_tailored_in_the_judged_profile_only(plain: Pack, tailored: Pack) -> None:
    before, after = (
        next(dict(item.values) for item in pack.parameters if item.id == "sense_min") for pack in (plain, tailored)
    )

    assert after["current"].value == "10.8760"
    assert after["current"].source == "tailored: The baseline of Contoso is newer than Microsoft's minimum."
    assert {name: value for name, value in after.items() if name != "current"} == {
        name: value for name, value in before.items() if name != "current"
    }
    assert list(after) == list(before)


@pytest.mark.parametrize(("sensor", "tailored_outcome"), [("10.8759", Outcome.FAIL), ("10.8760", Outcome.PASS)])
def test_devices_are_judged_by_the_tailored_value(
    plain: Pack, tailored: Pack, sensor: str, tailored_outcome: Outcome
) -> None:
    rule = next(rule for rule in plain.rules if rule.id == "sc.sense-min")
    facts = (("os.family", "windows"), ("os.build", "19045"), ("os.role", "client"), ("agent.version", sensor))
    case = Case(rule.id, "made", "current", AS_OF, facts, Outcome.PASS, rule.place)

    assert judge_case(compile_plan(plain, AS_OF), case) is Outcome.PASS
    assert judge_case(compile_plan(tailored, AS_OF), case) is tailored_outcome


def test_a_rule_that_is_off_verifies_no_route(plain: Pack, tmp_path: Path) -> None:
    proofs = {name for route in plain.routes for name in route.verify} - {plain.verified_by}
    name = min(proofs)
    tailoring = made(tmp_path, f"rules: {{{name}: {{off: true, reason: Made.}}}}")
    pack = build_pack(PACK, "current", AS_OF, tailoring)

    assert name not in {each for route in pack.routes for each in route.verify}


def test_what_the_profile_does_not_have_cannot_be_changed(tmp_path: Path) -> None:
    first, *others = PACK.profiles
    here, there = ({rule.id for rule in build_pack(PACK, name, AS_OF).rules} for name in (first, others[-1]))
    rule = min(there - here)
    tailoring = made(tmp_path, f"rules: {{{rule}: {{off: true, reason: Made.}}}}")

    with pytest.raises(Exception, match=f"made.yaml:1:9: rule '{rule}' is not in profile {first}"):
        build_pack(PACK, "seed", AS_OF, tailoring)
    assert rule not in {each.id for each in build_pack(PACK, others[-1], AS_OF, tailoring).rules}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "file:1:1: a tailoring file must be a mapping (key: value)"),
        ("- rules\n", "file:1:1: a tailoring file must be a mapping (key: value)"),
        ("{}\n", "file:1:1: the file changes nothing\n  hint: leave --tailoring out"),
        ("rules: {}\n", "file:1:8: 'rules' is empty\n  hint: leave it out"),
    ],
)
def test_a_file_that_changes_nothing(tmp_path: Path, text: str, problem: str) -> None:
    assert said(read, text, tmp_path) == problem


def test_names_are_told_even_where_the_profile_is_none(tmp_path: Path) -> None:
    text = "profile: {name: currant, reason: Made.}\nrules: {sc.url-cri: {off: true}}\nparameters: {sens_min: {}}\n"

    assert said(read, text, tmp_path).splitlines() == [
        "file:1:17: there is no profile 'currant'",
        "  hint: did you mean 'current'?",
        "file:2:9: there is no rule 'sc.url-cri'",
        "  hint: did you mean 'sc.url-crl'?",
        "file:2:21: the change of rule 'sc.url-cri' lacks 'reason'",
        "file:3:14: there is no parameter 'sens_min'",
        "  hint: did you mean 'sense_min'?",
        "file:3:24: parameter 'sens_min' needs either 'value' or 'table'",
        "file:3:24: the change of parameter 'sens_min' lacks 'reason'",
    ]


def test_whether_a_rule_is_in_a_profile_that_cannot_be_read_is_not_guessed(tmp_path: Path) -> None:
    text = "profile: current\nrules: {sc.hardware-min: {off: true, reason: Made.}}\n"  # it is in current alone

    assert said(read, text, tmp_path) == "file:1:10: 'profile' must be a mapping (key: value)"


def test_a_change_that_says_neither_is_not_taken_for_one_that_is_off(tmp_path: Path) -> None:
    assert said(read, "rules: {pm.verified: {reason: Made.}}", tmp_path) == (
        "file:1:22: rule 'pm.verified' needs either 'off: true' or 'severity'"
    )
