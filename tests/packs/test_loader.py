"""Packs of fixtures/packs: valid ones lint clean, invalid ones give all their problems at once, word for word.

Each invalid pack is named for what is wrong with it; its ``expected.txt`` is what ``rules lint`` prints.
"""

from datetime import date
from pathlib import Path

import pytest

from checker.errors import CheckerError, RuleError
from checker.facts.catalogue import catalogue
from checker.lint import lint_pack, run_cases
from checker.model import condition
from checker.model.condition import All, AnyOf, Not, Reference
from checker.model.outcome import Outcome
from checker.model.rule import FactPart, Pack
from checker.packs.attestations import read_attestations
from checker.packs.build import build_pack, read_pack_files

FIXTURES = Path(__file__).parents[2] / "fixtures"
INVALID = sorted((FIXTURES / "packs/invalid").iterdir())
VALID = sorted((FIXTURES / "packs/valid").iterdir())
AS_OF = date(2026, 11, 23)


def problems_of(folder: Path) -> str:
    with pytest.raises(RuleError) as raised:
        lint_pack(folder, folder.name)
    return f"{raised.value}\n"


@pytest.mark.parametrize("folder", INVALID, ids=lambda folder: folder.name)
def test_all_problems_come_at_once_with_place_and_hint(folder: Path) -> None:
    assert problems_of(folder) == (folder / "expected.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("folder", VALID, ids=lambda folder: folder.name)
def test_valid_packs_lint_clean_and_their_cases_hold(folder: Path) -> None:
    packs = lint_pack(folder, folder.name)

    assert packs
    assert [result.case.name for result in run_cases(folder, folder.name) if result.got is not result.case.expect] == []


def test_a_file_that_is_not_utf_8(tmp_path: Path) -> None:
    (tmp_path / "pack.yaml").write_bytes(b"id: made\ntitle: caf\xe9\n")

    assert (
        problems_of(tmp_path) == f"{tmp_path.name}/pack.yaml: is not UTF-8: byte 19\n  hint: save the file as UTF-8\n"
    )


def test_a_profile_that_the_pack_does_not_have() -> None:
    files = read_pack_files(FIXTURES / "packs/valid/every-key", "every-key")

    with pytest.raises(RuleError, match="every-key: there is no profile 'newest'\n  hint: did you mean 'newer'"):
        build_pack(files, "newest", AS_OF)


def test_a_case_that_does_not_hold_says_what_it_gave(tmp_path: Path) -> None:
    for path in (FIXTURES / "packs/valid/smallest").iterdir():
        text = (
            path.read_text(encoding="utf-8")
            .replace("10.0.9", "10.1.9")
            .replace("name: new,", "name: new, profile: first,")
        )
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    results = {result.case.name: (result.case.expect, result.got) for result in run_cases(tmp_path, "made")}

    assert results == {
        "new": (Outcome.PASS, Outcome.PASS),
        "old": (Outcome.FAIL, Outcome.PASS),
        "not exported": (Outcome.UNKNOWN, Outcome.UNKNOWN),
    }


# --- what a valid pack becomes


@pytest.fixture(scope="module")
def older() -> Pack:
    return build_pack(read_pack_files(FIXTURES / "packs/valid/every-key", "every-key"), "seed", AS_OF)


@pytest.fixture(scope="module")
def newer() -> Pack:
    return build_pack(read_pack_files(FIXTURES / "packs/valid/every-key", "every-key"), "newer", AS_OF)


def test_a_profile_chooses_rules_routes_and_values(older: Pack, newer: Pack) -> None:
    assert [rule.id for rule in older.rules] == ["every.agent", "every.update", "every.proof"]
    assert [rule.id for rule in newer.rules] == ["every.agent", "every.update", "every.platform", "every.proof"]
    assert [route.id for route in older.routes] == ["done", "go"]
    assert [route.id for route in newer.routes] == ["done", "old", "go"]
    assert (older.rules[0].severity, newer.rules[0].severity) == ("blocker", "major")
    assert older.parameters[0].values[0][1].value == "10.1"
    assert [note.id for note in older.notes] == ["every.note"]
    assert older.verified_by == "every.proof"
    assert older.sha256 == newer.sha256


def test_conditions_compose(older: Pack) -> None:
    every = older.rules[0].require
    assert isinstance(every, All)
    agent, seen, healthy, never = every.parts

    assert agent == condition.Test("agent.version", "at_least", (10, 1), older.rules[0].place)
    assert isinstance(seen, AnyOf)
    assert [test.argument for test in condition.tests_of(seen)] == [(30, AS_OF), AS_OF]
    assert healthy == Not(condition.Test("agent.healthy", "equals", False, older.rules[0].place))
    assert isinstance(never, Not)
    assert isinstance(never.part, AnyOf)
    assert [test.operator for test in condition.tests_of(never)] == ["equals", "one_of"]


def test_scalars_mean_what_they_say_and_places_are_kept(older: Pack) -> None:
    update = older.rules[1]
    proof = next(condition.tests_of(older.rules[2].require))

    assert str(update.place) == "every-key/rules.yaml:19:7"
    assert [test.argument for test in condition.tests_of(update.applies_to)] == [frozenset({19044, 19045})]
    assert (proof.operator, proof.argument) == ("equals", "streamlined")
    assert [test.argument for test in condition.tests_of(older.rules[2].require)][1] == Reference("package.applied_at")
    assert update.parameters == ("builds", "updates")


def test_a_message_holds_values_and_cells(older: Pack) -> None:
    agent, update = older.rules[0].message, older.rules[1].message

    assert agent.parts[:3] == ("Agent ", FactPart("agent.version"), " is older than ")
    assert (
        "".join(part for part in agent.parts[3:] if isinstance(part, str)) == "10.1, or was not seen before 2026-11-23."
    )
    assert update.facts == ("os.ubr", "os.build")


# --- attestations


def test_good_attestations_are_kept_as_a_reader_would_give_them() -> None:
    words = read_attestations(FIXTURES / "attestations/valid.yaml", "valid.yaml", AS_OF).items

    assert [(word.fact, word.value[:20], str(word.valid_until)) for word in words] == [
        ("site.trust_lists_managed", "yes", "2027-05-10"),
        ("tenant.licences", '["plan1", "plan2"]', "2026-11-22"),
        ("site.proxy_auth", "no", "2026-11-23"),
        ("url.tests", '[{"error": "", "host', "2027-05-10"),
    ]
    assert (words[1].where, words[1].line, words[1].by) == ("valid.yaml:7", 7, "Nora Lind")


def test_all_problems_of_attestations_come_at_once() -> None:
    with pytest.raises(CheckerError) as raised:
        read_attestations(FIXTURES / "attestations/invalid.yaml", "invalid.yaml", AS_OF)

    assert f"{raised.value}\n" == (FIXTURES / "attestations/expected.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("fact: site.geo", "made.yaml:1:1: attestations must be a list"),
        ("- [a", "made.yaml:2:1: is not YAML: did not find expected ',' or ']'"),
    ],
)
def test_a_file_that_holds_no_attestations(tmp_path: Path, text: str, problem: str) -> None:
    (tmp_path / "made.yaml").write_text(f"{text}\n", encoding="utf-8")

    with pytest.raises(RuleError) as raised:
        read_attestations(tmp_path / "made.yaml", "made.yaml", AS_OF)
    assert str(raised.value) == problem


def test_an_empty_file_attests_nothing(tmp_path: Path) -> None:
    (tmp_path / "made.yaml").write_text("# nothing yet\n", encoding="utf-8")

    assert read_attestations(tmp_path / "made.yaml", "made.yaml", AS_OF).items == ()


def test_every_view_and_default_of_the_catalogue_makes_sense() -> None:
    for name, spec in catalogue().items():
        assert spec.view_of in ("", *catalogue()), name
        assert spec.default is None or spec.type in ("word", "flag"), name
        assert spec.default is None or not spec.words or spec.default in spec.words, name
